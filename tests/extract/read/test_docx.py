"""Word files: everything that a reader of the document sees, in the order in which they see it."""

import io
import zipfile

import docx
import pytest
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.shared import Inches
from PIL import Image

from extract.read import read_file
from tests.extract.read.made import STORY, at, typed

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def read(tmp_path, document):
    path = tmp_path / "statement.docx"
    document.save(str(path))
    return read_file(path)


def test_paragraphs_and_tables_in_order(tmp_path):
    document = docx.Document()
    document.add_paragraph("Before the table.")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Name", "Rodrigo Salas"), ("Role", "took my passport")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_paragraph("After the table.")
    (page,) = read(tmp_path, document).pages
    assert page.text == "Before the table.\n\nName\tRodrigo Salas\n\nRole\ttook my passport\n\nAfter the table."
    assert (page.state, page.image) == ("text", None)
    for word, place in zip(page.words, page.offsets, strict=True):
        assert word.box is None
        assert page.text[slice(*place)] == word.text


def test_page_breaks_made_by_hand_begin_pages(tmp_path):
    document = docx.Document()
    document.add_paragraph("One").add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("Two").paragraph_format.page_break_before = False
    document.add_paragraph("Three").paragraph_format.page_break_before = True
    pages = read(tmp_path, document).pages
    assert [(page.number, page.text) for page in pages] == [(1, "One"), (2, "Two"), (3, "Three")]


def test_headers_and_footers_are_set_aside_and_said(tmp_path):
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "Declaration of Imelda"
    document.sections[0].footer.paragraphs[0].text = "Page"
    document.add_paragraph("I was there.")
    (page,) = read(tmp_path, document).pages
    assert page.text == "I was there."
    aside = [word.text for word, place in zip(page.words, page.offsets, strict=True) if place is None]
    assert aside == ["Declaration", "of", "Imelda", "Page"]
    assert "Headers and footers set aside" in page.reason


def test_tracked_insertions_links_and_text_boxes_are_read_and_deletions_are_not(tmp_path):
    document = docx.Document()
    document.element.body.insert(
        0,
        parse_xml(
            f'<w:p xmlns:w="{WORD}"><w:r><w:t xml:space="preserve">He </w:t></w:r>'
            '<w:ins><w:r><w:t xml:space="preserve">kept </w:t></w:r></w:ins>'
            "<w:del><w:r><w:delText>gave back </w:delText></w:r></w:del>"
            "<w:hyperlink><w:r><w:t>my</w:t><w:noBreakHyphen/><w:t>passport</w:t></w:r></w:hyperlink>"
            "<w:r><w:pict><w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>"
        ),
    )
    assert read(tmp_path, document).pages[0].text == "He kept my-passport\n\nin a box"


def test_a_page_pasted_as_a_picture_is_read_too(tmp_path):
    picture = io.BytesIO()
    Image.fromarray(at(typed(STORY[:1], inches=(8.5, 2)), 200)).save(picture, "PNG", dpi=(200, 200))
    document = docx.Document()
    document.add_paragraph("My statement is attached.")
    document.add_picture(io.BytesIO(picture.getvalue()), width=Inches(6))
    pages = read(tmp_path, document).pages
    assert [(page.number, page.state) for page in pages] == [(1, "text"), (2, "ocr")]
    assert pages[1].text == STORY[0]
    assert Image.open(io.BytesIO(pages[1].image())).size == (850, 200)


def test_an_empty_document_is_blank(tmp_path):
    assert [page.state for page in read(tmp_path, docx.Document()).pages] == ["blank"]


def rewritten(path, name: str, data: bytes):
    """The Word file at ``path`` with one of its parts replaced."""
    with zipfile.ZipFile(path) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    parts[name] = data
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in parts.items():
            archive.writestr(entry, content)


def test_a_zip_bomb_is_refused_by_its_size_without_unpacking_it(tmp_path):
    path = tmp_path / "bomb.docx"
    docx.Document().save(str(path))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("word/media/bomb.bin", b"bomb")
        archive.getinfo("word/media/bomb.bin").file_size = 4000 * 2**20
    assert path.stat().st_size < 2**20
    assert "would unpack to 4,001 MB" in read_file(path).refused


@pytest.mark.parametrize("damage", ["cut", "garbled", "no paragraphs"])
def test_damaged_word_files_are_refused(tmp_path, damage):
    path = tmp_path / "damaged.docx"
    document = docx.Document()
    document.add_paragraph("I was there.")
    document.save(str(path))
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:2000])
    elif damage == "garbled":
        rewritten(path, "word/document.xml", b"<w:document><unclosed>")
    else:
        rewritten(path, "[Content_Types].xml", b"<Types/>")
    file = read_file(path)
    assert "damaged" in file.refused
    assert [page.state for page in file.pages] == ["refused"]


def test_entities_that_multiply_are_not_expanded(tmp_path):
    path = tmp_path / "laughs.docx"
    docx.Document().save(str(path))
    entities = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<!DOCTYPE d [<!ENTITY l0 "ha">{entities}]><w:document xmlns:w="{WORD}"><w:body><w:p><w:r><w:t>&l9;</w:t>'
    rewritten(path, "word/document.xml", (body + "</w:r></w:p></w:body></w:document>").encode())
    file = read_file(path)
    assert sum(len(page.text) for page in file.pages) < 10_000
