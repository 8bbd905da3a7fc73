"""A standalone Spark master with a worker and a Spark Connect server, on loopback, from the pip package alone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

LOCAL = "127.0.0.1"
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
SECONDS = 120


def free_port() -> int:
    with socket.socket() as one:
        one.bind((LOCAL, 0))
        return int(one.getsockname()[1])


def home() -> Path:
    import pyspark

    return Path(pyspark.__file__).parent


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as one:
            one.settimeout(1)
            if one.connect_ex((LOCAL, port)) == 0:
                return
        if process.poll() is not None:
            break
        time.sleep(0.2)
    raise RuntimeError(f"nothing listens on {port}; see the process's log")


@contextmanager
def running(folder: Path, name: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process in a group of its own, and end the whole group."""
    environment = {
        **os.environ,
        "SPARK_HOME": str(home()),
        "SPARK_LOCAL_IP": LOCAL,
        "SPARK_WORKER_DIR": str(folder / "work"),
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_NO_DAEMONIZE": "1",
        "PYSPARK_PYTHON": sys.executable,
    }
    with (folder / f"{name}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            for sign in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(process.pid, sign)
                    process.wait(15)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue


@contextmanager
def cluster() -> Iterator[tuple[str, str]]:
    """Yield the addresses of the master and of the Connect server; nothing is left behind."""
    folder = Path(tempfile.mkdtemp(prefix="segmentary-cluster-"))
    spark_class, spark_submit = (str(home() / "bin" / name) for name in ("spark-class", "spark-submit"))
    master, shown, worked, served = (free_port() for _ in range(4))
    (jar,) = (home() / "jars").glob("spark-connect_*.jar")
    try:
        with ExitStack() as stack:
            first = stack.enter_context(
                running(
                    folder,
                    "master",
                    spark_class,
                    MASTER,
                    "--host",
                    LOCAL,
                    "--port",
                    str(master),
                    "--webui-port",
                    str(shown),
                )
            )
            wait_for(master, first)
            address = f"spark://{LOCAL}:{master}"
            stack.enter_context(
                running(
                    folder,
                    "worker",
                    spark_class,
                    WORKER,
                    "--host",
                    LOCAL,
                    "--webui-port",
                    str(worked),
                    "--cores",
                    "2",
                    "--memory",
                    "2g",
                    address,
                )
            )
            server = stack.enter_context(
                running(
                    folder,
                    "connect",
                    spark_submit,
                    "--class",
                    CONNECT,
                    "--master",
                    "local[2]",
                    "--conf",
                    f"spark.connect.grpc.binding.port={served}",
                    "--conf",
                    f"spark.connect.grpc.binding.address={LOCAL}",
                    "--conf",
                    "spark.ui.enabled=false",
                    "--conf",
                    f"spark.sql.warehouse.dir={folder / 'warehouse'}",
                    "--conf",
                    "spark.sql.shuffle.partitions=1",
                    str(jar),
                )
            )
            wait_for(served, server)
            yield address, f"sc://{LOCAL}:{served}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the tests of Spark on the cluster, then through Connect."""
    status = 0
    with cluster() as addresses:
        for address in addresses:
            print(f"== {address}", flush=True)  # noqa: T201
            found = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "-p",
                    "no:cacheprovider",
                    *sys.argv[1:],
                    "tests/engine/test_spark.py",
                    "tests/workspace/test_elsewhere_business.py",
                ],
                env={**os.environ, "SEGMENTARY_SPARK": address},
                check=False,
            )
            status = status or found.returncode
    return status


if __name__ == "__main__":
    sys.exit(main())
