"""Administration: raw lists of the registry, read-only, in Flask-AppBuilder's pages."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface

from console.language import lazy
from console.views.accounts import yes_no
from console.words import WORDS
from scenario_engine.models import Borrower, Loan, Payment, Signal
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
    "balance": Text("Balance, kopecks", "Остаток, коп."),
    "overdue": Text("Overdue, kopecks", "Просрочено, коп."),
    "dpd": Text("Days past due", "Дней просрочки"),
    "bucket": Text("Bucket", "Корзина"),
    "amount": Text("Amount, kopecks", "Сумма, коп."),
    "paid_at": Text("Paid at", "Оплачен"),
    "recorded_at": Text("Recorded at", "Учтён"),
    "source": Text("Source", "Источник"),
    "kind": Text("Kind", "Вид"),
    "at": Text("At", "Когда"),
    "handled": Text("Handled", "Обработано"),
}


class RawView(ModelView):
    """Base of the raw lists: to look at, not to touch."""

    base_permissions = ["can_list", "can_show"]
    page_size = 50
    base_order = ("id", "desc")
    label_columns = {name: lazy(text) for name, text in _COLUMNS.items()}
    formatters_columns = {"demo": yes_no, "handled": yes_no}


class RawBorrowers(RawView):
    """Borrowers."""

    datamodel = SQLAInterface(Borrower)
    route_base = "/raw/borrowers"
    list_title = show_title = lazy(WORDS["borrowers"])
    list_columns = ["id", "external_id", "full_name", "region", "time_zone", "contact_stop", "loans_count", "demo"]
    search_columns = ["external_id", "full_name", "region", "contact_stop", "demo"]


class RawLoans(RawView):
    """Loans."""

    datamodel = SQLAInterface(Loan)
    route_base = "/raw/loans"
    list_title = show_title = lazy(WORDS["loans"])
    list_columns = ["id", "external_id", "borrower_id", "state", "balance", "overdue", "dpd", "bucket", "demo"]
    search_columns = ["external_id", "state", "bucket", "dpd", "demo"]


class RawPayments(RawView):
    """Payments."""

    datamodel = SQLAInterface(Payment)
    route_base = "/raw/payments"
    list_title = show_title = lazy(WORDS["payments"])
    list_columns = ["id", "external_id", "loan_id", "amount", "paid_at", "recorded_at", "source"]
    search_columns = ["external_id", "amount", "source"]


class RawSignals(RawView):
    """Signals."""

    datamodel = SQLAInterface(Signal)
    route_base = "/raw/signals"
    list_title = show_title = lazy(WORDS["signals"])
    list_columns = ["id", "kind", "loan_id", "at", "source", "handled"]
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
