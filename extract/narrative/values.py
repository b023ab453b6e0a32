"""Components ``haven_identifiers`` and ``haven_dates``: what patterns and grammars add to the model's spans."""

from __future__ import annotations

from spacy.language import Language
from spacy.tokens import Doc

from extract.narrative.coreference import word_range
from extract.narrative.dates import resolve
from extract.narrative.identifiers import find
from extract.narrative.spans import KEY, token_of_word, word_span

#: Of the identifiers that patterns find in annotated documents, so many are marked there with the same borders.
_PATTERN_CONFIDENCE = 0.85
#: Labels of which a pattern is hardly ever wrong (see ``identifiers.find``): a model takes web addresses for e-mail.
_SURE_FORMS = frozenset({"PHONE", "EMAIL", "HANDLE"})

Doc.set_extension("reference_date", default=None, force=True)


@Language.component("haven_dates", assigns=["span._.value"], requires=["doc.spans"])
def dates(doc: Doc) -> Doc:
    """Set ``span._.value`` of DATE and DURATION spans; ``doc._.reference_date`` is the day the document was made."""
    spans = [s for s in doc.spans[KEY] if s.label_ in ("DATE", "DURATION")]
    values = resolve(
        doc.text, [(s.start_char, s.end_char, s.label_) for s in spans], document_date=doc._.reference_date
    )
    for s in spans:
        s._.value = values.get((s.start_char, s.end_char))
    return doc


@Language.component("haven_identifiers", assigns=["doc.spans"], requires=["doc.spans"])
def identifiers(doc: Doc) -> Doc:
    """Put the spans of validated patterns beside the model's; where the two overlap the model's stay, unless the
    pattern's takes them in whole, or calls the same words an address of :data:`_SURE_FORMS`."""
    words = doc._.words
    at = token_of_word(doc)
    spans = [(*word_range(words, s.start_char, s.end_char), s) for s in doc.spans[KEY]]
    for start, end, label in find(doc.text):
        i, j = word_range(words, start, end)
        if i > j:
            continue
        over = [x for x in spans if x[0] <= j and i <= x[1]]
        if any(x[0] < i or x[1] > j for x in over):
            continue
        if any(x[:2] == (i, j) and (x[2].label_ == label or label not in _SURE_FORMS) for x in over):
            continue
        spans = [x for x in spans if x not in over]
        spans.append((i, j, word_span(doc, (at[i], at[j]), label, _PATTERN_CONFIDENCE)))
    doc.spans[KEY] = [s for _, _, s in sorted(spans, key=lambda x: x[:2])]
    return doc
