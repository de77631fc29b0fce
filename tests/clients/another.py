"""The same with another campaign: English, three choices, a form of two pages.

Renders tests/campaigns/school-routes in a workspace of its own, has some programs fill both pages of its form with the
answers of answers-another.json, reads them and compares field by field. Prints a table, checks in the tally, and gives
two of the forms for the judges.
"""

import json
import shutil
from pathlib import Path

from clients import CLIENTS, HERE, Client, fill
from compare import Judged, judge
from console import Tally, inspect, run, table
from trip import counted

NAME = "school-routes"
CHOICE = "answer"
PRINTED = ("municipality",)
"""Fields that avsikt fills in before the form is sent."""

DECLARATIONS = 290
CASES = json.loads((HERE / "answers-another.json").read_text("utf-8"))
FILLERS = [client for client in CLIENTS if client.name in ("pypdf", "pikepdf", "pdf.js", "PDFBox")]


def another_campaign(binary: Path, workspace: Path, tally: Tally) -> list[Path]:
    forms = rendered(binary, workspace, tally)
    if not forms:
        return []
    rows = []
    for number, client in enumerate(FILLERS):
        if reason := client.missing():
            tally.skips(f"{client.name} with {NAME}: {reason}")
            continue
        # Forms far apart, so that one recipient's form is never read as another's by luck.
        form, judged = forms[number * 37], []
        for case in CASES:
            judged += one(binary, workspace, client, form, case, tally)
        rows.append([client.name, counted(field.verdict for field in judged)])
    table(["filled by", "fields on both pages"], rows)
    return [forms[0], forms[-1]]


def rendered(binary: Path, workspace: Path, tally: Tally) -> list[Path]:
    root = HERE.parent.parent
    shutil.copytree(root / "tests" / "campaigns" / NAME, workspace / "templates" / NAME)
    shutil.copytree(root / "templates" / "style" / "fonts", workspace / "templates" / "style" / "fonts")
    done = run(binary, "render", "--workspace", workspace)
    forms = sorted((workspace / "outbox" / "declarations").glob("*.pdf"))
    tally.check(done.returncode == 0 and len(forms) == DECLARATIONS,
                f"{NAME}: rendered {len(forms)} of {DECLARATIONS}: {done.stderr[-600:]}")
    return forms


def one(binary: Path, workspace: Path, client: Client, form: Path, case: str, tally: Tally) -> list[Judged]:
    """Fills, reads and compares one form; of a case that the program cannot say, nothing."""
    label, answers, out = f"{client.name}, {NAME}, case {case}", CASES[case], workspace / f"{client.name}-{case}.pdf"
    try:
        if fill(client, form, answers, out) == "cannot":
            return []
        (document,) = inspect(binary, workspace, [out])
    except Exception as problem:  # whatever a program does, the others go on
        tally.fails(f"{label}: {problem}")
        return []
    texts = [name for name in document["fields"] if name not in PRINTED]
    judged = judge(answers, document, None, CHOICE, texts)
    lacking = [field.problem for field in judged if field.verdict != "exact"]
    outcome = "answer" if answers.get(CHOICE) not in (None, "both") else "review"
    if (document["outcome"], document["recipient"]) != (outcome, form.name.split("-")[0]):
        codes = [found["code"] for found in document["findings"]]
        lacking.append(f"{document['outcome']} of {document['recipient']} with {codes}, expected {outcome} of {form.name}")
    tally.check(not lacking, f"{label}: {'; '.join(lacking)}")
    return judged
