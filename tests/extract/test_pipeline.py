"""From files to one record: what stands where, and that it leads back to the page."""

import json

import pytest
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from extract.narrative import load
from extract.packet import Packet
from extract.pipeline import extract_packet
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
