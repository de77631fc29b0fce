#!/usr/bin/env python3
"""The round trip with outside programs: fill, flatten, read, compare; then outside judges over the forms and the JSON.

    run.py BINARY WORKSPACE                             everything, as tests/run calls it
    run.py BINARY WORKSPACE --only flattened --keep DIR a quick loop: only these ways, their files kept and used again

Takes the avsikt binary and a workspace where `avsikt render` has been run. Goes every way of ways.py with every case of
answers.json, reads the files with `avsikt inspect --json`, and compares field by field (compare.py). Prints tables and
the number of passed, failed and skipped checks (also to --counts FILE for tests/run).
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from another import another_campaign
from console import Tally
from judges import judges, schemas, shipped_returns
from make import PROVENANCE
from test_compare import problems
from trip import round_trip
from ways import GROUPS, UNAVAILABLE, WAYS, versions


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=Path)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--counts", type=Path, help="write `passed failed skipped` here")
    parser.add_argument("--only", action="append", metavar="WORD",
                        help=f"only ways of this group ({', '.join(GROUPS)}) or with this in their name; no judges")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave the files and provenance.json here, and use those there")
    parser.add_argument("--details", action="store_true", help="tell of every field that is not exact")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the tables here too, for docs/clients.md")
    options = parser.parse_args()
    binary, workspace = options.binary.resolve(), options.workspace.resolve()
    tally = Tally()
    tally.check(not problems(), f"the judging itself: {problems()}")
    chosen = [way for way in WAYS if not options.only or any(chooses(word, way) for word in options.only)]
    if not chosen:
        parser.error(f"no way is called so; the groups are {', '.join(GROUPS)}")
    if not options.only:
        print("== The returns shipped in inbox/ ==")
        shipped_returns(binary, workspace, tally)
    print("== Outside programs fill the form and handle it, avsikt reads it ==")
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        said, tables = round_trip(binary, workspace, folder.resolve(), chosen, tally, options.details)
        if not options.only:
            for name, reason in UNAVAILABLE.items():
                tally.skips(f"{name}: {reason}")
            inbox = workspace / "inbox" / "2026-02-26"
            shutil.copytree(folder, inbox, ignore=shutil.ignore_patterns(PROVENANCE), dirs_exist_ok=True)
    if options.markdown:
        options.markdown.write_text(f"{tables}\n{versions(chosen)}", "utf-8")
    if not options.only:
        print("== The same with another campaign: English, three choices, a form of two pages ==")
        others = another_campaign(binary, workspace.parent / "another", tally)
        print("== Outside judges of the forms ==")
        judges(workspace, tally, others, workspace / "inbox" / "2026-02-26")
        print("== JSON against the schemas ==")
        schemas(binary, workspace, said, tally)
    if options.counts:
        options.counts.write_text(f"{tally.passed} {tally.failed} {tally.skipped}\n")
    print(f"{tally.passed} passed, {tally.failed} failed, {tally.skipped} skipped")
    return 1 if tally.failed else 0


def chooses(word: str, way) -> bool:
    return way.group == word if word in GROUPS else word.casefold() in way.name.casefold()


if __name__ == "__main__":
    sys.exit(main())
