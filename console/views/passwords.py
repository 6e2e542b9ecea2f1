"""The pages where a password is set: Flask-AppBuilder's, in our words and with our rule for its length."""

from __future__ import annotations

from flask_appbuilder.fieldwidgets import BS3PasswordFieldWidget
from flask_appbuilder.forms import DynamicForm
from flask_appbuilder.security.views import ResetMyPasswordView, ResetPasswordView
from wtforms import PasswordField
from wtforms.validators import DataRequired, EqualTo, Length

from console.language import lazy
from console.words import SHORTEST_PASSWORD, WORDS


def password_field() -> PasswordField:
    """A new password; says how long it must be."""
    return PasswordField(
        lazy(WORDS["password_new"]),
        description=lazy(WORDS["password_help"]),
        validators=[DataRequired(), Length(min=SHORTEST_PASSWORD, message=lazy(WORDS["password_short"]))],
        widget=BS3PasswordFieldWidget(),
    )


def repeated_field() -> PasswordField:
    """The same once more."""
    return PasswordField(
        lazy(WORDS["password_again"]),
        validators=[DataRequired(), EqualTo("password", message=lazy(WORDS["password_differs"]))],
        widget=BS3PasswordFieldWidget(),
    )


class NewPassword(DynamicForm):
    """A password, twice."""

    password = password_field()
    conf_password = repeated_field()


class OwnPasswordView(ResetMyPasswordView):
    """A person changes their own password."""

    class_permission_name = "ResetMyPasswordView"
    form = NewPassword
    form_title = lazy(WORDS["password_own"])
    message = lazy(WORDS["password_set"])


class PasswordView(ResetPasswordView):
    """An administrator gives somebody a new password."""

    class_permission_name = "ResetPasswordView"
    form = NewPassword
    form_title = lazy(WORDS["password_of_user"])
    message = lazy(WORDS["password_set"])
    redirect_url = "/users/list/"
