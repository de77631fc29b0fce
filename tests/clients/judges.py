"""Judges that nobody here wrote, over the declarations and the JSON; and the shipped returns against returns.json.

Takes a rendered workspace and the binary; gives tables, and checks in the tally.
"""

import json
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
        problems += [judged.problem for judged in judge(returned["answers"], document, None) if judged.problem]
    codes = [found["code"] for found in document["findings"]]
    problems += [f"finding {code} is missing among {codes}" for code in returned.get("findings", []) if code not in codes]
    return "; ".join(problems)
