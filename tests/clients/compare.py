"""What was read, compared with what was filled in, field by field.

Takes the answers, what `avsikt inspect --json` said and, for a flattened return, what the page shows (drawn.py). Gives a
`Judged` for each field:

    exact   the value that was filled in; of a flattened text, its words: a program may have wrapped the lines
    review  no value, and the document was handed to a person: no harm done, though not what is wanted
    cut     flattened only: the program cut the answer at the box's edge, and what was read is its beginning, or that of
            each of its lines
    drawn   flattened only: the program garbled the answer or left it out, and what was read is what the page shows
    WRONG   anything else: another value than was filled in and than the page shows, none where there is ink, or a choice
            where the page shows two marks. Never allowed.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

from drawn import Drawn

GROUPS = {
    "choice": ["avsikt"],
    "comments": ["kommentar_ja", "kommentar_nej"],
    "name, title": ["namnfortydligande", "titel"],
    "contact": ["telefon", "epost"],
    "date": ["datum"],
}
FIELDS = [name for names in GROUPS.values() for name in names]
CHOICE = "avsikt"
TEXTS = [name for name in FIELDS if name != CHOICE]

MARKS = {"both": {"ja", "nej"}, None: set()}
"""The boxes that are marked where not just one is."""

GOALS = {"form": 0.98, "flattened": 0.95}
"""The share of fields that must be exact. Of flattened returns only fields whose answer reached the page count."""


DRAWS_NOTHING = {"pikepdf"}
"""Scripts that leave the drawing to whoever shows the form."""

WINANSI_ONLY = {"pdf-lib", "qpdf"}
"""Programs that draw WinAnsi's letters alone: pdf-lib has its own Helvetica, qpdf knows the three encodings with a name."""


SHORTEST_CUT = 20
"""Letters that a cut answer must still have. The narrowest text field shows about 35."""


@dataclass(frozen=True)
class Judged:
    field: str
    verdict: str  # exact, review, drawn, cut, WRONG
    reached: bool  # whether the page still says what was filled in; of a form-filled return always
    answered: bool  # whether anything was filled in; a choice always counts
    lines: bool | None  # of an answer in several lines that was read: whether its lines were kept
    problem: str = ""  # in words, when the verdict is not `exact`


def plain(text: str | None) -> str:
    """The text without what no person sees: the kind of line break, composed or decomposed letters."""
    return unicodedata.normalize("NFC", re.sub(r"\r\n?", "\n", text or ""))


def words(text: str | None) -> str:
    return " ".join(plain(text).split())


def wrapped(read: str | None, wanted: str | None) -> bool:
    """Whether `read` is `wanted` with other line breaks; a program that lacks room breaks inside a word too."""
    lines = [re.escape(words(line)) for line in plain(read).split("\n") if line.strip()]
    return re.fullmatch(" ?".join(lines), words(wanted)) is not None


def squeezed(text: str | None) -> str:
    """Letters only, for comparing with what PDFium extracts: it guesses spaces, and marks a hyphen at a line's end."""
    return re.sub(r"[\s\ufffe\x00-\x1f\xad-]+", "", plain(text))


def judge(answers: dict, document: dict, shown: Drawn | None, choice: str = CHOICE, texts: list[str] = TEXTS) -> list[Judged]:
    """Every field of one return. `shown` is given for flattened returns only, other names for another campaign."""
    return [judge_choice(choice, answers, document, shown), *(judge_text(name, answers, document, shown) for name in texts)]


def judge_choice(name: str, answers: dict, document: dict, shown: Drawn | None) -> Judged:
    read, filled = document["choice"], answers.get(name)
    wanted = None if filled == "both" else filled
    marks = MARKS.get(filled, {filled})
    # An empty choice claims that nothing is marked; every other status leaves it to a person.
    claims_empty = read["status"] == "empty" and bool(marks if shown is None else shown.marks)
    left_open = read["value"] is None and document["outcome"] == "review" and not claims_empty
    misleading = shown and shown.marks - marks  # a box is marked that nobody marked
    if not misleading and read["value"] == wanted and (wanted or left_open):
        verdict = "exact"
    elif shown and not misleading and shown.marks == {read["value"]}:
        verdict = "drawn"  # of two marks the program left one
    else:
        verdict = "review" if left_open else "WRONG"
    reached = shown is None or shown.marks == marks
    return Judged(name, verdict, reached, True, None, told(name, verdict, read, filled, shown and sorted(shown.marks)))


def judge_text(name: str, answers: dict, document: dict, shown: Drawn | None) -> Judged:
    read, wanted = document["fields"][name], answers.get(name)
    value = read["value"]
    on_page = shown.texts.get(name, []) if shown else [wanted]
    reached = squeezed(wanted) in map(squeezed, on_page)
    same = wrapped(value, wanted) if shown else plain(value) == plain(wanted)
    settled = read["status"] not in ("review", "unread")
    if settled and same:
        verdict = "exact"
    elif not settled and document["outcome"] == "review" and (value is None or same):
        verdict = "review"
    elif settled and shown and not reached and beginning(value, wanted):
        verdict = "cut"
    elif settled and shown and not reached and as_drawn(name, value, shown):
        verdict = "drawn"
    else:
        verdict = "WRONG"
    lines = plain(value).strip() == plain(wanted).strip() if verdict == "exact" and "\n" in (wanted or "") else None
    return Judged(name, verdict, reached, bool(wanted), lines, told(name, verdict, read, wanted, shown and on_page))


def showing(name: str, answers: dict, shown: Drawn) -> str:
    """Whether a renderer shows a form's answer: "shown"; "cut", its beginning, since the box is too small; or "not"."""
    wanted = answers.get(name)
    if name == CHOICE:
        return "shown" if shown.marks == MARKS.get(wanted, {wanted}) else "not"
    on_page = shown.texts.get(name, [])
    if not wanted:
        return "not" if name in shown.inked else "shown"
    if squeezed(wanted) in map(squeezed, on_page):
        return "shown"
    return "cut" if any(beginning(text, wanted) for text in on_page) else "not"


def not_shown(judged: list[Judged], showings: dict[str, dict[str, str]]) -> list[Judged]:
    """A form's fields, where those that a person must look at and that not every renderer shows have not reached the page."""
    return [replace(field, reached=False) if field.verdict == "review" and "not" in showings[field.field].values() else field
            for field in judged]


def beginning(value: str | None, wanted: str | None) -> bool:
    """Whether the value is what was filled in, cut at the end, or at the end of each line that does not fit the box."""
    if len(squeezed(value)) < SHORTEST_CUT:
        return False
    read, filled = ([squeezed(line) for line in plain(text).split("\n") if line.strip()] for text in (value, wanted))
    return squeezed(wanted).startswith(squeezed(value)) or len(read) == len(filled) and all(
        whole == part or len(part) >= SHORTEST_CUT and whole.startswith(part) for part, whole in zip(read, filled))


def as_drawn(name: str, value: str | None, shown: Drawn) -> bool:
    """Whether the value is what the page shows: its text, or nothing where nothing is to be seen."""
    return squeezed(value) in map(squeezed, shown.texts[name]) if value else name not in shown.inked


def told(name: str, verdict: str, read: dict, wanted: str | None, on_page: list | None) -> str:
    if verdict == "exact":
        return ""
    shows = "" if on_page is None else f"; the page shows {' or '.join(sorted({short(text) for text in on_page})) or 'nothing'}"
    return f"{verdict}: {name} is {short(read['value'])} ({read['status']}), filled in was {short(wanted)}{shows}"


def short(text: str | None) -> str:
    """For messages: the first letters of a long text."""
    return repr(text if text is None or len(text) <= 70 else text[:67] + "...")


def excused(client: str, answer: str | None) -> bool:
    """Whether a program need not show this answer: it draws nothing, or never the letters that the answer has."""
    return client in DRAWS_NOTHING or bool(answer) and client in WINANSI_ONLY and any(not letter.isspace() and not in_winansi(letter) for letter in answer)


def in_winansi(letter: str) -> bool:
    try:
        return bool(letter.encode("cp1252"))
    except UnicodeEncodeError:
        return False


def expected(client: str, case: str, answers: dict) -> tuple[str, str | None]:
    """The outcome that a form sent back as it is should have, and a finding that must be among its findings."""
    if case == "tomt":
        return "review", "choice-none"
    if case == "både":
        return "review", "choice-both"
    if (client, case) == ("pdf-lib", "nej"):
        return "review", "value-and-pixels-differ"  # "Łukasz" is its value, and nothing is drawn
    if client == "qpdf" and "\n" in answers.get("kommentar_ja", ""):
        return "review", "value-and-pixels-differ"  # it draws the lines as one, over the box's edge
    return "answer", None
