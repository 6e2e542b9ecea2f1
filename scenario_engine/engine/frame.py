"""The frame in which node types write their SQL: columns of the current layer, and what only the compiler knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Date, bindparam, case, literal

from scenario_engine.models import UtcDateTime
from scenario_engine.policies.days import zone_of
from scenario_engine.policies.pack import ContactPolicy
from scenario_engine.rules.condition import compile_rule
from scenario_engine.rules.fields import RuleScope

Moment = Callable[[datetime, str], datetime]

#: prime modulus of the draw; products with a 31-bit multiplier fit into 63 bits
_PRIME = 2_147_483_647
#: salt of the draw that decides who is held out of a scenario
HOLDOUT_SALT = "holdout"


class Columns:
    """Columns by attribute, under a prefix of a select; notes which ones were asked for."""

    def __init__(self, prefix: str, columns: Mapping[str, ColumnElement[Any]] | Any, asked: set[str]) -> None:
        self._prefix = prefix
        self._columns = columns
        self._asked = asked

    def __getattr__(self, name: str) -> ColumnElement[Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        self._asked.add(f"{self._prefix}_{name}")
        column: ColumnElement[Any] = self._columns[f"{self._prefix}_{name}"]
        return column


class Moments:
    """Instants that depend on the tick and the borrower's time zone only: computed once per zone, bound as
    parameters."""

    def __init__(self, zones: tuple[str, ...], home: str) -> None:
        self.zones = zones
        self.home = home
        self._moments: list[Moment] = []
        self._spans: set[int] = set()
        #: what was reckoned last: every batch of a tick asks for the same
        self._reckoned: tuple[tuple[datetime, int, int], dict[str, datetime | bool]] | None = None

    def expression(self, moment: Moment, time_zone: ColumnElement[str]) -> ColumnElement[datetime]:
        """CASE over the zones; a zone that is not in the list gets the portfolio's own.

        Where it is the same instant in every zone (within contact hours it mostly is) no zone is compared.
        """
        if moment not in self._moments:
            self._moments.append(moment)
        index = self._moments.index(moment)
        home = bindparam(f"moment_{index}_home", type_=UtcDateTime())
        if not self.zones:
            return home
        return case(
            (bindparam(f"moment_{index}_same", type_=Boolean()).is_(True), home),
            *[
                (time_zone == literal(zone), bindparam(f"moment_{index}_{position}", type_=UtcDateTime()))
                for position, zone in enumerate(self.zones)
            ],
            else_=home,
        )

    def after(self, seconds: int) -> ColumnElement[datetime]:
        """So long after the tick, or before it when negative: the same instant for everybody."""
        self._spans.add(seconds)
        return bindparam(_span_name(seconds), type_=UtcDateTime())

    def values(self, now: datetime) -> dict[str, datetime | bool]:
        """The parameters for a tick at `now`."""
        asked = (now, len(self._moments), len(self._spans))
        if self._reckoned is None or self._reckoned[0] != asked:
            self._reckoned = (asked, self._reckon(now))
        return self._reckoned[1]

    def _reckon(self, now: datetime) -> dict[str, datetime | bool]:
        found: dict[str, datetime | bool] = {
            _span_name(seconds): now + timedelta(seconds=seconds) for seconds in self._spans
        }
        for index, moment in enumerate(self._moments):
            home = moment(now, self.home)
            there = [moment(now, zone) for zone in self.zones]
            found[f"moment_{index}_home"] = home
            found[f"moment_{index}_same"] = all(other == home for other in there)
            found |= {f"moment_{index}_{position}": other for position, other in enumerate(there)}
        return found


def _span_name(seconds: int) -> str:
    return f"after_{seconds}" if seconds >= 0 else f"before_{-seconds}"


def draw(lot: ColumnElement[int], salt: str) -> ColumnElement[int]:
    """0…9999 for a borrower's lot: a universal hash whose two constants come from the salt."""
    digest = hashlib.sha256(salt.encode()).digest()
    multiplier = int.from_bytes(digest[:4]) % (_PRIME - 1) + 1
    shift = int.from_bytes(digest[4:8]) % _PRIME
    return ((lot * multiplier + shift) % _PRIME) % 10_000


class CompileFrame:
    """`nodes.base.Frame` over the columns of one select."""

    def __init__(
        self,
        *,
        columns: Any,
        asked: set[str],
        moments: Moments,
        version_id: int,
        scenario_key: str,
        settings: Mapping[str, Any],
        policy: ContactPolicy,
        node_id: int = 0,
        node_key: str = "",
    ) -> None:
        self.now: ColumnElement[datetime] = bindparam("now", type_=UtcDateTime())
        self.today: ColumnElement[date] = bindparam("today", type_=Date())
        self.loan = Columns("loan", columns, asked)
        self.borrower = Columns("borrower", columns, asked)
        self.product = Columns("product", columns, asked)
        self.case = Columns("case", columns, asked)
        self.version_id = version_id
        self.settings = settings
        self.policy = policy
        self.node_id = node_id
        self.node_key = node_key
        self._scenario_key = scenario_key
        self._moments = moments
        #: set by the compiler for the node where the tick finds the cases
        self.found_here = False
        #: set by the compiler for a contact node: (kind, address) -> the guard's word
        self.guard: Callable[[str, ColumnElement[Any]], ColumnElement[str]] = lambda _kind, _address: literal("allow")

    @property
    def scope(self) -> RuleScope:
        """The same columns as a scope for rules."""
        return RuleScope(loan=self.loan, borrower=self.borrower, product=self.product, now=self.now, today=self.today)

    def rule(self, rule: Mapping[str, Any]) -> ColumnElement[bool]:
        """The rule as SQL; never null."""
        return compile_rule(rule, self.scope)

    def draw(self, salt: str) -> ColumnElement[int]:
        """0…9999, sticky by borrower within the scenario, whatever the version."""
        return draw(self.borrower.lot, f"{self._scenario_key}/{salt}")

    def moment(self, moment: Moment) -> ColumnElement[datetime]:
        """`moment(now, zone)` for the borrower's zone."""
        return self._moments.expression(moment, self.borrower.time_zone)

    def after(self, seconds: int) -> ColumnElement[datetime]:
        """The instant so many seconds after the tick, before it when negative."""
        return self._moments.after(seconds)

    def contact(self, kind: str, address: ColumnElement[Any]) -> ColumnElement[str]:
        """The contact guard's answer."""
        return self.guard(kind, address)

    def contact_moment(self) -> ColumnElement[datetime]:
        """When the policy's hours allow a contact next."""
        return self.moment(self.policy.next_moment)

    def contact_a_day_on(self) -> ColumnElement[datetime]:
        """When they do a day from now or later."""
        return self.moment(self.policy.a_day_on)

    def since(self) -> ColumnElement[datetime]:
        """When the case came to the node."""
        came: ColumnElement[datetime] = self.case.entered_at if self.found_here else self.now
        return came


def local_day(now: datetime, time_zone: str) -> date:
    """The day it is in a zone."""
    return now.astimezone(UTC).astimezone(zone_of(time_zone)).date()
