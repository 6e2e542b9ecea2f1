"""What the engine expects of the outside: Protocols that connectors fill, found through entry points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from scenario_engine.texts import Text


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A rendered message, ready to leave."""

    #: idempotency key, the same at every retry
    key: str
    message_id: int
    channel: str
    recipient: str
    subject: str
    body: str
    content: Mapping[str, Any]
    #: whom it is for, in full; a letter has it on the envelope
    addressee: str = ""
    #: an earlier attempt may have been taken: where the outside system knows it by its key, ask before sending it again
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What became of one message."""

    message_id: int
    accepted: bool
    #: the outside system's id
    receipt: str | None = None
    #: why not, for a person; null when accepted
    error: str | None = None
    #: worth trying again
    retry: bool = False
    #: the other side asks for a pause of so many seconds before anything else is sent
    pause: float | None = None
    #: it may have been taken although no answer came: another attempt may send it twice
    uncertain: bool = False
    #: the address is nobody's, and never will be of use: a mailbox that is not there
    dead: bool = False
    #: what the other side said it costs, in kopecks
    cost: int | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """What an outside system tells afterwards: of a message that left, or from somebody who got one."""

    #: delivered, failed and dead are of a message; dead: its address is nobody's, and never will be of use (a mailbox
    #: that is not there); blocked: the borrower takes nothing from us (a bot that was barred); reply and opt_out are
    #: from the borrower
    kind: Literal["delivered", "failed", "dead", "blocked", "reply", "opt_out"]
    #: id of this telling: a second one with it is a repetition
    key: str
    at: datetime
    #: the outside system's id of the message, as `Delivery.receipt` has it; null when it names none
    receipt: str | None = None
    #: the address that it came from, or that the message went to
    address: str | None = None
    #: what the borrower wrote
    text: str | None = None
    #: why it was not delivered, for a person
    error: str | None = None
    #: kopecks
    cost: int | None = None


@dataclass(frozen=True, kw_only=True)
class SettingField:
    """Something that an administrator fills in before an outside system can be switched on."""

    key: str
    title: Text
    help: Text | None = None
    #: kept encrypted and never shown again
    secret: bool = False
    #: yes or no, stored as ``yes`` or the empty text
    flag: bool = False
    #: has to be filled in, a yes or no with yes, before the system can be switched on
    required: bool = True
    default: str = ""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A connector as an administrator set it up."""

    #: a value for each of its fields
    chosen: Mapping[str, str]
    #: inner networks that it may reach, with commas between (see `scenario_engine.addresses`)
    networks: str
    #: the installation's folder for files, where it may keep its own
    folder: Path = Path("var")


class Link(Protocol):
    """An open connection to an outside system, or what stands for one."""

    def send(self, batch: Sequence[Outgoing]) -> Iterable[Delivery]:
        """Send the batch; one `Delivery` for each message, in any order, each as soon as it is known: what was said
        is kept even when the rest fails. Raises `Unreached` when the other side is gone, and nothing for a single bad
        message.
        """
        ...

    def poll(self) -> Sequence[Report]:
        """What the other side has told meanwhile; the same reports come again until `take` names them."""
        ...

    def take(self, reports: Sequence[Report]) -> None:
        """These are recorded: the other side need not tell them again."""
        ...


@runtime_checkable
class Connector(Protocol):
    """One outside system that messages leave through."""

    #: stable name, e.g. ``sandbox``; 20 characters at most
    key: str
    #: what people read
    title: Text
    #: what to do on the other side
    help: Text
    #: channels it serves
    channels: Sequence[str]
    fields: Sequence[SettingField]

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """What is wrong with filled-in values; null when the connector may be switched on with them."""
        ...

    def test(self, setup: Setup) -> Text:
        """Reach the other side, log in there, and send nobody anything: what it said. Raises `Unreached`, and `Invalid`
        for an address that may not be reached or a login that is refused.
        """
        ...

    def open(self, setup: Setup) -> AbstractContextManager[Link]:
        """Connect. Raises `Unreached` and `Invalid` as `test` does, here or on entering."""
        ...


@runtime_checkable
class Hearing(Protocol):
    """A connector whose other side tells by calling ``/hooks/<key>``."""

    def hear(self, notification: Notification, setup: Setup) -> Sequence[Report]:
        """What it tells. Raises `Forged` and `Unreadable`."""
        ...

    def greet(self, query: Mapping[str, str], setup: Setup) -> str | None:
        """The answer to a GET with which the other side makes sure of the address; null: there is none."""
        ...


@dataclass(frozen=True, kw_only=True)
class Notification:
    """What came to an address of ours, as it came."""

    body: bytes
    #: names in lower case
    headers: Mapping[str, str]
    #: the network address it came from
    sender: str
    received_at: datetime
    #: what stood behind the address
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a notification says once it is known to be genuine."""

    #: the outside system's id of the payment, or of the refund
    external_id: str
    #: other: nothing came in or went back (yet)
    kind: Literal["payment", "refund", "other"]
    #: kopecks; null when the amount is none that can be paid
    amount: int | None
    #: as the sender writes it, in capitals
    currency: str
    paid_at: datetime
    #: numbers by which the sender names the loan or the borrower, the surest first
    named: Sequence[str] = ()
    #: id of this telling, where the sender gives one: a second one with it is a repetition
    delivery: str | None = None
    #: of a refund: the payment that it gives back
    original: str | None = None
    #: what else helps a person to find the loan: payer, phone, email, purpose
    hints: Mapping[str, str] | None = None


class Forged(Exception):
    """The notification is not from whom it claims to be. Its text is a code: ``signature``, ``clock``, ``network`` …"""


class Unreadable(Exception):
    """The notification is genuine, or cannot be told from a genuine one, and makes no sense. Its text is a code."""


class Unconfirmed(Exception):
    """The outside system could not be asked whether it is true; the sender should come again."""


@runtime_checkable
class PaymentSource(Protocol):
    """An outside system that tells of payments."""

    #: stable name, the last part of its address; 20 characters at most
    key: str
    title: Text
    #: what to do on the other side
    help: Text
    fields: Sequence[SettingField]

    def read(self, notification: Notification, chosen: Mapping[str, str]) -> Told:
        """What it says. `chosen` has a value for each field. Raises `Forged`, `Unreadable` and `Unconfirmed`."""
        ...

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """What is wrong with filled-in values; null when the source may be switched on with them."""
        ...

    def thanks(self) -> Mapping[str, Any]:
        """The JSON object that the sender takes for success."""
        ...


#: codes of `Unreached`, in words
UNREACHED: Mapping[str, Text] = {
    "address.unknown": Text("The name is not known", "Такое имя не найдено"),
    "time": Text("No answer in time", "Не ответили вовремя"),
    "connection": Text("No connection", "Нет соединения"),
    "tls": Text("The certificate is not trusted", "Сертификату нельзя доверять"),
    "login": Text("The login or the key is refused", "Логин или ключ не подошёл"),
    "funds": Text("No money left on the account", "На счёте закончились деньги"),
    "blocked": Text("The other side has barred us for now", "Другая сторона временно нас заблокировала"),
    "setup": Text("The other side is not set up for this", "На другой стороне это не настроено"),
    "server": Text("The other side failed", "На другой стороне сбой"),
    "redirect": Text("The address leads elsewhere", "Адрес ведёт в другое место"),
    "json": Text("The answer made no sense", "Ответ не разобрать"),
    "size": Text("The answer was too long", "Слишком длинный ответ"),
    "folder": Text("The folder for files takes nothing", "В папку для файлов ничего не записать"),
    "protocol": Text("The other side speaks another protocol", "Другая сторона говорит на другом протоколе"),
}


class Unreached(Exception):
    """The other side could not be told, or takes nothing from us at present, and another attempt may help. Its text is
    a code of `UNREACHED`.
    """

    @property
    def said(self) -> Text:
        """The code in words."""
        code = str(self)
        return UNREACHED.get(code, Text(code, code))


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the other side said."""

    #: of HTTP
    status: int
    #: the beginning of what it said
    text: str


@runtime_checkable
class Courier(Protocol):
    """Brings news to an address of another system, signed."""

    #: stable name
    key: str

    def post(self, url: str, *, secret: str, key: str, at: datetime, body: bytes, networks: str) -> Answer:
        """Offer the body once; `key` is the same at every attempt. Follows no redirect.

        Raises `Unreached`, and `Invalid` for an address that may not be reached (see `scenario_engine.addresses`).
        """
        ...

    def check(self, url: str, *, networks: str) -> None:
        """Raises `Invalid` for what is no address that may be reached; sends nothing."""
        ...

    def make_secret(self, randomness: bytes) -> str:
        """The bytes as a secret that both sides keep."""
        ...


@dataclass(frozen=True, kw_only=True)
class Quota:
    """What a provider takes in a stretch of time, over all who ask in our name."""

    #: single: requests that ask one question; group: requests that ask several at once
    kind: Literal["single", "group"]
    most: int
    seconds: int
    #: the questions in them are counted, not the requests
    by_question: bool = False


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked about one borrower. It leaves the house: an inquirer sends no more of it than its contract asks."""

    inquiry_id: int
    #: the same at every attempt
    key: str
    #: last name, first name, patronymic
    full_name: str
    birth_date: date | None
    #: ISO 3166-2 code
    region: str | None
    #: series and number, ten digits; null: not known
    passport: str | None = None
    #: the day on which the borrower agreed to it; null: nobody knows of a consent
    consent_on: date | None = None
    #: number of the one proceeding that is known to be about the loan
    proceeding: str | None = None


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What became of one question."""

    inquiry_id: int
    #: as `scenario_engine.inquiries.facts` has it; null: there is no answer
    facts: Mapping[str, Any] | None = None
    #: why not, one of `models.inquiry.NO_ANSWER`
    error: str | None = None
    #: worth asking again
    retry: bool = False


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request that a provider took."""

    #: its number, by which the answer is fetched later; null: the findings are all there is
    task: str | None = None
    findings: Sequence[Finding] = ()


class Busy(Exception):
    """The provider takes nothing more for so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"busy for {seconds:.0f} s")
        self.seconds = seconds


@runtime_checkable
class Inquirer(Protocol):
    """A provider that is asked about borrowers: bailiffs, a credit bureau. Found in ``kaskad.inquiries``."""

    #: stable name; 20 characters at most
    key: str
    title: Text
    #: what to do on the other side, and how its answers are read
    help: Text
    #: what it tells of: bailiff, bureau
    subject: str
    fields: Sequence[SettingField]
    quotas: Sequence[Quota]
    #: questions that fit into one request
    together: int

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """What is wrong with filled-in values; null when it may be switched on with them."""
        ...

    def lacks(self, question: Question) -> str | None:
        """What is missing for asking it, one of `models.inquiry.NO_ANSWER`; null: nothing."""
        ...

    def test(self, setup: Setup) -> Text:
        """Reach the other side and ask nothing about anybody: what it said. Raises `Unreached`, `Busy`, `Invalid`."""
        ...

    def ask(self, questions: Sequence[Question], setup: Setup, *, group: bool) -> Asked:
        """One request; `group` says against which quotas it was counted, a group may be of one. Raises `Unreached`
        (another attempt may help), `Busy`, and `Invalid` when nobody is let in until a person changes something.
        """
        ...

    def fetch(self, task: str, questions: Sequence[Question], setup: Setup) -> Sequence[Finding] | None:
        """The findings of a request, one for each question; null while it is not ready. Raises as `ask` does."""
        ...


class JobBackend(Protocol):
    """Where long jobs are worked on: threads of this process, or workers behind a queue.

    It carries ids and promises nothing: a job may be told twice or never. The row decides (see `scenario_engine.jobs`).
    """

    def dispatch(self, job_id: int) -> None:
        """Have the job run soon. Raises `OSError` when the queue cannot be reached."""
        ...

    def stop(self) -> None:
        """Take no more jobs, and wait for those that run here."""
        ...
