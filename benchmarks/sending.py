"""Ten thousand mails through the outbox to a mail server on this machine, beside a bare loop and the disk.

``python -m benchmarks.sending [--mails N]`` starts the server of `segmentary.samples.mail_sink` in a process of its
own, sends the same mails twice over one connection each:

- **bare**: a loop that composes and calls ``smtplib.send_message``: no consent, no outbox, no memory;
- **ours**: ``workspace.outbox.send``: leased, consent and suppression asked before each, composed, delivered, marked.

and measures what the disk alone allows: two synced transactions a mail, as ours makes. Ratios are of one run.
"""

from __future__ import annotations

import argparse
import json
import smtplib
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

import segmentary as sg
from segmentary.activation.message import Outgoing, Rendered
from segmentary.ledger.ledger import Ledger

RESULTS = Path(__file__).parent / "results" / "sending.json"
TEXT = "Hello Ann,\n\nseeds, soil and raised beds are here.\n" * 6
HTML = "<p>Hello Ann,</p><p>seeds, soil and raised beds are here.</p>" * 12


def server(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """Start the mail server; return it with the settings that lead to it."""
    command = [sys.executable, "-m", "segmentary.samples.mail_sink", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    settings = ""
    while not settings.rstrip().endswith('Berlin"'):
        settings += process.stdout.readline()
    return process, settings


def bare(port: int, mails: int) -> float:
    """Return the seconds a bare loop takes that composes and sends."""
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for n in range(mails):
            mail = EmailMessage()
            mail["From"], mail["To"] = "news@shop.example", f"c{n}@example.org"
            mail["Subject"], mail["Message-ID"] = "Everything for the garden", f"<bare.{n}@shop.example>"
            mail.set_content(TEXT)
            mail.add_alternative(HTML, subtype="html")
            connection.send_message(mail)
    return time.perf_counter() - began


def disk(folder: Path, transactions: int) -> float:
    """Return the seconds so many synced transactions take in a ledger."""
    ledger = Ledger(folder / "alone.sqlite")
    ledger.connection.execute("create table marks (number integer primary key, state text)")
    began = time.perf_counter()
    for number in range(transactions):
        with ledger.transaction():
            ledger.connection.execute("insert or replace into marks values (?, 'sent')", (number % 1000,))
    seconds = time.perf_counter() - began
    ledger.close()
    return seconds


def ours(folder: Path, settings: str, mails: int) -> tuple[float, int]:
    """Return the seconds the outbox takes, and how many mails left."""
    rows = "\n".join(f"c{n},c{n}@example.org,yes" for n in range(mails))
    (folder / "customers.csv").write_text(f"customer_id,email,accepts_marketing\n{rows}\n")
    sg.init(folder / "shop").close()
    with (folder / "shop" / "segmentary.toml").open("a") as file:
        file.write(settings)
    content = Rendered("Everything for the garden", TEXT, HTML, unsubscribe_url="https://shop.example/u?t=x")
    with sg.open(folder / "shop") as workspace:
        workspace.add(folder / "customers.csv")
        workspace.run()
        workspace.outbox.put(
            Outgoing(f"bench.{n}", "bench-1", "bench", f"c{n}", "email", "marketing", "all", "treated", "a",
                     f"c{n}@example.org", content)
            for n in range(mails)
        )  # fmt: skip
        began = time.perf_counter()
        sent = workspace.outbox.send()
        return time.perf_counter() - began, sent.sent


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mails", type=int, default=10_000)
    mails = parser.parse_args().mails
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process, settings = server(folder / "mails")
        try:
            port = int(settings.partition("port = ")[2].partition("\n")[0])
            plain = bare(port, mails)
            seconds, sent = ours(folder, settings, mails)
            taken = sum(1 for _ in (folder / "mails").iterdir())
        finally:
            process.terminate()
            process.wait()
        limit = disk(folder, 2 * mails)
    figures = {
        "mails": mails,
        "sent": sent,
        "bare_per_second": round(mails / plain),
        "ours_per_second": round(mails / seconds),
        "ratio": round(seconds / plain, 2),
        "disk_alone_per_second": round(mails / limit),
    }
    for key, value in figures.items():
        print(f"{key:24} {value}")
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n")
    if sent != mails or taken != 2 * mails:
        print(f"{sent} of {mails} left, the server took {taken}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
