"""Robot calls by Voximplant: a list of calls for each batch; its scenario tells what became of each.

A list is dialled once: another attempt would be another contact, which only the guard may allow. The times in it are
UTC, and a call that cannot begin soon after the guard allowed it is not made at all.
"""

from __future__ import annotations

import csv
import hashlib
import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.bodies import identity, moment, read_json, said, words
from connectors.exchange import (
    HOOK_KEY,
    HttpConnector,
    Refused,
    Throttled,
    address,
    address_problem,
    answered,
    asked,
    both,
    check_hook_key,
    cost,
    first_problem,
    held,
    hook_key_problem,
    maybe,
    refusal,
)
from connectors.http import Client, Nonsense, Reply, Unanswered
from connectors.phones import COUNTRIES, countries_problem, digits
from scenario_engine.errors import Invalid
from scenario_engine.ports import Delivery, Link, Notification, Outgoing, Report, SettingField, Setup, Unreached
from scenario_engine.texts import Text

log = logging.getLogger(__name__)

_NUMBER = re.compile(r"[0-9]{1,20}")
_UUID = re.compile(r"[0-9A-Za-z:-]{1,40}")
#: calls in one list
_MOST = 1_000
_EMPTY = Text("There is nothing to say.", "Говорить нечего.")
_UNKNOWN = Text("The call was not made (code {code}).", "Дозвониться не удалось (код {code}).")
#: codes of SIP, as the scenario sees them
_FAILED: Mapping[int, Text] = {
    402: Text("No money left on the account.", "На счёте закончились деньги."),
    404: Text("The number does not exist.", "Такого номера нет."),
    408: Text("Nobody answered.", "Не ответили."),
    480: Text("The number cannot be reached.", "Абонент недоступен."),
    486: Text("The line was busy.", "Занято."),
    487: Text("Nobody answered.", "Не ответили."),
    603: Text("The call was rejected.", "Звонок сбросили."),
}


class Voximplant(HttpConnector):
    """Calls by CreateCallList; outcomes by calls of the scenario to our address."""

    key = "voximplant"
    title = Text("Robot calls by Voximplant", "Звонки робота через Voximplant")
    help = Text(
        "In Voximplant, make an application with the scenario of the help page “Robot calls”, a rule for it, and an "
        "API key. Put our address with ?key= and the secret of our address into the scenario: it tells us how each "
        "call ended. The robot must say that it is one, and the call must be recorded.",
        "В Voximplant создайте приложение со сценарием со страницы справки «Звонки робота», правило для него и "
        "API-ключ. Впишите в сценарий наш адрес с ?key= и секретом нашего адреса: так мы узнаем, чем кончился каждый "
        "звонок. Робот обязан сказать, что он робот, а разговор должен записываться.",
    )
    channels: Sequence[str] = ("robot_call",)
    fields: Sequence[SettingField] = (
        SettingField(key="account_id", title=Text("Account ID", "Идентификатор аккаунта (account_id)")),
        SettingField(key="api_key", title=Text("API key", "API-ключ"), secret=True),
        SettingField(key="rule_id", title=Text("Rule ID", "Идентификатор правила (rule_id)")),
        SettingField(
            key="lines",
            title=Text("Calls at the same time", "Одновременных звонков"),
            default="5",
        ),
        SettingField(
            key="minutes",
            title=Text("Minutes within which a call may begin", "За сколько минут звонок должен начаться"),
            help=Text(
                "What has not begun by then is not dialled any more: the allowed hours may be over.",
                "Что не началось за это время, уже не набирается: разрешённые часы могли кончиться.",
            ),
            default="15",
        ),
        COUNTRIES,
        HOOK_KEY,
        address("https://api.voximplant.com"),
    )

    def __init__(self, *more: Any, clock: Callable[[], datetime] = lambda: datetime.now(UTC), **named: Any) -> None:
        super().__init__(*more, **named)
        self._clock = clock

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """Numbers that are none."""
        if not all(_NUMBER.fullmatch(chosen[key]) for key in ("account_id", "rule_id")):
            return Text("Account and rule are numbers.", "Идентификаторы аккаунта и правила — это числа.")
        if not _within(chosen["lines"], 1, 1000):
            return Text("Calls at the same time: from 1 to 1000.", "Одновременных звонков — от 1 до 1000.")
        if not _within(chosen["minutes"], 1, 60):
            return Text("A call begins within 1 to 60 minutes.", "Звонок начинается за время от 1 до 60 минут.")
        return first_problem(countries_problem(chosen), hook_key_problem(chosen), address_problem(chosen))

    def test(self, setup: Setup) -> Text:
        """Ask about the account."""
        with self.client(setup) as client:
            found = asked(_call(client, setup.chosen, "GetAccountInfo", {}))
        trouble = _trouble(found)
        if trouble == "login":
            raise Invalid(Text("Voximplant refused the key.", "Voximplant не принял ключ."), code="connector.login")
        account = found.get("result")
        if trouble is not None or not isinstance(account, dict):
            raise Unreached(trouble or "json")
        return Text(
            "Voximplant knows us: {name}. Balance: {sum}.", "Voximplant нас узнал: {name}. Баланс: {sum}."
        ).format(name=said(account.get("account_name"))[:60], sum=str(account.get("balance"))[:20])

    def link(self, client: Client, setup: Setup) -> Link:
        """A list for each batch."""
        return _Link(client, setup.chosen, self._clock)

    def hear(self, notification: Notification, setup: Setup) -> Sequence[Report]:
        """How a call ended, and what the borrower said or pressed."""
        check_hook_key(notification, setup.chosen)
        values = read_json(notification.body)
        receipt, outcome = identity(values.get("task"), 40), said(values.get("outcome"))
        at = moment(values.get("at"), notification.received_at)
        phone = said(values.get("phone")).removeprefix("+")
        told: dict[str, Any] = {"at": at, "receipt": receipt, "address": f"+{phone}" if phone else None}
        if outcome == "answered":
            reports = [Report(kind="delivered", key=f"{receipt}-delivered", cost=cost(values.get("cost")), **told)]
        elif outcome.isdecimal() and len(outcome) < 4:
            why = _FAILED.get(int(outcome)) or _UNKNOWN.format(code=outcome)
            reports = [Report(kind="failed", key=f"{receipt}-failed", error=both(why), **told)]
        else:
            reports = []
        if values.get("opt_out") is True:
            reports.append(Report(kind="opt_out", key=f"{receipt}-opt-out", **told))
        elif words(values.get("reply")):
            reports.append(Report(kind="reply", key=f"{receipt}-reply", text=words(values.get("reply")), **told))
        return reports

    def greet(self, query: Mapping[str, str], setup: Setup) -> str | None:
        """Voximplant makes sure of nothing."""
        return None


class _Link:
    def __init__(self, client: Client, chosen: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        self._client = client
        self._chosen = chosen
        self._clock = clock

    def send(self, batch: Sequence[Outgoing]) -> Iterator[Delivery]:
        """What is wrong by itself, then the others in lists. Raises `Unreached`."""
        rows: list[tuple[Outgoing, str]] = []
        for message in batch:
            try:
                rows.append((message, self._phone(message)))
            except Refused as error:
                yield refusal(message, error.text)
        for start in range(0, len(rows), _MOST):
            yield from self._list(rows[start : start + _MOST])

    def _phone(self, message: Outgoing) -> str:
        if not message.body.strip():
            raise Refused(_EMPTY)
        return digits(message.recipient, self._chosen)

    def _list(self, rows: Sequence[tuple[Outgoing, str]]) -> Iterator[Delivery]:
        name = _name([message.key for message, _ in rows])
        try:
            is_there = any(message.again for message, _ in rows) and self._has(name)
            if not is_there:
                self._make(name, rows)
        except Throttled as error:
            yield from (held(message, error.pause) for message, _ in rows)
        except (Unanswered, Nonsense) as error:
            if str(error) == "redirect":
                raise Unreached("redirect") from error
            yield from (maybe(message, str(error), retry=False) for message, _ in rows)
        else:
            for message, _ in rows:
                yield Delivery(message_id=message.message_id, accepted=True, receipt=_task(message.key))

    def _make(self, name: str, rows: Sequence[tuple[Outgoing, str]]) -> None:
        values = {
            "rule_id": self._chosen["rule_id"], "priority": "0", "max_simultaneous": self._chosen["lines"],
            "num_attempts": "1", "interval_seconds": "0", "name": name, "encoding": "UTF-8", "delimiter": ";",
        }  # fmt: skip
        try:
            found = answered(_call(self._client, self._chosen, "CreateCallList", values, self._table(rows)))
        except Unanswered as lost:
            if not self._may_have(name):
                raise
            log.info("Voximplant gave no answer (%s) and has the list all the same", lost)
            return
        trouble = _trouble(found)
        if trouble is not None:  # a row cannot be at fault: it concerns every list
            raise Unreached(trouble)
        if not said(found.get("list_id")) or said(found.get("count")) != str(len(rows)):
            raise Nonsense("json")

    def _has(self, name: str) -> bool:
        """Whether a list of that name was taken. Raises as `Client.ask` does."""
        found = answered(_call(self._client, self._chosen, "GetCallLists", {"name": name, "count": "1"}))
        lists = found.get("result")
        return isinstance(lists, list) and any(
            isinstance(each, dict) and each.get("list_name") == name for each in lists
        )

    def _may_have(self, name: str) -> bool:
        """Whether it says so; a list that it does not show yet may come still."""
        try:
            return self._has(name)
        except (Unreached, Throttled, Nonsense):
            return False

    def _table(self, rows: Sequence[tuple[Outgoing, str]]) -> str:
        start = self._clock().astimezone(UTC)
        end = start + timedelta(minutes=int(self._chosen["minutes"]))
        # a window over midnight would be one that never opens: it is cut short there
        last = f"{end:%H:%M:%S}" if end.date() == start.date() else "23:59:59"
        table = io.StringIO()
        writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
        writer.writerow(["phone", "text", "task", "__task_uuid", "__start_execution_time", "__end_execution_time"])
        for message, phone in rows:
            text, task = " ".join(message.body.split()), _task(message.key)
            writer.writerow([phone, text, task, task, f"{start:%H:%M:%S}", last])
        return table.getvalue()

    def poll(self) -> Sequence[Report]:
        """Nothing: the scenario tells by itself."""
        return ()

    def take(self, reports: Sequence[Report]) -> None:
        """Nothing was told."""


def _call(
    client: Client, chosen: Mapping[str, str], name: str, values: Mapping[str, str], file: str | None = None
) -> Reply:
    """One call of the management API; the key stands in the body, which nobody logs."""
    given = {"account_id": chosen["account_id"], "api_key": chosen["api_key"], **values}
    path = f"/platform_api/{name}/"
    if file is None:
        return client.post_form(path, given)
    # no part holds its own digest
    edge = hashlib.sha256(("".join(given.values()) + file).encode()).hexdigest()
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n' for key, value in given.items()
    ]
    parts.append(
        f'--{edge}\r\nContent-Disposition: form-data; name="file_content"; filename="calls.csv"\r\n'
        f"Content-Type: text/csv; charset=utf-8\r\n\r\n{file}\r\n--{edge}--\r\n"
    )
    return client.ask("POST", path, {"Content-Type": f"multipart/form-data; boundary={edge}"}, "".join(parts).encode())


def _trouble(found: Mapping[str, Any]) -> str | None:
    """What an error concerns; null: there is none."""
    error = found.get("error")
    if not isinstance(error, dict):
        return None
    text = said(error.get("msg")).lower()
    if any(word in text for word in ("auth", "api_key", "account")):
        return "login"
    return "funds" if any(word in text for word in ("money", "fund", "balance")) else "setup"


def _name(keys: Sequence[str]) -> str:
    return f"kaskad-{hashlib.sha256(' '.join(keys).encode()).hexdigest()[:32]}"


def _task(key: str) -> str:
    """The key as an id of Voximplant."""
    return key if _UUID.fullmatch(key) else hashlib.sha256(key.encode()).hexdigest()[:40]


def _within(text: str, least: int, most: int) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6 and least <= int(text) <= most
