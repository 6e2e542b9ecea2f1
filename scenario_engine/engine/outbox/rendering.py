"""Messages as they leave: who gets them, and what they say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Bundle, Session

from scenario_engine import library
from scenario_engine.contacts.optout import optout_url
from scenario_engine.contacts.refusals import refusal_reason, refused
from scenario_engine.contacts.stops import NO_CONTACT, stop_reason
from scenario_engine.engine.outbox.claims import Taken
from scenario_engine.errors import KaskadError
from scenario_engine.models import Borrower, Loan, Product
from scenario_engine.models.consent import CHANNELS
from scenario_engine.nodes.templates import VARIABLES, render
from scenario_engine.nodes.webhook import body_of
from scenario_engine.ports import Delivery, Outgoing
from scenario_engine.registry.rowsets import keys
from scenario_engine.settings import Settings
from scenario_engine.vault import Vault

#: by the id of a loan: its row, with as much of loan, borrower and product as a message asks for
People = Mapping[int, Any]

# whole objects would take longer than all else of a batch
_ROW: tuple[Bundle[Any], ...] = (
    Bundle(
        "loan", Loan.id, Loan.external_id, Loan.overdue, Loan.balance, Loan.principal, Loan.dpd, Loan.next_due_on,
        Loan.next_due_amount,
    ),
    Bundle(
        "borrower", Borrower.full_name, Borrower.language, Borrower.time_zone, Borrower.contact_stop, Borrower.phone,
        Borrower.email, Borrower.messenger, Borrower.postal_address,
    ),
    Bundle("product", Product.name),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """A batch as it may leave."""

    outgoing: Sequence[Outgoing]
    #: what cannot
    broken: Sequence[Delivery]
    #: the reasons of what must not by now, by id
    stopped: Mapping[int, str]


def find_people(session: Session, messages: Sequence[Taken]) -> People:
    """Whom the messages are for."""
    rows = session.execute(
        select(*_ROW)
        .join_from(Loan, Borrower, Borrower.id == Loan.borrower_id)
        .join(Product, Product.id == Loan.product_id)
        .where(Loan.id.in_(keys(session, sorted({message.loan_id for message in messages}))))
    )
    return {row.loan.id: row for row in rows}


def render_batch(
    session: Session, messages: Sequence[Taken], people: People, settings: Settings, vault: Vault
) -> Rendered:
    """The texts of the messages, for a batch at once. What forbids a contact may have come since the guard let the
    message pass, from a file or another case: so that is asked once more.
    """
    refusals = refused(session, keys(session, sorted({message.borrower_id for message in messages})))
    texts = library.texts_of(session, {named for message in messages if (named := library.name_of(message.content))})
    outgoing: list[Outgoing] = []
    broken: list[Delivery] = []
    stopped: dict[int, str] = {}
    for message in messages:
        loan, borrower, product = people[message.loan_id]
        if borrower.contact_stop is not None and message.channel not in NO_CONTACT:
            stopped[message.id] = stop_reason(borrower.contact_stop)
            continue
        if (message.borrower_id, message.channel) in refusals:
            stopped[message.id] = refusal_reason(message.channel)
            continue
        recipient = _recipient(message, borrower)
        try:
            said = library.words_of(message.content, borrower.language, texts)
            link = _link(message, said, settings, vault)
            values = template_values(loan, borrower, product, settings) | link
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


def _link(message: Taken, said: Iterable[str], settings: Settings, vault: Vault) -> dict[str, str]:
    """The address at which the borrower refuses the channel, where the text or an e-mail's header has it."""
    is_asked = message.channel == "email" or any("optout_url" in words for words in said)
    if message.channel not in CHANNELS or not is_asked:
        return {}
    return {"optout_url": optout_url(message.borrower_id, message.channel, settings=settings, vault=vault)}


def _recipient(message: Taken, borrower: Borrower) -> str | None:
    match message.channel:
        case "email":
            return borrower.email
        case "messenger":
            return borrower.messenger
        case "letter":
            return borrower.postal_address
        case "webhook":
            return message.content.get("url")
        case _:
            return borrower.phone


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
