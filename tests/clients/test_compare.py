"""The judging itself: does compare.py call wrong what is wrong? Run by run.py before anything else.

Takes nothing; `problems()` gives a sentence for each case that is judged otherwise than it should be.
"""

from compare import FIELDS, judge
from drawn import Drawn

LONG = "Regionen ställer sig bakom förslaget, med ett tillägg om avstämningar"


def document(outcome: str, choice: str | None = None, choice_status: str = "agreed", **fields) -> dict:
    """What inspect would say; a field is its value, or (value, status)."""
    return {"outcome": outcome, "choice": {"value": choice, "status": choice_status},
            "fields": {name: dict(zip(("value", "status"), given if isinstance(given, tuple) else (given, "agreed")))
                       for name, given in ((name, fields.get(name)) for name in FIELDS if name != "avsikt")}}


def page(marks: str = "", **texts: str) -> Drawn:
    return Drawn({name: [texts.get(name, "")] for name in FIELDS}, frozenset(texts), frozenset(marks.split()))


CASES = [
    # what, field, answers, document, page (None: form-filled), verdict
    ("the same choice", "avsikt", {"avsikt": "ja"}, document("answer", "ja"), None, "exact"),
    ("the other choice", "avsikt", {"avsikt": "ja"}, document("answer", "nej"), None, "WRONG"),
    ("the other choice, in review", "avsikt", {"avsikt": "ja"}, document("review", "nej"), None, "WRONG"),
    ("no choice, in review", "avsikt", {"avsikt": "ja"}, document("review"), None, "review"),
    ("no choice, as an answer", "avsikt", {"avsikt": "ja"}, document("answer"), None, "WRONG"),
    ("both filled in, one read", "avsikt", {"avsikt": "both"}, document("answer", "ja"), None, "WRONG"),
    ("both filled in, left open", "avsikt", {"avsikt": "both"}, document("review"), None, "exact"),
    ("a second box drawn, yes read", "avsikt", {"avsikt": "ja"}, document("answer", "ja"), page("ja nej"), "WRONG"),
    ("a second box drawn, left open", "avsikt", {"avsikt": "ja"}, document("review"), page("ja nej"), "review"),
    ("one of two drawn and read", "avsikt", {"avsikt": "both"}, document("answer", "nej"), page("nej"), "drawn"),
    ("one of two drawn, the other read", "avsikt", {"avsikt": "both"}, document("answer", "ja"), page("nej"), "WRONG"),
    ("the same text", "titel", {"titel": "å – ä"}, document("answer", titel="å – ä"), None, "exact"),
    ("another text", "titel", {"titel": "chef"}, document("answer", titel="chief"), None, "WRONG"),
    ("another text, in review", "titel", {"titel": "chef"}, document("review", titel=("chief", "review")), None, "WRONG"),
    ("text lost", "titel", {"titel": "chef"}, document("review"), None, "WRONG"),
    ("text nobody wrote", "titel", {}, document("answer", titel="chef"), None, "WRONG"),
    ("lines joined in a form", "titel", {"titel": "a\nb"}, document("answer", titel="a b"), None, "WRONG"),
    ("lines wrapped", "titel", {"titel": "a b\nc d"}, document("answer", titel="a\nb c\nd"), page(titel="a b c d"), "exact"),
    ("a word broken", "titel", {"titel": "abcd"}, document("answer", titel="ab\ncd"), page(titel="ab\ncd"), "exact"),
    ("a letter lost", "titel", {"titel": "abcd"}, document("answer", titel="abd"), page(titel="abcd"), "WRONG"),
    ("garbled as drawn", "titel", {"titel": "a – b"}, document("answer", titel="a ¤C b"), page(titel="a ¤C b"), "drawn"),
    ("ink, said to be empty", "titel", {"titel": "chef"}, document("review"), page(titel="\u2612"), "WRONG"),
    ("nothing drawn, empty", "titel", {"titel": "chef"}, document("review"), page(), "drawn"),
    ("cut", "titel", {"titel": LONG}, document("answer", titel=LONG[:40]), page(titel=LONG[:50]), "cut"),
    ("a line cut", "titel", {"titel": f"{LONG}\nHej"}, document("answer", titel=f"{LONG[:40]}\nHej"),
     page(titel=f"{LONG[:45]}\nHej"), "cut"),
    ("a line left out", "titel", {"titel": f"{LONG}\nHej\nNej"}, document("answer", titel=f"{LONG[:40]}\nNej"),
     page(titel=f"{LONG[:45]}\nHej\nNej"), "WRONG"),
    ("cut by the reader", "titel", {"titel": LONG}, document("answer", titel=LONG[:40]), page(titel=LONG), "WRONG"),
    ("unread", "titel", {"titel": "chef"}, document("review", titel=(None, "unread")), page(titel="chef"), "review"),
    ("marked, said to be empty", "avsikt", {"avsikt": "ja"}, document("review", choice_status="empty"), page("ja"), "WRONG"),
    ("not marked, said to be empty", "avsikt", {}, document("review", choice_status="empty"), None, "exact"),
]


def problems() -> list[str]:
    judged = [(what, wanted, next(one.verdict for one in judge(answers, said, shown) if one.field == field))
              for what, field, answers, said, shown, wanted in CASES]
    return [f"{what}: judged {found}, should be {wanted}" for what, wanted, found in judged if found != wanted]
