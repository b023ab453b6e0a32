"""Everything by which a protected person of a case can be known, and how each is found in a text.

Whoever is not a subject of the referral is kept out: protected people by every part of their names and every number,
others by their whole name. What is also a subject's own confirmed value (a surname in the family, an address shared)
may stand, for the referral is about it.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import dateparser

from extract.errors import UsageProblem
from extract.names import fold, name_words
from haven.cases import index
from haven.cases.models import Case, CaseLink, Person, Value
from haven.cases.vocabulary import STANDING
from haven.referral import texts

KINDS = ("name", "dob", "phone", "email", "id", "handle", "address")
TELLING = ("age", "nationality", "place", "description", "occupation", "vehicle")
PROTECTED_FORM_CATEGORIES = ("K3", "K5", "K6", "K7")
FORM_KINDS = {"name": "name", "date": "dob", "phone": "phone", "id": "id"}

PARTICLES = frozenset(
    """de la el le du di da do al jr sr ii iii iv del las los dos das van von der den bin ibn abu and the san
    santa""".split()
)
KIN = frozenset(
    """mother father mom mum dad sister brother aunt auntie uncle cousin niece nephew grandmother grandfather grandma
    grandpa wife husband son daughter child baby partner friend boss madam sir lady girl boy woman man person people
    mama papa tia tio prima primo abuela abuelo hermana hermano esposa esposo hija hijo senora senor""".split()
)
ORDINARY = frozenset(
    """april may june august will grace hope joy faith mark rose angel summer dawn star sunny happy comfort blessing
    mercy patience prince precious king queen young long white black brown green gray rich price law day case page work
    house home street city north west east south church field wood woods stone bell cook baker miller smith""".split()
)
"""Names that are words too: as part of a name they count only where they are written as one."""
MONTHS = frozenset("april may june august".split())

LOOK_ALIKES = str.maketrans("аеорсухіјѕԁһԛԝкмтвнαεορυνικτøłđıħðŧ", "aeopcyxijsdhqwkmtbhaeopuvikto" + "ldihdt")
"""Folded letters of other alphabets, and Latin ones without accents to take off, that look like a plain letter."""

STREETS = {
    "street": "st", "avenue": "ave", "boulevard": "blvd", "road": "rd", "drive": "dr", "lane": "ln", "court": "ct",
    "place": "pl", "highway": "hwy", "parkway": "pkwy", "circle": "cir", "terrace": "ter", "square": "sq",
}  # fmt: skip

MONTH_WORDS = [
    "jan(?:uary)?|enero|ene", "feb(?:ruary)?|febrero", "mar(?:ch|zo)?", "apr(?:il)?|abr(?:il)?", "may(?:o)?",
    "june?|junio", "july?|julio", "aug(?:ust)?|ago(?:sto)?", "sept?(?:ember)?|septiembre|setiembre",
    "oct(?:ober|ubre)?", "nov(?:ember|iembre)?", "dec(?:ember)?|dic(?:iembre)?",
]  # fmt: skip


@dataclass(frozen=True)
class Identifier:
    """``parts``: single words of the name count, as for protected people. ``owner``: whose, as a pk; "" = the case."""

    kind: str
    text: str
    owner: str
    parts: bool = True


@dataclass(frozen=True)
class Hit:
    identifier: Identifier
    found: str


@dataclass
class Identifiers:
    """The identifiers to keep out, and the subjects' own values that may stand.

    ``telling``: what describes a protected person without naming them (age, home, work); taken out of excerpts, but no
    hit, for a place or a trade can be a subject's too.
    """

    kept_out: list[Identifier]
    own_words: frozenset[str] = frozenset()
    own_values: frozenset[str] = frozenset()
    telling: tuple[str, ...] = ()

    def hits(self, text: str) -> Iterator[Hit]:
        """Every identifier that ``text`` holds, whatever its accents, case, spacing, hyphens and invisible marks."""
        searched = Searched(text)
        for identifier in self.kept_out:
            if identifier.kind == "name":
                yield from self._names(identifier, searched)
                continue
            if compact(identifier.text) in self.own_values:
                continue
            for pattern in patterns(identifier):
                if match := pattern.search(searched.plain):
                    yield Hit(identifier, match[0].strip())
                    break

    def _names(self, identifier: Identifier, searched: Searched) -> Iterator[Hit]:
        words = [word for word in name_words(alike(identifier.text)) if word not in KIN]
        if not words:
            return
        telling = [word for word in words if word not in self.own_words and word not in PARTICLES]
        if not telling:
            # each word is a subject's too, yet side by side they are somebody else: Maria Garcia, "la Lopez" and the
            # victim Maria Lopez
            whole = len(words) > 1 and compact(identifier.text) not in self.own_values
            if whole and not _is_part_of_own(words, self.own_values) and searched.holds_whole(words):
                yield Hit(identifier, identifier.text)
            return
        if (len(words) > 1 or not identifier.parts) and searched.holds_whole(words):
            yield Hit(identifier, identifier.text)
            return
        if identifier.parts:
            for word in [*telling, *run_together(words, telling)]:
                if len(word) >= 2 and searched.holds(word):
                    yield Hit(identifier, word)
                    return

    def taken_out(self, text: str) -> str:
        """``text`` with every word of an identifier replaced, for sentences that the model's spans did not cover."""
        for told in self.telling:
            text = _replaced(re.compile(rf"(?<!\w){re.escape(alike(told))}(?!\w)"), text)
        for identifier in self.kept_out:
            if identifier.kind != "name":
                if compact(identifier.text) not in self.own_values:
                    for pattern in patterns(identifier):
                        text = _replaced(pattern, text)
                continue
            words = [word for word in name_words(alike(identifier.text)) if word not in KIN]
            if len(words) > 1:
                text = _replaced(re.compile(r"\b" + r"\W+".join(map(re.escape, words)) + r"\b"), text, self.own_words)
            for word in words if identifier.parts else ():
                if len(word) >= 2 and word not in self.own_words | PARTICLES and Searched(text).holds(word):
                    text = _replaced(re.compile(rf"\b{re.escape(word)}\b"), text)
        return text


class Searched:
    """A text in the forms in which it is searched."""

    def __init__(self, text: str) -> None:
        visible = "".join(" " if c in "\u2028\u2029" else c for c in text if unicodedata.category(c) != "Cf")
        self.text = unicodedata.normalize("NFKC", visible)

    @cached_property
    def plain(self) -> str:
        return " ".join(alike(self.text).split())

    @cached_property
    def words(self) -> set[str]:
        # pdfium writes U+FFFE, older readers U+0002, for a hyphen at the end of a line
        joined = re.sub(r"(?<=\w)['’‐‑–\ufffe\x02-]\s*(?=\w)", "", self.plain)
        spelt = re.findall(r"(?<!\w)(?:\w[\s.·_-]+){2,}\w(?!\w)", self.plain)
        found = {*re.findall(r"[^\W_]+", self.plain), *re.findall(r"[^\W_]+", joined)}
        found |= set(re.findall(r"[^\W\d_]+", self.plain))  # maria88@example.org
        return found | {compact(one) for one in spelt}

    def holds(self, word: str) -> bool:
        if word not in self.words:
            return False
        if word not in ORDINARY and len(word) > 2:
            return True
        # an ordinary word counts inside a sentence with a capital letter, a month where no date is near
        for match in re.finditer(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", self.text, re.IGNORECASE):
            before, after = self.text[: match.start()].rstrip(" "), self.text[match.end() : match.end() + 12]
            if not match[0][0].isupper() or not before or before[-1] in '.!?:\n"“[':
                continue
            if word in MONTHS and (re.match(r"\W{0,2}\d", after) or re.search(r"\d(?:st|nd|rd|th)?(?: of)?$", before)):
                continue
            return True
        return False

    def holds_whole(self, words: list[str]) -> bool:
        """All words of a name side by side, in their order or the last one first, whatever stands between letters."""
        for order in (words, words[-1:] + words[:-1]):
            letters = r"[\W_]*".join(map(re.escape, "".join(order)))
            if re.search(rf"(?<!\w){letters}(?!\w)", self.plain):
                return True
        return False


def _is_part_of_own(words: list[str], own_values: frozenset[str]) -> bool:
    """Whether a name stands inside a subject's own confirmed one: then the two cannot be told apart in a text."""
    return any("".join(words) in own for own in own_values)


def alike(text: str) -> str:
    """Folded, and with letters that only look like Latin ones as those: ``Mаriа`` with Cyrillic letters is Maria."""
    return fold(text).translate(LOOK_ALIKES)


def run_together(words: list[str], telling: list[str]) -> list[str]:
    """How names of accounts and mailboxes are made of a whole name: ``mlopez``, ``lopezm``, ``marial``."""
    if len(words) < 2:
        return []
    first, last = words[0], words[-1]
    made = [first[0] + last, last + first[0]] if last in telling and len(last) > 3 else []
    return made + ([first + last[0]] if first in telling and len(first) > 3 else [])


def compact(text: str) -> str:
    return re.sub(r"[\W_]+", "", alike(text))


def patterns(identifier: Identifier) -> list[re.Pattern[str]]:
    """How an identifier other than a name can be written, on folded text."""
    text, kind = identifier.text, identifier.kind
    plain = compact(text)
    if kind == "dob":
        return birth_patterns(text)
    if kind == "email":
        return [re.compile(r"\s*".join(map(re.escape, alike(text).replace(" ", ""))))] if "@" in text else []
    if kind == "handle":
        return [re.compile(rf"(?<!\w){re.escape(alike(text).strip().lstrip('@'))}(?!\w)")] if len(plain) >= 4 else []
    if kind == "phone":
        digits = re.sub(r"\D", "", text)[-10:]
        return [_digits(digits), _digits(digits[-7:])] if len(digits) >= 7 else []
    if kind == "id":
        return _id_patterns(plain)
    words = re.findall(r"\w+", alike(text))
    if words and words[0].isdigit() and len(words) > 2:
        words = words[:3]  # number and street; the city alone is no address
    written = [_street(word) if at else re.escape(word) for at, word in enumerate(words)]
    return [re.compile(r"(?<!\w)" + r"\W+".join(written) + r"(?!\w)")] if len(words) > 1 else []


def _street(word: str) -> str:
    long = next((full for full, short in STREETS.items() if word == short), word)
    return f"(?:{re.escape(long)}|{STREETS[long]})" if long in STREETS else re.escape(word)


def _digits(digits: str) -> re.Pattern[str]:
    return re.compile(r"(?<!\d)" + r"[\s().\-/]*".join(digits) + r"(?!\d)")


def _id_patterns(plain: str) -> list[re.Pattern[str]]:
    if len(plain) < 5:
        return []
    number = re.fullmatch(r"a?0*(\d{7,9})", plain)
    if number:
        # an A-number is written with and without its A and its leading zeros
        return [re.compile(r"(?<!\d)0*" + r"[\s().\-/]*".join(number[1].lstrip("0")) + r"(?!\d)")]
    return [re.compile(r"(?<!\w)" + r"[\s.\-/]*".join(map(re.escape, plain)) + r"(?!\w)")]


def birth_patterns(text: str) -> list[re.Pattern[str]]:
    """A date of birth in every usual writing, English and Spanish, day or month first."""
    born = birth_date(text)
    if born is None:
        return []
    y, yy = f"{born.year}", f"(?:{born.year}|['’]?{born.year % 100:02d})"
    m, d, gap = f"0?{born.month}", f"0?{born.day}", r"\s*[-/.\s]\s*"
    month = f"(?:{MONTH_WORDS[born.month - 1]})"
    ordinal = f"{d}(?:st|nd|rd|th)?"
    written = [
        f"{y}{gap}{m}{gap}{d}",
        f"{m}{gap}{d}{gap}{yy}",
        f"{d}{gap}{m}{gap}{yy}",
        f"{born:%Y%m%d}|{born:%m%d%Y}|{born:%d%m%Y}",
        rf"{month}\.?\s*{ordinal}\s*,?\s*(?:of\s+)?{yy}",
        rf"{ordinal}\s*[-\s]?\s*(?:of\s+|de\s+)?{month}\.?\s*[-,\s]?\s*(?:de\s+|del\s+)?{yy}",
        rf"{y}\s*[-,\s]\s*{month}\s*[-\s]?\s*{ordinal}",
    ]
    return [re.compile(rf"(?<!\w)(?:{one})(?!\w)") for one in written]


def birth_date(text: str) -> dt.date | None:
    """The day that ``text`` names; None where it names no whole day."""
    if found := re.fullmatch(r"\s*(\d{4})-(\d{2})-(\d{2})\s*", text):
        try:
            return dt.date(*map(int, found.groups()))
        except ValueError:
            return None
    if len(re.findall(r"\d+", text)) < 2:
        return None
    parsed = dateparser.parse(text, languages=["en", "es"], settings={"STRICT_PARSING": True, "DATE_ORDER": "MDY"})
    return parsed.date() if parsed else None


def _replaced(pattern: re.Pattern[str], text: str, spared: frozenset[str] = frozenset()) -> str:
    """Replaces on the folded text what has the same length unfolded; folding changes no length for Latin letters."""
    folded = "".join(alike(c)[:1] or c for c in text)
    for match in reversed(list(pattern.finditer(folded))):
        if spared and set(name_words(match[0])) <= spared:
            continue
        text = f"{text[: match.start()]}[removed]{text[match.end() :]}"
    return text


def of_case(case: Case, subjects: Iterable[Person]) -> Identifiers:
    """What may not leave with a referral about ``subjects``: of this case and of those linked to it.

    Raises ``UsageProblem`` where any of it was disposed of.
    """
    chosen = {person.pk: person for person in subjects}
    linked = CaseLink.objects.filter(undone__isnull=True)
    cases = {
        case.pk,
        *linked.filter(case=case).values_list("other", flat=True),
        *linked.filter(other=case).values_list("case", flat=True),
    }
    found: dict[Identifier, None] = {}
    telling: dict[str, None] = {}
    own = [v for p in chosen.values() for v in p.current_values() if v.state in STANDING]
    for one in Case.objects.filter(pk__in=cases):
        found[Identifier("id", one.number, "")] = None
        if one.receipt:
            found[Identifier("id", one.receipt, "")] = None
    # all states of a value, rejected ones too: a wrong reading can still be somebody's number
    rows = Value.objects.filter(case__in=cases).select_related(
        "person__subject", "person__protected", "person__bystander"
    )
    for value in rows:
        if value.shredded:
            raise UsageProblem(
                "Values of this case, or of one linked to it, were disposed of: who must stay out of a referral cannot "
                "be told any more, so none can be made."
            )
        if value.person_id in chosen:
            continue
        if value.person is not None and value.person.group == "protected" and value.field in TELLING:
            telling[value.text] = None
        for identifier in _of_value(value):
            if identifier.text.strip():
                found[identifier] = None
    fixed = fold(" ".join((texts.RECIPIENT, texts.CONTROLLED_BY)))
    kept = [one for one in found if not (not one.parts and fold(one.text) in fixed)]
    own_values = frozenset(compact(v.text) for v in own)
    return Identifiers(
        kept,
        own_words=frozenset(word for v in own if v.field in ("name", "alias") for word in name_words(alike(v.text))),
        own_values=own_values,
        telling=tuple(words for words in telling if len(words) > 2 and compact(words) not in own_values),
    )


def _of_value(value: Value) -> Iterator[Identifier]:
    if value.person is None:
        if value.field == "form" and value.category in PROTECTED_FORM_CATEGORIES:
            yield from _of_answer(value)
        return
    owner, protected = str(value.person_id), value.person.group == "protected"
    kind = "name" if value.field == "alias" else value.field
    if kind == "name":
        yield Identifier("name", value.text, owner, parts=protected and value.person.type == "person")
    elif kind in KINDS and protected:
        for text in {value.text, value.normal} if kind == "dob" else {value.text}:
            yield Identifier(kind, text, owner)


def _of_answer(value: Value) -> Iterator[Identifier]:
    """An answer of a form that is about the applicant, a derivative, or the filing itself."""
    text = value.text
    if kind := FORM_KINDS.get(value.kind):
        yield Identifier(kind, text, "")
    elif "@" in text:
        yield Identifier("email", text, "")
    elif index.mac("phone", text) and sum(map(str.isdigit, text)) >= 10:
        yield Identifier("phone", text, "")
    elif re.match(r"\s*\d+\s+\w+", text):
        yield Identifier("address", text, "")
    elif re.search(r"\d{5,}", text):
        yield Identifier("id", text, "")
