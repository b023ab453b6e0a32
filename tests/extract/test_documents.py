"""A packet's pages become documents, each with its kind, edition, title, language and the words that decided."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract.documents import documents_of, kind_of_text, title_lines
from extract.packet import ReadFile, ReadPage, Word

STATEMENT = """DECLARATION OF ADA OKONKWO

I, Ada Okonkwo, declare as follows:

1. I was born on January 2, 1990. I came to Houston in May 2016 because Costas Vassilakis promised me work.

2. When I came he took my passport. I went to the police department and made a police report, case number 17-0042,
and my lawyer has the affidavit of my neighbor and the complaint of the plaintiffs.

I declare under penalty of perjury that this is true."""
MORE = (
    "I worked every day until late and he did not pay me. I slept behind the kitchen and I could not go out alone. " * 4
)
POLICE = """HARRIS COUNTY SHERIFF'S OFFICE — OFFENSE REPORT
CASE NO.: 19-0611-88402
OFFENSE: TRAFFICKING OF PERSONS
VICTIM: OKONKWO, ADA  F  DOB 01/02/1990
SUSPECT: VASSILAKIS, COSTAS

I was dispatched to the above location at 2315 hrs. The victim stated that she had been held there."""
CERTIFICATE = """CERTIFICATE OF TRANSLATION

I, Noor Haddad, certify that I am competent in English and Spanish and that the foregoing is a true and accurate
translation of the attached document. May 3, 2019."""
SPANISH = """DECLARACIÓN DE ADA OKONKWO

Yo, Ada Okonkwo, declaro lo siguiente. Me llevaron a la casa de noche y me dijeron que tenía que pagar el viaje antes
de poder salir. Trabajé en la cocina todos los días y nunca me pagaron. El señor Vassilakis guardaba mi pasaporte."""


def page(text: str, number: int = 1, **more) -> ReadPage:
    words = tuple(Word(w, None) for w in text.split())
    return ReadPage("0" * 64, number, "text" if text else "blank", words=words, text=text, **more)


def file_of(*texts: str, media_type: str = "application/pdf") -> ReadFile:
    pages = tuple(page(text, i + 1) for i, text in enumerate(texts))
    return ReadFile(Path("packet.pdf"), "0" * 64, "packet.pdf", 1, media_type, pages)


def found(*texts: str) -> list[tuple[str, int]]:
    return [(d.kind, len(d.pages)) for d in documents_of([file_of(*texts)])]


def foot(form: str, number: int, of: int | None = None) -> str:
    return f"Part {number}. Questions\nFamily Name (Last Name)\nDate (mm/dd/yyyy)\nYes  No\n{form} Page {number}" + (
        f" of {of}" if of else ""
    )


I914B, I918 = "Form I-914, Supplement B 02/27/17 Y", "Form I-918 02/07/17 N"


# -- kinds -----------------------------------------------------------------------------------------------------------


def test_a_statement_that_tells_of_a_police_report_is_a_statement():
    judged = kind_of_text(STATEMENT)
    assert judged.kind == "statement"
    assert any("DECLARATION OF" in words for words in judged.reasons)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("police_report", POLICE),
        ("translation_certificate", CERTIFICATE),
        (
            "affidavit",
            "STATE OF IOWA\nCOUNTY OF KEOKUK\nAFFIDAVIT\nI, Marlene Stroud, being first duly sworn, state that I live "
            "in Sigourney and rented a room to the petitioner.\nSubscribed and sworn to before me, a notary public.",
        ),
        (
            "complaint",
            "UNITED STATES DISTRICT COURT FOR THE DISTRICT OF DELAWARE\nADA OKONKWO, Plaintiff, v. COSTAS VASSILAKIS, "
            "Defendant. Civil Action No. 1:20-cv-00917\nTHE PARTIES\n1. Plaintiff is a citizen of Nigeria.",
        ),
        (
            "press_release",
            "FOR IMMEDIATE RELEASE\nHouston Restaurant Owner Sentenced for Forced Labor\nHOUSTON – The owner was "
            "sentenced today, U.S. Attorney Christian Dwyer announced.",
        ),
        (
            "supplement_b",
            "FORM I-914, SUPPLEMENT B — DECLARATION OF LAW ENFORCEMENT OFFICER (Continuation of Part C)\n"
            "The applicant is a Nigerian national. This office considers her credible.",
        ),
        (
            "evaluation",
            "PSYCHOLOGICAL EVALUATION\nSimone Arceneau, Psy.D., licensed psychologist\nReason for referral: symptoms "
            "of post-traumatic stress disorder (DSM-5).",
        ),
        (
            "letter",
            "IRONDALE HIGH SCHOOL\n14 Invented Street, Irondale\nRe: Ada Okonkwo\nDear Officer:\nThe above person is "
            "known to this school as a parent.\nSincerely,\nA. Teacher",
        ),
        ("identity_document", "PASSPORT\nFEDERAL REPUBLIC OF NIGERIA\nP<NGAOKONKWO<<ADA<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"),
        ("other", "Item  Amount\nRice  14.00\nOil  6.50"),
    ],
)
def test_kinds_of_short_texts(kind, text):
    judged = kind_of_text(text)
    assert judged.kind == kind
    assert kind == "other" or judged.reasons


def test_a_story_without_any_title_is_a_statement_but_less_sure():
    judged = kind_of_text(
        "When I was nineteen my aunt sent me to the house of a man. He kept me there and I could not leave."
    )
    assert judged.kind == "statement"
    assert judged.confidence < kind_of_text(STATEMENT).confidence


def test_a_translated_statement_with_its_certificate_below_is_a_statement():
    assert kind_of_text(f"{STATEMENT}\n\n{MORE * 4}\n\n{CERTIFICATE}").kind == "statement"


def test_title_lines_end_where_the_text_runs():
    assert title_lines(POLICE.split("\n"))[:2] == [
        "HARRIS COUNTY SHERIFF'S OFFICE — OFFENSE REPORT",
        "CASE NO.: 19-0611-88402",
    ]
    assert title_lines(["I went to the police with my sister and they wrote it down.", "POLICE REPORT"]) == []


# -- where documents begin -------------------------------------------------------------------------------------------


def test_a_form_is_one_document_with_its_edition():
    (form,) = documents_of([file_of(*(foot(I914B, n) for n in (1, 2, 3)))])
    assert (form.kind, form.edition, form.confidence) == ("i-914b", "02/27/17", 1.0)
    assert form.pages == ((0, 0), (0, 1), (0, 2))
    assert form.reasons == ("Form I-914, Supplement B 02/27/17 Y Page 1",)


def test_two_forms_in_one_file_are_two_documents():
    pages = [foot(I914B, n) for n in (1, 2, 3)] + [foot(I918, n, 11) for n in (1, 2)]
    assert found(*pages) == [("i-914b", 3), ("i-918", 2)]


def test_a_second_copy_of_a_form_begins_at_its_page_1():
    assert found(*(foot(I914B, n) for n in (1, 2, 3, 1, 2, 3))) == [("i-914b", 3), ("i-914b", 3)]


def test_a_page_of_a_form_without_its_foot_stays_with_the_form():
    pages = [foot(I914B, 1), foot(I914B, 2).rsplit("\n", 1)[0], foot(I914B, 3)]
    assert found(*pages) == [("i-914b", 3)]


def test_a_statement_behind_a_form_is_a_document_of_its_own():
    assert found(foot(I914B, 1), foot(I914B, 2), foot(I914B, 3), STATEMENT, MORE) == [("i-914b", 3), ("statement", 2)]


def test_an_untitled_page_behind_the_last_page_of_a_form_is_a_document_of_its_own():
    assert found(foot(I914B, 1), foot(I914B, 2), foot(I914B, 3), MORE) == [("i-914b", 3), ("statement", 1)]


def test_an_untitled_page_inside_a_form_belongs_to_it():
    assert found(foot(I914B, 1), "Please see what the detective wrote by hand.", foot(I914B, 2)) == [("i-914b", 3)]


def test_instructions_of_a_form_are_not_the_form():
    (document,) = documents_of([file_of("Instructions for Petition\nForm I-918 Instructions 02/07/17 N Page 1 of 17")])
    assert (document.kind, document.edition) == ("other", "02/07/17")
    assert document.title == "Instructions for Petition for U Nonimmigrant Status"


def test_a_new_title_begins_a_new_document():
    assert found(STATEMENT, MORE, POLICE) == [("statement", 2), ("police_report", 1)]


def test_a_running_head_does_not_begin_a_new_document():
    head = "DECLARATION OF ADA OKONKWO"
    assert found(STATEMENT, f"{head}\n{MORE}", f"{head}\n{MORE}") == [("statement", 3)]


def test_counted_pages_stay_together_whatever_their_headings():
    pages = [f"{STATEMENT}\nPage 1 of 3", f"THE POLICE REPORT\n{MORE}\nPage 2 of 3", f"AFFIDAVIT\n{MORE}\nPage 3 of 3"]
    assert found(*pages) == [("statement", 3)]


def test_a_page_1_begins_a_new_document():
    assert found(f"{STATEMENT}\nPage 1", f"{MORE}\nPage 2", f"{MORE}\nPage 1", f"{MORE}\nPage 2") == [
        ("statement", 2),
        ("statement", 2),
    ]


def test_an_original_its_translation_and_the_certificate_are_three_documents():
    documents = documents_of([file_of(SPANISH, STATEMENT, CERTIFICATE)])
    assert [(d.kind, d.language) for d in documents] == [
        ("statement", "es"),
        ("statement", "en"),
        ("translation_certificate", "en"),
    ]


def test_another_language_begins_another_document_even_without_a_title():
    assert [d.language for d in documents_of([file_of(SPANISH.split("\n\n", 1)[1], MORE)])] == ["es", "en"]


def test_each_file_begins_a_document():
    files = [file_of(STATEMENT), file_of(MORE)]
    assert [d.pages for d in documents_of(files)] == [((0, 0),), ((1, 0),)]


def test_pictures_of_the_pages_of_one_form_are_one_document():
    files = [file_of(foot(I914B, n), media_type="image/jpeg") for n in (1, 2, 3)]
    (form,) = documents_of(files)
    assert (form.kind, form.pages) == ("i-914b", ((0, 0), (1, 0), (2, 0)))


def test_a_text_file_is_one_document():
    text = f"{STATEMENT}\n\n{POLICE}"
    (document,) = documents_of([file_of(text, media_type="text/plain")])
    assert (document.kind, document.title) == ("statement", "DECLARATION OF ADA OKONKWO")


# -- pages that say nothing ------------------------------------------------------------------------------------------


def test_blank_pages_stay_where_they_lie():
    assert found("", STATEMENT, "", MORE) == [("statement", 4)]


def test_a_file_of_blank_pages_is_no_document():
    assert documents_of([file_of("", "")]) == []


def test_a_refused_file_is_no_document():
    refused = ReadPage("0" * 64, 1, "refused", reason="The file ends too early.")
    file = ReadFile(Path("a"), "0" * 64, "a", 1, "application/pdf", (refused,), refused="The file ends too early.")
    assert documents_of([file]) == []


def test_a_page_that_needs_a_person_is_a_document_of_unknown_kind():
    unread = ReadPage("0" * 64, 1, "needs_person")
    (document,) = documents_of([ReadFile(Path("a"), "0" * 64, "a", 1, "image/png", (unread,))])
    assert (document.kind, document.confidence) == ("other", 0.3)


def test_the_place_of_lines_decides_not_the_order_of_words():
    words = [
        Word("Page", (500, 770, 530, 780)), Word("3", (535, 770, 540, 780)), Word("02/27/17", (300, 770, 350, 780)),
        Word("Form", (36, 770, 60, 780)), Word("I-914,", (62, 770, 90, 780)), Word("Supplement", (92, 770, 150, 780)),
        Word("B", (152, 770, 158, 780)), Word("Part", (36, 50, 60, 62)), Word("D.", (62, 50, 70, 62)),
    ]  # fmt: skip
    sheet = ReadPage("0" * 64, 1, "text", width=612, height=792, words=tuple(words), text="Part D.")
    (document,) = documents_of([ReadFile(Path("a"), "0" * 64, "a", 1, "application/pdf", (sheet,))])
    assert (document.kind, document.edition) == ("i-914b", "02/27/17")


PAGES = st.sampled_from(
    ["", STATEMENT, MORE, POLICE, CERTIFICATE, SPANISH, foot(I914B, 1), foot(I914B, 2), foot(I918, 4, 11)]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(PAGES, min_size=1, max_size=5), max_size=4))
def test_every_page_with_words_is_in_exactly_one_document(packet):
    files = [file_of(*texts) for texts in packet]
    places = [place for d in documents_of(files) for place in d.pages]
    written = {(f, p) for f, texts in enumerate(packet) for p, text in enumerate(texts) if text}
    assert len(places) == len(set(places))
    assert written <= set(places)
    assert places == sorted(places)
