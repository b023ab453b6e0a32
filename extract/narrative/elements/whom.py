"""Whom a phrase speaks of: who does it, or to whom it is done.

Plain rules, in this order: the subject right before the phrase; after ``by``; the nearest accused of the sentence;
the one last named before it. Where that is somebody who is not accused, named or not ("my neighbor", "customers"), the
phrase accuses nobody.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection

from extract.narrative.elements.reading import Reading

_NARRATOR = frozenset({"i", "we", "us", "me"})
_PRONOUN = frozenset({"he", "she", "they", "it"})
_RELATIVE = frozenset({"who", "which", "that"})
#: Between a subject and what it does.
_BETWEEN = frozenset(
    "have do would will could can may might should also then often always sometimes again later even just still only "
    "once twice finally immediately repeatedly regularly usually soon began begin start try continue to later first d "
    "ll had and all both themselves himself herself personally verbally physically sexually".split()
)
_PASSIVE = frozenset({"be", "get"})
_NOT = frozenset({"not", "never", "no", "without", "nobody", "none", "neither", "nor", "whether"})
#: "did not find that she took": what is not held to be so.
_HELD = frozenset("find say see claim allege believe think mean state".split())
_AND = frozenset({",", "and", "&", "or", "with"})
_ACCUSED_NOUNS = frozenset(
    "defendant suspect subject owner boss manager trafficker perpetrator couple husband employer recruiter "
    "pimp madam supervisor foreman".split()
)
_DETERMINERS = frozenset(
    "the a an my our his her their your this that these those another other some any one two three four five six many "
    "several s".split()
)
_PREPOSITIONS = frozenset("of in at on from near by for into inside behind beside with".split())
#: Who they are is not said, and no determiner need stand before them.
_UNNAMED = frozenset(
    "customer client buyer john man woman police cop officer agent guard soldier neighbor stranger visitor guest "
    "people guy boy someone somebody".split()
)
#: "every night beat me": when, not who.
_TIMES = frozenset("day night morning afternoon evening week weekend month year time hour moment".split())
#: "had his men beat me": the act of whoever has it done.
_CAUSES = frozenset("make have let force order".split())
_TELLS = frozenset("tell inform ask warn notify call advise write text".split())
#: Words in which an act is only thought of: "threatened to", "if he".
_UNREAL = frozenset({"threaten", "if", "threat", "might", "afraid", "fear"})
_NOT_NOUNS = _NARRATOR | _PRONOUN | _RELATIVE | _AND | _NOT | _BETWEEN | _PREPOSITIONS | _DETERMINERS | _CAUSES
#: Tokens of the longest apposition between a subject and its verb.
_APPOSITION = 10
#: How far back, in tokens, somebody is still who "he" is.
_REACH = 120


class Whom:
    """Over one reading. ``accused``: their entity ids; ``chief``: those of them who are alleged traffickers."""

    def __init__(self, reading: Reading, accused: Collection[str], chief: Collection[str]):
        self.reading, self.accused = reading, set(accused)
        self._mentions = [k for k, e in enumerate(reading.entity) if e in self.accused]
        self._only = next(iter(chief)) if len(chief) == 1 else next(iter(accused)) if len(accused) == 1 else None

    def negated(self, start: int) -> bool:
        """Whether the words before token ``start`` deny what it begins."""
        tokens, first = self.reading.tokens, self.reading.bounds(start)[0]
        if any(t in _NOT for t in tokens[max(first, start - 3) : start]):
            return True
        return any(tokens[k] in _NOT and tokens[k + 1] in _HELD for k in range(max(first, start - 7), start - 1))

    def unreal(self, start: int) -> bool:
        """Whether what begins at ``start`` is threatened or supposed, and has not happened."""
        low = max(self.reading.bounds(start)[0], start - 5)
        before = self.reading.tokens[low:start]
        said = "say" in before or "tell" in before
        return any(t in _UNREAL for t in before) or (said and ("would" in before or "will" in before))

    def actors(self, start: int, end: int, suffers: bool = False, said: bool = False) -> list[str] | None:
        """The accused who do what stands in [start, end); [] where nobody is said, None where it is somebody else.

        ``suffers``: the words are said of the victim. ``said``: the subject must be said, by name or pronoun.
        """
        tokens, entity = self.reading.tokens, self.reading.entity
        low, high = self.reading.bounds(start)
        agent = self._agent(end, high)
        if agent is not None:
            return agent or None
        k = self._subject(start, low)
        passive = suffers or tokens[start] in _PASSIVE or (k + 1 < start and _PASSIVE & set(tokens[k + 1 : start]))
        if not passive and k >= low:
            if tokens[k] in _NARRATOR:
                return None
            if entity[k] is not None:
                return self._group(k, low) if entity[k] in self.accused else None
            if tokens[k] in _RELATIVE:
                named = self._subject(k, low)
                if named >= low and entity[named] is not None:
                    return self._group(named, low) if entity[named] in self.accused else None
        does = not suffers and (not passive or self._word(start).endswith("ing"))  # "was beating me"
        noun = self._noun(k, low) if does and k >= low and not {"to", "and"} & set(tokens[k + 1 : start]) else None
        if noun is not None:
            if noun - 2 >= low and tokens[noun - 1] in {"and", "&"} and entity[noun - 2] in self.accused:
                return self._group(noun - 2, low)  # "Rosa and her friend"
            if noun - 2 < low or tokens[noun - 1] not in {"and", "&"} or tokens[noun - 2] not in _PRONOUN:
                return None
        if suffers and entity[start] in self.accused:
            return None
        if said and (k < low or not self._stands_for_someone(k)):
            return None
        return self._near(start, low, high, tokens[k] if k >= low else "")

    def patients(self, start: int, end: int) -> list[str] | None:
        """The accused to whom it is done, as in ``he was arrested``, ``police arrested him``: as ``actors``."""
        tokens, entity = self.reading.tokens, self.reading.entity
        low, high = self.reading.bounds(start)
        k = self._subject(start, low)
        inside = [j for j in range(start, min(end + 1, high)) if entity[j] is not None]
        held = [j for j in inside if entity[j] in self.accused]
        if held:
            return self._along(held[0], high)
        if any(t in _NARRATOR or t == "my" for t in tokens[start + 1 : end + 1]):
            return None
        passive = tokens[start] in _PASSIVE or (k + 1 < start and _PASSIVE & set(tokens[k + 1 : start])) or not inside
        if k >= low and tokens[k] in _NARRATOR:
            return None
        if passive and k >= low and entity[k] is not None:
            if entity[k] in self.accused:
                return self._group(k, low)
            return None
        if passive and k >= low and not self._stands_for_someone(k):
            return None
        at = bisect_left(self._mentions, start)
        named = any(e is not None for e in entity[low:start])
        if named and not (at and self._mentions[at - 1] >= low):
            return None  # "they arrested him" after somebody who is not accused
        return self._near(start, low, high, tokens[k] if k >= low else "")

    def _stands_for_someone(self, k: int) -> bool:
        token = self.reading.tokens[k]
        return self.reading.entity[k] is not None or token in _PRONOUN | _RELATIVE | _AND | _ACCUSED_NOUNS

    def _word(self, k: int) -> str:
        return self.reading.words.folded[self.reading.first[k]]

    def _noun(self, k: int, low: int) -> int | None:
        """The first token of the subject that ends at ``k``, where it is a noun for somebody not known as accused."""
        tokens, entity = self.reading.tokens, self.reading.entity
        while k > low and tokens[k].endswith("ly") and tokens[k] != "family":
            k -= 1
        noun = tokens[k].removesuffix("s")
        if entity[k] is not None or not tokens[k].isalpha() or self.reading.span[k] is not None:
            return None
        if {tokens[k], noun} & (_ACCUSED_NOUNS | _TIMES) or tokens[k] in _NOT_NOUNS:
            return None
        first = next((j for j in range(k - 1, max(low, k - 3) - 1, -1) if tokens[j] in _DETERMINERS), None)
        if first is not None and any(tokens[j] in _NOT_NOUNS or entity[j] is not None for j in range(first + 1, k)):
            first = None
        if first is None:
            return k if {tokens[k], noun} & _UNNAMED else None
        while first > low and tokens[first - 1] in _DETERMINERS:
            first -= 1
        if first > low and tokens[first - 1] in _CAUSES:
            return None
        if first > low and tokens[first - 1] in _PREPOSITIONS:  # "the owner of the shop", "one of the men"
            head = first - 2
            if head < low:
                return None
            return head if tokens[head] in _DETERMINERS else self._noun(head, low)
        return first

    def _told(self, k: int, low: int) -> bool:
        """Whether ``k`` is who is told, by somebody other than the narrator: "she told Rosa that she …"."""
        tokens = self.reading.tokens
        verb = k - 2 if k - 2 >= low and tokens[k - 1] == "to" else k - 1
        told = tokens[verb] in _TELLS or (verb == k - 2 and tokens[verb] in {"say", "speak", "explain"})
        return verb > low and told and tokens[self._subject(verb, low)] not in _NARRATOR

    def _somebody_else(self, low: int, before: int | None) -> bool:
        """Whether the last sentence that names a person names nobody accused: then "he" is that person."""
        k = low - 1
        least = max(before if before is not None else -1, low - _REACH)
        while k > least and self.reading.tokens[k] not in {"PERSON", "KIN"}:
            k -= 1
        return k > least and (before is None or before < self.reading.bounds(k)[0])

    def _subject(self, start: int, low: int) -> int:
        """The token that stands before the phrase, auxiliaries and adverbs aside."""
        k = start - 1
        tokens = self.reading.tokens
        while k >= low and (tokens[k] in _BETWEEN or tokens[k] in _PASSIVE):
            k -= 1
        if k > low and tokens[k] == ",":  # "Rosa Delgado, 45, of Houston, was": what stands before the apposition
            if tokens[k - 1] in {"PERSON", "KIN"}:
                return k - 1
            opens = next((j for j in range(k - 1, max(low, k - _APPOSITION), -1) if tokens[j] == ","), k)
            k = opens - 1 if opens < k else k
            while k > low + 1 and tokens[k] in {"AGE", "PLACE"} and tokens[k - 1] == ",":
                k -= 2
        return k

    def _agent(self, end: int, high: int) -> list[str] | None:
        """Who stands after ``by``: [] for somebody who is not accused, None where nobody does."""
        tokens, entity = self.reading.tokens, self.reading.entity
        for k in range(end - 1, min(end + 8, high)):
            if tokens[k] in {",", ";"}:
                return None
            if tokens[k] == "by":
                for j in range(k + 1, min(k + 4, high)):
                    if entity[j] is not None:
                        return self._along(j, high)
                return None
        return None

    def _group(self, k: int, low: int) -> list[str]:
        """The accused of a list that ends at token ``k``: ``Rosa, Hector and their son``."""
        out = []
        while k >= low:
            e = self.reading.entity[k]
            if e in self.accused:
                out.append(str(e))
            elif e is None and self.reading.tokens[k] not in _AND:
                break
            k -= 1
        return out[::-1]

    def _along(self, k: int, high: int) -> list[str]:
        """The accused of a list that begins at token ``k``."""
        out = []
        while k < high:
            e = self.reading.entity[k]
            if e in self.accused:
                out.append(str(e))
            elif e is None and self.reading.tokens[k] not in _AND:
                break
            k += 1
        return out

    def _near(self, start: int, low: int, high: int, subject: str) -> list[str] | None:
        plural = subject == "they"
        at = bisect_left(self._mentions, start)
        before = self._mentions[at - 1] if at else None
        after = self._mentions[at] if at < len(self._mentions) else None
        if before is not None and before >= low:
            if subject in {"he", "she"} and self._told(before, low):
                return None
            return self._group(before, low)
        if after is not None and after < high and not plural:
            return self._along(after, high)
        if subject in {"he", "she"} and self._somebody_else(low, before):
            return None
        if before is not None and start - before <= _REACH:
            first = self.reading.bounds(before)[0]
            if plural:
                return list(dict.fromkeys(str(self.reading.entity[m]) for m in self._mentions if first <= m <= before))
            return self._group(before, first)
        return [self._only] if self._only else []
