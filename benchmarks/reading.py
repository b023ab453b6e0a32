"""``python -m benchmarks.reading``: pages per second, born-digital beside pdfplumber and scanned beside ocrmypdf.

The pages are those of ``samples/``: the long typed declaration, and the same pages as 200 dpi scans. Both sides of a
comparison deliver words with boxes; the character error rate of the scans is against the born-digital text.
"""

from __future__ import annotations

import io
import subprocess
import tempfile
from pathlib import Path

import pdfplumber
import pypdfium2
from PIL import Image
from rapidfuzz.distance import Levenshtein

from benchmarks.rounds import Contender, compare
from extract.read import read_file

DECLARATION = next(Path("samples/packets").glob("*long*.pdf"))
OCRMYPDF = Path(".venv-bench/bin/ocrmypdf")


def scanned(source: Path, target: Path, pages: int) -> int:
    """Write the first pages of a PDF as images at 200 dpi; return how many there are."""
    with pypdfium2.PdfDocument(source) as pdf:
        images = [pdf[i].render(scale=200 / 72).to_pil().convert("L") for i in range(min(pages, len(pdf)))]
    first, *rest = [_as_jpeg(image) for image in images]
    first.save(target, "PDF", save_all=True, append_images=rest, resolution=200)
    return len(images)


def _as_jpeg(image: Image.Image) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=80)
    return Image.open(io.BytesIO(buffer.getvalue()))


def with_pdfplumber(path: Path) -> None:
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            page.extract_words()
            page.extract_text()


def with_ocrmypdf(path: Path, folder: Path) -> None:
    options = "-q -l eng+spa --jobs 2 --deskew --rotate-pages --output-type pdf --sidecar".split()
    files = [folder / "text.txt", path, folder / "out.pdf"]
    subprocess.run([str(OCRMYPDF), *options, *map(str, files)], check=True)


def error_rate(found: str, true: str) -> float:
    """Edits per true character, white space folded."""
    found, true = " ".join(found.split()), " ".join(true.split())
    return Levenshtein.distance(found, true) / len(true)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scan = folder / "scan.pdf"
        typed_pages = len(read_file(DECLARATION).pages)
        compare(
            "Born-digital",
            "pages",
            [
                Contender("pdfplumber", lambda: with_pdfplumber(DECLARATION), typed_pages),
                Contender("haven-intake", lambda: read_file(DECLARATION), typed_pages),
            ],
            rounds=5,
        )
        pages = scanned(DECLARATION, scan, 8)
        compare(
            "Scanned at 200 dpi, English and Spanish, 2 processes",
            "pages",
            [
                Contender("ocrmypdf", lambda: with_ocrmypdf(scan, folder), pages),
                Contender("haven-intake", lambda: read_file(scan), pages),
            ],
            rounds=3,
        )
        true = "\n".join(p.text for p in read_file(DECLARATION).pages[:pages])
        ours = "\n".join(p.text for p in read_file(scan).pages)
        theirs = (folder / "text.txt").read_text("utf-8")
        print(
            f"Character error rate: haven-intake {error_rate(ours, true):.2%}, ocrmypdf {error_rate(theirs, true):.2%}"
        )
        print("(ocrmypdf keeps running heads and line-end hyphens, which count as errors here)")


if __name__ == "__main__":
    main()
