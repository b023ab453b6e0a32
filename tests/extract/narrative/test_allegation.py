"""An accusation that is denied or only heard of says so."""

import pytest
import spacy

from extract.narrative.allegation import status
from extract.narrative.gazetteer import Gazetteer
from extract.narrative.tokenizer import WordTokenizer


def said(text: str, name: str) -> str:
    """Status of the accusation against ``name``, mentioned wherever the word stands."""
    doc = WordTokenizer(spacy.blank("en").vocab, Gazetteer({}))(text)
    doc._.mentions = [(i, i, 0) for i, w in enumerate(doc._.words.forms) if w == name]
    doc._.clusters = [list(range(len(doc._.mentions)))]
    return status(doc, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Victor locked me in. Victor beat me.", "alleged"),
        ("I heard that Victor sold girls.", "hearsay"),
        ("People said that Victor was behind it all.", "hearsay"),
        ("Victor denies that he was there.", "denied"),
        ("I do not believe he hurt anyone, Victor. Victor had nothing to do with it.", "denied"),
        ("Victor beat me. Victor denied it to the police. Victor took my papers.", "alleged"),
    ],
)
def test_status(text, expected):
    assert said(text, "Victor") == expected
