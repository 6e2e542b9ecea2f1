"""The lists that a job can write into a file, by the names of their API resources."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from console.api.applications import APPLICATIONS
from console.api.audit import ENTRIES
from console.api.buckets import BUCKET_DAYS
from console.api.incoming import INCOMING
from console.api.inquiries import INQUIRIES
from console.api.listing import Source
from console.api.loans import LOANS
from console.api.message_templates import TEMPLATES
from console.api.monitoring import FIRINGS
from console.api.outbox import MESSAGES
from console.api.products import PRODUCTS
from console.api.subscriptions import DELIVERIES
from console.api.tasks import TASKS

LISTS: Mapping[str, Source] = MappingProxyType(
    {
        "loans": LOANS,
        "applications": APPLICATIONS,
        "buckets/days": BUCKET_DAYS,
        "monitoring/firings": FIRINGS,
        "products": PRODUCTS,
        "message-templates": TEMPLATES,
        "incoming": INCOMING,
        "inquiries": INQUIRIES,
        "tasks": TASKS,
        "outbox": MESSAGES,
        "deliveries": DELIVERIES,
        "audit": ENTRIES,
    }
)
