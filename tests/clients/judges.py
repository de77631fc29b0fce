"""Judges that nobody here wrote, over the declarations and the JSON; and the shipped returns against returns.json.

Takes a rendered workspace and the binary; gives tables, and checks in the tally.
"""

import json
import re
import shutil
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jsonschema

try:
    import cv2
    import numpy
except ImportError:
    cv2 = None
from clients import CLASSPATH, HERE
from compare import judge
from console import Tally, inspect, run, table

SCHEMAS = HERE.parent.parent / "schemas"


KEEP_THE_FONT = ("pypdf", "pdftk-java", "pdf.js", "pdfbox", "pdfbox-2")
"""Programs that draw with the form's own font. The others bring one that is not embedded, which PDF/A and PDF/UA forbid."""


def judges(workspace: Path, tally: Tally, others: list[Path], filled: Path) -> None:
    """Outside judges over every form that is sent and some of another campaign: a table with a row a form and a column a
    judge, then what they said. And veraPDF over the forms that are filled in, in the folder `filled`."""
    sent = sorted((workspace / "outbox" / "declarations").glob("*.pdf"))
    tally.check(len(sent) == 21, f"render wrote {len(sent)} declarations, expected 21")
    forms = sent + others
    columns: dict[str, dict[str, str]] = {}  # judge: form: complaint, empty for none
    for tool, command, complaint in [
        ("qpdf", ["qpdf", "--check"], lambda done: done.returncode != 0 and done.stdout + done.stderr),
        ("pdfinfo", ["pdfinfo"], lambda done: unusual(done, None if Path(done.args[-1]) in others else 11)),
        # mutool ends with 0 whatever it met; what it met it says on standard error.
        ("mutool", ["mutool", "draw", "-q", "-r", "36", "-F", "png", "-o", "/dev/null"],
         # Debian builds it without colour profiles, and it says so.
         lambda done: done.stderr.replace("warning: ICC support is not available\n", "")
         or done.returncode and "it ended with an error"),
    ]:
        if not shutil.which(tool):
            tally.skips(f"judge {tool}: it is not installed")
            continue
        columns[tool] = {form.name: complaint(run(*command, form)) or "" for form in forms}
    if not CLASSPATH.exists():
        tally.skips("judge veraPDF: its jars are not installed")
    else:
        for flavour, label in (("2a", "veraPDF PDF/A-2a"), ("ua1", "veraPDF PDF/UA-1")):
            columns[label] = verapdf(flavour, label, forms)
            filled_forms(flavour, label, filled, tally)
    table(["declaration", *columns], [
        [form.name.split("-")[0], *("FAULT" if said[form.name] else "ok" for said in columns.values())] for form in forms])
    for by, said in columns.items():
        bad = {name: text for name, text in said.items() if text}
        for name, text in bad.items():
            print(f"  {by}, {name}: {text.strip()[-600:]}")
        tally.check(not bad, f"{by} finds fault with {len(bad)} of {len(forms)} declarations")
        print(f"{by}: {len(forms) - len(bad)} of {len(forms)}")
    if cv2 is None or not shutil.which("pdftoppm"):
        tally.skips("judge OpenCV (QR codes at fax quality): it is not installed")
    else:
        codes(sent, tally)


def filled_forms(flavour: str, label: str, folder: Path, tally: Tally) -> None:
    forms = [folder / f"{client}-{case}.pdf" for client in KEEP_THE_FONT for case in ("ja", "nej", "fullt")]
    said = {name: text for name, text in verapdf(flavour, label, [form for form in forms if form.exists()]).items() if text}
    tally.check(not said, f"{label} finds fault with filled forms: {said}")
    print(f"{label}, filled in by {', '.join(KEEP_THE_FONT)}: {len(said)} with a fault")


def unusual(done: subprocess.CompletedProcess, pages: int | None) -> str:
    """What pdfinfo says otherwise than it should, and whatever it warns of."""
    wanted = {**({"Pages": str(pages)} if pages else {}), "Form": "AcroForm", "Tagged": "yes", "JavaScript": "no", "Encrypted": "no"}
    found = dict(re.findall(r"^(\w+): +(.*)$", done.stdout, re.MULTILINE))
    odd = [f"{key}: {found.get(key)}" for key, value in wanted.items() if found.get(key) != value]
    return "; ".join([*odd, *done.stderr.splitlines()])


def codes(forms: list[Path], tally: Tally) -> None:
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
    print(f"OpenCV, page codes at fax quality: {read} of {wanted} pages")


def verapdf(flavour: str, label: str, forms: list[Path]) -> dict[str, str]:
    """The rules that each form breaks, in words; one report for all, since starting Java takes longer than judging."""
    done = run("java", "-cp", CLASSPATH.read_text().strip(), "org.verapdf.apps.GreenfieldCliWrapper",
               "--format", "xml", "--flavour", flavour, *forms)
    said = {form.name: f"{label} gave no report: {done.stderr[-600:]}" for form in forms}
    try:
        jobs = list(ElementTree.fromstring(done.stdout).iter("job"))
    except ElementTree.ParseError:
        return said
    for job in jobs:
        report = job.find("validationReport")
        rules = [f"{rule.get('clause')}-{rule.get('testNumber')} {rule.findtext('description', '')[:120]}"
                 for rule in job.iter("rule") if rule.get("status") != "passed"]
        compliant = report is not None and report.get("isCompliant") == "true"
        said[Path(job.findtext("item/name", "")).name] = "; ".join(rules) or ("" if compliant else "not compliant")
    return said


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


def on_paper_otherwise(returned: dict, document: dict) -> list[str]:
    """A form filled in by hand: its choice is read, what is written is seen and not read, and what is not written is empty."""
    problems = [f"{name} is {value}, expected {returned['answers'][name]}" for name, value in [("avsikt", document["choice"]["value"])]
                if value != returned["answers"][name]]
    for name, read in document["fields"].items():
        # What was filled in before sending is no evidence on paper.
        wanted = "unread" if name == "region" else "review" if name in returned["written"] else "empty"
        if (read["status"], read["value"]) != (wanted, None):
            problems.append(f"{name} is {read['value']} ({read['status']}), expected {wanted}")
    return problems


def returned_otherwise(returned: dict, document: dict) -> str:
    """What inspect says otherwise than returns.json, in words; empty when all agrees."""
    problems = [f"{name} is {document[name]}, expected {returned[name]}" for name in ("outcome", "recipient")
                if document[name] != returned[name]]
    if returned["client"] == "paper":
        problems += on_paper_otherwise(returned, document)
    elif returned["recipient"]:
        problems += [judged.problem for judged in judge(returned["answers"], document, None) if judged.problem]
    codes = [found["code"] for found in document["findings"]]
    if "redrawn" in codes:
        problems.append("its pages are not drawn as they are now: run tests/clients/make-inbox")
    problems += [f"finding {code} is missing among {codes}" for code in returned.get("findings", []) if code not in codes]
    return "; ".join(problems)
