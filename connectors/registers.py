"""What inquirers that speak HTTP share: one client for each request, and errors in the words of the port."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date

from connectors.exchange import Throttled, address_problem
from connectors.http import Client, Limits, Nonsense
from scenario_engine.addresses import Lookup
from scenario_engine.ports import Busy, Finding, Question, SettingField, Setup, Unreached
from scenario_engine.texts import Text

#: last name, first name, patronymic (empty when there is none)
Name = tuple[str, str, str]
_DAY = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})")


def address() -> SettingField:
    """Where the provider is; none is given, so that nothing leaves to whom nobody chose."""
    return SettingField(
        key="address",
        title=Text("Address", "Адрес"),
        help=Text("As your contract with the provider says.", "Как указано в договоре с поставщиком."),
    )


def price() -> SettingField:
    """What an answer costs."""
    return SettingField(
        key="price",
        title=Text("Price of an answer, ₽", "Цена ответа, ₽"),
        help=Text("Noted with every answer.", "Записывается к каждому ответу."),
        required=False,
        default="0",
    )


class HttpInquirer:
    """An inquirer that speaks HTTP with the provider at its setting `address`."""

    def __init__(self, limits: Limits | None = None, lookup: Lookup | None = None) -> None:
        self._limits = limits
        self._lookup = lookup

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """What is wrong with the address."""
        return address_problem(chosen)

    def fetch(self, task: str, questions: Sequence[Question], setup: Setup) -> Sequence[Finding] | None:
        """Nothing comes later, unless the provider's contract says otherwise."""
        raise Unreached("setup")

    @contextmanager
    def _client(self, setup: Setup) -> Iterator[Client]:
        """What requests go through; what goes wrong comes out as the port has it."""
        try:
            with Client(
                setup.chosen["address"], networks=setup.networks, lookup=self._lookup, limits=self._limits
            ) as client:  # fmt: skip
                yield client
        except Throttled as error:
            raise Busy(error.pause) from error
        except Nonsense as error:
            raise Unreached(str(error)) from error


def name_of(question: Question) -> Name | None:
    """The parts of the name; null when it has no two."""
    parts = question.full_name.split()
    return (parts[0], parts[1], " ".join(parts[2:])) if len(parts) > 1 else None


def day_of(text: str) -> date | None:
    """The first day written as dd.mm.yyyy; null when there is none."""
    found = _DAY.search(text)
    if found is None:
        return None
    day, month, year = (int(part) for part in found.groups())
    try:
        return date(year, month, day)
    except ValueError:
        return None
