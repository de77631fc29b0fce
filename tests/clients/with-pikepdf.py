#!/usr/bin/env python3
"""Fill the form with pikepdf.

Call:    with-pikepdf.py FORM.pdf ANSWERS.json OUT.pdf
Program: pikepdf 10 (PyPI), which is qpdf underneath.
How:     sets /V and /AS itself and draws nothing: /NeedAppearances asks the reader to draw. That is how scripts written
         against the bare object model do it.
Quirks:  a renderer that does not honour /NeedAppearances shows the fields empty although they hold values.
         /V is PDFDocEncoding where possible, else UTF-16BE. deterministic_id keeps the first identifier.
"""

import json
import sys
from pathlib import Path

import pikepdf
from pikepdf import Name


def fill(form: Path, answers: dict, out: Path) -> None:
    with pikepdf.open(form) as pdf:
        acroform = pdf.Root.AcroForm
        for field in acroform.Fields:
            name = str(field.T)
            if name not in answers:
                continue
            value = answers[name]
            if field.get("/FT") != Name.Btn:
                field.V = pikepdf.String(value)
                continue
            for widget in field.Kids:
                on_state = next(state for state in widget.AP.N.keys() if state != "/Off")
                chosen = value == "both" or on_state == f"/{value}"
                widget.AS = Name(on_state) if chosen else Name.Off
                if chosen:
                    field.V = Name(on_state)
        acroform.NeedAppearances = True
        pdf.save(out, deterministic_id=True)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")), Path(sys.argv[3]))
