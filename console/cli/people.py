"""`kaskad users`: accounts without a browser, for the first administrator above all."""

from __future__ import annotations

import sys
from typing import Any

import click
from flask import Flask

from console.app import create_app
from console.cli.accounts import all_users, find_user
from console.cli.options import json_option
from console.cli.output import print_json, print_table
from console.cli.shell import Shell, pass_shell
from console.security import ROLE_RIGHTS
from console.words import SHORTEST_PASSWORD, WORDS
from scenario_engine.errors import Conflict, Invalid
from scenario_engine.texts import Text


@click.group()
def users() -> None:
    """People who can sign in."""


@users.command("list")
@json_option
@pass_shell
def list_users(shell: Shell, as_json: bool) -> None:
    """Who there is, with their roles."""
    with shell.database.read() as session:
        items: list[dict[str, Any]] = [
            {
                "name": user.username,
                "full_name": f"{user.first_name} {user.last_name}".strip(),
                "roles": sorted(role.name for role in user.roles),
                "active": bool(user.active),
            }
            for user in all_users(session)
        ]
    if as_json:
        print_json(items)
        return
    titles = [Text("user", "пользователь"), Text("name", "имя"), Text("roles", "роли"), Text("active", "активен")]
    print_table(
        [shell.say(title) for title in titles],
        [(item["name"], item["full_name"], ", ".join(item["roles"]), "+" if item["active"] else "—") for item in items],
    )


@users.command()
@click.argument("username")
@click.option("--role", "roles", type=click.Choice(list(ROLE_RIGHTS)), multiple=True, required=True)
@click.option("--first-name", default="", help="Given name; the user name by default.")
@click.option("--last-name", default="")
@click.option("--email", help="Address; made of the user name by default.")
@click.option("--password", help="Asked for, or read from a pipe, when it is not given.")
@pass_shell
def add(
    shell: Shell,
    username: str,
    roles: tuple[str, ...],
    first_name: str,
    last_name: str,
    email: str | None,
    password: str | None,
) -> None:
    """Let a person in. KASKAD's roles are written by `kaskad init`."""
    password = _good(password if password is not None else _ask(shell))
    with shell.database.read() as session:
        if any(user.username == username for user in all_users(session)):
            raise Conflict(
                Text("There is a user “{name}” already.", "Пользователь «{name}» уже есть.").format(name=username)
            )
    app = _app(shell)
    with app.app_context():
        sm: Any = app.extensions["appbuilder"].sm
        found = [sm.find_role(role) for role in roles]
        if None in found:
            raise Invalid(Text("The roles are missing. Run `kaskad init`.", "Ролей ещё нет. Выполните `kaskad init`."))
        address = email or f"{username}@example.invalid"
        if not sm.add_user(username, first_name or username, last_name, address, found, password=password):
            raise Invalid(
                Text(
                    "The user could not be written: is the e-mail address taken?",
                    "Не удалось записать пользователя: возможно, такой адрес почты уже есть.",
                )
            )
    click.echo(shell.say(Text("{name} can sign in.", "{name} может войти.").format(name=username)))


@users.command()
@click.argument("username")
@click.option("--password", help="Asked for, or read from a pipe, when it is not given.")
@pass_shell
def password(shell: Shell, username: str, password: str | None) -> None:
    """Give a person a new password."""
    secret = _good(password if password is not None else _ask(shell))
    with shell.database.read() as session:
        user_id = find_user(session, username).id
    app = _app(shell)
    with app.app_context():
        app.extensions["appbuilder"].sm.reset_password(user_id, secret)
    click.echo(shell.say(Text("{name} has a new password.", "У {name} новый пароль.").format(name=username)))


def _app(shell: Shell) -> Flask:
    return create_app(shell.settings, shell.database)


def _ask(shell: Shell) -> str:
    """The password: typed twice by a person, or the first line that a script pipes in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    asked: str = click.prompt(shell.say(Text("Password", "Пароль")), hide_input=True, confirmation_prompt=True)
    return asked


def _good(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(WORDS["password_short"])
    return password
