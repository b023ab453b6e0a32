import pytest

from samples.markup import parse

HEAD = """---
id: x
document: statement
language: en
entities:
  e0: {type: person, name: Ana Bell, role: applicant}
  e1: {type: person, name: Boss Tony, role: trafficker}
attributes:
  - [e1, age, forty]
relations:
  - [e1, recruited, e0, 2014-03]
---
"""


def test_marks_become_spans_over_the_clean_text() -> None:
    text = parse(HEAD + "In [[March 2014|DATE|2014-03]] [[Boss Tony|PERSON|e1]], [[forty|AGE]], came.\n")
    assert text.text == "In March 2014 Boss Tony, forty, came."
    assert [(text.text[s["start"] : s["end"]], s["label"]) for s in text.spans] == [
        ("March 2014", "DATE"),
        ("Boss Tony", "PERSON"),
        ("forty", "AGE"),
    ]
    assert text.spans[0]["value"] == "2014-03"
    assert text.spans[1]["entity"] == "e1"


def test_offsets_count_code_points() -> None:
    text = parse(HEAD + "💰😈 [[Boss Tony|PERSON|e1]] forty\n")
    assert text.spans[0]["start"] == 3


def test_a_line_break_is_a_space_a_blank_line_a_paragraph_and_two_blanks_keep_the_break() -> None:
    text = parse(HEAD + "forty\nwords\n\nCASE: 1  \nDATE: 2\n")
    assert text.paragraphs == ["forty words", "CASE: 1\nDATE: 2"]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("forty [[Zoe|PERSON|e7]]", "which the head does not list"),
        ("forty [[Zoe|PLACE|e1]]", "takes no third part"),
        ("forty [[Zoe|PERSON", "not closed"),
        ("no age", "does not hold the attribute"),
    ],
)
def test_marks_that_do_not_fit_the_head_are_refused(body: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse(HEAD + body)
