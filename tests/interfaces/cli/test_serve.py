"""What `segmentary serve` refuses before it serves, and what it leaves behind; how it serves: test_killed_jobs."""

import asyncio
import contextlib
import json
import socket
import stat

import pytest
import uvicorn
from uvicorn.server import ServerState

import segmentary as sg
from segmentary.interfaces.cli.main import app
from segmentary.interfaces.cli.serve import is_loopback, punctual, write_private


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("serve") / "shop"
    sg.init(folder).close()
    return folder


def served(shop, *options):
    with pytest.raises(SystemExit) as end:
        app(args=["-w", str(shop), "serve", *options], prog_name="segmentary")
    return end.value.code


def test_a_port_in_use(shop, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert served(shop, "--port", str(port)) == 1
    said = capsys.readouterr().err
    assert f"Port {port} is in use by another program." in said
    assert f"Try: segmentary serve --port {port + 1}" in said
    assert not (shop / ".server.json").exists()


def test_an_address_of_somebody_else(shop, capsys):
    assert served(shop, "--host", "203.0.113.7") == 1
    assert "no address of this machine" in capsys.readouterr().err


def test_others_may_not_come_before_the_first_user(shop, capsys):
    assert served(shop, "--host", "0.0.0.0", "--port", "0") == 2
    assert "no user yet" in capsys.readouterr().err
    assert not (shop / ".server.json").exists()


def test_a_workspace_that_is_served_already(shop, capsys):
    (shop / ".server.json").write_text(json.dumps({"host": "127.0.0.1", "port": 8765, "token": "x"}))
    with sg.open(shop):
        assert served(shop, "--port", "0") == 1
    assert "it is served already: http://127.0.0.1:8765" in capsys.readouterr().err
    (shop / ".server.json").unlink()


@pytest.mark.parametrize(
    ("host", "near"), [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("shop", False)]
)
def test_what_only_this_machine_reaches(host, near):
    assert is_loopback(host) is near


def test_what_only_the_owner_may_read(tmp_path):
    place = tmp_path / "known.json"
    for _ in range(2):
        write_private(place, {"token": "x"})
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"", False),
        (b"GET / HTTP/1.1\r\nHost: 127.", False),
        (b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 9\r\n\r\nhalf", False),
        (b"GET / HTTP/1.1\r\nHost: here\r\n\r\n", True),
    ],
)
def test_who_says_nothing_is_hung_up_on(sent, answered):
    async def slow(scope, receive, send):
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(0.3)
        with contextlib.suppress(Exception):
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body"})

    async def talked():
        loop = asyncio.get_running_loop()
        config = uvicorn.Config(slow, http=punctual(0.1), lifespan="off", log_config=None)
        config.load()
        server = await loop.create_server(
            lambda: config.http_protocol_class(config=config, server_state=ServerState(), app_state={}), "127.0.0.1", 0
        )
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(sent)
        found = await asyncio.wait_for(reader.read(12), 10)
        writer.close()
        server.close()
        return found

    assert (asyncio.run(talked()) == b"HTTP/1.1 204") is answered
