"""The round trip: programs fill, flatten, print and handle pages (make.py), avsikt reads, compare.py judges.

Takes the binary, a rendered workspace, a folder for the files and the ways to go; gives the tables and what inspect
said, and checks in the tally: no WRONG anywhere, a form sent back as it is read as it should be, and the goals.
"""

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import ways as all_ways
from compare import FIELDS, GOALS, GROUPS, Judged, excused, expected, judge, not_shown, showing
from console import Tally, inspect, markdown, table
from drawn import RENDERERS, drawn, shown_by
from make import Return, make, returns
from ways import Way

VERDICTS = ["exact", "review", "drawn", "cut", "WRONG"]
HEAD = ["way", *GROUPS, "outcome", "lines kept", "not on the page"]
SHOWN = "shown by other renderers"


@dataclass(frozen=True)
class Read:
    returned: Return
    document: dict
    fields: list[Judged]
    problems: list[str]  # each of them fails the return
    showings: dict[str, dict[str, str]]  # of a form: for each field, what each other program's renderer shows of it


def round_trip(binary: Path, workspace: Path, folder: Path, ways: list[Way], tally: Tally,
               details: bool = False) -> tuple[list[dict], str]:
    """Gives all that inspect said, and the tables in Markdown."""
    forms = sorted((workspace / "outbox" / "declarations").glob("*.pdf"))
    manifest = json.loads((workspace / "outbox" / "manifest.json").read_text("utf-8"))
    fields = {document["recipient"]: document["fields"] for document in manifest["documents"]}
    possible = [way for way in ways if not tell_missing(way, tally)]
    made = make(returns(possible, forms), folder)
    read: dict[Way, list[Read]] = {way: [] for way in possible}
    for returned, said in made.items():
        if said not in (None, "cannot"):
            tally.fails(f"{returned.way.name}, case {returned.case}: {said}")
    for way in possible:
        items = [returned for returned, said in made.items() if returned.way is way and said is None]
        try:
            documents = inspect(binary, workspace, [item.file(folder) for item in items]) if items else []
            read[way] = [compared(item, document, folder, fields[item.recipient])
                         for item, document in zip(items, documents, strict=True)]
        except Exception as problem:
            tally.fails(f"{way.name}: {problem}")
    pages = [report(group, [way for way in possible if way.group == group], read, tally, details)
             for group in all_ways.GROUPS if any(way.group == group for way in possible)]
    pages.append(goals([item for items in read.values() for item in items], tally))
    return [item.document for items in read.values() for item in items], "\n".join(pages)


def tell_missing(way: Way, tally: Tally) -> str | None:
    if reason := way.missing():
        tally.skips(f"{way.name}: {reason}")
    return reason


def compared(item: Return, document: dict, folder: Path, fields: list[dict]) -> Read:
    before = item.before_pages().file(folder)
    shown = drawn(before, fields) if item.way.flattened else None
    judged, showings = judge(item.answers, document, shown), {}
    if shown is None:
        filler = item.way.filler.name.split(",")[0]
        pages = {name: shown_by(name, before, fields) for name in RENDERERS if name != filler}
        showings = {name: {renderer: showing(name, item.answers, page) for renderer, page in pages.items()} for name in FIELDS}
        # What a program drew as boxes or not at all is nothing that a reader could confirm.
        judged = not_shown(judged, showings)
    problems = [field.problem for field in judged if field.verdict == "WRONG"]
    recipient, identity = document["recipient"], document["identity"]["status"]
    codes = [found["code"] for found in document["findings"]]
    if item.way.group in ("form", "form changed"):
        outcome, finding = expected(filler, item.case, item.answers)
        if document["outcome"] != outcome or finding and finding not in codes:
            problems.append(f"outcome {document['outcome']} with {codes}, expected {outcome} {finding or ''}")
        if recipient != item.recipient or identity != "authentic":
            problems.append(f"recipient {recipient}, {identity}")
        if outcome == "answer":
            problems += [field.problem for field in judged if field.verdict == "review"]
    elif recipient not in (item.recipient, None) or document["outcome"] == "answer" and identity != "authentic":
        problems.append(f"recipient {recipient}, {identity}, of {item.recipient}'s form")
    elif document["outcome"] == "answer" and item.case in ("tomt", "både") and judged[0].verdict != "drawn":
        problems.append(f"outcome answer in case {item.case}")
    if shown is None:
        problems += [f"{renderer} does not show {name}" for name, by in showings.items() for renderer, said in by.items()
                     if said == "not" and not excused(filler, item.answers.get(name))]
    return Read(item, document, judged, problems, showings)


def report(group: str, ways: list[Way], read: dict[Way, list[Read]], tally: Tally, details: bool) -> str:
    """Prints a group's table and tells what failed; gives the table in Markdown."""
    rows = []
    for way in ways:
        for item in read[way]:
            label = f"{way.name}, case {item.returned.case}"
            tally.check(not item.problems, f"{label}: " + "; ".join(item.problems))
            if details:
                for name, by in item.showings.items():
                    if "not" in by.values():
                        print(f"  {label}: {name} is shown so: {by}")
                for field in item.fields:
                    if field.problem and field.problem not in item.problems:
                        print(f"  {label}: {field.problem}")
        rows.append(row(way.name, read[way]))
        if not way.flattened:
            rows[-1].append(counted(worst(by) for item in read[way] for by in item.showings.values()))
    title = all_ways.GROUPS[group]
    print(f"-- {title} --")
    head = HEAD if group.startswith("flattened") else [*HEAD, SHOWN]
    table(head, rows)
    return f"### {title}\n\n{markdown(head, rows)}"


def row(name: str, items: list[Read]) -> list[str]:
    fields = [field for item in items for field in item.fields]
    if not items:
        return [name, *("-" for _ in HEAD[1:])]
    lines = [field.lines for field in fields if field.lines is not None]
    lost = Counter("choice" if field.field == "avsikt" else "text" for field in fields if not field.reached)
    return [name, *(counted(field.verdict for field in fields if field.field in names) for names in GROUPS.values()),
            counted(item.document["outcome"] for item in items),
            f"{sum(lines)} of {len(lines)}" if lines else "-",
            ", ".join(f"{count} {kind}" for kind, count in sorted(lost.items())) or "-"]


def worst(by: dict[str, str]) -> str:
    """What the least of the renderers shows of a field."""
    return max(by.values(), key=["shown", "cut", "not"].index)


def counted(words) -> str:
    order = ["exact", "shown", "answer", "review", "drawn", "cut", "not", "WRONG", "rejected"]
    counts = Counter(words)
    return ", ".join(f"{counts[word]} {word}" for word in sorted(counts, key=order.index))


def goals(items: list[Read], tally: Tally) -> str:
    """The share of exact fields against GOALS, printed and checked; gives them in Markdown."""
    rows = []
    for kind, goal in GOALS.items():
        of_kind = [item for item in items if item.returned.way.flattened == (kind == "flattened")]
        fields = [field for item in of_kind for field in item.fields]
        if not fields:
            continue
        reached = [field for field in fields if field.reached]
        answered = [field for field in reached if field.answered]
        counts = Counter(field.verdict for field in fields)
        for what, some in (("", reached), (" that hold an answer", answered)):
            share = exactly(some)
            tally.check(share >= goal, f"{share:.1%} of the {kind} fields{what} are exact, the goal is {goal:.0%}")
        rows.append([kind, str(len(of_kind)), str(len(fields)), *(str(counts[verdict]) for verdict in VERDICTS),
                     str(len(fields) - len(reached)), f"{exactly(reached):.1%} of {len(reached)}",
                     f"{exactly(answered):.1%} of {len(answered)}", f"{goal:.0%}"])
    head = ["fields", "returns", "in all", *VERDICTS, "not on the page", "exact of those on it", "and not empty", "goal"]
    table(head, rows)
    return f"### Goals\n\n{markdown(head, rows)}"


def exactly(fields: list[Judged]) -> float:
    """The share of fields that are exact; of no fields, all."""
    return sum(field.verdict == "exact" for field in fields) / len(fields) if fields else 1.0
