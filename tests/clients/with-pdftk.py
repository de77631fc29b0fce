#!/usr/bin/env python3
"""Fill the form with pdftk-java through an FDF file.

Call:    with-pdftk.py FORM.pdf ANSWERS.json OUT.pdf
Program: pdftk-java 3.3 (Debian package pdftk-java); Python writes the FDF only.
How:     pdftk FORM fill_form ANSWERS.fdf output OUT; the strings of the FDF are UTF-16BE with a byte-order mark.
Quirks:  always UTF-16BE in /V. Line breaks stay as the FDF has them; Acrobat's exports have CR, so CR is written here.
         One value for the choice field, so "both" cannot be said (exit status 3).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path


def fdf(answers: dict) -> str:
    fields = []
    for name, value in answers.items():
        if name == "avsikt":
            value_object = f"/{value}" if value else "/Off"
        else:
            value_object = "<" + ("\ufeff" + value.replace("\n", "\r")).encode("utf-16-be").hex() + ">"
        fields.append(f"<< /T ({name}) /V {value_object} >>")
    return "%FDF-1.2\n1 0 obj\n<< /FDF << /Fields [\n" + "\n".join(fields) + "\n] >> >>\nendobj\n" \
        "trailer\n<< /Root 1 0 R >>\n%%EOF\n"


def fill(form: Path, answers: dict, out: Path) -> None:
    if answers.get("avsikt") == "both":
        print("an FDF file holds one value for each field", file=sys.stderr)
        raise SystemExit(3)
    with tempfile.NamedTemporaryFile("w", suffix=".fdf", encoding="ascii") as file:
        file.write(fdf(answers))
        file.flush()
        subprocess.run(["pdftk", form, "fill_form", file.name, "output", out], check=True)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")), Path(sys.argv[3]))
