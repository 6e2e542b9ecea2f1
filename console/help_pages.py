"""The help pages: Markdown files by language, rendered to HTML in which nothing of the text can become markup."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt

from console.help_tables import TABLES
from scenario_engine.errors import NotFound
from scenario_engine.texts import LANGUAGES, Text

_FOLDER = Path(__file__).with_name("help")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_TABLE = re.compile(r"^\[\[(\w+)\]\]$", re.MULTILINE)
#: in the order in which a newcomer needs them; others follow by title
_ORDER = (
    "index", "scenarios", "nodes", "rules", "templates", "numbers", "review", "monitoring", "products", "ledger",
    "payments", "imports", "jobs", "tasks", "borrowers", "contacts", "outbox", "inquiries", "engine", "audit", "roles",
    "keyboard",
)  # fmt: skip


@cache
def topics(language: str) -> tuple[tuple[str, str], ...]:
    """Slugs with titles, in the order of reading."""
    found = [(path.stem, _title(path.read_text(encoding="utf-8"))) for path in _paths(language).values()]
    return tuple(sorted(found, key=lambda topic: (_place(topic[0]), topic[1].lower())))


@cache
def page(slug: str, language: str) -> tuple[str, str]:
    """Title and HTML of a page; NotFound when there is none in either language."""
    for each in dict.fromkeys((language, *LANGUAGES)):
        path = _paths(each).get(slug) if _SLUG.fullmatch(slug) else None
        if path is not None:
            text = path.read_text(encoding="utf-8")
            filled = _TABLE.sub(lambda found, spoken=each: TABLES[found[1]](spoken), text)  # type: ignore[misc]
            renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
            return _title(text), str(renderer.render(filled))
    raise NotFound(Text("There is no such help page.", "Такой страницы справки нет."))


def _place(slug: str) -> int:
    return _ORDER.index(slug) if slug in _ORDER else len(_ORDER)


def _paths(language: str) -> dict[str, Path]:
    return {path.stem: path for path in sorted((_FOLDER / language).glob("*.md")) if _SLUG.fullmatch(path.stem)}


def _title(text: str) -> str:
    first = text.lstrip().split("\n", 1)[0]
    return first.lstrip("# ").strip()
