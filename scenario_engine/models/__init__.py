"""The mapped domain, one aggregate a file. Import from here.

Instants are UTC, money is integer kopecks, and history (audit, published versions) is held by triggers.
"""

from scenario_engine.models import triggers
from scenario_engine.models.application import LoanApplication
from scenario_engine.models.audit import AuditEntry
from scenario_engine.models.base import Base, UtcDateTime, table_of
from scenario_engine.models.batch import Batch, Heartbeat, Shard
from scenario_engine.models.borrower import BORROWER_LANGUAGES, STOP_REASONS, Borrower
from scenario_engine.models.bucket import BucketDay, BucketSpell
from scenario_engine.models.case import Case, NodeCount, Path, PathHop, Trail
from scenario_engine.models.cohort import Cohort, PathCount
from scenario_engine.models.connector import ConnectorHour, ConnectorSettings, ConnectorState, HeardReport
from scenario_engine.models.consent import ChannelRefusal, Consent, ThirdParty
from scenario_engine.models.contact_point import ContactPoint
from scenario_engine.models.contact_policy import CalendarDay, PolicyVersion
from scenario_engine.models.file_import import FileImport, ImportMapping, ImportProblem
from scenario_engine.models.incoming import IncomingPayment, Refusal, SourceSettings
from scenario_engine.models.inquiry import Inquiry, InquiryProvider, InquiryRequest, Passport
from scenario_engine.models.job import Job
from scenario_engine.models.lease import Lease
from scenario_engine.models.ledger import Account, LoanEvent, LoanPause, LoanRequest
from scenario_engine.models.loan import SHARDS, Instalment, Loan, LoanTag, Offer, Promise, shard_of
from scenario_engine.models.message import Contact, Message
from scenario_engine.models.message_template import MessageTemplate, TemplateRevision
from scenario_engine.models.monitoring import MonitoringChange, MonitoringFiring, MonitoringRule, MonitoringVersion
from scenario_engine.models.news import News, NewsDelivery, Subscription
from scenario_engine.models.payment import Attribution, Payment
from scenario_engine.models.presence import Presence
from scenario_engine.models.product import Product
from scenario_engine.models.request_key import RequestKey
from scenario_engine.models.scenario import Scenario, Version, VersionNode, Wake
from scenario_engine.models.signal import SIGNAL_KINDS, Signal
from scenario_engine.models.sql_source import SqlSource
from scenario_engine.models.task import Task

triggers.attach()

__all__ = [
    "BORROWER_LANGUAGES",
    "SHARDS",
    "SIGNAL_KINDS",
    "STOP_REASONS",
    "Account",
    "Attribution",
    "AuditEntry",
    "Base",
    "Batch",
    "Borrower",
    "BucketDay",
    "BucketSpell",
    "CalendarDay",
    "Case",
    "ChannelRefusal",
    "Cohort",
    "ConnectorHour",
    "ConnectorSettings",
    "ConnectorState",
    "Consent",
    "Contact",
    "ContactPoint",
    "FileImport",
    "HeardReport",
    "Heartbeat",
    "ImportMapping",
    "ImportProblem",
    "IncomingPayment",
    "Inquiry",
    "InquiryProvider",
    "InquiryRequest",
    "Instalment",
    "Job",
    "Lease",
    "Loan",
    "LoanApplication",
    "LoanEvent",
    "LoanPause",
    "LoanRequest",
    "LoanTag",
    "Message",
    "MessageTemplate",
    "MonitoringChange",
    "MonitoringFiring",
    "MonitoringRule",
    "MonitoringVersion",
    "News",
    "NewsDelivery",
    "NodeCount",
    "Offer",
    "Passport",
    "Path",
    "PathCount",
    "PathHop",
    "Payment",
    "PolicyVersion",
    "Presence",
    "Product",
    "Promise",
    "Refusal",
    "RequestKey",
    "Scenario",
    "Shard",
    "Signal",
    "SourceSettings",
    "SqlSource",
    "Subscription",
    "Task",
    "TemplateRevision",
    "ThirdParty",
    "Trail",
    "UtcDateTime",
    "Version",
    "VersionNode",
    "Wake",
    "shard_of",
    "table_of",
]
