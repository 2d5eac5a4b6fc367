"""Metrics for Prometheus: requests, the response cache, connections, and what is published."""

import os
from collections.abc import Iterable
from datetime import UTC, datetime

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from api import __version__

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

# a time of birth for each series, which nobody asks for
disable_created_metrics()  # type: ignore[no-untyped-call]


class Published(Collector):
    """What a scrape finds in the warehouse; each process that is asked says it of itself."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self.publication: tuple[str, str, datetime] | None = None
        """Release, build and time; none where nothing can be read."""

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily(
            "onet_build", "This service.", {"version": __version__, "engine": self._engine}
        )
        is_up = GaugeMetricFamily(
            "onet_warehouse_up", "1: the warehouse can be read and holds a publication."
        )
        is_up.add_metric([], float(self.publication is not None))
        yield is_up
        if self.publication is not None:
            release, build_id, published_at = self.publication
            yield InfoMetricFamily(
                "onet_publication", "What is published.", {"release": release, "build_id": build_id}
            )
            time = GaugeMetricFamily(
                "onet_publication_timestamp_seconds", "When that was published, in Unix time."
            )
            time.add_metric([], published_at.replace(tzinfo=UTC).timestamp())
            yield time


class Metrics:
    """Requests by method, route template and status: never by path, which anyone could make
    endless.

    One registry per application, so that two of them in one process do not add up; one service's
    processes do.
    """

    def __init__(self, engine: str) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "Time from a request's arrival to its response's end.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._series: dict[tuple[str, str, int], Histogram] = {}
        """As many as there are methods, templates and statuses: to look one up by its labels costs
        as much as to observe."""
        cache = Counter(
            "onet_response_cache_requests",
            "Requests whose response is one to keep: kept already (hit), or written now (miss).",
            ("result",),
            registry=self._registry,
        )
        self.cache_hits, self.cache_misses = cache.labels("hit"), cache.labels("miss")
        self.cache_bytes = self._gauge("onet_response_cache_bytes", "Memory for kept responses.")
        self.connections_in_use = self._gauge(
            "onet_database_connections_in_use",
            "Connections that a statement runs on; on the embedded engine those of threads.",
        )
        self.connections_max = self._gauge(
            "onet_database_connections_max", "How many may be in use at a time."
        )
        self.published = Published(engine)

    def _gauge(self, name: str, documentation: str) -> Gauge:
        return Gauge(name, documentation, registry=self._registry, multiprocess_mode="livesum")

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        series = self._series.get((method, route, status))
        if series is None:
            series = self._series[method, route, status] = self._seconds.labels(
                method, route, str(status)
            )
        series.observe(seconds)

    def render(self) -> bytes:
        """Prometheus' text format: of all processes where several serve, which then say nothing of
        their memory and processor time."""
        own = CollectorRegistry()
        own.register(self.published)
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry) + generate_latest(own)
        every = CollectorRegistry()
        MultiProcessCollector(every)  # type: ignore[no-untyped-call]
        return generate_latest(every) + generate_latest(own)
