"""From an address to an engine: only these schemes, only these settings."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from segmentary.engine.base import Engine
from segmentary.errors import UsageError

# What an address may set: nothing that reads files, runs programs or changes what a statement means.
POSTGRES_SETTINGS = frozenset({"application_name", "connect_timeout", "host", "port", "schema", "sslmode"})
SPARK_CONNECT_SETTINGS = frozenset({"token", "use_ssl", "user_id"})
SCHEMES = "postgresql://, sc://, spark://, duckdb:// or the path of a DuckDB file"


def connect(address: str | Path) -> Engine:
    """Open the engine at an address.

    Parameters
    ----------
    address : ``postgresql://user@host/database`` (``?schema=shop`` names where the tables live), ``sc://host:port``
        (Spark Connect), ``spark://host:port`` (a standalone cluster), or the path of a
        DuckDB file (``duckdb:///folder/file.duckdb`` says the same).

    Raises
    ------
    UsageError
        for another scheme, or a setting that is not allowed.
    EngineError
        when the engine cannot be reached.
    """
    if isinstance(address, Path) or "://" not in address:
        return duckdb_at(Path(address))
    scheme, _, rest = address.partition("://")
    match scheme.lower():
        case "duckdb":
            return duckdb_at(Path(rest))
        case "postgres" | "postgresql":
            return postgres_at(address)
        case "sc":
            checked_parameters(rest)
            from segmentary.engine.spark import Spark

            return Spark(address)
        case "spark":
            if "?" in rest or "/" in rest or "@" in rest:
                raise UsageError("a Spark master's address is a host and a port", hint="spark://host:7077")
            from segmentary.engine.spark import Spark

            return Spark(address)
    raise UsageError(f"no engine answers to {scheme}://", hint=f"use {SCHEMES}")


def duckdb_at(path: Path) -> Engine:
    from segmentary.engine.duckdb import DuckDB

    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", hint="make it first")
    return DuckDB(path)


def postgres_at(address: str) -> Engine:
    """Open a PostgreSQL database, in the schema the address names."""
    checked_query(address, POSTGRES_SETTINGS)
    from segmentary.engine.postgres import Postgres

    parts = urlsplit(address)
    settings = dict(parse_qsl(parts.query, keep_blank_values=True))
    schema = settings.pop("schema", None)
    return Postgres(parts._replace(query=urlencode(settings)).geturl(), schema=schema or None)


def checked_query(address: str, allowed: frozenset[str]) -> None:
    """Refuse settings that are not allowed; their values are never shown."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise UsageError("the address cannot be read", hint="postgresql://user:password@host:5432/database") from None
    names = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    refuse_unknown(names - allowed, allowed)
    if parts.fragment:
        raise UsageError("an address has no part after #")


def checked_parameters(rest: str) -> None:
    """Refuse parameters of a Spark Connect address (``host:port/;name=value``) that are not allowed."""
    given = [part for part in rest.partition("/")[2].split(";") if part]
    refuse_unknown({part.partition("=")[0] for part in given} - SPARK_CONNECT_SETTINGS, SPARK_CONNECT_SETTINGS)


def refuse_unknown(unknown: set[str], allowed: frozenset[str]) -> None:
    if unknown:
        raise UsageError(
            f"the address may not set {', '.join(sorted(unknown))}", hint=f"allowed: {', '.join(sorted(allowed))}"
        )
