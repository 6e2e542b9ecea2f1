"""Roles and rights as people call them, for the pages of the administration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from console.language import reader_language
from scenario_engine.texts import Text

ROLES: dict[str, Text] = {
    "Strategy manager": Text("Strategy manager", "Менеджер стратегий"),
    "Compliance": Text("Compliance", "Комплаенс"),
    "Operator": Text("Operator", "Оператор"),
    "Supervisor": Text("Supervisor", "Руководитель группы"),
    "Auditor": Text("Auditor", "Аудитор"),
    "Admin": Text("Administrator", "Администратор"),
    "Public": Text("Not signed in", "Без входа"),
}

RIGHTS: dict[str, Text] = {
    "scenario.read": Text("see scenarios", "видеть сценарии"),
    "scenario.edit": Text("draw scenarios", "рисовать сценарии"),
    "scenario.submit": Text("submit versions", "отдавать версии на проверку"),
    "scenario.review": Text("approve and return versions", "одобрять и возвращать версии"),
    "scenario.pause": Text("pause scenarios", "ставить сценарии на паузу"),
    "template.read": Text("see message templates", "видеть шаблоны сообщений"),
    "template.edit": Text("write message templates", "писать шаблоны сообщений"),
    "loan.read": Text("see loans of own tasks", "видеть займы своих задач"),
    "loan.all": Text("see all loans", "видеть все займы"),
    "person.read": Text("see names and contacts", "видеть имена и контакты"),
    "loan.issue": Text("issue loans", "выдавать займы"),
    "loan.confirm": Text("confirm large loans", "подтверждать крупные займы"),
    "application.read": Text("see applications", "видеть заявки"),
    "application.decide": Text("decide applications", "решать по заявкам"),
    "borrower.edit": Text("write borrowers down", "вносить и менять заёмщиков"),
    "loan.amend": Text("change contracts of loans", "менять договоры займов"),
    "loan.approve": Text("agree to changes that others asked for", "согласовывать чужие запросы по займам"),
    "product.read": Text("see products", "видеть продукты"),
    "product.edit": Text("change products", "менять продукты"),
    "payment.record": Text("record payments", "вносить платежи"),
    "incoming.read": Text("see incoming payments", "видеть поступления"),
    "payment.reverse": Text("take payments back", "отменять платежи"),
    "signal.record": Text("note events", "отмечать события"),
    "policy.read": Text("see contact policies and the calendar", "видеть политики контактов и календарь"),
    "policy.edit": Text("draw up contact policies, edit the calendar", "готовить политики контактов и календарь"),
    "policy.approve": Text("approve contact policies of others", "утверждать чужие политики контактов"),
    "contact.stop": Text("forbid contacts", "запрещать контакты"),
    "contact.edit": Text("keep addresses, consents and third parties", "вести адреса, согласия и третьих лиц"),
    "lending.allow": Text("allow new loans again", "снова разрешать новые займы"),
    "import.read": Text("see imports", "видеть загрузки"),
    "import.run": Text("import files", "загружать файлы"),
    "job.all": Text("see jobs that others started", "видеть чужие операции"),
    "job.work": Text("cancel others' jobs and start them again", "отменять и перезапускать чужие операции"),
    "task.read": Text("see own tasks", "видеть свои задачи"),
    "task.all": Text("see all tasks", "видеть все задачи"),
    "task.work": Text("work on tasks", "работать с задачами"),
    "task.assign": Text("assign tasks", "назначать задачи"),
    "outbox.read": Text("see the outbox", "видеть исходящие"),
    "outbox.work": Text("send again and cancel messages", "повторять и отменять сообщения"),
    "inquiry.read": Text("see inquiries", "видеть запросы приставам и в бюро"),
    "inquiry.ask": Text("ask bailiffs and the bureau", "запрашивать приставов и бюро"),
    "inquiry.report": Text("make reports for the bureau", "готовить отчёты в бюро"),
    "audit.read": Text("read the audit", "читать журнал"),
    "engine.read": Text("see the engine", "видеть движок"),
    "engine.retry": Text("retry cases that were set aside", "запускать отложенные дела"),
    "admin": Text("users, roles and raw data", "пользователи, роли и исходные данные"),
}
_TECHNICAL = Text("{count} technical", "технических: {count}")


def role_name(role: object) -> str:
    """The role in the reader's language; a role that people made keeps its name."""
    said = ROLES.get(str(role))
    return said.say(reader_language()) if said else str(role)


def role_names(roles: Iterable[object]) -> str:
    """Roles in one line, or a dash."""
    return ", ".join(map(role_name, roles)) or "—"


def right_names(pairs: Iterable[Any]) -> str:
    """Flask-AppBuilder's (permission, view) pairs as rights in words; those of its own pages are only counted."""
    language = reader_language()
    found: set[str] = set()
    technical = 0
    for each in pairs:
        permission, view = each.permission.name.removeprefix("can_"), each.view_menu.name
        right = "admin" if (permission, view) == ("use", "Admin") else f"{view.lower()}.{permission}"
        if right in RIGHTS:
            found.add(right)
        else:
            technical += 1
    said = [text.say(language) for right, text in RIGHTS.items() if right in found]
    if technical:
        said.append(_TECHNICAL.format(count=technical).say(language))
    return ", ".join(said) or "—"
