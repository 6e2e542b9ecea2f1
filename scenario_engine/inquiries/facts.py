"""What answers say, whoever gave them: as JSON, as a state of the loan, and in words.

Of bailiffs: ``{"proceedings": [{number, opened_on, document, subject, amount, left, department, bailiff, ended,
ended_on, ground}]}``; days are ISO texts, amounts kopecks, the ground is article, part and point of 229-ФЗ.
Of a bureau: ``{"accounts", "overdue_accounts", "balance", "overdue", "worst", "bankrupt"}``; `worst` is the least
number of days past due that the worst account has now.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from scenario_engine.rules.words import money
from scenario_engine.texts import Text

Facts = Mapping[str, Any]

#: 229-ФЗ: why a proceeding ended, as (article, part, point)
GROUNDS: Mapping[tuple[int, int, int], Text] = {
    (46, 1, 1): Text("the creditor asked for the document back", "взыскатель отозвал исполнительный документ"),
    (46, 1, 2): Text("the demand could not be carried out", "исполнить требование невозможно"),
    (46, 1, 3): Text("debtor and property were not found", "должник и его имущество не найдены"),
    (46, 1, 4): Text("there is nothing to collect from", "у должника нет имущества для взыскания"),
    (46, 1, 5): Text("the creditor did not take the property", "взыскатель не взял нереализованное имущество"),
    (46, 1, 6): Text("the creditor hindered the enforcement", "взыскатель препятствовал исполнению"),
    (47, 1, 1): Text("the debt was collected", "требования исполнены"),
    (47, 1, 7): Text("the debtor is bankrupt", "должник признан банкротом"),
}
#: a state of the loan → (English, Russian)
STATES: Mapping[str, Mapping[str, Text]] = {
    "bailiff": {
        "none": Text("No proceedings", "Производств нет"),
        "filed": Text("Filed, no proceeding yet", "Документ подан, производства пока нет"),
        "opened": Text("A proceeding is open", "Идёт исполнительное производство"),
        "ended": Text("The proceedings are over", "Производства окончены"),
    },
    "bureau": {
        "none": Text("Nothing new", "Ничего нового"),
        "worse": Text("Worse than before", "Стало хуже"),
        "better": Text("Better than before", "Стало лучше"),
        "bankrupt": Text("Bankrupt", "Банкротство"),
    },
}
_WORD = re.compile(r"[0-9A-Za-zА-Яа-яЁё]+")


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What an answer means for the loan."""

    #: how it stands now
    state: str
    #: whether that is worth telling
    is_news: bool


def judge(subject: str, facts: Facts, *, before: Facts | None, state: str, act: str | None) -> Verdict:
    """The state of the loan after an answer. `before` is the answer before it, `state` how the loan stood, `act` the
    number of the court's act, when one is known.
    """
    return _bailiffs(facts, before, state, act) if subject == "bailiff" else _bureau(facts, before, state)


def about_loan(facts: Facts, act: str | None) -> Sequence[Mapping[str, Any]]:
    """The proceedings that rest on the court's act; all when it is not known: then any may be about the loan."""
    found: Sequence[Mapping[str, Any]] = facts["proceedings"]
    wanted = _plain(act or "")
    return [each for each in found if wanted in _plain(each["document"] or "")] if wanted.strip("-") else found


def _plain(number: str) -> str:
    """Words and numbers with hyphens around each, so that whole ones are found: 2-1/2026 is not in 12-1/2026."""
    return f"-{'-'.join(_WORD.findall(number)).lower()}-"


def _bailiffs(facts: Facts, before: Facts | None, state: str, act: str | None) -> Verdict:
    mine = about_loan(facts, act)
    if not mine:
        # the register forgets proceedings in time, and writs are on their way for weeks
        found = "filed" if state == "filed" else "none"
    else:
        found = "ended" if all(each["ended"] for each in mine) else "opened"
    is_other = before is not None and _marks(about_loan(before, act)) != _marks(mine)
    return Verdict(state=found, is_news=found != state or is_other)


def _marks(found: Sequence[Mapping[str, Any]]) -> set[tuple[Any, ...]]:
    return {(each["number"], each["ended"], each["ended_on"]) for each in found}


def _bureau(facts: Facts, before: Facts | None, state: str) -> Verdict:
    if facts["bankrupt"]:
        return Verdict(state="bankrupt", is_news=state != "bankrupt")
    if before is None:
        return Verdict(state=state, is_news=False)
    # what counts most comes first
    was, now = (
        (bool(each["bankrupt"]), each["overdue"], each["worst"] or 0, each["overdue_accounts"])
        for each in (before, facts)
    )
    if was == now:
        return Verdict(state=state, is_news=False)
    return Verdict(state="worse" if now > was else "better", is_news=True)


def in_words(subject: str, facts: Facts, language: str, *, masked: bool) -> list[str]:
    """The answer for a person, a line for each thing; without names and numbers of papers when `masked`."""
    if subject == "bureau":
        return [each.say(language) for each in _bureau_lines(facts, language)]
    lines = [_proceeding(each, language, masked) for each in facts["proceedings"]]
    return lines or [STATES["bailiff"]["none"].say(language)]


def _bureau_lines(facts: Facts, language: str) -> list[Text]:
    lines = [Text("Bankruptcy is on record", "Есть сведения о банкротстве")] if facts["bankrupt"] else []
    if not facts["accounts"]:
        return [*lines, Text("The bureau has no history of this person", "Кредитной истории в бюро нет")]
    lines.append(
        Text("Accounts: {n}, overdue: {late}", "Счетов: {n}, с просрочкой: {late}").format(
            n=facts["accounts"], late=facts["overdue_accounts"]
        )
    )
    sums = {name: Text(*(money(facts[name], each) for each in ("en", "ru"))) for name in ("balance", "overdue")}
    lines.append(
        Text("Owed everywhere: {balance}, overdue: {overdue}", "Долг всего: {balance}, просрочено: {overdue}").format(
            **sums
        )
    )
    if facts["worst"]:
        lines.append(
            Text("Worst account: {days} days past due or more", "Худший счёт: просрочка от {days} дн.").format(
                days=facts["worst"]
            )
        )
    return lines


def _proceeding(found: Mapping[str, Any], language: str, masked: bool) -> str:
    parts = [Text("Proceeding", "Производство") if masked else Text("No. {number}", "№ {number}")]
    if found["opened_on"]:
        parts[0] = Text(f"{parts[0].en} of {{opened}}", f"{parts[0].ru} от {{opened}}")
    if found["subject"] and not masked:
        parts.append(Text("{subject}", "{subject}"))
    # registers often write the sum into the words
    if found["amount"] is not None and (masked or "руб" not in (found["subject"] or "")):
        parts.append(Text("{amount}", "{amount}"))
    if found["left"] is not None:
        parts.append(Text("left {left}", "осталось {left}"))
    if found["department"]:
        parts.append(Text("{department}", "{department}"))
    if found["bailiff"] and not masked:
        parts.append(Text("bailiff {bailiff}", "пристав {bailiff}"))
    parts.append(_end(found))
    values = {
        "number": found["number"],
        "opened": _day(found["opened_on"]),
        "subject": found["subject"],
        "amount": _sum(found["amount"]),
        "left": _sum(found["left"]),
        "department": found["department"],
        "bailiff": found["bailiff"],
    }
    return ", ".join(part.format(**values).say(language) for part in parts)


def _end(found: Mapping[str, Any]) -> Text:
    if not found["ended"]:
        return Text("open", "идёт")
    since = Text(" on {day}", " {day}").format(day=_day(found["ended_on"])) if found["ended_on"] else Text("", "")
    why = ground_in_words(found["ground"])
    reason = Text(": {why}", ": {why}").format(why=why) if why else Text("", "")
    return Text("ended{since}{reason}", "окончено{since}{reason}").format(since=since, reason=reason)


def ground_in_words(ground: Sequence[int] | None) -> Text | None:
    """Why a proceeding ended; null when nobody said."""
    if not ground:
        return None
    places = Text(
        ", ".join(f"{name} {number}" for name, number in zip(("art.", "part", "point"), ground, strict=False)),
        ", ".join(f"{name} {number}" for name, number in zip(("ст.", "ч.", "п."), ground, strict=False)),
    )
    said = GROUNDS.get((*ground, 0, 0)[:3])  # type: ignore[arg-type]
    if said is None:
        return Text("229-ФЗ, {places}", "229-ФЗ, {places}").format(places=places)
    return Text("{said} (229-ФЗ, {places})", "{said} (229-ФЗ, {places})").format(said=said, places=places)


def _day(day: str | None) -> Text:
    return Text(day, date.fromisoformat(day).strftime("%d.%m.%Y")) if day else Text("", "")


def _sum(kopecks: int | None) -> Text:
    return Text(money(kopecks, "en"), money(kopecks, "ru")) if kopecks is not None else Text("", "")
