"""Drafts to finished pages: reading order, running heads set aside, lines joined, every word's place in the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extract.packet import ReadPage, Word
from extract.read.draft import DraftPage
from extract.read.heads import PlacedLine, set_aside
from extract.read.layout import Line, paragraphs, pieces_of_lines, rows_of, whole
from extract.record import Box

HYPHENS = "-\u2010\u00ad"
KEEPS_ITS_HYPHEN = re.compile(
    r"^(?:self|ex|non|co|all|half|mid|well|anti|pre|post|semi|step|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|father|mother|brother|sister|son|daughter)$",
    re.IGNORECASE,
)


def finished(drafts: Sequence[DraftPage], file: str) -> list[ReadPage]:
    """The pages of one file as ``ReadPage``; ``file`` is its sha256."""
    rows = [_rows(draft) for draft in drafts]
    placed = [
        [
            PlacedLine(number, " ".join(draft.words[word].text for word in line.words), line.middle / draft.height)
            for number, line in enumerate(map(whole, page))
        ]
        for draft, page in zip(drafts, rows, strict=True)
    ]
    aside = set_aside(placed, [draft.height for draft in drafts])
    vocabulary = Counter(word.text.strip(".,;:!?\"'()").casefold() for draft in drafts for word in draft.words)
    return [
        _page(draft, page, left_out, vocabulary, file)
        for draft, page, left_out in zip(drafts, rows, aside, strict=True)
    ]


def _rows(draft: DraftPage) -> list[list[Line]]:
    if draft.text is not None or not draft.words or not draft.height:
        return []
    return rows_of(pieces_of_lines(_boxes(draft), draft.lines))


def _boxes(draft: DraftPage) -> list[Box]:
    return [word.box or (0.0, 0.0, 0.0, 0.0) for word in draft.words]


def _page(
    draft: DraftPage, rows: list[list[Line]], left_out: set[int], vocabulary: Counter[str], file: str
) -> ReadPage:
    page = ReadPage(
        file,
        draft.number,
        draft.state,
        draft.reason,
        draft.confidence,
        draft.width,
        draft.height,
        draft.rotation,
        draft.skew,
        draft.dpi,
        image=draft.image,
    )
    if draft.text is not None:
        return replace(page, text=draft.text, words=tuple(draft.words), offsets=tuple(draft.offsets))
    pieces = [piece for number, row in enumerate(rows) if number not in left_out for piece in row]
    aside = [draft.words[index] for number in sorted(left_out) for piece in rows[number] for index in piece.words]
    blocks = [[line.words for line in block] for block in paragraphs(pieces, draft.words, _boxes(draft))]
    text, words, offsets = _text(blocks, draft.words, vocabulary)
    reason = page.reason
    if left_out:
        count = len(left_out)
        reason += f" {count} line{'s' * (count > 1)} in the margin (running head, page number) set aside."
    return replace(
        page,
        reason=reason,
        text=text,
        words=(*words, *aside),
        offsets=(*offsets, *[None] * len(aside)),
    )


def _text(
    blocks: list[list[list[int]]], words: Sequence[Word], vocabulary: Counter[str]
) -> tuple[str, list[Word], list[tuple[int, int] | None]]:
    """Paragraphs parted by an empty line, lines joined by a space, words cut at a line's end joined again."""
    pieces: list[str] = []
    length = 0
    placed: list[Word] = []
    offsets: list[tuple[int, int] | None] = []

    def add(piece: str) -> None:
        nonlocal length
        pieces.append(piece)
        length += len(piece)

    for block in blocks:
        if pieces:
            add("\n\n")
        for line_number, line in enumerate(block):
            following = block[line_number + 1] if line_number + 1 < len(block) else None
            for place, index in enumerate(line):
                word = words[index]
                separator = " "
                if place == len(line) - 1:
                    separator = " " if following else ""
                    if following and (joined := _across_lines(word.text, words[following[0]].text, vocabulary)):
                        word, separator = replace(word, text=joined), ""
                placed.append(word)
                offsets.append((length, length + len(word.text)))
                add(word.text)
                if separator:
                    add(separator)
    return "".join(pieces), placed, offsets


def _across_lines(before: str, after: str, vocabulary: Counter[str]) -> str | None:
    """What is left of a word cut at the end of a line, so that the next line's first word can follow it directly.

    None where the line does not end in a cut word. The hyphen stays in names (Jean-Pierre) and compounds
    (self-employed), or where the file itself writes the word with one.
    """
    if len(before) < 3 or before[-1] not in HYPHENS or not before[-2].isalpha() or not after[:1].isalpha():
        return None
    stem = before[:-1]
    tail = re.match(r"[^\W\d_]+", after)
    last_part = re.split(r"[^\w]", stem)[-1]
    whole, hyphened = f"{last_part}{tail.group() if tail else ''}", f"{last_part}-{tail.group() if tail else ''}"
    if before[-1] == "\u00ad":
        return stem
    if after[0].isupper() or vocabulary[hyphened.casefold()] > vocabulary[whole.casefold()]:
        return f"{stem}-"
    if KEEPS_ITS_HYPHEN.match(last_part) and not vocabulary[whole.casefold()]:
        return f"{stem}-"
    return stem
