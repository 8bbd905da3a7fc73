"""A mail server for trying things out: takes every mail on this machine and writes it into a folder; delivers none.

::

    python -m segmentary.samples.mail_sink mails --background >> segmentary.toml

listens on 127.0.0.1 at a free port, prints the settings that send to it, and ends by itself when nobody has spoken to
it for a while. Each mail becomes ``000001.eml`` and so on, as it came, dots unstuffed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

SETTINGS = """
[channels.email]
host = "127.0.0.1"
port = {port}
security = "none"
allow_private = true
sender = "Shop <news@shop.example>"
bounces = "bounces@shop.example"
unsubscribe_url = "https://shop.example/unsubscribe"
postal_address = "Shop, Gartenweg 1, 10115 Berlin"
"""
IDLE_SECONDS = 120.0
LONGEST_LINE = 1 << 20


@dataclass
class Sink:
    """What was taken so far."""

    folder: Path
    mails: int = 0
    talking: int = 0
    idle: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take mails over one connection until it ends."""
        self.talking += 1
        self.idle.set()
        try:
            await self.answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            self.talking -= 1
            self.idle.set()
            writer.close()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer command after command."""
        writer.write(b"220 sink ready\r\n")
        while line := await reader.readline():
            command = line.decode("utf-8", "replace").strip().upper()
            if command.startswith("EHLO"):
                writer.write(b"250-sink\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 PIPELINING\r\n")
            elif command == "DATA":
                writer.write(b"354 go ahead\r\n")
                await writer.drain()
                mail = await content(reader)
                if mail is None:
                    return
                self.keep(mail)
                writer.write(b"250 2.0.0 taken\r\n")
            elif command == "QUIT":
                writer.write(b"221 bye\r\n")
                await writer.drain()
                return
            elif command.startswith(("HELO", "MAIL", "RCPT", "RSET", "NOOP")):
                writer.write(b"250 2.0.0 ok\r\n")
            else:
                writer.write(b"502 5.5.2 not known here\r\n")
            await writer.drain()

    def keep(self, mail: bytes) -> None:
        """Write one mail down."""
        self.mails += 1
        (self.folder / f"{self.mails:06d}.eml").write_bytes(mail)


async def content(reader: asyncio.StreamReader) -> bytes | None:
    """Return a mail's content: up to a line with a dot alone; None when the sender is gone before that."""
    lines = []
    while (line := await reader.readline()) not in (b".\r\n", b".\n"):
        if not line.endswith(b"\n"):
            return None
        lines.append(line.removeprefix(b"."))
    return b"".join(lines)


async def serve(sink: Sink, listening: socket.socket, idle_seconds: float) -> int:
    """Take mails until nobody has spoken for a while; return how many there were."""
    server = await asyncio.start_server(sink.talk, sock=listening, limit=LONGEST_LINE)
    async with server:
        while True:
            sink.idle.clear()
            try:
                await asyncio.wait_for(sink.idle.wait(), idle_seconds)
            except TimeoutError:
                if sink.talking == 0:
                    return sink.mails


def bound() -> socket.socket:
    """Return a socket at a free port of this machine."""
    # With the protocol named, asyncio has connections answer at once; else every mail waits 40 ms for its answer.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    return listening


def apart() -> bool:
    """Go on as a process of one's own that holds nobody's output open; return whether this is that process."""
    if os.fork():
        return False
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for one in (0, 1, 2):
        os.dup2(nothing, one)
    return True


def main(arguments: Sequence[str] | None = None) -> None:
    """Listen, say where, and take mails."""
    parser = argparse.ArgumentParser(prog="python -m segmentary.samples.mail_sink", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--background", action="store_true", help="go on by itself, and return at once")
    parser.add_argument("--idle", type=float, default=IDLE_SECONDS, help="seconds of silence after which it ends")
    given = parser.parse_args(arguments)
    given.folder.mkdir(parents=True, exist_ok=True)
    listening = bound()
    sys.stdout.write(SETTINGS.format(port=listening.getsockname()[1]))
    sys.stdout.flush()
    if not given.background or apart():
        asyncio.run(serve(Sink(given.folder.resolve()), listening, given.idle))


if __name__ == "__main__":
    main()
