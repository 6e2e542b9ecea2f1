"""Ask the bailiffs."""

from __future__ import annotations

from scenario_engine.nodes.inquiry import InquiryNode
from scenario_engine.texts import Text


class BailiffCheck(InquiryNode):
    """Asks the bailiffs' register about the borrower. The case goes on at once; what is new comes as “News from the
    bailiffs” and becomes the loan's state, which conditions read.

    Example: ask, then wait three days for the news; without any the state is what it was.
    """

    key = "bailiff_check"
    title = Text("Ask the bailiffs", "Запрос приставам")
    icon = "gavel"
    help_ru = (
        "Спрашивает о заёмщике в базе судебных приставов. Дело сразу идёт дальше; если в ответе есть новое, оно придёт "
        "событием «Новость от судебных приставов» и станет состоянием займа, которое видят условия.\n\n"
        "Пример: запросить и три дня ждать новости; если её нет — ничего не изменилось."
    )
    subject = "bailiff"
