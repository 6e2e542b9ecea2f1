"""Phone numbers as outside systems want them: with the country's code, and of countries that were allowed."""

from __future__ import annotations

from collections.abc import Mapping

import phonenumbers

from connectors.exchange import Refused
from scenario_engine.ports import SettingField
from scenario_engine.texts import Text

COUNTRIES = SettingField(
    key="countries",
    title=Text("Countries", "Страны"),
    help=Text(
        "Numbers of other countries are refused. Two letters each, with commas between: RU, KZ.",
        "Номера других стран не принимаются. По две буквы через запятую: RU, KZ.",
    ),
    default="RU",
)

_NONE = Text("This is no phone number.", "Это не телефонный номер.")
_ABROAD = Text(
    "A number of another country ({country}). Add it to the countries of the connector if you may write there.",
    "Номер другой страны ({country}). Если туда можно писать, добавьте её в страны канала.",
)


def digits(phone: str, chosen: Mapping[str, str]) -> str:
    """The number with its country's code, digits alone. Raises `Refused` for what is none, or another country's."""
    allowed = _countries(chosen)
    try:
        number = phonenumbers.parse(phone, allowed[0] if allowed else "RU")
    except phonenumbers.NumberParseException as error:
        raise Refused(_NONE) from error
    # as `is_valid_number` does it, which keeps to itself the country that it found
    country = phonenumbers.region_code_for_number(number)
    if country is None or not phonenumbers.is_valid_number_for_region(number, country):
        raise Refused(_NONE)
    if country not in allowed:
        raise Refused(_ABROAD.format(country=country))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).removeprefix("+")


def countries_problem(chosen: Mapping[str, str]) -> Text | None:
    """What is wrong with the countries."""
    named = _countries(chosen)
    unknown = [each for each in named if each not in phonenumbers.SUPPORTED_REGIONS]
    if not named or unknown:
        return Text(
            "Name at least one country by its two letters: RU, KZ.",
            "Назовите хотя бы одну страну двумя буквами: RU, KZ.",
        )
    return None


def _countries(chosen: Mapping[str, str]) -> list[str]:
    return [each.strip().upper() for each in chosen.get("countries", "").split(",") if each.strip()]
