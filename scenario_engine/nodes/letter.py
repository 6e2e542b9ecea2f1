"""Letter by post."""

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


class Letter(ContactNode):
    """Writes a registered letter to the borrower's postal address: a PDF that is printed and taken to the post office.

    The limits of messages and calls do not concern letters (230-FZ, art. 4 part 1 item 3, art. 7 part 5); what forbids
    every contact does. Example: a claim before court.
    """

    key = "letter"
    title = Text("Letter", "Письмо по почте")
    icon = "mailbox"
    help_ru = (
        "Готовит заказное письмо на почтовый адрес заёмщика: файл PDF, который печатают и сдают на почту.\n\n"
        "Лимиты на сообщения и звонки писем не касаются (230-ФЗ, п. 3 ч. 1 ст. 4, ч. 5 ст. 7), а запрет контактов — "
        "касается. Пример: претензия перед судом."
    )
    # a kind of its own, for which a policy may set limits; the law sets none
    contact_kind = "letter"
    channel = "letter"
    address = "postal_address"
    templates = ("subject", "template")
    defaults = {
        "subject": "Требование об оплате по займу {{ loan_number }}",
        "template": "Здравствуйте, {{ full_name }}!\n\nПо договору займа {{ loan_number }} просрочено "
        "{{ overdue }}, весь долг — {{ balance }}. Просим погасить просроченную сумму.\n\n"
        "{{ creditor_name }}, {{ creditor_phone }}",
    }

    class Params(MessageForm):
        """Heading, text and the way out of the house."""

        library = library_field()
        subject = subject_field()
        template = template_field(LONGEST["letter"])
        connector = connector_field()
        not_later_hours = not_later_field()
        confirm_hours = confirm_field()
        limit_days = limit_field()
