"""From a draft to a live version: every act on a scenario, each in the caller's transaction with one audit entry.

A draft may be wrong; what is submitted may not. A version goes live by two people: the one who approves is neither the
one who submitted it nor the one who drew it last. Who may do what by role, the console knows; this second pair of eyes
is here.
"""

from scenario_engine.authoring.drafts import (
    create,
    delete,
    empty_document,
    export,
    export_version,
    import_,
    restore,
    save_draft,
)
from scenario_engine.authoring.found import StaleDraft
from scenario_engine.authoring.presence import arrive, leave
from scenario_engine.authoring.review import approve, return_, submit
from scenario_engine.authoring.running import archive, pause, resume
from scenario_engine.authoring.scope import analyse, check_scope

__all__ = [
    "StaleDraft",
    "analyse",
    "approve",
    "archive",
    "arrive",
    "check_scope",
    "create",
    "delete",
    "empty_document",
    "export",
    "export_version",
    "import_",
    "leave",
    "pause",
    "restore",
    "resume",
    "return_",
    "save_draft",
    "submit",
]
