"""Forms as pages: two columns of items, and narratives beside them, must not be torn."""

from extract.read import read_file
from tests.extract.read.made import lines, pdf_of


def text_of(tmp_path, *pieces: list[tuple[float, float, str]]) -> str:
    path = tmp_path / "form.pdf"
    path.write_bytes(pdf_of([piece for part in pieces for piece in part]))
    return read_file(path).pages[0].text


def test_a_narrative_beside_a_list_of_boxes_stays_in_one_piece(tmp_path):
    boxes = lines("Abduction", "Blackmail", "Extortion", "Peonage", "Stalking", "Torture", x=60, leading=20)
    narrative = [
        "On March 4, 2017 he held her by the throat in the",
        "kitchen of their home until she could not see, and",
        "his brother stood in the door for twenty minutes",
        "because she had spoken with the police.",
    ]
    text = text_of(tmp_path, boxes, lines(*narrative, x=300, y=97, leading=13))
    assert " ".join(narrative) in text


def test_two_columns_of_items_are_read_one_after_the_other(tmp_path):
    left = [f"{number}. Question on the left" for number in range(1, 12)]
    right = [f"{number}. Question on the right" for number in range(12, 23)]
    text = text_of(tmp_path, lines(*left, x=60, leading=30), lines(*right, x=330, y=102, leading=30))
    assert text.split("\n\n") == left + right


def test_an_answer_stays_beside_its_caption(tmp_path):
    captions = ["Family name", "Given name", "Date of birth"]
    answers = ["Quispe Mamani", "Imelda", "03/09/1991"]
    text = text_of(tmp_path, lines(*captions, x=60, leading=24), lines(*answers, x=260, leading=24))
    assert text.split("\n\n") == [" ".join(pair) for pair in zip(captions, answers, strict=True)]
