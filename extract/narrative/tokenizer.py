"""The tokenizer: spaCy tokens that keep every character, and the words that the models read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.vocab import Vocab

from extract.narrative.gazetteer import Gazetteer
from extract.narrative.words import Words

Doc.set_extension("words", default=None, force=True)


@spacy.registry.tokenizers("haven.words.v1")
def make_word_tokenizer() -> Callable[[Language], WordTokenizer]:
    return lambda nlp: WordTokenizer(nlp.vocab)


class WordTokenizer:
    """One token a word or mark; white space that is more than one blank is a token too, as in spaCy's own.

    Sets ``doc._.words`` (:class:`extract.narrative.words.Words`). ``names`` is the list of names and places that
    the words are looked up in; it is saved with the tokenizer.
    """

    def __init__(self, vocab: Vocab, names: Gazetteer | None = None):
        self.vocab = vocab
        self.names = names or Gazetteer({})

    def __call__(self, text: str) -> Doc:
        words = Words.of(text, self.names)
        tokens: list[str] = []
        blank_after: list[bool] = []
        at = 0
        for start, end, form in zip(words.start.tolist(), words.end.tolist(), words.forms, strict=True):
            if at < start:
                self._space(text[at:start], tokens, blank_after)
            tokens.append(form)
            blank_after.append(False)
            at = end
        if at < len(text):
            self._space(text[at:], tokens, blank_after)
        doc = Doc(self.vocab, tokens, blank_after)
        doc._.words = words
        return doc

    @staticmethod
    def _space(space: str, tokens: list[str], blank_after: list[bool]) -> None:
        if tokens and space[0] == " ":
            blank_after[-1] = True
            space = space[1:]
        if space:
            tokens.append(space)
            blank_after.append(False)

    def to_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> None:
        self.names.write(Path(path))

    def from_disk(self, path: str | Path, *, exclude: tuple[str, ...] = ()) -> WordTokenizer:
        self.names = Gazetteer.read(Path(path))
        return self
