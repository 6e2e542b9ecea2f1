"""The library of message templates: texts in two languages that the steps of scenarios send.

A change is a revision that stays as it is, so a version that names template and revision is frozen with it: what was
approved is what is sent, whatever becomes of the template later. Each act is done in the caller's transaction with one
audit entry.
"""

from scenario_engine.library.carrying import SECTION, pack, unpack
from scenario_engine.library.reading import name_of, named_in, scope_of, texts_of, words_of
from scenario_engine.library.shelf import archive, bring_back, create, find, restore, revise
from scenario_engine.library.shipped import shipped
from scenario_engine.library.uses import Use, uses
from scenario_engine.library.wording import CHANNELS, check_texts

__all__ = [
    "CHANNELS",
    "SECTION",
    "Use",
    "archive",
    "bring_back",
    "check_texts",
    "create",
    "find",
    "name_of",
    "named_in",
    "pack",
    "restore",
    "revise",
    "scope_of",
    "shipped",
    "texts_of",
    "unpack",
    "uses",
    "words_of",
]
