"""Messages as they leave: who gets them, and what they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import library
from scenario_engine.contacts.optout import optout_url
from scenario_engine.contacts.refusals import refusal_reason, refused
from scenario_engine.contacts.stops import NO_CONTACT, stop_reason
from scenario_engine.errors import KaskadError
from scenario_engine.models import Borrower, Loan, Message, Product
from scenario_engine.models.consent import CHANNELS
from scenario_engine.nodes.templates import VARIABLES, render
from scenario_engine.nodes.webhook import body_of
from scenario_engine.ports import Delivery, Outgoing
from scenario_engine.settings import Settings
from scenario_engine.vault import Vault


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A batch as it may leave."""

    outgoing: Sequence[Outgoing]
    #: what cannot
    broken: Sequence[Delivery]
    #: the reasons of what must not by now, by id
    stopped: Mapping[int, str]


def render_batch(session: Session, messages: Sequence[Message], settings: Settings, vault: Vault) -> Rendered:
    """The texts of the messages, for a batch at once. What forbids a contact may have come since the guard let the
    message pass, from a file or another case: so that is asked once more.
    """
    rows = session.execute(
        select(Loan, Borrower, Product)
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .join(Product, Product.id == Loan.product_id)
        .where(Loan.id.in_({message.loan_id for message in messages}))
    ).all()
    by_loan = {row[0].id: row for row in rows}
    refusals = refused(session, {message.borrower_id for message in messages})
    texts = library.texts_of(session, {named for message in messages if (named := library.name_of(message.content))})
    outgoing: list[Outgoing] = []
    broken: list[Delivery] = []
    stopped: dict[int, str] = {}
    for message in messages:
        loan, borrower, product = by_loan[message.loan_id]
        if borrower.contact_stop is not None and message.channel not in NO_CONTACT:
            stopped[message.id] = stop_reason(borrower.contact_stop)
            continue
        if (message.borrower_id, message.channel) in refusals:
            stopped[message.id] = refusal_reason(message.channel)
            continue
        link = _link(message, settings, vault)
        values = template_values(loan, borrower, product, settings) | link
        recipient = _recipient(message, borrower)
        try:
            said = library.words_of(message.content, borrower.language, texts)
            subject, body = (render(words, values) for words in said)
            if message.channel == "webhook":
                body = body_of(message.content, values)
        except KaskadError as error:
            broken.append(Delivery(message_id=message.id, accepted=False, error=error.text.en))
            continue
        if not recipient:
            broken.append(Delivery(message_id=message.id, accepted=False, error="the borrower has no address by now"))
            continue
        outgoing.append(
            Outgoing(
                key=f"{message.batch_id}-{message.case_id}-{message.node_id}", message_id=message.id,
                channel=message.channel, recipient=recipient, subject=subject, body=body,
                content={**message.content, **link} if message.channel == "email" else message.content,
                addressee=borrower.full_name, again=message.attempts > 1,
            )
        )  # fmt: skip
    return Rendered(outgoing=outgoing, broken=broken, stopped=stopped)


def _link(message: Message, settings: Settings, vault: Vault) -> dict[str, str]:
    """The address at which the borrower refuses the channel, in the text and in the letter's header."""
    if message.channel not in CHANNELS:
        return {}
    return {"optout_url": optout_url(message.borrower_id, message.channel, settings=settings, vault=vault)}


def _recipient(message: Message, borrower: Borrower) -> str | None:
    addresses = {
        "email": borrower.email,
        "messenger": borrower.messenger,
        "letter": borrower.postal_address,
        "webhook": message.content.get("url"),
    }
    return addresses.get(message.channel, borrower.phone)


def template_values(loan: Loan, borrower: Borrower, product: Product, settings: Settings) -> dict[str, object]:
    """What a message template may say about a loan. Amounts are kopecks; the template's filters word them."""
    names = borrower.full_name.split()
    return {
        "first_name": names[1] if len(names) > 1 else borrower.full_name,
        "full_name": borrower.full_name,
        "overdue": loan.overdue,
        "balance": loan.balance,
        "principal": loan.principal,
        "dpd": loan.dpd,
        "next_due_on": loan.next_due_on,
        "next_due_amount": loan.next_due_amount,
        "loan_number": loan.external_id,
        "product": product.name,
        "creditor_name": settings.creditor_name,
        "creditor_phone": settings.creditor_phone,
        # whose it is, is known when the message leaves
        "optout_url": VARIABLES["optout_url"].example,
    }
