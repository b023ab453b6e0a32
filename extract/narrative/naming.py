"""Whether two names can be one person's or one organisation's: what spelling alone can say.

``Doña Nilda``, ``Nilda Benítez de Carver`` and ``N. Benítez`` may be one woman; ``Juan Ruiz`` and ``Pedro Ruiz`` are
two men; ``OHM`` may be Ozark Hospitality Manpower, Inc.; ``Jane Doe 1`` is not ``Jane Doe 2``.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from extract.narrative.gazetteer import folded
from extract.narrative.mentions import KIN, ORG, PERSON, Mention, name_of, spelling_likeness
from extract.narrative.misreadings import leeway, letters_apart, of_two_sexes, readings
from extract.narrative.nicknames import is_short_for
from extract.narrative.words import Words

Name = tuple[str, ...]

_FEMALE = frozenset(
    "mrs ms miss mistress madam madame madama mama mami mamma mommy mum mummy mother aunt auntie aunty tia dona ate "
    "daw sister sestra hajja lalla umm grandma lady queen manang mbak "
    "missus senora senorita senhora naneh hanim hanm apa didi bhabi".split()
)
_MALE = frozenset(
    "mr mister sir don uncle tio kuya ko brother bredda bhai father papa papi pop pops daddy haji hajji sidi abu "
    "sheikh imam pastor deacon bishop king monsieur senhor senor dai bey brigadir manong pak phra".split()
)
#: Words of respect, kinship and office that stand with a name and come and go from one mention to the next.
_HONORIFICS = (
    _FEMALE
    | _MALE
    | frozenset(
        "doctor dr dra boss chef coach fr reverend rev elder saint captain capt commander major general inspector "
        "chief saheb sahib sahab ji sensei san hoca bay "
        "teacher professor prof master ustaz mzee mwalimu comadre compadre na "
        "old u la el jefe jefa licenciado licenciada lic ing maestro maestra abogado "
        "ajahn chi ong co ba taita baba".split()
    )
)
_FORMS = frozenset(
    "inc llc ltd co corp company corporation limited gmbh sa srl sl de cv pte pvt the of and for y e".split()
)
#: What tells a son from the father whose name he has.
_GENERATIONS = frozenset("jr sr junior senior filho hijo fils ii iii".split())
#: Small words inside a name that some writers leave out. After *bin* stands the father's name: it stays.
_PARTICLES = frozenset("de del la las los da do dos das di van von der den y e al".split())
_PARENT_OF = frozenset("umm um abu abou".split())
#: Words in small letters that are part of a name, and entries of a form that a name ran into.
_INNER = _PARTICLES | _GENERATIONS | frozenset("bin ibn bint binti s".split())
#: Marks that a scanner sees inside a word: ``R'enato``, ``Ber.eket``.
_SPECKS = frozenset("'’.")
_LABELS = frozenset("dob aka moniker fname lname mname ssn".split())
#: Names given by an author who hides the real ones: their number or letter is all that tells them apart.
_PLACEHOLDERS = frozenset(
    "victim witness doe minor child defendant subject survivor person individual worker v w s mv cs ci cw".split()
)
#: At this spelling likeness of every word two full names are one name, misread or misspelt.
_LIKE = 0.74


def person_core(name: Name) -> Name:
    """``name`` without words of respect, unless nothing else is left (``La Patrona`` without *la* is still hers).

    ``Umm Rashid`` is the mother of Rashid: the two words are one name, and not his.
    """
    if len(name) > 1 and name[0] in _PARENT_OF:
        return ("".join(name[:2]), *name[2:])
    core = tuple(w for w in name if w not in _HONORIFICS) or name
    return tuple(w for w in core if w not in _PARTICLES) or core


def organisation_core(name: Name) -> Name:
    """``name`` without its legal form and small words."""
    if name[:2] == ("u", "s"):
        name = ("united", "states", *name[2:])
    return tuple(w for w in name if w not in _FORMS) or name


def sex(words: Words, mention: Mention) -> str:
    """``f`` or ``m`` where a title before or within the name tells, else nothing."""
    i, j, _ = mention
    before = [w for w in words.folded[max(0, i - 2) : i] if w != "."][-1:]
    told = {*before, *words.folded[i : j + 1]}
    female, male = bool(told & _FEMALE), bool(told & _MALE)
    return "" if female == male else "f" if female else "m"


class Naming:
    """The names of one text, beside each other.

    ``kinds``: per mention what it names, by all that bear its name. ``cores``: per mention the words that name it,
    without titles, and as they were before a scanner misread them; nothing for kin. ``listed``: the words among them
    that are a name somewhere in the world.
    """

    def __init__(self, words: Words, mentions: list[Mention]):
        names = [() if m[2] == KIN else _named(words, m) for m in mentions]
        self.listed: set[str] = set()
        counts: Counter[str] = Counter()
        sentences: dict[str, set[int]] = defaultdict(set)
        for (i, j, kind), name in zip(mentions, names, strict=True):
            if kind == KIN:
                continue
            counts.update(name)
            self.listed |= {words.folded[k] for k in range(i, j + 1) if words.shape[k, 5]}
            for w in name:
                sentences[w].add(int(words.sentence[i]))
        self.kinds = _kinds(mentions, names, self.listed)
        read = readings(counts, self.listed, sentences)
        self.cores = [
            (organisation_core if kind == ORG else person_core)(tuple(read.get(w, w) for w in _mended(name, counts)))
            for kind, name in zip(self.kinds, names, strict=True)
        ]

    def misspelt(self, x: Name, y: Name) -> bool:
        """One full name in two spellings: as many words, each nearly alike, at least one exactly.

        Two different words that are both names, or a man's form and a woman's, are no misspelling.
        """
        if len(x) != len(y) or not set(x) & set(y):
            return False
        for v, w in zip(x, y, strict=True):
            if v == w:
                continue
            if {v, w} <= self.listed or of_two_sexes(v, w) or v.isdigit() or w.isdigit():
                return False
            if spelling_likeness(v, w) < _LIKE and letters_apart(v, w) > min(leeway(v), leeway(w)):
                return False
        return True

    def one_name(self, x: Name, y: Name) -> bool:
        """Two cores of two words or more that can be one person's: ``Juan Carlos Ruiz`` and ``Juan Ruiz``,
        ``Ruiz, Juan``, ``J. Ruiz``, ``Liz Warren`` and ``Elizabeth Warren``, a misspelling."""
        if len(x) < 2 or len(y) < 2 or numbers_differ(x, y):
            return False
        if set(x) <= set(y) or set(y) <= set(x) or self.misspelt(x, y):
            return True
        return _shortened(x, y) or _shortened(y, x)

    def in_conflict(self, some: set[Name], others: set[Name]) -> bool:
        """Whether two sets of cores hold names that cannot be one person's."""
        return any(
            numbers_differ(x, y) or (len(x) > 1 and len(y) > 1 and not self.one_name(x, y))
            for x in some
            for y in others
        )


def is_garbled(name: str) -> bool:
    """Whether a name holds a digit within a word (``Wex1ey``), or ran on into the text (``Rosa lefr``)."""
    parts = [part.strip(".,'\"()“”’") for part in name.split()]
    torn = any(part.islower() and folded(part) not in _INNER for part in parts) and not name.islower()
    return torn or any(part[:1].isalpha() and part[-1:].isalpha() and any(c.isdigit() for c in part) for part in parts)


def _kinds(mentions: list[Mention], names: list[Name], listed: set[str]) -> list[int]:
    """The kind of each mention; a name that is mostly called a person, or mostly an organisation, is so throughout.

    The first words of an organisation's name are that organisation, unless all of them are names of people:
    ``Golden Crane`` beside ``Golden Crane Logistics``.
    """
    orgs, people = (Counter(n for m, n in zip(mentions, names, strict=True) if m[2] == kind) for kind in (ORG, PERSON))
    beginnings = {n[:k] for n in orgs for k in range(2, len(n)) if not set(n[:k]) <= listed}
    out = []
    for (_, _, kind), name in zip(mentions, names, strict=True):
        if kind == PERSON and name in beginnings:
            out.append(ORG)
        elif kind != KIN and (len(name) > 1 or max(orgs[name], people[name]) >= 2 * min(orgs[name], people[name])):
            out.append(ORG if orgs[name] >= people[name] else PERSON)
        else:
            out.append(kind)
    return out


def _named(words: Words, mention: Mention) -> Name:
    """The words of a mention that name it. Beside capitals, a person's name ends where words in small letters begin."""
    i, j, kind = mention
    forms, folded = words.forms[i : j + 1], words.folded[i : j + 1]
    if kind != PERSON or not any(w[0].isupper() for w in forms):
        return name_of(words, mention)
    first = next(k for k, w in enumerate(forms) if not w.islower())
    glued = words.shape[i : j + 1, 1] == 0  # the second half of "Mi-kyung" is no word in small letters
    name: list[str] = []
    for k in range(first, len(forms)):
        small = forms[k].islower()
        if k > first and small and not glued[k] and folded[k] not in _INNER:
            break
        if folded[k] in _LABELS and len(forms) > 1:
            continue
        if k > first + 1 and small and len(forms[k]) > 1 and glued[k] and forms[k - 1] in _SPECKS and glued[k - 1]:
            name[-1:] = ["".join(name[-1:]) + folded[k]]
        else:
            name += name_of(words, (i + k, i + k, kind))
    return tuple(name)


def _mended(name: Name, counts: Counter[str]) -> Name:
    """``name`` with two words put together that stand elsewhere in the text as one: ``Del gado``, ``Mi-kyung``."""
    out = list(name)
    for k in range(len(out) - 2, -1, -1):
        whole = out[k] + out[k + 1]
        if len(whole) > 3 and whole in counts:
            out[k : k + 2] = [whole]
    return tuple(out)


def numbers_differ(x: Name, y: Name) -> bool:
    """``Jane Doe 1`` and ``Jane Doe 2``, ``Victim A`` and ``Victim B``, ``MV1`` and ``MV2``."""
    m, n = _number(x), _number(y)
    return bool(m and n) and m != n


def _number(name: Name) -> str:
    last = name[-1] if name else ""
    digits = last.lstrip("abcdefghijklmnopqrstuvwxyz")
    if digits.isdigit() and len(last) - len(digits) < 4:
        return digits.lstrip("0") or digits
    if len(name) > 1 and len(last) == 1 and name[-2] in _PLACEHOLDERS:
        return "1" if last in "li" and name[0] == "doe" else last
    return ""


def generation(names: set[Name]) -> str:
    """``jr``, ``sr`` … where one of the names says it, else nothing."""
    return next((w for n in sorted(names) for w in n[1:] if w in _GENERATIONS), "")


def _shortened(x: Name, y: Name) -> bool:
    """Whether x is y with given names shortened (``L.``, ``Liz``) and others left out; the last words are the same."""
    if len(x) > len(y) or x[-1] != y[-1] or len(x[-1]) < 2 or not _may_stand_for(x[0], y[0]):
        return False
    rest = iter(y[1:])
    return all(any(_may_stand_for(v, w) for w in rest) for v in x[1:])


def _may_stand_for(v: str, w: str) -> bool:
    return v == w or (len(v) == 1 and w.startswith(v)) or (len(w) == 1 and v.startswith(w)) or is_short_for(v, w)


def short_for(short: Name, long_: Name) -> bool:
    """Whether an organisation's core is part of a longer one, or its initials: ``Meridian``, ``OHM``.

    Three initials or more may leave out the end: ``HPD`` for the Houston Police Department Vice Division.
    """
    if len(short) >= len(long_):
        return False
    if set(short) <= set(long_):
        return True
    initials = "".join(w[0] for w in long_)
    return len(short) == 1 and (short[0] == initials or (len(short[0]) > 2 and initials.startswith(short[0])))
