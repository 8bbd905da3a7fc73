"""Counts and times of requests, and what a scrape finds of the workspace; names of routes and kinds, never ids."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily

from segmentary.errors import SegmentaryError

if TYPE_CHECKING:
    from segmentary.workspace.serving import Serving

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS = (0.005, 0.02, 0.05, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Metrics:
    """What is measured of one application.

    serving : the workspace, looked at when somebody scrapes.
    """

    def __init__(self, serving: Serving) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        labels = ("method", "route")
        self.requests = Counter(
            "segmentary_requests", "Requests answered.", (*labels, "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "segmentary_request_seconds",
            "Seconds until the answer begins.",
            labels,
            registry=self.registry,
            buckets=BUCKETS,
        )
        self.registry.register(Looked(serving))

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one answer."""
        method = method if method in METHODS else "OTHER"
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """Return everything as Prometheus reads it."""
        return bytes(generate_latest(self.registry))


class Looked:
    """What is looked up when somebody scrapes."""

    def __init__(self, serving: Serving) -> None:
        self.serving = serving

    def describe(self) -> list[Any]:
        """Nothing is looked up before somebody scrapes."""
        return []

    def collect(self) -> Iterator[Any]:
        """Yield every measure."""
        from segmentary.workspace.vital_signs import vital_signs

        serving, found = self.serving, vital_signs(self.serving)
        info = GaugeMetricFamily("segmentary_info", "Versions.", labels=["version", "duckdb"])
        info.add_metric([found.versions["segmentary"], found.versions["duckdb"]], 1)
        yield info
        for name, text, value in (
            ("segmentary_up_seconds", "Seconds since the server began.", found.up_seconds),
            ("segmentary_healthy", "1 where nothing is to complain of.", float(found.status == "ok")),
            ("segmentary_readers", "How many may read at once.", found.readers),
            ("segmentary_readers_in_use", "How many read now.", found.readers_in_use),
            ("segmentary_disk_free_bytes", "Room on the disk of the workspace.", found.disk_free_bytes),
            ("segmentary_loads", "Loads accepted.", found.loads),
        ):
            yield GaugeMetricFamily(name, text, value=value)
        if found.last_run is not None:
            at = found.last_run.finished_at.timestamp()
            yield GaugeMetricFamily("segmentary_last_run_timestamp_seconds", "When the newest run ended.", value=at)
        jobs = GaugeMetricFamily("segmentary_jobs", "Jobs by kind and state.", labels=["kind", "state"])
        try:
            counts = serving.jobs.counts()
        except SegmentaryError:
            counts = {}
        for (kind, state), number in counts.items():
            jobs.add_metric([kind, state], number)
        yield jobs
        took = SummaryMetricFamily(
            "segmentary_job_seconds", "Seconds of jobs of this process.", labels=["kind", "state"]
        )
        for (kind, state), (count, total) in list(serving.jobs.seconds.items()):
            took.add_metric([kind, state], count_value=count, sum_value=total)
        yield took
        begun = CounterMetricFamily("segmentary_scrapes", "Scrapes answered.")
        self.scrapes = getattr(self, "scrapes", 0) + 1
        begun.add_metric([], self.scrapes)
        yield begun


def route_of(scope: dict[str, Any]) -> str:
    """Return the template of the address that answered."""
    path: str | None = getattr(scope.get("route"), "path", None)
    if path is None:
        return "unmatched"
    prefix = "/api/v1"
    return path if path.startswith(prefix) or not scope["path"].startswith(prefix + "/") else prefix + path


class Metering:
    """ASGI middleware: measures every request under the name of its route."""

    def __init__(self, app: Any, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Pass a request on and note how it was answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        noted = False

        async def sending(message: dict[str, Any]) -> None:
            nonlocal noted
            if message["type"] == "http.response.start" and not noted:
                noted = True
                self.metrics.note(scope["method"], route_of(scope), message["status"], time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, sending)
