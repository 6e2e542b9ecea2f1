"""The credit bureau NBKI: a request and a report in XML, windows-1251.

The request is product/prequest/req with PersonReq, IdReq, InquiryReq/ConsentReq, RequestorReq and RefReq; the answer is
preply, with a report or an error. Not settled by any source: the envelope that the bureau wants signed (GOST; put a
signing gateway at the address), and the whole list of codes. Of a report only sums, delays, the number of accounts and
a bankruptcy are read; names and addresses in it are not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from connectors.bodies import kopecks
from connectors.exchange import Throttled
from connectors.http import Nonsense, Reply, Unanswered
from connectors.registers import HttpInquirer, address, name_of, price
from scenario_engine.ports import Asked, Finding, Question, Quota, SettingField, Setup, Unreached
from scenario_engine.texts import Text

#: the bureau's code of a Russian passport
_PASSPORT = "21"
#: the borrower is not known to the bureau
_NO_SUBJECT = ("002", "2")
#: a member, user or password that is refused
_REFUSED = ("003", "3", "014", "14")
#: the newest sign of a payment pattern → days past due, at least
_DELAYS = {"A": 1, "2": 30, "3": 60, "4": 90, "5": 120, "8": 120, "9": 120}


class Nbki(HttpInquirer):
    """One borrower a request, answered at once."""

    key = "nbki"
    subject = "bureau"
    title = Text("Credit bureau NBKI", "НБКИ")
    help = Text(
        "Needs the borrower's consent and passport. Enter the address of your signing gateway and the member code, the"
        " user and the password that the bureau gave you.",
        "Нужны согласие и паспорт заёмщика. Укажите адрес вашего шлюза подписи, код участника, пользователя и пароль, "
        "которые выдало бюро.",
    )
    fields: Sequence[SettingField] = (
        address(),
        SettingField(key="member", title=Text("Member code", "Код участника")),
        SettingField(key="user", title=Text("User", "Пользователь")),
        SettingField(key="password", title=Text("Password", "Пароль"), secret=True),
        SettingField(
            key="product",
            title=Text("Product", "Продукт"),
            help=Text("Which report the bureau makes.", "Какой отчёт готовит бюро."),
            default="CHST",
        ),
        price(),
    )
    quotas: Sequence[Quota] = ()
    together = 1

    def lacks(self, question: Question) -> str | None:
        """The consent first: without it nothing else matters."""
        if question.consent_on is None:
            return "consent"
        if name_of(question) is None:
            return "name"
        if question.birth_date is None:
            return "birth_date"
        return None if question.passport else "passport"

    def test(self, setup: Setup) -> Text:
        """Ask about nobody: the bureau looks at who asks first."""
        with self._client(setup) as client:
            _preply(client.ask("POST", "", _HEADERS, request(None, setup.chosen)))
        return Text("The bureau answers and takes the login.", "Бюро отвечает, логин подходит.")

    def ask(self, questions: Sequence[Question], setup: Setup, *, group: bool) -> Asked:
        """The report, read."""
        (question,) = questions
        with self._client(setup) as client:
            preply = _preply(client.ask("POST", "", _HEADERS, request(question, setup.chosen)))
        return Asked(findings=(_finding(question, preply),))


_HEADERS = {"Content-Type": "text/xml; charset=windows-1251"}


def request(question: Question | None, chosen: Mapping[str, str]) -> bytes:
    """The body of a request; about nobody when there is no question."""
    root = Element("product")
    req = SubElement(SubElement(root, "prequest"), "req")
    if question is not None:
        _about(req, question)
    _fill(
        req, "RequestorReq", MemberCode=chosen["member"], UserID=chosen["user"], Password=chosen["password"]
    )  # fmt: skip
    _fill(req, "RefReq", product=chosen["product"])
    body: bytes = tostring(root, encoding="windows-1251", xml_declaration=True)
    return body


def _about(req: Element, question: Question) -> None:
    last, first, second = name_of(question) or ("", "", "")
    born, agreed = question.birth_date, question.consent_on
    person = {"name1": last, "first": first, "paternal": second, "birthDt": born.isoformat() if born else ""}
    _fill(req, "PersonReq", **person)
    passport = question.passport or ""
    _fill(req, "IdReq", idType=_PASSPORT, seriesNumber=passport[:4], idNum=passport[4:])
    inquiry = _fill(req, "InquiryReq")
    _fill(inquiry, "ConsentReq", consentFlag="Y", consentDate=agreed.isoformat() if agreed else "", liability="Y")
    # 2: watching over a loan that was given
    SubElement(inquiry, "inqPurpose").text = "2"


def _fill(parent: Element, name: str, **values: str) -> Element:
    made = SubElement(parent, name)
    for key, value in values.items():
        if value:
            SubElement(made, key).text = value
    return made


def _preply(reply: Reply) -> Any:
    """The answer's ``preply``. Raises `Unreached`, `Throttled`, `Nonsense`."""
    if reply.status in (401, 403):
        raise Unreached("login")
    if reply.status == 429:
        raise Throttled(reply.pause)
    if reply.status >= 500:
        raise Unanswered("server")
    if not reply.is_whole:
        raise Nonsense("size")
    try:
        root = fromstring(reply.body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Nonsense("json") from error
    found = root if root.tag == "preply" else root.find("preply")
    if found is None:
        raise Nonsense("json")
    if any(code in _REFUSED for code in _codes(found)):
        raise Unreached("login")
    return found


def _codes(preply: Any) -> list[str]:
    return [(code.text or "").strip() for err in preply.iter("err") for code in err.iter("Code")]


def _finding(question: Question, preply: Any) -> Finding:
    report, codes = preply.find("report"), _codes(preply)
    if report is None and any(code in _NO_SUBJECT for code in codes):
        return Finding(inquiry_id=question.inquiry_id, facts=read_report(Element("report")))
    if report is None:
        return Finding(inquiry_id=question.inquiry_id, error="provider" if codes else "json", retry=not codes)
    return Finding(inquiry_id=question.inquiry_id, facts=read_report(report))


def read_report(report: Any) -> dict[str, Any]:
    """What `scenario_engine.inquiries.facts` knows of a report; closed accounts count no more."""
    accounts = [each for each in report.iter("AccountReply") if not _text(each, "closedDt")]
    late = [_money(each, "amtPastDue") for each in accounts]
    delays = [_DELAYS.get(_text(each, "paymtPat")[:1], 0) for each in accounts]
    return {
        "accounts": len(accounts),
        "overdue_accounts": sum(1 for owed, days in zip(late, delays, strict=True) if owed or days),
        "balance": sum(_money(each, "amtOutstanding") for each in accounts),
        "overdue": sum(late),
        "worst": max(delays, default=0),
        "bankrupt": next(report.iter("BankruptcyReply"), None) is not None,
    }


def _text(parent: Any, name: str) -> str:
    return (parent.findtext(name) or "").strip()


def _money(parent: Any, name: str) -> int:
    return kopecks("".join(_text(parent, name).split()).replace(",", ".") or "0") or 0
