"""Products as people make and change them. What a loan was issued on stays with the loan: a change is for new ones."""

from __future__ import annotations

import re
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.models import Product
from scenario_engine.registry.lending import decision as rules
from scenario_engine.registry.lending.decision import DecisionRules
from scenario_engine.registry.lending.offer import problems_of, refusal
from scenario_engine.registry.lending.terms import Terms
from scenario_engine.texts import Text

_CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def create(
    session: Session,
    *,
    code: str,
    name: str,
    offered: bool,
    terms: Terms,
    decision: DecisionRules | None = None,
    actor: str,
    now: datetime,
    on: date,
) -> Product:
    """A new product, written in the caller's transaction.

    Raises `Invalid` (code, name, terms that loans made on the day `on` may not have, rules that make no sense) and
    `Conflict` (code taken).
    """
    if not _CODE.fullmatch(code):
        text = Text(
            "Use small Latin letters, digits, hyphens and underscores; begin with a letter or digit.",
            "Маленькие латинские буквы, цифры, дефисы и подчёркивания; начните с буквы или цифры.",
        )
        raise refusal_of_field("code", text)
    _check(name, terms, on)
    _check_decision(decision)
    if session.scalar(select(Product.id).where(Product.code == code)) is not None:
        raise Conflict(
            Text("There is a product {code} already.", "Продукт {code} уже есть.").format(code=code),
            code="product.exists",
        )
    product = Product(
        code=code, name=name.strip(), kind=terms.kind, offered=offered, terms=terms.as_document(),
        decision=None if decision is None else decision.as_document(),
    )  # fmt: skip
    session.add(product)
    session.flush()
    _record(session, "product.created", product, actor, now)
    return product


def change(
    session: Session,
    product_id: int,
    *,
    revision: int,
    name: str,
    offered: bool,
    terms: Terms,
    decision: DecisionRules | None,
    actor: str,
    now: datetime,
    on: date,
) -> Product:
    """The product with other words and terms. `revision` is the one that the change began from.

    A product that is not offered may keep terms that the law no longer allows. Raises `NotFound`, `Conflict` (changed
    meanwhile) and `Invalid`.
    """
    product = session.scalar(select(Product).where(Product.id == product_id).with_for_update())
    if product is None:
        raise NotFound(Text("There is no such product.", "Такого продукта нет."), code="product.unknown")
    if product.revision != revision:
        raise Conflict(
            Text(
                "Somebody changed this product meanwhile. Reload the page and repeat your change.",
                "Пока вы правили, продукт изменил кто-то другой. Обновите страницу и повторите правку.",
            ),
            code="product.changed",
        )
    document = terms.as_document()
    if offered or document != product.terms:
        _check(name, terms, on)
    _check_decision(decision)
    product.decision = None if decision is None else decision.as_document()
    product.name, product.offered, product.kind, product.terms = name.strip(), offered, terms.kind, document
    product.revision += 1
    session.flush()
    _record(session, "product.changed", product, actor, now)
    return product


def refusal_of_field(field: str, text: Text) -> Invalid:
    """The error of one field."""
    return Invalid(text, problems=[Problem(code=f"product.{field}", field=field, text=text)])


def _check(name: str, terms: Terms, on: date) -> None:
    if not name.strip():
        raise refusal_of_field("name", Text("Give the product a name.", "Назовите продукт."))
    problems = problems_of(terms, on=on)
    if problems:
        raise refusal(problems)


def _check_decision(decision: DecisionRules | None) -> None:
    if decision is not None and (problems := rules.problems_of(decision)):
        raise Invalid(
            Text("These rules make no sense yet.", "В правилах решения есть ошибки."),
            code="decision.rules",
            problems=problems,
        )


def _record(session: Session, action: str, product: Product, actor: str, now: datetime) -> None:
    audit.record(
        session,
        at=now,
        actor=actor,
        action=action,
        subject_type="product",
        subject_id=product.id,
        code=product.code,
        offered=product.offered,
        terms=product.terms,
        decision=product.decision,
    )
