"""Inquiries leave, and answers are fetched. Whoever sends holds the provider's row while it claims and counts: over all
processes no quota is overstepped. No transaction is open while the other side is asked.

A process that dies in between leaves a claim that runs out; the question then leaves again, and may be paid twice.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import Session

from scenario_engine.database import Database
from scenario_engine.errors import KaskadError
from scenario_engine.filled_in import open_values
from scenario_engine.inquiries import answers, asking, quotas
from scenario_engine.inquiries.facts import about_loan
from scenario_engine.inquiries.providers import price
from scenario_engine.models import Borrower, Inquiry, InquiryProvider, Loan, Passport
from scenario_engine.models.inquiry import IS_OPEN, NO_ANSWER, SUBJECTS
from scenario_engine.ports import Asked, Busy, Finding, Inquirer, Question, Setup, Unreached
from scenario_engine.settings import Settings
from scenario_engine.vault import Vault

#: after this long a claim is taken to be that of a process that died
CLAIM = timedelta(minutes=10)
#: answers of nobody that are written at once
PRETENDED = 200
MOST_ATTEMPTS = 8
#: seconds before the second attempt; four times as many before each further one
FIRST_PAUSE = 60
#: seconds before an answer is looked for; twice as many before each further look, up to the longest
FIRST_LOOK, LONGEST_LOOK = 10, 600
#: an answer that has not come by then does not come
PATIENCE = timedelta(days=1)
#: a question whose answers could not be used is asked anew for so long
LONGEST = timedelta(days=3)
#: nobody asks a provider that lets nobody in for so long; switching it on anew asks at once
CLOSED = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Done:
    """What one round did."""

    #: questions that a provider took
    asked: int = 0
    answered: int = 0
    failed: int = 0
    #: another attempt, or another look, follows
    put_off: int = 0

    @property
    def taken(self) -> int:
        """0: nothing could be done."""
        return self.asked + self.answered + self.failed + self.put_off


@dataclass(frozen=True, kw_only=True)
class _Hand:
    """What a process has in hand: some inquiries with their questions, for one request."""

    inquirer: Inquirer
    setup: Setup
    questions: Sequence[Question]
    inquiries: Mapping[int, Inquiry]
    task: str | None = None
    #: of the request, as the quotas count it
    kind: str = "single"


def is_anything_due(session: Session, *, now: datetime) -> bool:
    """Whether an inquiry may leave or an answer may be fetched."""
    paused = exists(
        select(InquiryProvider.key).where(
            InquiryProvider.subject == Inquiry.subject, InquiryProvider.enabled, InquiryProvider.paused_until > now
        )
    )
    due = select(Inquiry.id).where(_due(now), or_(Inquiry.state == "waiting", ~paused))
    return session.scalar(due.limit(1)) is not None


class Sender:
    """Asks and fetches, request by request."""

    def __init__(
        self,
        database: Database,
        inquirers: Mapping[str, Inquirer],
        vault: Vault,
        settings: Settings,
        *,
        clock: Callable[[], datetime],
        randomness: random.Random,
    ) -> None:
        self._database = database
        self._inquirers = inquirers
        self._vault = vault
        self._settings = settings
        self._clock = clock
        self._randomness = randomness

    def round(self) -> Done:
        """One request to each provider that has something to do, and one for every answer that may be there."""
        done: Counter[str] = Counter()
        for subject in SUBJECTS:
            done += self._ask(subject, self._clock())
        for task in self._tasks(self._clock()):
            done += self._fetch(task, self._clock())
        return Done(**done)

    # -- asking ---------------------------------------------------------------------------------------------------

    def _ask(self, subject: str, now: datetime) -> Counter[str]:
        found = self._claim(subject, now)
        if not isinstance(found, _Hand):
            return found
        try:
            asked = found.inquirer.ask(found.questions, found.setup, group=found.kind == "group")
        except Busy as busy:
            self._pause(found, now, timedelta(seconds=busy.seconds), error=None)
            self._release(found, now)
            return Counter(put_off=len(found.questions))
        except (Unreached, KaskadError) as error:
            code = _code(error)
            is_closed = isinstance(error, KaskadError) or code in _CLOSED
            self._pause(found, now, CLOSED if is_closed else timedelta(seconds=FIRST_PAUSE), error=code)
            if not is_closed:
                return self._put_off(found, now, code)
            self._release(found, now)
            return Counter(put_off=len(found.questions))
        return self._asked(found, asked, now)

    def _claim(self, subject: str, now: datetime) -> _Hand | Counter[str]:
        with self._database.write() as session:
            provider = session.scalar(
                select(InquiryProvider)
                .where(InquiryProvider.subject == subject, InquiryProvider.enabled)
                .order_by(InquiryProvider.key)
                .limit(1)
                .with_for_update()
            )
            inquirer = self._inquirers.get(provider.key) if provider is not None else None
            if provider is None or inquirer is None:
                return self._pretend(session, subject, now)
            if provider.paused_until is not None and provider.paused_until > now:
                return Counter()
            chosen = open_values(self._vault, inquirer.fields, provider)
            if chosen is None:
                provider.trouble, provider.paused_until = "sealed", now + CLOSED
                return Counter()
            found = self._take(
                session, and_(Inquiry.subject == subject, Inquiry.state == "asked"), now, inquirer.together
            )
            fit, failed = self._fit(session, inquirer, found, now)
            if not fit:
                return Counter(failed=failed) if failed else Counter()
            room = quotas.room(session, inquirer, len(fit), now=now)
            if not room.questions:
                provider.paused_until = max(room.until or now, now + timedelta(seconds=1))
                return Counter(failed=failed) if failed else Counter()
            questions = fit[: room.questions]
            chosen_ones = {each.id: each for each in found if each.id in {q.inquiry_id for q in questions}}
            for each in chosen_ones.values():
                each.claimed_at, each.provider = now, inquirer.key
                each.attempts += 1
            quotas.write_down(session, inquirer, room.kind, len(questions), now=now)
            return _Hand(
                inquirer=inquirer,
                setup=self._setup(chosen),
                questions=questions,
                inquiries=chosen_ones,
                kind=room.kind,
            )

    def _pretend(self, session: Session, subject: str, now: datetime) -> Counter[str]:
        found = self._take(session, and_(Inquiry.subject == subject, Inquiry.state == "asked"), now, PRETENDED)
        for inquiry in found:
            answers.pretend(session, inquiry, now=now)
        return Counter(answered=len(found)) if found else Counter()

    def _take(self, session: Session, which: ColumnElement[bool], now: datetime, limit: int) -> Sequence[Inquiry]:
        return session.scalars(
            select(Inquiry)
            .where(_due(now), which)
            .order_by(Inquiry.due_at, Inquiry.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .execution_options(populate_existing=True)
        ).all()

    def _fit(
        self, session: Session, inquirer: Inquirer, found: Sequence[Inquiry], now: datetime
    ) -> tuple[list[Question], int]:
        """The questions that can be asked; those that cannot are given up, and how many those were."""
        questions = self._questions(session, found)
        fit: list[Question] = []
        for inquiry in found:
            question = questions.get(inquiry.id)
            error = "borrower" if question is None else inquirer.lacks(question)
            if question is not None and error is None:
                fit.append(question)
            else:
                inquiry.state, inquiry.error, inquiry.provider = "failed", error, inquirer.key
                inquiry.answered_at = now
        return fit, len(found) - len(fit)

    def _questions(self, session: Session, found: Sequence[Inquiry]) -> dict[int, Question]:
        people = {each.borrower_id for each in found}
        borrowers = {each.id: each for each in session.scalars(select(Borrower).where(Borrower.id.in_(people)))}
        passports = {
            row.borrower_id: self._vault.open(row.number)
            for row in session.scalars(select(Passport).where(Passport.borrower_id.in_(people)))
        }
        consents = asking.consents(session, people, self._settings.time_zone)
        return {
            each.id: Question(
                inquiry_id=each.id,
                key=f"inquiry_{each.id}_{int(each.asked_at.timestamp())}",
                full_name=borrower.full_name,
                birth_date=borrower.birth_date,
                region=borrower.region,
                passport=passports.get(borrower.id),
                consent_on=consents.get(borrower.id),
                proceeding=self._proceeding(session, each),
            )
            for each in found
            if (borrower := borrowers.get(each.borrower_id)) is not None
        }

    def _proceeding(self, session: Session, inquiry: Inquiry) -> str | None:
        if inquiry.subject != "bailiff":
            return None
        act = answers.court_act(session, inquiry.loan_id)
        facts = answers.last_facts(session, self._vault, inquiry.loan_id, inquiry.subject) if act else None
        mine = [each for each in about_loan(facts, act) if not each["ended"]] if facts else []
        return str(mine[0]["number"]) if len(mine) == 1 else None

    def _asked(self, hand: _Hand, asked: Asked, now: datetime) -> Counter[str]:
        done: Counter[str] = Counter()
        with self._database.write() as session:
            session.execute(
                update(InquiryProvider).where(InquiryProvider.key == hand.inquirer.key).values(trouble=None)
            )  # fmt: skip
            if asked.task is not None:
                session.execute(
                    self._mine(hand, now).values(
                        state="waiting", task=asked.task, sent_at=now, attempts=0, claimed_at=None, error=None,
                        due_at=now + timedelta(seconds=FIRST_LOOK),
                    )
                )  # fmt: skip
                return Counter(asked=len(hand.questions))
            session.execute(self._mine(hand, now).values(sent_at=now))
        return done + self._found(hand, asked.findings, now)

    # -- fetching -------------------------------------------------------------------------------------------------

    def _tasks(self, now: datetime) -> Sequence[tuple[str, str]]:
        with self._database.read() as session:
            rows = session.execute(
                select(Inquiry.provider, Inquiry.task)
                .where(_due(now), Inquiry.state == "waiting")
                .distinct()
                .limit(PRETENDED)
            )
            return [(row.provider or "", row.task or "") for row in rows]

    def _fetch(self, task: tuple[str, str], now: datetime) -> Counter[str]:
        key, number = task
        inquirer = self._inquirers.get(key)
        with self._database.write() as session:
            which = and_(Inquiry.state == "waiting", Inquiry.provider == key, Inquiry.task == number)
            found = self._take(session, which, now, 10_000)
            if not found:
                return Counter()
            provider = session.get(InquiryProvider, key)
            chosen = open_values(self._vault, inquirer.fields, provider) if inquirer is not None else None
            is_off = inquirer is None or chosen is None or provider is None or not provider.enabled
            late = [each for each in found if (each.sent_at or now) <= now - PATIENCE]
            for each in late:
                each.state, each.error, each.answered_at = "failed", "off" if is_off else "silent", now
            kept = {each.id: each for each in found if each not in late}
            for each in kept.values():
                each.attempts += 1
                each.due_at = now + timedelta(seconds=min(LONGEST_LOOK, FIRST_LOOK * 2 ** min(each.attempts, 10)))
                each.claimed_at = None if is_off else now
            if inquirer is None or chosen is None or is_off or not kept:
                return Counter(failed=len(late), put_off=len(kept))
            questions = list(self._questions(session, list(kept.values())).values())
            hand = _Hand(
                inquirer=inquirer, setup=self._setup(chosen), questions=questions, inquiries=kept, task=number
            )  # fmt: skip
        return Counter(failed=len(late)) + self._look(hand, now)

    def _look(self, hand: _Hand, now: datetime) -> Counter[str]:
        error = None
        try:
            findings = hand.inquirer.fetch(hand.task or "", hand.questions, hand.setup)
        except Busy as busy:
            findings, later = None, now + timedelta(seconds=busy.seconds)
            with self._database.write() as session:
                session.execute(self._mine(hand, now).values(due_at=later))
        except (Unreached, KaskadError) as unreached:
            findings, error = None, _code(unreached)
        if findings is None:
            with self._database.write() as session:
                session.execute(self._mine(hand, now).values(claimed_at=None, error=error))
            return Counter(put_off=len(hand.inquiries))
        return self._found(hand, findings, now)

    # -- what is found ----------------------------------------------------------------------------------------------

    def _found(self, hand: _Hand, findings: Sequence[Finding], now: datetime) -> Counter[str]:
        done: Counter[str] = Counter()
        told = {each.inquiry_id: each for each in findings}
        cost = price(hand.setup.chosen)
        for inquiry_id, inquiry in hand.inquiries.items():
            finding = told.get(inquiry_id) or Finding(inquiry_id=inquiry_id, error="json", retry=True)
            if finding.facts is None:
                alone = replace(hand, inquiries={inquiry_id: inquiry})
                done += self._put_off(alone, now, finding.error or "json", give_up=not finding.retry)
                continue
            with self._database.write() as session:
                # the loan before what belongs to it (the lock order: see `scenario_engine.database`)
                session.execute(select(Loan.id).where(Loan.id == inquiry.loan_id).with_for_update(key_share=True))
                row = session.scalar(
                    select(Inquiry).where(Inquiry.id == inquiry_id, Inquiry.claimed_at == now).with_for_update()
                )
                if row is None:  # somebody else has it by now
                    continue
                answers.settle(
                    session, row, finding.facts, self._vault, cost=cost, now=self._clock(),
                    time_zone=self._settings.time_zone,
                )  # fmt: skip
            done["answered"] += 1
        return done

    def _put_off(self, hand: _Hand, now: datetime, error: str, *, give_up: bool = False) -> Counter[str]:
        """Ask once more later, from the beginning; or give up."""
        done: Counter[str] = Counter()
        for inquiry_id, inquiry in hand.inquiries.items():
            if hand.task is None:
                is_last, times = inquiry.attempts >= MOST_ATTEMPTS, inquiry.attempts - 1
            else:  # its attempts are looks
                is_last, times = inquiry.asked_at < now - LONGEST, 3
            is_last = is_last or give_up
            pause = FIRST_PAUSE * 4 ** min(times, 6) * self._randomness.uniform(0.5, 1.5)
            values: dict[str, Any] = {"claimed_at": None, "error": error, "task": None}
            if is_last:
                values |= {"state": "failed", "answered_at": now}
            else:
                values |= {"state": "asked", "due_at": now + timedelta(seconds=pause)}
            with self._database.write() as session:
                mine = (Inquiry.id == inquiry_id, Inquiry.claimed_at == now, IS_OPEN)
                session.execute(update(Inquiry).where(*mine).values(values))
            done["failed" if is_last else "put_off"] += 1
        return done

    def _pause(self, hand: _Hand, now: datetime, pause: timedelta, *, error: str | None) -> None:
        """Ask the provider nothing for a while."""
        with self._database.write() as session:
            session.execute(
                update(InquiryProvider)
                .where(InquiryProvider.key == hand.inquirer.key)
                .values(paused_until=now + pause, trouble=error)
            )

    def _release(self, hand: _Hand, now: datetime) -> None:
        """They leave when the provider is asked again: that it asked nobody was no attempt of theirs."""
        with self._database.write() as session:
            session.execute(self._mine(hand, now).values(claimed_at=None, attempts=Inquiry.attempts - 1))

    def _mine(self, hand: _Hand, now: datetime) -> Any:
        return (
            update(Inquiry)
            .where(Inquiry.id.in_(list(hand.inquiries)), Inquiry.claimed_at == now)
            .execution_options(synchronize_session=False)
        )

    def _setup(self, chosen: Mapping[str, str]) -> Setup:
        return Setup(chosen=chosen, networks=self._settings.inner_networks)


#: what stays so until a person does something
_CLOSED = ("login", "funds", "blocked", "setup", "redirect")


def _code(error: Unreached | KaskadError) -> str:
    code = error.code if isinstance(error, KaskadError) else str(error)
    return code if code in NO_ANSWER else "provider"


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        IS_OPEN, Inquiry.due_at <= now, or_(Inquiry.claimed_at.is_(None), Inquiry.claimed_at < now - CLAIM)
    )  # fmt: skip
