#!/usr/bin/env python3
"""Fill the form with MuPDF.

Call:    with-mupdf.py FORM.pdf ANSWERS.json OUT.pdf
Program: MuPDF through PyMuPDF 2 (PyPI).
How:     Widget.field_value and Widget.update(), then an ordinary save.
Quirks:  update() draws the widget anew, the box with MuPDF's own tick. A ticked box clears its sibling, so "both"
         cannot be said (exit status 3).
"""

import json
import sys
from pathlib import Path

import pymupdf


def fill(form: Path, answers: dict, out: Path) -> None:
    choice = answers.get("avsikt")
    if choice == "both":
        print("MuPDF lets only one box be ticked", file=sys.stderr)
        raise SystemExit(3)
    document = pymupdf.open(form)
    for widget in document[-1].widgets():
        if widget.field_name == "avsikt":
            if widget.on_state() != choice:
                continue
            widget.field_value = choice
        elif widget.field_name in answers:
            widget.field_value = answers[widget.field_name]
        else:
            continue
        widget.update()
    document.save(out)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")), Path(sys.argv[3]))
