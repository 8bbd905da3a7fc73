"""Bad input is refused politely (R6): no answer of 500 or more, none over two seconds, nothing sent comes back.

Every operation of the API's description is asked with values of its schema and with values of none, as JSON nobody
would write, in paths, queries and bodies. Each text that is sent carries a mark; no refusal may repeat one. The daily
suite sends some 1,200 requests, ``make fuzz`` 12,000 and more.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections import Counter
from urllib.parse import quote

import pytest
from tests.interfaces.site import served, story

REQUESTS = int(os.environ.get("SEGMENTARY_FUZZ", "1200"))
SLOW_SECONDS = 2.0
# Streams that have no end, what stops the caller's own session, and work that may take as long as it takes.
LEFT_OUT = ("/changes", "/events", "/session", "/metrics")
MEASURED = ("/measures/", "/report", "/result", "/check")
ODD_TEXTS = (
    "", " ", "\x00", "\u202e", "a" * 5_000, "../../etc/passwd", "%00", "'; drop table users; --", "{{7*7}}", "🎈" * 50,
    "\ud800", "NaN", "0001-01-01T00:00:00+23:59", "9999-12-31", "-1", "1e400", "null", "ſß İ", "\r\nx: y",
)  # fmt: skip
RAW_BODIES = (
    b"", b"{", b"[]", b"null", b"NaN", b'{"a": NaN}', b'{"a": 1e400}', b'{"a": "\\ud800"}', b"[" * 100_000, b'"x"',
    b"\xff\xfe", b'{"a": ' + b"9" * 400 + b"}", b"{" + b'"a":1,' * 5_000 + b'"b":2}', b"0", b"true",
)  # fmt: skip


@pytest.fixture(scope="module")
def victim(tmp_path_factory):
    """A site of its own: what is asked for here may change it."""
    with story(tmp_path_factory.mktemp("fuzz"), customers=200) as workspace, served(workspace) as found:
        yield found


class Asker:
    """Makes requests from a seed."""

    def __init__(self, schema: dict, seed: int) -> None:
        self.schema, self.chance = schema, random.Random(seed)
        self.marks = 0

    def text(self) -> str:
        """A text with a mark in it, or an odd one."""
        if self.chance.random() < 0.35:
            return self.chance.choice(ODD_TEXTS)
        self.marks += 1
        return f"mark{self.marks:05d}x{self.chance.randrange(16**6):06x}"

    def anything(self, depth: int = 0) -> object:
        """JSON of no schema."""
        kinds = ["text", "text", "number", "whole", "none", "yes"] + (["list", "object"] if depth < 4 else [])
        match self.chance.choice(kinds):
            case "text":
                return self.text()
            case "number":
                return self.chance.choice((0.5, -1e300, 1e-300, 2.5, 1e308))
            case "whole":
                return self.chance.choice((0, -1, 2**31, 2**63, 10**30, 7))
            case "none":
                return None
            case "yes":
                return self.chance.random() < 0.5
            case "list":
                return [self.anything(depth + 1) for _ in range(self.chance.randrange(4))]
            case _:
                return {self.text(): self.anything(depth + 1) for _ in range(self.chance.randrange(4))}

    def of(self, schema: dict, depth: int = 0) -> object:
        """JSON of a schema, mostly."""
        if self.chance.random() < 0.12 or depth > 8:
            return self.anything(depth)
        if "$ref" in schema:
            return self.of(self.schema["components"]["schemas"][schema["$ref"].rpartition("/")[2]], depth + 1)
        for choice in ("anyOf", "oneOf"):
            if choice in schema:
                return self.of(self.chance.choice(schema[choice]), depth + 1)
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        match schema.get("type"):
            case "object":
                found = {
                    name: self.of(part, depth + 1)
                    for name, part in schema.get("properties", {}).items()
                    if name in schema.get("required", ()) or self.chance.random() < 0.6
                }
                if self.chance.random() < 0.1 or not schema.get("properties"):
                    found[self.text()] = self.anything(depth + 1)
                return found
            case "array":
                return [self.of(schema.get("items", {}), depth + 1) for _ in range(self.chance.randrange(4))]
            case "integer":
                return self.chance.choice((schema.get("minimum", 0), schema.get("maximum", 10), 1, 3))
            case "number":
                return self.chance.choice((schema.get("minimum", 0.0), schema.get("maximum", 1.0), 0.25))
            case "boolean":
                return self.chance.random() < 0.5
            case "string":
                return self.text()
        return self.anything(depth)

    def request(self, path: str, method: str, operation: dict, known: dict[str, list[str]]) -> dict:
        """One request of an operation; names in the address exist every other time."""
        address, query = path, {}
        for one in operation.get("parameters", ()):
            value = self.of(one.get("schema", {}))
            if one["in"] == "path":
                there = known.get(one["name"], known.get(path.split("/")[3], []))
                word = self.chance.choice(there) if there and self.chance.random() < 0.5 else str(value)
                word = word.encode("utf-8", "replace").decode()[:2_000]
                address = address.replace("{" + one["name"] + "}", quote(word, safe="") or "x")
            elif one["in"] == "query" and (one.get("required") or self.chance.random() < 0.5):
                query[one["name"]] = str(value).encode("utf-8", "replace").decode()[:2_000]
        made: dict = {"method": method.upper(), "url": address, "params": query}
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" in content:
            if self.chance.random() < 0.15:
                made["content"] = self.chance.choice(RAW_BODIES)
            else:
                body = self.of(content["application/json"].get("schema", {}))
                made["content"] = json.dumps(body, ensure_ascii=self.chance.random() < 0.5).encode(
                    "utf-8", "surrogatepass"
                )
            made["headers"] = {"content-type": "application/json"}
        elif content:
            made["content"] = self.chance.choice(RAW_BODIES)
            made["headers"] = {"content-type": next(iter(content))}
        return made


def sent_texts(asked: dict) -> list[str]:
    """Every mark of a request."""
    whole = json.dumps([asked["url"], asked["params"]]) + asked.get("content", b"").decode("utf-8", "replace")
    return [part[:15] for part in whole.replace("\\", " ").split("mark")[1:] if part[5:6] == "x"]


def test_nothing_that_is_sent_breaks_anything(victim):
    with victim.client() as client:
        schema = client.get("/api/v1/openapi.json").json()
        operations = [
            (path, method, operation)
            for path, methods in schema["paths"].items()
            for method, operation in methods.items()
            if not any(part in path for part in LEFT_OUT) and "/users" not in path
        ]
        known = {
            "name": [one["name"] for one in client.get("/api/v1/segments").json()["segments"]],
            "segment": [one["name"] for one in client.get("/api/v1/segments").json()["segments"]],
            "campaigns": ["garden_week"],
            "customer": ["m00003", "m00004"],
            "id": ["m00003"],
        }
        asker, wrong, slow, statuses = Asker(schema, 20261122), [], [], Counter()
        for number in range(REQUESTS):
            path, method, operation = operations[number % len(operations)]
            asked = asker.request(path, method, operation, known)
            began = time.perf_counter()
            answer = client.request(**asked)
            seconds = time.perf_counter() - began
            statuses[answer.status_code // 100] += 1
            line = f"{method.upper()} {path}: {json.dumps(asked['params'])[:200]} {asked.get('content', b'')[:300]!r}"
            if answer.status_code >= 500 and answer.status_code != 503:
                wrong.append(f"{answer.status_code} {line} -> {answer.text[:300]}")
            if seconds > SLOW_SECONDS and not any(part in path for part in MEASURED):
                slow.append(f"{seconds:.1f} s {line}")
            if answer.status_code >= 400:
                repeated = [mark for mark in sent_texts(asked) if f"mark{mark}" in answer.text]
                if repeated:
                    wrong.append(f"repeats {repeated[0]} {line} -> {answer.text[:300]}")
        for job in client.get("/api/v1/jobs", params={"state": ["waiting", "running"]}).json().get("jobs", []):
            client.post(f"/api/v1/jobs/{job['job']}/cancel")
    assert not wrong, f"{len(wrong)} of {REQUESTS}:\n" + "\n".join(wrong[:20])
    # Refusing everything would be no proof: a good part is understood.
    assert statuses[2] > REQUESTS / 10, statuses
    # A machine that does other things may be slow once; an operation that is slow is slow again.
    assert len(slow) <= REQUESTS // 400, "\n".join(slow[:20])


def test_schemathesis_finds_nothing(victim):
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings

    with victim.client() as client:
        headers = {**client.headers, "cookie": f"{victim.cookie}={client.cookies[victim.cookie]}"}
        schema = schemathesis.openapi.from_dict(client.get("/api/v1/openapi.json").json())
        schema.config.base_url = victim.url
    wrong: list[str] = []
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if any(part in operation.path for part in LEFT_OUT) or "/users" in operation.path:
            continue

        @settings(
            max_examples=max(1, REQUESTS // 500),
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case):
            nonlocal asked
            asked += 1
            answer = case.call(headers=headers, timeout=60)
            if answer.status_code >= 500 and answer.status_code != 503:
                wrong.append(f"{answer.status_code} {case.method} {case.formatted_path}: {case.body!r:.300}")

        ask()
    assert not wrong, f"{len(wrong)} of {asked}:\n" + "\n".join(wrong[:20])
    assert asked > 100
