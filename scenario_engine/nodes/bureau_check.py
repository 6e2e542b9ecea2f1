"""Ask the credit bureau."""

from __future__ import annotations

from scenario_engine.nodes.inquiry import InquiryNode
from scenario_engine.texts import Text


class BureauCheck(InquiryNode):
    """Asks the credit bureau for the borrower's report and compares it with the one before. The case goes on at once;
    when it got worse or better that comes as “News from the credit bureau”. Without the borrower's consent nobody is
    asked, and the inquiry says so.

    Example: every thirty days while the loan is late.
    """

    key = "bureau_check"
    title = Text("Ask the credit bureau", "Запрос в бюро")
    icon = "building-bank"
    help_ru = (
        "Запрашивает кредитный отчёт заёмщика и сравнивает с прошлым. Дело сразу идёт дальше; если стало хуже или "
        "лучше, придёт событие «Новость из бюро кредитных историй». Без согласия заёмщика запрос не уходит, и это "
        "видно в списке запросов.\n\n"
        "Пример: раз в тридцать дней, пока займ в просрочке."
    )
    subject = "bureau"
