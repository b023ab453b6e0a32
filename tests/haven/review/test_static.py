"""What is committed of USWDS is complete and no more than what the stylesheet names."""

from __future__ import annotations

import re
from pathlib import Path

from haven.review import words

STATIC = Path(words.__file__).parent / "static"


def named_by(css: Path) -> set[Path]:
    return {(css.parent / name).resolve() for name in re.findall(r"url\(([^)\"']+)\)", css.read_text()) if name}


def test_every_file_that_a_stylesheet_names_is_there() -> None:
    missing = {path for css in STATIC.rglob("*.css") for path in named_by(css) if not path.is_file()}

    assert not missing


def test_nothing_is_fetched_from_elsewhere() -> None:
    own = [*STATIC.glob("haven/*.css"), *STATIC.glob("haven/*.js"), *STATIC.parent.rglob("templates/**/*.html")]

    fetched = [path.name for path in own if re.search(r"(src|href)=[\"']https?:|url\([\"']?https?:", path.read_text())]

    assert not fetched


def test_each_part_that_is_not_ours_has_its_licence_beside_it() -> None:
    assert (STATIC / "uswds" / "LICENSE.md").is_file()
    assert (STATIC / "htmx" / "LICENSE").is_file()
