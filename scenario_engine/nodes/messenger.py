"""Message in a messenger."""

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
    template_field,
)
from scenario_engine.texts import Text


class Messenger(ContactNode):
    """Writes to the borrower in a messenger. It counts as a message, together with SMS and e-mail.

    A borrower without an address there leaves by “no address”, which you can lead to an SMS.
    """

    key = "messenger"
    title = Text("Messenger", "Мессенджер")
    icon = "brand-telegram"
    help_ru = (
        "Пишет заёмщику в мессенджер. Считается сообщением — вместе с SMS и электронной почтой.\n\n"
        "Если адреса в мессенджере нет, дело уходит по выходу «нет адреса» — его удобно вести на SMS."
    )
    contact_kind = "message"
    channel = "messenger"
    address = "messenger"
    defaults = {
        "template": "Здравствуйте, {{ first_name }}! По займу {{ loan_number }} просрочено {{ overdue }}. "
        "{{ creditor_name }}, {{ creditor_phone }}"
    }

    class Params(MessageForm):
        """The text and the way out of the house."""

        library = library_field()
        template = template_field(LONGEST["messenger"])
        connector = connector_field()
        not_later_hours = not_later_field()
        confirm_hours = confirm_field()
        limit_days = limit_field()
