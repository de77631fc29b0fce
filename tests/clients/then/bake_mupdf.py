#!/usr/bin/env python3
"""Flatten a filled form with MuPDF, which calls it baking.

Call:    bake_mupdf.py FILLED.pdf OUT.pdf
Program: MuPDF through PyMuPDF 2 (PyPI).
How:     Document.bake(), then a save that leaves unused objects out, as `mutool bake` does.
Quirks:  draws a red tag in an unsigned signature field.
"""

import sys

import pymupdf


def bake(filled: str, out: str) -> None:
    document = pymupdf.open(filled)
    document.bake()
    document.save(out, garbage=3, deflate=True)


if __name__ == "__main__":
    bake(*sys.argv[1:])
