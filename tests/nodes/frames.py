"""A frame over plain tables, in which a node's SQL can be run for the loans of a registry, without the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Select, case, literal, select, type_coerce
from sqlalchemy.orm import Session

from scenario_engine.models import Borrower, Case, Loan, Product, UtcDateTime
from scenario_engine.nodes.base import NodeType
from scenario_engine.rules.condition import compile_rule
from scenario_engine.rules.count import registry_scope

Moment = Callable[[datetime, str], datetime]


class RegistryFrame:
    """`nodes.base.Frame` for every loan of the registry at `moment_now`; the guard says `word` to everybody."""

    settings: Mapping[str, Any] = MappingProxyType({"policy": "ru-230", "track": "collection"})
    node_id = 1
    node_key = "n1"
    version_id = 1
    loan: Any = Loan.__table__.c
    borrower: Any = Borrower.__table__.c
    product: Any = Product.__table__.c
    case: Any = Case.__table__.c

    def __init__(self, now: datetime, *, word: str = "allow", zones: tuple[str, ...] = ("Europe/Moscow",)) -> None:
        self.moment_now = now
        self.now: ColumnElement[datetime] = literal(now, UtcDateTime())
        self.word = word
        self.zones = zones
        self.asked: list[tuple[str, str]] = []

    def rule(self, rule: Mapping[str, Any]) -> ColumnElement[bool]:
        return compile_rule(rule, registry_scope(self.moment_now, "Europe/Moscow"))

    def draw(self, salt: str) -> ColumnElement[int]:
        self.asked.append(("draw", salt))
        drawn: ColumnElement[int] = self.borrower.lot % 10_000
        return drawn

    def moment(self, moment: Moment) -> ColumnElement[datetime]:
        return case(
            *[(self.borrower.time_zone == zone, self._at(moment, zone)) for zone in self.zones],
            else_=self._at(moment, "Europe/Moscow"),
        )

    def _at(self, moment: Moment, zone: str) -> ColumnElement[datetime]:
        return literal(moment(self.moment_now, zone), UtcDateTime())

    def after(self, seconds: int) -> ColumnElement[datetime]:
        return literal(self.moment_now + timedelta(seconds=seconds), UtcDateTime())

    def contact(self, kind: str, address: ColumnElement[Any]) -> ColumnElement[str]:
        self.asked.append((kind, address.name))
        return case((address.is_(None), literal("no_address")), else_=literal(self.word))

    def contact_moment(self) -> ColumnElement[datetime]:
        return self.now

    def contact_a_day_on(self) -> ColumnElement[datetime]:
        return self.after(86_400)

    def since(self) -> ColumnElement[datetime]:
        return self.now


def over_loans(*columns: Any) -> Select[Any]:
    """A select over every loan with its borrower, its product and (perhaps) its case, in the order of the loans."""
    return (
        select(*columns)
        .select_from(Loan.__table__)
        .join(Borrower.__table__, Borrower.__table__.c.id == Loan.__table__.c.borrower_id)
        .join(Product.__table__, Product.__table__.c.id == Loan.__table__.c.product_id)
        .outerjoin(Case.__table__, Case.__table__.c.loan_id == Loan.__table__.c.id)
        .order_by(Loan.__table__.c.id)
    )


def routes(session: Session, kind: NodeType, frame: RegistryFrame, **params: Any) -> list[str]:
    """The port that each loan takes, in the order of the loans."""
    return list(session.scalars(over_loans(kind.route(kind.Params().load(params), frame))))


def rests(session: Session, kind: NodeType, frame: RegistryFrame, **params: Any) -> list[datetime]:
    """Until when each loan rests."""
    until = kind.rest_until(kind.Params().load(params), frame)
    assert until is not None
    return list(session.scalars(over_loans(type_coerce(until, UtcDateTime()))))
