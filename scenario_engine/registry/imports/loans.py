"""Loans of a file against the registry: what is new, what changed, and the move, each step for all rows at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    String,
    Table,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import Session

from scenario_engine.models import Borrower, Instalment, Loan, Product, shard_of, table_of
from scenario_engine.registry import buckets, rowsets
from scenario_engine.registry.imports.borrowers import BorrowerRows
from scenario_engine.registry.imports.layout import Trouble
from scenario_engine.registry.imports.outcome import Problems
from scenario_engine.registry.imports.staging import Staging
from scenario_engine.registry.imports.telling import Telling
from scenario_engine.texts import Text

#: the product of new loans whose row names none
DEFAULT_PRODUCT = "imported"

#: numbers that a schedule kept here decides
_SCHEDULED = frozenset({"balance", "overdue", "dpd", "overdue_since", "next_due_on", "next_due_amount"})
#: columns of a loan that a file may fill under the same name
_LOAN_COLUMNS = (
    "principal",
    "balance",
    "overdue",
    "dpd",
    "overdue_since",
    "issued_on",
    "state",
    "channel",
    "next_due_on",
    "next_due_amount",
    "risk_score",
    "risk_group",
    "debt_burden",
    "servicing",
)


class LoanMove:
    """One file of loans, staged; `columns` names the file's column for each target that it brings."""

    def __init__(self, staged: Staging, columns: Mapping[str, str], *, told: Telling, step: Callable[[], None]) -> None:
        self._staged = staged
        self._rows: Table = staged.table
        self._told = told
        self._columns = columns
        self._step = step
        self._borrowers = BorrowerRows(staged, columns, staged.table.c.borrower_id)
        given = set(columns)
        if given & {"dpd", "overdue_since"}:
            given |= {"dpd", "overdue", "bucket"}
        self._given = given

    def check(self, session: Session, problems: Problems) -> int:
        """Find ids that repeat, loans of others and loans with a ledger; gives how many rows that makes wrong."""
        rows = self._rows.c
        wrong = self._staged.refuse_repeated(session, problems, column=self._columns.get("external_id"))
        self._find_loans(session)
        other = (
            select(rows.row, rows.borrower_id, Borrower.external_id)
            .join(Loan, Loan.id == rows.loan_key)
            .join(Borrower, Borrower.id == Loan.borrower_id)
            .where(~rows.wrong, Borrower.external_id != rows.borrower_id)
        )
        for row, value, owner in session.execute(other.order_by(rows.row).limit(problems.room)):
            said = Text("This loan belongs to borrower {owner}.", "Этот займ числится за заёмщиком {owner}.")
            problems.add(
                row,
                Trouble(
                    code="loan.borrower",
                    column=self._columns.get("borrower_id"),
                    value=value,
                    text=said.format(owner=owner),
                ),
            )
        wrong += self._staged.mark_wrong(session, rows.row.in_(other.with_only_columns(rows.row)))
        wrong += self._refuse_kept(session, problems)
        self._borrowers.find(session)
        self._compare(session)
        return wrong

    def _refuse_kept(self, session: Session, problems: Problems) -> int:
        """A loan with a ledger here is what its events say; no file may say otherwise."""
        rows = self._rows.c
        kept = (
            select(rows.row, rows.external_id)
            .join(Loan, Loan.id == rows.loan_key)
            .where(~rows.wrong, Loan.servicing == "ledger")
        )
        said = Text(
            "This loan was issued here and its ledger is kept here: a file cannot change it.",
            "Этот займ выдан здесь, и учёт его событий ведётся здесь: файлом его не изменить.",
        )
        for row, value in session.execute(kept.order_by(rows.row).limit(problems.room)):
            column = self._columns.get("external_id")
            problems.add(row, Trouble(code="loan.ledger", column=column, value=value, text=said))
        return self._staged.mark_wrong(session, rows.row.in_(kept.with_only_columns(rows.row)))

    def count(self, session: Session) -> tuple[int, int]:
        """Rows that would add a loan, and rows that would change one or its borrower."""
        rows = self._rows.c
        return (
            self._staged.count(session, rows.loan_key.is_(None)),
            self._staged.count(session, rows.loan_key.is_not(None), rows.changed),
        )

    def move(self, session: Session, *, today: date, now: datetime) -> None:
        """Write products, borrowers and loans, and tell as signals what became worse, better or other."""
        rowsets.lock_loans(session, select(self._rows.c.loan_key).where(self._rows.c.changed, ~self._rows.c.wrong))
        add_borrowers = partial(self._borrowers.write, now=now)
        for write in (self._add_products, add_borrowers, self._update_loans, self._add_loans):
            write(session)
            self._step()
        self._tell(session, today=today, now=now)

    # -- what is there ------------------------------------------------------------------------------------------

    def _find_loans(self, session: Session) -> None:
        rows = self._rows.c
        loan = Loan.__table__.c
        line = select(Instalment.id).where(Instalment.loan_id == loan.id)
        stays = true() if "servicing" not in self._given else func.coalesce(rows.servicing, "kaskad") == "kaskad"
        self._staged.set(
            session,
            loan.external_id == rows.external_id,
            loan_key=loan.id,
            scheduled=case((and_(loan.servicing == "kaskad", stays, exists(line)), true()), else_=false()),
            old_bucket=loan.bucket,
            old_overdue=loan.overdue,
            old_dpd=loan.dpd,
        )

    def _compare(self, session: Session) -> None:
        rows = self._rows.c
        loan = Loan.__table__.c
        values = self._loan_values()
        if "overdue_since" not in self._columns:
            # it was reckoned from the DPD: another day of import alone changes nothing
            values.pop("overdue_since", None)
        differs = [loan[name].is_distinct_from(value) for name, value in values.items()]
        if "product" in self._columns:
            code = select(Product.code).where(Product.id == loan.product_id).scalar_subquery()
            differs.append(code != rows.product)
        self._staged.set(session, loan.id == rows.loan_key, or_(*differs), changed=true())
        self._borrowers.compare(session)

    # -- what is written ----------------------------------------------------------------------------------------

    def _loan_values(self) -> dict[str, ColumnElement[Any]]:
        """New values of a known loan's columns; numbers that its schedule decides stay."""
        rows, loan = self._rows.c, Loan.__table__.c
        values: dict[str, ColumnElement[Any]] = {
            name: rows[name] for name in _LOAN_COLUMNS if name in self._given and name != "servicing"
        }
        if "servicing" in self._given:
            values["servicing"] = func.coalesce(rows.servicing, loan.servicing)
        if "dpd" in self._given:
            values["overdue_since"] = rows.overdue_since
            values["bucket"] = buckets.bucket_case(rows.dpd)
        return {
            name: case((rows.scheduled, loan[name]), else_=value) if name in {*_SCHEDULED, "bucket"} else value
            for name, value in values.items()
        }

    def _add_products(self, session: Session) -> None:
        rows, product = self._rows.c, Product.__table__.c
        code = func.coalesce(rows.product, literal(DEFAULT_PRODUCT, String))
        new = (
            select(
                code,
                func.coalesce(func.min(rows.product_name), code),
                func.coalesce(func.min(rows.product_kind), "annuity"),
                false(),
            )
            .where(~rows.wrong, or_(rows.loan_key.is_(None), literal("product" in self._columns)))
            .group_by(code)
        )
        session.execute(
            rowsets.insert_into(session, Product)
            .from_select(["code", "name", "kind", "demo"], new)
            .on_conflict_do_nothing(index_elements=["code"])
        )
        self._staged.set(session, product.code == code, product_key=product.id)

    def _update_loans(self, session: Session) -> None:
        rows, loan = self._rows.c, Loan.__table__.c
        values = self._loan_values()
        if "product" in self._columns:
            values["product_id"] = case((rows.product.is_not(None), rows.product_key), else_=loan.product_id)
        session.execute(
            update(table_of(Loan)).where(loan.id == rows.loan_key, rows.changed, ~rows.wrong).values(**values)
        )

    def _add_loans(self, session: Session) -> None:
        rows, loan, borrower = self._rows.c, Loan.__table__.c, Borrower.__table__.c
        earlier = (
            select(loan.borrower_id, func.max(loan.ordinal).label("last"))
            .where(loan.borrower_id.in_(select(rows.borrower_key).where(~rows.wrong)))
            .group_by(loan.borrower_id)
            .cte("earlier")
        )
        in_file = func.row_number().over(partition_by=rows.borrower_key, order_by=(rows.issued_on, rows.row))
        dpd = func.coalesce(rows.dpd, 0)
        values: dict[str, ColumnElement[Any]] = {
            **{name: rows[name] for name in _LOAN_COLUMNS},
            "external_id": rows.external_id,
            "borrower_id": rows.borrower_key,
            "product_id": rows.product_key,
            "shard": shard_of(rows.borrower_key),
            "overdue": func.coalesce(rows.overdue, 0),
            "dpd": dpd,
            "bucket": buckets.bucket_case(dpd),
            "servicing": func.coalesce(rows.servicing, "core"),
            "ordinal": func.coalesce(earlier.c.last, 0) + in_file,
            # as the product is agreed on now; a later change of it is for new loans
            "dpd_grace_days": func.coalesce(Product.terms["dpd_grace_days"].as_integer(), 0),
            "bailiff_state": literal("none"),
            "bureau_state": literal("none"),
            "demo": false(),
        }
        new = (
            select(*values.values())
            .select_from(
                self._rows.outerjoin(earlier, earlier.c.borrower_id == rows.borrower_key).outerjoin(
                    table_of(Product), Product.id == rows.product_key
                )
            )
            .where(~rows.wrong, rows.loan_key.is_(None))
            .order_by(rows.row)
        )
        added = rowsets.changed(session, rowsets.insert_into(session, Loan).from_select(list(values), new))
        rowsets.count_anew(session, Loan, added)
        self._staged.set(session, rows.loan_key.is_(None), loan.external_id == rows.external_id, loan_key=loan.id)
        counts = (
            select(loan.borrower_id, func.max(loan.ordinal).label("loans"))
            .where(loan.borrower_id.in_(select(rows.borrower_key).where(~rows.wrong)))
            .group_by(loan.borrower_id)
            .subquery("counts")
        )
        session.execute(
            update(table_of(Borrower))
            .where(borrower.id == counts.c.borrower_id, borrower.loans_count < counts.c.loans)
            .values(loans_count=counts.c.loans)
        )

    # -- what is told -------------------------------------------------------------------------------------------

    def _tell(self, session: Session, *, today: date, now: datetime) -> None:
        rows = self._rows.c
        before = func.coalesce(rows.old_bucket, buckets.BUCKETS[0].key)
        buckets.tell_bucket(
            session,
            "bucket_entered",
            select(rows.loan_key.label("loan_id"), before.label("old"), Loan.bucket.label("new"))
            .join(Loan, Loan.id == rows.loan_key)
            .where(
                ~rows.wrong,
                Loan.state == "open",
                buckets.bucket_rank(Loan.bucket) > buckets.bucket_rank(before),
            ),
            on=today,
            now=now,
            source=self._told.source,
        )
        rows_of_loan = (self._rows, Loan.id == rows.loan_key)
        cured = and_(or_(rows.old_overdue > 0, rows.old_dpd > 0), Loan.overdue == 0, Loan.dpd == 0)
        self._told.write(
            session, "overdue_paid", now=now, data={"amount": rows.old_overdue}, joined=rows_of_loan,
            which=and_(~rows.wrong, rows.changed, cured),
        )  # fmt: skip
        self._borrowers.tell(session, self._told, now=now)
