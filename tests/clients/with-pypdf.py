#!/usr/bin/env python3
"""Fill the form with pypdf.

Call:    with-pypdf.py FORM.pdf ANSWERS.json OUT.pdf
Program: pypdf 7 (PyPI).
How:     clones the document into a PdfWriter and sets values with update_page_form_field_values, as most scripts do.
Quirks:  rewrites the whole file and keeps the first file identifier. Writes /V in PDFDocEncoding where it can, else in
         UTF-16BE. The high-level call gives the field one value; "both" is therefore done to the widgets by hand.
"""

import json
import sys
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject


def fill(form: Path, answers: dict, out: Path) -> None:
    reader = PdfReader(form)
    writer = PdfWriter(clone_from=reader)
    boxes = next(name for name, field in reader.get_fields().items() if field.get("/FT") == "/Btn")
    choice = answers.pop(boxes, None)
    values = dict(answers)
    if choice not in (None, "both"):
        values[boxes] = f"/{choice}"
    # auto_regenerate=False: do not leave the drawing to the reader (/NeedAppearances), draw now.
    for page in (page for page in writer.pages if "/Annots" in page):
        writer.update_page_form_field_values(page, values, auto_regenerate=False)
        for annotation in page["/Annots"] if choice == "both" else []:
            widget = annotation.get_object()
            if "/Parent" not in widget:
                continue
            states = [name for name in widget["/AP"]["/N"] if name != "/Off"]
            widget[NameObject("/AS")] = NameObject(states[0])
            widget["/Parent"][NameObject("/V")] = NameObject(states[0])
    writer.write(out)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")), Path(sys.argv[3]))
