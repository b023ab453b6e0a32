"""The six forms are known by what their pages print, clean or damaged; a page that only names a form is none."""

import pytest

from extract.forms.prints import looks_like_a_form, print_of


@pytest.mark.parametrize(
    ("foot", "form", "edition", "page"),
    [
        ("Form I-914 02/27/17 Y Page 10", "i-914", "02/27/17", 10),
        ("Form I-914, Supplement A 02/27/17 Y Page 1", "i-914a", "02/27/17", 1),
        ("Form I-914 Supplement B Edition 02/27/17 Page 1 of 3", "i-914b", "02/27/17", 1),
        ("Form I-918 02/07/17 N Page 2 of 11", "i-918", "02/07/17", 2),
        ("Form I-918 Supplement A 02/07/17 N Page 12 of 12", "i-918a", "02/07/17", 12),
        ("Form I-918 Supplement B Edition 01/20/25 Page 4 of 5", "i-918b", "01/20/25", 4),
        ("Form I-914B Edition 08/28/24 Page 2 of 4", "i-914b", "08/28/24", 2),
    ],
)
def test_a_clean_foot(foot, form, edition, page):
    found = print_of(["Part D. Something", "another line", foot])
    assert (found.form, found.edition, found.page, found.instructions) == (form, edition, page, False)
    assert found.confidence == 1.0
    assert found.words == foot


@pytest.mark.parametrize(
    ("foot", "form", "edition"),
    [
        ("F0rm l-9l4 Supplernent B O2/27/17 Page 3", "i-914b", "02/27/17"),
        ("Foo 1-914, Supplement A 02/27/17 ¥ Page 1", "i-914a", "02/27/17"),
        ("Form £914, Supplement B 022717 ¥ Page 2", "i-914b", "02/27/17"),
        ("Form 1-918 Supplement B_0207417 N. Page3 of 5.", "i-918b", "02/07/17"),
        ("Form L918 Supplement A 02/07/17. N - S", "i-918a", "02/07/17"),
        ("fon 1914, Supplement 4 022007 Ye", "i-914a", None),
    ],
)
def test_a_foot_that_ocr_has_damaged(foot, form, edition):
    found = print_of([foot])
    assert (found.form, found.edition, found.instructions) == (form, edition, False)
    assert found.confidence < 1.0


@pytest.mark.parametrize(
    "foot",
    [
        "Form I-914 Instructions 02/27/17 Y Page 1 of 14",
        "Form I-918 Supplement B Instructions 02/07/17 N Page 5 of 5",
        "Forni 1-914, Supplement B fnstructions 02/27/17. Y Page 3 of 4",
        "Form 1-918 Supplement B lastructions 0207/17 N Page Sof 5",
    ],
)
def test_instructions_are_told_from_the_form(foot):
    assert print_of([foot]).instructions


@pytest.mark.parametrize(
    "line",
    [
        "Form I-914, Supplement B, Part C — continuation sheet",
        "FORM I-918, SUPPLEMENT B. Criminal activity: kidnapping, extortion, false imprisonment.",
        "I filed Form I-914 on 02/27/17 and page 3 of it",
        "Form I-914 was filed on 02/27/17.",
        "Form I-765 Edition 01/20/25 Page 1 of 7",
        "Form G-28 09/17/18 Page 1 of 4",
        "",
    ],
)
def test_a_line_that_names_a_form_is_no_foot(line):
    assert print_of(["A line", line]) is None


def test_a_first_page_without_its_foot_is_known_by_its_heading():
    heading = [
        "Supplement B, Delaration of Law Enforcement Officer for",
        "Victim of Trafficking in Persons USCIS",
        "Department of Homeland Security Form I-914",
        "U.S. Citizenship and Immigration Services OMB No. 1615-0099",
    ]
    found = print_of(heading)
    assert (found.form, found.edition, found.page) == ("i-914b", None, 1)
    assert found.confidence < 1.0


def test_a_heading_of_instructions_is_one_of_instructions():
    heading = [
        "Instructions for Petition for U Nonimmigrant Status",
        "USCIS Form I-918",
        "U.S. Citizenship and Immigration Services OMB No. 1615-0104",
    ]
    assert print_of(heading).instructions


def test_a_narrative_under_the_title_of_a_supplement_is_no_form():
    assert (
        print_of(["FORM I-914, SUPPLEMENT B — DECLARATION OF LAW ENFORCEMENT OFFICER", "(Continuation of Part C)"])
        is None
    )


def test_a_date_is_mended_only_where_it_can_be_one_edition():
    assert print_of(["Form I-914 O22717 Y Page 2"]).edition == "02/27/17"
    assert print_of(["Form I-914, Supplement B 9Z4411 Y Page 2"]).edition is None


def test_a_page_of_form_words_stays_with_its_form_and_prose_does_not():
    form = "Part E. Family\nFamily Name (Last Name)\nDate of Birth (mm/dd/yyyy)\nA-Number (if any)\nYes    No"
    assert looks_like_a_form(form)
    assert not looks_like_a_form("I came in May 2016. My A-Number is known to my lawyer. I was told to say yes.")
