"""Templates as people make and change them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scenario_engine import audit
from scenario_engine.errors import Conflict, Invalid, NotFound, Problem
from scenario_engine.keys import KEY, slug
from scenario_engine.library.wording import CHANNELS, check_texts, cleaned
from scenario_engine.models import MessageTemplate, TemplateRevision
from scenario_engine.texts import Text

LONGEST_TITLE = 120
LONGEST_NOTE = 500


def find(session: Session, template_id: int) -> MessageTemplate:
    """The template, or `NotFound`."""
    found = session.get(MessageTemplate, template_id)
    if found is None:
        raise _unknown()
    return found


def create(
    session: Session,
    *,
    title: str,
    channel: str,
    texts: Mapping[str, Any],
    note: str = "",
    key: str | None = None,
    actor: str,
    now: datetime,
) -> MessageTemplate:
    """A new template with its first revision; without `key` one is made of the title. Raises `Invalid`, `Conflict`."""
    if channel not in CHANNELS:
        wrong = Problem(code="template.channel", field="channel", text=Text("Choose a channel.", "Выберите канал."))
        raise _invalid([wrong])
    if key is not None and not KEY.fullmatch(key):
        said = Text(
            "A key is 1 to 64 small Latin letters, digits and hyphens.",
            "Ключ — от 1 до 64 строчных латинских букв, цифр и дефисов.",
        )
        raise _invalid([Problem(code="template.key", field="key", text=said)])
    kept = _checked(title, channel, texts, note)
    stem, number = slug(title, otherwise="template"), 1
    while True:
        wanted = key or (stem if number == 1 else f"{stem}-{number}")
        made = MessageTemplate(key=wanted, title=title.strip(), channel=channel, revision=0)
        if session.scalar(select(MessageTemplate.id).where(MessageTemplate.key == wanted)) is None:
            try:
                with session.begin_nested():
                    session.add(made)
                break
            except IntegrityError:
                pass  # somebody took the key between the look and the insert
        if key is not None:
            raise Conflict(
                Text("There is a template with the key “{key}” already.", "Шаблон с ключом «{key}» уже есть.").format(
                    key=key
                ),
                code="key_taken",
            )
        number += 1
    _put(session, made, kept, note=note, actor=actor, now=now)
    _record(session, "template.created", made, actor, now, key=made.key, channel=channel, languages=list(kept))
    return made


def revise(
    session: Session,
    template_id: int,
    *,
    revision: int,
    title: str,
    texts: Mapping[str, Any],
    note: str = "",
    actor: str,
    now: datetime,
) -> MessageTemplate:
    """The template with other texts, as a new revision, or with another title alone. `revision` is the one that the
    change began from. Raises `NotFound`, `Conflict` and `Invalid`.
    """
    found = _locked(session, template_id, revision)
    kept = _checked(title, found.channel, texts, note)
    former, found.title = found.title, title.strip()
    if kept != _newest(session, found).texts:
        _put(session, found, kept, note=note, actor=actor, now=now)
        _record(session, "template.revised", found, actor, now, revision=found.revision, languages=list(kept),
                note=note.strip())  # fmt: skip
    if former != found.title:
        _record(session, "template.renamed", found, actor, now, name_was=former)
    session.flush()
    return found


def restore(
    session: Session, template_id: int, *, number: int, revision: int, actor: str, now: datetime
) -> MessageTemplate:
    """The template with the texts of an earlier revision, as a new one. Raises `NotFound` and `Conflict`."""
    found = _locked(session, template_id, revision)
    earlier = session.scalar(
        select(TemplateRevision).where(TemplateRevision.template_id == found.id, TemplateRevision.number == number)
    )
    if earlier is None:
        raise NotFound(Text("The template has no such revision.", "У шаблона нет такой редакции."))
    if earlier.texts != _newest(session, found).texts:
        _put(session, found, earlier.texts, restored=number, actor=actor, now=now)
        _record(session, "template.restored", found, actor, now, revision=found.revision, restored=number)
    return found


def archive(session: Session, template_id: int, *, actor: str, now: datetime) -> MessageTemplate:
    """No step can choose it any more; versions that are live go on. Raises `NotFound` and `Conflict`."""
    found = _locked(session, template_id)
    if found.archived_at is not None:
        raise Conflict(Text("The template is in the archive already.", "Шаблон уже в архиве."), code="template.state")
    found.archived_at, found.archived_by = now, actor
    _record(session, "template.archived", found, actor, now)
    session.flush()
    return found


def bring_back(session: Session, template_id: int, *, actor: str, now: datetime) -> MessageTemplate:
    """Steps can choose it again. Raises `NotFound` and `Conflict`."""
    found = _locked(session, template_id)
    if found.archived_at is None:
        raise Conflict(Text("The template is not in the archive.", "Шаблон не в архиве."), code="template.state")
    found.archived_at = found.archived_by = None
    _record(session, "template.brought_back", found, actor, now)
    session.flush()
    return found


def _locked(session: Session, template_id: int, revision: int | None = None) -> MessageTemplate:
    asked = select(MessageTemplate).where(MessageTemplate.id == template_id).with_for_update()
    found = session.scalar(asked.execution_options(populate_existing=True))
    if found is None:
        raise _unknown()
    if revision is not None and found.revision != revision:
        raise Conflict(
            Text(
                "Somebody changed this template meanwhile. Compare before you save.",
                "Пока вы правили, шаблон изменил кто-то другой. Сравните, прежде чем сохранять.",
            ),
            code="template.changed",
        )
    if revision is not None and found.archived_at is not None:
        raise Conflict(
            Text("The template is in the archive: bring it back first.", "Шаблон в архиве: сначала верните его."),
            code="template.state",
        )
    return found


def _newest(session: Session, found: MessageTemplate) -> TemplateRevision:
    asked = select(TemplateRevision).where(
        TemplateRevision.template_id == found.id, TemplateRevision.number == found.revision
    )
    return session.scalars(asked).one()


def _put(
    session: Session,
    found: MessageTemplate,
    texts: Mapping[str, Any],
    *,
    note: str = "",
    restored: int | None = None,
    actor: str,
    now: datetime,
) -> None:
    found.revision += 1
    session.flush()
    session.add(
        TemplateRevision(
            template_id=found.id, number=found.revision, texts=dict(texts), note=note.strip(), restored=restored,
            made_by=actor, made_at=now,
        )
    )  # fmt: skip
    session.flush()


def _checked(title: str, channel: str, texts: Mapping[str, Any], note: str) -> dict[str, dict[str, str]]:
    problems = []
    if not 0 < len(title.strip()) <= LONGEST_TITLE or not title.strip().isprintable():
        said = Text(
            f"Give the template a name of at most {LONGEST_TITLE} characters.",
            f"Назовите шаблон, не длиннее {LONGEST_TITLE} знаков.",
        )
        problems.append(Problem(code="template.title", field="title", text=said))
    if len(note.strip()) > LONGEST_NOTE:
        said = Text(f"At most {LONGEST_NOTE} characters.", f"Не больше {LONGEST_NOTE} знаков.")
        problems.append(Problem(code="template.note", field="note", text=said))
    kept = cleaned(channel, texts)
    problems += [problem for problem in check_texts(channel, kept) if problem.severity == "error"]
    if problems:
        raise _invalid(problems)
    return kept


def _invalid(problems: list[Problem]) -> Invalid:
    return Invalid(
        Text("The template cannot be saved yet.", "Шаблон пока нельзя сохранить."),
        code="template.invalid",
        problems=problems,
    )


def _unknown() -> NotFound:
    return NotFound(Text("There is no such template.", "Такого шаблона нет."), code="template.unknown")


def _record(session: Session, action: str, found: MessageTemplate, actor: str, now: datetime, **details: Any) -> None:
    audit.record(
        session, at=now, actor=actor, action=action, subject_type="template", subject_id=found.id, name=found.title,
        **details,
    )  # fmt: skip
