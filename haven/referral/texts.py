"""The texts that every package carries: versioned, and the only ones in which a filing may be named (decision 12).

A change of wording is a new version; the old one stays, so that an old package can still be inspected. For approval
by counsel: drafted from 8 U.S.C. 1367, 8 CFR 214.216(c), 8 CFR 214.14(e)(2), 32 CFR 2002.20.
"""

from __future__ import annotations

from collections.abc import Iterable

NOTICES = {
    1: (
        "This lead contains information protected by 8 U.S.C. 1367. It may be used for the purpose stated in "
        "it and for nothing else. Whoever receives it, inside or outside government, is bound by 8 U.S.C. "
        "1367 (8 CFR 214.216(c); 8 CFR 214.14(e)(2)). Nobody outside the Departments of Homeland Security, "
        "Justice and State may learn, least of all an alleged person, their associates or their counsel, that"
        " an application for T or U nonimmigrant status exists or that it is where this comes from. Passing "
        'it on needs the written approval of the office named under "Controlled by". Whoever willfully uses, '
        "publishes or discloses it otherwise faces disciplinary action and a civil penalty of up to $5,000 "
        "for each violation (8 U.S.C. 1367(c))."
    )
}
NOTICE = max(NOTICES)

_LIMIT = "FED ONLY"

CONTROLLED_BY = "U.S. Citizenship and Immigration Services, Department of Homeland Security"
RECIPIENT = (
    "U.S. Immigration and Customs Enforcement, Homeland Security Investigations, "
    "Center for Countering Human Trafficking"
)
DECONTROL = "Not on a date: ask the office named under Controlled by."
PURPOSE = "Investigation of alleged trafficking in persons"
ALLEGED = (
    "Every person and organization below is alleged, on the word of others, to have taken part. Nothing here has been "
    "proved; what an officer confirmed is that the record says it."
)
PERSONS = (
    "People who are protected are called Person 1, Person 2 and so on, always the same person by the same number. "
    "Words in square brackets stand for words that were taken out or made less exact; days are given as months."
)


def banner(labels: Iterable[str]) -> str:
    """The CUI line of every page: categories in their order, then who may see it (32 CFR 2002.20)."""
    return f"CUI//{'/'.join(sorted(set(labels)))}//{_LIMIT}"


def every_notice() -> tuple[str, ...]:
    return tuple(NOTICES.values())
