"""What the pages read: the right rows for the right person, sorted, paged, masked, exported."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import insert

from scenario_engine.models import Loan, Message, NodeCount, Task, VersionNode
from tests.builders import a_borrower, a_loan
from tests.console.client import Console
from tests.console.world import NOW, World


def test_personal_data_is_masked_for_those_who_do_not_need_it(both: Console, both_world: World) -> None:
    manager, supervisor = both.sign_in("manager"), both.sign_in("supervisor")
    shown = supervisor.get(f"/loans/{both_world.loan}").json["borrower"]
    hidden = manager.get(f"/loans/{both_world.loan}").json["borrower"]
    assert (shown["name"], shown["phone"], shown["masked"]) == ("Иванов Пётр Сергеевич", "+79991234567", False)
    assert (hidden["name"], hidden["phone"], hidden["email"]) == ("И*** П.", "+7********67", "i***@example.test")
    assert (hidden["masked"], hidden["birth_date"]) == (True, None)
    for path in ("/loans", "/tasks", f"/versions/{both_world.version}/nodes/n1/cases", f"/outbox/{both_world.message}"):
        assert "Иванов" not in manager.get(path).text
        assert "Пётр" not in manager.get(path).text
        assert "1234567" not in manager.get(path).text
    assert "Иванов" not in manager.get("/loans", format="csv").text


def test_who_sees_names_masked_cannot_find_people_by_them(console: Console, world: World) -> None:
    for path in ("/loans", "/tasks"):
        assert console.sign_in("manager").get(path, q="Иванов").json["total"] == 0
        assert console.sign_in("supervisor").get(path, q="Иванов").json["total"] == 1
        assert console.sign_in("supervisor").get(path, q="иванов").json["total"] == 1
    assert console.sign_in("manager").get("/search", q="Смирн").json["loans"] == []


def test_an_operator_sees_the_borrowers_of_their_tasks_only(both: Console, both_world: World) -> None:
    operator = both.sign_in("operator")
    assert [item["id"] for item in operator.get("/loans").json["items"]] == [both_world.loan]
    assert operator.get(f"/loans/{both_world.loan}").status_code == 200
    assert operator.get(f"/loans/{both_world.loan}").json["borrower"]["masked"] is False
    assert operator.get(f"/loans/{both_world.other_loan}").status_code == 404
    assert operator.get(f"/loans/{both_world.other_loan}/timeline").status_code == 404
    signal = {"kind": "reply", "data": {}}
    assert operator.post(f"/loans/{both_world.other_loan}/signals", signal).status_code == 404
    stop = {"reason": "refusal"}
    assert operator.post(f"/borrowers/{both_world.other_borrower}/contact-stop", stop).status_code == 404
    home = operator.get("/home").json
    assert (home["loans_total"], home["scenarios"]) == (1, [])


def test_a_task_of_another_operator_is_not_there(both: Console, both_world: World) -> None:
    operator = both.sign_in("operator")
    with both.database.write() as session:
        session.get_one(Task, both_world.task).assignee = "somebody"
    assert operator.get("/tasks").json["total"] == 0
    assert operator.get(f"/tasks/{both_world.task}").status_code == 404
    assert operator.post(f"/tasks/{both_world.task}/take").status_code == 404
    assert operator.get("/loans").json["total"] == 0
    assert operator.get(f"/cases/{both_world.case}").status_code == 404
    assert both.sign_in("supervisor").get(f"/tasks/{both_world.task}").json["assignee"] == "somebody"


def test_an_operator_in_a_group_sees_the_free_tasks_of_that_queue_only(console: Console, world: World) -> None:
    with console.app.app_context():
        sm = console.app.extensions["appbuilder"].sm
        user = sm.find_user("operator")
        user.groups = [sm.add_group("legal", "Legal", "", roles=[])]
        sm.session.commit()
    assert console.sign_in("operator").get("/tasks").json["total"] == 0
    with console.database.write() as session:
        session.get_one(Task, world.task).queue = "legal"
    assert console.sign_in("operator").get("/tasks").json["total"] == 1


@pytest.fixture
def many(both: Console) -> Console:
    """Forty loans."""
    with both.database.write() as session:
        borrower = a_borrower(session)
        for number in range(40):
            overdue = number * 100 if number % 4 else 0
            a_loan(
                session, borrower, external_id=f"N-{number:02}", dpd=number % 7, overdue=overdue,
                next_due_amount=number or None,
            )  # fmt: skip
    return both


def test_a_list_is_paged_without_gaps_or_repeats(many: Console) -> None:
    person = many.sign_in("admin")
    seen: list[str] = []
    for page in range(1, 6):
        answer = person.get("/loans", sort="dpd", size=9, page=page).json
        assert (answer["total"], answer["page"], answer["size"]) == (40, page, 9)
        seen += [item["external_id"] for item in answer["items"]]
    assert len(seen) == len(set(seen)) == 40
    assert person.get("/loans", page=9).json["items"] == []


@pytest.mark.parametrize("column", ["external_id", "borrower", "overdue", "dpd", "next_due_amount", "bucket", "state"])
def test_a_list_is_sorted_both_ways_with_the_missing_last(many: Console, column: str) -> None:
    person = many.sign_in("admin")
    for sort, reverse in ((column, False), (f"-{column}", True)):
        items = person.get("/loans", sort=sort, size=200).json["items"]
        values = [item[column]["name"] if column == "borrower" else item[column] for item in items]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=reverse)
        assert values[len(known) :] == [None] * (len(values) - len(known))


def test_filters_narrow_a_list(both: Console, both_world: World) -> None:
    person = both.sign_in("admin")
    expected = {
        "bucket=1-30": ["L-1"],
        "bucket=current&bucket=1-30": ["L-1", "L-2"],
        "bucket=current,1-30": ["L-1", "L-2"],
        "region=RU-SVE": ["L-2"],
        "dpd_min=5&dpd_max=20": ["L-1"],
        "scenario=soft": ["L-1"],
        f"scenario={both_world.scenario}": ["L-1"],
        "tag=vip": [],
        "q=L-2": ["L-2"],
        "q=79997654321": ["L-2"],
        "q=%2B79997654321": ["L-2"],
        "state=closed": [],
    }
    for query, found in expected.items():
        answer = person.client.get(f"/api/v1/loans?sort=external_id&{query}").json
        assert [item["external_id"] for item in answer["items"]] == found, query
        assert answer["total"] == len(found)


def test_a_list_becomes_a_csv_that_no_spreadsheet_runs(both: Console) -> None:
    with both.database.write() as session:
        borrower = a_borrower(session, full_name='=HYPERLINK("http://x";"y")')
        a_loan(session, borrower, external_id="+1", overdue=5, dpd=-0)
    answer = both.sign_in("admin").get("/loans", format="csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="loans.csv"'
    lines = answer.text.splitlines()
    assert lines[0].startswith("\ufeffLoan;Borrower;")
    assert lines[1].startswith("'+1;\"'=HYPERLINK(")


def test_a_list_becomes_a_workbook_and_json_lines(both: Console, both_world: World) -> None:
    person = both.sign_in("admin", language="ru")
    book = openpyxl.load_workbook(io.BytesIO(person.get("/loans", format="xlsx", sort="external_id").data))
    rows = list(book.active.iter_rows(values_only=True))
    assert rows[0][:2] == ("Займ", "Заёмщик")
    assert [row[0] for row in rows[1:]] == ["L-1", "L-2"]
    overdue, state = rows[0].index("Просрочено, ₽"), rows[0].index("Состояние")
    assert (rows[1][overdue], rows[1][state]) == (5_000, "действует")
    lines = person.get("/loans", format="jsonl", sort="external_id").text.splitlines()
    assert [json.loads(line)["external_id"] for line in lines] == ["L-1", "L-2"]
    assert json.loads(lines[0])["active_cases"] == 1


def test_a_csv_is_written_as_the_readers_spreadsheet_expects_it(both: Console, both_world: World) -> None:
    def first(path: str, language: str) -> dict[str, str]:
        answer = both.sign_in("supervisor", language=language).get(path, format="csv")
        return next(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))

    russian, english = first("/loans", "ru"), first("/loans", "en")
    assert (russian["Просрочено, ₽"], english["Overdue, ₽"]) == ("5000,00", "5000.00")
    assert (russian["Корзина"], english["Bucket"]) == ("1–30 дней", "1–30 days")
    russian, english = first("/tasks", "ru"), first("/tasks", "en")
    assert (russian["Создана"], english["Created at"]) == ("24.11.2026 11:00:00", "2026-11-24 11:00:00")
    assert (russian["Состояние"], english["State"]) == ("открыта", "open")


def test_the_card_of_a_loan_has_everything(both: Console, both_world: World) -> None:
    card = both.sign_in("supervisor").get(f"/loans/{both_world.loan}").json
    assert card["loan"]["overdue"] == 500_000
    assert card["borrower"]["local_time"] == "12:00"
    assert [case["scenario"]["name"] for case in card["cases"]] == ["Soft 1-30"]
    assert card["cases"][0]["node"] == {"key": "n1", "label": "Late"}
    assert [len(card[part]) for part in ("payments", "offers", "promises", "tasks")] == [1, 1, 1, 1]


def test_the_timeline_tells_everything_newest_first(both: Console, both_world: World) -> None:
    answer = both.sign_in("supervisor").get(f"/loans/{both_world.loan}/timeline").json
    kinds = [item["kind"] for item in answer["items"]]
    assert sorted(kinds) == ["message", "offer", "payment", "promise", "signal", "task", "visit"]
    times = [item["at"] for item in answer["items"]]
    assert times == sorted(times, reverse=True)
    assert answer["next"] is None


def test_a_long_timeline_is_paged_though_many_things_happen_at_once(both: Console, both_world: World) -> None:
    with both.database.write() as session:
        loan = session.get_one(Loan, both_world.other_loan)
        for number in range(130):
            at = NOW - timedelta(days=number // 60)
            session.add(
                Task(
                    loan_id=loan.id,
                    borrower_id=loan.borrower_id,
                    queue="q",
                    title=f"t{number}",
                    dispositions={"items": []},
                    created_at=at,
                )
            )
    person = both.sign_in("supervisor")
    seen: list[int] = []
    before = None
    while True:
        query = {} if before is None else {"before": before}
        page = person.get(f"/loans/{both_world.other_loan}/timeline", **query).json
        seen += [item["ref"]["id"] for item in page["items"]]
        before = page["next"]
        if before is None:
            break
    assert len(seen) == len(set(seen)) == 130


@pytest.mark.parametrize(
    "before", ["x", "2026", "2026-11-24", "2026-11-24T09:00:00Z~x", "2026-11-24T09:00:00Z~-1", "~"]
)
def test_a_wrong_cursor_is_refused(console: Console, world: World, before: str) -> None:
    assert console.sign_in("supervisor").get(f"/loans/{world.loan}/timeline", before=before).status_code == 422


def test_a_case_shows_its_visits_and_what_the_rules_saw(both: Console, both_world: World) -> None:
    case = both.sign_in("auditor").get(f"/cases/{both_world.case}").json
    [visit] = case["visits"]
    assert visit["node"] == {"key": "n1", "label": "Late"}
    assert visit["seen"] == {"dpd": 12}
    assert (visit["entered_at"], visit["left_at"]) == ("2026-11-24T08:00:00Z", None)
    assert visit["words"]


def test_home_sums_the_portfolio(both: Console, both_world: World) -> None:
    home = both.sign_in("manager").get("/home").json
    assert {bucket["key"]: bucket["loans"] for bucket in home["buckets"] if bucket["loans"]} == {
        "current": 1,
        "1-30": 1,
    }
    assert (home["overdue_total"], home["overdue_loans"], home["loans_total"]) == (500_000, 1, 2)
    recovered = home["recovered"]
    assert (recovered["today"], recovered["week"], recovered["month"]) == (0, 100_000, 100_000)
    assert len(recovered["days"]) == 30
    assert recovered["days"][-3] == {"day": "2026-11-22", "amount": 100_000, "count": 1}
    [scenario] = home["scenarios"]
    assert (scenario["active_cases"], scenario["entered_30d"], scenario["sparkline"][-1]) == (1, 1, 1)
    assert (home["engine"]["state"], home["engine"]["lag_seconds"], home["engine"]["due_cases"]) == ("late", 300, 1)
    assert (home["to_review"], home["open_tasks"], home["failed_messages"]) == (0, 1, 1)


#: of an hour in which one loan was enrolled
NOTHING_MORE = {"messages": 0, "sent": 0, "moved": 0, "micros": 900}


def test_the_engine_says_when_it_has_stopped(console: Console, world: World) -> None:
    person = console.sign_in("admin")
    console.now = NOW + timedelta(minutes=2)
    page = person.get("/engine").json
    assert page["state"] == "stopped"
    assert page["processes"][0]["alive"] is False
    assert page["batches"][0]["scenario"]["name"] == "Soft 1-30"
    assert page["last_24h"] == [{"hour": "2026-11-24T08:00:00Z", "cases": 1} | NOTHING_MORE]


def test_the_engine_page_counts_by_hour_on_both_databases(both: Console, both_world: World) -> None:
    page = both.sign_in("admin").get("/engine").json
    assert page["last_24h"] == [{"hour": "2026-11-24T08:00:00Z", "cases": 1} | NOTHING_MORE]


def test_numbers_are_not_sent_again_while_nothing_changes(both: Console, both_world: World) -> None:
    person = both.sign_in("manager")
    path = f"/versions/{both_world.version}/numbers"
    first = person.get(path)
    assert first.json["nodes"]["n1"]["entered"] == 1
    again = person.request("GET", path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    other = person.request("GET", f"{path}?from=2026-01-01", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200
    assert person.get(path, **{"from": "2026-02-01", "to": "2026-01-01"}).status_code == 422
    assert person.get(path, **{"from": "0001-01-01"}).status_code == 422
    table = person.get(f"{path}.csv").text.splitlines()
    assert table[1].startswith("n1;entry.segment;Late;0;1;5000.00;1;0;0;")


def test_the_cases_of_a_node_are_listed(both: Console, both_world: World) -> None:
    person = both.sign_in("supervisor")
    path = f"/versions/{both_world.version}/nodes/n1/cases"
    assert [item["case_id"] for item in person.get(path).json["items"]] == [both_world.case]
    assert person.get(path, state="entered").json["total"] == 1
    assert person.get(path, state="entered", to="2026-11-23").json["total"] == 0
    for state in ("left", "failed"):
        assert person.get(path, state=state).json["total"] == 0
    assert person.get(f"/versions/{both_world.version}/nodes/n9/cases").status_code == 404


def test_scenarios_show_their_numbers(both: Console, both_world: World) -> None:
    [item] = both.sign_in("manager").get("/scenarios").json["items"]
    assert (item["active_cases"], item["entered_30d"], item["nodes"]) == (1, 1, 2)
    assert item["live_version"]["number"] == 1
    assert len(item["sparkline"]) == 30


def test_the_audit_trail_is_filtered_and_taken_away(both: Console, both_world: World) -> None:
    person = both.sign_in("auditor")
    assert person.get("/audit", action="engine.batch").json["total"] == 1
    assert person.get("/audit", actor="nobody").json["total"] == 0
    [found] = person.get("/audit", action="engine.batch").json["items"]
    assert person.get("/audit", entry=found["id"]).json["items"] == [found]
    assert person.get("/audit", **{"from": "2999-01-01"}).json["total"] == 0
    assert person.get("/audit", to="2026-11-24").json["total"] > 0
    assert "engine.batch" in person.get("/audit/facets").json["actions"]
    lines = person.get("/audit", format="jsonl", action="engine.batch").text.splitlines()
    assert json.loads(lines[0])["actor"] == "engine"
    assert person.get("/audit", action="audit.exported").json["total"] == 1


def test_the_outbox_is_counted_to_a_limit_and_says_that_there_is_more(
    both: Console, both_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = both.sign_in("supervisor")
    with both.database.write() as session:
        first = session.get_one(Message, both_world.message)
        values = {column.name: getattr(first, column.name) for column in Message.__table__.columns}
        session.execute(insert(Message), [values | {"id": first.id + more} for more in (1, 2)])
    for most, counted in ((2, (2, True)), (3, (3, False))):
        monkeypatch.setattr("console.queries.outbox.COUNTED", most)
        page = person.get("/outbox", size=1).json
        assert (page["total"], page["more"]) == counted
    assert person.get("/outbox", size=1, page=3).json["items"] != []
    assert person.get("/loans").json["more"] is False


def test_the_outbox_is_summed_up(both: Console, both_world: World) -> None:
    person = both.sign_in("supervisor")
    with both.database.write() as session:
        node = VersionNode(version_id=both_world.version, key="n3", type="sms", label="SMS", position=2)
        session.add(node)
        session.flush()
        for day, cases in (("2026-11-24", 5), ("2026-11-24", 2), ("2026-11-23", 100)):
            session.add(
                NodeCount(version_id=node.version_id, node_id=node.id, port="sent", day=day, cases=cases, amount=0)
            )
    counts = {"queued": 0, "sending": 0, "failed": 1, "today": 7, "cost": 0}
    assert person.get("/outbox/summary").json == {**counts, "channels": [{"channel": "sms", **counts}]}
    [item] = person.get("/outbox", state="failed", channel="sms").json["items"]
    assert item["recipient"] == "+7********67"
    card = person.get(f"/outbox/{both_world.message}").json
    assert (card["body"], card["recipient"]) == ("Здравствуйте, Пётр", "+79991234567")
    hidden = both.sign_in("manager").get(f"/outbox/{both_world.message}").json
    assert (hidden["body"], hidden["template"]) == (None, "Здравствуйте, {{ first_name }}")


def test_help_is_rendered_without_letting_markup_through(console: Console) -> None:
    person = console.sign_in("operator")
    topics = {topic["slug"] for topic in person.get("/help").json}
    assert {"index", "numbers", "roles"} <= topics
    page = person.get("/help/numbers", lang="ru").json
    assert page["title"] == "Как читать цифры"
    assert "<table>" in page["html"]
    for slug in ("nothing", "..%2Findex", "INDEX"):
        assert person.get(f"/help/{slug}").status_code == 404


def test_the_description_covers_every_route(console: Console) -> None:
    description = console.sign_in("admin").get("/openapi.json").json
    assert description["openapi"].startswith("3.")
    for path, operations in description["paths"].items():
        for operation in operations.values():
            assert {"401", "403", "404", "422"} < set(operation["responses"]), path
            assert any(status.startswith("2") for status in operation["responses"]), path


def test_numbers_are_read_by_slice_and_a_slice_that_is_not_there_is_refused(both: Console, both_world: World) -> None:
    person = both.sign_in("auditor")
    path = f"/versions/{both_world.version}"
    offered = person.get(f"{path}/slices").json
    assert [segment["key"] for segment in offered["segments"]][:1] == ["repeat"]
    everybody = person.get(f"{path}/numbers")
    repeat = person.get(f"{path}/numbers", repeat="yes")
    assert repeat.status_code == 200
    assert repeat.headers["ETag"] != everybody.headers["ETag"]
    assert person.get(f"{path}/nodes/n1/cases", repeat="yes").status_code == 200
    refused = person.get(f"{path}/numbers", arm="nowhere:at-all")
    assert (refused.status_code, refused.json["error"]["code"]) == (422, "slice")
