"""Figures for Prometheus. One registry per application, so that two of them in one process do not add up; one service's processes do."""

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Metrics:
    """Counts and times requests by method, path template and status: never by path, which anyone could make endless."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Counter("api_requests", "Requests answered.", ("method", "path", "status"), registry=self._registry)
        self._seconds = Histogram(
            "api_request_seconds",
            "Time from a request's arrival to its answer's end.",
            ("path",),
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        """As many as there are methods, templates and statuses: to look them up by their labels costs as much as to count."""
        self._kept = Gauge("api_finished_bytes", "Memory for finished answers.", registry=self._registry, multiprocess_mode="livesum")

    def kept(self, size: int) -> None:
        """What finished answers take, in bytes."""
        self._kept.set(size)

    def observe(self, method: str, path: str, status: int, seconds: float) -> None:
        series = self._series.get((method, path, status))
        if series is None:
            series = self._requests.labels(method, path, str(status)), self._seconds.labels(path)
            self._series[method, path, status] = series
        requests, times = series
        requests.inc()
        times.observe(seconds)

    def text(self) -> bytes:
        """Prometheus' text format: of all processes where several serve, which then say nothing of their memory and processor time."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        every = CollectorRegistry()
        MultiProcessCollector(every)  # type: ignore[no-untyped-call]
        return generate_latest(every)
