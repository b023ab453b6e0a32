import io

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image

from samples import scan
from samples.handwriting import handwritten
from samples.typeset import Sheet, typeset


@pytest.fixture(scope="module")
def page() -> Image.Image:
    return scan.pages(typeset(["Title", "Some words in the middle of a page. " * 8], Sheet()), 100)[0]


def darkness(image: Image.Image) -> float:
    return float(255 - np.asarray(image.convert("L")).mean())


@pytest.mark.parametrize("mode", ["L", "1"])
def test_a_scanned_page_looks_like_its_image_and_has_no_text(page: Image.Image, mode: str) -> None:
    image = page if mode == "L" else scan.bitonal(page)
    document = pypdfium2.PdfDocument(scan.scanned_pdf([image], 100))
    drawn = document[0].render(scale=100 / 72).to_pil()
    assert drawn.size == image.size
    assert darkness(drawn) == pytest.approx(darkness(image), abs=2)
    assert document[0].get_textpage().count_chars() == 0


def test_the_same_seed_gives_the_same_damage(page: Image.Image) -> None:
    assert scan.paper(page, seed=1).tobytes() == scan.paper(page, seed=1).tobytes()
    assert scan.paper(page, seed=1).tobytes() != scan.paper(page, seed=2).tobytes()


def test_a_fax_is_one_bit_at_204_by_98(page: Image.Image) -> None:
    sent = Image.open(io.BytesIO(scan.tiff([scan.fax(page, seed=1)], (204, 98))))
    assert sent.mode == "1"
    assert sent.info["dpi"] == (204, 98)
    assert sent.height == page.height * 98 // 204


def test_a_locked_pdf_opens_only_with_its_password() -> None:
    locked = scan.locked(typeset(["Title"], Sheet()), opens_with="sample")
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(locked))
    with pikepdf.open(io.BytesIO(locked), password="sample") as pdf:
        assert len(pdf.pages) == 1


def test_a_letter_too_long_for_one_handwritten_page_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        handwritten(["word " * 600], 50, seed=1)
