"""What a file may bring in: the targets of a mapping, with the column names by which they are recognised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from scenario_engine.models.signal import RECORDED, SIGNAL_KINDS
from scenario_engine.registry.payments import MAX_AMOUNT
from scenario_engine.texts import Text

TargetType = Literal[
    "id", "text", "money", "day", "days", "number", "instant", "choice", "phone", "email", "region", "document"
]

#: what the units of a target are called in a mapping; the first one holds where none is named
UNITS: Mapping[str, tuple[str, ...]] = {"money": ("roubles", "kopecks"), "days": ("days", "months")}


@dataclass(frozen=True, kw_only=True)
class Target:
    """One thing that a column may become."""

    key: str
    title: Text
    help: Text
    required: bool
    #: how the cells are read: one of `TargetType`
    type: str
    #: names of columns that mean it, as `plain_name` spells them
    names: tuple[str, ...] = ()
    #: longest text; largest number
    limit: int = 250
    #: of money: 0 is wrong too
    positive: bool = False
    #: values of a choice with the words that mean them
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


#: 10^12 roubles, in kopecks: more than that is a mistake of the sender
MAX_KOPECKS = 10**14

_STATES = {
    "open": ("открыт", "открытый", "действующий", "действует", "активный", "активен", "active", "0"),
    "closed": ("закрыт", "закрытый", "погашен", "погашенный", "repaid", "paid", "1"),
    "sold": ("продан", "проданный", "цессия", "уступлен", "ceded"),
    "written_off": ("списан", "списанный", "written off"),
}
_SERVICING = {"core": ("абс", "mirrored", "внешний"), "kaskad": ("каскад",)}
_KINDS = {
    "annuity": ("аннуитет", "аннуитетный"),
    "bullet": ("единовременный", "разовый", "до зарплаты", "payday"),
    "revolving": ("возобновляемый", "кредитная карта", "карта", "овердрафт", "card"),
}
_LANGUAGES = {
    "ru": ("русский", "russian", "rus"),
    "en": ("английский", "english", "eng"),
}
_CHANNELS = {
    "office": ("офис", "отделение", "точка"),
    "site": ("сайт", "web", "онлайн", "online"),
    "app": ("приложение", "mobile", "мобильное приложение"),
    "partner": ("партнер", "агент", "agent"),
}

_LOANS = (
    Target(
        key="external_id", type="id", required=True, limit=64,
        title=Text("Loan id", "Номер займа"),
        help=Text("The id in your core system: the same id again updates the loan.",
                  "Номер в вашей учётной системе: тот же номер обновит займ, а не создаст новый."),
        names=("external id", "id", "loan id", "loan", "loan number", "loan no", "contract", "contract id",
               "contract number", "agreement", "account", "account id", "номер займа", "займ", "займ id",
               "id займа", "номер договора", "договор", "договор номер", "номер кредита", "код займа",
               "лицевой счет"),
    ),
    Target(
        key="borrower_id", type="id", required=True, limit=64,
        title=Text("Borrower id", "Номер заёмщика"),
        help=Text("The person's id in your core system; loans with the same one belong to one person.",
                  "Номер клиента в вашей учётной системе; займы с одинаковым номером — у одного человека."),
        names=("borrower id", "borrower", "client id", "client", "customer id", "customer", "person id",
               "номер заемщика", "заемщик id", "id заемщика", "id клиента", "клиент id", "номер клиента",
               "код клиента", "код заемщика"),
    ),
    Target(
        key="principal", type="money", required=True, limit=MAX_KOPECKS,
        title=Text("Amount lent", "Сумма займа"),
        help=Text("What was lent, or the limit of a card.", "Сколько выдано, для карты — лимит."),
        names=("principal", "amount lent", "loan amount", "amount", "limit", "limit bal", "credit limit",
               "issued amount", "сумма займа", "сумма кредита", "сумма договора", "сумма выдачи", "выдано",
               "тело займа", "лимит", "основной долг при выдаче"),
    ),
    Target(
        key="balance", type="money", required=True, limit=MAX_KOPECKS,
        title=Text("Owed now", "Весь долг"),
        help=Text("All that is owed today: principal, interest and fines.",
                  "Всё, что человек должен сегодня: тело, проценты, штрафы."),
        names=("balance", "owed", "owed now", "debt", "total debt", "outstanding", "current balance", "долг",
               "весь долг", "общий долг", "сумма долга", "задолженность", "общая задолженность", "остаток",
               "остаток долга", "остаток задолженности", "баланс"),
    ),
    Target(
        key="overdue", type="money", required=False, limit=MAX_KOPECKS,
        title=Text("Overdue", "Просрочено"),
        help=Text("What of it has fallen due. Without a column: the whole debt when there is DPD, else nothing.",
                  "Какая часть долга просрочена. Без столбца: весь долг, если есть дни просрочки, иначе ноль."),
        names=("overdue", "overdue amount", "past due", "past due amount", "arrears", "просрочка", "просрочено",
               "сумма просрочки", "просроченный долг", "просроченная задолженность",
               "сумма просроченной задолженности"),
    ),
    Target(
        key="dpd", type="days", required=False, limit=36_500,
        title=Text("Days past due", "Дней просрочки"),
        help=Text("Whole days; a month counts as 30. A mirrored loan keeps this number.",
                  "Целое число дней; месяц считается за 30. Займ из учётной системы хранит это число как есть."),
        names=("dpd", "days past due", "days overdue", "overdue days", "delinquency days", "дней просрочки",
               "дни просрочки", "количество дней просрочки", "кол во дней просрочки", "срок просрочки"),
    ),
    Target(
        key="overdue_since", type="day", required=False,
        title=Text("Overdue since", "Просрочка с"),
        help=Text("The day the oldest unpaid instalment fell due.", "Дата самого старого неоплаченного платежа."),
        names=("overdue since", "overdue from", "default date", "дата просрочки", "дата начала просрочки",
               "дата выхода на просрочку", "просрочка с", "начало просрочки"),
    ),
    Target(
        key="issued_on", type="day", required=False,
        title=Text("Issued on", "Дата выдачи"),
        help=Text("The day the money was given.", "День, когда деньги выданы."),
        names=("issued on", "issued", "issue date", "loan date", "start date", "opened", "open date", "дата выдачи",
               "дата займа", "дата договора", "дата кредита", "выдан", "дата заключения"),
    ),
    Target(
        key="product", type="id", required=False, limit=64,
        title=Text("Product code", "Код продукта"),
        help=Text("A code that is not known yet makes a new product.", "Незнакомый код создаст новый продукт."),
        names=("product", "product code", "product id", "loan type", "продукт", "код продукта", "тип займа",
               "вид займа", "тип кредита"),
    ),
    Target(
        key="product_name", type="text", required=False,
        title=Text("Product name", "Название продукта"),
        help=Text("Name for a product that is made; its code without one.",
                  "Название для нового продукта; без него — код."),
        names=("product name", "название продукта", "наименование продукта"),
    ),
    Target(
        key="product_kind", type="choice", required=False, choices=_KINDS,
        title=Text("Kind of product", "Вид продукта"),
        help=Text("annuity, bullet or revolving, for a product that is made; annuity without one.",
                  "annuity, bullet или revolving для нового продукта; если не указан — annuity."),
        names=("product kind", "вид продукта"),
    ),
    Target(
        key="state", type="choice", required=False, choices=_STATES,
        title=Text("State", "Состояние"),
        help=Text("open, closed, sold or written_off; open without a column.",
                  "open, closed, sold или written_off; без столбца займ открыт."),
        names=("state", "status", "loan status", "состояние", "статус", "статус займа", "статус договора"),
    ),
    Target(
        key="channel", type="choice", required=False, choices=_CHANNELS,
        title=Text("Channel of issue", "Канал выдачи"),
        help=Text("office, site, app or partner.", "office, site, app или partner."),
        names=("channel", "issue channel", "канал", "канал выдачи", "канал продаж"),
    ),
    Target(
        key="next_due_on", type="day", required=False,
        title=Text("Next payment on", "Дата следующего платежа"),
        help=Text("The next day on which money falls due.", "Ближайшая дата, когда нужно платить."),
        names=("next due on", "next due", "next payment date", "due date", "дата следующего платежа",
               "дата ближайшего платежа", "дата очередного платежа"),
    ),
    Target(
        key="next_due_amount", type="money", required=False, limit=MAX_KOPECKS,
        title=Text("Next payment", "Следующий платёж"),
        help=Text("How much falls due then.", "Сколько нужно заплатить в эту дату."),
        names=("next due amount", "next payment amount", "next payment", "сумма следующего платежа",
               "сумма ближайшего платежа", "следующий платеж", "очередной платеж"),
    ),
    Target(
        key="risk_score", type="number", required=False, limit=1000,
        title=Text("Risk score", "Скоринговый балл"),
        help=Text("0 to 1000, higher is safer.", "От 0 до 1000, чем выше, тем надёжнее."),
        names=("risk score", "score", "скоринг", "скоринговый балл", "балл"),
    ),
    Target(
        key="risk_group", type="text", required=False, limit=10,
        title=Text("Risk group", "Группа риска"),
        help=Text("A letter or a short code.", "Буква или короткий код."),
        names=("risk group", "risk grade", "grade", "группа риска", "риск группа"),
    ),
    Target(
        key="debt_burden", type="number", required=False, limit=100_000,
        title=Text("Debt burden, %", "ПДН, %"),
        help=Text("Payments on all debts as a share of income, whole per cent.",
                  "Доля дохода, которая уходит на долги, целых процентов."),
        names=("debt burden", "pti", "dti", "пдн", "долговая нагрузка"),
    ),
    Target(
        key="servicing", type="choice", required=False, choices=_SERVICING,
        title=Text("Who keeps the balances", "Кто ведёт расчёты"),
        help=Text("core: balances and DPD come with every file; kaskad: DPD grows here by “overdue since”. New loans "
                  "are core without it.",
                  "core — долг и просрочка приходят с каждым файлом; kaskad — просрочка растёт здесь от даты её "
                  "начала. Без указания новые займы — core."),
        names=("servicing",),
    ),
    Target(
        key="full_name", type="text", required=False,
        title=Text("Full name", "ФИО"),
        help=Text("The borrower's name.", "Фамилия, имя и отчество заёмщика."),
        names=("full name", "name", "borrower name", "client name", "customer name", "fio", "фио", "ф и о",
               "фио клиента", "фио заемщика", "заемщик", "клиент", "имя"),
    ),
    Target(
        key="birth_date", type="day", required=False,
        title=Text("Birth date", "Дата рождения"),
        help=Text("The borrower's day of birth.", "День рождения заёмщика."),
        names=("birth date", "date of birth", "birthday", "dob", "дата рождения", "день рождения"),
    ),
    Target(
        key="phone", type="phone", required=False, limit=32,
        title=Text("Phone", "Телефон"),
        help=Text("Any usual spelling; kept as +7…", "В любом привычном виде; хранится как +7…"),
        names=("phone", "phone number", "mobile", "mobile phone", "tel", "телефон", "номер телефона", "мобильный",
               "мобильный телефон", "телефон мобильный", "контактный телефон"),
    ),
    Target(
        key="email", type="email", required=False,
        title=Text("E-mail", "E-mail"),
        help=Text("The borrower's address.", "Адрес электронной почты заёмщика."),
        names=("email", "e mail", "mail", "почта", "электронная почта", "эл почта"),
    ),
    Target(
        key="messenger", type="text", required=False, limit=64,
        title=Text("Messenger", "Мессенджер"),
        help=Text("The address in a messenger.", "Адрес в мессенджере."),
        names=("messenger", "telegram", "мессенджер", "телеграм"),
    ),
    Target(
        key="postal_address", type="text", required=False, limit=250,
        title=Text("Postal address", "Почтовый адрес"),
        help=Text("Where letters go: index, place, street, house.", "Куда идут письма: индекс, город, улица, дом."),
        names=("postal address", "address", "home address", "mailing address", "адрес", "почтовый адрес",
               "адрес проживания", "адрес регистрации", "адрес для писем"),
    ),
    Target(
        key="region", type="region", required=False,
        title=Text("Region", "Регион"),
        help=Text("ISO code (RU-SVE) or name; it gives the borrower's time zone.",
                  "Код ISO (RU-SVE) или название; по региону определяется часовой пояс."),
        names=("region", "region code", "регион", "субъект", "субъект рф", "область", "регион проживания"),
    ),
    Target(
        key="language", type="choice", required=False, choices=_LANGUAGES,
        title=Text("Language", "Язык"),
        help=Text("ru or en: the language that the borrower is written to in.",
                  "ru или en: на каком языке писать заёмщику."),
        names=("language", "lang", "locale", "язык", "язык общения"),
    ),
    Target(
        key="contact_stop", type="text", required=False, limit=40,
        title=Text("Contact forbidden because", "Почему нельзя беспокоить"),
        help=Text("bankruptcy, refusal, …; empty: allowed. No file lifts a stop that was set before.",
                  "bankruptcy, refusal, …; пусто — можно. Ранее поставленный запрет файл не снимает."),
        names=("contact stop", "do not contact", "запрет контакта", "запрет взаимодействия"),
    ),
)  # fmt: skip

_PAYMENTS = (
    Target(
        key="external_id", type="id", required=True, limit=64,
        title=Text("Payment id", "Номер платежа"),
        help=Text("The id in your core system: the same payment is never recorded twice.",
                  "Номер в вашей учётной системе: один платёж не запишется дважды."),
        names=("external id", "id", "payment id", "payment", "payment number", "transaction", "transaction id",
               "operation", "operation id", "номер платежа", "id платежа", "платеж id", "код платежа",
               "номер операции", "id операции", "номер транзакции"),
    ),
    Target(
        key="loan_id", type="id", required=True, limit=64,
        title=Text("Loan id", "Номер займа"),
        help=Text("The id of a loan that is known already.", "Номер займа, который уже есть в реестре."),
        names=("loan id", "loan", "loan number", "loan external id", "contract", "contract id", "contract number",
               "account", "account id", "номер займа", "займ", "id займа", "займ id", "номер договора", "договор",
               "номер кредита", "лицевой счет"),
    ),
    Target(
        key="amount", type="money", required=True, limit=MAX_AMOUNT, positive=True,
        title=Text("Amount", "Сумма"),
        help=Text("What came in, above 0.", "Сколько поступило, больше нуля."),
        names=("amount", "sum", "payment amount", "paid", "paid amount", "сумма", "сумма платежа", "сумма оплаты",
               "оплачено"),
    ),
    Target(
        key="paid_at", type="instant", required=True,
        title=Text("Paid on", "Дата платежа"),
        help=Text("A day, or a day with a time. A day alone counts until its end.",
                  "Дата или дата со временем. Дата без времени считается до конца дня."),
        names=("paid at", "paid on", "payment date", "date", "date paid", "payment time", "дата", "дата платежа",
               "дата оплаты", "оплачен", "дата операции", "дата поступления"),
    ),
)  # fmt: skip

_PERSON = (
    "full_name",
    "birth_date",
    "phone",
    "email",
    "messenger",
    "postal_address",
    "region",
    "language",
    "contact_stop",
)
_BORROWERS = (
    replace(
        next(target for target in _LOANS if target.key == "borrower_id"), key="external_id",
        help=Text("The person's id in your core system: the same id again updates the person.",
                  "Номер клиента в вашей учётной системе: тот же номер обновит данные, а не создаст нового."),
    ),
    *(target for target in _LOANS if target.key in _PERSON),
)  # fmt: skip

_LOAN_OF_PAYMENT = next(target for target in _PAYMENTS if target.key == "loan_id")
_SIGNALS = (
    Target(
        key="external_id", type="id", required=True, limit=100,
        title=Text("Event id", "Номер события"),
        help=Text("The id in your system: the same event is never noted twice.",
                  "Номер в вашей системе: одно событие не запишется дважды."),
        names=("external id", "id", "signal id", "signal", "key", "event id", "event", "номер сигнала", "id сигнала",
               "номер события", "id события"),
    ),
    _LOAN_OF_PAYMENT,
    Target(
        key="kind", type="choice", required=True,
        choices={
            key: (title.en, title.ru) for key, title in SIGNAL_KINDS.items()
            if key not in RECORDED
        },
        title=Text("What happened", "Что произошло"),
        help=Text("The kind of event, by its name or its key. Payments, promises and answers to offers come their own "
                  "way.",
                  "Вид события: название или код. Платежи, обещания и ответы на предложения передаются отдельно."),
        names=("kind", "type", "event type", "signal kind", "вид сигнала", "событие", "вид события", "тип события"),
    ),
    Target(
        key="data", type="document", required=False,
        title=Text("Details", "Подробности"),
        help=Text('A JSON object; news of bureau and bailiffs may say {"state": …}.',
                  'Объект JSON; новости бюро и приставов могут сообщать {"state": …}.'),
        names=("data", "details", "json", "подробности"),
    ),
)  # fmt: skip

TARGETS: Mapping[str, tuple[Target, ...]] = {
    "loans": _LOANS,
    "borrowers": _BORROWERS,
    "payments": _PAYMENTS,
    "signals": _SIGNALS,
}


def targets_of(kind: str) -> dict[str, Target]:
    """The targets of a kind of file by key; empty for a kind that is not known."""
    return {target.key: target for target in TARGETS.get(kind, ())}
