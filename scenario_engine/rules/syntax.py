"""Reading a rule: react-querybuilder's JSON into a small tree of typed values, every problem at once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from scenario_engine.errors import Problem
from scenario_engine.rules.field import Field
from scenario_engine.rules.fields import FIELDS
from scenario_engine.rules.operators import ARITY, operators_of
from scenario_engine.texts import Text

#: groups inside groups, conditions and values in one rule
MAX_DEPTH = 20
MAX_RULES = 500
MAX_VALUES = 2_000
#: the largest number in a rule: ten trillion roubles in kopecks, and below the 64 bits of the databases
MAX_NUMBER = 10**15
MAX_TEXT = 250
#: keys that the editor adds and that say nothing about the meaning
_EDITOR_KEYS = frozenset({"id", "path"})
_GROUP_KEYS = frozenset({"combinator", "not", "rules"}) | _EDITOR_KEYS
_RULE_KEYS = frozenset({"field", "operator", "value", "valueSource"}) | _EDITOR_KEYS
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Value = int | str | bool | date


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One condition: field, operator, and as many typed values as the operator takes."""

    field: Field
    operator: str
    values: tuple[Value, ...]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Conditions joined by `and` or `or`, perhaps negated; no members: holds for every loan."""

    combinator: Literal["and", "or"]
    negated: bool
    members: tuple[Comparison | Group, ...]


class _WrongValueError(Exception):
    """A value that does not fit; carries what to tell."""

    def __init__(self, text: Text) -> None:
        self.text = text


class _Reader:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.rules = 0
        self.values = 0

    def problem(self, code: str, path: str, en: str, ru: str, **values: Any) -> None:
        self.problems.append(Problem(code=f"rule.{code}", field=path or None, text=Text(en, ru).format(**values)))

    def unknown_keys(self, raw: Mapping[Any, Any], allowed: frozenset[str], path: str) -> None:
        for key in raw:
            if key not in allowed:
                self.problem(
                    "key",
                    path,
                    "A rule has no property “{key}”: remove it.",
                    "У условия не бывает свойства «{key}»: уберите его.",
                    key=shown(key),
                )

    def group(self, raw: Any, path: str, depth: int) -> Group | None:
        if not isinstance(raw, Mapping):
            self.problem(
                "shape",
                path,
                "A group of conditions must be an object with “combinator” and “rules”.",
                "Группа условий — это объект со свойствами «combinator» и «rules».",
            )
            return None
        if depth > MAX_DEPTH:
            self.problem(
                "too_deep",
                path,
                "Groups are nested deeper than {n} levels: flatten the rule.",
                "Группы вложены глубже {n} уровней: упростите условие.",
                n=MAX_DEPTH,
            )
            return None
        before = len(self.problems)
        self.unknown_keys(raw, _GROUP_KEYS, path)
        combinator, negated, rules = raw.get("combinator"), raw.get("not", False), raw.get("rules")
        if combinator not in ("and", "or"):
            self.problem(
                "combinator",
                joined(path, "combinator"),
                "Conditions are joined by “and” or “or”, not by “{found}”.",
                "Условия соединяются через «and» или «or», а не «{found}».",
                found=shown(combinator),
            )
        if not isinstance(negated, bool):
            self.problem(
                "not",
                joined(path, "not"),
                "“not” must be true or false.",
                "Свойство «not» — это true или false.",
            )
        if not isinstance(rules, list):
            self.problem(
                "shape",
                joined(path, "rules"),
                "“rules” must be a list of conditions and groups.",
                "«rules» — это список условий и групп.",
            )
            return None
        if not rules and depth > 1:
            self.problem(
                "empty_group",
                path,
                "The group is empty: add a condition or remove the group.",
                "Группа пуста: добавьте условие или удалите группу.",
            )
        members: list[Comparison | Group] = []
        for index, member in enumerate(rules):
            place = joined(path, f"rules.{index}")
            if isinstance(member, Mapping) and ("rules" in member or "combinator" in member):
                read: Comparison | Group | None = self.group(member, place, depth + 1)
            else:
                self.rules += 1
                if self.rules > MAX_RULES:
                    break
                read = self.comparison(member, place)
            if read is not None:
                members.append(read)
        if len(self.problems) > before:
            return None
        return Group(combinator="or" if combinator == "or" else "and", negated=negated, members=tuple(members))

    def comparison(self, raw: Any, path: str) -> Comparison | None:
        if not isinstance(raw, Mapping):
            self.problem(
                "shape",
                path,
                "A condition must be an object with “field”, “operator” and “value”.",
                "Условие — это объект со свойствами «field», «operator» и «value».",
            )
            return None
        self.unknown_keys(raw, _RULE_KEYS, path)
        if raw.get("valueSource", "value") != "value":
            self.problem(
                "value_source",
                joined(path, "valueSource"),
                "A field is compared with a value only, not with another field.",
                "Поле сравнивается только со значением, не с другим полем.",
            )
        name, operator = raw.get("field"), raw.get("operator")
        field = FIELDS.get(name) if isinstance(name, str) else None
        if field is None:
            self.problem(
                "field",
                joined(path, "field"),
                "There is no field “{name}”: choose one from the list.",
                "Поля «{name}» нет: выберите поле из списка.",
                name=shown(name),
            )
            return None
        if not isinstance(operator, str) or operator not in operators_of(field):
            self.problem(
                "operator",
                joined(path, "operator"),
                "“{title}” cannot be compared by “{operator}”.",
                "Поле «{title}» нельзя сравнить оператором «{operator}».",
                title=field.title,
                operator=shown(operator),
            )
            return None
        try:
            values = read_values(field, operator, raw.get("value"))
        except _WrongValueError as wrong:
            self.problem("value", joined(path, "value"), "{text}", "{text}", text=wrong.text)
            return None
        self.values += len(values)
        return Comparison(field=field, operator=operator, values=values)


def read_rule(rule: Any) -> tuple[Group | None, list[Problem]]:
    """The rule as a tree, and what is wrong with it; the tree is None when anything is."""
    reader = _Reader()
    tree = reader.group(rule, "", 1)
    if reader.rules > MAX_RULES or reader.values > MAX_VALUES:
        reader.problem(
            "too_many",
            "",
            "The rule is too long: at most {rules} conditions and {values} values.",
            "Условие слишком длинное: не больше {rules} условий и {values} значений.",
            rules=MAX_RULES,
            values=MAX_VALUES,
        )
    return (None if reader.problems else tree), reader.problems


def comparisons(tree: Group) -> Iterator[Comparison]:
    """Every condition of the tree, in reading order."""
    for member in tree.members:
        if isinstance(member, Group):
            yield from comparisons(member)
        else:
            yield member


def read_values(field: Field, operator: str, raw: Any) -> tuple[Value, ...]:
    """The typed values of a condition; raises `_WrongValueError`."""
    arity = ARITY[operator]
    if arity == "none":
        return ()
    if arity == "one":
        return (read_value(field, raw),)
    parts = [part.strip() for part in raw.split(",")] if isinstance(raw, str) else raw
    if not isinstance(parts, list):
        raise _WrongValueError(Text("Give a list of values.", "Укажите список значений."))
    if arity == "two":
        if len(parts) != 2 or any(part in ("", None) for part in parts):
            raise _WrongValueError(Text("Give both ends of the range.", "Укажите обе границы диапазона."))
        low, high = (read_value(field, part) for part in parts)
        if low > high:  # type: ignore[operator]
            raise _WrongValueError(Text("The lower end is above the upper one.", "Нижняя граница больше верхней."))
        return low, high
    parts = [part for part in parts if part != ""]
    if not parts:
        raise _WrongValueError(
            Text(
                "The list is empty: choose at least one value.",
                "Список пуст: выберите хотя бы одно значение.",
            )
        )
    if len(parts) > MAX_VALUES:
        raise _WrongValueError(Text("The list is too long.", "Список слишком длинный."))
    return tuple(dict.fromkeys(read_value(field, part) for part in parts))


def read_value(field: Field, raw: Any) -> Value:
    """One typed value; raises `_WrongValueError`."""
    if field.type in ("number", "money"):
        return read_number(raw)
    if field.type == "boolean":
        if raw is True or raw == "true":
            return True
        if raw is False or raw == "false":
            return False
        raise _WrongValueError(Text("Choose yes or no.", "Выберите «да» или «нет»."))
    if field.type == "date":
        try:
            if isinstance(raw, str) and _DAY.fullmatch(raw):
                return date.fromisoformat(raw)
        except ValueError:
            pass
        raise _WrongValueError(
            Text("“{raw}” is not a date: write it as 2026-01-31.", "«{raw}» — не дата: нужен вид 2026-01-31.").format(
                raw=shown(raw)
            )
        )
    if not isinstance(raw, str) or not raw.strip():
        raise _WrongValueError(Text("Give a value.", "Укажите значение."))
    if len(raw) > MAX_TEXT or not storable(raw):
        raise _WrongValueError(
            Text(
                "The value is longer than {n} characters or has characters that cannot be stored.",
                "Значение длиннее {n} символов или содержит недопустимые символы.",
            ).format(n=MAX_TEXT)
        )
    if field.choices and raw not in {choice.key for choice in field.choices}:
        raise _WrongValueError(
            Text(
                "“{title}” has no value “{raw}”: choose one from the list.",
                "У поля «{title}» нет значения «{raw}»: выберите из списка.",
            ).format(title=field.title, raw=shown(raw))
        )
    return raw


def read_number(raw: Any) -> int:
    """A whole number out of JSON or out of the text of a form field; raises `_WrongValueError`."""
    found: int | None = None
    if isinstance(raw, int) and not isinstance(raw, bool):
        found = raw
    elif (isinstance(raw, float) and raw.is_integer()) or (isinstance(raw, str) and _WHOLE.fullmatch(raw.strip())):
        found = int(raw)
    if found is None:
        raise _WrongValueError(
            Text("“{raw}” is not a whole number.", "«{raw}» — не целое число.").format(raw=shown(raw))
        )
    if abs(found) > MAX_NUMBER:
        raise _WrongValueError(Text("The number is too large.", "Слишком большое число."))
    return found


def storable(text: str) -> bool:
    """Both databases take the text: no NUL, no half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def shown(raw: Any) -> str:
    """A piece of input, short and printable, for a message."""
    if raw is None or raw == "":
        return "…"
    text = raw if isinstance(raw, str) else repr(raw)[:200]
    return "".join(c if c.isprintable() else "·" for c in text[:60])


def joined(path: str, rest: str) -> str:
    """A dotted path, one step longer."""
    return f"{path}.{rest}" if path else rest
