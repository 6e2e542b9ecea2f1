"""The HTTP client of the connectors reaches what was checked and nothing else, and waits no longer than it was told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.http import Client, Nonsense, Unanswered, seconds
from scenario_engine.errors import Invalid
from scenario_engine.ports import Unreached
from tests.connectors.vendors import LOOPBACK, QUICK, Said, Trouble, Vendor, serving


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with serving(lambda asked: Said({"path": asked.path, "said": asked.body.decode()})) as running:
        yield running


def client(vendor: Vendor) -> Client:
    return Client(vendor.url + "/base/", networks=LOOPBACK, limits=QUICK)


def test_requests_go_below_the_address_over_one_connection(vendor: Vendor) -> None:
    with client(vendor) as asking:
        assert asking.get("/a", {"q": "я"}).read_object()["path"] == "/base/a"
        assert asking.post_json("/b", {"x": "я"}).read_object()["said"] == '{"x":"я"}'
        assert asking.post_form("/c", {"x": "я"}).status == 200
    assert vendor.connections == 1
    assert vendor.heard[0].query == {"q": "я"}
    assert vendor.heard[2].form == {"x": "я"}


@pytest.mark.parametrize(("kind", "code"), [("never", "time"), ("drip", "time"), ("half", "connection"),
                                            ("hang_up", "connection")])  # fmt: skip
def test_an_answer_that_does_not_come_whole_leaves_it_open_whether_the_request_arrived(
    vendor: Vendor, kind: str, code: str
) -> None:
    vendor.troubles.append(Trouble(kind))  # type: ignore[arg-type]
    with client(vendor) as asking:
        with pytest.raises(Unanswered, match=code):
            asking.get("/a")
        assert asking.get("/b").read_object()["path"] == "/base/b"


def test_what_listens_nowhere_was_not_told(vendor: Vendor) -> None:
    asking = client(vendor)
    vendor.close()
    with pytest.raises(Unreached, match="connection") as error:
        asking.get("/a")
    assert not isinstance(error.value, Unanswered)


@pytest.mark.parametrize(("kind", "code"), [("nonsense", "json"), ("huge", "size"), ("redirect", "redirect")])
def test_answers_that_are_none_of_the_protocol_are_said_to_be_so(vendor: Vendor, kind: str, code: str) -> None:
    vendor.troubles.append(Trouble(kind, detail="http://169.254.169.254/"))  # type: ignore[arg-type]
    with client(vendor) as asking, pytest.raises(Nonsense, match=code):
        asking.get("/a").read()
    assert len(vendor.heard) == 1


@pytest.mark.parametrize(
    ("url", "answers", "code"),
    [
        ("https://api.example.test", ["10.0.0.8"], "address.inner"),
        ("https://api.example.test", ["203.0.113.9", "127.0.0.1"], "address.inner"),
        ("https://api.example.test", ["169.254.169.254"], "address.inner"),
        ("http://api.example.test", ["8.8.8.8"], "address.plain"),
        ("ftp://api.example.test", ["8.8.8.8"], "address.form"),
        ("https://name:word@api.example.test", ["8.8.8.8"], "address.form"),
    ],
)
def test_addresses_that_must_not_be_reached_are_refused(url: str, answers: list[str], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Client(url, networks="", lookup=lambda _host, _port: answers)
    assert refused.value.code == code


def test_a_name_that_changes_its_address_later_changes_nothing(vendor: Vendor) -> None:
    asked: list[str] = []

    def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    url = vendor.url.replace("127.0.0.1", "api.example.test")
    with Client(url, networks=LOOPBACK, lookup=lookup, limits=QUICK) as asking:
        vendor.troubles.append(Trouble("hang_up"))
        with pytest.raises(Unanswered):
            asking.get("/a")
        assert asking.get("/b").status == 200
    assert asked == ["api.example.test"]
    assert vendor.connections == 2


def test_a_server_without_a_certificate_hears_nothing(vendor: Vendor) -> None:
    address = vendor.url.replace("http:", "https:")
    with Client(address, networks=LOOPBACK, limits=QUICK) as asking, pytest.raises(Unreached):
        asking.get("/secret")
    assert vendor.heard == []


@pytest.mark.parametrize(("value", "said"), [("34", 34.0), (34, 34.0), ("0.5", 0.5), ("9" * 30, 86_400.0)])
def test_a_pause_is_a_number_of_seconds_up_to_a_day(value: object, said: float) -> None:
    assert seconds(value) == said


@pytest.mark.parametrize("value", ["", "Tue, 1 Dec 2026", "-5", "nan", True, None])
def test_what_is_no_number_of_seconds_is_no_pause(value: object) -> None:
    assert seconds(value) is None
