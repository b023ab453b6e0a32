"""The page account: every page that comes in has exactly one row with one state, and every word its place."""

import io
from typing import get_args

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.packet import ReadFile
from extract.read import open_packets, read_file
from extract.record import PageState
from tests.extract.read.made import (
    STORY,
    at,
    encrypted,
    image_file,
    joined,
    lines,
    pdf_of,
    png_that_claims,
    scanned_pdf,
    typed,
)  # fmt: skip

LINE = at(typed(STORY[:1], inches=(6, 2.2)), 200)


def page_with_a_broken_image() -> bytes:
    with pikepdf.open(io.BytesIO(scanned_pdf(LINE))) as document:
        name = next(iter(document.pages[0].Resources.XObject))
        document.pages[0].Resources.XObject[name].write(b"\xff\xd8\xff broken", filter=pikepdf.Name.DCTDecode)
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


def page_of_no_size() -> bytes:
    with pikepdf.open(io.BytesIO(pdf_of(lines("Imelda")))) as document:
        document.pages[0].MediaBox = [0, 0, 0.01, 0.01]
        out = io.BytesIO()
        document.save(out)
    return out.getvalue()


PAGES: dict[str, tuple[bytes, set[str]]] = {
    "born-digital": (pdf_of(lines(*STORY[0].split(". "))), {"text"}),
    "scanned": (scanned_pdf(LINE), {"ocr"}),
    "blank paper": (scanned_pdf(LINE * 0 + 255), {"blank"}),
    "empty page": (pdf_of([]), {"blank"}),
    "broken image": (page_with_a_broken_image(), {"blank", "refused", "needs_person"}),
    "page of no size": (page_of_no_size(), {"refused"}),
    "turned scan": (scanned_pdf(LINE[::-1, ::-1].copy()), {"ocr"}),
}
"""Kinds of PDF pages, and the states that each may have."""

WHOLE_FILES: dict[str, tuple[str, bytes, set[str]]] = {
    "text": ("a.txt", " ".join(STORY).encode(), {"text"}),
    "empty": ("b.pdf", b"", {"refused"}),
    "locked": ("c.pdf", encrypted(pdf_of(lines("x")), user="u"), {"refused"}),
    "unknown": ("d.bin", bytes(range(256)), {"refused"}),
    "vast image": ("e.png", png_that_claims(30_000, 30_000), {"refused"}),
}


def has_one_account_for_each_page(file: ReadFile) -> bool:
    for number, page in enumerate(file.pages, 1):
        assert page.number == number
        assert page.file == file.sha256
        assert page.state in get_args(PageState)
        assert page.reason
        assert 0 <= page.confidence <= 1
        assert len(page.words) == len(page.offsets)
        assert (page.state in ("blank", "refused")) <= (page.text.strip() == "")
        end = 0
        for word, place in zip(page.words, page.offsets, strict=True):
            assert 0 <= word.confidence <= 1
            if place is not None:
                assert page.text[slice(*place)] == word.text
                assert place[0] >= end
                end = place[1]
            if word.box is not None:
                x0, top, x1, bottom = word.box
                assert x0 <= x1
                assert top <= bottom
    return True


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kinds=st.lists(st.sampled_from(sorted(PAGES)), min_size=1, max_size=5))
def test_pages_in_are_pages_out(tmp_path, kinds):
    path = tmp_path / "packet.pdf"
    path.write_bytes(joined(*[PAGES[kind][0] for kind in kinds]))
    file = read_file(path)
    assert len(file.pages) == len(kinds)
    assert has_one_account_for_each_page(file)
    for kind, page in zip(kinds, file.pages, strict=True):
        assert page.state in PAGES[kind][1], (kind, page.reason)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.sampled_from(sorted(WHOLE_FILES)), min_size=1, unique=True),
    kinds=st.lists(st.sampled_from(["born-digital", "empty page", "page of no size"]), min_size=1, max_size=6),
)
def test_files_in_are_files_out(tmp_path_factory, names, kinds):
    folder = tmp_path_factory.mktemp("packet")
    for name in names:
        file_name, data, _ = WHOLE_FILES[name]
        (folder / file_name).write_bytes(data)
    (folder / "z.pdf").write_bytes(joined(*[PAGES[kind][0] for kind in kinds]))
    (packet,) = open_packets([folder], whole_folder_as_packet=True)
    files = {path.name: read_file(path) for path in packet.paths}
    assert len(files) == len(names) + 1
    assert len(files["z.pdf"].pages) == len(kinds)
    for name in names:
        file_name, _, states = WHOLE_FILES[name]
        assert {page.state for page in files[file_name].pages} <= states
    assert all(has_one_account_for_each_page(file) for file in files.values())


def test_a_file_of_which_every_page_is_refused_is_refused(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(joined(page_of_no_size(), page_of_no_size()))
    file = read_file(path)
    assert [page.state for page in file.pages] == ["refused"] * 2
    assert file.refused == file.pages[0].reason


@pytest.mark.parametrize("kind", sorted(PAGES))
def test_reasons_are_sentences_without_the_words_of_the_page(tmp_path, kind):
    path = tmp_path / "a.pdf"
    path.write_bytes(PAGES[kind][0])
    for page in read_file(path).pages:
        assert page.reason[0].isupper()
        assert page.reason.endswith(".")
        assert not {"Imelda", "Quispe", "Rodrigo", "Salas"} & set(page.reason.split())


def test_pages_read_the_same_whatever_stood_before_them(tmp_path):
    alone = read_file(image_file(tmp_path / "alone.png", LINE)).pages[0]
    (tmp_path / "after.pdf").write_bytes(scanned_pdf(at(typed(STORY[1:]), 200), LINE, quality=100))
    assert read_file(tmp_path / "after.pdf").pages[1].text == alone.text
