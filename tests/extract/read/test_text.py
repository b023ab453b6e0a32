"""Plain text files: offsets of the record must be offsets of the file."""

import pytest

from extract.read import read_file

TEXT = "DECLARATION\n\nI am Imelda.  He said:\t«Ven» 🙂\n\n\n  Señor Núñez — 𝒜 end \n"


def page_of(path, data: bytes):
    path.write_bytes(data)
    file = read_file(path)
    assert len(file.pages) == 1
    return file.pages[0]


def test_text_is_the_files_own_character_for_character(tmp_path):
    page = page_of(tmp_path / "a.txt", TEXT.encode())
    assert (page.state, page.text, page.image) == ("text", TEXT, None)
    assert [page.text[start:end] for start, end in page.offsets] == [word.text for word in page.words] == TEXT.split()


def test_windows_line_ends_become_newlines_and_lone_returns_stay(tmp_path):
    assert page_of(tmp_path / "a.txt", b"one\r\ntwo\rthree\n\r\n").text == "one\ntwo\rthree\n\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be", "utf-32"])
def test_byte_order_marks_are_understood_and_left_out(tmp_path, encoding):
    data = TEXT.encode(encoding)
    if encoding == "utf-16-be":
        data = b"\xfe\xff" + data
    assert page_of(tmp_path / "a.txt", data).text == TEXT


def test_western_european_bytes_are_read_with_a_warning(tmp_path):
    page = page_of(tmp_path / "a.txt", "Señor Núñez — “sí”".encode("cp1252"))
    assert (page.state, page.text) == ("text", "Señor Núñez — “sí”")
    assert page.confidence < 1
    assert "accents" in page.reason


def test_white_space_alone_is_blank(tmp_path):
    assert page_of(tmp_path / "a.txt", b" \n\n\t ").state == "blank"


def test_a_suffix_does_not_make_a_text(tmp_path):
    page = page_of(tmp_path / "a.txt", bytes(range(256)) * 20)
    assert page.state == "refused"


def test_a_letter_cut_in_two_at_the_end_of_the_first_piece_is_no_matter(tmp_path):
    text = "x" * 4095 + "é" * 100
    assert page_of(tmp_path / "a.txt", text.encode()).text == text
