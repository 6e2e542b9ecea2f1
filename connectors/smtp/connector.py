"""Settings of a mail server and of a mailbox, their test and their opening."""

from __future__ import annotations

import imaplib
import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from connectors.exchange import Refused, first_problem
from connectors.smtp.letters import Identity, checked
from connectors.smtp.link import Clock, Limits, Session, SmtpLink, code_of
from connectors.smtp.mailbox import ImapSession, Mailbox
from connectors.wire import Trust, connect, host_problem, port_of, secure
from scenario_engine.addresses import Lookup, look_up
from scenario_engine.errors import Invalid
from scenario_engine.ports import Link, SettingField, Setup, Unreached
from scenario_engine.texts import Text

_LONGEST_NAME = 100


class Smtp:
    """E-mails through a mail server; bounces and replies from a mailbox."""

    key = "smtp"
    title = Text("E-mail (SMTP)", "Электронная почта (SMTP)")
    help = Text(
        "The mail server must be allowed to send for the sender's domain: see to SPF, DKIM and DMARC with whoever runs "
        "the domain. To hear of mailboxes that do not exist and of replies, name a mailbox that Kaskad may read over "
        "IMAP; it marks what it has read as seen and deletes nothing.",
        "Почтовый сервер должен иметь право отправлять письма от имени вашего домена: проверьте SPF, DKIM и DMARC у "
        "того, кто ведёт домен. Чтобы узнавать о несуществующих ящиках и получать ответы, укажите почтовый ящик, "
        "который Каскад может читать по IMAP: прочитанное он помечает и ничего не удаляет.",
    )
    channels: Sequence[str] = ("email",)
    fields: Sequence[SettingField] = (
        SettingField(key="host", title=Text("Mail server", "Почтовый сервер")),
        SettingField(key="port", title=Text("Port", "Порт"), default="587"),
        SettingField(
            key="tls",
            title=Text("TLS from the start", "TLS с самого начала"),
            help=Text("Usually with port 465. Otherwise STARTTLS is used.", "Обычно с портом 465. Иначе — STARTTLS."),
            flag=True,
            required=False,
        ),
        SettingField(
            key="plain",
            title=Text("Without encryption", "Без шифрования"),
            help=Text(
                "Only for a mail server in your own network that offers none.",
                "Только для почтового сервера в вашей сети, который иначе не умеет.",
            ),
            flag=True,
            required=False,
        ),
        SettingField(
            key="login",
            title=Text("Login", "Логин"),
            help=Text("Empty: the server knows this machine.", "Пусто: сервер узнаёт эту машину и так."),
            required=False,
        ),
        SettingField(key="password", title=Text("Password", "Пароль"), secret=True, required=False),
        SettingField(key="sender", title=Text("Sender's address", "Адрес отправителя")),
        SettingField(key="sender_name", title=Text("Sender's name", "Имя отправителя"), required=False),
        SettingField(
            key="bounces",
            title=Text("Address for bounces", "Адрес для возвратов"),
            help=Text(
                "Where mail servers tell what they could not deliver. Empty: the sender's address.",
                "Куда почтовые серверы сообщают о недоставленном. Пусто: адрес отправителя.",
            ),
            required=False,
        ),
        SettingField(
            key="tagged",
            title=Text("A number in the address for bounces", "Номер письма в адресе для возвратов"),
            help=Text(
                "bounces+number@…: for mail servers that name the e-mail in no other way. Yours must take such "
                "addresses.",
                "bounces+номер@…: для серверов, которые иначе не называют письмо. Ваш сервер должен принимать такие "
                "адреса.",
            ),
            flag=True,
            required=False,
        ),
        SettingField(
            key="imap_host",
            title=Text("Mailbox server (IMAP)", "Сервер ящика (IMAP)"),
            help=Text("Empty: bounces and replies are not read.", "Пусто: возвраты и ответы не читаются."),
            required=False,
        ),
        SettingField(key="imap_port", title=Text("Mailbox port", "Порт ящика"), required=False, default="993"),
        SettingField(
            key="imap_login",
            title=Text("Mailbox login", "Логин ящика"),
            help=Text("Empty: the same as above.", "Пусто: тот же, что выше."),
            required=False,
        ),
        SettingField(
            key="imap_password",
            title=Text("Mailbox password", "Пароль ящика"),
            help=Text("Empty: the same as above.", "Пусто: тот же, что выше."),
            secret=True,
            required=False,
        ),
        SettingField(key="imap_folder", title=Text("Folder", "Папка"), required=False, default="INBOX"),
    )

    def __init__(
        self,
        lookup: Lookup = look_up,
        trust: Trust = ssl.create_default_context,
        limits: Limits | None = None,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self._lookup = lookup
        self._trust = trust
        self._limits = limits or Limits()
        self._clock = clock

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """Servers, encryption, addresses, names."""
        return first_problem(
            host_problem(chosen),
            host_problem(chosen, "imap_host", "imap_port") if chosen.get("imap_host") else None,
            _encryption_problem(chosen),
            _login_problem(chosen),
            _sender_problem(chosen),
        )

    def test(self, setup: Setup) -> Text:
        """Log in to the mail server and, if there is one, to the mailbox."""
        with self.open(setup):
            pass
        mailbox = self._mailbox(setup)
        if mailbox is None:
            return Text("The mail server took the login.", "Почтовый сервер принял логин.")
        mailbox.check()
        mailbox.close()
        return Text("The mail server and the mailbox took the login.", "Почтовый сервер и почтовый ящик приняли логин.")

    @contextmanager
    def open(self, setup: Setup) -> Iterator[Link]:
        """A session of the mail server; the mailbox is opened when it is asked."""
        link = SmtpLink(
            lambda: self._session(setup), _identity(setup.chosen), self._mailbox(setup), clock=self._clock,
            limits=self._limits,
        )  # fmt: skip
        try:
            yield link
        finally:
            link.close()

    def _session(self, setup: Setup) -> Session:
        chosen = setup.chosen
        host = chosen["host"]
        line = self._line(setup, host, port_of(chosen), is_secured=bool(chosen.get("tls")))
        if chosen.get("plain") and _is_public(line):
            line.close()
            raise Invalid(
                Text(
                    "Over the internet e-mails are sent with encryption only.",
                    "Через интернет письма отправляются только с шифрованием.",
                ),
                code="address.plain",
            )
        session = None
        try:
            session = Session(line, host, self._limits.answer)
            session.ehlo_or_helo_if_needed()
            if not chosen.get("tls") and not chosen.get("plain"):
                session.starttls(context=self._trust())
                session.ehlo()
            if chosen.get("login"):
                session.login(chosen["login"], chosen.get("password", ""))
        except (OSError, smtplib.SMTPException) as error:
            (session or line).close()
            raise _said(error) from error
        return session

    def _mailbox(self, setup: Setup) -> Mailbox | None:
        if not setup.chosen.get("imap_host"):
            return None
        folder = setup.chosen.get("imap_folder") or "INBOX"
        return Mailbox(lambda: self._imap(setup), folder, _identity(setup.chosen), self._clock)

    def _imap(self, setup: Setup) -> ImapSession:
        chosen = setup.chosen
        host = chosen["imap_host"]
        line = self._line(setup, host, port_of(chosen, "imap_port"), is_secured=True)
        try:
            session = ImapSession(line, self._limits.answer)
            session.allow()
            session.login(
                chosen.get("imap_login") or chosen.get("login", ""),
                chosen.get("imap_password") or chosen.get("password", ""),
            )
        except (OSError, imaplib.IMAP4.error) as error:
            line.close()
            raise _said(error) from error
        return session

    def _line(self, setup: Setup, host: str, port: int, *, is_secured: bool) -> socket.socket:
        line = connect(host, port, networks=setup.networks, lookup=self._lookup, seconds=self._limits.connect)
        return secure(line, host, self._trust) if is_secured else line


def _identity(chosen: Mapping[str, str]) -> Identity:
    return Identity(
        address=checked(chosen["sender"]), name=chosen.get("sender_name", "").strip(),
        bounces=checked(chosen.get("bounces") or chosen["sender"]), is_tagged=bool(chosen.get("tagged")),
    )  # fmt: skip


def _said(error: Exception) -> Exception:
    """What to raise instead."""
    match error:
        case smtplib.SMTPAuthenticationError():
            return Invalid(
                Text("The mail server refused the login.", "Почтовый сервер не принял логин."), code="connector.login"
            )
        case smtplib.SMTPNotSupportedError():
            return Invalid(
                Text(
                    "The mail server offers no STARTTLS, or no login. Check the port and the encryption.",
                    "Почтовый сервер не предлагает STARTTLS или вход по логину. Проверьте порт и шифрование.",
                ),
                code="connector.encryption",
            )
        case ssl.SSLCertVerificationError():
            return Unreached("tls")
        case smtplib.SMTPConnectError():
            return Unreached("blocked")
        case imaplib.IMAP4.abort():
            return Unreached("connection")
        case imaplib.IMAP4.error():
            return Invalid(
                Text("The mailbox refused the login.", "Почтовый ящик не принял логин."), code="connector.login"
            )
        case _:
            return Unreached(code_of(error))


def _is_public(line: socket.socket) -> bool:
    return ipaddress.ip_address(line.getpeername()[0].partition("%")[0]).is_global


def _encryption_problem(chosen: Mapping[str, str]) -> Text | None:
    if chosen.get("tls") and chosen.get("plain"):
        return Text("Either TLS from the start, or without encryption.", "Или TLS с самого начала, или без шифрования.")
    return None


def _login_problem(chosen: Mapping[str, str]) -> Text | None:
    if chosen.get("login") and not chosen.get("password"):
        return Text("The login has no password.", "Для логина не указан пароль.")
    if chosen.get("plain") and chosen.get("login"):
        return Text(
            "Without encryption no password is sent: leave the login empty.",
            "Без шифрования пароль не передаётся: оставьте логин пустым.",
        )
    if not chosen.get("imap_host"):
        return None
    if not (chosen.get("imap_login") or chosen.get("login")) or not (
        chosen.get("imap_password") or chosen.get("password")
    ):
        return Text("The mailbox needs a login and a password.", "Почтовому ящику нужны логин и пароль.")
    folder = chosen.get("imap_folder", "")
    if not folder.isascii() or any(sign in folder for sign in '"\\\r\n'):
        return Text("The folder is named in Latin letters.", "Папка называется латинскими буквами.")
    return None


def _sender_problem(chosen: Mapping[str, str]) -> Text | None:
    for key in ("sender", "bounces"):
        value = chosen.get(key, "")
        if not value and key == "bounces":
            continue
        try:
            checked(value)
        except Refused:
            return Text(
                "“{field}”: write it like mail@example.com.", "«{field}»: пишется так: mail@example.com."
            ).format(field=next(each.title for each in Smtp.fields if each.key == key))
    name = chosen.get("sender_name", "")
    if len(name) > _LONGEST_NAME or not (name.isprintable() or not name):
        return Text(
            "The sender's name is too long, or has a line break.",
            "Имя отправителя слишком длинное или с переводом строки.",
        )
    return None
