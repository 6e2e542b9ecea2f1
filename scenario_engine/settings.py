"""Settings, read once from the environment (prefix ``KASKAD_``) at the edges and passed down as one frozen value."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

#: the contact policy counts a month back, rules up to ninety days
FEWEST_MONTHS = 3
#: a report is matched with a message that is as old as that (`engine.outbox.reports`)
FEWEST_DAYS = 60


class Settings(BaseSettings):
    """Everything an installation may choose. ``KASKAD_DATABASE_URL`` first of all."""

    model_config = SettingsConfigDict(env_prefix="KASKAD_", frozen=True)

    database_url: str = Field("sqlite:///kaskad.db", description="SQLAlchemy URL of SQLite or PostgreSQL")
    host: str = Field("127.0.0.1", description="address that the web server listens on")
    port: int = Field(8080, ge=0, le=65535, description="port of the web server; 0 takes a free one")
    secret_key: str = Field("", description="key of sessions; empty: one is made and kept beside the database")
    encryption_keys: str = Field(
        "",
        pattern="^([^,]{16,}(,[^,]{16,})*)?$",
        description="keys of what is kept encrypted, the newest first, with commas between; empty: one is kept",
    )
    data_dir: Path = Field(Path("var"), description="folder for uploads and kept secrets")
    time_zone: str = Field("Europe/Moscow", description="time zone of the portfolio: days and DPD follow it")
    language: str = Field("ru", pattern="^(en|ru)$", description="language of a person who has not chosen one")
    tick_seconds: float = Field(2.0, gt=0, description="pause between ticks of the engine")
    enrol_seconds: float = Field(60.0, gt=0, description="pause between looks at the registry for entries by segment")
    batch_size: int = Field(10_000, ge=1, description="cases in one transaction of the engine")
    statement_seconds: float = Field(
        60.0, ge=0, description="longest time one statement of a batch may take on PostgreSQL; 0: no limit"
    )
    outbox_most: int = Field(
        200_000, ge=1, description="messages waiting in the outbox at which scenarios that send stop to write more"
    )
    metrics_token: str = Field(
        "", pattern="^(.{16,})?$", description="secret with which /metrics is read; empty: there is no /metrics"
    )
    history_months: int = Field(
        0, ge=0, description="months of history kept beside the current one on PostgreSQL, at least 3; 0: all"
    )
    told_days: int = Field(
        365, ge=0, description="days that reports on messages and answers about borrowers are kept, at least 60; 0: all"
    )
    proxies: int = Field(
        0, ge=0, le=5, description="reverse proxies before the web server whose X-Forwarded-For is believed"
    )
    https: bool = Field(False, description="the site is served over HTTPS: secure cookies, HSTS")
    inner_networks: str = Field(
        "", description="networks inside that SQL sources and webhooks may reach, e.g. 10.1.0.0/16, with commas between"
    )
    upload_megabytes: int = Field(512, ge=1, description="largest file that may be uploaded")
    broker_url: str = Field("", description="queue of long jobs, redis:// or amqp://; empty: threads of the web server")
    job_threads: int = Field(2, ge=1, le=64, description="long jobs that one process works on side by side")
    job_silence_seconds: float = Field(
        30.0, gt=0, description="after so long without a sign of life a job is taken over"
    )
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^\s?#]+)?$",
        description="address at which borrowers reach this site, for links in messages; empty: host and port",
    )
    creditor_name: str = Field("ООО МКК «Пример»", description="the creditor, named in every message")
    sms_segment_kopecks: int = Field(
        300, ge=0, description="what one SMS segment costs, kopecks: the builder reckons the cost of a text with it"
    )
    creditor_phone: str = Field("+7 800 000-00-00", description="the creditor's phone, named in every message")

    @field_validator("inner_networks")
    @classmethod
    def _must_be_networks(cls, value: str) -> str:
        for each in value.split(","):
            if each.strip():
                ip_network(each.strip())
        return value

    @field_validator("told_days")
    @classmethod
    def _must_hold_what_is_still_heard_of(cls, value: int) -> int:
        if 0 < value < FEWEST_DAYS:
            raise ValueError(f"keep at least {FEWEST_DAYS} days: a message is heard of for so long")
        return value

    @field_validator("history_months")
    @classmethod
    def _must_hold_the_longest_window(cls, value: int) -> int:
        if 0 < value < FEWEST_MONTHS:
            raise ValueError(f"keep at least {FEWEST_MONTHS} months: the contact policy and rules look back so far")
        return value
