"""Robot calls: one list for a batch, dialled once and soon, and what its scenario tells."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from typing import Any

import pytest

from connectors.voximplant import Voximplant
from scenario_engine.errors import Invalid
from scenario_engine.ports import Connector, Forged, Hearing, Report, Setup, Unreached, Unreadable
from tests.connectors.vendors import (
    NOW,
    PHONE,
    QUICK,
    Asked,
    Said,
    Trouble,
    Vendor,
    call,
    message,
    send,
    serving,
    setup_of,
)

KEY = "hookhookhookhook"
ROBOT = Voximplant(QUICK, clock=lambda: NOW)


class Peer:
    """What Voximplant keeps: the lists by their name, each with its settings and its rows."""

    def __init__(self) -> None:
        self.lists: dict[str, tuple[dict[str, str], list[dict[str, str]]]] = {}
        self.instead: list[Said] = []

    def __call__(self, asked: Asked) -> Said:
        values = _parts(asked)
        if (values.pop("account_id"), values.pop("api_key")) != ("7", "good"):
            return Said({"error": {"code": 100, "msg": "Authorization failed"}})
        if asked.path == "/platform_api/GetAccountInfo/":
            return Said({"result": {"account_id": 7, "account_name": "primer", "balance": 12.5}})
        if asked.path == "/platform_api/GetCallLists/":
            found = [{"list_id": 1, "list_name": name} for name in self.lists if name == values["name"]]
            return Said({"result": found, "count": len(found), "total_count": len(found)})
        assert asked.path == "/platform_api/CreateCallList/"
        if self.instead:
            return self.instead.pop(0)
        rows = list(csv.DictReader(io.StringIO(values.pop("file_content")), delimiter=values["delimiter"]))
        self.lists[values["name"]] = (values, rows)
        return Said({"result": True, "count": len(rows), "list_id": 11})

    @property
    def rows(self) -> list[dict[str, str]]:
        """Of all lists."""
        return [row for _, rows in self.lists.values() for row in rows]


def _parts(asked: Asked) -> dict[str, str]:
    kind = asked.headers["content-type"]
    if not kind.startswith("multipart/"):
        return asked.form
    whole = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + asked.body)
    found: dict[str, str] = {}
    for part in whole.get_payload():
        assert not isinstance(part, str)
        body = part.get_payload(decode=True)
        assert isinstance(body, bytes)
        found[str(part.get_param("name", header="content-disposition"))] = body.decode()
    return found


@pytest.fixture
def peer() -> Peer:
    return Peer()


@pytest.fixture
def vendor(peer: Peer) -> Iterator[Vendor]:
    with serving(peer) as running:
        yield running


@pytest.fixture
def setup(vendor: Vendor) -> Setup:
    return setup_of(ROBOT, vendor.url, account_id="7", api_key="good", rule_id="42", hook_key=KEY)


def robot(number: int = 1, **more: Any) -> Any:
    return message(number, channel="robot_call", **more)


def test_a_batch_becomes_one_list_that_is_dialled_once_and_within_minutes(setup: Setup, peer: Peer) -> None:
    sent = send(ROBOT, setup, robot(1, body='Здравствуйте;\n"Пример"'), robot(2))
    assert [(each.accepted, each.receipt) for each in sent] == [(True, "7-1-3"), (True, "7-2-3")]
    ((values, rows),) = peer.lists.values()
    assert (values["rule_id"], values["num_attempts"], values["max_simultaneous"]) == ("42", "1", "5")
    assert rows[0] == {
        "phone": "79991234567", "text": 'Здравствуйте; "Пример"', "task": "7-1-3", "__task_uuid": "7-1-3",
        "__start_execution_time": "09:00:00", "__end_execution_time": "09:15:00",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("now", "end"), [("2026-11-24T23:50:00+00:00", "23:59:59"), ("2026-11-25T06:00:00+12:00", "18:15:00")]
)
def test_the_times_are_utc_and_no_window_runs_over_midnight(now: str, end: str, setup: Setup, peer: Peer) -> None:
    late = Voximplant(QUICK, clock=lambda: datetime.fromisoformat(now))
    send(late, setup, robot())
    assert peer.rows[0]["__end_execution_time"] == end


def test_wrong_numbers_are_refused_and_the_others_are_called(setup: Setup, peer: Peer) -> None:
    sent = send(ROBOT, setup, robot(1, recipient="+380441234567"), robot(2, body=" "), robot(3))
    assert {each.message_id: each.accepted for each in sent} == {1: False, 2: False, 3: True}
    assert [row["__task_uuid"] for row in peer.rows] == ["7-3-3"]


def test_a_throttled_list_waits_whole(setup: Setup, peer: Peer, vendor: Vendor) -> None:
    vendor.troubles.append(Trouble("throttle", takes=False, detail="12"))
    sent = send(ROBOT, setup, robot(1), robot(2))
    assert [(each.retry, each.pause, each.uncertain) for each in sent] == [(True, 12.0, False)] * 2
    assert peer.lists == {}


@pytest.mark.parametrize("kind", ["never", "half", "hang_up", "fail"])
def test_a_list_that_was_taken_without_an_answer_is_found_again(
    kind: Any, setup: Setup, peer: Peer, vendor: Vendor
) -> None:
    vendor.troubles.append(Trouble(kind))
    sent = send(ROBOT, setup, robot(1), robot(2))
    assert [each.accepted for each in sent] == [True, True]
    assert len(peer.lists) == 1


@pytest.mark.parametrize("second", ["never", "nonsense", "throttle"])
def test_a_list_of_which_nobody_can_say_whether_it_was_taken_is_uncertain_and_not_dialled_again(
    second: Any, setup: Setup, vendor: Vendor
) -> None:
    vendor.troubles.extend([Trouble("hang_up"), Trouble(second, detail="5")])
    sent = send(ROBOT, setup, robot(1), robot(2))
    assert [(each.accepted, each.uncertain, each.retry) for each in sent] == [(False, True, False)] * 2


def test_a_list_that_is_not_there_yet_may_come_still(setup: Setup, vendor: Vendor) -> None:
    vendor.troubles.append(Trouble("hang_up", takes=False))
    (sent,) = send(ROBOT, setup, robot())
    assert (sent.accepted, sent.uncertain, sent.retry) == (False, True, False)


def test_a_batch_that_goes_again_is_dialled_once(setup: Setup, peer: Peer, vendor: Vendor) -> None:
    send(ROBOT, setup, robot())
    (again,) = send(ROBOT, setup, robot(again=True))
    assert again.accepted
    assert [asked.path for asked in vendor.heard].count("/platform_api/CreateCallList/") == 1


@pytest.mark.parametrize(
    ("text", "word"),
    [("Authorization failed", "login"), ("Not enough money", "funds"), ("The rule_id is wrong", "setup")],
)
def test_what_voximplant_refuses_concerns_every_list(text: str, word: str, setup: Setup, peer: Peer) -> None:
    peer.instead = [Said({"error": {"code": 1, "msg": text}})]
    with pytest.raises(Unreached, match=word):
        send(ROBOT, setup, robot())


def test_an_answer_with_another_count_is_uncertain(setup: Setup, peer: Peer) -> None:
    peer.instead = [Said({"result": True, "count": 1, "list_id": 11})]
    assert [each.uncertain for each in send(ROBOT, setup, robot(1), robot(2))] == [True, True]


def test_a_redirect_and_a_vendor_that_is_gone_are_unreached(setup: Setup, vendor: Vendor) -> None:
    vendor.troubles.append(Trouble("redirect", takes=False, detail="http://169.254.169.254/"))
    with pytest.raises(Unreached, match="redirect"):
        send(ROBOT, setup, robot())
    vendor.close()
    with pytest.raises(Unreached, match="connection"):
        send(ROBOT, setup, robot())


def test_the_test_tells_the_account_and_a_refused_key(setup: Setup, peer: Peer) -> None:
    assert "primer" in ROBOT.test(setup).en
    with pytest.raises(Invalid) as refused:
        ROBOT.test(replace(setup, chosen={**setup.chosen, "api_key": "bad"}))
    assert refused.value.code == "connector.login"
    assert peer.lists == {}


def hear(setup: Setup, key: str = KEY, **values: Any) -> list[Report]:
    body = json.dumps({"task": "7-1-3", "phone": "79991234567", "at": 1795510800} | values).encode()
    return list(ROBOT.hear(call(body, {"key": key}), setup))


def test_each_outcome_of_a_call_is_told_in_words(setup: Setup) -> None:
    (answered,) = hear(setup, outcome="answered", cost="1.20")
    assert (answered.kind, answered.receipt, answered.address, answered.cost) == ("delivered", "7-1-3", PHONE, 120)
    assert hear(setup, outcome="answered")[0].key == answered.key
    for code, text in (("486", "busy"), ("487", "Nobody answered"), ("480", "cannot be reached"), ("503", "503")):
        (failed,) = hear(setup, outcome=code)
        assert failed.kind == "failed"
        assert text in (failed.error or "")
    assert hear(setup, outcome="ringing") == []


def test_what_the_borrower_said_and_a_refusal_come_with_the_outcome(setup: Setup) -> None:
    assert [each.kind for each in hear(setup, outcome="answered", opt_out=True)] == ["delivered", "opt_out"]
    told = hear(setup, outcome="answered", reply="заплачу завтра")
    assert [(each.kind, each.text) for each in told] == [("delivered", None), ("reply", "заплачу завтра")]


def test_an_outcome_without_our_secret_is_forged_and_one_without_a_call_makes_no_sense(setup: Setup) -> None:
    for key in ("", "x", KEY + "x"):
        with pytest.raises(Forged):
            hear(setup, key, outcome="answered")
    with pytest.raises(Unreadable):
        hear(setup, task="", outcome="answered")


@pytest.mark.parametrize(
    "values",
    [{"account_id": "a"}, {"rule_id": ""}, {"lines": "0"}, {"minutes": "61"}, {"hook_key": "x"}, {"countries": ""}],
)
def test_settings_that_cannot_work_are_told_before_it_is_switched_on(values: dict[str, str], setup: Setup) -> None:
    assert ROBOT.problem(setup.chosen) is None
    assert ROBOT.problem({**setup.chosen, **values}) is not None


def test_it_is_a_connector_that_hears() -> None:
    assert isinstance(ROBOT, Connector)
    assert isinstance(ROBOT, Hearing)
