"""Telegram, its Bot API: messages by sendMessage, what people write by getUpdates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from connectors.bodies import EPOCH, inside, moment, said, words
from connectors.exchange import (
    HttpConnector,
    OneByOne,
    Refused,
    Throttled,
    address,
    address_problem,
    answered,
    asked,
    first_problem,
)
from connectors.http import Client, Nonsense, Reply, seconds
from scenario_engine.errors import Invalid
from scenario_engine.ports import Delivery, Link, Outgoing, Report, SettingField, Setup, Unreached
from scenario_engine.texts import Text

_TOKEN = re.compile(r"[0-9]{1,20}:[0-9A-Za-z_-]{20,100}")
_CHAT = re.compile(r"-?[0-9]{1,20}")
_LONGEST = 4096
#: what is asked for in one request, and how many requests one poll may take
_UPDATES, _ROUNDS = 100, 20

_NO_CHAT = Text(
    "This is no number of a chat. Telegram names it once the borrower has written to the bot.",
    "Это не номер чата. Telegram сообщает его, когда заёмщик сам напишет боту.",
)
_TOO_LONG = Text("Telegram takes at most 4 096 characters.", "Telegram принимает не больше 4 096 знаков.")
_BLOCKED = Text(
    "The borrower has barred the bot, or has never written to it.",
    "Заёмщик заблокировал бота или ни разу ему не писал.",
)
_UNKNOWN = Text("Telegram knows no such chat.", "Такого чата в Telegram нет.")
_NOT_TAKEN = Text("Telegram does not take the message.", "Telegram не принял сообщение.")


class Telegram(HttpConnector):
    """Messages to people who have written to the bot, and what they answer."""

    key = "telegram"
    title = Text("Telegram bot", "Бот в Telegram")
    help = Text(
        "Make a bot with @BotFather and copy its token. A bot may write only to people who have written to it: lead "
        "them there by a link like https://t.me/your_bot?start=…, and put the number of the chat into the borrower's "
        "field “messenger”. Before you switch it on, have a lawyer say whether you may use a foreign messenger.",
        "Создайте бота у @BotFather и скопируйте токен. Бот может писать только тем, кто сам ему написал: приведите "
        "людей по ссылке вида https://t.me/ваш_бот?start=… и впишите номер чата в поле «мессенджер» заёмщика. Перед "
        "включением спросите юриста, можно ли вам писать через иностранный мессенджер.",
    )
    channels: Sequence[str] = ("messenger",)
    fields: Sequence[SettingField] = (
        SettingField(key="token", title=Text("Token of the bot", "Токен бота"), secret=True),
        address("https://api.telegram.org"),
    )

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """A token that is none, an address that is none."""
        if not _TOKEN.fullmatch(chosen["token"]):
            return Text(
                "A token looks like 123456:ABC-DEF, as @BotFather gave it.",
                "Токен выглядит так: 123456:ABC-DEF, его выдаёт @BotFather.",
            )
        return first_problem(address_problem(chosen))

    def test(self, setup: Setup) -> Text:
        """Ask who the bot is."""
        with self.client(setup) as client:
            reply = client.get(f"{_path(setup)}/getMe")
        if reply.status in (401, 404):
            raise Invalid(Text("Telegram refused the token.", "Telegram не принял токен."), code="connector.login")
        name = said(inside(asked(reply), "result", "username"))
        if not name:
            raise Unreached("json")
        return Text("The bot @{name} answers.", "Бот @{name} отвечает.").format(name=name[:64])

    def link(self, client: Client, setup: Setup) -> Link:
        """A message a request."""
        return _Link(client, _path(setup))


class _Link(OneByOne):
    def __init__(self, client: Client, path: str) -> None:
        super().__init__(client)
        self._path = path
        #: numbers of what was read and not confirmed yet, and the key of the report that each became
        self._read: dict[int, str | None] = {}

    def offer(self, message: Outgoing) -> Delivery:
        """One request."""
        if not _CHAT.fullmatch(message.recipient):
            raise Refused(_NO_CHAT)
        if len(message.body) > _LONGEST:
            raise Refused(_TOO_LONG)
        reply = self.client.post_json(
            f"{self._path}/sendMessage", {"chat_id": int(message.recipient), "text": message.body}
        )
        found = _answered(reply)
        if found.get("ok") is not True:
            _refuse(reply.status, found)
        number = said(inside(found, "result", "message_id"))
        if not number:
            raise Nonsense("json")
        return Delivery(message_id=message.message_id, accepted=True, receipt=f"{message.recipient}/{number}")

    def poll(self) -> Sequence[Report]:
        """What people wrote since what was taken last. Raises `Unreached`."""
        self._read.clear()
        after: int | None = None
        for _ in range(_ROUNDS):
            found = self._updates(after)
            reports = {number: _report(number, update) for number, update in found.items()}
            told = [report for report in reports.values() if report is not None]
            if told:
                self._read = {number: report.key if report else None for number, report in reports.items()}
                return told
            if not found:
                break
            after = max(found) + 1  # nothing of it concerns us: go on behind it
        return ()

    def take(self, reports: Sequence[Report]) -> None:
        """Confirm what was read, up to the first that was not recorded. Raises `Unreached`."""
        taken = {report.key for report in reports}
        waiting = [number for number, key in self._read.items() if key is not None and key not in taken]
        done = [number for number in self._read if not waiting or number < min(waiting)]
        if done:
            self._updates(max(done) + 1, limit=1)
            self._read = {number: key for number, key in self._read.items() if number > max(done)}

    def _updates(self, after: int | None, limit: int = _UPDATES) -> dict[int, Mapping[str, Any]]:
        wanted: dict[str, Any] = {"limit": limit, "timeout": 0,
                                  "allowed_updates": ["message", "edited_message", "my_chat_member"]}  # fmt: skip
        if after is not None:
            wanted["offset"] = after
        reply = self.client.post_json(f"{self._path}/getUpdates", wanted)
        if reply.status in (401, 404):
            raise Unreached("login")
        if reply.status == 409:  # a webhook is set, or somebody else reads what is written to the bot
            raise Unreached("setup")
        found = asked(reply).get("result")
        if not isinstance(found, list):
            raise Unreached("json")
        return {
            int(each["update_id"]): each
            for each in found
            if isinstance(each, dict) and isinstance(each.get("update_id"), int)
        }


def _path(setup: Setup) -> str:
    return f"/bot{setup.chosen['token']}"


def _answered(reply: Reply) -> Mapping[str, Any]:
    if reply.status == 429:
        try:
            pause = seconds(inside(reply.read_object(), "parameters", "retry_after"))
        except Nonsense:
            pause = None
        raise Throttled(pause if pause is not None else reply.pause)
    return answered(reply)


def _refuse(status: int, found: Mapping[str, Any]) -> None:
    """Raises what an answer that is not ok means."""
    if status in (401, 404):
        raise Unreached("login")
    if status == 403:
        raise Refused(_BLOCKED)
    if "chat not found" in said(found.get("description")).lower():
        raise Refused(_UNKNOWN)
    raise Refused(_NOT_TAKEN)


def _report(number: int, update: Mapping[str, Any]) -> Report | None:
    """What an update tells us; null: nothing. Groups and channels are none of our business."""
    member = update.get("my_chat_member")
    found = member or update.get("message") or update.get("edited_message")
    if not isinstance(found, dict) or inside(found, "chat", "type") != "private":
        return None
    chat = said(inside(found, "chat", "id"))
    at = moment(found.get("date"), EPOCH)
    if member:
        is_barred = inside(found, "new_chat_member", "status") in ("kicked", "left")
        return Report(kind="blocked", key=f"update-{number}", at=at, address=chat) if is_barred else None
    text = words(found.get("text") or found.get("caption"))
    return Report(kind="reply", key=f"update-{number}", at=at, address=chat, text=text or None)
