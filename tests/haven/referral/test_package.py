"""Message and report: the same content, marked on every page, the same bytes each time, nobody protected in it."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pikepdf
import pypdfium2
import pytest

from haven.referral import inspection, package, texts
from haven.referral.identifiers import Identifier, Identifiers
from haven.referral.report import report

pytestmark = pytest.mark.django_db(databases="__all__")

LABELS = ["BATT", "IVIC", "INV"]
CONTENT = {
    "lead": "7K3M-Q2RT",
    "version": 1,
    "date": "2026-11-26",
    "subjects": [
        {
            "key": "S1",
            "type": "person",
            "role": "Alleged trafficker",
            "mode": "alleged",
            "status": "Alleged",
            "statute": "",
            "values": [
                {"field": "name", "text": "Rosa Delgado", "normal": ""},
                {"field": "alias", "text": "La Patrona", "normal": ""},
                {"field": "dob", "text": "May 1970", "normal": "1970-05"},
                {"field": "phone", "text": "(832) 555-0143", "normal": ""},
            ],
        },
        {
            "key": "S2",
            "type": "org",
            "role": "Alleged to have taken part",
            "mode": "hearsay",
            "status": "Alleged",
            "statute": "",
            "values": [{"field": "name", "text": "Brightway Staffing", "normal": ""}],
        },
    ],
    "allegations": [
        {
            "subject": "S1", "says": "recruited", "act": "recruiting", "means": "", "purpose": "", "person": "Person 1",
            "when": "2014-03", "mode": "alleged", "status": "Alleged",
        }
    ],
    "excerpts": [{"subject": "S1", "text": "She took Person 1's passport in [March 2014]. " * 60}],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "package").mkdir()
    return tmp_path / "package"


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def test_message_has_niem_names_and_fits_the_schema():
    message = package.lead_json(CONTENT, LABELS)

    assert message["scr:Lead"]["scr:LeadIdentification"] == {"nc:IdentificationID": "7K3M-Q2RT"}
    person, organization = message["j:Subject"]
    assert person["nc:EntityPerson"]["nc:PersonName"] == [{"nc:PersonFullName": "Rosa Delgado"}]
    assert person["nc:EntityPerson"]["nc:PersonBirthDate"] == ["1970-05"]
    assert organization["nc:EntityOrganization"]["nc:OrganizationName"] == "Brightway Staffing"
    assert message["cui:DocumentMarkingMetadata"]["cui:RequiredIndicatorsText"] == texts.NOTICES[texts.NOTICE]


def test_message_out_of_form_is_not_written():
    with pytest.raises(jsonschema.ValidationError):
        package.lead_json({**CONTENT, "lead": "T-0192"}, LABELS)


def test_every_page_of_the_report_carries_the_banner():
    found = pages(report(CONTENT, LABELS))

    assert len(found) > 1
    assert all(text.count("CUI//BATT/INV/IVIC//FED ONLY") >= 2 for text in found)


def test_report_carries_the_notice_and_calls_people_alleged():
    text = " ".join(pages(report(CONTENT, LABELS)))

    assert texts.NOTICES[texts.NOTICE] in text
    assert texts.CONTROLLED_BY in text
    assert "Alleged trafficker" in text
    assert "trafficker" not in text.replace("Alleged trafficker", "").replace("alleged trafficker", "")


def test_report_is_tagged_pdf_ua(folder):
    path = folder / "report.pdf"
    path.write_bytes(report(CONTENT, LABELS))

    with pikepdf.open(path) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en"
        assert "/StructTreeRoot" in pdf.Root
        assert "pdfuaid" in pdf.Root.Metadata.read_bytes().decode()


def test_same_content_gives_the_same_bytes(tmp_path):
    hashes = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        hashes.append(package.write(tmp_path / name, CONTENT, LABELS))

    assert hashes[0] == hashes[1]
    for name in (package.LEAD, package.REPORT, package.MANIFEST):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_markup_in_a_value_stays_text(folder):
    values = [{"field": "name", "text": "<img src=http://example.org/x> & Sons", "normal": ""}]
    content = {**CONTENT, "subjects": [{**CONTENT["subjects"][0], "values": values}, CONTENT["subjects"][1]]}

    assert "<img src=http://example.org/x> & Sons" in " ".join(pages(report(content, LABELS)))


# Inspection ----------------------------------------------------------------------------------------------------
MAYLIN = Identifiers([Identifier("name", "Maylin Ramos", "p1"), Identifier("id", "A204338917", "p1")])


def findings(folder: Path) -> list[tuple[str, str, str]]:
    return [(f.file, f.what, f.words) for f in inspection.search(folder, MAYLIN).findings]


@pytest.fixture
def written(folder: Path) -> Path:
    package.write(folder, CONTENT, LABELS)
    return folder


def test_clean_package_passes_and_the_notice_may_name_a_filing(written):
    found = inspection.search(written, MAYLIN)

    assert found.passed
    assert found.files == ["lead.json", "manifest.json", "report.pdf"]


def test_empty_folder_does_not_pass(folder):
    assert not inspection.search(folder, MAYLIN).passed


def test_name_in_the_text_of_the_message_is_found(written):
    path = written / "lead.json"
    message = json.loads(path.read_text())
    message["haven:Excerpt"][0]["haven:Text"] = "She hit M\u200bay-\nlin."
    path.write_text(json.dumps(message))

    assert findings(written) == [("lead.json", "a name", "maylin")]


def test_name_in_a_key_or_a_file_name_is_found(written):
    (written / "ramos.json").write_text('{"Maylin": 1}')

    assert findings(written) == [("ramos.json", "a name", "ramos"), ("ramos.json", "a name", "maylin")]


def rewrite(path: Path, change) -> None:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        change(pdf)
        pdf.save(path)


def test_metadata_of_the_report_is_read(written):
    def name_author(pdf: pikepdf.Pdf) -> None:
        pdf.docinfo["/Author"] = "Maylin Ramos"

    rewrite(written / "report.pdf", name_author)

    assert ("report.pdf", "a name", "Maylin Ramos") in findings(written)


def test_xmp_and_tags_of_the_report_are_read(written):
    def describe(pdf: pikepdf.Pdf) -> None:
        with pdf.open_metadata() as metadata:
            metadata["dc:subject"] = {"A 204 338 917"}
        pdf.Root.StructTreeRoot.Alt = pikepdf.String("written by Ramos, Maylin")

    rewrite(written / "report.pdf", describe)

    assert {words for _, _, words in findings(written)} == {"204 338 917", "Maylin Ramos"}


def test_attachments_and_pictures_are_not_let_through(written):
    def attach(pdf: pikepdf.Pdf) -> None:
        pdf.attachments["note.txt"] = pikepdf.AttachedFileSpec(pdf, b"hello")

    rewrite(written / "report.pdf", attach)

    assert findings(written) == [
        ("report.pdf", "has an attachment, which is not inspected and does not belong there", "")
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [("report.pdf", b"%PDF-1.7 broken"), ("lead.json", b"{"), ("scan.png", b"\x89PNG"), ("note.txt", b"hello")],
)
def test_what_cannot_be_opened_blocks(written, name, content):
    (written / name).write_bytes(content)

    assert [(file, words) for file, _, words in findings(written)] == [(name, "")]


def test_links_and_missing_files_block(written):
    (written / "lead.json").unlink()
    (written / "link.json").symlink_to("/etc/hostname")

    assert {what for _, what, _ in findings(written)} == {"is no plain file and cannot be inspected", "is missing"}


def test_filing_named_outside_the_notice_blocks(written):
    path = written / "lead.json"
    path.write_text(path.read_text().replace("Investigation of alleged", "T visa: investigation of alleged"))

    assert findings(written) == [("lead.json", "words that name a filing", "t visa")]
