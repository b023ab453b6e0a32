"""From characters of the record to places on pages: the evidence of every value (contract 3)."""

from __future__ import annotations

import uuid
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import takewhile

from extract.packet import ReadPage
from extract.record import Box, Record, Source
from haven.cases.models import Evidence, Packet, PageRow, StoredFile


class Places:
    """Makes evidence rows for one packet, the same row for the same place.

    ``read``: the pages as they were read, in the order of ``record.pages``.
    """

    def __init__(self, packet: Packet, record: Record, read: Sequence[ReadPage], pages: Sequence[PageRow]) -> None:
        self.packet, self.record, self.read, self.pages = packet, record, read, pages
        self.rows: dict[tuple, Evidence] = {}
        ranges = sorted((p.range, i) for i, p in enumerate(record.pages) if p.range)
        self._starts = [r[0] for r, _ in ranges]
        self._order = [i for _, i in ranges]
        self._answers = sorted((f.range, i) for i, f in enumerate(record.fields) if f.range)

    def of_source(self, source: Source) -> list[Evidence]:
        if source.range:
            return self.of_range(*source.range)
        return self.of_field(source.field) if source.field is not None else []

    def of_field(self, index: int) -> list[Evidence]:
        field = self.record.fields[index]
        start, end = field.range or (None, None)
        return [self._row(field.page, [field.box] if field.box else [], start, end)]

    def of_range(self, start: int, end: int) -> list[Evidence]:
        """One row for each page that the characters touch. Narrative answers of a form stand on the form's page."""
        for answer, index in self._answers:
            if answer[0] <= start < answer[1]:
                field = self.record.fields[index]
                return [self._row(field.page, [field.box] if field.box else [], start, end)]
        rows = []
        for position in range(max(bisect_right(self._starts, start) - 1, 0), len(self._order)):
            index = self._order[position]
            first, last = self.record.pages[index].range or (0, 0)
            if first >= end:
                break
            if last > start:
                here = max(start, first), min(end, last)
                rows.append(self._row(index, self._boxes(self.read[index], here[0] - first, here[1] - first), *here))
        return rows

    def _row(self, page: int, boxes: Iterable[Box], start: int | None, end: int | None) -> Evidence:
        places = [list(box) for box in boxes]
        key = (page, start, end, tuple(map(tuple, places)))
        if key not in self.rows:
            row = self.pages[page]
            self.rows[key] = Evidence(
                id=uuid.uuid4(),
                packet=self.packet,
                file=row.file,
                page=row,
                boxes=places,
                start=start,
                end=end,
                sha256=row.file.sha256,
            )
        return self.rows[key]

    @staticmethod
    def _boxes(page: ReadPage, start: int, end: int) -> list[Box]:
        """Boxes of the words between two characters of the page's text, one for each line."""
        placed = [(o, w.box) for o, w in zip(page.offsets, page.words, strict=True) if o and w.box]
        touched = takewhile(lambda item: item[0][0] < end, placed[bisect_right(placed, start, key=lambda p: p[0][1]) :])
        return lines_of([box for _, box in touched])


def lines_of(boxes: Iterable[Box]) -> list[Box]:
    """Neighbouring words of one line joined to one box, so that a sentence lights up as lines and not as words."""
    lines: list[Box] = []
    for x0, top, x1, bottom in boxes:
        if lines:
            lx0, ltop, lx1, lbottom = lines[-1]
            height = min(bottom - top, lbottom - ltop)
            same_line = min(bottom, lbottom) - max(top, ltop) > height / 2
            if same_line and -height < x0 - lx1 < 2 * height:
                lines[-1] = (lx0, min(ltop, top), max(lx1, x1), max(lbottom, bottom))
                continue
        lines.append((x0, top, x1, bottom))
    return lines


def stored_pages(packet: Packet, record: Record, owners: Sequence[StoredFile]) -> list[PageRow]:
    """Page rows for the record's account, not saved yet. ``owners``: the file of each page."""
    rows = []
    for index, (page, owner) in enumerate(zip(record.pages, owners, strict=True)):
        start, end = page.range or (None, None)
        rows.append(
            PageRow(
                id=uuid.uuid4(),
                packet=packet,
                file=owner,
                index=index,
                number=page.number,
                state=page.state,
                reason=page.reason,
                confidence=page.confidence,
                width=page.width,
                height=page.height,
                rotation=page.rotation,
                skew=page.skew,
                dpi=page.dpi,
                start=start,
                end=end,
            )
        )
    return rows
