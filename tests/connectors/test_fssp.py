"""The bailiffs' register by its old contract against its simulator, and a commercial provider by its shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from connectors.fssp import Fssp, proceeding, read_end
from connectors.fssp_provider import FsspProvider
from connectors.fssp_simulator import LARGEST_GROUP, Simulator
from scenario_engine.errors import Invalid
from scenario_engine.inquiries.facts import in_words
from scenario_engine.ports import Busy, Finding, Inquirer, Question, Setup, Unreached
from tests.connectors.vendors import LOOPBACK, QUICK, Asked, Said, Trouble, Vendor, serving

ROW = {
    "name": "ПРИМЕРОВ ПЁТР ИЛЬИЧ 01.02.1990",
    "exe_production": "12345/26/66001-ИП от 05.03.2026",
    "details": "Судебный приказ от 12.02.2026 № 2-345/2026 Судебный участок № 1",
    "subject": "Задолженность по кредитным платежам (кроме ипотеки): 35 000.50 руб.",
    "department": "Примерское РОСП",
    "bailiff": "ПРИСТАВОВА А. А.",
    "ip_end": "2026-06-12, 46, 1, 3",
}
FSSP, PROVIDER = Fssp(QUICK), FsspProvider(QUICK)


def question(number: int = 1, name: str = "Примеров Пётр Ильич", **over: Any) -> Question:
    values = {"full_name": name, "birth_date": date(1990, 2, 1), "region": "RU-SVE"}
    return Question(inquiry_id=number, key=f"inquiry_{number}", **(values | over))


def setup_of(url: str, token: str = Simulator.token, networks: str = LOOPBACK) -> Setup:
    return Setup(chosen={"address": url, "token": token, "price": "0"}, networks=networks)


@pytest.fixture
def register() -> Iterator[Simulator]:
    with Simulator(delay=0, people={"примеров": [ROW], "тихонов": []}) as running:
        yield running


def found(register: Simulator, *questions: Question) -> list[Finding]:
    setup = setup_of(register.url)
    task = FSSP.ask(questions, setup, group=len(questions) > 1).task
    assert task is not None
    findings = FSSP.fetch(task, questions, setup)
    assert findings is not None
    return list(findings)


def test_both_fill_the_port() -> None:
    assert isinstance(FSSP, Inquirer)
    assert isinstance(PROVIDER, Inquirer)


def test_one_person_is_found_with_every_word_of_the_proceeding(register: Simulator) -> None:
    (finding,) = found(register, question())
    assert finding.facts == {
        "proceedings": [
            {
                "number": "12345/26/66001-ИП", "opened_on": "2026-03-05",
                "document": "Судебный приказ от 12.02.2026 № 2-345/2026 Судебный участок № 1",
                "subject": "Задолженность по кредитным платежам (кроме ипотеки): 35 000.50 руб.",
                "amount": 3_500_050, "left": None, "department": "Примерское РОСП", "bailiff": "ПРИСТАВОВА А. А.",
                "ended": True, "ended_on": "2026-06-12", "ground": [46, 1, 3],
            }
        ]
    }  # fmt: skip
    assert register.searches[0][:2] == ("single", 1)


def test_several_people_are_asked_about_in_one_group_and_each_gets_their_own_answer(register: Simulator) -> None:
    findings = found(
        register, question(1), question(2, "Тихонов Олег"), question(3), question(4, birth_date=date(1971, 1, 1))
    )
    assert [len((each.facts or {})["proceedings"]) for each in findings] == [1, 0, 1, 0], "another day of birth"
    assert register.searches == [("group", 4, register.searches[0][2])]


def test_a_known_proceeding_is_asked_for_by_its_number(register: Simulator) -> None:
    (finding,) = found(register, question(proceeding="12345/26/66001-ИП", region=None))
    assert (finding.facts or {})["proceedings"][0]["ended"]


def test_an_answer_that_is_not_ready_is_fetched_later() -> None:
    with Simulator(delay=3_600) as register:
        setup = setup_of(register.url)
        task = FSSP.ask([question()], setup, group=False).task or ""
        assert FSSP.fetch(task, [question()], setup) is None


@pytest.mark.parametrize(
    ("over", "missing"),
    [({}, None), ({"name": "Примеров"}, "name"), ({"region": None}, "region"), ({"region": "RU-XX"}, "region")],
)
def test_what_is_missing_is_known_before_anything_leaves(over: dict[str, Any], missing: str | None) -> None:
    assert FSSP.lacks(question(**over)) == missing


def test_a_wrong_token_and_a_used_up_quota_say_so(register: Simulator) -> None:
    assert FSSP.test(setup_of(register.url))
    with pytest.raises(Unreached, match="login"):
        FSSP.test(setup_of(register.url, "wrong"))
    register.searches += [("single", 1, register.clock())] * 100
    with pytest.raises(Busy):
        FSSP.ask([question()], setup_of(register.url), group=False)
    assert FSSP.ask([question(1), question(2)], setup_of(register.url), group=True).task, (
        "groups have a quota of their own"
    )
    assert len([question(number) for number in range(FSSP.together)]) == LARGEST_GROUP


@pytest.mark.parametrize(("status", "code"), [(500, "server"), (503, "server"), (404, "json"), (200, "json")])
def test_a_failing_register_is_worth_another_attempt(register: Simulator, status: int, code: str) -> None:
    register.failures = [status]
    with pytest.raises(Unreached, match=code):
        FSSP.ask([question()], setup_of(register.url), group=False)


@pytest.mark.parametrize("kind", ["half", "hang_up", "nonsense", "huge", "redirect", "never", "drip"])
def test_troubles_on_the_way_end_as_a_code(kind: Any) -> None:
    with serving(lambda _: Said({"status": "success", "response": {"task": "1" * 20}})) as vendor:
        vendor.troubles.append(Trouble(kind, detail="http://169.254.169.254/"))
        with pytest.raises(Unreached):
            FSSP.ask([question()], setup_of(vendor.url), group=False)


@pytest.mark.parametrize("task", ["", "../../etc", "x" * 100, 7, None])
def test_a_number_of_a_task_that_could_be_anything_is_refused(task: Any) -> None:
    answer = Said({"status": "success", "response": {"task": task}})
    with serving(lambda _: answer) as vendor, pytest.raises(Unreached, match="json"):
        FSSP.ask([question()], setup_of(vendor.url), group=False)


def test_an_inner_address_is_not_reached_unless_its_network_is_named() -> None:
    with pytest.raises(Invalid):
        FSSP.ask([question()], setup_of("http://127.0.0.1:9", networks=""), group=False)


@pytest.mark.parametrize(
    ("text", "day", "ground"),
    [
        ("2018-02-12, 46, 1, 3", date(2018, 2, 12), [46, 1, 3]),
        ("12.02.2018, 47", date(2018, 2, 12), [47]),
        ("", None, None),
        ("soon, what", None, None),
        ("2018-02-31, 46, 1, 3", None, [46, 1, 3]),
    ],
)
def test_the_end_of_a_proceeding_is_read(text: str, day: date | None, ground: list[int] | None) -> None:
    assert read_end(text) == (day, ground)


def test_an_answer_reads_as_a_colleague_would_say_it_and_hides_what_a_role_may_not_see() -> None:
    facts = {"proceedings": [proceeding(ROW), proceeding(ROW | {"ip_end": ""})]}
    ended, is_open = in_words("bailiff", facts, "ru", masked=False)
    assert ended.startswith("№ 12345/26/66001-ИП от 05.03.2026")
    assert ended.endswith("окончено 12.06.2026: должник и его имущество не найдены (229-ФЗ, ст. 46, ч. 1, п. 3)")
    assert is_open.endswith("пристав ПРИСТАВОВА А. А., идёт")
    (masked, _) = in_words("bailiff", facts, "en", masked=True)
    assert "12345" not in masked
    assert "ПРИСТАВОВА" not in masked
    assert "35 000.50" in masked.replace("\u00a0", " ").replace("\u202f", " ")
    assert in_words("bailiff", {"proceedings": []}, "en", masked=True) == ["No proceedings"]


# -- a commercial provider -------------------------------------------------------------------------------------------

LISTED = {
    "nomer": "777/26/66001-ИП", "ddd": "05.03.2026", "predmet": "Кредит", "summa": "35 000,50", "ostatok": 1200,
    "isporg": "Примерское РОСП", "ispdoc": "Судебный приказ № 2-345/2026", "prist": {"fio": "ПРИСТАВОВА А. А."},
}  # fmt: skip


def provider(asked: Asked) -> Said:
    if asked.query.get("token") != "demo-token":
        return Said({}, status=401)
    name = asked.query.get("name", "")
    return Said({name.upper(): {"ip": [LISTED] if name.startswith("Примеров") else []}})


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with serving(provider) as running:
        yield running


def test_a_provider_answers_at_once(vendor: Vendor) -> None:
    (finding,) = PROVIDER.ask([question()], setup_of(vendor.url), group=False).findings
    (read,) = (finding.facts or {})["proceedings"]
    assert (read["number"], read["amount"], read["left"]) == ("777/26/66001-ИП", 3_500_050, 120_000)
    assert (read["opened_on"], read["ended"], read["bailiff"]) == ("2026-03-05", False, "ПРИСТАВОВА А. А.")
    assert vendor.heard[0].query["dob"] == "01.02.1990"
    (nothing,) = PROVIDER.ask([question(name="Тихонов Олег")], setup_of(vendor.url), group=False).findings
    assert nothing.facts == {"proceedings": []}


def test_a_provider_refuses_a_key_and_an_answer_about_others_is_none(vendor: Vendor) -> None:
    assert PROVIDER.test(setup_of(vendor.url))
    with pytest.raises(Unreached, match="login"):
        PROVIDER.ask([question()], setup_of(vendor.url, "wrong"), group=False)
    vendor.answer = lambda _: Said({"ДРУГОЙ ЧЕЛОВЕК": {"ip": [LISTED]}, "error": "x"})
    (finding,) = PROVIDER.ask([question()], setup_of(vendor.url), group=False).findings
    assert (finding.facts, finding.retry) == (None, True)
    assert PROVIDER.lacks(replace(question(), birth_date=None)) == "birth_date"
