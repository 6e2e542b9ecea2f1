"""The pages of users, roles and groups: Flask-AppBuilder's, in our words and with less on them."""

from __future__ import annotations

from collections.abc import Iterable

from flask_appbuilder.security.views import UserDBModelView

from console.language import lazy, reader_language
from console.words import WORDS

_LABELS = {
    name: lazy(WORDS[word])
    for name, word in (
        ("username", "username"),
        ("first_name", "first_name"),
        ("last_name", "last_name"),
        ("active", "active"),
        ("email", "email"),
        ("roles", "roles"),
        ("groups", "groups"),
        ("login_count", "login_count"),
        ("password", "password"),
        ("conf_password", "password_again"),
    )
}


def _names(things: Iterable[object]) -> str:
    return ", ".join(map(str, things)) or "—"


def yes_no(value: bool | None) -> str:
    """A truth value in the reader's language."""
    return WORDS["yes" if value else "no"].say(reader_language())


class AccountsView(UserDBModelView):
    """Users; the rights are those of Flask-AppBuilder's own page.

    The search leaves out points in time: their form field is on its way out of WTForms.
    """

    class_permission_name = "UserDBModelView"
    list_title = lazy(WORDS["users"])
    list_columns = ["username", "first_name", "last_name", "email", "active", "roles", "groups"]
    search_columns = ["username", "first_name", "last_name", "email", "active", "roles", "groups"]
    label_columns = _LABELS
    description_columns = {
        "username": "",
        "groups": lazy(WORDS["groups_help"]),
        "active": lazy(WORDS["active_help"]),
    }
    formatters_columns = {"roles": _names, "groups": _names, "active": yes_no}
