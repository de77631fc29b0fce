#!/usr/bin/env python3
"""What people, printers and mail programs do to pages after the form was filled.

Call:    pages.py WHAT IN.pdf OUT.pdf
Program: pypdf 7 (PyPI) for the geometry, qpdf (Debian) for which pages there are.
How:     alone      the form page extracted into a new file
         shuffled   the form page first, then pages 3, 1, 2 and the rest, in a new file
         cover      a new first page with a letter on it
         scaled     everything drawn at 95 % and moved 9 points right, 6 up, the page as large as before: a printed page
         resized    the page itself, its fields too, made 95 % as large
         rotated    /Rotate 90
         turned     the content turned 90 degrees, no /Rotate
         cropped    a /CropBox that takes 24 points off each edge
         moved      the page's corner at (100, 50) instead of (0, 0)
Quirks:  a new file has neither the first one's identifiers nor its title. qpdf takes the fields along with their pages.
"""

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.generic import ArrayObject, FloatObject, NameObject, RectangleObject
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

WHICH = {"alone": ["IN", "z"], "shuffled": ["IN", "z,3,1,2,4-r2"], "cover": ["COVER", "1", "IN", "1-z"]}


def shift(page: PageObject, x: float, y: float) -> None:
    """Moves the page's corner, its content and its annotations."""
    page.add_transformation(Transformation().translate(x, y))
    for name in ("/MediaBox", "/CropBox"):
        if name in page:
            left, bottom, right, top = page[name]
            page[NameObject(name)] = RectangleObject([left + x, bottom + y, right + x, top + y])
    for annotation in page.get("/Annots", []):
        annotation = annotation.get_object()
        rect = [float(number) + (x, y)[at % 2] for at, number in enumerate(annotation["/Rect"])]
        annotation[NameObject("/Rect")] = ArrayObject(FloatObject(number) for number in rect)


def crop(page: PageObject) -> None:
    left, bottom, right, top = page.mediabox
    page.cropbox = RectangleObject([left + 24, bottom + 24, right - 24, top - 24])


def turn(page: PageObject) -> None:
    page.rotate(90)
    page.transfer_rotation_to_content()


GEOMETRY = {
    "scaled": lambda page: page.add_transformation(Transformation().scale(0.95).translate(9, 6)),
    "resized": lambda page: page.scale_by(0.95),
    "rotated": lambda page: page.rotate(90),
    "turned": turn,
    "cropped": crop,
    "moved": lambda page: shift(page, 100, 50),
}


def cover() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setFont("Helvetica", 11)
    for number, line in enumerate(["Hej!", "", "Här kommer vår avsiktsförklaring.", "", "Med vänlig hälsning", "Regionen"]):
        canvas.drawString(70, 760 - 16 * number, line)
    canvas.save()
    return out.getvalue()


def main(what: str, source: str, out: str) -> None:
    if what in GEOMETRY:
        writer = PdfWriter(clone_from=PdfReader(source))
        for page in writer.pages:
            GEOMETRY[what](page)
        writer.write(out)
        return
    with tempfile.TemporaryDirectory() as folder:
        letter = Path(folder) / "cover.pdf"
        letter.write_bytes(cover())
        places = {"IN": source, "COVER": str(letter)}
        done = subprocess.run(["qpdf", "--empty", "--pages", *(places.get(word, word) for word in WHICH[what]), "--", out])
    if done.returncode not in (0, 3):  # 3: warnings
        raise SystemExit(f"qpdf ended with {done.returncode}")


if __name__ == "__main__":
    main(*sys.argv[1:])
