"""A small business with people who may be written to, for tests of sending."""

import datetime as dt

import segmentary as sg
from segmentary.activation.message import Outgoing, Rendered

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now=NOON):
        self.now = now

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += dt.timedelta(seconds=seconds)


def made(folder, people, *, port=0, channels=None, contact=None, consented=True, clock=None):
    """Make a workspace with people c0, c1, ... whose addresses are c0@x.example, ..., and open it."""
    table = {
        "email": {
            "host": "127.0.0.1",
            "port": port,
            "security": "none",
            "allow_private": True,
            "sender": "Shop <news@shop.example>",
        }
    }
    settings = {"channels": {**table, **(channels or {})}, "contact": contact or {}}
    sg.init(folder).close()
    (folder / "segmentary.toml").write_text(toml(settings))
    rows = ["id,email,created_at"] + [f"c{n},c{n}@x.example,2026-01-01" for n in range(people)]
    (folder / "people.csv").write_text("\n".join(rows) + "\n")
    said = ["id,purpose,channel,granted,happened_at"]
    said += [f"c{n},marketing,email,true,2026-01-02" for n in range(people)] if consented else []
    (folder / "consents.csv").write_text("\n".join(said) + "\n")
    workspace = sg.open(folder, **({"clock": clock} if clock else {}))
    workspace.add(folder / "people.csv", kind="customers", name="people")
    if consented:
        workspace.add(folder / "consents.csv", kind="consents", name="consents", columns={"record_id": "id"})
    return workspace


def toml(settings):
    from segmentary.settings import toml_key, toml_value

    lines = []
    for table, entries in settings.items():
        for name, values in entries.items():
            lines.append(f"[{table}.{name}]")
            lines += [f"{toml_key(key)} = {toml_value(value)}" for key, value in values.items()]
    return "\n".join(lines) + "\n"


def message(number, **given):
    """Return the message to one of the people."""
    fields = {
        "message": f"autumn-1.c{number}",
        "origin": "autumn-1",
        "campaign": "autumn",
        "customer_id": f"c{number}",
        "channel": "email",
        "purpose": "marketing",
        "segment": "everybody",
        "arm": "treated",
        "variant": "first",
        "address": f"c{number}@x.example",
        "content": Rendered(f"Hello {number}", "Something for you."),
    }
    return Outgoing(**{**fields, **given})
