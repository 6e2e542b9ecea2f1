"""The pages of users, roles and groups: Flask-AppBuilder's, in our words and with less on them."""

from __future__ import annotations

from collections.abc import Iterable

from flask_appbuilder.security.views import RoleModelView, UserDBModelView, UserGroupModelView
from flask_appbuilder.widgets import ListWidget, ShowWidget

from console.language import lazy, reader_language
from console.views.passwords import password_field, repeated_field
from console.views.role_words import right_names, role_name, role_names
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


_FIELDSETS = [
    (lazy(WORDS["account"]), {"fields": ["username", "active", "roles", "groups", "login_count"]}),
    (lazy(WORDS["person"]), {"fields": ["first_name", "last_name", "email"], "expanded": True}),
]


class AccountsView(UserDBModelView):
    """Users; the rights are those of Flask-AppBuilder's own page.

    The search leaves out points in time: their form field is on its way out of WTForms.
    """

    class_permission_name = "UserDBModelView"
    list_title = lazy(WORDS["users"])
    add_title = lazy(WORDS["add_user"])
    edit_title = lazy(WORDS["edit_user"])
    show_title = user_info_title = lazy(WORDS["account"])
    show_fieldsets = user_show_fieldsets = _FIELDSETS
    add_form_extra_fields = {"password": password_field(), "conf_password": repeated_field()}
    list_columns = ["username", "first_name", "last_name", "email", "active", "roles", "groups"]
    search_columns = ["username", "first_name", "last_name", "email", "active", "roles", "groups"]
    label_columns = _LABELS
    description_columns = {
        "username": "",
        "groups": lazy(WORDS["groups_help"]),
        "active": lazy(WORDS["active_help"]),
    }
    formatters_columns = {"roles": role_names, "groups": _names, "active": yes_no}


class RolesView(RoleModelView):
    """Roles, their rights in words; Flask-AppBuilder's own widgets of roles know no formatters."""

    class_permission_name = "RoleModelView"
    list_title = lazy(WORDS["roles"])
    show_title = lazy(WORDS["role"])
    list_widget = ListWidget
    show_widget = ShowWidget
    label_columns = {"name": lazy(WORDS["name"]), "permissions": lazy(WORDS["rights"])}
    search_columns = ["name"]
    related_views: list[type] = []
    formatters_columns = {"name": role_name, "permissions": right_names}


class GroupsView(UserGroupModelView):
    """Groups of users; one that has the name of a task queue is that queue."""

    class_permission_name = "UserGroupModelView"
    list_title = lazy(WORDS["groups"])
    show_title = lazy(WORDS["group"])
    add_title = lazy(WORDS["add_group"])
    edit_title = lazy(WORDS["edit_group"])
    label_columns = {
        "name": lazy(WORDS["name"]),
        "label": lazy(WORDS["label"]),
        "description": lazy(WORDS["description"]),
        "users": lazy(WORDS["users"]),
        "roles": lazy(WORDS["roles"]),
    }
    search_columns = ["name", "label", "users", "roles"]
    description_columns = {"name": lazy(WORDS["groups_help"])}
    formatters_columns = {"roles": role_names, "users": _names}
