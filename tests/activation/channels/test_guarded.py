"""No way inside: a listening socket on this machine sees nothing, whatever a destination is called."""

import socket
import threading

import pytest
from tests.activation.channels.messages import NOON, outgoing
from tests.activation.channels.test_smtp import SENDER

from segmentary.activation.channels.guarded import (
    LARGEST_REPLY,
    BlockedError,
    Guard,
    GuardedClient,
    allowed,
    checked_url,
    resolved,
)
from segmentary.activation.channels.smtp import Server, SmtpChannel
from segmentary.errors import SettingsError

NOT_PUBLIC = (
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.1.2.3",
    "127.255.255.255", "169.254.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170",
    "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "::", "::1",
    "::127.0.0.1", "::10.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8",
    "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a00:1", "64:ff9b::8.8.8.8",
    "64:ff9b:1::1", "64:ff9b:1::127.0.0.1", "100::1", "2001::1", "2001:0:7f00:1::", "2001:10::1", "2001:20::1",
    "2001:db8::1", "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1",
    "fe80::1", "fe80::1%eth0", "fe80::1%1", "febf::1", "fec0::1", "feff::1", "ff02::1", "ff0e::1", "2606:4700::1%eth0",
    "not an address", "", "127.0.0.1 ", "0x7f.1", "2130706433", "017700000001", "127.1",
)  # fmt: skip
PUBLIC = (
    "8.8.8.8",
    "93.184.215.14",
    "1.1.1.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "9.255.255.255",
    "11.0.0.0",
)
HOSTILE_HOSTS = (
    "127.0.0.1", "localhost", "0x7f.1", "2130706433", "017700000001", "127.1", "0", "0.0.0.0", "0x7f000001", "127.0.1",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[fe80::1%25lo]",
    "localhost.", "LOCALHOST", "127.0.0.1.", "①②⑦.0.0.1", "[fec0::1]", "[::ffff:7f00:1]", "169.254.169.254", "10.0.0.1",
    "[ff02::1]",
)  # fmt: skip


class Canary:
    """Listens on this machine, and counts who comes."""

    def __enter__(self):
        self.visits = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.socket.settimeout(0.2)
        self.closed = False
        self.thread = threading.Thread(target=self.listen)
        self.thread.start()
        return self

    def listen(self):
        while not self.closed:
            try:
                visitor, _ = self.socket.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            with visitor:
                self.visits.append(visitor.getpeername())

    def __exit__(self, *_):
        self.closed = True
        self.socket.close()
        self.thread.join()


@pytest.fixture(scope="module")
def canary():
    with Canary() as found:
        yield found


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public(address):
    assert not allowed(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public(address):
    assert allowed(address)


def test_what_is_allowed_where_private_networks_are():
    private = {one for one in NOT_PUBLIC if allowed(one, allow_private=True)}
    assert private == {
        "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.1.2.3", "127.255.255.255",
        "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "::1", "fc00::1", "fd12:3456::1",
    }  # fmt: skip


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
def test_a_webhook_to_a_hostile_place_connects_nowhere(canary, host):
    client = GuardedClient(Guard())
    with pytest.raises((BlockedError, SettingsError, OSError)):
        client.post(f"https://{host}:{canary.port}/hooks", b"{}", {})
    client.close()
    assert canary.visits == []


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
def test_mail_to_a_hostile_place_connects_nowhere(canary, host):
    ch = SmtpChannel(
        "email", Server(host, canary.port, "starttls", timeout=2), lambda _: SENDER, clock=lambda: NOON, guard=Guard()
    )
    assert ch.deliver(outgoing()).everybody
    assert canary.visits == []


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_a_name_that_leads_inside_connects_nowhere(canary, address):
    for answers in ([address], ["93.184.215.14", address]):
        guard = Guard(resolve=lambda host, port, answers=answers: answers)
        with pytest.raises(BlockedError):
            guard.connect("shop.example", canary.port, timeout=1)
    assert canary.visits == []


def test_a_name_is_resolved_once_and_what_was_checked_is_connected_to(canary):
    """The second answer of a rebinding name is never asked for: the checked one is what the socket gets."""
    asked, dialled = [], []

    def rebinding(host, port):
        asked.append(host)
        return ["93.184.215.14"] if len(asked) == 1 else ["127.0.0.1"]

    def dial(place, timeout=None):
        dialled.append(place)
        raise ConnectionRefusedError("nobody there")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "create_connection", dial)
        client = GuardedClient(Guard(resolve=rebinding))
        with pytest.raises(OSError, match="nobody there"):
            client.post(f"https://shop.example:{canary.port}/hooks", b"{}", {})
    assert asked == ["shop.example"]
    assert dialled == [("93.184.215.14", canary.port)]
    assert canary.visits == []


def test_the_systems_resolver_reads_numbers_as_addresses_so_answers_are_checked():
    assert resolved("2130706433", 80) == ["127.0.0.1"]
    with pytest.raises(BlockedError, match=r"127\.0\.0\.1"):
        Guard().addresses("2130706433", 80)


@pytest.mark.parametrize("host", ["", "a b", "a\r\nb", "x\0y", "[]"])
def test_a_host_has_to_be_one(host):
    with pytest.raises(BlockedError):
        Guard(resolve=lambda host, port: ["8.8.8.8"]).addresses(host, 25)


def test_no_answer_is_no_address():
    with pytest.raises(BlockedError, match="no address"):
        Guard(resolve=lambda host, port: []).addresses("shop.example", 25)


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/x", "ftp://shop.example/", "file:///etc/passwd", "https://", "https:///x", "shop.example",
        "https://user:password@shop.example/", "https://user@shop.example/", "https://shop.example/\r\nX: y",
        "https://[::1/", "https://shop.example:99999/", "gopher://127.0.0.1:25/x", "https://a b/",
    ],
)  # fmt: skip
def test_addresses_that_are_not_posted_to(url):
    with pytest.raises(SettingsError) as caught:
        checked_url(url, allow_private=False)
    assert "password@" not in caught.value.message


def served(*answers, delay=None):
    """Answer one call after another on this machine, then stop; what came is kept."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.settimeout(10)
    came = []

    def serve():
        for answer in answers:
            try:
                visitor, _ = listening.accept()
            except OSError:
                return
            with visitor:
                visitor.settimeout(10)
                came.append(visitor.recv(65536))
                try:
                    for part in answer:
                        visitor.sendall(part)
                        if delay is not None:
                            delay.wait(0.05)
                except OSError:
                    pass

    thread = threading.Thread(target=serve)
    thread.start()
    return listening, thread, came


def local(guard=None):
    return GuardedClient(guard or Guard(allow_private=True))


def test_redirects_are_not_followed_and_proxies_are_not_used(canary, monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{canary.port}")
    to = f"http://127.0.0.1:{canary.port}/secrets"
    listening, thread, came = served([f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()])
    answer = local().post(f"http://127.0.0.1:{listening.getsockname()[1]}/hooks", b"{}", {"webhook-id": "m1"})
    thread.join()
    listening.close()
    assert answer.status == 302
    assert b"webhook-id: m1" in came[0]
    assert canary.visits == []


def test_a_long_answer_is_cut():
    body = b"x" * 16_384
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n"
    listening, thread, _ = served([head, *[body] * 40])
    client = local()
    answer = client.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {})
    client.close()
    assert len(answer.body) == LARGEST_REPLY
    thread.join()
    listening.close()


def test_the_time_limit_is_for_everything_together():
    """Every byte comes in time, all of them do not: time is a number here, each look at it a second later."""
    seconds = iter(range(10_000))
    trickle = [b"HTTP/1.1 200 OK\r\nContent-Length: 10000\r\n\r\n", *[b"x"] * 200]
    pause = threading.Event()
    listening, thread, _ = served(trickle, delay=pause)
    client = local(Guard(allow_private=True, monotonic=lambda: float(next(seconds))))
    with pytest.raises(OSError, match="time"):
        client.post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {})
    client.close()
    pause.set()
    thread.join()
    listening.close()


@pytest.mark.parametrize("answer", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx"])
def test_broken_answers_are_errors_of_the_network(answer):
    listening, thread, _ = served([answer])
    with pytest.raises(OSError):  # noqa: PT011
        local().post(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}", {})
    thread.join()
    listening.close()
