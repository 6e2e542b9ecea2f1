"""A console full of texts that want to be something else than text, put there through the doors that people use."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from console.cli.sketch import rule, sketch
from scenario_engine.engine.tick import run_tick
from tests.e2e.people import ask, until
from tests.e2e.site import Site
from tests.registry.lending.offers import PAYDAY, some_terms

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

#: a morning, when anybody may be written to
NOW = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) - timedelta(days=1)
#: what the elements of hostile texts carry, should a page ever make elements of them
MARK = "data-hostile"
#: what a template language would make of the texts
RECKONED = str(7 * 1337)
SCRIPT = f"<script {MARK}>alert(1)</script>"
IMAGE = f'<img {MARK} src=x onerror="alert(1)">'
#: short enough for every field
SVG = f"\"'><svg {MARK} onload=alert(1)>"
TEMPLATE = "{{7*1337}} ${7*1337} {% raw %} <%= 7*1337 %>"
RIGHT_TO_LEFT = "\u202eгнищеипз\u202c и \u05e9\u05dc\u05d5\u05dd \u2067xyz"
LONG = "Ж" * 60
FORMULA = "=cmd|' /C calc'!A0"
EMOJI = "👩‍👩‍👧‍👦🏴‍☠️ Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢"
NOTHING = "null"
TEXTS = (SCRIPT, IMAGE, SVG, TEMPLATE, RIGHT_TO_LEFT, LONG, FORMULA, EMOJI, NOTHING, "undefined", "../../etc/passwd")
#: what a cell of a file may hold: a formula in a cell is refused
CELLS = tuple(text for text in TEXTS if text != FORMULA)
#: what a scenario may be called: signs that nobody sees are refused
NAMES = tuple(text for text in TEXTS if text.isprintable())


@dataclass(frozen=True)
class Filled:
    """Ids of what was made, one of each kind that has a page of its own."""

    loan: int
    product: int
    scenario: int
    version: int
    #: tried, and refused with problems of hostile cells
    refused_import: int
    task: int
    message: int


def loans_file() -> bytes:
    """A loan for each text, all of them overdue."""
    rows = [
        {
            "loan id": f"{number} {text}"[:64],
            "borrower id": f"{text} {number}"[:64],
            "full name": text,
            "amount lent": "10000",
            "balance": "9000",
            "overdue": "5000",
            "dpd": str(number + 3),
            "product": f"{text}"[:64],
            "product name": f"{text} {LONG}",
            "risk group": text[:10],
            "messenger": text[:64],
            "contact stop": text[:40] if text in (SVG, LONG) else "",
            "phone": f"+7900000{number:04d}",
        }
        for number, text in enumerate(CELLS)
    ]
    return _table(rows)


def wrong_file() -> bytes:
    """Every text as a number, a day, a region, an address: nothing of it can be brought in."""
    return _table(
        [
            {
                "loan id": f"W{number}",
                "borrower id": f"W{number}",
                "full name": text,
                "amount lent": text,
                "balance": text,
                "region": text,
                "birth date": text,
                "phone": text,
                "email": text,
                text: text,
            }
            for number, text in enumerate(TEXTS)
        ]
    )


def _table(rows: list[dict[str, str]]) -> bytes:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    out = io.StringIO()
    table = csv.DictWriter(out, fieldnames=columns, delimiter=";")
    table.writeheader()
    table.writerows(rows)
    return out.getvalue().encode()


def document(name: str) -> dict[str, Any]:
    """A scenario in which whatever a person can write is hostile, and every loan of the file goes through."""
    ends = {"dispositions": [{"key": "done", "title": IMAGE}, {"key": "later", "title": TEMPLATE}],
            "expires": {"days": 2}}  # fmt: skip
    drawn = sketch(
        name,
        {
            "entry": ("entry.segment", SCRIPT, {"rule": rule(("dpd", ">=", 1), ("risk_group", "!=", SVG[:10]))}),
            "tag": ("tag", IMAGE, {"tag": SVG}),
            "long": ("tag", LONG, {"tag": LONG}),
            "sms": (
                "sms",
                RIGHT_TO_LEFT,
                {"template": f"{SCRIPT}{SVG} {{{{ full_name }}}} {{{{ creditor_name }}}} {{{{ creditor_phone }}}}"},
            ),
            "call": (
                "task",
                SVG,
                {"title": IMAGE, "instruction": f"{SCRIPT}\n{TEMPLATE}\n{LONG * 3}", "queue": SVG, **ends},
            ),
            "goal": ("goal", TEMPLATE, {"name": IMAGE}),
            "exit": ("exit", EMOJI, {"reason": SCRIPT}),
        },
        [
            ("entry", "next", "tag"),
            ("tag", "next", "long"),
            ("long", "next", "sms"),
            ("sms", "sent", "call"),
            ("sms", "blocked", "call"),
            ("sms", "no_address", "call"),
            ("call", "done", "goal"),
            ("call", "later", "exit"),
            ("call", "expired", "exit"),
        ],
        goal={"kind": "none"},
    )
    drawn["notes"] = [
        {"id": f"note{number}", "text": text, "position": {"x": -400, "y": number * 120}}
        for number, text in enumerate(TEXTS)
    ]
    return drawn


def fill(site: Site, who: Callable[[str], BrowserContext], page: Page) -> Filled:
    """Put the texts everywhere; `who` gives the browser of a signed-in person, `page` only waits."""
    supervisor, manager, compliance = who("supervisor"), who("manager"), who("compliance")
    good = bring_in(supervisor, f"{SVG}{LONG}.csv", loans_file(), page)
    assert good["state"] == "done", good
    wrong = bring_in(supervisor, f"{IMAGE}.csv", wrong_file(), page)
    assert wrong["state"] == "refused", wrong
    loans = _done(ask(supervisor, "GET", "/loans?sort=dpd&size=50"))["items"]
    assert [loan["borrower"]["name"] for loan in loans] == list(CELLS)
    loan = loans[0]["id"]
    for text in TEXTS:
        _done(ask(supervisor, "POST", f"/loans/{loan}/signals", {"kind": "reply", "data": {"text": text, text: text}}))
    borrower = loans[1]["borrower"]["id"]
    _done(ask(supervisor, "POST", f"/borrowers/{borrower}/contact-stop", {"reason": SVG}))
    _done(ask(supervisor, "POST", f"/loans/{loan}/payments", {"amount": 100, "external_id": SVG}))

    terms = some_terms(**PAYDAY).as_document()
    for number, text in enumerate(TEXTS):
        made = ask(manager, "POST", "/products",
                   {"code": f"hostile-{number}", "name": text, "offered": True, "terms": terms})  # fmt: skip
        product = _done(made)["id"]
        named = ask(manager, "POST", "/scenarios", {"name": text})
        assert named.status == (201 if text in NAMES else 422), named.text()
    scenario = _done(ask(manager, "POST", "/scenarios/import", {"document": document(f"{SVG} {LONG}")}))
    at = f"/scenarios/{scenario['id']}"
    submitted = _done(ask(manager, "POST", f"{at}/submit", {"revision": scenario["revision"], "comment": IMAGE}))
    approval = {"content_hash": submitted["content_hash"], "comment": SCRIPT}
    _done(ask(compliance, "POST", f"/versions/{submitted['id']}/approve", approval))
    waiting = _done(ask(manager, "POST", "/scenarios/import", {"document": document(SCRIPT)}))
    again = {"revision": waiting["revision"], "comment": TEMPLATE}
    _done(ask(manager, "POST", f"/scenarios/{waiting['id']}/submit", again))

    for minute in range(3):
        run_tick(site.database, now=NOW + timedelta(minutes=minute), settings=site.settings, timer=lambda: 0.0)
    tasks = _done(ask(supervisor, "GET", "/tasks?size=50"))["items"]
    # all but the one whose risk group the rule leaves out
    assert len(tasks) == len(CELLS) - 1
    for number, (disposition, note) in enumerate((("done", SCRIPT), ("later", TEMPLATE), ("done", LONG * 3))):
        task = f"/tasks/{tasks[number]['id']}"
        _done(ask(supervisor, "POST", f"{task}/take"))
        _done(ask(supervisor, "POST", f"{task}/close", {"disposition": disposition, "note": note}))
    _done(ask(manager, "POST", f"{at}/pause", {"reason": f"{SVG} {LONG}"}))
    message = _done(ask(supervisor, "GET", "/outbox"))["items"][0]["id"]
    return Filled(
        loan=loan,
        product=product,
        scenario=scenario["id"],
        version=submitted["id"],
        refused_import=wrong["id"],
        task=tasks[0]["id"],
        message=message,
    )


def bring_in(person: BrowserContext, name: str, content: bytes, page: Page) -> dict[str, Any]:
    """The card of the import once it is over."""
    token = person.request.get("/api/v1/me").json()["csrf"]
    sent = person.request.post(
        "/api/v1/imports",
        headers={"X-CSRFToken": token},
        multipart={"kind": "loans", "file": {"name": name, "mimeType": "text/csv", "buffer": content}},
    )
    upload = _done(sent)
    started = _done(ask(person, "POST", f"/imports/{upload['upload_id']}/start", {"mapping": upload["mapping"]}))
    card: dict[str, Any] = {}

    def over() -> bool:
        card.update(_done(ask(person, "GET", f"/imports/{started['import_id']}")))
        return card["state"] not in ("waiting", "running")

    until(over, page, "the end of the import", 20_000)
    return card


def _done(answer: Any) -> Any:
    assert answer.ok, f"{answer.status} {answer.url}: {answer.text()}"
    return answer.json()
