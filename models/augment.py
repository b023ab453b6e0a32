"""The same document told otherwise: other people's names, other case, scanning noise, wrapped lines.

Spans follow the text. What a name is called must not matter for who is accused, so half of all readings are renamed.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from pathlib import Path

from extract.narrative.gazetteer import FAMILY, GIVEN, Gazetteer, folded

_LETTERS = re.compile(r"[^\W\d_]+")
_A_NAME = re.compile(r"[^\W\d_]{2,}(?:[-' ][^\W\d_]{2,})?")

#: Words inside a PERSON or ORG span that are no name: they stay.
_STAY = frozenset(
    "don doña dona madam madame boss mama papa auntie aunt uncle ate kuya tia tio sister brother pastor father mother "
    "jr sr la el de del los las mommy daddy big little lady the doe jane john victim minor witness child mv um bin ibn "
    "van der von da dos al mc ii iii iv miss mister master chief captain coach prophet imam reverend bishop hajj haji "
    "sheikh abu".split()
)

#: What scanners and OCR make of letters, and of letters side by side.
_CONFUSED = {
    "l": "1I|", "I": "l1|", "O": "0Q", "0": "O", "1": "lI", "e": "co", "c": "e", "S": "5", "5": "S", "B": "8", "8": "B",
    "a": "os", "o": "ae0", "n": "u", "u": "n", "h": "b", "b": "h", "i": "lj", "t": "fr", "f": "t", "g": "q", "q": "g",
    "m": "n", "v": "y", "y": "v", "r": "n", "s": "a", "E": "F", "F": "P", "D": "O", "C": "G", "G": "C", "Z": "2",
    "M": "N", "R": "K", ".": ",", ",": ".", "6": "G", "3": "8", "7": "1", "9": "g",
}  # fmt: skip
_MERGED = {"rn": "m", "cl": "d", "li": "h", "vv": "w", "nn": "m", "ri": "n", "ii": "u", "tt": "u"}
_SPLIT = {"m": "rn", "d": "cl", "w": "vv", "h": "li", "u": "ii"}

#: Codes of the name lists by region: where the names come from, not where their bearers live. Some regions have few.
REGIONS = {
    "Latin America": "es_AR es_CL es_CO es_MX pt_BR AR BO BR CL CO CR CU DO EC GT MX PA PE PR PY SV UY VE",
    "South Asia": "en_IN en_PK BD IN LK NP PK",
    "South-East Asia": "en_TH id_ID vi_VN KH MY PH TH VN",
    "East Asia": "ja_JP zh_CN zh_TW CN JP KR MN TW",
    "Africa": "en_KE en_NG fr_DZ ha_NG ig_NG sw tw_GH yo_NG zu_ZA DZ EG GQ LY MA ML TN ZA",
    "Eastern Europe": (
        "cs_CZ et_EE hr_HR hu_HU lt_LT lv_LV pl_PL ro_RO sk_SK sl_SI AL BA BG BY CZ EE HR HU LT LV MD ME MK PL RO "
        "RS RU SI SK UA XK"
    ),
    "United States": "en_US US",
}  # fmt: skip


class NamePools:
    """Given names by sex (``any`` where the list does not tell) and family names of one country each."""

    def __init__(self, data: Path, names: Gazetteer):
        pools: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        folder = data / "data" / "names"
        for line in (folder / "faker_mit_latin.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            country, kind, name = line.split("\t")[:3]
            sex = {"first_f": "F", "first_m": "M", "first_any": "any"}.get(kind, "family")
            if _A_NAME.fullmatch(name):
                pools[country][sex].append(name)
        for line in (folder / "popular_by_country_cc0.tsv").read_text(encoding="utf-8").splitlines()[1:]:
            country, kind, sex, name = line.split("\t")[:4]
            if _A_NAME.fullmatch(name):
                pools[country][sex if kind == "first" else "family"].append(name)
        self.countries = [
            p for _, p in sorted(pools.items()) if all(len(p.get(k, ())) > 8 for k in ("F", "M", "family"))
        ]
        self.regions = {
            region: [
                {k: [n.title() if n.isupper() else n for n in names] for k, names in pools[c].items()}
                for c in codes.split()
                if c in pools
            ]
            for region, codes in REGIONS.items()
        }
        self.sex = {s: {folded(n) for p in self.countries for n in p[s]} for s in ("F", "M")}
        self.names = names

    def renamed(self, document: dict, rng: random.Random, region: str | None = None) -> dict:
        """``document`` with every word of a name of a person replaced by one of the same kind and sex, from three
        countries, of the world or of a region of :data:`REGIONS`."""
        text = document["text"]
        kinds = self._kinds(document)
        choice = self.regions[region] if region else self.countries
        countries = [rng.choice(choice) for _ in range(3)]
        new: dict[str, str] = {}
        used = set(kinds)
        for word, kind in kinds.items():
            country, wanted = rng.choice(countries), self._pool(word, kind, rng)
            pool = self._names(country, wanted) or rng.choice([n for c in choice if (n := self._names(c, wanted))])
            for _ in range(8):
                name = rng.choice(pool)
                if folded(name) not in used:
                    break
            used.add(folded(name))
            new[word] = name

        def replace(match: re.Match) -> str:
            word = match.group(0)
            name = new.get(folded(word))
            if name is None or not word[0].isupper():
                return word
            return name.upper() if len(word) > 1 and word.isupper() else name

        out, spans, at, length = [], [], 0, 0
        for s in sorted(document["spans"], key=lambda s: s["start"]):
            before = text[at : s["start"]]
            inside = text[s["start"] : s["end"]]
            if s["label"] in ("PERSON", "ORG"):
                inside = _LETTERS.sub(replace, inside)
            out += [before, inside]
            start = length + len(before)
            length = start + len(inside)
            spans.append({**s, "start": start, "end": length})
            at = s["end"]
        out.append(text[at:])
        entities = {
            e: {
                **d,
                "name": _LETTERS.sub(replace, d["name"]),
                "aliases": [_LETTERS.sub(replace, a) for a in d["aliases"]],
            }
            for e, d in document["entities"].items()
        }
        return {**document, "text": "".join(out), "spans": spans, "entities": entities}

    @staticmethod
    def _names(country: dict[str, list[str]], kind: str) -> list[str]:
        """The country's names of a kind; of either sex where its list does not tell them apart."""
        return country.get(kind) or (country.get("any", []) if kind in "FM" else [])

    def _pool(self, word: str, kind: str, rng: random.Random) -> str:
        if kind == "family":
            return kind
        female, male = word in self.sex["F"], word in self.sex["M"]
        if female != male:
            return "F" if female else "M"
        return rng.choice("FM")

    def _kinds(self, document: dict) -> dict[str, str]:
        """Folded words of people's names, and whether each is a given or a family name."""
        kinds: dict[str, str] = {}
        alone: list[str] = []
        for s in document["spans"]:
            if s["label"] != "PERSON":
                continue
            surface = document["text"][s["start"] : s["end"]]
            words = [folded(w) for w in _LETTERS.findall(surface) if len(w) > 1 and w[0].isupper()]
            words = [w for w in words if w not in _STAY]
            if len(words) > 1:
                for k, w in enumerate(words):
                    kinds.setdefault(w, "given" if k == 0 and "," not in surface else "family")
            else:
                alone += words
        for w in alone:
            flags = self.names[w]
            if w not in kinds and flags & (GIVEN | FAMILY):
                kinds[w] = "given" if flags & GIVEN else "family"
        return kinds


def noisy(document: dict, rng: random.Random, rate: float) -> dict:
    """Characters read wrong, lost, run together or torn at ``rate``; blanks that border a span stay."""
    text = document["text"]
    edges = {x for s in document["spans"] for x in (s["start"] - 1, s["end"])}
    out: list[str] = []
    #: where each character of the old text begins in the new one
    place = []
    length = 0
    skip = False
    for i, c in enumerate(text):
        place.append(length)
        if skip:
            skip = False
            continue
        new = c
        if i not in edges and c != "\n" and rng.random() < rate:
            pair = text[i : i + 2]
            kind = rng.random()
            if pair in _MERGED and i + 1 not in edges and kind < 0.6:
                new, skip = _MERGED[pair], True
            elif c in _SPLIT and kind < 0.25:
                new = _SPLIT[c]
            elif kind < 0.8:
                new = rng.choice(_CONFUSED[c]) if c in _CONFUSED else c
            elif kind < 0.9 and 0 < i < len(text) - 1 and text[i - 1].isalpha() and text[i + 1].isalpha():
                new = ""
            elif c.isalpha() and i + 1 not in edges:
                new = c + rng.choice(" .'")
        out.append(new)
        length += len(new)
    place.append(length)
    spans = [{**s, "start": place[s["start"]], "end": place[s["end"]]} for s in document["spans"]]
    return {**document, "text": "".join(out), "spans": spans, "noisy": True}


def unpunctuated(document: dict) -> dict:
    """Without full stops and commas, except within spans."""
    inside = {i for s in document["spans"] for i in range(s["start"], s["end"])}
    text = "".join(" " if c in ".,;:" and i not in inside else c for i, c in enumerate(document["text"]))
    return {**document, "text": text}


def recased(document: dict, rng: random.Random) -> dict:
    """All in capitals or all in small letters; a letter whose other case is longer stays (ß)."""
    change = str.upper if rng.random() < 0.5 else str.lower
    text = "".join(c if len(change(c)) != 1 else change(c) for c in document["text"])
    return {**document, "text": text}


def wrapped(document: dict, rng: random.Random) -> dict:
    """Lines broken at a column, as typewriters and mail programs do: a blank becomes a line break."""
    width = rng.randrange(58, 100)
    text = list(document["text"])
    start, blank = 0, -1
    for i, c in enumerate(text):
        if c == "\n":
            start, blank = i + 1, -1
        elif c == " ":
            blank = i
        if i - start >= width and blank > start:
            text[blank] = "\n"
            start, blank = blank + 1, -1
    return {**document, "text": "".join(text)}


def augmented(document: dict, pools: NamePools, chances: dict[str, float], rng: random.Random) -> dict:
    if rng.random() < chances["names"]:
        document = pools.renamed(document, rng)
    x = rng.random()
    if x < chances["case"]:
        document = recased(document, rng)
    elif x < chances["case"] + chances["noise"]:
        document = noisy(document, rng, rng.choice([0.005, 0.015, 0.025, 0.035]))
    elif x < chances["case"] + chances["noise"] + chances["unpunctuated"]:
        document = unpunctuated(document)
    if rng.random() < chances["wrapped"]:
        document = wrapped(document, rng)
    return document
