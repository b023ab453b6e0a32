"""Scans: known words in, the same words out, whatever the scanner did to the page."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from extract.read import read_file
from tests.extract.read.made import STORY, at, error_rate, image_file, scanned_pdf, tilted, typed

TRUTH = " ".join(STORY)
PAGE = typed()


@pytest.fixture(scope="module")
def noise():
    return np.random.default_rng(20240131)


def only_page(path):
    (page,) = read_file(path).pages
    for word, place in zip(page.words, page.offsets, strict=True):
        assert place is None or page.text[slice(*place)] == word.text
    return page


def boxes_lie_on_the_words(page):
    """True where the review image is dark inside the boxes of the words and white all around them."""
    image = np.asarray(Image.open(io.BytesIO(page.image())).convert("L")).copy()
    assert image.shape == pytest.approx((page.height * 100 / 72, page.width * 100 / 72), abs=2)
    ink = int((image < 128).sum())
    for word in page.words:
        x0, top, x1, bottom = (round(side * 100 / 72) for side in word.box)
        image[max(top - 2, 0) : bottom + 2, max(x0 - 2, 0) : x1 + 2] = 255
    return ink > 1000 and int((image < 128).sum()) < 0.02 * ink


def test_a_clean_scan_comes_out_as_it_went_in(tmp_path):
    page = only_page(image_file(tmp_path / "clean.png", at(PAGE, 200)))
    assert page.state == "ocr"
    assert error_rate(TRUTH, page.text) <= 0.002
    assert page.text.split("\n\n") == STORY
    assert page.confidence > 0.92
    assert (page.dpi, page.width, page.height) == (200, pytest.approx(612, abs=0.5), pytest.approx(396, abs=0.5))
    assert boxes_lie_on_the_words(page)


def test_resolution_is_no_matter(tmp_path):
    page = only_page(image_file(tmp_path / "300.jpg", PAGE, 300))
    assert error_rate(TRUTH, page.text) <= 0.002
    assert (page.width, page.dpi) == (pytest.approx(612, abs=0.5), 300)


def test_a_skewed_fax_of_flat_pixels(tmp_path):
    fax = (at(tilted(PAGE, 2), 204) > 150).astype(np.uint8) * 255
    path = image_file(tmp_path / "fax.tif", fax[::2], (204, 98), one_bit=True, compression="group4")
    page = only_page(path)
    assert error_rate(TRUTH, page.text) < 0.04
    assert page.skew == pytest.approx(-2, abs=0.2)
    assert boxes_lie_on_the_words(page)


def test_a_dirty_photocopy(tmp_path, noise):
    copy = (at(PAGE, 200) > 140).astype(np.uint8) * 255
    copy[noise.random(copy.shape) < 0.01] = 0
    page = only_page(image_file(tmp_path / "copy.tif", copy, one_bit=True, compression="group4"))
    assert error_rate(TRUTH, page.text) < 0.01


def test_stains_and_shadows(tmp_path):
    page = at(PAGE, 200).astype(float)
    y, x = np.mgrid[: page.shape[0], : page.shape[1]]
    page *= 1 - 0.5 * np.exp(-((((x - 600) ** 2 + (y - 400) ** 2) / 300**2) ** 3))
    page *= np.linspace(1, 0.6, page.shape[1])
    stained = image_file(tmp_path / "stain.jpg", page.astype(np.uint8), quality=75)
    assert error_rate(TRUTH, only_page(stained).text) < 0.005


def test_what_shines_through_from_the_back_is_not_read(tmp_path):
    front, back = at(PAGE, 200), at(typed(STORY[::-1]), 200)[:, ::-1]
    page = np.minimum(front, 255 - (255 - back) // 4).astype(np.uint8)
    assert error_rate(TRUTH, only_page(image_file(tmp_path / "through.png", page)).text) < 0.01


def test_a_faint_page_is_read_and_never_called_blank(tmp_path):
    faint = (255 - (255 - at(PAGE, 200).astype(int)) * 0.25).astype(np.uint8)
    assert error_rate(TRUTH, only_page(image_file(tmp_path / "faint.png", faint)).text) < 0.005


@pytest.mark.parametrize("quarter_turns", [1, 2, 3])
def test_a_sideways_page_is_set_upright(tmp_path, quarter_turns):
    sideways = np.rot90(at(PAGE, 200), quarter_turns)
    page = only_page(image_file(tmp_path / "sideways.png", np.ascontiguousarray(sideways)))
    assert page.rotation == 90 * quarter_turns
    assert error_rate(TRUTH, page.text) <= 0.002
    assert page.width > page.height
    assert boxes_lie_on_the_words(page)


def test_a_photo_that_says_how_it_was_held(tmp_path):
    photo = Image.fromarray(np.ascontiguousarray(np.rot90(at(PAGE, 200), 1)))
    exif = photo.getexif()
    exif[0x0112] = 6
    photo.save(tmp_path / "photo.jpg", exif=exif, dpi=(72, 72), quality=90)
    page = only_page(tmp_path / "photo.jpg")
    assert (page.state, page.rotation) == ("ocr", 90)
    assert error_rate(TRUTH, page.text) < 0.005
    assert boxes_lie_on_the_words(page)


def test_a_scanned_pdf_with_turned_and_tilted_pages(tmp_path):
    import pikepdf

    with pikepdf.open(io.BytesIO(scanned_pdf(at(PAGE, 200), tilted(at(PAGE, 200), 3)))) as document:
        document.pages[0].Rotate = 180
        document.save(tmp_path / "scan.pdf")
    first, second = read_file(tmp_path / "scan.pdf").pages
    assert (first.state, first.rotation, first.dpi) == ("ocr", 0, 200)
    assert (second.rotation, second.skew) == (0, pytest.approx(-3, abs=0.1))
    for page in (first, second):
        assert error_rate(TRUTH, page.text) < 0.005
        assert boxes_lie_on_the_words(page)


def test_every_frame_of_a_tiff_is_a_page(tmp_path):
    frames = [Image.fromarray(at(typed([text], inches=(8.5, 2)), 200)) for text in STORY]
    frames.append(Image.new("L", frames[0].size, 255))
    frames[0].save(tmp_path / "many.tif", save_all=True, append_images=frames[1:], dpi=(200, 200))
    pages = read_file(tmp_path / "many.tif").pages
    assert [(page.number, page.state) for page in pages] == [(1, "ocr"), (2, "ocr"), (3, "ocr"), (4, "blank")]
    assert [page.text for page in pages] == [*STORY, ""]


def test_transparent_16_bit_and_palette_images_are_read(tmp_path):
    page = Image.fromarray(at(typed(STORY[:1], inches=(8.5, 2)), 200))
    clear = Image.new("RGBA", page.size, (0, 0, 0, 0))
    clear.putalpha(Image.fromarray(255 - np.asarray(page)))
    clear.save(tmp_path / "clear.png", dpi=(200, 200))
    Image.fromarray(np.asarray(page).astype(np.uint16) * 257).save(tmp_path / "deep.tif", dpi=(200, 200))
    page.convert("P").save(tmp_path / "palette.png", dpi=(200, 200))
    for name in ("clear.png", "deep.tif", "palette.png"):
        assert only_page(tmp_path / name).text == STORY[0], name


@pytest.mark.parametrize("paper", [255, 230, 90])
def test_an_empty_page_is_blank_however_dark_its_paper(tmp_path, noise, paper):
    page = np.clip(noise.normal(paper, 4, (1100, 1700)), 0, 255).astype(np.uint8)
    page[:, :12] = 0  # the edge of the glass
    account = only_page(image_file(tmp_path / "blank.jpg", page))
    assert (account.state, account.text) == ("blank", "")


def test_one_word_on_a_page_is_not_blank(tmp_path):
    page = only_page(image_file(tmp_path / "word.png", at(typed(["Beto"]), 200)))
    assert page.state in ("ocr", "needs_person")
    assert "Beto" in page.text


def scribbled(page: np.ndarray, rows: range) -> np.ndarray:
    """A page with lines of up and down strokes that are no letters."""
    page = page.copy()
    x = np.arange(150, 1500)
    for row in rows:
        y = 120 + row * 110 + 22 * np.sin(x / 5 + row) * (1 + np.sin(x / 31)) / 2
        cv2.polylines(page, [np.stack([x, y], 1).astype(np.int32)], False, 60, 3)
    return page


def test_scribbles_need_a_person(tmp_path):
    page = scribbled(np.full((1100, 1700), 255, np.uint8), range(8))
    account = only_page(image_file(tmp_path / "scribble.png", page))
    assert account.state == "needs_person"
    assert account.reason


def test_writing_that_was_not_read_is_seen(tmp_path):
    page = scribbled(at(PAGE, 200), range(7, 9))
    account = only_page(image_file(tmp_path / "note.png", page))
    assert account.state == "needs_person"
    assert STORY[0].split()[0] in account.text
