"""Born-digital PDFs: words with their places, in the order in which people read."""

import io
import random

import pikepdf
import pytest
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from extract.read import read_file, upright_box
from tests.extract.read.made import STORY, encrypted, joined, lines, pdf_of, scanned_pdf, typed


def read(tmp_path, data: bytes):
    path = tmp_path / "file.pdf"
    path.write_bytes(data)
    return read_file(path)


def wrapped(text: str, width: int = 80) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width)


def test_words_have_boxes_from_the_top_left_in_points(tmp_path):
    page = read(tmp_path, pdf_of([(72, 100, "Imelda"), (300, 700, "Quispe")])).pages[0]
    assert (page.state, page.width, page.height, page.confidence) == ("text", 612, 792, 1.0)
    first, second = page.words
    assert first.text == "Imelda"
    assert first.box[0] == pytest.approx(72, abs=1.5)
    assert first.box[1] < 100 - 6 < first.box[3]
    assert second.box[0] == pytest.approx(300, abs=1.5)


def test_lines_become_paragraphs_and_cut_words_are_joined(tmp_path):
    page = read(
        tmp_path,
        pdf_of(
            lines(
                "He said that the work was in a hotel and that the pay was good enough to trans-",
                "form the life of my family at home, and that he would look after the papers and",
                "the flights.",
            )
            + lines("I believed him because my father-", "in-law knew Jean-", "Pierre from school.", y=160)
        ),
    ).pages[0]
    assert page.text == (
        "He said that the work was in a hotel and that the pay was good enough to transform the life of my family at"
        " home, and that he would look after the papers and the flights.\n\n"
        "I believed him because my father-in-law knew Jean-Pierre from school."
    )
    for word, place in zip(page.words, page.offsets, strict=True):
        assert page.text[slice(*place)] == word.text


def test_two_columns_are_read_one_after_the_other_whatever_the_drawing_order(tmp_path):
    left, right = wrapped(" ".join(STORY[:2]), 44), wrapped(" ".join(STORY[1:]).swapcase().lower(), 44)
    title = [(72, 60, "A Statement in Two Columns That Runs Over Both of Them")]
    pieces = title + lines(*left, x=60, y=100) + lines(*right, x=330, y=100)
    random.Random(7).shuffle(pieces)
    text = read(tmp_path, pdf_of(pieces)).pages[0].text.replace("\n\n", " ")
    assert text == f"{title[0][2]} {' '.join(left)} {' '.join(right)}"


def test_a_table_is_read_row_by_row(tmp_path):
    rows = [("Name of person", "Rodrigo Salas"), ("Place where seen", "Denver, Colorado"), ("Date of birth", "Unknown")]
    pieces = [piece for n, (a, b) in enumerate(rows) for piece in ((72, 100 + 20 * n, a), (330, 100 + 20 * n, b))]
    text = read(tmp_path, pdf_of(pieces)).pages[0].text
    assert text.split("\n\n") == [f"{a} {b}" for a, b in rows]


def test_running_heads_and_page_numbers_are_set_aside_and_said(tmp_path):
    pages = [
        [
            (72, 40, "Declaration of Imelda Quispe"),
            *lines(*wrapped(text), y=120),
            (300, 765, f"Page {number} of 3"),
        ]
        for number, text in enumerate(STORY, 1)
    ]
    for page, story in zip(read(tmp_path, pdf_of(*pages)).pages, STORY, strict=True):
        assert page.text == story
        assert "2 lines in the margin (running head, page number) set aside" in page.reason
        aside = [word.text for word, place in zip(page.words, page.offsets, strict=True) if place is None]
        assert " ".join(aside).startswith("Declaration of Imelda Quispe Page")


def test_a_page_number_alone_is_set_aside_but_a_year_in_the_text_is_not(tmp_path):
    page = read(tmp_path, pdf_of([(72, 100, "It was the winter of"), (72, 114, "2019"), (300, 770, "- 4 -")])).pages[0]
    assert page.text.split() == "It was the winter of 2019".split()


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_a_turned_page_has_its_boxes_on_the_upright_side(tmp_path, rotation):
    with pikepdf.open(io.BytesIO(pdf_of([(72, 100, "Imelda")]))) as document:
        document.pages[0].Rotate = rotation
        document.pages[0].CropBox = [10, 20, 600, 780]
        out = io.BytesIO()
        document.save(out)
    page = read(tmp_path, out.getvalue()).pages[0]
    # the words stand sideways in the file's own view: reading turns the page back so that they are upright
    assert page.words[0].text == "Imelda"
    x0, top, x1, bottom = page.words[0].box
    assert x1 - x0 > bottom - top
    assert (page.width, page.height) == (590, 760)
    assert page.rotation == 0
    assert upright_box((72, 692, 110, 703), (10, 20, 600, 780), page.rotation)[:2] == pytest.approx((62, 77))


def test_an_owner_password_does_not_keep_the_words_in(tmp_path):
    assert read(tmp_path, encrypted(pdf_of(lines("Imelda was here.")))).pages[0].text == "Imelda was here."


def test_a_user_password_is_told(tmp_path):
    file = read(tmp_path, encrypted(pdf_of(lines("secret")), user="open"))
    assert "needs a password" in file.refused
    assert [page.state for page in file.pages] == ["refused"]


def filled_form() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter)
    canvas.drawString(72, 700, "Family name")
    canvas.acroForm.textfield(name="family", value="Quispe Mamani", x=160, y=690, width=200, height=20)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_what_stands_in_form_fields_is_among_the_words(tmp_path):
    file = read(tmp_path, filled_form())
    assert file.acroform
    assert file.pages[0].text == "Family name Quispe Mamani"
    box = next(word.box for word in file.pages[0].words if word.text == "Quispe")
    assert 155 < box[0] < 175
    assert 80 < box[1] < 105


@pytest.mark.parametrize("cover", [pdf_of(lines("See the attached statement.")), pdf_of([])], ids=["text", "blank"])
def test_files_attached_to_a_pdf_are_not_passed_over(tmp_path, cover):
    with pikepdf.open(io.BytesIO(joined(cover, pdf_of(lines("Imelda"))))) as document:
        document.attachments["statement.txt"] = b"He kept my passport."
        out = io.BytesIO()
        document.save(out)
    first, second = read(tmp_path, out.getvalue()).pages
    assert first.state == "needs_person"
    assert "attached to the PDF (1)" in first.reason
    assert second.state == "text"


def test_a_form_that_only_adobe_draws_needs_a_person(tmp_path):
    with pikepdf.open(io.BytesIO(pdf_of(lines("Please wait...", "The document is being loaded.")))) as document:
        template = b'<template xmlns="http://www.xfa.org/schema/xfa-template/3.0/"/>'
        document.Root.AcroForm = pikepdf.Dictionary(
            Fields=[], XFA=[pikepdf.String("template"), document.make_stream(template)]
        )
        document.Root.NeedsRendering = True
        out = io.BytesIO()
        document.save(out)
    file = read(tmp_path, out.getvalue())
    assert file.acroform
    assert file.pages[0].state == "needs_person"
    assert "print it to PDF" in file.pages[0].reason


def test_a_pdf_without_fields_has_no_form(tmp_path):
    assert not read(tmp_path, pdf_of(lines("Imelda"))).acroform


def test_a_cut_off_pdf_is_repaired_where_it_can_be(tmp_path):
    whole = pdf_of(*[lines(*wrapped(text)) for text in STORY])
    file = read(tmp_path, whole[: whole.rindex(b"xref")])
    assert [page.state for page in file.pages] == ["text"] * 3


def test_a_pdf_of_which_nothing_is_left_is_refused(tmp_path):
    file = read(tmp_path, pdf_of(lines("Imelda"))[:300])
    assert "damaged or cut off" in file.refused


def test_text_that_is_not_printed_is_not_taken_for_what_people_see(tmp_path):
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.setFillColorRGB(1, 1, 1)
    for number in range(20):
        canvas.drawString(72, 700 - 20 * number, "these white words are not seen by anybody who reads the page")
    canvas.showPage()
    canvas.save()
    page = read(tmp_path, out.getvalue()).pages[0]
    assert page.state == "blank"
    assert page.text == ""
    assert "not printed on it" in page.reason


def test_the_old_text_layer_of_a_scan_is_not_trusted(tmp_path):
    scan = scanned_pdf(typed()[::2, ::2], dpi=150)
    with pikepdf.open(io.BytesIO(scan)) as document:
        page = document.pages[0]
        page.Resources.Font = pikepdf.Dictionary(
            F1=pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
        )
        wrong = b"BT 3 Tr /F1 11 Tf 72 330 Td (My narne is lmelda Ouispe and l was bom in Cusoo) Tj ET"
        page.contents_add(document.make_stream(wrong))
        out = io.BytesIO()
        document.save(out)
    page = read(tmp_path, out.getvalue()).pages[0]
    assert page.text.startswith("My name is Imelda Quispe and I was born in Cusco.")
    assert "old text layer was not trusted" in page.reason


def test_the_review_image_is_the_upright_page(tmp_path):
    from PIL import Image

    page = read(tmp_path, pdf_of([(72, 100, "Imelda")])).pages[0]
    image = Image.open(io.BytesIO(page.image())).convert("L")
    assert image.size == (850, 1100)
    x0, top, x1, bottom = (side * 100 / 72 for side in page.words[0].box)
    assert image.crop((x0, top, x1, bottom)).getextrema()[0] < 100
    assert image.crop((0, 0, 850, top - 3)).getextrema() == (255, 255)


def test_pages_that_are_too_large_to_draw_are_refused_with_their_size(tmp_path):
    data = joined(pdf_of(lines("small")), pdf_of(lines("vast"), size=(20_000, 20_000)))
    states = [(page.state, page.reason) for page in read(tmp_path, data).pages]
    assert states[0][0] == "text"
    assert states[1] == ("refused", "This page measures 277.8 x 277.8 inches and cannot be drawn.")


def test_a_page_of_two_hundred_inches_is_read(tmp_path):
    page = read(tmp_path, pdf_of(lines("vast", x=7000, y=7000), size=(14_400, 14_400))).pages[0]
    assert (page.state, page.text) == ("text", "vast")
