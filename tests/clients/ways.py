"""The ways that a filled form comes back: who filled it, and what other programs did to it afterwards.

Takes CLIENTS; gives WAYS, a table in four groups, and UNAVAILABLE, ways known from the wild that cannot be made here.
Making the files is make.py's work.
"""

import json
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib import metadata

from clients import CLASSPATH, CLASSPATH_2, CLIENTS, NODE_MODULES, Client, Program, changed
from console import markdown

GROUPS = {
    "form": "Filled, and sent back as it is",
    "form changed": "Filled, and the answer changed with the same program",
    "form pages": "Filled, fields kept, pages handled",
    "flattened": "Filled, then flattened, printed or distilled anew",
    "flattened pages": "Flattened, then pages handled",
}


@dataclass(frozen=True)
class Step:
    """Something done to a filled form: `program` called with `arguments`, where IN and OUT stand for the files."""

    does: str
    program: Program
    arguments: tuple[str, ...] = ("IN", "OUT")
    moves: bool = False  # handles pages: what is printed stays, where it is may change

    def call(self, source, out) -> str | None:
        places = {"IN": source, "OUT": out}
        return self.program.call([places.get(word, word) for word in self.arguments])


@dataclass(frozen=True)
class Way:
    group: str
    filler: Client
    then: tuple[Step, ...] = ()

    @property
    def name(self) -> str:
        return ", ".join([self.filler.name, *(step.does for step in self.then)])

    @property
    def flattened(self) -> bool:
        return self.group.startswith("flattened")

    def missing(self) -> str | None:
        reasons = [part.missing() for part in (self.filler, *(step.program for step in self.then))]
        return next((reason for reason in reasons if reason), None)


def python(script: str, package: str, *arguments: str, does: str) -> Step:
    return Step(does, Program(f"then/{script}", "python", package), (*arguments, "IN", "OUT"))


def command(does: str, line: str) -> Step:
    name, *arguments = line.split()
    return Step(does, Program(name, "command", name), tuple(arguments))


def pages(what: str, does: str) -> Step:
    needs = "qpdf" if what in ("alone", "shuffled", "cover") else ""
    return Step(does, Program("then/pages.py", "python", needs or "pypdf", needs), (what, "IN", "OUT"), moves=True)


FILLERS = {client.name: client for client in CLIENTS}
GHOSTSCRIPT = "gs -q -dSAFER -dBATCH -dNOPAUSE -sDEVICE=pdfwrite"

PYPDF = python("flatten_pypdf.py", "pypdf", does="pypdf flatten")
PIKEPDF = python("flatten_pikepdf.py", "pikepdf", does="pikepdf flatten")
QPDF = command("qpdf flatten", "qpdf --generate-appearances --flatten-annotations=all IN OUT")
MUPDF = python("bake_mupdf.py", "pymupdf", does="MuPDF bake")
PDFTK = command("pdftk flatten", "pdftk IN output OUT flatten")
PDF_LIB = Step("pdf-lib flatten", Program("node/flatten-pdf-lib.mjs", "node", "pdf-lib"))
PDFBOX = Step("PDFBox flatten", Program("java/FlattenPdfbox.java", "java", "pdfbox"))
PDFBOX_2 = Step("PDFBox 2 flatten", Program("java/FlattenPdfbox2.java", "java 2", "pdfbox"))
QPDF_ALONE = command("qpdf flatten", "qpdf --flatten-annotations=all IN OUT")
PDFIUM = python("flatten_pdfium.py", "pypdfium2", "flatten", does="PDFium flatten")
PDFIUM_PRINT = python("flatten_pdfium.py", "pypdfium2", "print", does="PDFium print")
DISTIL = command("Ghostscript pdfwrite", f"{GHOSTSCRIPT} -o OUT IN")
CAIRO = command("poppler cairo", "pdftocairo -pdf IN OUT")

LETTER = Step("fitted to Letter", Program("gs", "command", "gs"),
              (*f"{GHOSTSCRIPT} -sPAPERSIZE=letter -dFIXEDMEDIA -dPDFFitPage -o OUT IN".split()[1:],), moves=True)
ALONE = pages("alone", "page alone")
SHUFFLED = pages("shuffled", "pages shuffled")
COVER = pages("cover", "letter in front")
SCALED = pages("scaled", "95 %, shifted")
RESIZED = pages("resized", "page 95 %")
ROTATED = pages("rotated", "/Rotate 90")
TURNED = pages("turned", "turned 90°")
CROPPED = pages("cropped", "cropped")
MOVED = pages("moved", "other corner")


def table() -> list[Way]:
    ways = [Way("form", client) for client in CLIENTS]
    ways += [Way("form changed", changed(FILLERS[name]))
             for name in ("pypdf", "PDFium", "MuPDF", "pdftk-java", "pdf-lib", "pdf.js", "PDFBox", "PDFBox 2", "qpdf")]
    ways += [Way("form pages", FILLERS["pdf.js"], (step,))
             for step in (ALONE, SHUFFLED, COVER, RESIZED, ROTATED, CROPPED, MOVED)]
    ways += [Way("flattened", FILLERS[filler], (step,)) for filler, step in [
        ("pypdf", PYPDF), ("pikepdf", PIKEPDF), ("pdf.js", QPDF), ("MuPDF", MUPDF), ("pdftk-java", PDFTK),
        ("pdf-lib", PDF_LIB), ("PDFBox", PDFBOX), ("PDFBox 2", PDFBOX_2), ("qpdf", QPDF_ALONE), ("PDFium", PDFIUM), ("PDFium", PDFIUM_PRINT),
        ("PDFium", DISTIL), ("pdf.js", DISTIL), ("pdf.js", CAIRO), ("MuPDF", CAIRO),
    ]]
    ways += [Way("flattened pages", FILLERS["PDFBox"], (PDFBOX, step))
             for step in (ALONE, SHUFFLED, COVER, SCALED, ROTATED, TURNED, CROPPED, MOVED, LETTER)]
    ways += [Way("flattened pages", FILLERS["PDFium"], (PDFIUM_PRINT, SCALED)),
             Way("flattened pages", FILLERS["pdf.js"], (CAIRO, ALONE, TURNED))]
    return ways


WAYS = table()

UNAVAILABLE = {
    "Chromium's own print dialogue": "headless Chromium prints its PDF viewer's empty frame, not the document; "
                                     "`PDFium print` does what the dialogue's \"Save as PDF\" does",
    "LibreOffice Draw": "it is not among the tests' tools",
    "Firefox's print dialogue": "it is not among the tests' tools",
}


@cache
def version(program: Program) -> str:
    """The program's version as its packages or the program itself tell it; "unknown" if they do not."""
    package = program.package
    try:
        if program.needs or program.kind == "command":
            flag = "-v" if package == "pdftocairo" else "--version"
            said = subprocess.run([package, flag], capture_output=True, text=True, timeout=30)
            found = re.search(r"\d+(\.\d+)+", said.stdout + said.stderr)
            return found.group() if found else "unknown"
        if program.kind == "python":
            return metadata.version(package)
        if program.kind == "node":
            return json.loads((NODE_MODULES / package / "package.json").read_text("utf-8"))["version"]
        jars = CLASSPATH if program.kind == "java" else CLASSPATH_2
        jar = next(name for name in jars.read_text().split(":") if f"/{package}-" in name)
        return jar.rsplit("-", 1)[1].removesuffix(".jar").strip()
    except (OSError, StopIteration, IndexError, metadata.PackageNotFoundError, subprocess.TimeoutExpired):
        return "unknown"


def versions(ways: list[Way]) -> str:
    """The programs of these ways with their versions, as a table in Markdown."""
    programs = {(program.package, version(program)) for way in ways
                for program in (way.filler.program, *(step.program for step in way.then)) if not way.missing()}
    rows = [[package, told] for package, told in sorted(programs, key=lambda row: (row[0].casefold(), row[1]))]
    return f"### Programs\n\n{markdown(['program', 'version'], rows)}"
