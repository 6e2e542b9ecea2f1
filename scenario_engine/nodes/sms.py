"""SMS."""

from __future__ import annotations

from scenario_engine.nodes.contact import ContactNode
from scenario_engine.texts import Text


class Sms(ContactNode):
    """Sends an SMS to the borrower's phone, within the limits and hours of the contact policy.

    Outside the hours it waits for them; when the day's, week's or month's limit is used up the case leaves by
    “not allowed”. Name yourself and your phone: the law demands it. Example: a reminder on the second day.
    """

    key = "sms"
    title = Text("SMS", "SMS")
    icon = "message"
    help_ru = (
        "Отправляет SMS на телефон заёмщика — в пределах лимитов и часов, которые разрешает политика контактов.\n\n"
        "В неурочное время ждёт разрешённых часов; если дневной, недельный или месячный лимит исчерпан, "
        "дело уходит по выходу «контакт запрещён». Назовите себя и свой телефон: этого требует закон. "
        "Пример: напоминание на второй день."
    )
    contact_kind = "message"
    channel = "sms"
    address = "phone"
    defaults = {
        "template": "{{ first_name }}, просрочен платёж по займу {{ loan_number }}: {{ overdue }}. "
        "{{ creditor_name }}, {{ creditor_phone }}"
    }
