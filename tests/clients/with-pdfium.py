#!/usr/bin/env python3
"""Fill the form with PDFium, the way a person does in Chrome: click, type, leave the field.

Call:    with-pdfium.py FORM.pdf ANSWERS.json OUT.pdf
Program: PDFium (through pypdfium2 5, PyPI), the engine of Chrome, Edge and Android.
How:     the form-fill module's own events: FORM_OnLButtonDown/Up on a box, FORM_ReplaceSelection in a text field.
Quirks:  writes /V in PDFDocEncoding where it can and line breaks as CR LF. Saves the whole file anew.
         Ticking one box clears the other, so "both" cannot be said (exit status 3).
"""

import ctypes
import json
import sys
from pathlib import Path

import pypdfium2 as pdfium
import pypdfium2.raw as c


def widgets(env, page):
    """(field name, on-state or None, x and y of the middle) for each widget of the page."""
    found = []
    for index in range(c.FPDFPage_GetAnnotCount(page)):
        annot = c.FPDFPage_GetAnnot(page, index)
        if c.FPDFAnnot_GetSubtype(annot) == c.FPDF_ANNOT_WIDGET:
            rect = c.FS_RECTF()
            c.FPDFAnnot_GetRect(annot, rect)
            middle = ((rect.left + rect.right) / 2, (rect.bottom + rect.top) / 2)
            found.append((text_of(c.FPDFAnnot_GetFormFieldName, env, annot),
                          text_of(c.FPDFAnnot_GetFormFieldExportValue, env, annot), *middle))
        c.FPDFPage_CloseAnnot(annot)
    return found


def text_of(getter, env, annot) -> str:
    length = getter(env, annot, None, 0)
    buffer = ctypes.create_string_buffer(length)
    getter(env, annot, ctypes.cast(buffer, ctypes.POINTER(c.FPDF_WCHAR)), length)
    return buffer.raw[:length].decode("utf-16-le").rstrip("\0")


def fill(form: Path, answers: dict, out: Path) -> None:
    if answers.get("avsikt") == "both":
        print("PDFium lets only one box be ticked", file=sys.stderr)
        raise SystemExit(3)
    document = pdfium.PdfDocument(form)
    document.init_forms()
    page = document[len(document) - 1]
    env = document.formenv.raw
    for name, on_state, x, y in widgets(env, page.raw):
        if name == "avsikt" and answers.get(name) != on_state or name not in answers:
            continue
        c.FORM_OnMouseMove(env, page.raw, 0, x, y)
        c.FORM_OnLButtonDown(env, page.raw, 0, x, y)
        c.FORM_OnLButtonUp(env, page.raw, 0, x, y)
        if name != "avsikt":
            typed = ctypes.create_string_buffer(answers[name].encode("utf-16-le") + b"\0\0")
            c.FORM_SelectAllText(env, page.raw)
            c.FORM_ReplaceSelection(env, page.raw, ctypes.cast(typed, ctypes.POINTER(c.FPDF_WCHAR)))
        c.FORM_ForceToKillFocus(env)
    document.save(out)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")), Path(sys.argv[3]))
