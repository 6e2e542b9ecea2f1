"""Every route with every role: one table says who gets in."""

from __future__ import annotations

import pytest

from console.api.base import Api, Route
from tests.console.client import Console
from tests.console.world import World

M, C, O, S, A, X = ALL = ("manager", "compliance", "operator", "supervisor", "auditor", "admin")  # noqa: E741
READERS = (M, C, S, A, X)

#: method and path -> who may; everybody else is refused with 403
ALLOWED: dict[tuple[str, str], tuple[str, ...]] = {
    ("GET", "/me"): ALL,
    ("PUT", "/me"): ALL,
    ("GET", "/home"): ALL,
    ("GET", "/search"): ALL,
    ("GET", "/notices"): ALL,
    ("GET", "/help"): ALL,
    ("GET", "/help/<string:slug>"): ALL,
    ("GET", "/openapi.json"): ALL,
    ("GET", "/palette"): READERS,
    ("GET", "/templates"): READERS,
    ("GET", "/fields"): READERS,
    ("GET", "/schema/scenario"): READERS,
    ("POST", "/rules/count"): READERS,
    ("POST", "/rules/words"): READERS,
    ("POST", "/analyse"): READERS,
    ("POST", "/preview/message"): READERS,
    ("POST", "/presence/<key:scenario_id>"): READERS,
    ("GET", "/scenarios"): READERS,
    ("POST", "/scenarios"): (M,),
    ("POST", "/scenarios/import"): (M,),
    ("GET", "/scenarios/<key:scenario_id>"): READERS,
    ("DELETE", "/scenarios/<key:scenario_id>"): (M,),
    ("PUT", "/scenarios/<key:scenario_id>/draft"): (M,),
    ("POST", "/scenarios/<key:scenario_id>/submit"): (M,),
    ("POST", "/scenarios/<key:scenario_id>/pause"): (M, C),
    ("POST", "/scenarios/<key:scenario_id>/resume"): (M, C),
    ("POST", "/scenarios/<key:scenario_id>/archive"): (M, C),
    ("GET", "/scenarios/<key:scenario_id>/export"): READERS,
    ("GET", "/scenarios/<key:scenario_id>/versions"): READERS,
    ("GET", "/reviews"): READERS,
    ("GET", "/versions/<key:version_id>"): READERS,
    ("POST", "/versions/<key:version_id>/approve"): (C,),
    ("POST", "/versions/<key:version_id>/return"): (C,),
    ("POST", "/versions/<key:version_id>/restore"): (M,),
    ("GET", "/versions/<key:version_id>/messages"): READERS,
    ("GET", "/versions/<key:version_id>/export"): READERS,
    ("GET", "/versions/<key:version_id>/numbers"): READERS,
    ("GET", "/versions/<key:version_id>/slices"): READERS,
    ("GET", "/versions/<key:version_id>/numbers.csv"): READERS,
    ("GET", "/versions/<key:version_id>/numbers.xlsx"): READERS,
    ("GET", "/versions/<key:version_id>/nodes/<string:node>/cases"): READERS,
    ("GET", "/loans"): ALL,
    ("GET", "/loans/<key:loan_id>"): ALL,
    ("GET", "/loans/<key:loan_id>/timeline"): ALL,
    ("GET", "/loans/<key:loan_id>/scenarios"): ALL,
    ("POST", "/loans/<key:loan_id>/payments"): (S, X),
    ("POST", "/payments"): (S, X),
    ("GET", "/buckets"): READERS,
    ("GET", "/buckets/moves"): READERS,
    ("GET", "/buckets/days"): READERS,
    ("GET", "/monitoring"): READERS,
    ("GET", "/monitoring/firings"): READERS,
    ("GET", "/monitoring/rules/<key:rule_id>"): READERS,
    ("POST", "/monitoring/rules"): (M,),
    ("PUT", "/monitoring/rules/<key:rule_id>"): (M,),
    ("POST", "/monitoring/trial"): READERS,
    ("GET", "/policies"): READERS,
    ("GET", "/policies/<string:key>"): READERS,
    ("POST", "/policies/<string:key>/versions"): (C,),
    ("POST", "/policies/<string:key>/trial"): READERS,
    ("PUT", "/policies/versions/<key:version_id>"): (C,),
    ("DELETE", "/policies/versions/<key:version_id>"): (C,),
    ("POST", "/policies/versions/<key:version_id>/submit"): (C,),
    ("POST", "/policies/versions/<key:version_id>/withdraw"): (C,),
    ("POST", "/policies/versions/<key:version_id>/approve"): (C,),
    ("POST", "/policies/versions/<key:version_id>/reject"): (C,),
    ("GET", "/calendar/<string:country>/<int:year>"): READERS,
    ("PUT", "/calendar/<string:country>/<string:day>"): (C,),
    ("GET", "/loans/<key:loan_id>/contacts"): ALL,
    ("POST", "/loans/<key:loan_id>/contacts"): (O, S, X),
    ("POST", "/monitoring/changes/<key:change_id>/approval"): (C,),
    ("POST", "/monitoring/changes/<key:change_id>/rejection"): (M, C),
    ("GET", "/incoming"): READERS,
    ("GET", "/incoming/summary"): READERS,
    ("GET", "/incoming/<key:incoming_id>"): READERS,
    ("POST", "/incoming/<key:incoming_id>/credit"): (S, X),
    ("POST", "/incoming/<key:incoming_id>/dismiss"): (S, X),
    ("POST", "/incoming/<key:incoming_id>/take-back"): (S, X),
    ("GET", "/sources"): (X,),
    ("PUT", "/sources/<string:source_key>"): (X,),
    ("POST", "/payments/<key:payment_id>/reversal"): (S, X),
    ("GET", "/loans/<key:loan_id>/ledger"): ALL,
    ("GET", "/loans/<key:loan_id>/quote"): ALL,
    ("GET", "/servicing/loans/<key:loan_id>"): ALL,
    ("POST", "/servicing/loans/<key:loan_id>/preview"): (S, X),
    ("POST", "/servicing/loans/<key:loan_id>/changes"): (S, X),
    ("GET", "/servicing/requests"): ALL,
    ("POST", "/servicing/requests/<key:request_id>/approval"): (C, S, X),
    ("POST", "/servicing/requests/<key:request_id>/rejection"): (C, S, X),
    ("POST", "/loans/decision"): (S, X),
    ("POST", "/loans"): (S, X),
    ("GET", "/applications"): READERS,
    ("GET", "/applications/<key:application_id>"): READERS,
    ("POST", "/applications"): (S, X),
    ("POST", "/applications/<key:application_id>/settle"): (S, X),
    ("POST", "/applications/<key:application_id>/issue"): (S, X),
    ("POST", "/applications/<key:application_id>/confirm"): (C, S, X),
    ("POST", "/applications/<key:application_id>/withdraw"): (S, X),
    ("GET", "/borrowers"): READERS,
    ("GET", "/borrowers/<key:borrower_id>"): ALL,
    ("POST", "/borrowers"): (S, X),
    ("PUT", "/borrowers/<key:borrower_id>"): (S, X),
    ("GET", "/message-templates"): READERS,
    ("GET", "/message-templates/options"): READERS,
    ("POST", "/message-templates/look"): READERS,
    ("GET", "/message-templates/named/<string:template_key>/<key:number>"): READERS,
    ("GET", "/message-templates/<key:template_id>"): READERS,
    ("GET", "/message-templates/<key:template_id>/revisions/<key:number>/changes"): READERS,
    ("POST", "/message-templates"): (M,),
    ("PUT", "/message-templates/<key:template_id>"): (M,),
    ("POST", "/message-templates/<key:template_id>/restore"): (M,),
    ("POST", "/message-templates/<key:template_id>/archive"): (M,),
    ("POST", "/message-templates/<key:template_id>/bring-back"): (M,),
    ("GET", "/products"): READERS,
    ("GET", "/products/policies"): READERS,
    ("GET", "/products/fields"): READERS,
    ("GET", "/products/<key:product_id>"): READERS,
    ("POST", "/products"): (M, X),
    ("PUT", "/products/<key:product_id>"): (M, X),
    ("POST", "/products/preview"): READERS,
    ("POST", "/loans/<key:loan_id>/signals"): (O, S, X),
    ("POST", "/offers/<key:offer_id>/answer"): (O, S, X),
    ("POST", "/borrowers/<key:borrower_id>/contact-stop"): (C, O, S, X),
    ("GET", "/contacts/<key:borrower_id>"): ALL,
    ("GET", "/contacts/<key:borrower_id>/timeline"): ALL,
    ("POST", "/contacts/<key:borrower_id>/points"): (C, O, S, X),
    ("POST", "/contacts/<key:borrower_id>/points/<key:point_id>/use"): (C, O, S, X),
    ("POST", "/contacts/<key:borrower_id>/points/<key:point_id>/verify"): (C, O, S, X),
    ("POST", "/contacts/<key:borrower_id>/points/<key:point_id>/close"): (C, O, S, X),
    ("POST", "/contacts/<key:borrower_id>/third-parties"): (C, O, S, X),
    ("DELETE", "/contacts/<key:borrower_id>/third-parties/<key:third_party_id>"): (C, O, S, X),
    ("POST", "/contacts/<key:borrower_id>/consents"): (C, O, S, X),
    ("POST", "/contacts/<key:borrower_id>/refusals"): (C, O, S, X),
    ("POST", "/contacts/<key:borrower_id>/allow-lending"): (C, S, X),
    ("GET", "/cases/<key:case_id>"): ALL,
    ("GET", "/tasks"): ALL,
    ("GET", "/tasks/<key:task_id>"): ALL,
    ("POST", "/tasks/<key:task_id>/take"): (O, S),
    ("POST", "/tasks/<key:task_id>/release"): (O, S),
    ("POST", "/tasks/<key:task_id>/close"): (O, S),
    ("POST", "/tasks/<key:task_id>/assign"): (S,),
    ("POST", "/tasks/assign"): (S,),
    ("GET", "/operators"): (S,),
    ("GET", "/connectors"): READERS,
    ("PUT", "/connectors/<string:connector_key>"): (X,),
    ("POST", "/connectors/<string:connector_key>/test"): (X,),
    ("POST", "/connectors/<string:connector_key>/try"): (X,),
    ("GET", "/subscriptions"): (X,),
    ("POST", "/subscriptions"): (X,),
    ("PUT", "/subscriptions/<key:subscription_id>"): (X,),
    ("DELETE", "/subscriptions/<key:subscription_id>"): (X,),
    ("POST", "/subscriptions/<key:subscription_id>/secret"): (X,),
    ("POST", "/subscriptions/<key:subscription_id>/test"): (X,),
    ("GET", "/deliveries"): READERS,
    ("GET", "/deliveries/summary"): READERS,
    ("GET", "/deliveries/<key:delivery_id>"): READERS,
    ("POST", "/deliveries/<key:delivery_id>/retry"): (S, X),
    ("GET", "/outbox"): READERS,
    ("GET", "/outbox/summary"): READERS,
    ("GET", "/outbox/<key:message_id>"): READERS,
    ("POST", "/outbox/<key:message_id>/retry"): (S, X),
    ("POST", "/outbox/retry"): (S, X),
    ("POST", "/outbox/dismiss"): (S, X),
    ("POST", "/outbox/<key:message_id>/cancel"): (S, X),
    ("GET", "/letters"): READERS,
    ("GET", "/letters/<string:day>"): READERS,
    ("GET", "/letters/<string:day>/register.csv"): (S, X),
    ("GET", "/letters/<string:day>/letters.zip"): (S, X),
    ("GET", "/letters/<string:day>/<string:letter>.pdf"): (S, X),
    ("PUT", "/letters/<string:day>/<string:letter>"): (S, X),
    ("GET", "/imports"): READERS,
    ("POST", "/imports"): (M, S, X),
    ("POST", "/imports/<string:upload_id>/look"): (M, S, X),
    ("POST", "/imports/<string:upload_id>/start"): (M, S, X),
    ("GET", "/imports/<key:import_id>"): READERS,
    ("GET", "/imports/<key:import_id>/problems.csv"): READERS,
    ("POST", "/imports/<key:import_id>/cancel"): (M, S, X),
    ("POST", "/intake/borrowers"): (M, S, X),
    ("POST", "/intake/borrowers/one"): (M, S, X),
    ("POST", "/intake/loans"): (M, S, X),
    ("POST", "/intake/loans/one"): (M, S, X),
    ("POST", "/intake/payments"): (S, X),
    ("POST", "/intake/payments/one"): (S, X),
    # of any loan, so not the operator's
    ("POST", "/intake/signals"): (O, S, X),
    ("POST", "/intake/signals/one"): (O, S, X),
    ("GET", "/sql-sources"): (X,),
    ("POST", "/sql-sources"): (X,),
    ("POST", "/sql-sources/try"): (X,),
    ("PUT", "/sql-sources/<key:source_id>"): (X,),
    ("DELETE", "/sql-sources/<key:source_id>"): (X,),
    ("POST", "/sql-sources/<key:source_id>/run"): (X,),
    # one's own; test_jobs.py tells whose
    ("GET", "/jobs"): ALL,
    ("GET", "/jobs/<key:job_id>"): ALL,
    ("GET", "/jobs/<key:job_id>/file"): ALL,
    ("POST", "/jobs/exports"): ALL,
    ("POST", "/jobs/<key:job_id>/cancel"): ALL,
    ("POST", "/jobs/<key:job_id>/repeat"): ALL,
    ("GET", "/engine"): READERS,
    ("POST", "/engine/retry/<key:case_id>"): (X,),
    ("POST", "/engine/retry"): (X,),
    ("GET", "/inquiries"): ALL,
    ("GET", "/inquiries/summary"): ALL,
    ("GET", "/inquiries/asking"): (S, X),
    ("GET", "/inquiries/<key:inquiry_id>"): ALL,
    ("POST", "/inquiries"): (S, X),
    ("POST", "/inquiries/<key:inquiry_id>/retry"): (S, X),
    ("POST", "/inquiries/reports"): (C, X),
    ("GET", "/inquiry-providers"): (X,),
    ("PUT", "/inquiry-providers/<string:provider_key>"): (X,),
    ("POST", "/inquiry-providers/<string:provider_key>/test"): (X,),
    ("GET", "/audit"): (C, A, X),
    ("GET", "/audit/facets"): (C, A, X),
}


def _routes(console: Console) -> dict[tuple[str, str], Route]:
    views = console.app.extensions["appbuilder"].baseviews
    return {
        (route.method, view.prefix.removeprefix("/api/v1") + route.path): route
        for view in views
        if isinstance(view, Api)
        for route in view.routes()
    }


def _address(path: str, world: World) -> str:
    for name, value in {
        "<key:scenario_id>": world.scenario,
        "<key:version_id>": world.version,
        "<key:loan_id>": world.loan,
        "<key:offer_id>": world.offer,
        "<key:borrower_id>": world.borrower,
        "<key:case_id>": world.case,
        "<key:task_id>": world.task,
        "<key:message_id>": world.message,
        "<key:product_id>": 1,
        "<key:application_id>": 1,
        "<key:payment_id>": 1,
        "<key:point_id>": 10**6,
        "<key:third_party_id>": 10**6,
        "<key:import_id>": 1,
        "<key:source_id>": 1,
        "<key:template_id>": 1,
        "<string:template_key>": "soft",
        "<key:number>": 1,
        "<key:subscription_id>": 1,
        "<key:delivery_id>": 1,
        "<key:incoming_id>": 1,
        "<key:rule_id>": 1,
        "<key:change_id>": 10**6,
        "<key:inquiry_id>": 1,
        "<string:provider_key>": "fssp",
        "<string:source_key>": "webhooks",
        "<string:connector_key>": "sandbox",
        "<string:key>": "ru-230",
        "<string:country>": "RU",
        "<string:letter>": "7-1-3",
        "<int:year>": 2026,
        "<string:day>": "2026-11-04",
        "<key:request_id>": 1,
        "<key:job_id>": 1,
        "<string:node>": "n1",
        "<string:slug>": "index",
        "<string:upload_id>": "0" * 32,
    }.items():
        path = path.replace(name, str(value))
    assert "<" not in path, path
    return path


def test_the_table_names_every_route(console: Console) -> None:
    assert set(_routes(console)) == set(ALLOWED)


@pytest.mark.parametrize("username", ALL)
def test_a_role_gets_in_where_the_table_says_so_and_nowhere_else(console: Console, world: World, username: str) -> None:
    person = console.sign_in(username)
    wrong = []
    for (method, path), allowed in ALLOWED.items():
        status = person.request(method, _address(path, world), json={} if method != "GET" else None).status_code
        if (status == 403) != (username not in allowed) or status >= 500:
            wrong.append((method, path, status))
    assert not wrong


def test_nobody_gets_in_without_signing_in(console: Console, world: World) -> None:
    visitor = console.visitor()
    for method, path in ALLOWED:
        answer = visitor.request(method, _address(path, world), json={} if method != "GET" else None)
        expected = ("unauthenticated",) if method == "GET" else ("unauthenticated", "csrf")
        assert answer.status_code in (400, 401), (method, path)
        assert answer.json["error"]["code"] in expected, (method, path)


def test_an_auditor_can_change_nothing(console: Console, world: World) -> None:
    changing = {route for route in ALLOWED if route[0] != "GET"}
    harmless = {
        ("PUT", "/me"),
        ("POST", "/rules/count"),
        ("POST", "/rules/words"),
        ("POST", "/analyse"),
        ("POST", "/products/preview"),
        ("POST", "/message-templates/look"),
        ("POST", "/monitoring/trial"),
        ("POST", "/policies/<string:key>/trial"),
    }
    harmless |= {("POST", "/preview/message"), ("POST", "/presence/<key:scenario_id>")}
    harmless |= {("POST", f"/jobs/{act}") for act in ("exports", "<key:job_id>/cancel", "<key:job_id>/repeat")}
    assert {route for route in changing if A in ALLOWED[route]} == harmless
