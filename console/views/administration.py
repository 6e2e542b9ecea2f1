"""Administration: raw lists of the registry, read-only, in Flask-AppBuilder's pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_appbuilder import AppBuilder, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from markupsafe import Markup

from console import state_words
from console.context import settings
from console.language import lazy, reader_language
from console.views.accounts import yes_no
from console.words import WORDS
from scenario_engine.models import SIGNAL_KINDS, STOP_REASONS, Borrower, Loan, Payment, Signal
from scenario_engine.texts import Text

_COLUMNS = {
    "id": Text("No.", "№"),
    "external_id": Text("External id", "Внешний номер"),
    "full_name": Text("Full name", "ФИО"),
    "region": Text("Region", "Регион"),
    "time_zone": Text("Time zone", "Часовой пояс"),
    "contact_stop": Text("Contact forbidden", "Запрет контактов"),
    "loans_count": Text("Loans", "Займов"),
    "demo": Text("Demo", "Демо"),
    "borrower_id": Text("Borrower no.", "№ заёмщика"),
    "loan_id": Text("Loan no.", "№ займа"),
    "state": Text("State", "Состояние"),
    "balance": Text("Balance, ₽", "Остаток, ₽"),
    "overdue": Text("Overdue, ₽", "Просрочено, ₽"),
    "dpd": Text("Days past due", "Дней просрочки"),
    "bucket": Text("Bucket", "Корзина"),
    "amount": Text("Amount, ₽", "Сумма, ₽"),
    "paid_at": Text("Paid at", "Оплачен"),
    "recorded_at": Text("Recorded at", "Учтён"),
    "source": Text("Source", "Источник"),
    "kind": Text("Kind", "Вид"),
    "at": Text("At", "Когда"),
    "handled": Text("Handled", "Обработано"),
}


def _right(text: str) -> Markup:
    return Markup('<span class="ks-number">{}</span>').format(text)


def _roubles(kopecks: int | None) -> str:
    if kopecks is None:
        return "—"
    roubles, rest = divmod(abs(kopecks), 100)
    sign = "−" if kopecks < 0 else ""
    point = "," if reader_language() == "ru" else "."
    return _right(f"{sign}{roubles:,}".replace(",", "\u00a0") + f"{point}{rest:02}")


def _count(number: int | None) -> str:
    return "—" if number is None else _right(str(number))


def _moment(at: datetime | None) -> str:
    return "—" if at is None else f"{at.astimezone(ZoneInfo(settings().time_zone)):%d.%m.%Y %H:%M}"


def _or_dash(value: object) -> str:
    return "—" if value is None or value == "" else str(value)


def _said(words: Mapping[str, Text], value: str | None) -> str:
    text = words.get(value or "")
    return text.say(reader_language()) if text else _or_dash(value)


def _loan_state(value: str | None) -> str:
    return _said(state_words.LOANS, value)


def _bucket(value: str | None) -> str:
    return _said(state_words.BUCKETS, value)


def _stop_reason(value: str | None) -> str:
    return _said(STOP_REASONS, value)


def _signal_kind(value: str | None) -> str:
    return _said(SIGNAL_KINDS, value)


class RawView(ModelView):
    """Base of the raw lists: to look at, not to touch."""

    base_permissions = ["can_list", "can_show"]
    page_size = 50
    base_order = ("id", "desc")
    label_columns = {name: lazy(text) for name, text in _COLUMNS.items()}
    formatters_columns = {
        "demo": yes_no,
        "handled": yes_no,
        "balance": _roubles,
        "overdue": _roubles,
        "amount": _roubles,
        "dpd": _count,
        "paid_at": _moment,
        "recorded_at": _moment,
        "at": _moment,
        "contact_stop": _stop_reason,
        "loan_id": _or_dash,
        "state": _loan_state,
        "bucket": _bucket,
        "kind": _signal_kind,
    }


class RawBorrowers(RawView):
    """Borrowers."""

    datamodel = SQLAInterface(Borrower)
    route_base = "/raw/borrowers"
    list_title = show_title = lazy(WORDS["borrowers"])
    list_columns = ["id", "external_id", "full_name", "region", "time_zone", "contact_stop", "loans_count", "demo"]
    show_columns = list_columns
    search_columns = ["external_id", "full_name", "region", "contact_stop", "demo"]


class RawLoans(RawView):
    """Loans."""

    datamodel = SQLAInterface(Loan)
    route_base = "/raw/loans"
    list_title = show_title = lazy(WORDS["loans"])
    list_columns = ["id", "external_id", "borrower_id", "state", "balance", "overdue", "dpd", "bucket", "demo"]
    show_columns = list_columns
    search_columns = ["external_id", "state", "bucket", "dpd", "demo"]


class RawPayments(RawView):
    """Payments."""

    datamodel = SQLAInterface(Payment)
    route_base = "/raw/payments"
    list_title = show_title = lazy(WORDS["payments"])
    list_columns = ["id", "external_id", "loan_id", "amount", "paid_at", "recorded_at", "source"]
    show_columns = list_columns
    search_columns = ["external_id", "amount", "source"]


class RawSignals(RawView):
    """Signals."""

    datamodel = SQLAInterface(Signal)
    route_base = "/raw/signals"
    list_title = show_title = lazy(WORDS["signals"])
    list_columns = ["id", "kind", "loan_id", "at", "source", "handled"]
    show_columns = list_columns
    search_columns = ["kind", "source", "handled"]


def register(appbuilder: AppBuilder) -> None:
    """Add the raw lists to the menu of the administration."""
    views: tuple[tuple[type[Any], str, str], ...] = (
        (RawBorrowers, "Borrowers", "borrowers"),
        (RawLoans, "Loans", "loans"),
        (RawPayments, "Payments", "payments"),
        (RawSignals, "Signals", "signals"),
    )
    for view, name, word in views:
        appbuilder.add_view(
            view, name, label=lazy(WORDS[word]), category="Data", category_label=lazy(WORDS["raw_data"])
        )
