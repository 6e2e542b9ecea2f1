"""Administration: raw lists of the registry, read-only, in Flask-AppBuilder's pages."""

from __future__ import annotations

from typing import Any

from flask_appbuilder import AppBuilder, ModelView
from flask_appbuilder.models.sqla.interface import SQLAInterface

from console.language import lazy
from console.words import WORDS
from scenario_engine.models import Borrower, Loan, Payment, Signal


class RawView(ModelView):
    """Base of the raw lists: to look at, not to touch."""

    base_permissions = ["can_list", "can_show"]
    page_size = 50
    base_order = ("id", "desc")


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
        appbuilder.add_view(view, name, label=lazy(WORDS[word]), category="Data", category_label=lazy(WORDS["raw_data"]))
