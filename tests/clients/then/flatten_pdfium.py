#!/usr/bin/env python3
"""Flatten or print a filled form with PDFium.

Call:    flatten_pdfium.py flatten|print FILLED.pdf OUT.pdf
Program: PDFium (through pypdfium2 5, PyPI), the engine of Chrome, Edge and Android.
How:     flatten: FPDFPage_Flatten for normal display on each page, saved in the same document.
         print:   FPDFPage_Flatten for printing, then the pages are imported into a new, empty document: what Chrome does
                  behind "Save as PDF" in its print dialogue (pdf/pdfium/pdfium_print.cc).
Quirks:  a printed document has neither the first one's identifiers nor its title, tags or form.
"""

import sys

import pypdfium2 as pdfium
import pypdfium2.raw as c


def flatten(what: str, filled: str, out: str) -> None:
    document = pdfium.PdfDocument(filled)
    document.init_forms()
    flag = c.FLAT_PRINT if what == "print" else c.FLAT_NORMALDISPLAY
    for number in range(len(document)):
        page = document[number]
        if c.FPDFPage_Flatten(page.raw, flag) == c.FLATTEN_FAIL:
            raise SystemExit(f"page {number + 1} could not be flattened")
        page.close()
    if what == "print":
        printed = pdfium.PdfDocument.new()
        printed.import_pages(document)
        printed.save(out)
    else:
        document.save(out)


if __name__ == "__main__":
    flatten(*sys.argv[1:])
