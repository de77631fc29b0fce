#!/usr/bin/env python3
"""Fill the form with qpdf's own commands.

Call:    with-qpdf.py FORM.pdf ANSWERS.json OUT.pdf
Program: qpdf 11 (Debian package qpdf); Python only reads and writes the JSON between.
How:     qpdf --json gives the fields, --update-from-json sets /V and the boxes' /AS, --generate-appearances draws.
Quirks:  a text is drawn in one line, and only with letters of the field's encoding, if that has a name. The boxes' states
         are made to follow the field's value, so "both" cannot be said (exit status 3).
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path


def qpdf(*arguments) -> bytes:
    done = subprocess.run(["qpdf", *map(str, arguments)], capture_output=True)
    if done.returncode not in (0, 3):  # 3: warnings
        raise SystemExit(f"qpdf ended with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def fill(form: Path, answers: dict, out: Path) -> None:
    said = json.loads(qpdf("--json", "--json-key=qpdf", "--json-key=acroform", form))
    if answers.get("avsikt") == "both":
        print("qpdf lets only one box be ticked", file=sys.stderr)
        raise SystemExit(3)
    header, objects = said["qpdf"]
    changed = {}

    def change(reference: str, key: str, value: str) -> None:
        name = f"obj:{reference}"
        changed.setdefault(name, objects[name])["value"][key] = value

    for field in said["acroform"]["fields"]:
        name, widget = field["fullname"], field["annotation"]["object"]
        if name not in answers:
            continue
        if name != "avsikt":
            change(widget, "/V", f"u:{answers[name]}")
            continue
        states = objects[f"obj:{widget}"]["value"]["/AP"]["/N"]
        on = next(state for state in states if state != "/Off")
        chosen = on == f"/{answers[name]}"
        change(widget, "/AS", on if chosen else "/Off")
        if chosen:
            change(field["parent"], "/V", on)
    root = objects["trailer"]["value"]["/Root"]
    catalog = objects[f"obj:{root}"]["value"]
    change(catalog["/AcroForm"], "/NeedAppearances", True)
    with tempfile.TemporaryDirectory() as folder:
        update, filled = Path(folder) / "update.json", Path(folder) / "filled.pdf"
        update.write_text(json.dumps({"version": 2, "qpdf": [header, changed]}), "utf-8")
        qpdf(form, f"--update-from-json={update}", filled)
        qpdf("--deterministic-id", "--generate-appearances", filled, out)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")), Path(sys.argv[3]))
