"""How the applicant came into the United States (audit finding C13)."""

import pytest


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("I came to [Houston|PLACE] on an [H-2B|VISA] in May.", "work"),
        ("I entered the [United States|PLACE] with a [work visa|VISA].", "work"),
        ("They got me an [A-3|VISA].", "work"),
        ("I entered on a [K-1|VISA] to marry [Tom|t1].", "fiance"),
        ("He petitioned for my [fiancée visa|VISA] and I flew to [Reno|PLACE].", "fiance"),
        ("I came as his fiancée.", "fiance"),
        ("I arrived with an [IR-1|VISA].", "family_reunification"),
        ("[My husband|k1] petitioned for me.", "family_reunification"),
        ("I flew in on a [tourist visa|VISA].", "visitor"),
        ("We entered as tourists.", "visitor"),
        ("I arrived on a [B1/B2|VISA] and stayed after my visa expired.", "overstay"),
        ("I overstayed.", "overstay"),
        ("I came on an [H-2A|VISA]. My visa expired in June and I stayed.", "work"),
        ("I came on a [student visa|VISA].", "student"),
        ("The applicant was admitted on an [F-1|VISA].", "student"),
        ("I crossed the river at night.", "no_inspection"),
        ("The applicant entered without inspection near [Laredo|PLACE].", "no_inspection"),
        ("A coyote took us through the desert.", "no_inspection"),
        ("I came on a [J-1|VISA].", "other"),
        ("I was paroled into the [United States|PLACE].", "other"),
        ("The victim is from [Lima|PLACE]. She came on a [visitor visa|VISA].", "visitor"),
        ("My visa was an [H-1B|VISA].", "work"),
        ("I have lived in [Ohio|PLACE] since May.", "unknown"),
        ("I applied for a [T|VISA].", "unknown"),
        ("I did not overstay.", "unknown"),
        ("[Tom|t1] overstayed.", "unknown"),
        ("I am Ana. She crossed the river at night.", "unknown"),
    ],
)
def test_method(case, text, method):
    assert case(text).told.entry.method == method


def test_its_words_and_its_visa(case):
    found = case("I am Ana. I came on an [H-2B|VISA] in May. Later I overstayed.")
    entry = found.told.entry
    assert (entry.visa, found.said(entry.ranges), entry.also) == ("H-2B", ["I came on an H-2B in May."], ["overstay"])
