"""A registry of random rows, and what a rule should say about each loan, worked out slowly in Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from scenario_engine.models import (
    Borrower,
    Contact,
    Instalment,
    Loan,
    LoanTag,
    MonitoringFiring,
    MonitoringRule,
    Offer,
    Payment,
    Product,
    Promise,
    Signal,
    Task,
)
from scenario_engine.registry.buckets import bucket_of

NOW = datetime(2026, 3, 10, 21, 30, tzinfo=UTC)
ZONE = "Europe/Moscow"
#: half past midnight in Moscow: the local day differs from the day in UTC
TODAY = NOW.astimezone(ZoneInfo(ZONE)).date()
TAGS = ["vip", "VIP", "судится", "a%b", "a_b"]
DISPOSITIONS = ["promise", "refused", "Promise_later", "no%answer"]
NEWS = ["reply", "not_delivered", "delivered", "payment_missed", "partial_payment", "prolongation_asked",
        "contact_data_changed", "bureau_news", "bailiff_news"]  # fmt: skip
CHANNELS = ["sms", "email", "messenger", "robot_call", "operator_call"]


@dataclass
class World:
    """Every row, so that the reference can look at them without SQL."""

    products: list[Product] = field(default_factory=list)
    borrowers: list[Borrower] = field(default_factory=list)
    loans: list[Loan] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    signals: list[Signal] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    tags: list[LoanTag] = field(default_factory=list)
    instalments: list[Instalment] = field(default_factory=list)
    firings: list[tuple[str, MonitoringFiring]] = field(default_factory=list)


def build_world(session: Session, seed: int, loans: int = 40) -> World:
    """Random rows of every kind, many of them with missing values or exactly on the edge of a window."""
    draw, world = Random(seed), World()

    def perhaps(value: Any, odds: float = 0.6) -> Any:
        return value if draw.random() < odds else None

    def instant() -> datetime:
        edges = [0, 86_400, 7 * 86_400, 30 * 86_400, 90 * 86_400]
        back = draw.choice([draw.choice(edges) + draw.choice([-1, 0, 1]), draw.randrange(-86_400, 8_640_000)])
        return NOW - timedelta(seconds=back)

    world.products = [Product(code=code, name=code, kind="annuity") for code in ("payday", "car")]
    session.add_all(world.products)
    for number in range(loans // 2):
        world.borrowers.append(
            Borrower(
                external_id=f"B{number}",
                full_name=f"Заёмщик {number}",
                phone=perhaps("+79000000000"),
                email=perhaps("a@example.test"),
                messenger=perhaps("chat"),
                region=perhaps(draw.choice(["RU-MOW", "RU-SVE"])),
                time_zone=ZONE,
                lot=number,
                contact_stop=perhaps("bankruptcy", 0.3),
                lending_restricted_at=perhaps(NOW, 0.3),
                loans_count=draw.randrange(4),
            )
        )
    session.add_all(world.borrowers)
    session.flush()
    for number in range(loans):
        dpd = draw.choice([0, 1, 29, 30, 31, 90])
        world.loans.append(
            Loan(
                external_id=f"L{number}",
                borrower_id=draw.choice(world.borrowers).id,
                product_id=draw.choice(world.products).id,
                shard=0,
                state=draw.choice(["open", "open", "closed", "sold"]),
                servicing=draw.choice(["kaskad", "core"]),
                issued_on=perhaps(date(2025, 1, 1) + timedelta(days=draw.randrange(400))),
                channel=perhaps(draw.choice(["office", "site", "app"])),
                principal=draw.choice([100_000, 3_000_000]),
                balance=draw.randrange(4) * 100_000,
                overdue=draw.choice([0, 1, 100_000, 150_050]),
                dpd=dpd,
                bucket=bucket_of(dpd),
                next_due_on=perhaps(TODAY + timedelta(days=draw.randrange(-2, 5))),
                next_due_amount=perhaps(draw.choice([100_000, 200_000])),
                last_payment_on=perhaps(TODAY - timedelta(days=draw.randrange(4))),
                risk_score=perhaps(draw.randrange(0, 1_000, 100)),
                risk_group=perhaps(draw.choice("ABE")),
                debt_burden=perhaps(draw.choice([0, 50, 80, 81])),
                ordinal=draw.choice([1, 1, 2, 3]),
                bailiff_state=draw.choice(["none", "filed"]),
                bureau_state=draw.choice(["none", "worse"]),
            )
        )
    session.add_all(world.loans)
    session.flush()
    for number in range(loans * 2):
        loan = draw.choice(world.loans[: loans * 3 // 4])  # a quarter has no history at all
        same: dict[str, Any] = {"loan_id": loan.id}
        world.payments.append(
            Payment(
                **same,
                external_id=f"P{number}",
                amount=draw.choice([1, 100_000]),
                paid_at=instant(),
                recorded_at=NOW,
                source="import",
            )
        )
        world.promises.append(
            Promise(
                **same,
                task_id=None,
                amount=1,
                due_on=TODAY,
                given_at=instant(),
                state=(state := draw.choice(["open", "kept", "broken"])),
                decided_at=None if state == "open" else instant(),
            )
        )
        world.offers.append(
            Offer(
                **same,
                case_id=None,
                node_id=None,
                kind="discount",
                size=5,
                made_at=instant(),
                expires_at=None,
                state=draw.choice(["open", "declined", "expired"]),
                answered_at=None,
            )
        )
        world.contacts.append(
            Contact(
                **same,
                borrower_id=loan.borrower_id,
                kind=draw.choice(["message", "call", "meeting"]),
                channel=draw.choice(CHANNELS),
                at=instant(),
                case_id=None,
                node_id=None,
                batch_id=None,
            )
        )
        world.signals.append(
            Signal(
                **same,
                key=f"S{number}",
                kind=draw.choice(NEWS),
                at=instant(),
                source="import",
                payment_id=None,
            )
        )
        done = draw.random() < 0.6
        world.tasks.append(
            Task(
                **same,
                case_id=None,
                node_id=None,
                batch_id=None,
                borrower_id=loan.borrower_id,
                queue="calls",
                title="Call",
                dispositions={"items": []},
                state="done" if done else "open",
                assignee=None,
                created_at=instant(),
                due_at=None,
                closed_at=instant() if done else None,
                closed_by=None,
                disposition=draw.choice(DISPOSITIONS) if done else None,
                note=None,
            )
        )
    watching = [
        MonitoringRule(
            key=key, signal_kind="monitoring_fired", rule={}, changed_at=NOW, changed_by="x", quiet_days=0, enabled=True
        )
        for key in ("late", "silent")
    ]
    session.add_all(watching)
    session.flush()
    for loan in world.loans[::2]:
        for rule in watching:
            firing = MonitoringFiring(
                rule_id=rule.id, loan_id=loan.id, revision=1, since=TODAY, until=None, told=draw.random() < 0.5
            )
            session.add(firing)
            session.flush()
            world.firings.append((rule.key, firing))
        world.instalments += [
            Instalment(
                loan_id=loan.id,
                number=number,
                due_on=(due_on := TODAY + timedelta(days=draw.randrange(-40, 40))),
                amount=100,
                principal=100,
                paid=draw.choice([0, 99, 100]),
                paid_on=perhaps(due_on - timedelta(days=draw.randrange(-3, 40))),
            )
            for number in (1, 2, 3)
        ]
    for loan in world.loans:
        world.tags += [LoanTag(loan_id=loan.id, tag=tag, at=NOW, case_id=None) for tag in TAGS if draw.random() < 0.2]
    for rows in (
        world.payments,
        world.promises,
        world.offers,
        world.contacts,
        world.signals,
        world.tasks,
        world.tags,
        world.instalments,
    ):
        session.add_all(rows)  # type: ignore[arg-type]
    session.flush()
    return world


def facts(world: World, loan: Loan, now: datetime = NOW) -> dict[str, Any]:
    """The value of every field for one loan at a moment; None where it is missing, a set for tags."""
    today = now.astimezone(ZoneInfo(ZONE)).date()
    borrower = next(b for b in world.borrowers if b.id == loan.borrower_id)
    product = next(p for p in world.products if p.id == loan.product_id)
    own_promises = [p for p in world.promises if p.loan_id == loan.id]
    own_contacts = [c for c in world.contacts if c.borrower_id == borrower.id]
    closed = [t for t in world.tasks if t.loan_id == loan.id and t.disposition and t.closed_at <= now]

    def recent(at: datetime, days: int) -> bool:
        return now - timedelta(days=days) < at <= now

    def days_since(found: list[Contact]) -> int | None:
        past = [contact.at for contact in found if contact.at <= now]
        return int((now - max(past)).total_seconds()) // 86_400 if past else None

    def paid(days: int) -> list[int]:
        return [p.amount for p in world.payments if p.loan_id == loan.id and recent(p.paid_at, days)]

    def told(kind: str, days: int = 30) -> int:
        return sum(s.loan_id == loan.id and s.kind == kind and recent(s.at, days) for s in world.signals)

    signs = [
        s.at for s in world.signals
        if s.loan_id == loan.id and s.kind in ("prolongation_asked", "reply") and s.at <= now
    ]  # fmt: skip
    signs += [p.paid_at for p in world.payments if p.loan_id == loan.id and p.paid_at <= now]
    lately, before = sum(paid(30)), sum(paid(60)) - sum(paid(30))
    fired = [key for key, firing in world.firings if firing.loan_id == loan.id and firing.told]

    last_promise = max(own_promises, key=lambda p: (p.given_at, p.id), default=None)
    last_task = max(closed, key=lambda t: (t.closed_at, t.id), default=None)
    found: dict[str, Any] = {
        "product": product.code,
        "channel": loan.channel,
        "loan_state": loan.state,
        "servicing": loan.servicing,
        "issued_on": loan.issued_on,
        "loan_age": (today - loan.issued_on).days if loan.issued_on else None,
        "ordinal": loan.ordinal,
        "risk_score": loan.risk_score,
        "risk_group": loan.risk_group,
        "dpd": loan.dpd,
        "bucket": loan.bucket,
        "overdue": loan.overdue,
        "balance": loan.balance,
        "principal": loan.principal,
        "debt_burden": loan.debt_burden,
        "debt_burden_group": {0: "up_to_50", 50: "up_to_50", 80: "50_80", 81: "above_80"}.get(loan.debt_burden),
        "days_to_next_due": (loan.next_due_on - today).days if loan.next_due_on else None,
        "next_due_amount": loan.next_due_amount,
        "region": borrower.region,
        "repeat_borrower": loan.ordinal > 1,
        "borrower_loans": borrower.loans_count,
        "borrower_overdue_loans": sum(
            o.borrower_id == borrower.id and o.overdue > 0 and o.state == "open" for o in world.loans
        ),
        "borrower_open_loans": sum(o.borrower_id == borrower.id and o.state == "open" for o in world.loans),
        "has_phone": borrower.phone is not None,
        "has_email": borrower.email is not None,
        "has_messenger": borrower.messenger is not None,
        "contact_stop": borrower.contact_stop is not None,
        "lending_restricted": borrower.lending_restricted_at is not None,
        "bailiff_state": loan.bailiff_state,
        "bureau_state": loan.bureau_state,
        "tag": {t.tag for t in world.tags if t.loan_id == loan.id},
        "payments_count_30d": len(paid(30)),
        "payments_count_90d": len(paid(90)),
        "payments_amount_30d": sum(paid(30)),
        "payments_amount_90d": sum(paid(90)),
        "days_since_last_payment": (today - loan.last_payment_on).days if loan.last_payment_on else None,
        "promises_kept": sum(p.state == "kept" for p in own_promises),
        "promises_broken": sum(p.state == "broken" for p in own_promises),
        "open_promise": any(p.state == "open" for p in own_promises),
        "last_promise": last_promise.state if last_promise else None,
        "open_offer": any(o.loan_id == loan.id and o.state == "open" for o in world.offers),
        "offers_declined": sum(o.loan_id == loan.id and o.state == "declined" for o in world.offers),
        "days_since_last_contact": days_since(own_contacts),
        "replies_30d": told("reply"),
        "not_delivered_30d": told("not_delivered"),
        "payments_missed_30d": told("payment_missed"),
        "partial_payments_30d": told("partial_payment"),
        "prolongations_asked_90d": told("prolongation_asked", 90),
        "contact_changes_30d": told("contact_data_changed"),
        "bureau_news_30d": told("bureau_news"),
        "bailiff_news_30d": told("bailiff_news"),
        "early_instalments_30d": sum(
            i.loan_id == loan.id
            and i.paid >= i.amount
            and i.paid_on is not None
            and i.paid_on < i.due_on
            and today - timedelta(days=30) < i.paid_on <= today
            for i in world.instalments
        ),
        "payments_drop_30d": int((before - lately) * 100 / before) if before else None,
        "promises_broken_30d": sum(
            p.state == "broken" and p.decided_at is not None and recent(p.decided_at, 30) for p in own_promises
        ),
        "days_since_activity": int((now - max(signs)).total_seconds()) // 86_400 if signs else None,
        "open_loans": sum(o.borrower_id == borrower.id and o.state == "open" for o in world.loans),
        "monitoring_fired": fired[-1] if fired else None,
        "last_disposition": last_task.disposition if last_task else None,
    }
    for kind in ("message", "call", "meeting"):
        for days in (7, 30):
            found[f"contacts_{kind}_{days}d"] = sum(c.kind == kind and recent(c.at, days) for c in own_contacts)
    for channel in CHANNELS:
        through = [c for c in own_contacts if c.channel == channel]
        found[f"contacts_{channel}_7d"] = sum(recent(c.at, 7) for c in through)
        found[f"days_since_{channel}"] = days_since(through)
    return found


def holds(rule: dict[str, Any], values: dict[str, Any]) -> bool | None:
    """True, false or unknown (None), by the policy in `scenario_engine.rules.condition`."""
    if "rules" not in rule:
        return compare(values[rule["field"]], rule["operator"], rule.get("value"))
    members = [holds(member, values) for member in rule["rules"]]
    decisive = rule["combinator"] == "or"
    answer: bool | None = not decisive if members else True
    if decisive in members:
        answer = decisive
    elif None in members:
        answer = None
    return answer if not rule.get("not") or answer is None else not answer


def fields_asked(rule: dict[str, Any]) -> set[str]:
    """Fields that the rule asks about, anywhere."""
    if "rules" not in rule:
        return {rule["field"]}
    return set[str]().union(*(fields_asked(member) for member in rule["rules"]))


def asks_about_state(rule: dict[str, Any]) -> bool:
    """Somewhere in the rule the loan's state is asked for."""
    return rule.get("field") == "loan_state" or any(asks_about_state(r) for r in rule.get("rules", ()))


def compare(read: Any, operator: str, value: Any) -> bool | None:
    """One condition; `value` as the rule's JSON has it."""
    if isinstance(read, set):
        wanted = read if operator in ("null", "notNull") else set(value if isinstance(value, list) else [value])
        return bool(read & wanted) == (operator in ("=", "in", "notNull"))
    if operator in ("null", "notNull"):
        return (read is None) == (operator == "null")
    if read is None:
        return None
    if isinstance(read, date):
        read = read.isoformat()
    if operator in ("in", "notIn"):
        return (read in value) == (operator == "in")
    if operator in ("between", "notBetween"):
        return (value[0] <= read <= value[1]) == (operator == "between")
    answers = {
        "=": lambda: read == value,
        "!=": lambda: read != value,
        "<": lambda: read < value,
        "<=": lambda: read <= value,
        ">": lambda: read > value,
        ">=": lambda: read >= value,
        "contains": lambda: value in read,
        "beginsWith": lambda: read.startswith(value),
    }
    return bool(answers[operator]())
