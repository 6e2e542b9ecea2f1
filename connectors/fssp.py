"""The bailiffs' register (ФССП) by its old official contract, version 1.0.

The official service has been closed since 2022; providers and mirrors still speak so, and `connectors.fssp_simulator`
does for trying things out. Not settled by any source: whether 5 000 a day are requests or the questions in them (the
stricter is taken), and how long answers are kept on the other side.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from connectors.bodies import inside, kopecks, said
from connectors.exchange import answered
from connectors.fssp_regions import REGIONS
from connectors.http import Client, Nonsense, Reply
from connectors.registers import HttpInquirer, address, day_of, name_of, price
from scenario_engine.ports import Asked, Finding, Question, Quota, SettingField, Setup, Unreached
from scenario_engine.texts import Text

ROOT = "/api/v1.0"
#: kinds of questions in a group
PERSON, PROCEEDING = 1, 3
#: of a task: done, done in part, waits, done with errors
DONE, WITH_ERRORS = 0, 3
_TASK = re.compile(r"[0-9A-Za-z-]{8,64}")
_NUMBER = re.compile(r"^(\S.*?)(?:\s+от\s+(\d\d\.\d\d\.\d{4}).*)?$")
_SUM = re.compile(r"(\d[\d\s\u00a0]*(?:[.,]\d{1,2})?)\s*руб")
_LONGEST = 500


class Fssp(HttpInquirer):
    """One question by search/physical or search/ip, several by search/group; then status, then result."""

    key = "fssp"
    subject = "bailiff"
    title = Text("Bailiffs, the official contract", "ФССП, официальный протокол")
    help = Text(
        "For services that speak the official API 1.0 of the bailiffs: token, search, status, result. At most 50 people"
        " a request, 100 single requests an hour, 1,000 single and 5,000 in groups a day.",
        "Для сервисов, которые работают по официальному API ФССП 1.0: токен, поиск, статус, результат. Не больше 50 "
        "человек в запросе, 100 одиночных запросов в час, 1000 одиночных и 5000 групповых в сутки.",
    )
    fields: Sequence[SettingField] = (
        address(),
        SettingField(key="token", title=Text("Token", "Токен"), secret=True),
        price(),
    )
    quotas: Sequence[Quota] = (
        Quota(kind="single", most=100, seconds=3_600),
        Quota(kind="single", most=1_000, seconds=86_400),
        Quota(kind="group", most=5_000, seconds=86_400, by_question=True),
    )
    together = 50

    def lacks(self, question: Question) -> str | None:
        """A name and a region; a number of a proceeding says as much."""
        if question.proceeding:
            return None
        if name_of(question) is None:
            return "name"
        return None if question.region in REGIONS else "region"

    def test(self, setup: Setup) -> Text:
        """Ask for a task that is not there."""
        with self._client(setup) as client:
            reply = client.get(f"{ROOT}/status", _signed(setup, task="00000000-0000-0000-0000-000000000000"))
            if reply.status not in (400, 404):
                _response(reply)
        return Text("The service answers and takes the token.", "Сервис отвечает, токен подходит.")

    def ask(self, questions: Sequence[Question], setup: Setup, *, group: bool) -> Asked:
        """The number of the task; a group may be of one."""
        with self._client(setup) as client:
            task = said(inside(_response(self._asked(client, questions, setup, group)), "task"))
        if not _TASK.fullmatch(task):
            raise Unreached("json")
        return Asked(task=task)

    def _asked(self, client: Client, questions: Sequence[Question], setup: Setup, group: bool) -> Reply:
        if not group:
            kind, params = _params(questions[0])
            path = "physical" if kind == PERSON else "ip"
            return client.get(f"{ROOT}/search/{path}", _signed(setup, **params))
        request = [{"type": kind, "params": params} for kind, params in map(_params, questions)]
        return client.post_json(f"{ROOT}/search/group", _signed(setup) | {"request": request})

    def fetch(self, task: str, questions: Sequence[Question], setup: Setup) -> Sequence[Finding] | None:
        """What was found, when the task is done."""
        with self._client(setup) as client:
            status = inside(_response(client.get(f"{ROOT}/status", _signed(setup, task=task))), "status")
            if status not in (DONE, WITH_ERRORS):
                return None
            found = _response(client.get(f"{ROOT}/result", _signed(setup, task=task)))
        parts = found.get("result")
        if not isinstance(parts, list):
            raise Unreached("json")
        by_question = {_mark(inside(part, "query", "params")): part for part in parts if isinstance(part, dict)}
        return [_finding(question, by_question.get(_mark(_params(question)[1]))) for question in questions]


def _signed(setup: Setup, **values: str) -> dict[str, Any]:
    return {"token": setup.chosen["token"], **values}


def _params(question: Question) -> tuple[int, dict[str, str]]:
    name = name_of(question)
    if question.proceeding or name is None:
        return PROCEEDING, {"number": question.proceeding or ""}
    last, first, second = name
    params = {"region": REGIONS.get(question.region or "", ""), "lastname": last, "firstname": first}
    if second:
        params["secondname"] = second
    if question.birth_date:
        params["birthdate"] = question.birth_date.strftime("%d.%m.%Y")
    return PERSON, params


def _mark(params: Any) -> tuple[str, ...]:
    """What tells one question from another, as the other side repeats it."""
    values = params if isinstance(params, Mapping) else {}
    names = ("number", "region", "lastname", "firstname", "secondname", "birthdate")
    return tuple(said(values.get(name)).lower().lstrip("0") for name in names)


def _response(reply: Reply) -> dict[str, Any]:
    """What stands under ``response``. Raises `Unreached`, `Throttled`, `Nonsense`."""
    if reply.status in (401, 403):
        raise Unreached("login")
    values = answered(reply)
    found = values.get("response")
    if reply.status >= 300 or said(values.get("status")) != "success" or not isinstance(found, dict):
        raise Nonsense("json")
    return found


def _finding(question: Question, part: Any) -> Finding:
    rows = inside(part, "result") if isinstance(part, dict) else None
    if not isinstance(rows, list) or inside(part, "status") == WITH_ERRORS:
        return Finding(inquiry_id=question.inquiry_id, error="provider", retry=True)
    found = [proceeding(row) for row in rows if isinstance(row, dict) and _is_about(row, question)]
    return Finding(inquiry_id=question.inquiry_id, facts={"proceedings": found})


def _is_about(row: Mapping[str, Any], question: Question) -> bool:
    """Whether the day of birth that the register gives is the borrower's; without either, it may be."""
    born = day_of(said(row.get("name")))
    return born is None or question.birth_date is None or born == question.birth_date


def proceeding(row: Mapping[str, Any]) -> dict[str, Any]:
    """A proceeding of the official contract as `scenario_engine.inquiries.facts` has it."""
    number = _NUMBER.match(said(row.get("exe_production")))
    subject = said(row.get("subject"))[:_LONGEST]
    amount = _SUM.search(subject)
    ended_on, ground = read_end(said(row.get("ip_end")))
    opened = day_of(number[2]) if number and number[2] else None
    return {
        "number": (number[1] if number else "")[:64],
        "opened_on": opened and opened.isoformat(),
        "document": said(row.get("details"))[:_LONGEST] or None,
        "subject": subject or None,
        "amount": kopecks("".join(amount[1].split()).replace(",", ".")) if amount else None,
        "left": None,
        "department": said(row.get("department"))[:_LONGEST] or None,
        "bailiff": said(row.get("bailiff"))[:_LONGEST] or None,
        "ended": bool(said(row.get("ip_end"))),
        "ended_on": ended_on and ended_on.isoformat(),
        "ground": ground,
    }


def read_end(text: str) -> tuple[date | None, list[int] | None]:
    """The day of ``2018-02-12, 46, 1, 3``, and the article, part and point; null for what cannot be read."""
    first, *rest = (part.strip() for part in text.split(","))
    day: date | None
    try:
        day = date.fromisoformat(first)
    except ValueError:
        day = day_of(first)
    ground = [int(part) for part in rest[:3] if part.isascii() and part.isdigit() and len(part) < 5]
    return day, ground or None
