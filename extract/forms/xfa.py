"""The second source of a filled form: the datasets of its XFA packet. Hostile XML is expected.

Only ``datasets`` is read, never the template or its scripts. No entity is expanded, nothing is fetched, and a packet
larger than MAX_PACKET bytes when unpacked is left alone.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

import pikepdf
from lxml import etree

MAX_PACKET = 8_000_000
"""Bytes. The largest of the six blanks holds 9 kB of datasets; long narratives add some 20 kB."""


class XfaUnreadable(Exception):
    """The file has an XFA packet that is broken, too large or not XML."""


class Datasets:
    """The data nodes of a form."""

    def __init__(self, data: etree._Element) -> None:
        self._data = data
        self._first: dict[str, etree._Element] = {}
        for element in data.iter(etree.Element):
            self._first.setdefault(etree.QName(element).localname, element)

    def value(self, path: str) -> str:
        """Text at ``form1[0].Table1[0].Name[0]``, or of the first node called Name for ``*.Name``; else empty."""
        node = self._node(path)
        return (node.text or "") if node is not None and not len(node) else ""

    def has(self, path: str) -> bool:
        """Whether the node is there, filled or not."""
        return self._node(path) is not None

    def _node(self, path: str) -> etree._Element | None:
        if path.startswith("*."):
            return self._first.get(path[2:])
        node: etree._Element | None = self._data
        for step in re.split(r"(?<=\])\.", path):
            name, _, number = step.rpartition("[")
            node = _child(node, name, int(number[:-1])) if node is not None else None
        return node

    def filled(self) -> bool:
        """Whether any node holds more than the ``0`` of an unticked box."""
        return any((e.text or "").strip() not in ("", "0") for e in self._data.iter(etree.Element) if not len(e))


def _child(node: etree._Element, name: str, number: int) -> etree._Element | None:
    same = [c for c in node.iterchildren(etree.Element) if etree.QName(c).localname == name]
    return same[number] if number < len(same) else None


def datasets_of(pdf: pikepdf.Pdf) -> Datasets | None:
    """The datasets of the file's form; None where it has none. Raises XfaUnreadable."""
    form = pdf.Root.get("/AcroForm")
    xfa = form.get("/XFA") if isinstance(form, pikepdf.Dictionary) else None
    if xfa is None:
        return None
    try:
        root = next((r for r in _packets(xfa) if etree.QName(r).localname in ("datasets", "xdp")), None)
        if root is None:
            return None
        return next((Datasets(e) for e in root.iter(etree.Element) if etree.QName(e).localname == "data"), None)
    except (etree.XMLSyntaxError, pikepdf.PdfError, zlib.error, ValueError, TypeError) as problem:
        raise XfaUnreadable from problem


def _packets(xfa: Any) -> Iterator[etree._Element]:
    """Root of the datasets packet of an array of packets, or of the whole in one stream."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    if isinstance(xfa, pikepdf.Stream):
        yield etree.fromstring(unpacked(xfa), parser)
        return
    if not isinstance(xfa, pikepdf.Array):
        raise XfaUnreadable
    pairs = list(xfa)
    for name, packet in zip(pairs[::2], pairs[1::2], strict=False):
        if str(name) == "datasets" and isinstance(packet, pikepdf.Stream):
            yield etree.fromstring(unpacked(packet), parser)


def unpacked(stream: pikepdf.Stream, limit: int = MAX_PACKET) -> bytes:
    """The stream's bytes, never inflating more than ``limit`` of them. Raises XfaUnreadable beyond it."""
    filters = stream.get("/Filter")
    if isinstance(filters, pikepdf.Array) and len(filters) == 1:
        filters = filters[0]
    raw = stream.read_raw_bytes()
    if filters is None:
        data = raw[: limit + 1]
    elif filters == "/FlateDecode" and stream.get("/DecodeParms") is None:
        data = zlib.decompressobj().decompress(raw, limit + 1)
    elif len(raw) <= limit // 1000:
        data = stream.read_bytes()
    else:
        raise XfaUnreadable
    if len(data) > limit:
        raise XfaUnreadable
    return data
