#!/usr/bin/env python3
"""The round trip with outside programs: fill, read, compare; then outside judges over the forms and the JSON.

Takes the avsikt binary and a workspace where `avsikt render` has been run. Fills fresh forms with every client of
clients.py and every case of answers.json, reads them with `avsikt inspect --json`, and compares field by field:

    exact   the value that was filled in
    review  not that value, but the document was handed to a person: no harm done, though not what is wanted
    WRONG   another value than was filled in, in a document said to be an answer, or beside a status that is not review

Prints a table and the number of passed, failed and skipped checks (also to --counts FILE for tests/run).
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import unicodedata
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema

try:
    import cv2
    import numpy
except ImportError:
    cv2 = None
from clients import CLASSPATH, CLIENTS, HERE, fill

GROUPS = {
    "choice": ["avsikt"],
    "comments": ["kommentar_ja", "kommentar_nej"],
    "name, title": ["namnfortydligande", "titel"],
    "contact": ["telefon", "epost"],
    "date": ["datum"],
}
SCHEMAS = HERE.parent.parent / "schemas"


class Tally:
    """Counts checks, and tells of each that did not pass."""

    def __init__(self) -> None:
        self.passed = self.failed = self.skipped = 0

    def passes(self) -> None:
        self.passed += 1

    def fails(self, what: str) -> None:
        self.failed += 1
        print(f"FAILED: {what}")

    def skips(self, what: str) -> None:
        self.skipped += 1
        print(f"SKIPPED: {what}")

    def check(self, holds: bool, what: str) -> None:
        self.passes() if holds else self.fails(what)


def run(*command, **kwargs) -> subprocess.CompletedProcess:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=600, **kwargs)


def inspect(binary: Path, workspace: Path, files: list[Path]) -> list[dict]:
    done = run(binary, "inspect", "--json", "--workspace", workspace, *files)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"avsikt inspect ended with {done.returncode}: {done.stderr[-2000:]}")
    return [json.loads(line) for line in done.stdout.split("\n") if line]


def plain(text: str | None) -> str:
    """The text without what no person sees: the kind of line break, composed or decomposed letters."""
    return unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text or ""))


def verdict(name: str, answers: dict, document: dict, choice: str = "avsikt") -> str:
    """`exact`, `review` or `WRONG` for one field; `choice` is the name of the choice field."""
    if name == choice:
        read, wanted = document["choice"], answers.get(choice)
        wanted = None if wanted == "both" else wanted
        if read["value"] == wanted and (wanted or document["outcome"] == "review"):
            return "exact"
    else:
        read, wanted = document["fields"][name], answers.get(name)
        if plain(read["value"]) == plain(wanted) and read["status"] != "review":
            return "exact"
    open_question = read["value"] is None and read["status"] == "review"
    return "review" if open_question and document["outcome"] == "review" else "WRONG"


def expected(client: str, case: str) -> tuple[str, str | None]:
    """The outcome that a document should have, and a finding that must be among its findings."""
    if case == "tomt":
        return "review", "choice-none"
    if case == "både":
        return "review", "choice-both"
    if client == "pyHanko":
        return "review", "signature-not-read"
    return "answer", None


def round_trip(binary: Path, workspace: Path, scratch: Path, tally: Tally) -> list[dict]:
    """Every client fills every case; gives all that inspect said."""
    forms = sorted((workspace / "outbox" / "declarations").glob("*.pdf"))
    cases = json.loads((HERE / "answers.json").read_text("utf-8"))
    said, rows = [], []
    for number, client in enumerate(CLIENTS):
        if reason := client.missing():
            tally.skips(f"client {client.name}: {reason}")
            continue
        form = forms[number * 2 % len(forms)]
        seen = {group: [] for group in (*GROUPS, "outcome")}
        for case, answers in cases.items():
            label = f"{client.name}, case {case}"
            out = scratch / f"{client.name}-{case}.pdf"
            try:
                if fill(client, form, answers, out) == "cannot":
                    continue
                (document,) = inspect(binary, workspace, [out])
            except Exception as problem:
                tally.fails(f"{label}: {problem}")
                seen["outcome"].append("WRONG")
                continue
            said.append(document)
            outcome, finding = expected(client.name, case)
            codes = [found["code"] for found in document["findings"]]
            good = document["outcome"] == outcome and (finding is None or finding in codes)
            seen["outcome"].append("exact" if good else "WRONG" if document["outcome"] == "answer" else "review")
            lacking = [] if good else [f"outcome {document['outcome']} with {codes}, expected {outcome} {finding or ''}"]
            if document["recipient"] != form.name[:2] or document["identity"]["status"] != "authentic":
                lacking.append(f"recipient {document['recipient']}, {document['identity']['status']}")
            for group, names in GROUPS.items():
                for name in names:
                    found = verdict(name, answers, document)
                    seen[group].append(found)
                    if found != "exact":
                        got = document["choice"] if name == "avsikt" else document["fields"][name]
                        lacking.append(f"{found}: {name} is {got['value']!r} ({got['status']}), "
                                       f"filled in was {answers.get(name)!r}")
            tally.check(not lacking, f"{label}: " + "; ".join(lacking))
        rows.append([client.name, *(summary(verdicts) for verdicts in seen.values())])
    table(["client", *GROUPS, "outcome"], rows)
    return said


def another_campaign(binary: Path, workspace: Path, tally: Tally) -> list[Path]:
    """Renders tests/campaigns/school-routes and has some clients fill it; gives two of its forms for the judges."""
    root, name = HERE.parent.parent, "school-routes"
    shutil.copytree(root / "tests" / "campaigns" / name, workspace / "templates" / name)
    shutil.copytree(root / "templates" / "style" / "fonts", workspace / "templates" / "style" / "fonts")
    done = run(binary, "render", "--workspace", workspace)
    forms = sorted((workspace / "outbox" / "declarations").glob("*.pdf"))
    tally.check(done.returncode == 0 and len(forms) == 290, f"{name}: rendered {len(forms)} of 290: {done.stderr[-600:]}")
    if not forms:
        return []
    cases = json.loads((HERE / "answers-another.json").read_text("utf-8"))
    rows = []
    for number, client in enumerate(client for client in CLIENTS if client.name in ("pypdf", "pikepdf", "pdf.js", "PDFBox")):
        if reason := client.missing():
            tally.skips(f"client {client.name} with {name}: {reason}")
            continue
        form, seen = forms[number * 37], []
        for case, answers in cases.items():
            out = workspace / f"{client.name}-{case}.pdf"
            try:
                if fill(client, form, answers, out) == "cannot":
                    continue
                (document,) = inspect(binary, workspace, [out])
            except Exception as problem:
                tally.fails(f"{client.name}, {name}, case {case}: {problem}")
                seen.append("WRONG")
                continue
            outcome = "answer" if answers.get("answer") not in (None, "both") else "review"
            found = {field: verdict(field, answers, document, "answer") for field in ("answer", *document["fields"])
                     if field != "municipality"}
            lacking = [f"{field} {how}" for field, how in found.items() if how != "exact"]
            if (document["outcome"], document["recipient"]) != (outcome, form.name[:4]):
                lacking.append(f"{document['outcome']} of {document['recipient']}: {document['findings']}")
            tally.check(not lacking, f"{client.name}, {name}, case {case}: {'; '.join(lacking)}")
            seen += found.values()
        rows.append([client.name, summary(seen)])
    table(["client", "fields on both pages"], rows)
    return [forms[0], forms[-1]]


def summary(verdicts: list[str]) -> str:
    counts = {kind: verdicts.count(kind) for kind in ("exact", "review", "WRONG")}
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if count) or "-"


def table(head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    print()
    for row in [head, ["-" * width for width in widths], *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print()


def judges(workspace: Path, tally: Tally, others: list[Path]) -> None:
    """qpdf, poppler and veraPDF over every form that is sent; veraPDF over some of another campaign as well."""
    forms = sorted((workspace / "outbox" / "declarations").glob("*.pdf"))
    rows = []
    tally.check(len(forms) == 21, f"render wrote {len(forms)} declarations, expected 21")
    for tool, command, complaint in [
        ("qpdf", ["qpdf", "--check"], lambda done: done.returncode != 0),
        ("pdfinfo", ["pdfinfo"], lambda done: done.returncode != 0 or "Pages:           11" not in done.stdout
         or "Form:            AcroForm" not in done.stdout or "Tagged:          yes" not in done.stdout),
    ]:
        if not shutil.which(tool):
            tally.skips(f"judge {tool}: it is not installed")
            continue
        bad = {form.name: done for form in forms if complaint(done := run(*command, form))}
        for name, done in bad.items():
            print(f"  {name}: {(done.stdout + done.stderr).strip()[-400:]}")
        tally.check(not bad, f"{tool} complains about {len(bad)} forms")
        rows.append([tool, f"{len(forms) - len(bad)} of {len(forms)}", ""])
    if cv2 is None or not shutil.which("pdftoppm"):
        tally.skips("judge OpenCV (QR codes at fax quality): it is not installed")
    else:
        rows.append(codes(forms, tally))
    if not CLASSPATH.exists():
        tally.skips("judge veraPDF: its jars are not installed")
    else:
        for flavour, label in (("2a", "veraPDF, PDF/A-2a"), ("ua1", "veraPDF, PDF/UA-1")):
            rows.append(verapdf(flavour, label, forms + others, tally))
    table(["judge", "forms accepted", "rules broken"], rows)


def codes(forms: list[Path], tally: Tally) -> list[str]:
    """Whether a detector that nobody here wrote reads the page codes at fax quality: 200 dpi, one bit."""
    wanted, read = 0, 0
    for at, form in enumerate(forms):
        # Every page of the first form, the form page of the others.
        pages = range(1, 12) if at == 0 else [11]
        for page in pages:
            image = subprocess.run(["pdftoppm", "-r", "200", "-mono", "-f", str(page), "-l", str(page), form],
                                   capture_output=True, check=True).stdout
            picture = cv2.imdecode(numpy.frombuffer(image, numpy.uint8), cv2.IMREAD_GRAYSCALE)
            height, width = picture.shape
            text = cv2.QRCodeDetector().detectAndDecode(picture[int(height * 0.88):, int(width * 0.08):int(width * 0.25)])[0]
            wanted += 1
            read += text.startswith("AV1:") and text.split(":")[2:4] == [form.name[:2], str(page)]
    tally.check(read == wanted, f"OpenCV reads {read} of {wanted} page codes at 200 dpi, one bit")
    return ["OpenCV, QR at fax quality", f"{read} of {wanted} pages", ""]


def verapdf(flavour: str, label: str, forms: list[Path], tally: Tally) -> list[str]:
    done = run("java", "-cp", CLASSPATH.read_text().strip(), "org.verapdf.apps.GreenfieldCliWrapper",
               "--format", "xml", "--flavour", flavour, *forms)
    try:
        report = ElementTree.fromstring(done.stdout)
    except ElementTree.ParseError:
        tally.fails(f"{label}: gave no report: {done.stderr[-600:]}")
        return [label, "no report", ""]
    good = len([job for job in report.iter("validationReport") if job.get("isCompliant") == "true"])
    rules = sorted({f"{rule.get('clause')}-{rule.get('testNumber')} {rule.findtext('description', '')[:70]}"
                    for rule in report.iter("rule") if rule.get("status") != "passed"})
    tally.check(good == len(forms) and not rules, f"{label}: {good} of {len(forms)} accepted; {'; '.join(rules)}")
    return [label, f"{good} of {len(forms)}", "; ".join(rules) or "none"]


def schemas(binary: Path, workspace: Path, said: list[dict], tally: Tally) -> None:
    """What inspect said, and the report over the filled forms, against the schemas that are checked in."""
    validator = jsonschema.Draft202012Validator
    schema = json.loads((SCHEMAS / "inspect-1.schema.json").read_text("utf-8"))
    problems = [f"{document['path']}: {problem.json_path}: {problem.message}"
                for document in said for problem in validator(schema).iter_errors(document)]
    tally.check(bool(said) and not problems, f"inspect against its schema: {problems[:5]}")
    print(f"inspect-1.schema.json: {len(said)} documents, {len(problems)} problems")

    report = parsed(binary, workspace)
    schema = json.loads((SCHEMAS / "report-1.schema.json").read_text("utf-8"))
    problems = [f"{problem.json_path}: {problem.message}" for problem in validator(schema).iter_errors(report)]
    tally.check(not problems, f"report.json against its schema: {problems[:5]}")
    tally.check(len(report["answers"]) == 21, f"report.json has {len(report['answers'])} answers, expected 21")
    print(f"report-1.schema.json: {len(report['documents'])} documents, {len(problems)} problems")


def shipped_returns(binary: Path, workspace: Path, tally: Tally) -> None:
    """The returns in inbox/, made by make-inbox, read as returns.json says, and each region's last answer counts."""
    root = HERE.parent.parent
    shipped = json.loads((HERE / "returns.json").read_text("utf-8"))
    if absent := [returned["file"] for returned in shipped if not (root / returned["file"]).exists()]:
        tally.skips(f"the shipped returns: {len(absent)} are not in inbox/; tests/clients/make-inbox makes them")
        return
    for returned in shipped:
        (workspace / returned["file"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / returned["file"], workspace / returned["file"])
    said = inspect(binary, workspace, [workspace / returned["file"] for returned in shipped])
    rows = []
    for returned, document in zip(shipped, sorted(said, key=lambda document: document["path"]), strict=True):
        lacking = returned_otherwise(returned, document)
        tally.check(not lacking, f"{returned['file']}: {lacking}")
        rows.append([returned["file"], document["outcome"], document["choice"]["value"] or "-", lacking or "as written"])
    table(["shipped return", "outcome", "choice", "compared with returns.json"], rows)

    report = parsed(binary, workspace)
    last = {returned["recipient"]: returned for returned in shipped if returned["recipient"]}
    wrong = [f"{answer['recipient']} counts as {answer['choice']} from {answer['document']}" for answer in report["answers"]
             if answer["recipient"] in last and (answer["choice"] != last[answer["recipient"]]["answers"].get("avsikt")
                                                 or answer["document"] != last[answer["recipient"]]["file"])]
    tally.check(not wrong, f"the last answer of each region should count: {wrong}")


def parsed(binary: Path, workspace: Path) -> dict:
    """The report over everything in the workspace's inbox."""
    done = run(binary, "parse", "--workspace", workspace)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"avsikt parse ended with {done.returncode}: {done.stderr[-1000:]}")
    return json.loads((workspace / "outbox" / "report" / "report.json").read_text("utf-8"))


def returned_otherwise(returned: dict, document: dict) -> str:
    """What inspect says otherwise than returns.json, in words; empty when all agrees."""
    problems = [f"{name} is {document[name]}, expected {returned[name]}" for name in ("outcome", "recipient")
                if document[name] != returned[name]]
    if returned["recipient"]:
        problems += [f"{name} is {found}" for name in (name for names in GROUPS.values() for name in names)
                     if (found := verdict(name, returned["answers"], document)) != "exact"]
    codes = [found["code"] for found in document["findings"]]
    problems += [f"finding {code} is missing among {codes}" for code in returned.get("findings", []) if code not in codes]
    return "; ".join(problems)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary", type=Path)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--counts", type=Path, help="write `passed failed skipped` here")
    options = parser.parse_args()
    tally = Tally()
    print("== The returns shipped in inbox/ ==")
    shipped_returns(options.binary, options.workspace, tally)
    print("== Outside programs fill the form, avsikt reads it ==")
    inbox = options.workspace / "inbox" / "2026-02-26"
    inbox.mkdir(parents=True)
    said = round_trip(options.binary, options.workspace, inbox, tally)
    print("== The same with another campaign: English, three choices, a form of two pages ==")
    others = another_campaign(options.binary, options.workspace.parent / "another", tally)
    print("== Outside judges of the forms ==")
    judges(options.workspace, tally, others)
    print("== JSON against the schemas ==")
    schemas(options.binary, options.workspace, said, tally)
    if options.counts:
        options.counts.write_text(f"{tally.passed} {tally.failed} {tally.skipped}\n")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main())
