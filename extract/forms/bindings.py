"""Where each field of a blank keeps its value in the XFA datasets, read from the form's template. Used by ``define``.

Unnamed subforms and areas do not count; same-named nodes stand in template order inside the nearest named subform;
fields with ``match="global"`` share the first node of their name; ``match="none"`` have no node.
"""

from __future__ import annotations

from collections import defaultdict

import pikepdf
from lxml import etree

from extract.forms.definitions import without_pages

CONTAINERS = ("subform", "area", "subformSet", "exclGroup")


def data_nodes(pdf: pikepdf.Pdf) -> dict[str, str]:
    """Data path of every bound field, by its AcroForm name without page containers."""
    template = _template(pdf)
    nodes: dict[str, str] = {}
    if template is not None:
        _walk(template, "", "", _Scope(), _Scope(), nodes)
    return nodes


class _Scope(defaultdict):
    """Counts same-named things inside one named subform."""

    def __init__(self) -> None:
        super().__init__(int)

    def next(self, name: str) -> str:
        self[name] += 1
        return f"{name}[{self[name] - 1}]"


def _template(pdf: pikepdf.Pdf) -> etree._Element | None:
    packets = list(pdf.Root.AcroForm.XFA)
    for name, stream in zip(packets[::2], packets[1::2], strict=True):
        if str(name) == "template":
            return etree.fromstring(stream.read_bytes())
    return None


def _walk(node: etree._Element, som: str, path: str, names: _Scope, data: _Scope, nodes: dict[str, str]) -> None:
    for child in node.iterchildren(etree.Element):
        kind, name = etree.QName(child).localname, child.get("name")
        if kind in CONTAINERS and not name:
            _walk(child, som, path, names, data, nodes)
        elif kind in CONTAINERS:
            _walk(child, f"{som}{_escaped(names.next(name))}.", f"{path}{data.next(name)}.", _Scope(), _Scope(), nodes)
        elif kind == "field" and name:
            bind = child.find("{*}bind")
            match = bind.get("match") if bind is not None else None
            full = without_pages(som + _escaped(names.next(name)))
            if match == "global":
                nodes[full] = f"*.{name}"
            elif match != "none":
                nodes[full] = path + data.next(name)


def _escaped(part: str) -> str:
    return part.replace(".", "\\.")
