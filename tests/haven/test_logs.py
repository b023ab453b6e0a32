"""The operators' log tells what happened and where, and never a word of what was handled."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from django.core.exceptions import BadRequest

from haven.logs import LogFile, PrivateFormatter


def written(name: str, message: object, *args: object, **extra: object) -> str:
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, extra.pop("exc_info", None))
    record.__dict__.update(extra)
    return PrivateFormatter().format(record)


def test_our_own_messages_are_written():
    assert "packet 7f3a failed: FileRefused" in written("haven.intake", "packet %s failed: %s", "7f3a", "FileRefused")


def test_of_a_library_only_the_template_is_written():
    line = written("somelib", "cannot parse %r", "Rosa Delgado")

    assert "cannot parse" in line and "Rosa" not in line


def test_a_message_that_a_library_put_together_itself_is_withheld():
    assert "Rosa" not in written("somelib", "cannot parse Rosa Delgado")


def test_of_an_exception_the_type_and_the_places_are_written():
    try:
        try:
            raise ValueError("invalid date for Rosa Delgado")
        except ValueError as inner:
            raise KeyError("Maylin Ramos") from inner
    except KeyError as problem:
        line = written("haven.intake", "failed", exc_info=(type(problem), problem, problem.__traceback__))

    assert "KeyError at test_logs.py" in line and "ValueError at test_logs.py" in line
    assert "Rosa" not in line and "Maylin" not in line


def test_of_a_request_the_route_and_the_status_are_written_and_not_the_address():
    request = SimpleNamespace(path="/cases/rosa-delgado", resolver_match=SimpleNamespace(route="cases/<uuid:case>/"))
    line = written("django.request", "%s: %s", "Not Found", request.path, status_code=404, request=request)

    assert "[404 cases/<uuid:case>/]" in line and "rosa" not in line


def test_the_file_is_for_its_owner_only(home):
    handler = LogFile()
    handler.emit(logging.LogRecord("haven", logging.ERROR, __file__, 1, "one line", (), None))
    handler.close()

    path = home / "logs" / "haven.log"
    assert path.read_text() == "one line\n"
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.django_db(databases="__all__")
@pytest.mark.parametrize(
    ("error", "status"), [(BadRequest("Rosa Delgado"), 400), (PermissionError("Rosa Delgado"), 500)]
)
def test_error_pages_hold_nothing_of_the_error(rf, error, status):
    from haven import errors

    request = rf.get("/rosa-delgado")
    response = errors.bad_request(request, error) if status == 400 else errors.server_error(request)

    assert response.status_code == status
    assert b"rosa" not in response.content.lower() and b"delgado" not in response.content.lower()
