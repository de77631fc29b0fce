"""What a returned page shows in each field, as PDFium and MuPDF see it: the truth that a flattened return is judged by.
And what renderers show of a form that is still a form (`shown_by`).

Takes a returned file whose form page lies where the manifest says, and the manifest's fields; gives the text in each
field, whether there is any ink, and the boxes with a mark. A program may cut an answer at the box's edge, draw the wrong
letters or mark both boxes: then the page no longer says what was filled in, and no reader can be asked to find it there.
"""

import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy
import pymupdf
import pypdfium2 as pdfium

HERE = Path(__file__).resolve().parent

SCALE = 4
"""Pixels to a point when a box is looked at."""

INSET = 2.5
"""Points of a box's edge that are left out: its frame, and what a renderer smears of it."""

MARKED = 0.02
"""The share of dark pixels from which a box counts as marked. The thinnest mark seen has 0.09, an empty box 0."""


INKED = 0.0005
"""The share of dark pixels from which a text field counts as written in: one full stop in the widest field."""


@dataclass(frozen=True)
class Drawn:
    texts: dict[str, list[str]] = field(default_factory=dict)
    """The text in each text field, by PDFium and by MuPDF: the first skips text with /ActualText, the second text cut."""
    inked: frozenset[str] = frozenset()
    """The text fields where there is anything to be seen."""
    marks: frozenset[str] = frozenset()
    """The boxes, by on-state, where there is a mark."""


def drawn(file: Path, fields: list[dict]) -> Drawn:
    # MuPDF tells on standard error of every oddity in a file; none of them is of interest here.
    pymupdf.TOOLS.mupdf_display_errors(False)
    with pdfium.PdfDocument(file) as document, pymupdf.open(file) as second:
        texts, inked, marks = {}, set(), set()
        for entry in fields:
            for place in entry["places"]:
                page, rect = document[place["page"] - 1], place["rect"]
                if entry["kind"] == "choice" and dark(page, rect) >= MARKED:
                    marks.add(place["state"])
                elif entry["kind"] in ("text", "multiline"):
                    left, bottom, right, top = rect
                    height = page.get_height()
                    clip = pymupdf.Rect(left, height - top, right, height - bottom)
                    texts[entry["name"]] = [page.get_textpage().get_text_bounded(*rect),
                                            second[place["page"] - 1].get_text(clip=clip)]
                    if dark(page, rect) >= INKED:
                        inked.add(entry["name"])
        return Drawn(texts, frozenset(inked), frozenset(marks))


RENDERERS = {
    "PDFium": [sys.executable, HERE / "then" / "flatten_pdfium.py", "flatten"],
    "MuPDF": [sys.executable, HERE / "then" / "bake_mupdf.py"],
    "poppler": ["pdftocairo", "-pdf"],
}
"""Programs that draw a form's fields into the page, each as its viewers show it: called with IN and OUT."""


def shown_by(renderer: str, file: Path, fields: list[dict]) -> Drawn:
    """What a renderer shows in the fields of a form."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as flat:
        subprocess.run([*map(str, RENDERERS[renderer]), str(file), flat.name], check=True, capture_output=True, timeout=120)
        return drawn(Path(flat.name), fields)


def dark(page: pdfium.PdfPage, rect: list[float]) -> float:
    """The share of dark pixels inside the rectangle (PDF points, left bottom right top)."""
    left, bottom, right, top = rect
    width, height = page.get_size()
    crop = (left + INSET, bottom + INSET, width - right + INSET, height - top + INSET)
    picture = page.render(scale=SCALE, crop=crop, grayscale=True).to_numpy()
    return float(numpy.mean(picture < 128))
