"""Each payment source believes what is signed as its documents say, and nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.bodies import kopecks, whole_kopecks
from connectors.cloudpayments import CloudPayments
from connectors.sbp import STATES, Sbp
from connectors.standard_webhooks import TOLERANCE, StandardWebhooks
from connectors.yookassa import NETWORKS, YooKassa
from console.connectors import load_payment_sources
from scenario_engine.ports import Forged, Notification, PaymentSource, Told, Unconfirmed, Unreadable

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def chosen_for(source: PaymentSource, **values: str) -> dict[str, str]:
    return {field.key: field.default for field in source.fields} | values


def arrives(
    body: bytes | str, headers: Mapping[str, str] = {}, *, sender: str = "192.0.2.1", at: datetime = NOW
) -> Notification:
    return Notification(
        body=body if isinstance(body, bytes) else body.encode(),
        headers={name.lower(): value for name, value in headers.items()},
        sender=sender,
        received_at=at,
    )


def test_four_sources_are_installed_under_keys_that_fit_their_column() -> None:
    assert set(load_payment_sources()) == {"yookassa", "cloudpayments", "sbp", "webhooks"}
    for source in load_payment_sources().values():
        assert len(source.key) <= 20
        assert any(field.secret for field in source.fields)
        assert source.help.en != source.help.ru


# --- Standard Webhooks ------------------------------------------------------------------------------

#: the example that the documents of the first implementation publish
EXAMPLE = {
    "secret": "whsec_plJ3nmyCDGBKInavdOK15jsl",
    "body": '{"event_type":"ping","data":{"success":true}}',
    "headers": {
        "webhook-id": "msg_loFOjxBNrRLzqYUf",
        "webhook-timestamp": "1731705121",
        "webhook-signature": "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    },
    "at": datetime.fromtimestamp(1731705121, UTC),
}
SECRET = "whsec_" + base64.b64encode(b"an invented secret of 32 bytes..").decode()


def webhook(body: str, *, delivery: str = "msg_1", stamp: int | None = None, secret: str = SECRET) -> dict[str, str]:
    stamp = int(NOW.timestamp()) if stamp is None else stamp
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{delivery}.{stamp}.{body}".encode(), hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(digest).decode()
    return {"webhook-id": delivery, "webhook-timestamp": str(stamp), "webhook-signature": signature}


PAID = json.dumps(
    {"type": "payment.received", "data": {"id": "p-1", "loan": "L-1", "amount": 50_000, "currency": "RUB",
                                          "paid_at": "2026-11-24T11:00:00+03:00"}}
)  # fmt: skip


def read_webhook(body: str, headers: Mapping[str, str], at: datetime = NOW, secret: str = SECRET) -> Told:
    source = StandardWebhooks()
    return source.read(arrives(body, headers, at=at), chosen_for(source, secret=secret))


def test_the_published_example_of_standard_webhooks_is_believed_and_nothing_near_it() -> None:
    told = read_webhook(EXAMPLE["body"], EXAMPLE["headers"], EXAMPLE["at"], EXAMPLE["secret"])  # type: ignore[arg-type]
    assert (told.kind, told.delivery) == ("other", "msg_loFOjxBNrRLzqYUf")
    for change in ({"webhook-id": "msg_other"}, {"webhook-timestamp": "1731705122"}, {"webhook-signature": ""}):
        with pytest.raises(Forged):
            read_webhook(EXAMPLE["body"], EXAMPLE["headers"] | change, EXAMPLE["at"], EXAMPLE["secret"])  # type: ignore[operator, arg-type]
    with pytest.raises(Forged):
        read_webhook(EXAMPLE["body"] + " ", EXAMPLE["headers"], EXAMPLE["at"], EXAMPLE["secret"])  # type: ignore[operator, arg-type]


def test_a_webhook_tells_a_payment_in_kopecks() -> None:
    told = read_webhook(PAID, webhook(PAID))
    assert (told.external_id, told.kind, told.amount, told.currency) == ("p-1", "payment", 50_000, "RUB")
    assert (told.named, told.paid_at) == (("L-1",), datetime(2026, 11, 24, 8, 0, tzinfo=UTC))


@pytest.mark.parametrize("seconds", [-TOLERANCE, TOLERANCE])
def test_a_clock_five_minutes_off_is_tolerated_and_a_second_more_is_not(seconds: int) -> None:
    stamp = int(NOW.timestamp()) + seconds
    assert read_webhook(PAID, webhook(PAID, stamp=stamp)).amount == 50_000
    further = stamp + (1 if seconds > 0 else -1)
    with pytest.raises(Forged, match="clock"):
        read_webhook(PAID, webhook(PAID, stamp=further))


def test_one_good_signature_among_several_is_enough_while_keys_are_changed() -> None:
    old = "whsec_" + base64.b64encode(b"the secret of last year.........").decode()
    headers = webhook(PAID)
    headers["webhook-signature"] = (
        f"v1a,xyz {webhook(PAID, secret=old)['webhook-signature']} {headers['webhook-signature']}"
    )
    assert read_webhook(PAID, headers).external_id == "p-1"
    headers["webhook-signature"] = headers["webhook-signature"].replace("v1,", "v2,")
    with pytest.raises(Forged):
        read_webhook(PAID, headers)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!", SECRET.removeprefix("whsec_")])
def test_a_secret_that_is_none_is_told_before_the_source_is_switched_on(secret: str) -> None:
    assert StandardWebhooks().problem({"secret": secret}) is not None
    with pytest.raises(Forged):
        read_webhook(PAID, webhook(PAID, secret=SECRET), secret=secret)


# --- CloudPayments ----------------------------------------------------------------------------------

FORM = {"TransactionId": "897749645", "Amount": "500.00", "Currency": "RUB", "InvoiceId": "L-1", "AccountId": "B-1",
        "Status": "Completed", "DateTime": "2026-11-24 08:00:00", "Name": "ИВАН ПРИМЕРОВ",
        "Data": '{"loan":"L-9"}'}  # fmt: skip


def cloud(
    body: bytes,
    *,
    secret: str = "s3cret",  # noqa: S107 - invented
    header: str = "Content-HMAC",
    kind: str = "application/x-www-form-urlencoded",
) -> Told:
    digest = base64.b64encode(hmac.new(b"s3cret", body, hashlib.sha256).digest()).decode()
    source = CloudPayments()
    return source.read(arrives(body, {header: digest, "Content-Type": kind}), chosen_for(source, secret=secret))


@pytest.mark.parametrize("header", ["Content-HMAC", "X-Content-HMAC"])
def test_cloudpayments_is_read_as_form_and_as_json(header: str) -> None:
    form = cloud(urlencode(FORM).encode(), header=header)
    as_json = cloud(json.dumps(FORM | {"Amount": 500.0, "TransactionId": 897749645}).encode(), header=header,
                    kind="application/json; charset=utf-8")  # fmt: skip
    assert form == as_json
    assert (form.kind, form.amount, form.currency) == ("payment", 50_000, "RUB")
    assert form.named == ("L-1", "L-9", "B-1")
    assert form.paid_at == datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    assert form.hints == {"payer": "ИВАН ПРИМЕРОВ"}
    assert CloudPayments().thanks() == {"code": 0}


def test_cloudpayments_with_another_secret_or_none_of_the_headers_is_forged() -> None:
    body = urlencode(FORM).encode()
    with pytest.raises(Forged):
        cloud(body, secret="another")
    with pytest.raises(Forged):
        cloud(body, header="X-Something")


def test_a_wrong_content_hmac_is_not_healed_by_the_other_header() -> None:
    body = urlencode(FORM).encode()
    good = base64.b64encode(hmac.new(b"s3cret", body, hashlib.sha256).digest()).decode()
    bad = base64.b64encode(b"\0" * 32).decode()
    source = CloudPayments()
    with pytest.raises(Forged):
        source.read(arrives(body, {"Content-HMAC": bad, "X-Content-HMAC": good}), {"secret": "s3cret"})


def test_cloudpayments_tells_refunds_and_what_is_not_money_yet() -> None:
    refund = cloud(urlencode({"TransactionId": 2, "PaymentTransactionId": 1, "Amount": "10.50"}).encode())
    assert (refund.kind, refund.original, refund.amount, refund.currency) == ("refund", "1", 1050, "RUB")
    assert cloud(urlencode(FORM | {"Status": "Authorized"}).encode()).kind == "other"
    assert cloud(urlencode(FORM | {"Status": "Declined"}).encode()).kind == "other"


def test_a_field_that_comes_twice_is_not_guessed_at() -> None:
    with pytest.raises(Unreadable, match="twice"):
        cloud(urlencode(FORM).encode() + b"&Amount=99999")
    with pytest.raises(Unreadable, match="twice"):
        cloud(b'{"TransactionId": 1, "Amount": 1, "Amount": 2}', kind="application/json")


# --- SBP --------------------------------------------------------------------------------------------

ORDER = {"orderId": "o-1", "operationId": "op-1", "partnerOrderNumber": "L-1", "orderState": "PAID",
         "operationSum": 50_000, "operationCurrency": "643", "operationDateTime": "2026-11-24T11:00:00"}  # fmt: skip


def sbp(values: Mapping[str, Any], *, secret: bytes = b"bank key", header: str = "X-Api-Signature-SHA256") -> Told:
    body = json.dumps(values)
    source = Sbp()
    digest = hmac.new(secret, body.encode(), hashlib.sha256).hexdigest()
    return source.read(arrives(body, {header: digest}), chosen_for(source, secret="bank key"))


def test_sbp_tells_a_payment_in_kopecks_and_moscow_time() -> None:
    told = sbp(ORDER)
    assert (told.external_id, told.kind, told.amount, told.currency) == ("o-1", "payment", 50_000, "RUB")
    assert (told.named, told.paid_at) == (("L-1",), datetime(2026, 11, 24, 8, 0, tzinfo=UTC))
    assert [sbp(ORDER | {"operationCurrency": code}).currency for code in ("840", "rub", "36")] == ["USD", "RUB", "36"]
    with pytest.raises(Forged):
        sbp(ORDER, secret=b"another")
    with pytest.raises(Forged):
        sbp(ORDER, header="X-Other")


def test_every_status_of_sbp_is_known_and_only_one_is_money() -> None:
    kinds = {state: sbp(ORDER | {"orderState": state}).kind for state in STATES}
    assert [state for state, kind in kinds.items() if kind == "payment"] == ["PAID"]
    assert {state for state, kind in kinds.items() if kind == "refund"} == {"REFUNDED", "REVERSED"}
    assert sbp(ORDER | {"orderState": "REFUNDED"}).original == "o-1"
    with pytest.raises(Unreadable, match="status"):
        sbp(ORDER | {"orderState": "PERHAPS"})


# --- YooKassa ---------------------------------------------------------------------------------------

PAYMENT = "2d0b1a3e-000f-5000-8000-1a2b3c4d5e6f"
TRUE = {"id": PAYMENT, "status": "succeeded", "paid": True, "amount": {"value": "500.00", "currency": "RUB"},
        "captured_at": "2026-11-24T08:00:00.123Z", "metadata": {"loan": "L-1"}}  # fmt: skip


def yookassa(
    says: Mapping[str, Any] | Exception, event: str = "payment.succeeded", *, wanted: str = PAYMENT,
    sender: str = "185.71.76.5",
) -> tuple[Told, list[tuple[str, str]]]:  # fmt: skip
    asked: list[tuple[str, str]] = []

    def fetch(path: str, authorization: str) -> bytes:
        asked.append((path, authorization))
        if isinstance(says, Exception):
            raise says
        return json.dumps(says).encode()

    claimed = {"id": wanted, "status": "succeeded", "paid": True, "amount": {"value": "9999.00", "currency": "RUB"}}
    body = json.dumps({"type": "notification", "event": event, "object": claimed})
    source = YooKassa(fetch)
    told = source.read(arrives(body, sender=sender), chosen_for(source, shop_id="100500", secret_key="test_key"))
    return told, asked


def test_only_what_yookassa_itself_answers_is_believed() -> None:
    told, asked = yookassa(TRUE)
    assert (told.external_id, told.kind, told.amount, told.named) == (PAYMENT, "payment", 50_000, ("L-1",))
    assert asked == [(f"payments/{PAYMENT}", "Basic " + base64.b64encode(b"100500:test_key").decode())]
    for false in ({"status": "pending"}, {"paid": False}, {"status": "canceled"}):
        with pytest.raises(Forged, match="status"):
            yookassa(TRUE | false)
    with pytest.raises(Unconfirmed):
        yookassa(TRUE | {"id": "another-object-altogether"})


def test_yookassa_that_knows_no_such_payment_means_a_forgery_and_any_trouble_means_later() -> None:
    unknown = HTTPError("https://example.test", 404, "Not Found", None, None)  # type: ignore[arg-type]
    with pytest.raises(Forged, match="unknown"):
        yookassa(unknown)
    for trouble in (HTTPError("https://example.test", 500, "Oops", None, None), TimeoutError(), OSError("no route")):  # type: ignore[arg-type]  # fmt: skip
        with pytest.raises(Unconfirmed):
            yookassa(trouble)


@pytest.mark.parametrize("wanted", ["", "../refunds/1", f"{PAYMENT}?x=1", "x" * 41, "short", f"{PAYMENT}/capture"])
def test_nothing_but_an_id_gets_into_the_address_that_is_asked(wanted: str) -> None:
    with pytest.raises(Unreadable, match="id"):
        yookassa(TRUE, wanted=wanted)


def test_other_networks_than_yookassas_are_refused_before_anything_is_asked() -> None:
    for sender in ("185.71.76.33", "192.0.2.1", "2a02:5181::1", "nonsense"):
        with pytest.raises(Forged, match="network"):
            yookassa(TRUE, sender=sender)
    for sender in ("185.71.77.31", "77.75.156.35", "2a02:5180::1", "::ffff:185.71.76.1"):
        assert yookassa(TRUE, sender=sender)[0].kind == "payment"
    assert len(NETWORKS) == 7


def test_a_refund_of_yookassa_names_the_payment_that_it_gives_back() -> None:
    refund = {"id": "2d0b1a3e-0015-5000-9000-1a2b3c4d5e6f", "status": "succeeded", "payment_id": PAYMENT,
              "amount": {"value": "1.50", "currency": "RUB"}, "created_at": "2026-11-24T08:00:00Z"}  # fmt: skip
    told, asked = yookassa(refund, "refund.succeeded", wanted=refund["id"])  # type: ignore[arg-type]
    assert (told.kind, told.original, told.amount) == ("refund", PAYMENT, 150)
    assert asked[0][0].startswith("refunds/")


# --- all of them ------------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.text(max_size=80))
def test_noise_is_refused_and_never_read(body: bytes, signature: str) -> None:
    headers = {"Content-HMAC": signature, "X-Api-Signature-SHA256": signature, "webhook-signature": f"v1,{signature}",
               "webhook-id": "m", "webhook-timestamp": str(int(NOW.timestamp()))}  # fmt: skip
    for source in (CloudPayments(), Sbp(), StandardWebhooks()):
        with pytest.raises(Forged):
            source.read(arrives(body, headers), chosen_for(source, secret=SECRET))


@given(st.binary(min_size=1, max_size=200), st.integers(0, 199), st.integers(1, 255))
def test_a_changed_byte_breaks_every_signature(tail: bytes, at: int, flip: int) -> None:
    body = bytearray(tail)
    digest = base64.b64encode(hmac.new(b"s3cret", bytes(body), hashlib.sha256).digest()).decode()
    body[at % len(body)] ^= flip
    for source, header in ((CloudPayments(), "Content-HMAC"), (Sbp(), "X-Api-Signature-SHA256")):
        with pytest.raises(Forged):
            source.read(arrives(bytes(body), {header: digest}), chosen_for(source, secret="s3cret"))


@given(st.integers(0, 10**12))
def test_roubles_become_kopecks_exactly(amount: int) -> None:
    assert kopecks(f"{amount // 100}.{amount % 100:02d}") == amount
    assert whole_kopecks(amount) == amount


@pytest.mark.parametrize("value", ["1.001", "NaN", "Infinity", "1e400", "", "abc", True, None, [], "1,50", 1.5])
def test_what_is_no_whole_number_of_kopecks_is_no_amount(value: object) -> None:
    assert kopecks(value) is None
    assert whole_kopecks(value if value != "1,50" else "-1") is None


def test_moments_that_are_none_become_the_moment_of_receipt() -> None:
    assert sbp(ORDER | {"operationDateTime": "yesterday"}).paid_at == NOW
    assert sbp(ORDER | {"operationDateTime": "0001-01-01T00:00:00+03:00"}).paid_at == NOW
    assert read_webhook(PAID, webhook(PAID), NOW + timedelta(minutes=1)).paid_at < NOW
