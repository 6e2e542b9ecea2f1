"""Incoming payments as a list and a card, and the sources that told of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from console.incoming import may_credit, refunded
from console.people import mask_address
from console.queries.visibility import Veil, seen_loans
from scenario_engine.errors import NotFound
from scenario_engine.filled_in import shown_fields
from scenario_engine.models import IncomingPayment, Loan, Refusal, SourceSettings
from scenario_engine.ports import PaymentSource
from scenario_engine.texts import Text
from scenario_engine.vault import Vault

STATES = {
    "unmatched": Text("unmatched", "не разнесён"),
    "credited": Text("credited", "зачислен"),
    "dismissed": Text("dismissed", "отклонён"),
    "noted": Text("noted", "к сведению"),
}
KINDS = {
    "payment": Text("payment", "платёж"),
    "refund": Text("refund", "возврат"),
    "other": Text("other", "другое"),
}
#: why an incoming payment waits for a person
REASONS = {
    "loan": Text("no loan was found", "займ не найден"),
    "ambiguous": Text("several loans fit", "подходит несколько займов"),
    "closed": Text("the loan is not open", "займ уже не действует"),
    "currency": Text("not in roubles", "не в рублях"),
    "amount": Text("not an amount that can be credited", "такую сумму зачислить нельзя"),
    "time": Text("the time of the payment cannot be true", "неправдоподобное время платежа"),
    "differs": Text("the same number came with another amount", "тот же номер пришёл с другой суммой"),
    "refund": Text("money went back to the payer", "деньги вернули плательщику"),
    "refused": Text("the loan did not take it", "займ его не принял"),
}
#: why something that came was not taken
REFUSALS = {
    "signature": Text("wrong signature", "неверная подпись"),
    "clock": Text("too old, or the clocks differ", "слишком старое или часы расходятся"),
    "network": Text("from another network", "из чужой сети"),
    "status": Text("not confirmed: there is no such success", "не подтвердилось: такого успеха не было"),
    "unknown": Text("not confirmed: no such payment", "не подтвердилось: такого платежа нет"),
    "size": Text("too large", "слишком большое"),
    "unconfirmed": Text("could not be confirmed yet", "пока не удалось подтвердить"),
}
_SENSELESS = Text("cannot be read", "не удалось прочитать")
_DAY = timedelta(hours=24)
#: what may be a phone number or a mail address
_PERSONAL = re.compile(r"\+?[\d\s()-]{10,20}|.*@.*")

_COLUMNS = (
    IncomingPayment.id,
    IncomingPayment.source,
    IncomingPayment.kind,
    IncomingPayment.external_id,
    IncomingPayment.state,
    IncomingPayment.reason,
    IncomingPayment.received_at,
    IncomingPayment.paid_at,
    IncomingPayment.amount,
    IncomingPayment.currency,
    IncomingPayment.named,
    IncomingPayment.loan_id,
    IncomingPayment.payment_id,
    IncomingPayment.settled_at,
    IncomingPayment.settled_by,
    IncomingPayment.note,
    Loan.external_id.label("loan"),
)
EXPORTED = (
    Column(Text("Received at", "Получено"), "received_at"),
    Column(Text("Source", "Источник"), "source_title"),
    Column(Text("Kind", "Вид"), "kind", words=KINDS),
    Column(Text("Outside number", "Внешний номер"), "external_id"),
    Column(Text("Amount", "Сумма"), "amount", money=True),
    Column(Text("Currency", "Валюта"), "currency"),
    Column(Text("Paid at", "Оплачено"), "paid_at"),
    Column(Text("State", "Состояние"), "state", words=STATES),
    Column(Text("Why", "Почему"), "reason", words=REASONS),
    Column(Text("Loan", "Займ"), "loan.external_id"),
    Column(Text("Settled by", "Кто разобрал"), "settled_by"),
    Column(Text("Note", "Пояснение"), "note"),
)


def _seen(actor: Actor) -> ColumnElement[bool]:
    return or_(IncomingPayment.loan_id.is_(None), seen_loans(actor))


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return statement.select_from(IncomingPayment).outerjoin(Loan, Loan.id == IncomingPayment.loan_id)


def incoming_list(actor: Actor, filters: Mapping[str, Any], sources: Mapping[str, PaymentSource]) -> Listing:
    """The incoming payments that fit the filters."""
    where = [_seen(actor)]
    for name, column in (
        ("state", IncomingPayment.state),
        ("source", IncomingPayment.source),
        ("kind", IncomingPayment.kind),
        ("reason", IncomingPayment.reason),
    ):
        if filters.get(name):
            where.append(column.in_(filters[name].split(",")))
    if filters.get("loan"):
        where.append(IncomingPayment.loan_id == filters["loan"])
    if filters.get("q", "").strip():
        # a name that a sender gives may be a phone number
        named = (IncomingPayment.named,) if actor.may("person.read") else ()
        where.append(searches(filters["q"], IncomingPayment.external_id, Loan.external_id, *named))
    return Listing(
        select=_joined(select(*_COLUMNS)).where(*where),
        count=_joined(select(func.count())).where(*where),
        sorts={
            "id": IncomingPayment.id,
            "source": IncomingPayment.source,
            "kind": IncomingPayment.kind,
            "external_id": IncomingPayment.external_id,
            "state": IncomingPayment.state,
            "reason": IncomingPayment.reason,
            "received_at": IncomingPayment.received_at,
            "paid_at": IncomingPayment.paid_at,
            "amount": IncomingPayment.amount,
            "loan": Loan.external_id,
        },
        order="-received_at",
        tie=IncomingPayment.id,
        item=lambda row: incoming_item(row, actor, sources),
        columns=EXPORTED,
        file_name="incoming",
    )


def incoming_item(row: Row[*tuple[Any, ...]], actor: Actor, sources: Mapping[str, PaymentSource]) -> dict[str, Any]:
    """A row of the list as JSON; what may be a person's is masked for those who may not see persons."""
    source = sources.get(row.source)
    reason = REASONS.get(row.reason or "")
    return {
        "id": row.id,
        "source": row.source,
        "source_title": source.title.say(actor.language) if source else row.source,
        "kind": row.kind,
        "external_id": row.external_id,
        "state": row.state,
        "reason": row.reason,
        "reason_text": reason.say(actor.language) if reason else row.reason,
        "received_at": row.received_at,
        "paid_at": row.paid_at,
        "amount": row.amount,
        "currency": row.currency,
        "named": [_masked(name, actor) for name in row.named.splitlines()],
        "loan": row.loan_id and {"id": row.loan_id, "external_id": row.loan},
        "payment_id": row.payment_id,
        "settled_at": row.settled_at,
        "settled_by": row.settled_by,
        "note": row.note,
    }


def _masked(name: str, actor: Actor) -> str:
    if actor.may("person.read") or not _PERSONAL.fullmatch(name):
        return name
    return mask_address(name) or ""


def incoming_card(
    session: Session, actor: Actor, incoming_id: int, sources: Mapping[str, PaymentSource], vault: Vault
) -> dict[str, Any]:
    """One incoming payment with what helps to find its loan."""
    row = session.execute(
        _joined(select(*_COLUMNS, IncomingPayment.original, IncomingPayment.hints)).where(
            IncomingPayment.id == incoming_id, _seen(actor)
        )
    ).one_or_none()
    if row is None:
        raise NotFound(Text("There is no such incoming payment.", "Такого поступления нет."))
    veil = Veil(actor)
    hints: dict[str, str] = json.loads((vault.open(row.hints) if row.hints else None) or "{}")
    found = session.get_one(IncomingPayment, incoming_id)
    return {
        **incoming_item(row, actor, sources),
        "original": row.original,
        "payer": veil.name(hints.get("payer")),
        "phone": veil.phone(hints.get("phone")),
        "email": veil.email(hints.get("email")),
        "purpose": None if veil.masked else hints.get("purpose"),
        "may_credit": row.state == "unmatched" and may_credit(found),
        "may_take_back": refunded(session, found) is not None,
    }


def summary(session: Session, language: str, sources: Mapping[str, PaymentSource]) -> dict[str, Any]:
    """How many payments wait for a person, by source, and whether any source is switched on."""
    waiting = select(IncomingPayment.source, func.count()).where(IncomingPayment.state == "unmatched")
    counted = {key: number for key, number in session.execute(waiting.group_by(IncomingPayment.source))}
    return {
        "unmatched": sum(counted.values()),
        "switched_on": bool(session.scalar(select(exists().where(SourceSettings.enabled)))),
        "sources": [
            {"key": key, "title": source.title.say(language), "unmatched": counted.get(key, 0)}
            for key, source in sources.items()
        ],
    }


def source_cards(
    session: Session, language: str, sources: Mapping[str, PaymentSource], vault: Vault, *, now: datetime
) -> list[dict[str, Any]]:
    """Every installed source as the administrator sees it; a secret is there or it is not."""
    return [_source_card(session, language, source, vault, now) for source in sources.values()]


def _source_card(session: Session, language: str, source: PaymentSource, vault: Vault, now: datetime) -> dict[str, Any]:
    found = session.get(SourceSettings, source.key)
    fields = shown_fields(vault, source.fields, found, language)
    last = select(func.max(IncomingPayment.received_at)).where(IncomingPayment.source == source.key)
    counted = select(func.count()).where(IncomingPayment.source == source.key, IncomingPayment.received_at > now - _DAY)
    refusals = session.execute(
        select(
            Refusal.reason,
            func.sum(Refusal.count).label("times"),
            func.max(Refusal.last_at).label("last_at"),
            func.max(Refusal.last_sender).label("last_sender"),
        )
        .where(Refusal.source == source.key, Refusal.hour > now - _DAY)
        .group_by(Refusal.reason)
        .order_by(func.sum(Refusal.count).desc(), Refusal.reason)
    ).all()
    return {
        "key": source.key,
        "title": source.title.say(language),
        "help": source.help.say(language),
        "path": f"/hooks/{source.key}",
        "enabled": found is not None and found.enabled,
        "sealed": found is not None and not any(field["known"] for field in fields),
        "fields": fields,
        "changed_at": found and found.changed_at,
        "changed_by": found and found.changed_by,
        "last_received_at": session.scalar(last),
        "received_day": session.scalar(counted) or 0,
        "refused_day": sum(int(row.times) for row in refusals),
        "refusals": [
            {
                "reason": REFUSALS.get(row.reason, _SENSELESS).say(language),
                "count": int(row.times),
                "last_at": row.last_at,
                "last_sender": row.last_sender,
            }
            for row in refusals
        ],
    }
