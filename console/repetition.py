"""Requests that a sender repeats because it did not hear the answer: `Idempotency-Key` makes that safe.

The key is written in the transaction of what the request writes. So of two equal requests at the same moment one waits
for the other and gives its answer, and a request that was cut off left neither rows nor key. A request that is refused
leaves no key: mended, it may use the same one. Answers name people, so they are kept sealed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, request
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from console.context import room
from console.errors import BadRequest
from scenario_engine.database import Database
from scenario_engine.errors import Conflict, Invalid
from scenario_engine.models import RequestKey
from scenario_engine.registry import rowsets
from scenario_engine.texts import Text

HEADER = "Idempotency-Key"
#: header of an answer that was given before
REPLAYED = "Idempotency-Replayed"
#: a sender that comes again later is a new one
KEPT = timedelta(days=1)
LONGEST = 100


class Replayed(Exception):
    """The request was carried out before; `answer` and `status` are what was said then."""

    def __init__(self, answer: Any, status: int) -> None:
        super().__init__()
        self.answer = answer
        self.status = status


def asked_key() -> str | None:
    """The key of the current request; BadRequest when it is none that can be kept."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise BadRequest(
            Text(
                f"{HEADER} is 1 to {LONGEST} printable ASCII characters.",
                f"{HEADER} — от 1 до {LONGEST} печатных символов ASCII.",
            )
        )
    return key


def claim(session: Session, actor: str, now: datetime) -> None:
    """Take the request's key, first in its transaction. Raises `Replayed`, `Invalid` when the key was used for another
    request, and `Conflict` when the answer was sealed with a key that is not given any more.
    """
    key = asked_key()
    if key is None:
        return
    fingerprint = _fingerprint()
    taken = rowsets.changed(
        session,
        rowsets.insert_into(session, RequestKey)
        .values(actor=actor, key=key, fingerprint=fingerprint, status=0, at=now)
        .on_conflict_do_nothing(index_elements=["actor", "key"]),
    )
    if taken:
        return
    known = session.execute(select(RequestKey).where(RequestKey.actor == actor, RequestKey.key == key)).scalar_one()
    if known.fingerprint != fingerprint:
        raise Invalid(
            Text(
                f"This {HEADER} was used for another request. Send a new key with a new request.",
                f"Этот {HEADER} уже использован для другого запроса. Для нового запроса нужен новый ключ.",
            ),
            code="idempotency_key",
        )
    raise Replayed(_opened(known.answer), known.status)


def once(database: Database, actor: str, now: datetime, write: Callable[[Session], Any], *, status: int = 201) -> Any:
    """The answer of `write`, given in the transaction that keeps the key of the request. Raises what `claim` raises."""
    with database.write() as session:
        claim(session, actor, now)
        answer = write(session)
        keep(session, actor, answer, status)
        return answer


def keep(session: Session, actor: str, answer: Any, status: int) -> None:
    """Note the answer under the request's key, in the same transaction."""
    key = asked_key()
    if key is not None:
        # days and instants as they are sent
        sealed = room().vault.seal(current_app.json.dumps(answer))
        session.execute(
            update(RequestKey)
            .where(RequestKey.actor == actor, RequestKey.key == key)
            .values(answer=sealed, status=status)
        )


def _opened(kept: Any) -> Any:
    if not isinstance(kept, str):
        # of the day before answers were sealed
        return kept
    text = room().vault.open(kept)
    if text is None:
        raise Conflict(
            Text(
                "This request was carried out before; what was answered cannot be read any more.",
                "Этот запрос уже выполнен, но прежний ответ прочитать больше нельзя.",
            ),
            code="idempotency_key.sealed",
        )
    return json.loads(text)


def clear(database: Database, now: datetime) -> None:
    """Forget keys that are older than a sender's patience."""
    old = RequestKey.at < now - KEPT
    with database.read() as session:
        if session.scalar(select(RequestKey.key).where(old).limit(1)) is None:
            return
    with database.write() as session:
        session.execute(delete(RequestKey).where(old))


def _fingerprint() -> str:
    digest = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    digest.update(request.get_data(cache=True))
    return digest.hexdigest()
