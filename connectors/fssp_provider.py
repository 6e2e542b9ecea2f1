"""The bailiffs' register through a commercial provider, whose answer is there at once.

Its answer: ``{"<name>": {"ip": [{nomer, ddd, predmet, summa, ostatok, isporg, ispdoc, prist: {…}}]}}``. Not settled by
any source: how such providers want to be asked (here: GET with token, name and day of birth, which most of them take),
and whether a finished proceeding is in the list: without a sign of its end one counts as open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.bodies import kopecks, said
from connectors.exchange import answered
from connectors.fssp import read_end
from connectors.registers import HttpInquirer, address, day_of, name_of, price
from scenario_engine.ports import Asked, Finding, Question, Quota, SettingField, Setup, Unreached
from scenario_engine.texts import Text

_LONGEST = 500


class FsspProvider(HttpInquirer):
    """One person a request."""

    key = "fssp_provider"
    subject = "bailiff"
    title = Text("Bailiffs through a provider", "ФССП через поставщика данных")
    help = Text(
        "For commercial services that answer with a list of proceedings by name. Enter the address and the key from "
        "your contract.",
        "Для коммерческих сервисов, которые отвечают списком производств по имени. Укажите адрес и ключ из договора.",
    )
    fields: Sequence[SettingField] = (
        address(),
        SettingField(key="token", title=Text("Key", "Ключ"), secret=True),
        price(),
    )
    #: the provider's contract may allow more; none allows less
    quotas: Sequence[Quota] = (Quota(kind="single", most=1_000, seconds=3_600),)
    together = 1

    def lacks(self, question: Question) -> str | None:
        """A name and a day of birth: there are too many people of one name."""
        if name_of(question) is None:
            return "name"
        return None if question.birth_date else "birth_date"

    def test(self, setup: Setup) -> Text:
        """Ask about nobody."""
        with self._client(setup) as client:
            reply = client.get("", {"token": setup.chosen["token"]})
            if reply.status in (401, 403):
                raise Unreached("login")
            if reply.status >= 500:
                raise Unreached("server")
        return Text("The provider answers and takes the key.", "Поставщик отвечает, ключ подходит.")

    def ask(self, questions: Sequence[Question], setup: Setup, *, group: bool) -> Asked:
        """The proceedings at once."""
        (question,) = questions
        born = question.birth_date.strftime("%d.%m.%Y") if question.birth_date else ""
        with self._client(setup) as client:
            query = {"token": setup.chosen["token"], "name": question.full_name, "dob": born}
            reply = client.get("", query)
            if reply.status in (401, 403):
                raise Unreached("login")
            if reply.status == 402:
                raise Unreached("funds")
            values = answered(reply)
        return Asked(findings=(_finding(question, values),))


def _finding(question: Question, values: Mapping[str, Any]) -> Finding:
    wanted = question.full_name.split()
    for name, about in values.items():
        rows = about.get("ip") if isinstance(about, dict) and _is_same(name, wanted) else None
        if isinstance(rows, list):
            found = [_proceeding(row) for row in rows if isinstance(row, dict)]
            return Finding(inquiry_id=question.inquiry_id, facts={"proceedings": found})
    return Finding(inquiry_id=question.inquiry_id, error="json", retry=True)


def _is_same(name: str, wanted: Sequence[str]) -> bool:
    return [part.casefold() for part in name.split()] == [part.casefold() for part in wanted]


def _proceeding(row: Mapping[str, Any]) -> dict[str, Any]:
    bailiff = row.get("prist")
    opened = day_of(said(row.get("ddd")))
    end = said(row.get("ip_end"))
    ended_on, ground = read_end(end)
    return {
        "number": said(row.get("nomer"))[:64],
        "opened_on": opened and opened.isoformat(),
        "document": said(row.get("ispdoc"))[:_LONGEST] or None,
        "subject": said(row.get("predmet"))[:_LONGEST] or None,
        "amount": _money(row.get("summa")),
        "left": _money(row.get("ostatok")),
        "department": said(row.get("isporg"))[:_LONGEST] or None,
        "bailiff": (said(bailiff.get("fio") or bailiff.get("name")) or None) if isinstance(bailiff, dict) else None,
        "ended": bool(end),
        "ended_on": ended_on and ended_on.isoformat(),
        "ground": ground,
    }


def _money(value: Any) -> int | None:
    return kopecks("".join(value.split()).replace(",", ".") if isinstance(value, str) else value)
