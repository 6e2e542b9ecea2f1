"""The contact policies that come with Kaskad, as documents; from public sources, which each names.

`kaskad init` writes them into the database as their first versions. A database to which nothing was written follows
them all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """A policy's first version."""

    valid_from: datetime
    document: Mapping[str, Any]


def _limit(
    kind: str, contacts: int, *windows: Mapping[str, Any], per: str = "borrower", counts: str = "attempts"
) -> dict[str, Any]:
    return {"kind": kind, "contacts": contacts, "windows": list(windows), "per": per, "counts": counts}


def _both(unit: str) -> tuple[dict[str, Any], ...]:
    """The law says "a day", "a week", "a month" and not which: the calendar's and the rolling one."""
    rolling = {"day": {"rolling_hours": 24}, "week": {"rolling_days": 7}, "month": {"rolling_days": 31}}
    return {"calendar": unit}, rolling[unit]


def _document(title: Text, **values: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "title": title._asdict(),
        "limits": [],
        "country": None,
        "channels_off": [],
        "consent_exempts": False,
        "refusal_from_days": None,
        "third_party_consents": 2,
        "identification": ["creditor_name", "creditor_phone"],
        "moratorium": None,
    }
    return usual | values


#: that of who chooses none
USUAL = "ru-230"


def key_of(document: Mapping[str, Any]) -> str:
    """The key of the policy that a scenario's checked document is under."""
    key: str = document.get("settings", {}).get("policy", USUAL)
    return key


SHIPPED: Mapping[str, Shipped] = {
    "ru-230": Shipped(
        # the first of February in Moscow
        valid_from=datetime(2024, 1, 31, 21, tzinfo=UTC),
        document=_document(
            Text("Russia, law 230-FZ", "Россия, закон 230-ФЗ"),
            source="230-ФЗ, ст. 7 и 8; 254-ФЗ; 137-ФЗ от 07.06.2025; ФССП, ответы на частые вопросы",
            limits=[
                _limit("message", 2, *_both("day")),
                _limit("message", 4, *_both("week")),
                _limit("message", 16, *_both("month")),
                # since 2024-02-01 a robot's call is a call
                _limit("call", 1, *_both("day")),
                _limit("call", 2, *_both("week")),
                _limit("call", 8, *_both("month")),
                _limit("meeting", 1, *_both("week")),
            ],
            hours={"working": ["08:00", "22:00"], "rest": ["09:00", "20:00"]},
            country="RU",
            # foreign messengers: barred for banks since 2025-06-01, unsettled for microfinance
            channels_off=["messenger"],
            # from the fourth month on
            refusal_from_days=120,
        ),
    ),
    "us-reg-f": Shipped(
        valid_from=datetime(2021, 11, 30, tzinfo=UTC),
        document=_document(
            Text("USA, Regulation F", "США, Regulation F"),
            source="12 CFR 1006.6, 1006.14",
            limits=[
                _limit("call", 7, {"rolling_days": 7}, per="loan"),
                _limit("call", 0, {"rolling_days": 7}, per="loan", counts="talks"),
            ],
            hours={"working": ["08:00", "21:00"], "rest": ["08:00", "21:00"]},
            country="US",
            consent_exempts=True,
        ),
    ),
    "uk-breathing-space": Shipped(
        valid_from=datetime(2021, 5, 4, tzinfo=UTC),
        document=_document(
            Text("United Kingdom, breathing space", "Великобритания, breathing space"),
            source="FCA Handbook, CONC 7; limits and hours are a house rule, CONC asks for reasonable ones",
            limits=[
                _limit("message", 1, *_both("day")),
                _limit("call", 1, *_both("day")),
                _limit("call", 3, *_both("week")),
                _limit("meeting", 1, *_both("month")),
            ],
            hours={"working": ["08:00", "21:00"], "rest": ["09:00", "18:00"]},
            country="GB",
            moratorium={"days": 60, "once_in_months": 12},
        ),
    ),
    "neutral": Shipped(
        valid_from=datetime(2000, 1, 1, tzinfo=UTC),
        document=_document(
            Text("No law: daytime, once a day", "Без закона: днём, раз в день"),
            source="house rule · внутреннее правило",
            limits=[_limit(kind, 1, {"rolling_hours": 24}) for kind in ("message", "call", "meeting")],
            hours={"working": ["09:00", "20:00"], "rest": ["10:00", "18:00"]},
            third_party_consents=1,
        ),
    ),
}
