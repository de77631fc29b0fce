"""Makes forms that were marked by hand and brought back on paper, has avsikt read them, and counts.

    python3 tests/paper/confusion.py AVSIKT WORKSPACE [--cases N] [--from N] [--keep DIR]

WORKSPACE is a rendered campaign. Prints a table of what was marked and what was read, by mark and by effect, and ends with
status 1 if a single choice was read that was not meant, or more was left to people than the goals allow. Every case is made
from its number, so `--from 1234 --cases 1 --keep DIR` shows one again.
"""

import argparse
import collections
import json
import multiprocessing
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import pypdfium2

from cases import CAMERA, CLEAR, OFFICE, Maker

RECIPIENTS = 6
BATCH = 25
# The part of ordinary marks that may be left to a person.
GOALS = {OFFICE: 0.02, CAMERA: 0.15}
# More cases than this are needed before a share says anything.
ENOUGH = 30


def sheets(workspace, documents):
    """The form page of some recipients by both renderers, 300 dots to the inch."""
    drawn = {"poppler": {}, "PDFium": {}}
    for sent in documents:
        pdf = workspace / sent["file"]
        page = form_page(sent)
        said = subprocess.run(["pdftoppm", "-r", "300", "-gray", "-f", str(page), "-l", str(page), pdf], check=True, capture_output=True)
        header, size, _, pixels = said.stdout.split(b"\n", 3)
        assert header == b"P5"
        width, height = map(int, size.split())
        drawn["poppler"][sent["recipient"]] = np.frombuffer(pixels, np.uint8).reshape(height, width)
        document = pypdfium2.PdfDocument(pdf)
        picture = document[page - 1].render(scale=300 / 72, grayscale=True, may_draw_forms=True).to_numpy()
        drawn["PDFium"][sent["recipient"]] = np.ascontiguousarray(picture.reshape(picture.shape[:2]))
    return drawn


def form_page(sent):
    return max(place["page"] for field in sent["fields"] for place in field["places"])


def places(sent, choice):
    """Where boxes and fields are, in millimetres from the upper left corner."""
    page = form_page(sent)
    height = sent["pages"][page - 1]["crop"][3]
    mm = 25.4 / 72
    boxes, fields = {}, {}
    for field in sent["fields"]:
        for place in field["places"]:
            x0, y0, x1, y1 = place["rect"]
            if field["name"] == choice:
                boxes[place["state"]] = (x0 * mm, (height - y1) * mm, (x1 - x0) * mm)
            elif not field.get("read_only"):
                fields[field["name"]] = (x0 * mm, (height - y1) * mm, x1 * mm, (height - y0) * mm)
    of_kind = lambda kind: [field["name"] for field in sent["fields"] if field["kind"] == kind]
    # One comment an option, in the options' order.
    return {"boxes": boxes, "fields": fields, "comments": dict(zip(boxes, of_kind("multiline"))), "signature": of_kind("signature")[0]}


def batch(numbers):
    """Makes some cases and has them read: case and what avsikt says of it."""
    maker, binary, workspace, keep = SETUP
    with tempfile.TemporaryDirectory() as folder:
        folder = keep or folder
        cases, files = [], []
        started = time.process_time()
        for number in numbers:
            case, name, data = maker.make(number)
            path = os.path.join(folder, name)
            with open(path, "wb") as file:
                file.write(data)
            cases.append(case)
            files.append(path)
        made = time.process_time() - started
        started = time.monotonic()
        said = subprocess.run([binary, "inspect", "--json", "--workspace", workspace, *files], capture_output=True, text=True)
        took = time.monotonic() - started
        lines = said.stdout.splitlines()
        assert len(lines) == len(files), said.stderr
        return [(case, json.loads(line)) for case, line in zip(cases, lines)], made, took


def start(*setup):
    global SETUP
    SETUP = setup


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("avsikt")
    parser.add_argument("workspace", type=pathlib.Path)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--keep", type=pathlib.Path)
    parser.add_argument("--table", type=pathlib.Path, help="write one line a case here")
    asked = parser.parse_args()
    manifest = json.loads((asked.workspace / "outbox/manifest.json").read_text())
    if asked.keep:
        asked.keep.mkdir(parents=True, exist_ok=True)
    maker = Maker(sheets(asked.workspace, manifest["documents"][:RECIPIENTS]), places(manifest["documents"][0], manifest["choice"]))
    numbers = range(asked.first, asked.first + asked.cases)
    batches = [numbers[at:at + BATCH] for at in range(0, len(numbers), BATCH)]
    setup = (maker, os.path.abspath(asked.avsikt), str(asked.workspace), asked.keep)
    results, made, took = [], 0.0, 0.0
    with multiprocessing.Pool(os.cpu_count(), start, setup) as pool:
        for read, making, reading in pool.imap(batch, batches):
            results += read
            made, took = made + making, took + reading
    if asked.table:
        asked.table.write_text("".join(line(case, document) for case, document in results))
    sys.exit(tell(results, made, took))


def line(case, document):
    raw = next((seen.get("raw") or "" for seen in document["evidence"] if seen["field"] == "avsikt" and seen["layer"] == "paper"), "")
    codes = ",".join(finding["code"] for finding in document["findings"])
    ink = document["signature"]["ink"]
    return "\t".join([str(case.number), case.mark, case.effect, case.truth, reading(document), raw, ink, codes]) + "\n"


def reading(document):
    return {"ja": "yes", "nej": "no", None: "review"}[document["choice"]["value"]]


def tell(results, made, took):
    table = collections.defaultdict(collections.Counter)
    marks = collections.defaultdict(collections.Counter)
    ordinary = collections.defaultdict(collections.Counter)
    signatures, notes = collections.Counter(), collections.Counter()
    wrong, strangers, answers = [], [], 0
    for case, document in results:
        read, value = reading(document), document["choice"]["value"]
        table[case.effect, case.truth][read] += 1
        marks[case.mark][read if read == "review" else "right" if value in case.may else "WRONG"] += 1
        beside = any(finding["code"] == "written-beside" for finding in document["findings"])
        if case.mark in CLEAR and not case.contradicted and not case.noted:
            ordinary[case.effect][read == "review" or beside] += 1
        if case.mark in CLEAR and document["recipient"] is not None:
            notes[case.noted, beside] += 1
        if case.noted and document["outcome"] == "answer":
            wrong.append((case, "an answer, with a note beside the fields that was not seen"))
        if value is not None and value not in case.may:
            wrong.append((case, read))
        answers += document["outcome"] == "answer"
        ink = document["signature"]["ink"]
        if document["recipient"] is not None:
            signatures[case.signed, ink] += 1
            # One that is not seen goes to a person; one that is not there must not be seen.
            if ink == "present" and not case.signed:
                wrong.append((case, "signed"))
        if document["recipient"] not in (None, case.recipient):
            strangers.append(case)
    print(f"{'effect':14} {'marked':6} {'read yes':>9} {'read no':>8} {'review':>7}")
    for (effect, truth), read in sorted(table.items()):
        print(f"{effect:14} {truth:6} {read['yes']:9} {read['no']:8} {read['review']:7}")
    print(f"\n{'mark':20} {'right':>6} {'WRONG':>6} {'review':>7}")
    for mark, read in sorted(marks.items()):
        print(f"{mark:20} {read['right']:6} {read['WRONG']:6} {read['review']:7}")
    print("\nof ordinary marks (ticks, crosses, filled boxes) left to a person:")
    failed = bool(wrong or strangers)
    for effect, counts in sorted(ordinary.items()):
        part = counts[True] / counts.total()
        goal = GOALS.get(effect)
        missed = goal is not None and counts.total() >= ENOUGH and part > goal
        failed |= missed
        print(f"  {effect:14} {part:6.1%} of {counts.total()}" + (f", goal at most {goal:.0%}{': MISSED' if missed else ''}" if goal else ""))
    print("\nsignatures:")
    for (signed, ink), count in sorted(signatures.items()):
        print(f"  {'signed' if signed else 'not signed':10} {ink:9} {count:6}")
    print("\nwords outside the fields, of forms with ordinary marks:")
    for (noted, beside), count in sorted(notes.items()):
        print(f"  {'there' if noted else 'none':10} {'seen' if beside else 'not seen':9} {count:6}")
    for case, read in wrong:
        print(f"WRONG: case {case.number}, {case.mark}, {case.effect}: {case.truth} read as {read}")
    for case in strangers:
        print(f"WRONG: case {case.number} was taken for another recipient's")
    print(f"\n{len(results)} cases, {answers} of them answers as they are, {len(wrong)} read wrongly; {made / len(results):.3f} s a case to make, {took / len(results):.3f} to read")
    return failed


if __name__ == "__main__":
    main()
