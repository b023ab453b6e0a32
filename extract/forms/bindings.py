"""Where each field of a blank keeps its value in the XFA datasets, read from the form's template. Used by ``define``.

Unnamed subforms and areas do not count; same-named nodes stand in template order inside the nearest named subform;
fields with ``match="global"`` share the first node of their name; ``match="none"`` have no node.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pikepdf
from lxml import etree

from extract.forms.definitions import without_pages

CONTAINERS = ("subform", "area", "subformSet", "exclGroup")


def data_nodes(pdf: pikepdf.Pdf) -> dict[str, str]:
    """Data path of every bound field, by its AcroForm name without page containers."""
    template = _template(pdf)
    return dict(_walk(template, _Scope("", ""))) if template is not None else {}


class _Scope:
    """Inside one named subform: its AcroForm name and data path so far, and how often a name was used in each."""

    def __init__(self, name: str, path: str) -> None:
        self.name, self.path = name, path
        self._names: defaultdict[str, int] = defaultdict(int)
        self._data: defaultdict[str, int] = defaultdict(int)

    def next_name(self, part: str) -> str:
        self._names[part] += 1
        escaped = part.replace(".", "\\.")
        return f"{self.name}{escaped}[{self._names[part] - 1}]"

    def next_path(self, part: str) -> str:
        self._data[part] += 1
        return f"{self.path}{part}[{self._data[part] - 1}]"


def _template(pdf: pikepdf.Pdf) -> etree._Element | None:
    packets = list(pdf.Root.AcroForm.XFA)
    for name, stream in zip(packets[::2], packets[1::2], strict=True):
        if str(name) == "template":
            return etree.fromstring(stream.read_bytes())
    return None


def _walk(node: etree._Element, scope: _Scope) -> Iterator[tuple[str, str]]:
    for child in node.iterchildren(etree.Element):
        kind, name = etree.QName(child).localname, child.get("name")
        if kind in CONTAINERS and not name:
            yield from _walk(child, scope)
        elif kind in CONTAINERS:
            yield from _walk(child, _Scope(f"{scope.next_name(name)}.", f"{scope.next_path(name)}."))
        elif kind == "field" and name:
            bind = child.find("{*}bind")
            match = bind.get("match") if bind is not None else None
            full = without_pages(scope.next_name(name))
            if match == "global":
                yield full, f"*.{name}"
            elif match != "none":
                yield full, scope.next_path(name)
