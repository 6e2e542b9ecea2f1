"""The words of a loan's timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scenario_engine.rules.monitoring_rules import STANDARD
from scenario_engine.texts import Text

PAYMENT = Text("Payment", "Платёж")
PROMISE = Text("Promised to pay by {day}", "Обещание оплатить до {day}")
PROMISE_STATES = {
    "open": Text("open", "ждём"),
    "kept": Text("kept", "выполнено"),
    "broken": Text("broken", "нарушено"),
}
CHANNELS = {
    "sms": Text("SMS", "SMS"),
    "email": Text("E-mail", "Письмо по эл. почте"),
    "messenger": Text("Messenger", "Сообщение в мессенджере"),
    "push": Text("Push", "Пуш-уведомление"),
    "robot_call": Text("Robot call", "Звонок робота"),
    "letter": Text("Letter", "Почтовое письмо"),
    "webhook": Text("Webhook", "Вебхук"),
}
#: contacts that people made themselves
MADE = {**CHANNELS, "operator_call": Text("Call", "Звонок"), "meeting": Text("Meeting", "Встреча")}
BY_HAND = Text("written down by hand", "записано вручную")
WITH_PARTY = Text("with {name} ({relation})", "с кем: {name} ({relation})")
BEGAN_THEMSELVES = Text("they began it", "обратились сами")
TALKED = Text("there was a conversation", "разговор состоялся")
MESSAGE_STATES = {
    "queued": Text("waits to be sent", "ждёт отправки"),
    "sending": Text("is being sent", "отправляется"),
    "sent": Text("sent", "отправлено"),
    "failed": Text("not sent", "не отправлено"),
    "cancelled": Text("cancelled", "отменено"),
    "delivered": Text("delivered", "доставлено"),
    "undelivered": Text("not delivered", "не доставлено"),
    "expired": Text("too late", "опоздало"),
    "dismissed": Text("put away", "закрыто"),
}
CONTACT_BLOCKED = Text("Contact not allowed: {step}", "Контакт запрещён: {step}")
CONTACT_DEFERRED = Text("Contact put off: {step}", "Контакт отложен: {step}")
TASK_GIVEN = Text("Task for an operator", "Задача оператору")
TASK_ENDED = {
    "open": Text("Task", "Задача"),
    "done": Text("Task done", "Задача выполнена"),
    "cancelled": Text("Task cancelled", "Задача отменена"),
    "expired": Text("Task expired", "Срок задачи истёк"),
}
OFFER_STATES = {
    "accepted": Text("Offer accepted", "Предложение принято"),
    "declined": Text("Offer declined", "Предложение отклонено"),
    "expired": Text("Offer expired", "Срок предложения истёк"),
    "withdrawn": Text("Offer withdrawn", "Предложение отозвано"),
}
_OFFERS = {
    "prolongation": Text("Prolongation for {size} days", "Пролонгация на {size} дн."),
    "restructuring": Text("Restructuring over {size} months", "Реструктуризация на {size} мес."),
    "discount": Text("Discount of {size} %", "Скидка {size} %"),
}
END_REASONS = {
    "exit": Text("reached the exit", "дошёл до выхода"),
    "goal": Text("reached the goal", "цель достигнута"),
    "cured": Text("overdue debt paid", "просрочка погашена"),
    "stopped": Text("stopped", "остановлен"),
    "holdout": Text("in the control group", "в контрольной группе"),
    "failed": Text("set aside with an error", "отложен с ошибкой"),
}
_CASE_ENDED = Text("“{scenario}” ended: {reason}", "«{scenario}» завершён: {reason}")


def offer_made(kind: str, size: int) -> Text:
    """What was offered."""
    return _OFFERS.get(kind, Text(kind, kind)).format(size=size)


def case_ended(scenario: str, reason: str | None) -> Text:
    """That a case ended, and why; an unwired port stands for itself."""
    name = reason or "—"
    safe = scenario.replace("{", "(").replace("}", ")")
    return _CASE_ENDED.format(scenario=safe, reason=END_REASONS.get(name, Text(name, name)))


def task_closed(title: str, dispositions: Mapping[str, Any], chosen: str | None) -> Text:
    """The task's title with the title of the disposition that was chosen."""
    for each in dispositions.get("items", ()):
        if each.get("key") == chosen and each.get("title"):
            # a scenario's author names a disposition once; the built-in ones have both languages
            named = each["title"] if isinstance(each["title"], dict) else dict.fromkeys(("en", "ru"), each["title"])
            return Text(f"{title}: {named.get('en', chosen)}", f"{title}: {named.get('ru', chosen)}")
    return Text(title, title) if chosen is None else Text(f"{title}: {chosen}", f"{title}: {chosen}")


def signal_text(data: Any) -> Text | None:
    """The remark that came with a signal, or the monitoring rule that raised it, if any."""
    if isinstance(data, dict) and "rule" in data:
        standard, name = STANDARD.get(data["rule"]), data.get("name")
        if name or standard is None:
            return Text(name, name) if name else None
        return standard.title
    remark = data.get("text") or data.get("note") if isinstance(data, dict) else None
    return Text(str(remark), str(remark)) if remark else None
