"""The scenarios of the demo: documents that anybody could have drawn in the builder."""

from __future__ import annotations

from typing import Any

from console.cli.sketch import rule, sketch
from scenario_engine import library

_SIGNED = "{{ creditor_name }}, {{ creditor_phone }}"
_CALL_RESULTS = [
    {"key": "promised", "title": "Обещал оплатить", "needs": "promise"},
    {"key": "refused", "title": "Отказался платить"},
    {"key": "not_reached", "title": "Не дозвонились"},
]


def demo_documents() -> dict[str, dict[str, Any]]:
    """Documents by the key of their scenario, each with the templates of the library that it names."""
    drawn = {
        "reminder": _reminder(),
        "soft-1-30": _soft(),
        "broken-promise": _broken_promise(),
        "middle-31-90": _middle(),
    }
    for document in drawn.values():
        document[library.SECTION] = library.shipped({key for key, _number in library.named_in(document)}, "ru")
    return drawn


def _reminder() -> dict[str, Any]:
    return sketch(
        "Напоминание до платежа",
        {
            "entry": (
                "entry.segment",
                "Платёж через 2 дня",
                {"rule": rule(("dpd", "=", 0), ("days_to_next_due", "=", 2))},
            ),
            "lot": (
                "split",
                "Проверяем пользу",
                {
                    "arms": [
                        {"key": "remind", "title": "Напомнить", "weight": 80},
                        {"key": "silent", "title": "Не напоминать", "weight": 20, "holdout": True},
                    ]
                },
            ),
            "sms": (
                "sms",
                "Напоминание",
                {"library": {"key": "due-sms", "revision": 1}},
            ),
            "wait": ("wait.duration", "До платежа", {"days": 4}),
            "late": ("condition", "Просрочил?", {"rule": rule(("dpd", ">", 0))}),
            "missed": ("exit", "Просрочил", {"reason": "Напоминание не помогло"}),
            "fine": ("goal", "Платит вовремя", {"name": "Платёж без просрочки"}),
        },
        [
            ("entry", "next", "lot"),
            ("lot", "remind", "sms"),
            ("lot", "silent", "wait"),
            ("sms", "sent", "wait"),
            ("sms", "blocked", "wait"),
            ("wait", "next", "late"),
            ("late", "yes", "missed"),
            ("late", "no", "fine"),
        ],
        track="reminder",
        priority=20,
        reentry={"after_days": 20},
        goal={"kind": "none"},
    )


def _soft() -> dict[str, Any]:
    return sketch(
        "Мягкое взыскание 1–30",
        {
            "entry": ("entry.segment", "Просрочка 1–30 дней", {"rule": rule(("dpd", "between", "1,30"))}),
            "tone": (
                "split",
                "Какой текст лучше",
                {
                    "arms": [
                        {"key": "soft", "title": "Мягкий", "weight": 50},
                        {"key": "firm", "title": "Строгий", "weight": 50},
                    ]
                },
            ),
            "soft_sms": (
                "sms",
                "Мягкое SMS",
                {"library": {"key": "overdue-gentle", "revision": 1}},
            ),
            "firm_sms": (
                "sms",
                "Строгое SMS",
                {"library": {"key": "overdue-plain", "revision": 1}},
            ),
            "wait": (
                "wait.signal",
                "Ждём платёж",
                {"signal_kinds": ["payment_received", "partial_payment"], "timeout": {"days": 3}},
            ),
            "more": ("condition", "Долг больше 3 000 ₽?", {"rule": rule(("overdue", ">", 300_000))}),
            "robot": (
                "robot_call",
                "Звонок робота",
                {"library": {"key": "overdue-robot", "revision": 1}},
            ),
            "pause": ("wait.duration", "Ещё 2 дня", {"days": 2}),
            "call": (
                "task",
                "Звонок оператора",
                {
                    "title": "Позвонить: мягкая стадия",
                    "instruction": "Узнайте причину просрочки и договоритесь о дате оплаты.",
                    "queue": "soft",
                    "dispositions": _CALL_RESULTS,
                    "expires": {"days": 2},
                },
            ),
            "promise": (
                "wait.signal",
                "Ждём обещанное",
                {"signal_kinds": ["promise_kept", "promise_broken"], "separate": True, "timeout": {"days": 10}},
            ),
            "kept": ("goal", "Обещание выполнено", {"name": "Обещание выполнено"}),
            "end": ("exit", "Дальше — следующая стадия", {"reason": "Мягкая стадия пройдена"}),
        },
        [
            ("entry", "next", "tone"),
            ("tone", "soft", "soft_sms"),
            ("tone", "firm", "firm_sms"),
            ("soft_sms", "sent", "wait"),
            ("soft_sms", "blocked", "wait"),
            ("firm_sms", "sent", "wait"),
            ("firm_sms", "blocked", "wait"),
            ("wait", "received", "pause"),
            ("wait", "timeout", "more"),
            ("more", "yes", "call"),
            ("more", "no", "robot"),
            ("robot", "sent", "pause"),
            ("robot", "blocked", "pause"),
            ("call", "promised", "promise"),
            ("call", "refused", "end"),
            ("call", "not_reached", "pause"),
            ("call", "expired", "pause"),
            ("promise", "promise_kept", "kept"),
            ("promise", "promise_broken", "end"),
            ("promise", "timeout", "end"),
            ("pause", "next", "end"),
        ],
        priority=10,
        reentry={"after_days": 14},
        holdout_percent=5,
    )


def _broken_promise() -> dict[str, Any]:
    return sketch(
        "Обещание нарушено",
        {
            "entry": ("entry.signal", "Обещание нарушено", {"signal_kind": "promise_broken"}),
            "morning": ("wait.until", "Утром рабочего дня", {"mode": "working", "at": "10:00", "until": "18:00"}),
            "call": (
                "task",
                "Почему не оплатили",
                {
                    "title": "Позвонить: обещание нарушено",
                    "instruction": "Выясните, что помешало, и предложите продление.",
                    "queue": "promises",
                    "priority": 2,
                    "dispositions": [
                        {"key": "promised", "title": "Обещал снова", "needs": "promise"},
                        {"key": "extend", "title": "Хочет продление"},
                        {"key": "refused", "title": "Отказался"},
                    ],
                    "expires": {"days": 3},
                },
            ),
            "offer": ("offer", "Продление на 14 дней", {"kind": "prolongation", "size": 14, "valid_days": 5}),
            "agreed": ("goal", "Договорились", {"name": "Договорились о продлении"}),
            "end": ("exit", "Без результата", {"reason": "Договориться не удалось"}),
            "wait": ("exit", "Новое обещание", {"reason": "Есть новое обещание"}),
        },
        [
            ("entry", "next", "morning"),
            ("morning", "next", "call"),
            ("call", "promised", "wait"),
            ("call", "extend", "offer"),
            ("call", "refused", "end"),
            ("call", "expired", "end"),
            ("offer", "accepted", "agreed"),
            ("offer", "declined", "end"),
            ("offer", "expired", "end"),
        ],
        track="promises",
        priority=5,
        reentry={"after_days": 10},
    )


def _middle() -> dict[str, Any]:
    hard = {"key": "hard", "title": "Высокий риск", "rule": rule(("risk_score", "<", 400))}
    large = {"key": "large", "title": "Долг от 30 000 ₽", "rule": rule(("overdue", ">=", 3_000_000))}
    return sketch(
        "Средняя стадия 31–90",
        {
            "entry": ("entry.segment", "Просрочка 31–90 дней", {"rule": rule(("dpd", "between", "31,90"))}),
            "stop": ("restrict_lending", "Новых займов не давать", {"reason": "Просрочка больше 30 дней"}),
            "kind": ("switch", "Кому что", {"branches": [hard, large]}),
            "email": (
                "email",
                "Письмо с условиями",
                {
                    "subject": "Займ {{ loan_number }}: просрочено {{ dpd }} дн.",
                    "template": "Здравствуйте, {{ first_name }}!\n\nПо займу просрочено {{ overdue }}. "
                    "Позвоните нам, мы подберём график.\n\n" + _SIGNED,
                },
            ),
            "discount": ("offer", "Скидка 15 %", {"kind": "discount", "size": 15, "valid_days": 7}),
            "call": (
                "task",
                "Звонок старшего оператора",
                {
                    "title": "Позвонить: средняя стадия",
                    "instruction": "Предложите рассрочку. Если откажется, предупредите о передаче юристам.",
                    "queue": "middle",
                    "priority": 3,
                    "dispositions": _CALL_RESULTS,
                    "expires": {"days": 3},
                },
            ),
            "sms": ("sms", "SMS без звонка", {"template": "{{ first_name }}, просрочено {{ overdue }}. " + _SIGNED}),
            "wait": ("wait.duration", "Пять дней", {"days": 5}),
            "agreed": ("goal", "Скидка принята", {"name": "Скидка принята"}),
            "mark": ("tag", "Метка для юристов", {"tag": "юристам"}),
            "end": ("exit", "К юристам", {"reason": "Передать юристам"}),
        },
        [
            ("entry", "next", "stop"),
            ("stop", "next", "kind"),
            ("kind", "hard", "call"),
            ("kind", "large", "email"),
            ("kind", "otherwise", "sms"),
            ("email", "sent", "discount"),
            ("email", "blocked", "discount"),
            ("email", "no_address", "call"),
            ("discount", "accepted", "agreed"),
            ("discount", "declined", "call"),
            ("discount", "expired", "call"),
            ("sms", "sent", "wait"),
            ("sms", "blocked", "wait"),
            ("sms", "no_address", "call"),
            ("wait", "next", "call"),
            ("call", "promised", "mark"),
            ("call", "refused", "mark"),
            ("call", "not_reached", "mark"),
            ("call", "expired", "mark"),
            ("mark", "next", "end"),
        ],
        priority=8,
        reentry={"after_days": 30},
    )
