"""E-mail."""

from __future__ import annotations

from scenario_engine.nodes.contact import (
    LONGEST,
    ContactNode,
    MessageForm,
    confirm_field,
    connector_field,
    library_field,
    limit_field,
    not_later_field,
    subject_field,
    template_field,
)
from scenario_engine.texts import Text


class Email(ContactNode):
    """Sends an e-mail. It counts as a message, together with SMS and messengers.

    Use it for what does not fit into an SMS. Example: terms of a restructuring.
    """

    key = "email"
    title = Text("E-mail", "Электронное письмо")
    icon = "mail"
    help_ru = (
        "Отправляет электронное письмо. Считается сообщением — вместе с SMS и мессенджерами.\n\n"
        "Нужно для того, что не помещается в SMS. Пример: условия реструктуризации."
    )
    contact_kind = "message"
    channel = "email"
    address = "email"
    templates = ("subject", "template")
    defaults = {
        "subject": "Займ {{ loan_number }}: просроченный платёж",
        "template": "Здравствуйте, {{ first_name }}!\n\nПо займу {{ loan_number }} просрочено {{ overdue }}.\n\n"
        "{{ creditor_name }}, {{ creditor_phone }}",
    }

    class Params(MessageForm):
        """Subject, text and the way out of the house."""

        library = library_field()
        subject = subject_field()
        template = template_field(LONGEST["email"])
        connector = connector_field()
        not_later_hours = not_later_field()
        confirm_hours = confirm_field()
        limit_days = limit_field()
