"""Make the returns: every way of ways.py for every case of answers.json.

Takes the forms and a folder; gives one `Return` for each file, and writes provenance.json beside the files: which
program, which version, which steps made each. A file that is there already and was made in the same way from the same
form is not made again, so that a kept folder makes the next run quick.
"""

import hashlib
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from clients import CLIENTS, HERE, Program, fill
from ways import Step, Way, version

CASES = json.loads((HERE / "answers.json").read_text("utf-8"))
PROVENANCE = "provenance.json"


@dataclass(frozen=True)
class Return:
    way: Way
    case: str
    form: Path

    @property
    def answers(self) -> dict:
        return CASES[self.case]

    @property
    def recipient(self) -> str:
        return self.form.name.split("-")[0]

    def file(self, folder: Path) -> Path:
        return folder / f"{slug(self.way.name)}-{self.case}.pdf"

    def before_pages(self) -> "Return":
        """The same return before its pages were handled: there the manifest's places hold."""
        steps = self.way.then
        first = next((at for at, step in enumerate(steps) if step.moves), len(steps))
        return self.cut(first)

    def cut(self, steps: int) -> "Return":
        return Return(Way(self.way.group, self.way.filler, self.way.then[:steps]), self.case, self.form)

    def provenance(self) -> dict:
        """How the file is made, in full: a change in any of this makes it anew."""
        filler = self.way.filler
        return {
            "form": self.form.name,
            "form_sha256": sha256(self.form),
            "case": self.case,
            "answers": self.answers,
            "steps": [told("fill", filler.program, ("FORM", "ANSWERS", "OUT")),
                      *(told(step.does, step.program, step.arguments) for step in self.way.then)],
        }


def told(does: str, program: Program, arguments: tuple[str, ...]) -> dict:
    script = {} if program.kind == "command" else {"script_sha256": sha256(HERE / program.script)}
    return {"does": does, "program": program.package, "version": version(program),
            "command": " ".join([program.script, *program.first, *arguments]), **script}


@cache
def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def slug(name: str) -> str:
    return re.sub(r"[^\w.]+", "-", name.replace("%", "percent").replace("°", "")).strip("-").lower()


def returns(ways: list[Way], forms: list[Path]) -> list[Return]:
    """Each filler has a form of its own, so that one recipient's form is never read as another's by luck."""
    form_of = {client.name: forms[number * 2 % len(forms)] for number, client in enumerate(CLIENTS)}
    return [Return(way, case, form_of[way.filler.name.split(",")[0]]) for way in ways for case in CASES]


def make(wanted: list[Return], folder: Path) -> dict[Return, str | None]:
    """Gives for each return None when its file is there, "cannot" when a program cannot say it, or what went wrong."""
    known = folder / PROVENANCE
    before = {entry["file"]: entry for entry in json.loads(known.read_text("utf-8"))} if known.exists() else {}
    outcome: dict[tuple, str | None] = {}
    # What several ways begin with is made once: first all fillings, then all first steps, and so on.
    for depth in range(1 + max(len(item.way.then) for item in wanted)):
        stage = {stem.file(folder): stem for item in wanted if len(item.way.then) >= depth for stem in [item.cut(depth)]}
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for stem, said in zip(stage.values(), pool.map(lambda stem: one(stem, depth, folder, before, outcome),
                                                          list(stage.values()))):
                outcome[key(stem)] = said
    made = {stem.file(folder).name: stem for item in wanted for stem in map(item.cut, range(len(item.way.then) + 1))
            if outcome[key(stem)] is None}
    entries = before | {name: {"file": name, **stem.provenance()} for name, stem in made.items()}
    known.write_text(json.dumps([entries[name] for name in sorted(entries)], ensure_ascii=False, indent=1) + "\n", "utf-8")
    return {item: outcome[key(item)] for item in wanted}


def key(item: Return) -> tuple:
    """What makes a file: the group is only where it is told of."""
    return item.way.filler, item.way.then, item.case


def one(item: Return, depth: int, folder: Path, before: dict, outcome: dict) -> str | None:
    out = item.file(folder)
    if depth and (said := outcome[key(item.cut(depth - 1))]) is not None:
        return said
    if out.exists() and before.get(out.name) == {"file": out.name, **item.provenance()}:
        return None
    try:
        if depth == 0:
            return fill(item.way.filler, item.form, item.answers, out)
        step: Step = item.way.then[depth - 1]
        return step.call(item.cut(depth - 1).file(folder), out)
    except Exception as problem:  # whatever a program does, the others go on
        return str(problem)
