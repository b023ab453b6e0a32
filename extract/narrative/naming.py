"""Whether two names can be one person's or one organisation's: what spelling alone can say.

``Doña Nilda``, ``Nilda Benítez de Carver`` and ``N. Benítez`` may be one woman; ``Juan Ruiz`` and ``Pedro Ruiz`` are
two men; ``OHM`` may be Ozark Hospitality Manpower, Inc.
"""

from __future__ import annotations

from extract.narrative.mentions import Mention, name_of, spelling_likeness
from extract.narrative.words import Words

Name = tuple[str, ...]

_FEMALE = frozenset(
    "mrs ms miss mistress madam madame madama mama mami mamma mommy mum mummy mother aunt auntie aunty tia dona ate "
    "daw sister sestra hajja lalla umm grandma lady queen "
    "missus senora senorita senhora naneh hanim apa didi bhabi".split()
)
_MALE = frozenset(
    "mr mister sir don uncle tio kuya ko brother bredda bhai father papa papi pop pops daddy haji hajji sidi abu "
    "sheikh imam pastor deacon bishop king monsieur senhor senor dai bey brigadir".split()
)
#: Words of respect, kinship and office that stand with a name and come and go from one mention to the next.
_HONORIFICS = (
    _FEMALE
    | _MALE
    | frozenset(
        "doctor dr dra boss chef coach fr reverend rev elder saint captain capt commander major general inspector "
        "chief saheb sahib sahab ji sensei san hoca bay "
        "teacher professor prof master ustaz mzee mwalimu comadre compadre na "
        "old u la el jefe jefa licenciado licenciada lic ing maestro maestra abogado".split()
    )
)
_FORMS = frozenset(
    "inc llc ltd co corp company corporation limited gmbh sa srl sl de cv pte pvt the of and for y e".split()
)
#: At this spelling likeness of every word two full names are one name, misread or misspelt.
_LIKE = 0.74


def person_core(name: Name) -> Name:
    """``name`` without words of respect, unless nothing else is left (``La Patrona`` without *la* is still hers)."""
    return tuple(w for w in name if w not in _HONORIFICS) or name


def organisation_core(name: Name) -> Name:
    """``name`` without its legal form and small words."""
    return tuple(w for w in name if w not in _FORMS) or name


def sex(words: Words, mention: Mention) -> str:
    """``f`` or ``m`` where a title before or within the name tells, else nothing."""
    i, j, _ = mention
    before = [w for w in words.folded[max(0, i - 2) : i] if w != "."][-1:]
    told = {*before, *words.folded[i : j + 1]}
    female, male = bool(told & _FEMALE), bool(told & _MALE)
    return "" if female == male else "f" if female else "m"


def misspelt(x: Name, y: Name) -> bool:
    """One full name in two spellings: as many words, each nearly alike, at least one exactly."""
    if len(x) != len(y):
        return False
    likeness = [spelling_likeness(v, w) for v, w in zip(x, y, strict=True)]
    return min(likeness) >= _LIKE and max(likeness) == 1.0


def initialled(x: Name, y: Name) -> bool:
    """``L. Burch`` and ``Leland Burch``: the same last word, and a first word that is the other's initial."""
    if len(x) < 2 or len(y) < 2 or x[-1] != y[-1] or len(x[-1]) < 2:
        return False
    short, long_ = sorted((x[0], y[0]), key=len)
    return len(short) == 1 and long_.startswith(short)


def one_name(x: Name, y: Name) -> bool:
    """Two cores of two words or more that can be one person's: ``Juan Carlos Ruiz`` and ``Juan Ruiz``, ``Ruiz, Juan``,
    ``J. Ruiz``, a misspelling."""
    if len(x) < 2 or len(y) < 2:
        return False
    return set(x) <= set(y) or set(y) <= set(x) or misspelt(x, y) or initialled(x, y)


def in_conflict(some: set[Name], others: set[Name]) -> bool:
    """Whether two sets of cores hold full names that cannot be one person's."""
    return any(len(x) > 1 and len(y) > 1 and not one_name(x, y) for x in some for y in others)


def short_for(short: Name, long_: Name) -> bool:
    """Whether an organisation's core is part of a longer one, or its initials: ``Meridian``, ``OHM``."""
    if len(short) >= len(long_):
        return False
    if set(short) <= set(long_):
        return True
    return len(short) == 1 and len(long_) > 1 and short[0] == "".join(w[0] for w in long_)


def core_of(words: Words, mention: Mention, is_organisation: bool) -> Name:
    name = name_of(words, mention)
    return organisation_core(name) if is_organisation else person_core(name)
