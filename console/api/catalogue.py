"""Every resource of the API."""

from __future__ import annotations

from flask_appbuilder import AppBuilder

from console.api.applications import ApplicationsApi
from console.api.audit import AuditApi
from console.api.base import Api
from console.api.borrowers import BorrowersApi
from console.api.buckets import BucketsApi
from console.api.builder import (
    AnalyseApi,
    FieldsApi,
    PaletteApi,
    PresenceApi,
    PreviewApi,
    RulesApi,
    SchemaApi,
    TemplatesApi,
)
from console.api.cases import CasesApi
from console.api.connectors import ConnectorsApi
from console.api.contacts import ContactsApi
from console.api.engine import EngineApi
from console.api.help import HelpApi
from console.api.home import HomeApi, SearchApi
from console.api.imports import ImportsApi
from console.api.incoming import IncomingApi, SourcesApi
from console.api.inquiries import InquiriesApi, InquiryProvidersApi
from console.api.intake import IntakeApi
from console.api.jobs import JobsApi
from console.api.letters import LettersApi
from console.api.loans import LoansApi, OffersApi
from console.api.me import MeApi
from console.api.message_templates import MessageTemplatesApi
from console.api.monitoring import MonitoringApi
from console.api.notices import NoticesApi
from console.api.openapi import OpenApiDescription
from console.api.outbox import OutboxApi
from console.api.payments import PaymentsApi
from console.api.policies import CalendarApi, PoliciesApi
from console.api.products import ProductsApi
from console.api.scenarios import ScenariosApi
from console.api.servicing import ServicingApi
from console.api.sql_sources import SqlSourcesApi
from console.api.subscriptions import DeliveriesApi, SubscriptionsApi
from console.api.tasks import OperatorsApi, TasksApi
from console.api.versions import ReviewsApi, VersionsApi

RESOURCES: tuple[type[Api], ...] = (
    MeApi,
    HomeApi,
    SearchApi,
    NoticesApi,
    PaletteApi,
    TemplatesApi,
    FieldsApi,
    SchemaApi,
    RulesApi,
    AnalyseApi,
    PreviewApi,
    PresenceApi,
    ScenariosApi,
    VersionsApi,
    ReviewsApi,
    LoansApi,
    ApplicationsApi,
    BucketsApi,
    ServicingApi,
    MessageTemplatesApi,
    MonitoringApi,
    PoliciesApi,
    CalendarApi,
    ProductsApi,
    OffersApi,
    BorrowersApi,
    ContactsApi,
    PaymentsApi,
    IncomingApi,
    SourcesApi,
    CasesApi,
    TasksApi,
    OperatorsApi,
    OutboxApi,
    LettersApi,
    ConnectorsApi,
    ImportsApi,
    IntakeApi,
    SqlSourcesApi,
    SubscriptionsApi,
    DeliveriesApi,
    InquiriesApi,
    InquiryProvidersApi,
    JobsApi,
    EngineApi,
    AuditApi,
    HelpApi,
    OpenApiDescription,
)


def register(appbuilder: AppBuilder) -> None:
    """Put every resource under /api/v1."""
    for resource in RESOURCES:
        appbuilder.add_api(resource)
