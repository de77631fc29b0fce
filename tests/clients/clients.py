"""Which programs fill the form, and how each is called.

Takes nothing; gives CLIENTS, a table, and `fill`, the uniform call. Shared by run.py (the tests) and make-inbox (the
shipped returns). Programs live where tests/run put them, in tests/.tools/. Does not install anything.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOOLS = HERE.parent / ".tools"
PYTHON = TOOLS / "venv" / "bin" / "python"
NODE_MODULES = TOOLS / "node" / "node_modules"
CLASSPATH = TOOLS / "classpath.txt"

CANNOT_SAY = 3
"""A client's exit status for an answer that its program cannot express, as two boxes ticked."""


@dataclass(frozen=True)
class Client:
    name: str
    script: str
    kind: str  # "python", "node" or "java"
    needs: str = ""  # a command besides the kind's own

    def missing(self) -> str | None:
        """Why the client cannot be used here, or None."""
        if self.needs and not shutil.which(self.needs):
            return f"{self.needs} is not installed"
        place = {"python": PYTHON, "node": NODE_MODULES / self.name.replace("pdf.js", "pdfjs-dist"), "java": CLASSPATH}
        return None if place[self.kind].exists() else f"its {self.kind} packages are not installed"

    def command(self) -> list[str]:
        if self.kind == "python":
            return [str(PYTHON), str(HERE / self.script)]
        if self.kind == "node":
            # The scripts are copied beside node_modules by tests/run: Node looks for packages upwards from a script.
            return ["node", str(TOOLS / self.script)]
        return ["java", "-cp", CLASSPATH.read_text().strip(), str(HERE / self.script)]


CLIENTS = [
    Client("pypdf", "with-pypdf.py", "python"),
    Client("pikepdf", "with-pikepdf.py", "python"),
    Client("PDFium", "with-pdfium.py", "python"),
    Client("MuPDF", "with-mupdf.py", "python"),
    Client("pdftk-java", "with-pdftk.py", "python", needs="pdftk"),
    Client("pdf-lib", "node/with-pdf-lib.mjs", "node"),
    Client("pdf.js", "node/with-pdfjs.mjs", "node"),
    Client("PDFBox", "java/WithPdfbox.java", "java"),
    Client("pyHanko", "with-pyhanko.py", "python"),
]


def fill(client: Client, form: Path, answers: dict, out: Path, saved_at: str = "") -> str | None:
    """Fill `form` and write `out`. Gives None when done, "cannot" when the program cannot say this; raises otherwise.

    `saved_at` (ISO 8601) is the time that a program which writes one is asked to write.
    """
    answers_file = out.with_suffix(".json")
    answers_file.write_text(json.dumps(answers, ensure_ascii=False), "utf-8")
    try:
        done = subprocess.run([*client.command(), form, answers_file, out], capture_output=True, text=True, timeout=120,
                              env={**os.environ, "SAVED_AT": saved_at})
    finally:
        answers_file.unlink()
    if done.returncode == CANNOT_SAY:
        return "cannot"
    if done.returncode != 0:
        raise RuntimeError(f"{client.name} ended with {done.returncode}: {done.stderr.strip()[-600:]}")
    return None
