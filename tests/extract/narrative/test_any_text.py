"""Whatever characters a text is made of: what the pipeline says of it lies in it, and holds together."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extract.narrative import NarrativeResult
from extract.narrative.words import WORD
from extract.record import Record

#: Sentences with people, values and acts, so that there is something to find among the odd characters.
TOLD = (
    "My name is Ana Flores. ", "Rosa Delgado took my passport in March 2014. ", "She is 45 years old, from Honduras. ",
    "Her brother Hector beat my sister Lucia Flores\n", "I owed Delgado Farms LLC $4,000.\n\n", "A 204 338 917, ",
    "call +1 713 555 0143 or rosa@example.com; ", "Detective Alan Briggs, Houston Police ", "in a white Ford van ",
    "ROSA DELGADO LOCKED THE DOOR. ", "rosa delgado said she would kill my son ",
)  # fmt: skip
#: What texts of scanners, phones and other scripts hold, and what no text should.
ODD = (
    "\ud83d", "\udc00", "\ud800 \udfff", "e\u0301\u0323\u0302", "\u0301", "\u200d", "\u200b", "\ufeff", "\u00ad",
    "\u2028", "\x85", "\x0b\x0c", "\x1b[31m", "\x00", "\x07", "\r", "\r\n\r\n", "\u00a0", "\u202e", "\u2066",
    "روزا أخذت جوازي. ", "רוזה לקחה ", "罗莎拿走了我的护照。", "Роза Дельгадо ", "ß", "İ", "ﬁ", "Ｒｏｓａ", "𝓡𝓸𝓼𝓪",
    "ǅ", "①", "٤٥", "did n't ", "n't", "ca n’ t ", "'", "Del gado ", "pass port",
    "\U0001f469\u200d\U0001f467", "\U0001f1ed\U0001f1f3", "\U0001f44d\U0001f3fd", "x" * 300, "-" * 90,
)  # fmt: skip
ANY = st.text(alphabet=st.characters(codec=None, categories=None), max_size=20)
TEXTS = st.lists(st.one_of(st.sampled_from(TOLD), st.sampled_from(ODD), ANY), max_size=14).map("".join)
CHECKED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def plain(text: str) -> str:
    """Blanks as one, and halves of surrogate pairs as the replacement character that stands for them."""
    return " ".join(re.sub("[\ud800-\udfff]", "\ufffd", text).split())


def ranges_of(result: NarrativeResult) -> list[tuple[int, int]]:
    """Every place of the text that the result names."""
    out = [(s.start, s.end) for s in result.spans]
    out += [s.range for s in (*result.attribute_sources, *result.relation_sources) if s.range]
    for e in result.entities.values():
        out += [*e.reasons, *e.against]
        out += [r for x in (*e.elements, *e.outcomes) for r in x.ranges]
    out += [*result.entry.ranges, *(r for c in result.cooperation for r in c.ranges)]
    out += [s.source.range for s in (result.screen.reasons if result.screen else []) if s.source.range]
    return out


def check(text: str, result: NarrativeResult) -> None:
    assert all(0 <= a < b <= len(text) for a, b in ranges_of(result))
    assert all(a.end <= b.start for a, b in zip(result.spans, result.spans[1:], strict=False))
    assert all(s.range for s in (*result.attribute_sources, *result.relation_sources))
    assert all(0 <= c <= 1 for c in confidences(result))
    ends = {e for h, _, t, _ in result.relations for e in (h, t)} | {o for o, _, _ in result.attributes}
    ends |= {s.entity for s in result.spans if s.entity} | {e for c in result.cooperation for e in c.entities}
    assert ends <= result.entities.keys()
    for (_, _, value), source in zip(result.attributes, result.attribute_sources, strict=True):
        assert plain(text[slice(*source.range)]) == value
    for key, e in result.entities.items():
        said = {plain(text[s.start : s.end]) for s in result.spans if s.entity == key}
        assert {e.name, *e.aliases} - {""} <= said


def confidences(result: NarrativeResult) -> list[float]:
    sources = (*result.attribute_sources, *result.relation_sources)
    return [x.confidence for x in (*result.spans, *result.entities.values(), *sources)]


@CHECKED
@given(text=TEXTS)
def test_everything_said_lies_in_the_text_and_has_its_ends(narrative, text):
    result = narrative.read(text)
    check(text, result)
    first, last = ({m.span()[k] for m in WORD.finditer(text)} for k in (0, 1))
    assert all(s.start in first and s.end in last for s in result.spans), "a span is made of whole words"


@CHECKED
@given(text=TEXTS, cuts=st.lists(st.integers(-3, 400), max_size=6))
def test_within_ranges_too_and_no_span_crosses_one(narrative, text, cuts):
    ranges = list(zip(cuts[::2], cuts[1::2], strict=False))
    result = narrative.read(text, ranges=ranges)
    check(text, result)
    asked = {i for a, b in ranges for i in range(max(a, 0), b)}
    assert all(asked.issuperset(range(s.start, s.end)) for s in result.spans)


@CHECKED
@given(text=TEXTS)
def test_a_record_of_it_is_written_and_read_again(narrative, text):
    text = re.sub("[\ud800-\udfff]", "\ufffd", text)  # a file in UTF-8 cannot hold them
    r = narrative.read(text)
    record = Record(
        id="x", text=text, spans=r.spans, entities=r.entities, attributes=r.attributes,
        attribute_sources=r.attribute_sources, relations=r.relations, relation_sources=r.relation_sources,
        entry=r.entry, cooperation=r.cooperation, screen=r.screen, model=r.model,
    )  # fmt: skip
    assert Record.model_validate_json(record.to_json()) == record
