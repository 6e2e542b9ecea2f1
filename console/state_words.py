"""What states and other codes are called in exported files and on the server's pages.

The application's own lists have the same words in static/src/ui/locales.
"""

from __future__ import annotations

from collections.abc import Mapping

from scenario_engine.registry.buckets import BUCKETS as RANGES
from scenario_engine.rules.loan_fields import CHANNELS
from scenario_engine.texts import Text

LOANS: Mapping[str, Text] = {
    "open": Text("open", "действует"),
    "closed": Text("closed", "закрыт"),
    "sold": Text("sold", "продан"),
    "written_off": Text("written off", "списан"),
}
BUCKETS: Mapping[str, Text] = {bucket.key: bucket.title for bucket in RANGES}
CHANNELS_OF_ISSUE: Mapping[str, Text] = dict(CHANNELS)
SCENARIOS: Mapping[str, Text] = {
    "draft": Text("draft", "черновик"),
    "live": Text("live", "работает"),
    "paused": Text("paused", "на паузе"),
    "archived": Text("archived", "в архиве"),
}
TASKS: Mapping[str, Text] = {
    "open": Text("open", "открыта"),
    "done": Text("done", "выполнена"),
    "cancelled": Text("cancelled", "отменена"),
    "expired": Text("expired", "просрочена"),
}
IMPORTS: Mapping[str, Text] = {
    "waiting": Text("waiting", "ждёт"),
    "running": Text("running", "идёт"),
    "done": Text("done", "завершена"),
    "refused": Text("refused", "отклонена"),
    "failed": Text("failed", "сбой"),
    "cancelled": Text("cancelled", "отменена"),
}
IMPORT_KINDS: Mapping[str, Text] = {
    "loans": Text("loans", "займы"),
    "borrowers": Text("borrowers", "заёмщики"),
    "payments": Text("payments", "платежи"),
    "signals": Text("events", "события"),
}
