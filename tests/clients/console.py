"""Ground for run.py and what it calls: counting checks, printing tables, calling the binary."""

import json
import subprocess
from pathlib import Path


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


def table(head: list[str], rows: list[list[str]]) -> None:
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    print()
    for row in [head, ["-" * width for width in widths], *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    print()


def markdown(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows]) + "\n"
