"""The page of users, without the search by points in time whose form field is on its way out of WTForms."""

from __future__ import annotations

from flask_appbuilder.security.views import UserDBModelView


class AccountsView(UserDBModelView):  # type: ignore[misc]
    """Users; the rights are those of Flask-AppBuilder's own page."""

    class_permission_name = "UserDBModelView"
    search_columns = ["username", "first_name", "last_name", "email", "active", "roles", "groups"]
