"""From files to one record: what stands where, and that it leads back to the page."""

import json

import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from extract.errors import ReadingFailed
from extract.forms import definition
from extract.narrative import load
from extract.packet import Packet
from extract.pipeline import extract_packet, unread_record
from extract.read import open_packets


@pytest.fixture(scope="module")
def narrative():
    return load()


def pdf(path, *pages):
    canvas = Canvas(str(path), pagesize=letter, invariant=1)
    for lines in pages:
        canvas.setFont("Times-Roman", 12)
        for i, line in enumerate(lines):
            canvas.drawString(72, 700 - 18 * i, line)
        canvas.showPage()
    canvas.save()
    return path


STORY = (
    [
        "DECLARATION",
        "",
        "My name is Amara Obi. In March 2014 a man called Viktor Sandor brought me to",
        "Fresno, where he",
    ],
    ["kept my passport. Viktor Sandor hit me when I asked for my wages."],
)


def test_the_record_of_a_text_file_is_that_text_byte_for_byte(tmp_path, narrative):
    text = "  My name is Zoë 😀.\n\n\nViktor hit me. \n"
    path = tmp_path / "a.txt"
    path.write_bytes(text.replace("\n", "\r\n").encode())
    record = extract_packet(Packet("a", (path,)), narrative).record
    assert record.text == text
    assert record.documents[0].range == (0, len(text))
    assert record.pages[0].range == (0, len(text))


def test_every_span_of_a_pdf_has_its_page_and_the_boxes_of_its_words(tmp_path, narrative):
    extraction = extract_packet(Packet("a", (pdf(tmp_path / "a.pdf", *STORY),)), narrative)
    record, pages = extraction.record, extraction.files[0].pages
    named = [s for s in record.spans if record.text[s.start : s.end] == "Viktor Sandor"]
    assert [s.page for s in named] == [0, 1]
    for span in named:
        words = [w.text for w in pages[span.page].words if w.box in span.boxes]
        assert [w.strip(".,") for w in words] == ["Viktor", "Sandor"]


def test_a_sentence_that_runs_over_the_page_is_one_sentence(tmp_path, narrative):
    record = extract_packet(Packet("a", (pdf(tmp_path / "a.pdf", *STORY),)), narrative).record
    assert "where he kept my passport" in record.text


def test_the_page_account_adds_up_and_what_was_refused_is_asked_about(tmp_path, narrative):
    (tmp_path / "p").mkdir()
    pdf(tmp_path / "p" / "1.pdf", *STORY)
    (tmp_path / "p" / "2.pdf").write_bytes(b"")
    (tmp_path / "p" / "3.xyz").write_bytes(b"\x00\x01\x02")
    (packet,) = open_packets([tmp_path])
    record = extract_packet(packet, narrative).record
    assert [p.state for p in record.pages] == ["text", "text", "refused", "refused"]
    assert [n.page for n in record.needs if n.code == "page_refused"] == [2, 3]
    assert all(p.reason for p in record.pages if p.state == "refused")


def test_a_packet_that_names_nobody_says_so(tmp_path, narrative):
    path = tmp_path / "a.txt"
    path.write_text("I worked in a kitchen. They never told me their names.", "utf-8")
    assert "nobody_named" in {n.code for n in extract_packet(Packet("a", (path,)), narrative).record.needs}


@pytest.mark.parametrize(
    "text", ["", "\n", "\x00", "😀" * 50, "a" * 200_000, "\u202eabc\u202c \ufdfd", "[[x|PERSON|e1]]"]
)
def test_any_text_at_all_has_a_record(tmp_path, narrative, text):
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    record = extract_packet(Packet("a", (path,)), narrative).record
    assert len(record.pages) == 1
    json.loads(record.to_json())


def fillable(path, printed: list[str], answers: dict[str, str], *, scans: int = 0):
    """A PDF with a printed page that has text fields, and pictures of typed pages behind it."""
    canvas = Canvas(str(path), pagesize=letter, invariant=1)
    for i, line in enumerate(printed):
        canvas.drawString(72, 740 - 18 * i, line)
    for i, (name, value) in enumerate(answers.items()):
        canvas.acroForm.textfield(
            name=name, value=value, x=72, y=400 - 120 * i, width=450, height=100, fieldFlags="multiline"
        )
    canvas.showPage()
    for _ in range(scans):
        canvas.drawInlineImage(typed_picture(), 0, 0, *letter)
        canvas.showPage()
    canvas.save()
    return path


def typed_picture():
    page = Image.new("L", (1700, 2200), 255)
    draw, font = ImageDraw.Draw(page), ImageFont.truetype("LiberationSerif-Regular.ttf", 34)
    lines = ["Part 6. Information about the crime", *["Rosa Delgado took my passport in Houston."] * 12]
    for i, line in enumerate(lines):
        draw.text((200, 300 + 60 * i), line, font=font, fill=0)
    draw.text((200, 2060), "Form I-918 Supplement B Edition 02/07/17          Page 4 of 5", font=font, fill=0)
    return page


ACCUSING = (
    "The reporting party said that Rosa Delgado kept her passport and her wages in Houston, and that Rosa Delgado "
    "threatened to call the police if she left the house."
)


def test_the_answers_of_a_form_that_is_none_of_the_six_are_kept_and_read(tmp_path, narrative):
    path = fillable(
        tmp_path / "r.pdf", ["POLICE DEPARTMENT", "INCIDENT REPORT", "Case No. 14-555"], {"narr1": ACCUSING}
    )
    record = extract_packet(Packet("a", (path,)), narrative).record
    assert [f.value for f in record.fields] == [ACCUSING]
    assert "form_unknown" in {n.code for n in record.needs}
    assert "Rosa Delgado" in {record.text[s.start : s.end] for s in record.spans if s.label == "PERSON"}


def test_a_scanned_page_in_a_supplement_b_with_fields_is_read_and_asked_about(tmp_path, narrative):
    printed = [
        "Form I-918 Supplement B, U Nonimmigrant Status Certification",
        "Form I-918 Supplement B Edition 02/07/17",
    ]
    name = next(f.acroform for f in definition("i-918b", "02/07/17").fields if f.name == "Victim: family name")
    path = fillable(tmp_path / "b.pdf", printed, {name: "Ramos"}, scans=1)
    record = extract_packet(Packet("a", (path,)), narrative).record
    assert record.documents[0].kind == "i-918b" and len(record.documents) == 1
    assert [f.value for f in record.fields] == ["Ramos"]
    assert [n.page for n in record.needs if n.code == "form_read_as_text"] == [1]
    assert "Rosa Delgado" in {record.text[s.start : s.end] for s in record.spans if s.label == "PERSON"}


def test_an_answer_in_another_language_goes_to_a_person(tmp_path, narrative):
    spanish = (
        "Rosa Delgado me quito el pasaporte en Houston y me dijo que yo le debia ocho mil dolares por el viaje. " * 3
    )
    path = fillable(tmp_path / "r.pdf", ["POLICE DEPARTMENT", "INFORME DE INCIDENTE"], {"narr1": spanish})
    record = extract_packet(Packet("a", (path,)), narrative).record
    assert "foreign_language" in {n.code for n in record.needs}


def test_fields_on_a_page_without_print_are_not_lost(tmp_path, narrative):
    path = fillable(tmp_path / "r.pdf", [], {"narr1": ACCUSING})
    assert ACCUSING in extract_packet(Packet("a", (path,)), narrative).record.text


def test_a_statement_behind_its_certificate_of_translation_is_read(tmp_path, narrative):
    certificate = (
        "CERTIFICATE OF TRANSLATION\n\nI certify that I am fluent in English and Spanish and competent to translate, "
        "and that the above translation is true and accurate.\n\n"
    )
    path = tmp_path / "t.txt"
    path.write_text(certificate + "In 2014 Rosa Delgado took my passport and my wages. " * 50, "utf-8")
    record = extract_packet(Packet("a", (path,)), narrative).record
    assert "Rosa Delgado" in {record.text[s.start : s.end] for s in record.spans if s.label == "PERSON"}


def test_a_statement_whose_title_speaks_of_instructions_is_read(tmp_path, narrative):
    path = tmp_path / "t.txt"
    path.write_text("Instructions that Rosa Delgado gave me\n\nRosa Delgado told me to say nothing to anyone.", "utf-8")
    record = extract_packet(Packet("a", (path,)), narrative).record
    assert record.spans


def test_a_short_account_of_a_passport_is_read_whatever_it_is_taken_for(tmp_path, narrative):
    path = tmp_path / "t.txt"
    path.write_text("Rosa Delgado took my passport in Houston. The passport stayed with Rosa Delgado.", "utf-8")
    record = extract_packet(Packet("a", (path,)), narrative).record
    assert "Rosa Delgado" in {record.text[s.start : s.end] for s in record.spans if s.label == "PERSON"}


def test_a_packet_that_broke_the_program_has_every_page_in_its_record(tmp_path):
    pdf(tmp_path / "a.pdf", *STORY)
    page = Image.new("L", (400, 500), 255)
    page.save(tmp_path / "b.tif", save_all=True, append_images=[page, page])
    (tmp_path / "c.docx").touch()
    paths = (tmp_path / "a.pdf", tmp_path / "b.tif", tmp_path / "c.docx", tmp_path / "gone.txt")
    record = unread_record(Packet("a", paths), ReadingFailed("The program failed."))
    assert [file.name for file in record.files] == ["a.pdf", "b.tif", "c.docx", "gone.txt"]
    assert [page.number for page in record.pages] == [1, 2, 1, 2, 3, 1, 1]
    assert {page.state for page in record.pages} == {"refused"}
    assert record.pages[0].reason == record.files[0].refused == record.needs[0].sentence == "The program failed."
    assert record.pages[-1].reason == "The file is no longer there."
