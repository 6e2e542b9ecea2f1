"""One table from what can go wrong to an HTTP status, and the shape in which the API says it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from flask import jsonify
from flask.wrappers import Response
from flask_jwt_extended.exceptions import JWTExtendedException
from flask_wtf.csrf import CSRFError
from jwt.exceptions import PyJWTError
from marshmallow import ValidationError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from console.context import settings
from console.language import reader_language
from scenario_engine import errors
from scenario_engine.database import Failure, failure_of
from scenario_engine.texts import Text

log = logging.getLogger(__name__)


class Unauthenticated(errors.KaskadError):
    """Nobody is signed in."""

    code = "unauthenticated"


class BadRequest(errors.KaskadError):
    """The request cannot be read at all: not JSON, no file, …"""

    code = "bad_request"


class TooLarge(errors.KaskadError):
    """More was sent than this installation takes."""

    code = "too_large"

    def __init__(self, megabytes: int) -> None:
        """`megabytes` is the most that is taken."""
        super().__init__(
            Text(
                f"The file is too large: at most {megabytes} MB. Split it, or bring it in on the command line.",
                f"Файл слишком велик: можно не больше {megabytes} МБ. Разделите его или загрузите из командной строки.",
            )
        )


#: the first class that fits decides
STATUS: tuple[tuple[type[Exception], int], ...] = (
    (Unauthenticated, 401),
    (BadRequest, 400),
    (TooLarge, 413),
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Forbidden, 403),
    (errors.Invalid, 422),
    (errors.KaskadError, 400),
    (ValidationError, 422),
    (JWTExtendedException, 401),
    (PyJWTError, 401),
    (CSRFError, 400),
    (OperationalError, 503),
    (IntegrityError, 409),
    (DataError, 422),
    (OverflowError, 422),
    (UnicodeEncodeError, 422),
    (RecursionError, 422),
)

_SAID: tuple[tuple[type[Exception], str, Text], ...] = (
    (ValidationError, "invalid", Text("Some fields are wrong.", "Некоторые поля заполнены неверно.")),
    (
        JWTExtendedException,
        "unauthenticated",
        Text(
            "The token is missing, wrong or too old. Get a new one.",
            "Токена нет, он неверен или устарел. Получите новый.",
        ),
    ),
    (
        PyJWTError,
        "unauthenticated",
        Text("The token is wrong or too old. Get a new one.", "Токен неверен или устарел. Получите новый."),
    ),
    (
        CSRFError,
        "csrf",
        Text(
            "The request does not carry the token of your session. Reload the page.",
            "В запросе нет токена вашего сеанса. Обновите страницу.",
        ),
    ),
    (
        OperationalError,
        "busy",
        Text("The database is busy. Try again in a moment.", "База данных занята. Повторите чуть позже."),
    ),
    (
        IntegrityError,
        "conflict",
        Text(
            "Somebody changed the same thing at the same moment. Reload and try again.",
            "Кто-то изменил то же самое в этот же момент. Обновите страницу и повторите.",
        ),
    ),
    (
        Exception,
        "invalid",
        Text("A value is outside of what can be stored.", "Значение нельзя сохранить: оно вне допустимых пределов."),
    ),
)

_HTTP: dict[int, tuple[str, Text]] = {
    400: ("bad_request", Text("The request cannot be read.", "Запрос не удалось прочитать.")),
    401: ("unauthenticated", Text("Sign in first.", "Сначала войдите в систему.")),
    403: ("forbidden", Text("You may not do this.", "У вас нет на это прав.")),
    404: ("not_found", Text("There is no such thing.", "Такого объекта нет.")),
    405: ("method_not_allowed", Text("This address does not do that.", "По этому адресу такое действие невозможно.")),
    415: ("bad_request", Text("Send JSON.", "Отправьте данные в формате JSON.")),
    429: ("too_many", Text("Too many attempts. Wait a minute.", "Слишком много попыток. Подождите минуту.")),
    500: ("internal", Text("Something went wrong on our side.", "Что-то пошло не так на нашей стороне.")),
}

#: marshmallow's sentences, which it knows in English only
_FIELD_WORDS: tuple[tuple[str, Text], ...] = (
    (r"Missing data for required field\.", Text("Fill this in.", "Заполните это поле.")),
    (r"Field may not be null\.", Text("Fill this in.", "Заполните это поле.")),
    (r"Unknown field\.", Text("There is no such field.", "Такого поля нет.")),
    (r"Not a valid integer\.", Text("Enter a whole number.", "Введите целое число.")),
    (r"Not a valid string\.", Text("Enter text.", "Введите текст.")),
    (r"Not a valid boolean\.", Text("Enter yes or no.", "Укажите «да» или «нет».")),
    (r"Not a valid date\.", Text("Enter a day as YYYY-MM-DD.", "Введите дату в виде ГГГГ-ММ-ДД.")),
    (
        r"Not a valid (aware )?datetime\.",
        Text("Enter an instant in ISO 8601.", "Введите момент времени в формате ISO 8601."),
    ),
    (r"Not a valid mapping type\.", Text("Enter an object.", "Нужен объект.")),
    (r"Invalid input type\.", Text("Enter an object.", "Нужен объект.")),
    (r"Not a valid list\.", Text("Enter a list.", "Нужен список.")),
    (r"Must be one of: (.*)\.", Text(r"Choose one of: {0}.", r"Выберите одно из: {0}.")),
    (
        r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\.",
        Text("Enter a number from {0} to {1}.", "Введите число от {0} до {1}."),
    ),
    (r"Must be greater than or equal to (\S+)\.", Text("Enter at least {0}.", "Введите не меньше {0}.")),
    (
        r"Length must be between (\d+) and (\d+)\.",
        Text("Use {0} to {1} characters.", "Длина — от {0} до {1} символов."),
    ),
    (r"Longer than maximum length (\d+)\.", Text("Use at most {0} characters.", "Не больше {0} символов.")),
)


#: what a person reads when the database itself is the trouble, whatever class the driver gives it
_DATABASE: dict[Failure, tuple[str, Text]] = {
    Failure.READ_ONLY: (
        "read_only",
        Text(
            "The database takes no changes at the moment. Nothing was saved or lost; tell an administrator.",
            "База данных сейчас не принимает изменений. Ничего не сохранено и ничего не потеряно; сообщите"
            " администратору.",
        ),
    ),
    Failure.FULL: (
        "full",
        Text(
            "The database has no room left. Nothing was saved; tell an administrator.",
            "В базе данных кончилось место. Ничего не сохранено; сообщите администратору.",
        ),
    ),
    Failure.LOST: (
        "unreachable",
        Text(
            "The database cannot be reached. Nothing was saved; try again in a moment.",
            "База данных недоступна. Ничего не сохранено; повторите чуть позже.",
        ),
    ),
    Failure.TIMEOUT: (
        "busy",
        Text("This took too long. Try again later.", "Это заняло слишком много времени. Повторите позже."),
    ),
    Failure.CONFLICT: (
        "busy",
        Text("The database is busy. Try again in a moment.", "База данных занята. Повторите чуть позже."),
    ),
}


def database_trouble(error: Exception) -> tuple[str, Text] | None:
    """Code and words for an error that is the database's own trouble; None for any other."""
    return _DATABASE.get(failure_of(error)) if isinstance(error, DBAPIError) else None


def status_of(error: Exception) -> int:
    """The HTTP status for an error; 500 for one that nobody foresaw."""
    if database_trouble(error) is not None:
        return 503
    if isinstance(error, HTTPException) and not isinstance(error, CSRFError):
        return error.code or 500
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def answer_error(error: Exception, **more: Any) -> Response:
    """The error as JSON, in the reader's language; `more` is put beside it."""
    if isinstance(error, RequestEntityTooLarge):
        error = TooLarge(settings().upload_megabytes)
    status = status_of(error)
    if status == 500:
        log.error("unforeseen error", exc_info=error)
    elif status == 503:
        log.warning("database busy: %s", error)
    response = jsonify({"error": _describe(error, status, reader_language()), **more})
    response.status_code = status
    if status == 503:
        response.headers["Retry-After"] = "1"
    return response


def _describe(error: Exception, status: int, language: str) -> dict[str, Any]:
    problems: list[dict[str, Any]] = []
    if isinstance(error, errors.KaskadError):
        code, text = error.code, error.text
        problems = [problem.as_dict(language) for problem in error.problems]
    elif (trouble := database_trouble(error)) is not None:
        code, text = trouble
    elif status in _HTTP and (status == 500 or (isinstance(error, HTTPException) and not isinstance(error, CSRFError))):
        code, text = _HTTP[status]
    elif isinstance(error, HTTPException) and not isinstance(error, CSRFError):
        code, text = "http", Text(error.name, error.name)
    else:
        code, text = next((code, text) for kind, code, text in _SAID if isinstance(error, kind))
    if isinstance(error, ValidationError):
        problems = [problem.as_dict(language) for problem in _field_problems(error.messages)]
    return {"code": code, "message": text.say(language), "problems": problems}


def _field_problems(messages: Any, path: str = "") -> Iterator[errors.Problem]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _field_problems(inner, path if key == "_schema" else f"{path}.{key}".strip("."))
    elif isinstance(messages, list):
        for message in messages:
            yield errors.Problem(code="field", text=_say_field(str(message)), field=path or None)
    else:
        yield errors.Problem(code="field", text=_say_field(str(messages)), field=path or None)


def _say_field(message: str) -> Text:
    for pattern, text in _FIELD_WORDS:
        match = re.fullmatch(pattern, message)
        if match:
            return Text(*(sentence.format(*match.groups()) for sentence in text))
    return Text(message, message)
