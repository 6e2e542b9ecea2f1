"""Robot call."""

from __future__ import annotations

from scenario_engine.nodes.contact import ContactNode
from scenario_engine.texts import Text


class RobotCall(ContactNode):
    """Has a robot call the borrower and read the text out. It counts as a direct contact, like an operator's call.

    The robot must say that it is one, and who is calling. Example: a reminder where SMS did not help.
    """

    key = "robot_call"
    title = Text("Robot call", "Звонок робота")
    icon = "robot"
    help_ru = (
        "Робот звонит заёмщику и зачитывает текст. Это непосредственное взаимодействие, как и звонок оператора.\n\n"
        "Робот обязан сказать, что он робот, и от чьего имени звонит. Пример: напоминание, когда SMS не помогли."
    )
    contact_kind = "call"
    channel = "robot_call"
    address = "phone"
    defaults = {
        "template": "Здравствуйте! Это автоматический звонок {{ creditor_name }}. По вашему займу просрочено "
        "{{ overdue }}. Телефон для связи: {{ creditor_phone }}."
    }
