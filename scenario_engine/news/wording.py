"""What other systems read of a piece of news. Numbers of loans and borrowers are theirs; no personal data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scenario_engine.models import Borrower, Case, Loan, LoanApplication, News, Product, Scenario, Signal, Task


def bodies(session: Session, found: Sequence[News]) -> dict[int, str]:
    """The JSON of each, by its id: type, timestamp and data, as Standard Webhooks advises."""
    loans = _by_id(session, select(Loan.id, Loan.external_id, Loan.borrower_id), Loan.id, [n.loan_id for n in found])
    people = {news.borrower_id or (loans[news.loan_id].borrower_id if news.loan_id else None) for news in found}
    borrowers = _by_id(
        session, select(Borrower.id, Borrower.external_id, Borrower.lending_restriction), Borrower.id, list(people)
    )
    more = {kind: _details(session, kind, [n.subject_id for n in found if n.kind == kind]) for kind in _DETAILS}
    said = {}
    for news in found:
        loan = loans.get(news.loan_id or 0)
        borrower = borrowers.get(news.borrower_id or (loan.borrower_id if loan else 0))
        data: dict[str, Any] = {"id": news.subject_id}
        if loan is not None:
            data["loan"] = loan.external_id
        if borrower is not None:
            data["borrower"] = borrower.external_id
        if news.kind == "lending.restricted":
            data["reason"] = borrower.lending_restriction if borrower is not None else None
        elif news.kind != "lending.allowed":
            data["outcome"] = news.outcome
        said[news.id] = written(news.kind, news.at, data | more.get(news.kind, {}).get(news.subject_id, {}))
    return said


def written(kind: str, at: datetime, data: Mapping[str, Any]) -> str:
    """The JSON of one piece of news."""
    moment = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return json.dumps({"type": kind, "timestamp": moment, "data": dict(data)}, ensure_ascii=False)


def _by_id(session: Session, statement: Any, column: Any, ids: Sequence[int | None]) -> dict[int, Any]:
    wanted = sorted({each for each in ids if each is not None})
    return {row[0]: row for row in session.execute(statement.where(column.in_(wanted)))} if wanted else {}


_DETAILS: Mapping[str, tuple[Any, Any, tuple[str, ...]]] = {
    "case.ended": (
        select(Case.id, Scenario.name).join(Scenario, Scenario.id == Case.scenario_id), Case.id, ("scenario",)
    ),
    "application.decided": (
        select(LoanApplication.id, LoanApplication.external_id, Product.code, LoanApplication.principal)
        .join(Product, Product.id == LoanApplication.product_id),
        LoanApplication.id, ("number", "product", "amount"),
    ),
    "loan.amended": (select(Signal.id, Signal.data), Signal.id, ("details",)),
    "task.closed": (select(Task.id, Task.queue), Task.id, ("queue",)),
}  # fmt: skip


def _details(session: Session, kind: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    statement, column, names = _DETAILS[kind]
    found = _by_id(session, statement, column, ids)
    return {key: dict(zip(names, row[1:], strict=True)) for key, row in found.items()}
