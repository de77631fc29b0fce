"""Which programs fill the form, and how each is called.

Takes nothing; gives CLIENTS, a table, and `fill`, the uniform call. Shared by run.py (the tests, through ways.py) and
make-inbox (the shipped returns). Programs live where tests/run put them, in tests/.tools/. Does not install anything.
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
CLASSPATH_2 = TOOLS / "classpath-pdfbox-2.txt"

CANNOT_SAY = 3
"""A client's exit status for an answer that its program cannot express, as two boxes ticked."""


@dataclass(frozen=True)
class Program:
    """A script of ours with its interpreter, or ("command") a program of the system."""

    script: str
    kind: str  # "python", "node", "java", "java 2" (with PDFBox 2) or "command"
    package: str  # whose version counts: on PyPI, npm or Maven; for a command, the command itself
    needs: str = ""  # a command besides the kind's own
    first: tuple[str, ...] = ()  # arguments before all others

    def missing(self) -> str | None:
        """Why the program cannot be used here, or None."""
        for command in (self.needs, self.script if self.kind == "command" else ""):
            if command and not shutil.which(command):
                return f"{command} is not installed"
        place = {"python": PYTHON, "node": NODE_MODULES / self.package, "java": CLASSPATH, "java 2": CLASSPATH_2,
                 "command": HERE}
        return None if place[self.kind].exists() else f"its {self.kind} packages are not installed"

    def command(self) -> list[str]:
        if self.kind == "python":
            return [str(PYTHON), str(HERE / self.script), *self.first]
        if self.kind == "node":
            # The scripts are copied beside node_modules by tests/run: Node looks for packages upwards from a script.
            return ["node", str(TOOLS / self.script)]
        if self.kind in ("java", "java 2"):
            return ["java", "-cp", (CLASSPATH if self.kind == "java" else CLASSPATH_2).read_text().strip(), str(HERE / self.script)]
        return [self.script]

    def call(self, arguments: list, extra_environment: dict | None = None) -> str | None:
        """Gives None when done, "cannot" when the program cannot say this; raises otherwise."""
        done = subprocess.run([*self.command(), *map(str, arguments)], capture_output=True, text=True, timeout=120,
                              env={**os.environ, **(extra_environment or {})})
        if done.returncode == CANNOT_SAY and self.kind != "command":
            return "cannot"
        # qpdf: 3 is done, with warnings.
        if done.returncode != 0 and (self.script, done.returncode) != ("qpdf", 3):
            raise RuntimeError(f"{self.script} ended with {done.returncode}: {done.stderr.strip()[-600:]}")
        return None


@dataclass(frozen=True)
class Client:
    name: str
    program: Program

    def missing(self) -> str | None:
        return self.program.missing()


def client(name: str, script: str, kind: str, package: str, needs: str = "") -> Client:
    return Client(name, Program(script, kind, package, needs))


CLIENTS = [
    client("pypdf", "with-pypdf.py", "python", "pypdf"),
    client("pikepdf", "with-pikepdf.py", "python", "pikepdf"),
    client("PDFium", "with-pdfium.py", "python", "pypdfium2"),
    client("MuPDF", "with-mupdf.py", "python", "pymupdf"),
    client("pdftk-java", "with-pdftk.py", "python", "pdftk", needs="pdftk"),
    client("pdf-lib", "node/with-pdf-lib.mjs", "node", "pdf-lib"),
    client("pdf.js", "node/with-pdfjs.mjs", "node", "pdfjs-dist"),
    client("PDFBox", "java/WithPdfbox.java", "java", "pdfbox"),
    client("PDFBox 2", "java/WithPdfbox2.java", "java 2", "pdfbox"),
    client("qpdf", "with-qpdf.py", "python", "qpdf", needs="qpdf"),
    client("pyHanko", "with-pyhanko.py", "python", "pyHanko"),
]


def changed(client: Client) -> Client:
    """The same client, which first gave the other answer."""
    program = client.program
    return Client(f"{client.name}, changed", Program("with-changed.py", "python", program.package, program.needs, (client.name,)))


def fill(client: Client, form: Path, answers: dict, out: Path, saved_at: str = "") -> str | None:
    """Fill `form` and write `out`. Gives None when done, "cannot" when the program cannot say this; raises otherwise.

    `saved_at` (ISO 8601) is the time that a program which writes one is asked to write.
    """
    answers_file = out.with_suffix(".json")
    answers_file.write_text(json.dumps(answers, ensure_ascii=False), "utf-8")
    try:
        return client.program.call([form, answers_file, out], {"SAVED_AT": saved_at})
    finally:
        answers_file.unlink()
