"""Loans that leave the books with debt on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from scenario_engine.registry.amendments.base import Form, Kind, Scene
from scenario_engine.registry.ledger.fold import Amended
from scenario_engine.texts import Text


class WriteOff(Kind):
    """Nothing is owed any more. Money that comes later is kept as credit: recovered."""

    key = "written_off"
    title = Text("Write-off", "Списание")
    needs_approval = True
    leaves_as = "written_off"

    class Params(Form):
        """Why."""

        reason = fields.String(required=True, validate=validate.Length(1, 200))

    def plan(self, scene: Scene, asked: Mapping[str, Any]) -> Amended:
        """All that is owed leaves the books."""
        return Amended(kind=self.key, day=scene.on, contract=scene.contract, debt="gone")


class Sale(Kind):
    """The claim is another's. Money that comes later is kept as credit, to be passed on to the buyer."""

    key = "sold"
    title = Text("Sale", "Продажа")
    needs_approval = True
    leaves_as = "sold"

    class Params(Form):
        """To whom, and for how much."""

        buyer = fields.String(required=True, validate=validate.Length(1, 200))
        price = fields.Integer(required=True, strict=True, validate=validate.Range(0, 10**12))

    def plan(self, scene: Scene, asked: Mapping[str, Any]) -> Amended:
        """All that is owed leaves the books; the price is no payment of the borrower's."""
        return Amended(kind=self.key, day=scene.on, contract=scene.contract, debt="gone")
