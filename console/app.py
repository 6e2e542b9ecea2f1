"""The application: Flask and Flask-AppBuilder, put together from settings."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g
from flask_appbuilder import AppBuilder
from werkzeug.middleware.proxy_fix import ProxyFix

from console import account_audit, context, csrf, headers, preferences
from console.api import catalogue
from console.api.converters import KeyConverter
from console.clock import CLOCK
from console.configuration import flask_configuration, open_vault
from console.connectors import load_connectors, load_payment_sources
from console.jobs.catalogue import open_desk
from console.json_answers import Answers
from console.language import reader_language
from console.security import KaskadSecurity, rights_of
from console.session import SecuritySession, open_session
from console.views import administration, files, hooks, metrics, optout
from console.views.errors import handle_errors
from console.views.shell import ShellView
from console.words import WORDS
from scenario_engine.database import Database
from scenario_engine.settings import Settings


def create_app(
    settings: Settings,
    database: Database | None = None,
    engine: context.RunningEngine | None = None,
    **configuration: Any,
) -> Flask:
    """The WSGI application over a migrated database.

    `database` is opened from the settings when it is not given; `engine` is the scheduler when it runs in this process.
    `configuration` overrides Flask's (tests set the clock and the limits so).
    """
    app = Flask("console", static_folder=None, template_folder="templates")
    app.config.from_mapping(flask_configuration(settings))
    app.config.from_mapping(configuration)
    app.json = Answers(app)
    app.url_map.converters["key"] = KeyConverter
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies)  # type: ignore[method-assign]
    database = database or Database(settings.database_url)
    connectors = load_connectors()
    jobs = open_desk(settings, database, connectors, lambda: app.config[CLOCK]())
    context.furnish(
        app,
        context.Room(
            settings=settings,
            database=database,
            jobs=jobs,
            vault=open_vault(settings),
            sources=load_payment_sources(),
            connectors=connectors,
            engine=engine,
        ),
    )
    csrf.protect(app)
    headers.harden(app, settings)
    handle_errors(app)
    app.register_blueprint(files.blueprint)
    metrics.register(app)
    account_audit.watch(SecuritySession)
    with app.app_context():
        session = open_session(app, database)
        appbuilder = AppBuilder(indexview=ShellView, security_manager_class=KaskadSecurity)
        appbuilder.init_app(app, session)
        catalogue.register(appbuilder)
        administration.register(appbuilder)
        hooks.register(app)
        optout.register(app)
    app.extensions["babel"].locale_selector = reader_language
    app.context_processor(_words)
    return app


def _words() -> dict[str, Any]:
    language = reader_language()
    return {
        "say": lambda word: WORDS[word].say(language),
        "language": language,
        "my_rights": _my_rights,
        "my_theme": _my_theme,
    }


def _my_theme() -> str:
    user = g.get("user")
    if user is None or not user.is_authenticated:
        return "auto"
    chosen = preferences.find(current_app.extensions["appbuilder"].session, user.id)
    return (chosen.theme if chosen else None) or "auto"


def _my_rights() -> frozenset[str]:
    user = g.get("user")
    if user is None or not user.is_authenticated:
        return frozenset()
    return rights_of(current_app.extensions["appbuilder"].session, user.id)
