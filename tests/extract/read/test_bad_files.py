"""Bad input is normal: one clear sentence for each, and never an exception."""

import io
import resource

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from extract.read import read_file
from tests.extract.read.made import (
    STORY,
    at,
    encrypted,
    image_file,
    lines,
    pdf_of,
    png_that_claims,
    scanned_pdf,
    typed,
)  # fmt: skip

LINE = at(typed(STORY[:1], inches=(8.5, 2)), 200)


def refusal(path, data: bytes) -> str:
    """The one sentence with which a file is refused; it must have exactly one page row that says the same."""
    path.write_bytes(data)
    file = read_file(path)
    assert [(page.state, page.number) for page in file.pages] == [("refused", 1)]
    assert file.refused == file.pages[0].reason
    assert file.refused.endswith(".")
    assert file.size == len(data)
    assert "\n" not in file.refused
    return file.refused


def saved(kind: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(LINE).convert("RGB").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.pdf", b"", "empty (0 bytes)"),
        ("truncated.pdf", pdf_of(lines("Imelda"))[:400], "damaged or cut off"),
        ("header-only.pdf", b"%PDF-1.7\n", "damaged or cut off"),
        ("locked.pdf", encrypted(pdf_of(lines("Imelda")), user="x"), "needs a password"),
        ("vast.png", png_that_claims(30_000, 30_000), "30000 x 30000 pixels: too large"),
        ("cut.png", saved("PNG")[:3000], "damaged or cut off"),
        ("cut.jpg", saved("JPEG")[:3000], "damaged or cut off"),
        ("cut.tif", saved("TIFF")[:3000], "damaged or cut off"),
        ("tiny.png", png_that_claims(1, 1), "1 x 1 pixels: too small"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old Office file"),
        ("letter.rtf", rb"{\rtf1\ansi I was there.}", "an RTF text"),
        ("page.html", b"<!DOCTYPE html><p>I was there.</p>", "a web page"),
        ("photo.heic", b"\0\0\0\x18ftypheic" + bytes(100), "a HEIC photo"),
        ("call.mp4", b"\0\0\0\x18ftypisom" + bytes(100), "a film or sound recording"),
        ("many.zip", b"PK\x03\x04" + bytes(100), "a damaged archive"),
        ("noise.bin", bytes(range(256)) * 4, "not known here"),
    ],
)
def test_one_clear_sentence(tmp_path, name, data, words):
    assert words in refusal(tmp_path / name, data)


def test_a_cut_image_is_refused_also_beside_a_library_that_lets_pillow_fill_it_in(tmp_path, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    whole = io.BytesIO()
    Image.effect_noise((600, 600), 90).save(whole, "PNG")
    assert "damaged or cut off" in refusal(tmp_path / "cut.png", whole.getvalue()[:200_000])


def test_a_name_does_not_decide_what_a_file_is(tmp_path):
    path = tmp_path / "statement.txt"
    path.write_bytes(pdf_of(lines("Imelda was here.")))
    file = read_file(path)
    assert (file.media_type, file.pages[0].text) == ("application/pdf", "Imelda was here.")


def test_a_file_that_went_away_and_a_folder_are_refused(tmp_path):
    assert read_file(tmp_path / "gone.pdf").refused == "The file is no longer there."
    assert "folder" in read_file(tmp_path).refused


def test_two_unreadable_files_keep_their_rows_apart(tmp_path):
    one, other = read_file(tmp_path / "one"), read_file(tmp_path / "other")
    assert one.sha256 != other.sha256
    assert one.pages[0].file == one.sha256


def test_an_image_of_900_million_pixels_is_not_unpacked(tmp_path):
    path = tmp_path / "vast.png"
    path.write_bytes(png_that_claims(30_000, 30_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read_file(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # KB


def test_a_vast_image_inside_a_pdf_refuses_its_page_only(tmp_path):
    path = tmp_path / "vast-inside.pdf"
    with pikepdf.open(io.BytesIO(pdf_of(lines("Imelda"), lines("Quispe")))) as document:
        image = document.make_stream(
            b"\0" * 100, Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=30_000, Height=30_000,
            BitsPerComponent=8, ColorSpace=pikepdf.Name.DeviceGray,
        )  # fmt: skip
        document.pages[0].Resources.XObject = pikepdf.Dictionary(Im0=image)
        document.pages[0].contents_add(document.make_stream(b"q 500 0 0 500 50 50 cm /Im0 Do Q"))
        document.save(path)
    first, second = read_file(path).pages
    assert (first.state, second.state) == ("refused", "text")
    assert "30000 x 30000 pixels" in first.reason


def test_a_broken_page_does_not_spoil_its_neighbours(tmp_path):
    path = tmp_path / "one-broken.pdf"
    with pikepdf.open(io.BytesIO(pdf_of(lines("One"), lines("Two"), lines("Three")))) as document:
        document.pages[1].obj.Contents = document.make_stream(b"q BT (unended \xff\xfe Tj /F9 9 Tf [ ( ET " * 50)
        document.pages[1].obj.MediaBox = pikepdf.Array([0, 0, 0, 0])
        document.save(path)
    pages = read_file(path).pages
    assert [page.number for page in pages] == [1, 2, 3]
    assert (pages[0].text, pages[2].text) == ("One", "Three")
    assert pages[1].state in ("refused", "blank", "needs_person")


def test_a_tiff_whose_second_frame_is_cut_keeps_the_first(tmp_path):
    frames = [Image.fromarray(LINE) for _ in range(2)]
    whole = io.BytesIO()
    frames[0].save(whole, "TIFF", save_all=True, append_images=frames[1:], dpi=(200, 200))
    path = tmp_path / "cut.tif"
    path.write_bytes(whole.getvalue()[: -LINE.size // 2])
    pages = read_file(path).pages
    assert pages[0].text == STORY[0]
    assert [page.state for page in pages[1:]] == ["refused"]


def test_hundreds_of_pages_stay_within_bounds(tmp_path):
    path = tmp_path / "long.pdf"
    path.write_bytes(pdf_of(*[lines(f"Page about {number}", y=300) for number in range(800)]))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    pages = read_file(path).pages
    assert len(pages) == 800
    assert all(page.state == "text" for page in pages)
    assert pages[-1].text == "Page about 799"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # KB


SEEDS = [
    pdf_of(*[lines(*STORY) for _ in range(2)]),
    scanned_pdf(LINE[:200]),
    saved("PNG"),
    saved("TIFF"),
    saved("JPEG"),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damage_anywhere_never_raises(tmp_path, data):
    damaged = bytearray(data.draw(st.sampled_from(SEEDS)))
    for _ in range(data.draw(st.integers(1, 30))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path / "damaged"
    path.write_bytes(damaged[: data.draw(st.integers(20, len(damaged)))])
    file = read_file(path, engine="tesserocr")
    assert file.pages
    assert all(page.state in ("text", "ocr", "blank", "needs_person", "refused") for page in file.pages)
    assert [page.number for page in file.pages] == list(range(1, len(file.pages) + 1))


def test_an_image_file_with_a_lying_suffix_is_read(tmp_path):
    path = image_file(tmp_path / "scan.png", LINE)
    path = path.rename(tmp_path / "scan.pdf")
    assert read_file(path).pages[0].text == STORY[0]
