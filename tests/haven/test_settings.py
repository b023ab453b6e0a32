"""What an operator sets: good values work, a bad one is one sentence, and nothing is touched by looking."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def settings_with(tmp_path, **environment: str) -> subprocess.CompletedProcess:
    program = (
        "import sys\n"
        "from extract.errors import ConfigurationProblem\n"
        "try:\n"
        "    from haven import settings as s\n"
        "except ConfigurationProblem as problem:\n"
        "    sys.exit(str(problem))\n"
        "secure = getattr(s, 'SECURE_HSTS_SECONDS', 0), getattr(s, 'SESSION_COOKIE_SECURE', False)\n"
        "print(s.DEBUG, s.ALLOWED_HOSTS, *secure)\n"
        "print([d['ENGINE'].rpartition('.')[2] + ':' + str(d['NAME']) for d in s.DATABASES.values()])\n"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith("HAVEN_")}
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**clean, "HAVEN_HOME": str(tmp_path / "home"), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_looking_at_the_settings_makes_nothing(tmp_path):
    settings_with(tmp_path)

    assert not (tmp_path / "home").exists()


def test_without_hosts_this_machine_only(tmp_path):
    first = settings_with(tmp_path).stdout.splitlines()[0]

    assert first == "False ['127.0.0.1', 'localhost', '[::1]'] 0 False"


def test_with_hosts_https_only(tmp_path):
    first = settings_with(tmp_path, HAVEN_HOSTS="haven.example.gov, haven2.example.gov").stdout.splitlines()[0]

    assert first == "False ['haven.example.gov', 'haven2.example.gov'] 31536000 True"


def test_three_files_by_default(tmp_path):
    second = settings_with(tmp_path).stdout.splitlines()[1]

    assert [name.rsplit("/", 1)[-1] for name in eval(second)] == ["cases.sqlite3", "narrative.sqlite3", "audit.sqlite3"]


def test_three_databases_of_a_postgres_server(tmp_path):
    second = settings_with(
        tmp_path, HAVEN_DATABASE_URL="postgres://u:p@db:5433/haven?sslmode=require"
    ).stdout.splitlines()[1]

    assert eval(second) == ["postgresql:haven", "postgresql:haven_narrative", "postgresql:haven_audit"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HAVEN_DATABASE_URL", "mysql://u@h/d"),
        ("HAVEN_DATABASE_URL", "postgres://u:secret@host"),
        ("HAVEN_DATABASE_URL", "postgres://u:secret@host:port/name?nonsense=1"),
        ("HAVEN_HOSTS", "https://haven.example.gov"),
        ("HAVEN_HOSTS", "*"),
        ("HAVEN_HOME", "relative/folder"),
        ("HAVEN_LOG", "syslog"),
        ("HAVEN_CHECKPOINT_MINUTES", "1.5"),
        ("HAVEN_CHECKPOINT_MINUTES", "-1"),
        ("HAVEN_CHECKPOINT_MINUTES", "99999"),
        ("HAVEN_CHECKPOINTS", "relative/file.jsonl"),
    ],
)
def test_a_bad_value_is_one_sentence_that_names_the_variable_and_no_secret(tmp_path, name, value):
    told = settings_with(tmp_path, **{name: value})

    assert told.returncode == 1
    assert told.stderr.startswith(name) and told.stderr.count("\n") == 1
    assert "secret" not in told.stderr
