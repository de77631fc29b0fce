#!/usr/bin/env python3
"""Fill the form twice with one of the other programs: first with the other answer, then with the one that is meant.

Call:    with-changed.py CLIENT FORM.pdf ANSWERS.json OUT.pdf
Program: the named client of clients.py.
How:     a person ticks a box, saves, opens the file again and ticks the other.
Quirks:  where nothing or both is to be chosen there is no other answer (exit status 3).
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

from clients import CANNOT_SAY, CLIENTS, fill

OTHER = {"ja": "nej", "nej": "ja"}


def change(name: str, form: Path, answers: dict, out: Path) -> None:
    if answers.get("avsikt") not in OTHER:
        raise SystemExit(CANNOT_SAY)
    client = next(client for client in CLIENTS if client.name == name)
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "first.pdf", Path(folder) / "second.pdf"
        for source, said, target in ((form, {"avsikt": OTHER[answers["avsikt"]]}, first), (first, answers, second)):
            if told := fill(client, source, said, target):
                raise SystemExit(f"{name} {told} fill the form")
        shutil.copyfile(second, out)


if __name__ == "__main__":
    change(sys.argv[1], Path(sys.argv[2]), json.loads(Path(sys.argv[3]).read_text("utf-8")), Path(sys.argv[4]))
