"""``{% banner %}``: the CUI marking that stands on every page, from the one versioned text."""

from __future__ import annotations

from django import template

from haven.referral import texts

register = template.Library()

LABELS = ("BATT", "IVIC")
"""32 CFR 2002.20: the same on every page; BATT for 8 U.S.C. 1367(a)(2), IVIC for victims of human trafficking."""


@register.simple_tag
def banner() -> str:
    return texts.banner(LABELS)
