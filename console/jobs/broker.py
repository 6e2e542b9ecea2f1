"""Long jobs on Celery: the queue carries the number of a job and nothing else. The only importer of Celery."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from scenario_engine.errors import Invalid
from scenario_engine.texts import Text

#: name of the one task, and of the queue it travels in
TASK = "kaskad.job"
QUEUE = "kaskad"
#: seconds after which a broker that does not answer counts as away: people wait for the answer
PATIENCE = 3.0
#: a person waits for the answer while a number is put into the queue; what fails is told again later
_REDIS = {
    "socket_connect_timeout": PATIENCE,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
_SCHEMES = ("redis", "rediss", "amqp", "amqps", "pyamqp", "sentinel")


class Broker:
    """A queue on Redis or RabbitMQ. Fills `JobBackend`."""

    def __init__(self, url: str) -> None:
        """Raises `Invalid` when the address cannot be meant, or Celery is not installed. Connects when it is used."""
        if urlsplit(url).scheme not in _SCHEMES:
            raise Invalid(
                Text(
                    "KASKAD_BROKER_URL is not understood. Write it like redis://host:6379/0 or amqp://user:password@host//.",
                    "Адрес в KASKAD_BROKER_URL не разобрать. Он пишется так: redis://host:6379/0 или "
                    "amqp://user:password@host//.",
                ),
                code="broker.url",
            )
        if importlib.util.find_spec("celery") is None:
            raise Invalid(
                Text(
                    "KASKAD_BROKER_URL is set, but Celery is not installed: pip install 'kaskad[celery]'.",
                    "KASKAD_BROKER_URL задан, но Celery не установлен: pip install 'kaskad[celery]'.",
                ),
                code="broker.missing",
            )
        self._celery = _application(url)

    def dispatch(self, job_id: int) -> None:
        """Put the job's number into the queue; `ConnectionError` when the broker does not answer."""
        with _said_plainly():
            self._celery.send_task(TASK, args=(job_id,), queue=QUEUE, retry=False, ignore_result=True)

    def stop(self) -> None:
        """Close the connections."""
        self._celery.close()

    def check(self) -> None:
        """`ConnectionError` when the broker does not answer."""
        with _said_plainly(), self._celery.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE)

    def work(
        self, run: Callable[[int], None], *, threads: int, ready: Callable[[], None], ending: Callable[[], None]
    ) -> None:
        """Do jobs from the queue until the process is told to end, and those that run have ended.

        `ready` is called when it listens, `ending` when it is told to end.
        """
        from celery.signals import worker_ready, worker_shutting_down

        self._celery.task(name=TASK)(run)
        worker_ready.connect(lambda **_: ready(), weak=False)
        worker_shutting_down.connect(lambda **_: ending(), weak=False)
        worker: Any = self._celery.Worker(
            queues=[QUEUE], pool="threads", concurrency=threads, loglevel="WARNING", quiet=True,
            without_gossip=True, without_mingle=True, without_heartbeat=True,
        )  # fmt: skip
        worker.start()


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Whatever the client of the broker raises becomes a `ConnectionError`."""
    from kombu.exceptions import KombuError
    from kombu.exceptions import OperationalError as BrokerAway

    try:
        yield
    except (BrokerAway, KombuError, OSError) as error:
        raise ConnectionError(str(error)) from error


def _application(url: str) -> Any:
    from celery import Celery

    return Celery(
        "kaskad",
        broker=url,
        set_as_current=False,
        config_source={
            "task_ignore_result": True,
            "task_serializer": "json",
            "accept_content": ["json"],
            # A number is taken when a thread is free for it. Whether it was lost, the row knows.
            "worker_prefetch_multiplier": 1,
            "task_acks_late": False,
            "worker_hijack_root_logger": False,
            "worker_redirect_stdouts": False,
            "worker_enable_remote_control": False,
            "worker_send_task_events": False,
            "broker_connection_retry_on_startup": True,
            "broker_connection_timeout": PATIENCE,
            "broker_transport_options": _REDIS if url.startswith("redis") else {},
        },
    )
