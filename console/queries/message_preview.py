"""A message as one loan's borrower would read it, and how long and dear it is for many loans."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, Select, func, select, true
from sqlalchemy.orm import Session

from console.api.actor import Actor
from console.connectors import load_connectors
from console.queries.visibility import Veil, seen_loans
from scenario_engine.engine.outbox import template_values
from scenario_engine.errors import NotFound
from scenario_engine.models import Borrower, ConnectorSettings, Loan, Product
from scenario_engine.models.connector import LIVE
from scenario_engine.nodes.sms_length import measure
from scenario_engine.nodes.templates import check_template, render
from scenario_engine.settings import Settings
from scenario_engine.texts import Text

#: loans whose messages are written out to see how long they become
SAMPLE = 200

_Found = Row[Loan, Borrower, Product]


def preview(session: Session, actor: Actor, template: str, loan_id: int | None, settings: Settings) -> dict[str, Any]:
    """The text for a loan (without one, for the first that is overdue), its length, and its length over a sample.

    Names are veiled from those who may not read them; lengths are those of the real text. `NotFound` for a loan that
    the actor may not see.
    """
    problems = [problem.as_dict(actor.language) for problem in check_template(template)]
    shown = _loan(session, actor, loan_id)
    if problems or shown is None:
        nothing = {"loan": None, "text": None, "length": None, "sample": None}
        return {"problems": problems, **nothing, **price_facts(session, settings)}
    values = template_values(*shown, settings)
    return {
        "problems": [],
        "loan": loan_facts(actor, shown),
        "text": render(template, veiled_values(actor, values)),
        "length": length_facts(render(template, values)),
        "sample": _sample(session, actor, template, settings),
    } | price_facts(session, settings)


def veiled_values(actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a template may name of a loan, as far as the actor may read it."""
    veil = Veil(actor)
    names = ("first_name", "full_name") if veil.masked else ()
    return {**values, **{name: veil.name(str(values[name])) for name in names}}


def loan_facts(actor: Actor, found: _Found) -> dict[str, Any]:
    """The loan that a text is shown for."""
    loan, borrower, _product = found
    name = Veil(actor).name(borrower.full_name)
    return {"id": loan.id, "external_id": loan.external_id, "dpd": loan.dpd, "name": name}


def length_facts(text: str) -> dict[str, Any]:
    """How long an SMS is."""
    return asdict(measure(text))


def price_facts(session: Session, settings: Settings) -> dict[str, int]:
    """What one part of an SMS costs, in kopecks: by the dearest tariff of the connectors that are live, or, where none
    has one, as the installation was told; 0: nobody said.
    """
    carrying = [key for key, connector in load_connectors().items() if "sms" in connector.channels]
    tariff = session.scalar(
        select(func.max(ConnectorSettings.tariff)).where(
            ConnectorSettings.key.in_(carrying), ConnectorSettings.mode == LIVE, ConnectorSettings.by_part
        )
    )
    return {"segment_price": tariff or settings.sms_segment_kopecks}


def _loans(actor: Actor) -> Select[Loan, Borrower, Product]:
    return (
        select(Loan, Borrower, Product)
        .join(Borrower, Borrower.id == Loan.borrower_id)
        .join(Product, Product.id == Loan.product_id)
        .where(seen_loans(actor))
    )


def one_loan(session: Session, actor: Actor, loan_id: int) -> _Found:
    """The loan with its borrower and product, or `NotFound` for one that the actor may not see."""
    found = session.execute(_loans(actor).where(Loan.id == loan_id)).one_or_none()
    if found is None:
        raise NotFound(Text("There is no such loan.", "Такого займа нет."))
    return found


def _loan(session: Session, actor: Actor, loan_id: int | None) -> _Found | None:
    if loan_id is not None:
        return one_loan(session, actor, loan_id)
    overdue = _loans(actor).where(Loan.state == "open", Loan.dpd > 0).order_by(Loan.id).limit(1)
    return session.execute(overdue).one_or_none() or session.execute(_loans(actor).order_by(Loan.id).limit(1)).first()


def _sample(session: Session, actor: Actor, template: str, settings: Settings) -> dict[str, Any]:
    """Segments over overdue loans that lie evenly in the registry; a sample, because a text is written out for each."""
    overdue = (Loan.state == "open", Loan.dpd > 0)
    highest = session.scalar(select(func.max(Loan.id))) or 0
    count = session.scalar(select(func.count()).where(*overdue)) or 0
    step = max(1, count // SAMPLE)
    spread = (Loan.id * 7919) % max(1, highest) % step == 0 if step > 1 else true()
    rows: Sequence[_Found] = session.execute(_loans(actor).where(*overdue, spread).limit(SAMPLE)).all()
    segments = Counter(measure(render(template, template_values(*row, settings))).segments for row in rows)
    return {
        "loans": len(rows),
        "segments": [{"segments": size, "loans": loans} for size, loans in sorted(segments.items())],
    }
