"""The rules that every installation begins with. They are off until somebody switches them on, and can be edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Standard:
    """A rule as it is shipped."""

    title: Text
    signal_kind: str
    rule: Mapping[str, Any]
    quiet_days: int = 0


def _all(*comparisons: tuple[str, str, Any]) -> dict[str, Any]:
    return {
        "combinator": "and",
        "rules": [{"field": field, "operator": operator, "value": value} for field, operator, value in comparisons],
    }


STANDARD: Mapping[str, Standard] = {
    "payment_missed": Standard(
        title=Text("A payment was missed", "Пропущен платёж"),
        signal_kind="monitoring_fired",
        rule=_all(("payments_missed_30d", ">=", 1)),
    ),
    "partial_payment": Standard(
        title=Text("Paid only in part", "Заплачено не всё"),
        signal_kind="monitoring_fired",
        rule=_all(("partial_payments_30d", ">=", 1)),
    ),
    "early_payment": Standard(
        title=Text("Paid ahead of time", "Заплачено раньше срока"),
        signal_kind="early_payment",
        rule=_all(("early_instalments_30d", ">=", 1)),
    ),
    "promise_broken": Standard(
        title=Text("A promise was broken", "Нарушено обещание"),
        signal_kind="monitoring_fired",
        rule=_all(("promises_broken_30d", ">=", 1)),
    ),
    "prolongation_often": Standard(
        title=Text("Asks for prolongation again and again", "Не первый раз просит пролонгацию"),
        signal_kind="prolongation_asked_often",
        rule=_all(("prolongations_asked_90d", ">=", 2)),
    ),
    "payments_shrinking": Standard(
        title=Text("Payments are shrinking", "Платежи уменьшаются"),
        signal_kind="payments_shrinking",
        rule=_all(("payments_drop_30d", ">=", 50)),
        quiet_days=30,
    ),
    "activity_dropped": Standard(
        title=Text("The borrower has gone quiet", "Заёмщик замолчал"),
        signal_kind="activity_dropped",
        rule=_all(("days_since_activity", ">=", 30), ("bucket", "in", ["1-30", "31-60", "61-90"])),
        quiet_days=30,
    ),
    "contact_data_changed": Standard(
        title=Text("Contact data changed", "Сменились контакты"),
        signal_kind="monitoring_fired",
        rule=_all(("contact_changes_30d", ">=", 1)),
    ),
    "several_loans": Standard(
        title=Text("Several loans at once", "Несколько займов сразу"),
        signal_kind="several_loans",
        rule=_all(("open_loans", ">=", 2), ("bucket", "!=", "current")),
    ),
    "bureau_news": Standard(
        title=Text("News from the credit bureau", "Новость из бюро"),
        signal_kind="monitoring_fired",
        rule=_all(("bureau_news_30d", ">=", 1)),
    ),
    "bailiff_news": Standard(
        title=Text("News from the bailiffs", "Новость от приставов"),
        signal_kind="monitoring_fired",
        rule=_all(("bailiff_news_30d", ">=", 1)),
    ),
}
