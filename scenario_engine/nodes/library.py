"""The template that a step takes from the library: what is wrong with the choice, and how it is mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from scenario_engine.errors import Fix, Problem
from scenario_engine.models import BORROWER_LANGUAGES
from scenario_engine.nodes.base import CheckScope, LibraryTemplate
from scenario_engine.nodes.templates import check_template, names_in
from scenario_engine.nodes.wording import excerpt
from scenario_engine.policies.pack import IDENTIFICATION
from scenario_engine.texts import Text

#: by language: subject and body
Texts = Mapping[str, Mapping[str, str]]
#: the languages of borrowers, the usual one first
WRITTEN_IN = tuple(BORROWER_LANGUAGES)

_UNKNOWN = Text("The library has no template “{key}”.", "В библиотеке нет шаблона «{key}».")
_NO_REVISION = Text("The template “{title}” has no revision {number}.", "У шаблона «{title}» нет редакции {number}.")
_ARCHIVED = Text("The template “{title}” is in the archive.", "Шаблон «{title}» в архиве.")
_CHANNEL = Text(
    "The template “{title}” is not written for this channel.", "Шаблон «{title}» написан для другого канала."
)
_NEWER = Text(
    "The template “{title}” has a newer revision: {newest}. This step sends revision {number}.",
    "У шаблона «{title}» есть новая редакция {newest}. Этот шаг отправляет редакцию {number}.",
)


def text_for(texts: Texts, language: str) -> Mapping[str, str]:
    """What a borrower of that language reads: the text in it, or the one in the other language."""
    return texts.get(language) or next(texts[other] for other in WRITTEN_IN if other in texts)


def unnamed(texts: Iterable[str], wanted: frozenset[str]) -> frozenset[str]:
    """Which of the variables that a policy wants named none of a message's texts names."""
    return wanted.difference(*map(names_in, texts))


def says_not_who(missing: frozenset[str]) -> Text:
    """What a person reads of a message that does not say who writes."""
    names = [IDENTIFICATION[name] for name in sorted(missing)]
    return Text(
        "The contact policy wants every message to name {names}: put in {marks}.",
        "По политике контактов в сообщении нужно указать {names}: вставьте {marks}.",
    ).format(
        names=Text(" and ".join(one.en for one in names), " и ".join(one.ru for one in names)), marks=marks(missing)
    )


def marks(names: Iterable[str]) -> str:
    """The variables as a template has them."""
    return ", ".join(f"{{{{ {name} }}}}" for name in sorted(names))


def chosen_template(chosen: Mapping[str, Any] | None, scope: CheckScope) -> LibraryTemplate | None:
    """The template that a step names, where the scope knows it."""
    return (scope.library or {}).get(chosen["key"]) if chosen is not None else None


def check_choice(
    node_id: str, chosen: Mapping[str, Any], channel: str, own: Sequence[str], scope: CheckScope
) -> Iterable[Problem]:
    """What is wrong with the choice of a step of that channel; `own` are the fields of a text of its own."""
    if scope.library is None:
        return
    known = chosen_template(chosen, scope)
    if known is None:
        yield _problem(node_id, "unknown", _UNKNOWN.format(key=excerpt(chosen["key"], 64)))
        return
    title, number = excerpt(known.title), chosen["revision"]
    texts = known.revisions.get(number)
    newest = Fix(
        title=Text("Take the newest", "Взять новую"),
        act="params",
        values={"library": {"key": chosen["key"], "revision": known.newest}},
    )
    if texts is None:
        yield _problem(node_id, "revision", _NO_REVISION.format(title=title, number=number), newest)
        return
    if known.channel != channel:
        yield _problem(node_id, "channel", _CHANNEL.format(title=title), _as_own(known, texts, own))
    elif known.archived:
        yield _problem(node_id, "archived", _ARCHIVED.format(title=title), _as_own(known, texts, own))
    elif number < known.newest:
        said = _NEWER.format(title=title, newest=known.newest, number=number)
        yield _problem(node_id, "newer", said, newest, warns=True)
    lacking = [unnamed(_sound(text), scope.identification) for text in texts.values()]
    if any(lacking):
        yield _problem(node_id, "creditor", says_not_who(frozenset().union(*lacking)), warns=True)


def _sound(text: Mapping[str, str]) -> list[str]:
    return [part for part in (text["body"], text.get("subject", "")) if not check_template(part)]


def _as_own(known: LibraryTemplate, texts: Texts, own: Sequence[str]) -> Fix:
    """The step keeps saying the same, as a text of its own."""
    said = text_for(texts, WRITTEN_IN[0])
    subject = said.get("subject") or excerpt(known.title).translate(str.maketrans("", "", "{}"))
    words = {"subject": subject, "template": said["body"]}
    return Fix(
        title=Text("Keep its words as the step's own text", "Оставить его слова как текст шага"),
        act="params",
        values={"library": None} | {name: words[name] for name in own},
    )


def _problem(node_id: str, kind: str, text: Text, fix: Fix | None = None, *, warns: bool = False) -> Problem:
    return Problem(
        code=f"template.{kind}", text=text, node=node_id, field="library", fix=fix,
        severity="warning" if warns else "error",
    )  # fmt: skip
