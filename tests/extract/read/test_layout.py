"""Reading order, paragraphs and running heads, apart from any file."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from extract.packet import Word
from extract.read.compose import finished
from extract.read.draft import DraftPage
from extract.read.heads import PlacedLine, set_aside

WIDTH, HEIGHT = 5.0, 12.0
"""Points of a letter in these pages."""


def placed(text: str, x: float, y: float) -> list[Word]:
    words = []
    for piece in text.split():
        words.append(Word(piece, (x, y, x + WIDTH * len(piece), y + HEIGHT)))
        x += WIDTH * (len(piece) + 1)
    return words


def composed(words: list[Word]):
    (page,) = finished([DraftPage(1, "text", "Words.", width=612, height=792, words=words)], "f")
    return page


letters = st.text(st.sampled_from("abcdefgxyzABCéñ'-.,;0189—"), min_size=1, max_size=9)


@settings(max_examples=150, deadline=None)
@given(
    words=st.lists(
        st.tuples(letters, st.floats(0, 560), st.floats(0, 780)).map(
            lambda piece: Word(piece[0], (piece[1], piece[2], piece[1] + WIDTH * len(piece[0]), piece[2] + HEIGHT))
        ),
        max_size=60,
    )
)
def test_every_word_keeps_its_place_in_the_text_and_none_is_lost(words):
    page = composed(words)
    assert len(page.words) == len(page.offsets) == len(words)
    for word, place in zip(page.words, page.offsets, strict=True):
        if place is not None:
            assert page.text[slice(*place)] == word.text
    # only a hyphen at the end of a line may go
    shown = sorted(word.text for word in page.words)
    given_ = sorted(word.text for word in words)
    assert len("".join(given_)) - len("".join(shown)) <= sum(word.text.endswith("-") for word in words)
    assert sorted(str(word.box) for word in page.words) == sorted(str(word.box) for word in words)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_drawing_order_does_not_change_the_text(seed):
    rows = ["He took me to a house near the river and", "locked the door from the outside so that", "nobody came."]
    words = [word for number, row in enumerate(rows) for word in placed(row, 72, 100 + 14 * number)]
    random.Random(seed).shuffle(words)
    assert composed(words).text == " ".join(rows)


def rows_of(*rows: str, step: float = 14, x: float = 72) -> list[Word]:
    return [word for number, row in enumerate(rows) for word in placed(row, x, 100 + step * number)]


def test_double_spaced_lines_are_one_paragraph():
    rows = ["the man who met us at the station said that", "the work was gone and that he had another", "for us"]
    assert composed(rows_of(*rows, step=28)).text == " ".join(rows)


def test_numbered_paragraphs_stay_apart():
    rows = ["1. I was born in Cusco and lived there until.", "2. I came in May and stayed in the same house."]
    assert composed(rows_of(*rows)).text == "\n\n".join(rows)


def test_an_indented_line_begins_a_paragraph():
    words = placed("He said that the house was far away from there.", 72, 100)
    words += placed("After that we drove for nine hours to a", 100, 114) + placed("town that I did not know.", 72, 128)
    assert composed(words).text.split("\n\n") == [
        "He said that the house was far away from there.",
        "After that we drove for nine hours to a town that I did not know.",
    ]


def test_addresses_keep_their_lines_apart():
    rows = [
        "Imelda Quispe",
        "212 Tallow Street, Apartment 14",
        "Macon, GA 31201",
        "Dear officer who reads this letter of mine,",
    ]
    assert composed(rows_of(*rows)).text == "\n\n".join(rows)


def test_a_cut_word_is_joined_and_both_halves_lead_back_to_their_boxes():
    page = composed(rows_of("and then he transpor-", "ted all of us to the"))
    assert page.text == "and then he transported all of us to the"
    halves = [(word.text, place) for word, place in zip(page.words, page.offsets, strict=True)][3:5]
    assert halves == [("transpor", (12, 20)), ("ted", (20, 23))]
    assert page.words[3].box[1] < page.words[4].box[1]


def test_a_hyphen_that_belongs_to_the_word_stays():
    assert composed(rows_of("she was a self-", "employed seamstress")).text == "she was a self-employed seamstress"
    assert composed(rows_of("the son of Anne-", "Marie came later")).text == "the son of Anne-Marie came later"
    assert composed(rows_of("co-worker said that the co-", "worker had left us")).text.endswith("co-worker had left us")


def aside(*pages: list[tuple[str, float]], height: float = 792) -> list[list[str]]:
    placed_lines = [[PlacedLine(n, text, y) for n, (text, y) in enumerate(page)] for page in pages]
    found = set_aside(placed_lines, [height] * len(pages))
    return [[page[index][0] for index in sorted(indices)] for page, indices in zip(pages, found, strict=True)]


def test_a_head_with_a_changing_number_or_a_misread_letter_is_one_head():
    pages = [[("Declaration of Imelda Quispe, page 1", 0.04), ("My story", 0.3)]]
    pages += [[("Declaration of Imelda Quispe, page 2", 0.042), ("goes on", 0.3)]]
    pages += [[("Dec1aration of lmelda Quispe, page 3", 0.041), ("and ends", 0.3)]]
    assert aside(*pages) == [[page[0][0]] for page in pages]


def test_what_is_repeated_in_the_middle_of_pages_is_text():
    assert aside(*[[("I signed each page.", 0.5)]] * 4) == [[], [], [], []]


def test_different_first_lines_are_text():
    assert aside([("I was born in Cusco", 0.05)], [("He took my passport", 0.05)], [("I ran away", 0.05)]) == [
        [],
        [],
        [],
    ]


def test_a_head_on_odd_pages_only_is_set_aside_there():
    pages = [[("In re: Quispe", 0.05)] if number % 2 else [("text goes on", 0.4)] for number in range(6)]
    assert aside(*pages) == [["In re: Quispe"] if number % 2 else [] for number in range(6)]
