"""Drafts to finished pages: reading order, running heads set aside, lines joined, every word's place in the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from extract.packet import ReadPage, Word
from extract.read.draft import DraftPage
from extract.read.heads import PlacedLine, set_aside
from extract.read.layout import Line, paragraphs

HYPHENS = "-\u2010\u00ad"
KEEPS_ITS_HYPHEN = re.compile(
    r"^(?:self|ex|non|co|all|half|mid|well|anti|pre|post|semi|step|twenty|thirty|forty|fifty|sixty|seventy|eighty"
    r"|ninety|father|mother|brother|sister|son|daughter)$",
    re.IGNORECASE,
)


def finished(drafts: Sequence[DraftPage], file: str) -> list[ReadPage]:
    """The pages of one file as ``ReadPage``; ``file`` is its sha256."""
    laid_out = [_lines_of(draft) for draft in drafts]
    flat = [[line for block in blocks for line in block] for blocks in laid_out]
    placed = [
        [
            PlacedLine(index, " ".join(draft.words[w].text for w in line.words), line.middle / draft.height)
            for index, line in enumerate(lines)
        ]
        for draft, lines in zip(drafts, flat, strict=True)
    ]
    aside = set_aside(placed, [draft.height for draft in drafts])
    vocabulary = Counter(word.text.strip(".,;:!?\"'()").casefold() for draft in drafts for word in draft.words)
    return [
        _page(draft, blocks, left_out, vocabulary, file)
        for draft, blocks, left_out in zip(drafts, laid_out, aside, strict=True)
    ]


def _lines_of(draft: DraftPage) -> list[list[Line]]:
    if draft.text is not None or not draft.words or not draft.height:
        return []
    boxes = [word.box for word in draft.words if word.box is not None]
    return paragraphs(draft.words, boxes, draft.lines)


def _page(
    draft: DraftPage, blocks: list[list[Line]], left_out: set[int], vocabulary: Counter[str], file: str
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
    kept: list[list[list[int]]] = []
    aside: list[int] = []
    number = 0
    for block in blocks:
        lines = []
        for line in block:
            if number in left_out:
                aside += line.words
            else:
                lines.append(line.words)
            number += 1
        if lines:
            kept.append(lines)
    text, words, offsets = _text(kept, draft.words, vocabulary)
    words += [draft.words[index] for index in aside]
    reason = page.reason
    if left_out:
        count = len(left_out)
        reason += f" {count} line{'s' * (count > 1)} in the margin (running head, page number) set aside."
    return replace(
        page,
        reason=reason.strip(),
        text=text,
        words=tuple(words),
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
