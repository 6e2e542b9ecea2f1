"""Sub-scenario: another scenario as one step of this one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, case, exists, literal, null, select
from sqlalchemy.orm import aliased

from scenario_engine.errors import Problem
from scenario_engine.models import Case, Scenario, VersionNode
from scenario_engine.nodes.base import ARRIVE, STAY, CheckScope, Effect, Frame, NodeType, ParamValues, Port
from scenario_engine.nodes.forms import Form, line
from scenario_engine.nodes.wording import excerpt
from scenario_engine.texts import Text

DONE, SKIPPED = "done", "skipped"


class SubScenario(NodeType):
    """Sends the loan through another scenario and goes on when it has ended there.

    The other scenario must be live. When it is not, or the loan is in it already, the case leaves by “skipped”. The
    entry rule of the other scenario is not asked. Example: a common “contact data” procedure.
    """

    key = "sub_scenario"
    title = Text("Sub-scenario", "Вложенный сценарий")
    group = "logic"
    icon = "box-multiple"
    calls = "scenario"
    help_ru = (
        "Проводит займ через другой сценарий и продолжает, когда тот завершён.\n\n"
        "Другой сценарий должен работать. Если он остановлен или займ уже в нём, дело уходит по выходу «пропущен». "
        "Условие входа другого сценария не проверяется. Пример: общая процедура «уточнение контактов»."
    )

    class Params(Form):
        """Which scenario."""

        scenario = line(
            Text("Scenario", "Сценарий"),
            Text("Only a live scenario can be called.", "Вызвать можно только работающий сценарий."),
            most=64,
            widget="scenario",
            load_default="",
        )

    def ports(self, params: ParamValues) -> Sequence[Port]:
        """Done, and not run."""
        return (
            Port(key=DONE, title=Text("done", "завершён")),
            Port(key=SKIPPED, title=Text("skipped", "пропущен")),
        )

    def sentence(self, params: ParamValues) -> Text:
        """Which scenario."""
        name = excerpt(params["scenario"]) or "…"
        return Text(f"Run the scenario “{name}”", f"Провести через сценарий «{name}»")

    def check(self, node_id: str, params: ParamValues, scope: CheckScope) -> Iterable[Problem]:
        """The scenario exists, is live, and does not come back to this one."""
        target = params["scenario"]
        if not target:
            yield _problem("scenario.unknown", node_id, "Choose a scenario.", "Выберите сценарий.")
        elif scope.scenario_key is not None and scope.scenario_key in _reached(target, scope):
            yield _problem(
                "scenario.recursion",
                node_id,
                f"The scenario “{target}” leads back to this one: it would call itself for ever.",
                f"Сценарий «{target}» ведёт обратно в этот: вызовам не будет конца.",
            )
        elif scope.scenarios and target not in scope.scenarios:
            yield _problem(
                "scenario.unknown",
                node_id,
                f"There is no live scenario “{target}”.",
                f"Работающего сценария «{target}» нет.",
            )

    def route(self, params: ParamValues, frame: Frame) -> ColumnElement[str]:
        """Rests while the child runs; skips what cannot run."""
        target, child = aliased(Scenario), aliased(Case)
        live = exists(
            select(target.id).where(
                target.key == params["scenario"],
                target.state == "live",
                target.live_version_id.is_not(None),
            )
        )
        busy = exists(
            select(child.id)
            .join(target, target.id == child.scenario_id)
            .where(
                target.key == params["scenario"],
                child.loan_id == frame.loan.id,
                child.ended_at.is_(None),
            )
        )
        return case((and_(live, ~busy), literal(STAY)), else_=literal(SKIPPED))

    def effects(self, params: ParamValues, frame: Frame) -> Sequence[Effect]:
        """The child's case, at the entry by call of the live version; without one, at the first entry."""
        target, entry = aliased(Scenario), aliased(VersionNode)
        chosen = target.key == params["scenario"]
        first_entry = (
            select(entry.id)
            .join(target, target.live_version_id == entry.version_id)
            .where(chosen, entry.type.startswith("entry.", autoescape=True))
            .order_by(case((entry.type == "entry.call", 0), else_=1), entry.position, entry.id)
            .limit(1)
        )
        return (
            Effect(
                on=ARRIVE,
                table="cases",
                values={
                    "scenario_id": select(target.id).where(chosen).scalar_subquery(),
                    "version_id": select(target.live_version_id).where(chosen).scalar_subquery(),
                    "node_id": first_entry.scalar_subquery(),
                    "track": null(),
                    "shard": frame.loan.shard,
                    "due_at": frame.now,
                    "entered_at": frame.now,
                    "enrolled_at": frame.now,
                    "enrolled_overdue": frame.loan.overdue,
                    "parent_id": frame.case.id,
                },
            ),
        )


def _reached(start: str, scope: CheckScope) -> set[str]:
    """The scenario and every one that it calls, directly or not."""
    found: set[str] = set()
    left = [start]
    while left:
        key = left.pop()
        if key not in found:
            found.add(key)
            left.extend(scope.scenarios.get(key, ()))
    return found


def _problem(code: str, node_id: str, en: str, ru: str) -> Problem:
    return Problem(code=code, text=Text(en, ru), node=node_id, field="scenario")
