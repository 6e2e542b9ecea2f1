"""Registered letters: each becomes a PDF in the installation's folder, ready for the printer and the post office."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from fpdf import FPDF
from fpdf.enums import Align, XPos, YPos

from connectors.exchange import both, refusal
from scenario_engine import mailing
from scenario_engine.ports import Delivery, Link, Outgoing, Report, SettingField, Setup, Unreached
from scenario_engine.texts import Text

log = logging.getLogger(__name__)
# what it says of glyphs that a font lacks holds parts of the text
logging.getLogger("fpdf").setLevel(logging.CRITICAL)

_FONTS = files("fontpkg_pt_sans") / "files"
_SIZE, _SMALL, _LINE = 11, 9, 5.5
#: millimetres
_LEFT, _RIGHT, _TOP, _ADDRESSEE = 25, 15, 15, 110
_NUMBER = re.compile(r"[0-9A-Za-z._-]{1,64}")

_NOWHERE = Text(
    "The postal address is too short for a letter: write index, place, street and house.",
    "Почтовый адрес слишком короткий: нужны индекс, город, улица и дом.",
)
_NO_NAME = Text("Nobody is named on the envelope.", "Для конверта не указано имя.")
_EMPTY = Text("There is no text.", "Текста нет.")
_DISK = Text("The letter could not be written to the disk.", "Не удалось записать письмо на диск.")


class LetterConnector:
    """PDFs and what is known of each, see `scenario_engine.mailing`."""

    key = "letter"
    title = Text("Registered letters", "Заказные письма")
    help = Text(
        "Nothing leaves by itself: each letter becomes a PDF. Download a day's letters and their register on the page "
        "Outbox → Letters, print them, hand them in at the post office, and write down its tracking numbers and what "
        "became of each letter. Keep the folder of Kaskad's files on a disk that all its machines share.",
        "Само ничего не уходит: каждое письмо становится файлом PDF. Скачайте письма за день и их реестр на странице "
        "«Исходящие → Письма», распечатайте, сдайте на почту, а потом впишите трек-номера и что стало с каждым. "
        "Папка с файлами Каскада должна лежать на диске, общем для всех его машин.",
    )
    channels: Sequence[str] = ("letter",)
    fields: Sequence[SettingField] = (
        SettingField(
            key="sender", title=Text("Sender", "Отправитель"),
            help=Text("The creditor as it stands on letters.", "Кредитор — так, как его пишут на письмах."),
        ),
        SettingField(key="sender_address", title=Text("Sender's address", "Обратный адрес")),
        SettingField(
            key="time_zone", title=Text("Time zone of the date", "Часовой пояс даты"), default="Europe/Moscow"
        ),
    )  # fmt: skip

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock

    def problem(self, chosen: Mapping[str, str]) -> Text | None:
        """A time zone that is none."""
        if chosen["time_zone"] not in available_timezones():
            return Text("A time zone looks like Europe/Moscow.", "Часовой пояс пишется так: Europe/Moscow.")
        return None

    def test(self, setup: Setup) -> Text:
        """Make a letter to nobody, and see whether the folder would take it."""
        content, sheets = typeset(
            number="0", day=self._today(setup), addressee="–", address="–", subject="–", body="–", chosen=setup.chosen
        )
        try:
            (setup.folder / mailing.FOLDER).mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = setup.folder / mailing.FOLDER / ".probe"
            probe.write_bytes(content)
            probe.unlink()
        except OSError as error:
            raise Unreached("folder") from error
        return Text(
            "Letters can be made and kept ({sheets} sheet).", "Письма можно делать и хранить (листов: {sheets})."
        ).format(sheets=sheets)

    def open(self, setup: Setup) -> AbstractContextManager[Link]:
        """The folder."""
        return nullcontext(_Link(setup, self._today(setup)))

    def _today(self, setup: Setup) -> date:
        return self._clock().astimezone(ZoneInfo(setup.chosen["time_zone"])).date()


class _Link:
    def __init__(self, setup: Setup, today: date) -> None:
        self._setup = setup
        self._today = today

    def send(self, batch: Sequence[Outgoing]) -> Iterator[Delivery]:
        """Each as it is made."""
        for message in batch:
            yield self._make(message)

    def _make(self, message: Outgoing) -> Delivery:
        addressee, address = " ".join(message.addressee.split()), " ".join(message.recipient.split())
        for is_wrong, text in (
            (not addressee, _NO_NAME), (len(address) < 10, _NOWHERE), (not message.body.strip(), _EMPTY),
        ):  # fmt: skip
            if is_wrong:
                return refusal(message, text)
        number = (
            message.key if _NUMBER.fullmatch(message.key) else hashlib.sha256(message.key.encode()).hexdigest()[:40]
        )
        before = mailing.made_before(self._setup.folder, number)
        if before is not None and before.tracking is not None:  # it is at the post already
            return Delivery(message_id=message.message_id, accepted=True, receipt=number)
        day = before.day if before else self._today
        content, sheets = typeset(
            number=number, day=day, addressee=addressee, address=address, subject=message.subject, body=message.body,
            chosen=self._setup.chosen,
        )  # fmt: skip
        letter = mailing.Letter(
            number=number, day=day, addressee=addressee, address=address, subject=message.subject, sheets=sheets
        )
        try:
            mailing.keep(self._setup.folder, letter, content)
        except OSError:
            log.exception("a letter could not be written")
            return Delivery(message_id=message.message_id, accepted=False, retry=True, error=both(_DISK))
        return Delivery(message_id=message.message_id, accepted=True, receipt=number)

    def poll(self) -> Sequence[Report]:
        """The post tells people, and they write it back."""
        return ()

    def take(self, reports: Sequence[Report]) -> None:
        """Nothing was told."""


class _Page(FPDF):
    """A4 with the page's number at its foot."""

    def footer(self) -> None:
        """Page and number of pages."""
        self.set_y(-_TOP)
        self.set_font("letter", size=_SMALL)
        self.cell(0, 5, f"{self.page_no()} / {{nb}}", align=Align.C)


def typeset(
    *, number: str, day: date, addressee: str, address: str, subject: str, body: str, chosen: Mapping[str, str]
) -> tuple[bytes, int]:
    """The PDF of a letter, and how many sheets it takes. The same letter gives the same bytes."""
    page = _Page(format="A4")
    page.set_creation_date(datetime(day.year, day.month, day.day, tzinfo=UTC))
    page.add_font("letter", fname=str(_FONTS / "PT_Sans-Web-Regular.ttf"))
    page.add_font("letter", style="B", fname=str(_FONTS / "PT_Sans-Web-Bold.ttf"))
    page.set_title(subject or number)
    page.set_margins(_LEFT, _TOP, _RIGHT)
    page.set_auto_page_break(True, margin=2 * _TOP)
    page.add_page()
    page.set_font("letter", size=_SMALL)
    _lines(page, chosen.get("sender", ""), chosen.get("sender_address", ""), width=75, height=4.5)
    # where the window of an envelope shows it
    page.set_y(45)
    page.set_left_margin(_ADDRESSEE)
    page.set_font("letter", size=_SIZE)
    _lines(page, addressee, address, width=0, height=_LINE)
    page.set_left_margin(_LEFT)
    page.set_xy(_LEFT, max(page.get_y(), 85))
    _lines(page, f"№ {number} · {day:%d.%m.%Y}", width=0, height=_LINE)
    page.ln(_LINE)
    if subject.strip():
        page.set_font("letter", style="B", size=_SIZE)
        _lines(page, " ".join(subject.split()), width=0, height=_LINE)
        page.ln(_LINE / 2)
        page.set_font("letter", size=_SIZE)
    for paragraph in body.strip().splitlines():
        _lines(page, paragraph.rstrip() or " ", width=0, height=_LINE)
    return bytes(page.output()), page.page_no()


def _lines(page: FPDF, *texts: str, width: float, height: float) -> None:
    for text in texts:
        if text:
            page.multi_cell(width, height, text, align=Align.L, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
