#!/usr/bin/env python3
"""Flatten a filled form with pikepdf.

Call:    flatten_pikepdf.py FILLED.pdf OUT.pdf
Program: pikepdf 10 (PyPI), which is qpdf underneath.
How:     generate_appearance_streams() where the file asks for appearances, then flatten_annotations().
Quirks:  qpdf draws text fields in the simplest way: one line, and only letters of the field's simple font.
"""

import sys

import pikepdf


def flatten(filled: str, out: str) -> None:
    with pikepdf.open(filled) as pdf:
        pdf.generate_appearance_streams()
        pdf.flatten_annotations("all")
        pdf.save(out)


if __name__ == "__main__":
    flatten(*sys.argv[1:])
