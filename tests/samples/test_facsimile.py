import io

import pikepdf
import pypdfium2
import pytest

from extract.forms.definitions import FormDefinition, definition
from samples import facsimile

VICTIM = "form1[0].#subform[0].Pt1Line2a_FamilyName[0]"
CITY = "form1[0].#subform[0].prt1\\.no5_Address[0].CityTown[0]"
FEMALE = "form1[0].#subform[0].Part1_5_checkboxes[0]"
STORY = "form1[0].#subform[2].Part3_Line6_Explanation[0]"


@pytest.fixture(scope="module")
def edition() -> FormDefinition:
    found = definition("i-918b", "02/07/17")
    assert found
    return found


def full_names(pdf: pikepdf.Pdf) -> dict[str, pikepdf.Object]:
    def walk(node: pikepdf.Object, above: str):
        name = f"{above}.{node.T}" if above else str(node.T)
        for kid in node.get("/Kids", []):
            yield from walk(kid, name)
        if "/Kids" not in node:
            yield name, node

    return dict(pair for root in pdf.Root.AcroForm.Fields for pair in walk(root, ""))


def test_every_field_of_the_edition_is_there_under_its_full_name(edition: FormDefinition) -> None:
    with pikepdf.open(io.BytesIO(facsimile.filled(edition, {}))) as pdf:
        assert set(full_names(pdf)) == {f.acroform for f in edition.fields}


def test_answers_are_field_values(edition: FormDefinition) -> None:
    answers: facsimile.Answers = {VICTIM: "Núñez-Øberg", CITY: "Marlow", FEMALE: True}
    with pikepdf.open(io.BytesIO(facsimile.filled(edition, answers))) as pdf:
        fields = full_names(pdf)
        assert str(fields[VICTIM].V) == "Núñez-Øberg"
        assert str(fields[CITY].V) == "Marlow"
        assert fields[FEMALE].V == fields[FEMALE].AS == "/Female"
        assert fields["form1[0].#subform[0].Part1_5_checkboxes[1]"].AS == "/Off"


def test_answers_are_drawn_as_well(edition: FormDefinition) -> None:
    pdf = facsimile.filled(edition, {VICTIM: "Núñez-Øberg", STORY: "He struck her. " * 40})
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    for page in document:
        page.flatten()
    first, second = (document[i].get_textpage().get_text_range() for i in (0, 1))
    assert "Núñez-Øberg" in first
    assert " ".join(second.split()).count("He struck her.") == 40


def test_form_number_edition_and_page_are_printed(edition: FormDefinition) -> None:
    page = pypdfium2.PdfDocument(facsimile.filled(edition, {}))[2].get_textpage().get_text_range()
    assert "Form I-918 Supplement B" in page
    assert "Edition 02/07/17" in page
    assert "Page 3 of 5" in page


def test_a_text_longer_than_its_field_is_refused(edition: FormDefinition) -> None:
    with pytest.raises(ValueError, match="holds 20 characters at most"):
        facsimile.filled(edition, {CITY: "x" * 21})


def test_a_field_that_the_edition_does_not_have_is_refused(edition: FormDefinition) -> None:
    with pytest.raises(KeyError):
        facsimile.filled(edition, {"form1[0].Nothing[0]": "x"})
