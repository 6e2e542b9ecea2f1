"""What everybody should know at the moment: a database that takes no changes, scenarios that stand still."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from console.queries.pauses import paused_scenarios
from scenario_engine.database import Database
from scenario_engine.models import Message
from scenario_engine.models.message import IN_QUEUE
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

_READ_ONLY = Text(
    "The database takes no changes at the moment: pages can be read, nothing can be saved, and the engine waits."
    " Nothing is lost. Tell an administrator.",
    "База данных сейчас не принимает изменений: страницы можно читать, но ничего нельзя сохранить, а движок ждёт."
    " Ничего не потеряно. Сообщите администратору.",
)
_OUTBOX = Text(
    "The outbox is long ({most} messages or more): scenarios that send wait until it is shorter, the others go on.",
    "Очередь сообщений длинная ({most} и больше): сценарии с отправкой ждут, пока она сократится, остальные работают.",
)
_PAUSED = Text("“{name}”: {reason}", "«{name}»: {reason}")


def notices(session: Session, database: Database, settings: Settings, language: str) -> list[dict[str, Any]]:
    """The notices, the gravest first; each with the scenario it concerns, if any."""
    found: list[dict[str, Any]] = []
    if database.is_read_only():
        found.append({"kind": "read_only", "text": _READ_ONLY.say(language), "scenario_id": None})
    if outbox_is_long(session, settings):
        text = _OUTBOX.format(most=settings.outbox_most).say(language)
        found.append({"kind": "outbox", "text": text, "scenario_id": None})
    for paused in paused_scenarios(session, language):
        if paused["by_engine"]:
            text = _PAUSED.format(name=paused["name"], reason=paused["reason"] or "").say(language)
            found.append({"kind": "paused", "text": text, "scenario_id": paused["id"]})
    return found


def outbox_is_long(session: Session, settings: Settings) -> bool:
    """Whether scenarios that send wait at the moment."""
    waiting = select(Message.id).where(IN_QUEUE, Message.state == "queued").limit(settings.outbox_most).subquery()
    return (session.scalar(select(func.count()).select_from(waiting)) or 0) >= settings.outbox_most
