"""Who may do what: roles and rights as data, and the security manager that follows them.

A right is one exact (permission, view) pair of Flask-AppBuilder. `synchronise` writes the pairs; nothing is matched by
pattern, so a right never grants more than its name says.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.sqla.models import (
    Permission,
    PermissionView,
    User,
    ViewMenu,
    assoc_group_role,
    assoc_permissionview_role,
    assoc_user_group,
    assoc_user_role,
)
from sqlalchemy import select, union
from sqlalchemy.orm import Session

from console.account_audit import record_login
from console.login import LimitedSecurityApi, LoginView
from console.views.accounts import AccountsView, GroupsView, RolesView
from console.views.passwords import OwnPasswordView, PasswordView

Pair = tuple[str, str]

#: everything that can be allowed in the everyday application
RIGHTS: tuple[str, ...] = (
    "scenario.read",
    "scenario.edit",
    "scenario.submit",
    "scenario.review",
    "scenario.pause",
    "template.read",
    "template.edit",  # texts of messages
    "loan.read",  # the loans one has to do with
    "loan.all",  # every loan, not only those in one's own tasks
    "person.read",  # names, phones and addresses unmasked
    "loan.issue",  # applications, and new loans to borrowers who are known
    "loan.confirm",  # the second person of a large loan
    "application.read",
    "application.decide",  # where the rules leave it to a person
    "borrower.edit",
    "loan.amend",  # prolong, restructure, pause, take to the books what a court awarded
    "loan.approve",  # agree to what another person asked for
    "product.read",
    "product.edit",  # terms of new loans
    "payment.record",
    "incoming.read",  # what payment sources told
    "payment.reverse",  # take a payment back
    "signal.record",  # what happened to a loan, answers to offers
    "contact.stop",
    "contact.edit",  # addresses, consents, third parties
    "lending.allow",  # allow new loans again
    "policy.read",
    "policy.edit",  # dated versions of contact policies, the calendar
    "policy.approve",  # those that another person wrote
    "import.read",
    "import.run",
    "job.all",  # jobs that others asked for
    "job.work",  # cancel them, start them again
    "task.read",
    "task.all",
    "task.work",
    "task.assign",
    "outbox.read",
    "outbox.work",
    "inquiry.read",  # what bailiffs and the bureau were asked, about loans one sees
    "inquiry.ask",
    "inquiry.report",  # what the bureau is told
    "audit.read",
    "engine.read",
    "engine.retry",
    "admin",
)

_READ_ALL = (
    "scenario.read",
    "template.read",
    "loan.read",
    "loan.all",
    "application.read",
    "product.read",
    "incoming.read",
    "import.read",
    "task.read",
    "task.all",
    "outbox.read",
    "inquiry.read",
    "engine.read",
    "policy.read",
)

#: role -> rights, exactly these
ROLE_RIGHTS: dict[str, tuple[str, ...]] = {
    "Strategy manager": (
        *_READ_ALL,
        "scenario.edit",
        "scenario.submit",
        "scenario.pause",
        "template.edit",
        "import.run",
        "product.edit",
    ),
    "Compliance": (
        *_READ_ALL,
        "person.read",
        "scenario.review",
        "scenario.pause",
        "policy.edit",
        "policy.approve",
        "contact.stop",
        "contact.edit",
        "lending.allow",
        "loan.confirm",
        "loan.approve",
        "inquiry.report",
        "audit.read",
    ),
    "Operator": (
        "loan.read",
        "person.read",
        "signal.record",
        "contact.stop",
        "contact.edit",
        "task.read",
        "task.work",
        "inquiry.read",
    ),
    "Supervisor": (
        *_READ_ALL,
        "loan.issue",
        "loan.confirm",
        "application.decide",
        "borrower.edit",
        "loan.amend",
        "loan.approve",
        "person.read",
        "payment.record",
        "payment.reverse",
        "signal.record",
        "contact.stop",
        "contact.edit",
        "lending.allow",
        "import.run",
        "task.work",
        "task.assign",
        "outbox.work",
        "inquiry.ask",
        "job.all",
        "job.work",
    ),
    "Auditor": (*_READ_ALL, "person.read", "audit.read", "job.all"),
    "Admin": (
        *_READ_ALL,
        "loan.issue",
        "loan.confirm",
        "application.decide",
        "borrower.edit",
        "loan.amend",
        "loan.approve",
        "product.edit",
        "person.read",
        "payment.record",
        "payment.reverse",
        "signal.record",
        "contact.stop",
        "contact.edit",
        "lending.allow",
        "import.run",
        "outbox.work",
        "inquiry.ask",
        "inquiry.report",
        "job.all",
        "job.work",
        "audit.read",
        "engine.retry",
        "admin",
    ),
}

#: Flask-AppBuilder's own pages: what everybody may do with their own account
OWN_ACCOUNT: dict[str, tuple[str, ...]] = {
    "UserDBModelView": ("can_userinfo", "resetmypassword"),
    "ResetMyPasswordView": ("can_this_form_get", "can_this_form_post"),
}
_LIST = ("can_list", "can_show")
_CHANGE = (*_LIST, "can_add", "can_edit", "can_delete")
#: Flask-AppBuilder's own pages: what an administrator may do
ADMINISTRATION: dict[str, tuple[str, ...]] = {
    "UserDBModelView": (*_CHANGE, "resetpasswords"),
    "ResetPasswordView": ("can_this_form_get", "can_this_form_post"),
    "RoleModelView": (*_CHANGE, "copy_role"),
    "UserGroupModelView": _CHANGE,
    "RawBorrowers": _LIST,
    "RawLoans": _LIST,
    "RawPayments": _LIST,
    "RawSignals": _LIST,
}
MENU = ("Security", "List Users", "List Roles", "List Groups", "Data", "Borrowers", "Loans", "Payments", "Signals")


def pair(right: str) -> Pair:
    """The (permission, view) pair of a right: ``scenario.edit`` → ``("can_edit", "Scenario")``."""
    view, _, permission = right.partition(".")
    return (f"can_{permission or 'use'}", view.capitalize())


_RIGHT_OF_PAIR = {pair(right): right for right in RIGHTS}


def pairs_of(role: str) -> set[Pair]:
    """Every pair a role has."""
    found = {pair(right) for right in ROLE_RIGHTS[role]}
    views = [OWN_ACCOUNT]
    if "admin" in ROLE_RIGHTS[role]:
        views.append(ADMINISTRATION)
        found |= {("menu_access", entry) for entry in MENU}
    return found | {
        (permission, view) for by_view in views for view, permissions in by_view.items() for permission in permissions
    }


def rights_of(session: Session, user_id: int) -> frozenset[str]:
    """The rights of a person through all roles, own and of their groups. One query."""
    roles = union(
        select(assoc_user_role.c.role_id).where(assoc_user_role.c.user_id == user_id),
        select(assoc_group_role.c.role_id)
        .join(assoc_user_group, assoc_user_group.c.group_id == assoc_group_role.c.group_id)
        .where(assoc_user_group.c.user_id == user_id),
    )
    rows = session.execute(
        select(Permission.name, ViewMenu.name)
        .select_from(assoc_permissionview_role)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(assoc_permissionview_role.c.role_id.in_(roles))
    )
    return frozenset(_RIGHT_OF_PAIR[key] for permission, view in rows if (key := (permission, view)) in _RIGHT_OF_PAIR)


def workers(session: Session) -> dict[str, str]:
    """Active people who may work on tasks: user name → full name."""
    permission, view = pair("task.work")
    roles = (
        select(assoc_permissionview_role.c.role_id)
        .join(PermissionView, PermissionView.id == assoc_permissionview_role.c.permission_view_id)
        .join(Permission, Permission.id == PermissionView.permission_id)
        .join(ViewMenu, ViewMenu.id == PermissionView.view_menu_id)
        .where(Permission.name == permission, ViewMenu.name == view)
    )
    people = union(
        select(assoc_user_role.c.user_id).where(assoc_user_role.c.role_id.in_(roles)),
        select(assoc_user_group.c.user_id)
        .join(assoc_group_role, assoc_group_role.c.group_id == assoc_user_group.c.group_id)
        .where(assoc_group_role.c.role_id.in_(roles)),
    )
    rows = session.execute(
        select(User.username, User.first_name, User.last_name).where(User.active, User.id.in_(people))
    )
    return {name: f"{first} {last}".strip() for name, first, last in rows}


def synchronise(app: Flask) -> None:
    """Write the roles with exactly their rights; roles that people added themselves are left alone."""
    with app.app_context():
        appbuilder: AppBuilder = app.extensions["appbuilder"]
        sm: Any = appbuilder.sm
        sm.add_role(sm.auth_role_public)
        for name in ROLE_RIGHTS:
            role = sm.find_role(name) or sm.add_role(name)
            role.permissions = [sm.add_permission_view_menu(*wanted) for wanted in sorted(pairs_of(name))]
            sm.session.commit()


class KaskadSecurity(SecurityManager):
    """Flask-AppBuilder's security with our login page, limited attempts, and logins in the audit trail."""

    authdbview = LoginView
    userdbmodelview = AccountsView
    resetmypasswordview = OwnPasswordView
    resetpasswordview = PasswordView
    rolemodelview = RolesView
    groupmodelview = GroupsView
    security_api = LimitedSecurityApi
    # It draws its chart with a script from another company's server.
    userstatschartview = None

    def on_user_login(self, user: Any) -> None:
        """Record that somebody came in."""
        record_login(self.session, user.username, "user.logged_in")

    def on_user_login_failed(self, user: Any) -> None:
        """Record that a password was wrong."""
        record_login(self.session, user.username, "user.login_failed")


def known_rights(names: Iterable[str]) -> list[str]:
    """The rights in the order in which they are declared."""
    wanted = set(names)
    return [right for right in RIGHTS if right in wanted]
