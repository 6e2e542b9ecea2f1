"""The credit bureau NBKI by its shape: what is asked, what is read, and hostile XML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from defusedxml.ElementTree import fromstring

from connectors.nbki import Nbki
from scenario_engine.inquiries.facts import in_words
from scenario_engine.ports import Busy, Inquirer, Question, Setup, Unreached
from tests.connectors.vendors import LOOPBACK, QUICK, Asked, Said, Trouble, Vendor, serving

NBKI = Nbki(QUICK)
QUESTION = Question(
    inquiry_id=7, key="inquiry_7", full_name="Примеров Пётр Ильич", birth_date=date(1990, 2, 1), region="RU-SVE",
    passport="6510123456", consent_on=date(2026, 1, 15),
)  # fmt: skip
REPORT = """<report>
  <PersonReply><name1>Примеров</name1></PersonReply>
  <AccountReply>
    <amtPastDue>1 200,50</amtPastDue><amtOutstanding>9000</amtOutstanding><paymtPat>3211</paymtPat>
  </AccountReply>
  <AccountReply><amtPastDue>0</amtPastDue><amtOutstanding>500</amtOutstanding><paymtPat>111</paymtPat></AccountReply>
  <AccountReply><closedDt>2025-01-01</closedDt><amtPastDue>0</amtPastDue><paymtPat>5</paymtPat></AccountReply>
</report>"""


def xml(inner: str) -> Said:
    text = f'<?xml version="1.0" encoding="windows-1251"?><product><prequest/><preply>{inner}</preply></product>'
    return Said(text.encode("windows-1251"))


def error(code: str) -> str:
    return f"<err><ctErr><Code>{code}</Code><Text>Нет</Text></ctErr></err>"


class Bureau:
    """Answers with a report to who has the password."""

    def __init__(self) -> None:
        self.inner = REPORT
        self.raw: bytes | None = None

    def __call__(self, asked: Asked) -> Said:
        assert asked.headers["content-type"] == "text/xml; charset=windows-1251"
        if self.raw is not None:
            return Said(self.raw)
        if fromstring(asked.body).findtext("prequest/req/RequestorReq/Password") != "secret":
            return xml(error("003"))
        return xml(self.inner)


@pytest.fixture
def bureau() -> Bureau:
    return Bureau()


@pytest.fixture
def vendor(bureau: Bureau) -> Iterator[Vendor]:
    with serving(bureau) as running:
        yield running


SECRET = "secret"


def setup_of(url: str, password: str = SECRET) -> Setup:
    chosen = {"address": url, "member": "XX01RR000001", "user": "kaskad", "password": password, "product": "CHST"}
    return Setup(chosen=chosen, networks=LOOPBACK)


def test_it_fills_the_port() -> None:
    assert isinstance(NBKI, Inquirer)


def test_a_request_says_who_agreed_to_what_in_windows_1251(vendor: Vendor) -> None:
    NBKI.ask([QUESTION], setup_of(vendor.url), group=False)
    body = vendor.heard[0].body
    assert body.startswith(b"<?xml version='1.0' encoding='windows-1251'?>")
    assert "Примеров".encode("windows-1251") in body
    req = fromstring(body).find("prequest/req")
    assert req is not None
    said = {path: req.findtext(path) for path in (
        "PersonReq/name1", "PersonReq/first", "PersonReq/paternal", "PersonReq/birthDt", "IdReq/idType",
        "IdReq/seriesNumber", "IdReq/idNum", "InquiryReq/ConsentReq/consentFlag", "InquiryReq/ConsentReq/consentDate",
        "RequestorReq/MemberCode", "RequestorReq/UserID", "RefReq/product",
    )}  # fmt: skip
    assert list(said.values()) == [
        "Примеров", "Пётр", "Ильич", "1990-02-01", "21", "6510", "123456", "Y", "2026-01-15", "XX01RR000001",
        "kaskad", "CHST",
    ]  # fmt: skip


def test_a_report_is_read_without_closed_accounts(vendor: Vendor) -> None:
    (finding,) = NBKI.ask([QUESTION], setup_of(vendor.url), group=False).findings
    assert finding.facts == {
        "accounts": 2, "overdue_accounts": 1, "balance": 950_000, "overdue": 120_050, "worst": 60, "bankrupt": False
    }  # fmt: skip
    assert in_words("bureau", finding.facts, "ru", masked=True)[0] == "Счетов: 2, с просрочкой: 1"


def test_a_bankruptcy_and_a_person_without_a_history_are_known(vendor: Vendor, bureau: Bureau) -> None:
    bureau.inner = "<report><BankruptcyReply/></report>"
    (bankrupt,) = NBKI.ask([QUESTION], setup_of(vendor.url), group=False).findings
    assert (bankrupt.facts or {})["bankrupt"]
    bureau.inner = error("002")
    (unknown,) = NBKI.ask([QUESTION], setup_of(vendor.url), group=False).findings
    assert in_words("bureau", unknown.facts or {}, "en", masked=False) == ["The bureau has no history of this person"]
    bureau.inner = error("099")
    (failed,) = NBKI.ask([QUESTION], setup_of(vendor.url), group=False).findings
    assert (failed.facts, failed.error) == (None, "provider")


@pytest.mark.parametrize(
    ("over", "missing"),
    [
        ({}, None),
        ({"consent_on": None, "passport": None}, "consent"),
        ({"passport": None}, "passport"),
        ({"birth_date": None}, "birth_date"),
        ({"full_name": "Примеров"}, "name"),
    ],
)
def test_what_is_missing_is_known_before_anything_leaves(over: dict[str, None], missing: str | None) -> None:
    assert NBKI.lacks(replace(QUESTION, **over)) == missing


def test_a_wrong_password_is_told_apart_from_a_failure(vendor: Vendor) -> None:
    with pytest.raises(Unreached, match="login"):
        NBKI.test(setup_of(vendor.url, "wrong"))
    assert NBKI.test(setup_of(vendor.url))
    vendor.troubles.append(Trouble("throttle", detail="5"))
    with pytest.raises(Busy):
        NBKI.ask([QUESTION], setup_of(vendor.url), group=False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"<product><prequest/></product>",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><product><preply>&b;</preply></product>',
        b'<!DOCTYPE x SYSTEM "http://169.254.169.254/"><product><preply/></product>',
        b'<?xml version="1.0" encoding="no-such"?><product/>',
        "<product><preply><report/></preply></product>".encode("utf-16") + b"\xff",
    ],
)
def test_xml_that_is_hostile_or_none_is_no_answer(vendor: Vendor, bureau: Bureau, body: bytes) -> None:
    bureau.raw = body
    with pytest.raises(Unreached, match="json"):
        NBKI.ask([QUESTION], setup_of(vendor.url), group=False)


@pytest.mark.parametrize("kind", ["half", "hang_up", "huge", "fail", "redirect", "never"])
def test_troubles_on_the_way_end_as_a_code(vendor: Vendor, kind: str) -> None:
    vendor.troubles.append(Trouble(kind, detail="http://169.254.169.254/"))  # type: ignore[arg-type]
    with pytest.raises(Unreached):
        NBKI.ask([QUESTION], setup_of(vendor.url), group=False)
