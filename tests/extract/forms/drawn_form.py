"""Draws forms with the field names of a definition: same tree of names, same boxes, same export values, own paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from extract.forms import FormDefinition
from extract.forms.definitions import parts
from extract.packet import ReadFile

LETTER = (612.0, 792.0)


@dataclass
class DrawnForm:
    """A PDF whose AcroForm has every field of one edition. Fill it, damage it, then ``read_file`` gives it as read."""

    definition: FormDefinition
    path: Path
    pdf: Pdf = field(default_factory=Pdf.new)
    widgets: dict[str, pikepdf.Object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for _ in range(self.definition.pages):
            self.pdf.add_blank_page(page_size=LETTER)
            self.pdf.pages[-1].obj.Annots = Array([])
        self.pdf.Root.AcroForm = self.pdf.make_indirect(Dictionary(Fields=Array([])))
        self._groups: dict[str, pikepdf.Object] = {}
        for f in self.definition.fields:
            self._add(f)

    def _add(self, f) -> None:
        x0, top, x1, bottom = f.box or (36, 36, 136, 50)
        widget = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, Rect=[x0, LETTER[1] - bottom, x1, LETTER[1] - top], F=4
        )
        widget.T = String(parts(f.acroform)[-1])
        if f.option is not None:
            widget.FT = Name.Btn
            drawn = Stream(self.pdf, b"")
            widget.AP = Dictionary(N=Dictionary({f"/{f.export}": drawn}))
            widget.AS = Name.Off
        else:
            widget.FT, widget.Ff = Name.Tx, (1 << 12) if f.multiline else 0
        widget = self.pdf.make_indirect(widget)
        siblings, parent = self._siblings(parts(f.acroform)[:-1])
        if parent is not None:
            widget.Parent = parent
        siblings.append(widget)
        self.pdf.pages[f.page - 1].obj.Annots.append(widget)
        self.widgets[f.acroform] = widget

    def _siblings(self, names: list[str]):
        siblings, parent, full = self.pdf.Root.AcroForm.Fields, None, ""
        for name in names:
            full += "." + name
            if full not in self._groups:
                group = self.pdf.make_indirect(Dictionary(T=String(name), Kids=Array([])))
                if parent is not None:
                    group.Parent = parent
                siblings.append(group)
                self._groups[full] = group
            parent = self._groups[full]
            siblings = parent.Kids
        return siblings, parent

    def fill(self, values: Mapping[str, str]) -> DrawnForm:
        """Full or last name -> text; for a box its option, which must be the box's own."""
        for name, value in values.items():
            f = self.definition.field(name)
            assert f is not None, f"{name} is no field of {self.definition.form}"
            widget = self.widgets[f.acroform]
            if f.option is None:
                widget.V = String(value)
            else:
                assert value == f.option
                widget.V = widget.AS = Name(f"/{f.export}")
        return self

    def add_xfa(self, values: Mapping[str, str]) -> DrawnForm:
        """Datasets with these values at the nodes of their fields."""
        from lxml import etree

        root = etree.Element("form1")
        for f in self.definition.fields:
            if not f.data or f.data.startswith("*."):
                continue
            node = root
            for step in f.data.removeprefix("form1[0].").replace("].", "]|").split("|"):
                name, number = step[:-1].split("[")
                while len(node.findall(name)) <= int(number):
                    etree.SubElement(node, name)
                node = node.findall(name)[int(number)]
            node.text = values.get(f.acroform.rsplit(".", 1)[-1], "") or None
        for f in self.definition.fields:
            if f.data and f.data.startswith("*.") and root.find(f.data[2:]) is None:
                etree.SubElement(root, f.data[2:]).text = values.get(f.data, "") or None
        xml = b'<xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data>'
        return self.add_packet(xml + etree.tostring(root) + b"</xfa:data></xfa:datasets>")

    def add_packet(self, datasets: bytes) -> DrawnForm:
        self.pdf.Root.AcroForm.XFA = Array([String("datasets"), Stream(self.pdf, datasets)])
        return self

    def read_file(self) -> ReadFile:
        self.pdf.save(self.path)
        return as_read(self.path)


def as_read(path: Path) -> ReadFile:
    """A file as the reading stage hands it on, as far as forms look at it."""
    return ReadFile(path, "0" * 64, path.name, path.stat().st_size, "application/pdf", (), acroform=True)
