"""The door: the login page, and the login of programs, both with a limit on wrong attempts."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, redirect, request, session
from flask_appbuilder.baseviews import expose
from flask_appbuilder.security.api import SecurityApi
from flask_appbuilder.security.decorators import no_cache
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_appbuilder.utils.limit import Limit
from flask_limiter.util import get_remote_address
from flask_login import login_user
from werkzeug.wrappers import Response as BaseResponse

from console import preferences
from console.language import reader_language
from console.words import WORDS

#: wrong attempts from one address; right ones are not counted
ATTEMPTS = "20 per minute"
#: characters; longer input is refused before anything is computed from it
_LONGEST = 256


def _wrong(response: Response) -> bool:
    return response.status_code == 401


def _limit() -> Limit:
    return Limit(ATTEMPTS, get_remote_address, methods=("POST",), deduct_when=_wrong, override_defaults=True, cost=1)


class LoginView(AuthDBView):
    """Our login page."""

    login_template = "console/login.html"
    limits = [_limit()]

    @expose("/login/", methods=["GET", "POST"])
    @no_cache
    def login(self) -> BaseResponse | str | tuple[str, int]:
        """Show the form; take name and password, then go where the person was heading."""
        # get_safe_redirect falls back to the start page for an address outside
        target = get_safe_redirect(request.args.get("next") or "/")
        if g.user is not None and g.user.is_authenticated:
            return redirect(target)
        form = LoginForm_db()
        if request.method == "GET":
            return self._page(form)
        user: Any = self._authenticate(form) if form.validate() else None
        if user is None:
            flash(WORDS["wrong_login"].say(reader_language()), "error")
            return self._page(form), 401
        login_user(user, remember=False)
        session.permanent = True
        chosen = preferences.find(self.appbuilder.session, user.id)
        if chosen is not None and chosen.language:
            session["locale"] = chosen.language
        return redirect(target)

    def _authenticate(self, form: LoginForm_db) -> object | None:
        name, password = form.username.data, form.password.data
        if "\0" in name or max(len(name), len(password)) > _LONGEST:
            return None
        found: object | None = self.appbuilder.sm.auth_user_db(name, password)
        return found

    def _page(self, form: LoginForm_db) -> str:
        page: str = self.render_template(
            self.login_template, form=form, languages=("ru", "en"), appbuilder=self.appbuilder
        )
        return page


class LimitedSecurityApi(SecurityApi):
    """Tokens for programs, under the same limit as the page."""

    limits = [_limit()]
