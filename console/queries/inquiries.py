"""Inquiries as a list and a card, the answers in words, and the providers they go to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from console.queries.visibility import Veil, seen_loans
from scenario_engine.errors import NotFound
from scenario_engine.filled_in import open_values, shown_fields
from scenario_engine.inquiries import asking, facts
from scenario_engine.inquiries.answers import opened
from scenario_engine.models import Borrower, Inquiry, InquiryProvider, InquiryRequest, Loan, Passport
from scenario_engine.models.inquiry import INQUIRY_STATES, IS_OPEN, NO_ANSWER, SANDBOX, SUBJECTS
from scenario_engine.ports import Inquirer
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

#: a page counts no further
COUNTED = 10_000
_SANDBOX = Text("Sandbox: nobody was asked", "Песочница: никого не спрашивали")
_UNCHANGED = Text("the loan stands as before", "состояние займа не изменилось")
_SEALED = Text("The key of this answer is gone", "Ключа от этого ответа нет")
EXPORTED = (
    Column(Text("Asked at", "Запрошено"), "asked_at"),
    Column(Text("Whom", "Кого"), "subject", words=SUBJECTS),
    Column(Text("Loan", "Займ"), "loan.external_id"),
    Column(Text("State", "Состояние"), "state", words=INQUIRY_STATES),
    Column(Text("Provider", "Поставщик"), "provider_title"),
    Column(Text("Answered at", "Ответ получен"), "answered_at"),
    Column(Text("Outcome", "Итог"), "outcome_text"),
    Column(Text("News", "Новость"), "is_news"),
    Column(Text("Answer", "Ответ"), "said"),
    Column(Text("Cost", "Стоимость"), "cost", money=True),
    Column(Text("Why no answer", "Почему нет ответа"), "error_text"),
    Column(Text("Asked by", "Кто запросил"), "asked_by"),
)
_ROWS = (
    select(Inquiry, Loan.external_id.label("loan"), Borrower.full_name.label("borrower"))
    .join(Loan, Loan.id == Inquiry.loan_id)
    .join(Borrower, Borrower.id == Inquiry.borrower_id)
)


class Words:
    """Puts rows into the reader's language, and hides what their role may not see."""

    def __init__(self, actor: Actor, inquirers: Mapping[str, Inquirer], vault: Vault) -> None:
        self._actor = actor
        self._inquirers = inquirers
        self._vault = vault
        self._veil = Veil(actor)

    def item(self, row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
        """A row of the list as JSON."""
        found, language = row.Inquiry, self._actor.language
        outcome, error = facts.STATES[found.subject].get(found.outcome or ""), NO_ANSWER.get(found.error or "")
        lines = self._lines(found)
        return {
            "id": found.id,
            "subject": found.subject,
            "subject_title": SUBJECTS[found.subject].say(language),
            "state": found.state,
            "loan": {"id": found.loan_id, "external_id": row.loan},
            "borrower": {"id": found.borrower_id, "name": self._veil.name(row.borrower)},
            "asked_at": found.asked_at,
            "asked_by": found.asked_by,
            "provider": found.provider,
            "provider_title": self._provider(found.provider),
            "due_at": found.due_at,
            "attempts": found.attempts,
            "sent_at": found.sent_at,
            "answered_at": found.answered_at,
            "outcome": found.outcome,
            "outcome_text": outcome and outcome.say(language),
            "is_news": found.told_at is not None,
            "cost": found.cost,
            "error": found.error,
            "error_text": error.say(language) if error else found.error,
            "lines": lines,
            "said": "; ".join(lines) or None,
        }

    def _lines(self, found: Inquiry) -> list[str]:
        if found.state != "answered":
            return []
        if found.provider == SANDBOX:
            return [_SANDBOX.say(self._actor.language), _UNCHANGED.say(self._actor.language)]
        answer = opened(self._vault, found.facts)
        if answer is None:
            return [_SEALED.say(self._actor.language)]
        return facts.in_words(found.subject, answer, self._actor.language, masked=self._veil.masked)

    def _provider(self, key: str | None) -> str | None:
        if key == SANDBOX:
            return Text("Sandbox", "Песочница").say(self._actor.language)
        inquirer = self._inquirers.get(key or "")
        return inquirer.title.say(self._actor.language) if inquirer else key


def inquiry_list(actor: Actor, filters: Mapping[str, Any], words: Words) -> Listing:
    """The inquiries that fit the filters, about loans that the actor may see."""
    where = [seen_loans(actor)]
    for name, column in (("state", Inquiry.state), ("subject", Inquiry.subject), ("provider", Inquiry.provider)):
        if filters.get(name):
            where.append(column.in_(filters[name].split(",")))
    if filters.get("loan"):
        where.append(Inquiry.loan_id == filters["loan"])
    if filters.get("news"):
        where.append(Inquiry.told_at.is_not(None))
    if filters.get("q", "").strip():
        names = (Borrower.full_name,) if actor.may("person.read") else ()
        where.append(searches(filters["q"], Loan.external_id, *names))
    return Listing(
        select=_ROWS.where(*where),
        most=COUNTED,
        sorts={
            "id": Inquiry.id,
            "subject": Inquiry.subject,
            "state": Inquiry.state,
            "loan": Loan.external_id,
            "asked_at": Inquiry.asked_at,
            "answered_at": Inquiry.answered_at,
            "outcome": Inquiry.outcome,
            "cost": Inquiry.cost,
        },
        order="-asked_at",
        tie=Inquiry.id.desc(),
        item=words.item,
        columns=EXPORTED,
        file_name="inquiries",
    )


def inquiry_card(session: Session, actor: Actor, inquiry_id: int, words: Words) -> dict[str, Any]:
    """One inquiry; NotFound."""
    row = session.execute(_ROWS.where(Inquiry.id == inquiry_id, seen_loans(actor))).one_or_none()
    if row is None:
        raise NotFound(Text("There is no such inquiry.", "Такого запроса нет."))
    return words.item(row)


def asking_facts(session: Session, loan: Loan, time_zone: str) -> dict[str, Any]:
    """What a person sees before asking about a loan."""
    agreed = asking.consents(session, [loan.borrower_id], time_zone).get(loan.borrower_id)
    going = select(Inquiry.subject).where(Inquiry.loan_id == loan.id, IS_OPEN).distinct()
    on = select(InquiryProvider.subject).where(InquiryProvider.enabled)
    return {
        "consent_on": agreed,
        "has_passport": session.get(Passport, loan.borrower_id) is not None,
        "going": sorted(session.scalars(going)),
        "live": sorted(session.scalars(on)),
    }


def summary(session: Session, language: str, inquirers: Mapping[str, Inquirer], *, now: datetime) -> dict[str, Any]:
    """How many inquiries wait or have no answer, what the last thirty days cost, and whom one may ask."""
    by_state = select(Inquiry.state, func.count()).where(Inquiry.state != "answered").group_by(Inquiry.state)
    counted = {state: number for state, number in session.execute(by_state)}
    cost = select(func.coalesce(func.sum(Inquiry.cost), 0)).where(Inquiry.answered_at > now - timedelta(days=30))
    return {
        "asked": counted.get("asked", 0),
        "waiting": counted.get("waiting", 0),
        "failed": counted.get("failed", 0),
        "cost": int(session.scalar(cost) or 0),
        "live": sorted(session.scalars(select(InquiryProvider.subject).where(InquiryProvider.enabled))),
        "providers": [{"key": key, "title": each.title.say(language)} for key, each in inquirers.items()],
    }


def provider_cards(
    session: Session, language: str, inquirers: Mapping[str, Inquirer], vault: Vault, *, now: datetime
) -> list[dict[str, Any]]:
    """Every installed provider as the administrator sees it; a secret is there or it is not."""
    return [_provider_card(session, language, each, vault, now) for each in inquirers.values()]


def _provider_card(session: Session, language: str, inquirer: Inquirer, vault: Vault, now: datetime) -> dict[str, Any]:
    found = session.get(InquiryProvider, inquirer.key)
    values = open_values(vault, inquirer.fields, found)
    trouble = NO_ANSWER.get((found.trouble if found else None) or "")
    is_paused = found is not None and found.paused_until is not None and found.paused_until > now
    return {
        "key": inquirer.key,
        "title": inquirer.title.say(language),
        "help": inquirer.help.say(language),
        "subject": inquirer.subject,
        "subject_title": SUBJECTS[inquirer.subject].say(language),
        "enabled": found is not None and found.enabled,
        "sealed": found is not None and values is None,
        "fields": shown_fields(vault, inquirer.fields, found, language),
        "quotas": [
            {
                "kind": quota.kind,
                "most": quota.most,
                "seconds": quota.seconds,
                "used": _used(session, inquirer, quota.kind, quota.by_question, now - timedelta(seconds=quota.seconds)),
            }
            for quota in inquirer.quotas
        ],
        "paused_until": found.paused_until if found is not None and is_paused else None,
        "trouble_text": trouble and trouble.say(language),
        "changed_at": found and found.changed_at,
        "changed_by": found and found.changed_by,
    }


def _used(session: Session, inquirer: Inquirer, kind: str, by_question: bool, since: datetime) -> int:
    counted = func.coalesce(func.sum(InquiryRequest.questions), 0) if by_question else func.count()
    statement: Select[Any] = (
        select(counted)
        .select_from(InquiryRequest)
        .where(InquiryRequest.provider == inquirer.key, InquiryRequest.kind == kind, InquiryRequest.at > since)
    )
    return int(session.scalar(statement) or 0)
