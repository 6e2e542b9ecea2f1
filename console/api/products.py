"""Products: what is lent on which terms, and what a borrower would pay."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from console import repetition
from console.api.actor import Actor
from console.api.base import Api, route
from console.api.fields import Amount, Key, Line
from console.api.listing import ListQuery, Source
from console.api.shapes import products as shapes
from console.api.shapes.scenarios import Fields
from console.clock import now, today
from console.context import database, settings
from console.queries.products import policies, preview_facts, product_card, product_list
from scenario_engine.registry.lending import offer, products
from scenario_engine.registry.lending.decision import DecisionSchema
from scenario_engine.registry.lending.terms import TermsSchema
from scenario_engine.rules.catalogue import application_catalogue
from scenario_engine.texts import Text

_DAYS = validate.Range(date(2014, 7, 1), date(2099, 12, 31))


class ProductQuery(ListQuery):
    """Filters of the list."""

    kind = Line()
    offered = fields.Boolean()


PRODUCTS = Source(
    title=Text("Products", "Продукты"),
    right="product.read",
    query=ProductQuery,
    make=lambda asked: product_list(asked.query),
)


class ProductBody(Schema):
    """A product as it is to be; `revision` is the one that the change began from."""

    name = Line(longest=250, shortest=1, required=True)
    offered = fields.Boolean(required=True)
    terms = fields.Nested(TermsSchema, required=True)
    #: who gets a loan; null: whom the law allows
    decision = fields.Nested(DecisionSchema, required=True, allow_none=True)


class NewProduct(ProductBody):
    """A product that is made; its code stays."""

    code = Line(longest=64, shortest=1, required=True)
    decision = fields.Nested(DecisionSchema, load_default=None, allow_none=True)


class ChangedProduct(ProductBody):
    """A product that is changed."""

    revision = Key(required=True)


class PreviewBody(Schema):
    """Terms, saved or not, and the loan to draw up."""

    terms = fields.Nested(TermsSchema, required=True)
    principal = Amount(required=True)
    term = Key(required=True)
    issued_on = fields.Date(load_default=None, allow_none=True, validate=_DAYS)


class ProductsApi(Api):
    """Products."""

    resource_name = "products"

    @route("GET", "", right="product.read", query=ProductQuery, answer=shapes.ProductPage)
    def get_list(self, *, actor: Actor, query: dict[str, Any]) -> Any:
        """All products with the number of their loans."""
        return PRODUCTS.page(actor, query)

    @route("GET", "/policies", right="product.read", answer=shapes.Policies)
    def policies(self, *, actor: Actor) -> dict[str, Any]:
        """The rule packs with every dated limit and its source."""
        return policies(actor.language, on=_today())

    @route("GET", "/fields", right="product.read", answer=Fields)
    def fields(self, *, actor: Actor) -> dict[str, Any]:
        """What a rule of a product may ask about an application."""
        with database().read() as session:
            return application_catalogue(session, actor.language)

    @route("GET", "/<key:product_id>", right="product.read", answer=shapes.ProductCard)
    def get(self, *, actor: Actor, product_id: int) -> dict[str, Any]:
        """A product with its terms, and what is wrong with them today."""
        with database().read() as session:
            return product_card(session, product_id, actor.language, on=_today())

    @route("POST", "", right="product.edit", body=NewProduct, answer=shapes.ProductCard, status=201, repeatable=True)
    def post(self, *, actor: Actor, body: dict[str, Any]) -> Any:
        """Make a product; terms above a legal cap are refused with the figures."""
        moment = now()

        def write(session: Session) -> dict[str, Any]:
            product = products.create(session, **body, actor=actor.name, now=moment, on=_today())
            return product_card(session, product.id, actor.language, on=_today())

        return repetition.once(database(), actor.name, moment, write)

    @route("PUT", "/<key:product_id>", right="product.edit", body=ChangedProduct, answer=shapes.ProductCard)
    def put(self, *, actor: Actor, product_id: int, body: dict[str, Any]) -> dict[str, Any]:
        """Change a product, for loans that are made from now on."""
        with database().write() as session:
            products.change(session, product_id, **body, actor=actor.name, now=now(), on=_today())
            return product_card(session, product_id, actor.language, on=_today())

    @route("POST", "/preview", right="product.read", body=PreviewBody, answer=shapes.Preview)
    def preview(self, *, actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
        """Schedule and full cost of a loan on these terms; refused with figures where the law forbids it."""
        asked = {**body, "issued_on": body["issued_on"] or _today()}
        return preview_facts(offer.preview(**asked))


def _today() -> date:
    return today(now(), settings().time_zone)
