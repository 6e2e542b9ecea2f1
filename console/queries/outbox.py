"""The outbox: what left, waits, failed; by channel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, and_, func, select
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.api.listing import Listing, searches
from console.export import Column
from console.people import mask_address
from console.queries.timeline_words import CHANNELS, MESSAGE_STATES
from console.queries.visibility import seen_loans
from scenario_engine import library
from scenario_engine.errors import NotFound
from scenario_engine.models import Borrower, Case, ConnectorHour, Loan, Message, NodeCount, Scenario, VersionNode
from scenario_engine.models.message import GIVEN_UP, IN_QUEUE
from scenario_engine.models.scenario import shown_name
from scenario_engine.nodes.catalogue import load_catalogue
from scenario_engine.nodes.contact import NOT_DELIVERED, SENT, ContactNode
from scenario_engine.registry.days import end_of, start_of
from scenario_engine.texts import Text, half

#: messages that the list counts: it holds everything that ever left
COUNTED = 10_000
#: what the summary tells; the last but one counts by the day on which a message was written, the last is kopecks of
#: the same day
SUMMED = ("queued", "sending", "failed", "today", "cost")
#: types of steps that write messages: their channel, and the port that a case leaves by with a message
_SENDING = {
    "webhook": ("webhook", "next"),
    **{kind.key: (kind.channel, SENT) for kind in load_catalogue().values() if isinstance(kind, ContactNode)},
}
_COLUMNS = (
    Message.id,
    Message.channel,
    Message.connector,
    Message.state,
    Message.recipient,
    Message.subject,
    Message.queued_at,
    Message.due_at,
    Message.sent_at,
    Message.attempts,
    Message.error,
    Message.uncertain_at,
    Message.told_at,
    Message.cost,
    Message.loan_id,
    Message.case_id,
    Loan.external_id,
    Scenario.id.label("scenario_id"),
    shown_name().label("scenario"),
    VersionNode.key,
    VersionNode.label.label("node"),
)
EXPORTED = (
    Column(Text("Channel", "Канал"), "channel", words=CHANNELS),
    Column(Text("Through", "Через"), "through"),
    Column(Text("State", "Состояние"), "state", words=MESSAGE_STATES),
    Column(Text("Recipient", "Получатель"), "recipient"),
    Column(Text("Subject", "Тема"), "subject"),
    Column(Text("Loan", "Займ"), "loan.external_id"),
    Column(Text("Scenario", "Сценарий"), "scenario.name"),
    Column(Text("Step", "Шаг"), "node.label"),
    Column(Text("Queued at", "Поставлено в очередь"), "queued_at"),
    Column(Text("Sent at", "Отправлено"), "sent_at"),
    Column(Text("Attempts", "Попыток"), "attempts"),
    Column(Text("Told at", "Сообщено"), "told_at"),
    Column(Text("May have been sent twice since", "Возможен дубль с"), "uncertain_at"),
    Column(Text("Cost, kopecks", "Стоимость, коп."), "cost"),
    Column(Text("Error", "Ошибка"), "error"),
)


def _joined(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        statement.select_from(Message)
        .join(Loan, Loan.id == Message.loan_id)
        .join(Case, Case.id == Message.case_id)
        .join(Scenario, Scenario.id == Case.scenario_id)
        .outerjoin(VersionNode, VersionNode.id == Message.node_id)
    )


def message_list(actor: Actor, filters: Mapping[str, Any], time_zone: str, titles: Mapping[str, Text]) -> Listing:
    """The messages that fit the filters; days are those of the portfolio's time zone, `titles` those of connectors."""
    where = [seen_loans(actor)]
    for name, column in (
        ("state", Message.state),
        ("channel", Message.channel),
        ("connector", Message.connector),
    ):
        if filters.get(name):
            where.append(column.in_(filters[name].split(",")))
    if filters.get("error", "").strip():
        where.append(searches(filters["error"], Message.error))
    if filters.get("uncertain"):
        where.append(Message.uncertain_at.is_not(None))
    if filters.get("date_from"):
        where.append(Message.queued_at >= start_of(filters["date_from"], time_zone))
    if filters.get("date_to"):
        where.append(Message.queued_at < end_of(filters["date_to"], time_zone))
    if filters.get("scenario"):
        where.append(Case.scenario_id == filters["scenario"])
    if filters.get("loan"):
        where.append(Message.loan_id == filters["loan"])
    if filters.get("q", "").strip():
        where.append(searches(filters["q"], Loan.external_id, Message.subject))
    return Listing(
        select=_joined(select(*_COLUMNS)).where(*where),
        count=_joined(select(func.count())).where(*where),
        most=COUNTED,
        sorts={
            "id": Message.id,
            "channel": Message.channel,
            "connector": Message.connector,
            "state": Message.state,
            "queued_at": Message.queued_at,
            "due_at": Message.due_at,
            "sent_at": Message.sent_at,
            "attempts": Message.attempts,
            "cost": Message.cost,
            "loan": Loan.external_id,
            "scenario": Scenario.name,
        },
        order="-queued_at",
        tie=Message.id,
        item=lambda row: message_item(row, titles, actor.language),
        columns=EXPORTED,
        file_name="outbox",
    )


def message_item(row: Row[*tuple[Any, ...]], titles: Mapping[str, Text], language: str) -> dict[str, Any]:
    """A row of the list as JSON; the address is masked for everybody."""
    return {
        "id": row.id,
        "channel": row.channel,
        "connector": row.connector,
        "through": titles[row.connector].say(language) if row.connector in titles else row.connector,
        "state": row.state,
        "recipient": mask_address(row.recipient),
        "subject": row.subject,
        "queued_at": row.queued_at,
        "due_at": row.due_at,
        "sent_at": row.sent_at,
        "attempts": row.attempts,
        "error": half(row.error, language),
        "uncertain_at": row.uncertain_at,
        "told_at": row.told_at,
        "cost": row.cost,
        "loan": {"id": row.loan_id, "external_id": row.external_id},
        "scenario": {"id": row.scenario_id, "name": row.scenario},
        "node": {"key": row.key, "label": row.node},
        "case_id": row.case_id,
    }


def message_card(session: Session, actor: Actor, message_id: int, titles: Mapping[str, Text]) -> dict[str, Any]:
    """One message with its text; who may not see persons reads the template instead of the text."""
    row = session.execute(
        _joined(
            select(
                *_COLUMNS,
                Message.borrower_id,
                Message.body,
                Message.content,
                Message.receipt,
                Message.expires_at,
                Message.note,
                Borrower.language,
            )
        )
        .join(Borrower, Borrower.id == Message.borrower_id)
        .where(Message.id == message_id, seen_loans(actor))
    ).one_or_none()
    if row is None:
        raise NotFound(Text("There is no such message.", "Такого сообщения нет."))
    shown = actor.may("person.read")
    subject, template = _words(session, row.content, row.language)
    item = message_item(row, titles, actor.language)
    return {
        **item,
        "borrower_id": row.borrower_id,
        "recipient": row.recipient if shown else item["recipient"],
        "subject": row.subject if shown else subject,
        "body": row.body if shown else None,
        "template": template,
        "receipt": row.receipt,
        "expires_at": row.expires_at,
        "note": row.note,
        "masked": not shown,
    }


def _words(session: Session, content: Mapping[str, Any], language: str) -> tuple[str | None, str | None]:
    """Subject and text of a message before they are filled in; null where it has none."""
    named = library.name_of(content)
    texts = library.texts_of(session, {named} if named else ())
    if named is not None and named not in texts:
        return None, None
    subject, template = library.words_of(content, language, texts)
    return subject or None, template or None


def summary(session: Session, *, today: str, time_zone: str) -> dict[str, Any]:
    """How many messages wait, are on their way and failed, and how many were written on the local day `today`; by
    channel, and in all. The first are few and have indexes; the last are counted already: history is not read.
    """
    channels: dict[str, dict[str, int]] = {}

    def add(channel: str, what: str, messages: int) -> None:
        counts = channels.setdefault(channel, dict.fromkeys(SUMMED, 0))
        counts[what] += messages

    for few in (IN_QUEUE, GIVEN_UP):
        counted = select(Message.channel, Message.state, func.count()).where(few)
        for channel, state, messages in session.execute(counted.group_by(Message.channel, Message.state)):
            add(channel, state, messages)
    written = and_(
        NodeCount.version_id == VersionNode.version_id, NodeCount.node_id == VersionNode.id,
        # a case that waited for the delivery leaves by its outcome
        NodeCount.port.in_({NOT_DELIVERED, *(port for _channel, port in _SENDING.values())}), NodeCount.day == today,
    )  # fmt: skip
    steps = (
        select(VersionNode.type, func.coalesce(func.sum(NodeCount.cases), 0))
        .outerjoin(NodeCount, written)
        .where(VersionNode.type.in_(_SENDING))
        .group_by(VersionNode.type)
    )
    for kind, messages in session.execute(steps):
        add(_SENDING[kind][0], "today", int(messages))
    since = start_of(date.fromisoformat(today), time_zone)
    paid = select(ConnectorHour.channel, func.sum(ConnectorHour.cost)).where(ConnectorHour.hour >= since)
    for channel, kopecks in session.execute(paid.group_by(ConnectorHour.channel)):
        if kopecks:
            add(channel, "cost", int(kopecks))
    total = {what: sum(counts[what] for counts in channels.values()) for what in SUMMED}
    return {**total, "channels": [{"channel": channel, **counts} for channel, counts in sorted(channels.items())]}
