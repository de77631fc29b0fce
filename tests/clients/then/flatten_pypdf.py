#!/usr/bin/env python3
"""Flatten a filled form with pypdf.

Call:    flatten_pypdf.py FILLED.pdf OUT.pdf
Program: pypdf 7 (PyPI).
How:     the values are set again with flatten=True, which puts each appearance into the page, and the widgets are removed,
         as pypdf's guide says.
Quirks:  an appearance of a text field is drawn anew; the two boxes are put in by their states.
"""

import sys

from pypdf import PdfReader, PdfWriter


def flatten(filled: str, out: str) -> None:
    reader = PdfReader(filled)
    values = {name: field.get("/V", "") for name, field in reader.get_fields().items() if field.get("/FT") in ("/Tx", "/Btn")}
    writer = PdfWriter(clone_from=reader)
    writer.update_page_form_field_values(writer.pages[-1], values, auto_regenerate=False, flatten=True)
    writer.remove_annotations(subtypes="/Widget")
    del writer.root_object["/AcroForm"]
    writer.write(out)


if __name__ == "__main__":
    flatten(*sys.argv[1:])
