"""A real SMTP server on this machine that can misbehave as real ones do."""

import threading
from collections import Counter

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


class Mail:
    """One mail as the server got it."""

    def __init__(self, envelope):
        self.sender = envelope.mail_from
        self.to = envelope.rcpt_tos[0]
        self.content = envelope.content
        self.options = envelope.mail_options


class Behaviour:
    """What the server does: by address and how often it was asked for that address.

    plan : address -> list of what happens at each attempt: ``4xx``, ``5xx`` or any reply at RCPT; ``data 4xx``,
    ``data 5xx`` after the content; ``drop``: the content is taken and the connection cut instead of an answer;
    ``cut``: the connection is cut before the content; ``ok``.
    """

    def __init__(self, plan=None, *, mail_reply=""):
        self.plan = plan or {}
        self.mail_reply = mail_reply
        self.mails = []
        self.attempts = Counter()
        self.lock = threading.Lock()
        self.before_answer = None

    def step(self, address):
        steps = self.plan.get(address, ())
        if callable(steps):
            return steps(self.attempts[address])
        number = self.attempts[address]
        return steps[number] if number < len(steps) else "ok"

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.mail_reply:
            return self.mail_reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        step = self.step(address)
        if step == "4xx":
            self.attempts[address] += 1
            return "451 4.3.0 try again later"
        if step == "5xx":
            self.attempts[address] += 1
            return f"550 5.1.1 <{address}> no such user"
        if step == "cut":
            self.attempts[address] += 1
            server.transport.abort()
            return "250 OK"
        if step[:1] in "45":
            self.attempts[address] += 1
            return step
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        step = self.step(address)
        self.attempts[address] += 1
        if step.startswith("data "):
            return {"data 4xx": "452 4.3.1 disk full", "data 5xx": "554 5.7.1 looks like spam"}.get(step, step[5:])
        with self.lock:
            self.mails.append(Mail(envelope))
        if step == "drop":
            server.transport.abort()
        if self.before_answer is not None:
            self.before_answer(address)
        return "250 2.0.0 taken"

    def got(self):
        """Return how many mails each address got."""
        return Counter(mail.to for mail in self.mails)


class FreePort(Controller):
    """Listens where the system has a free port."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class MailServer:
    """The server, in a thread of its own, on a free port: use it in a ``with`` block."""

    def __init__(self, behaviour=None, *, pipelining=False, **options):
        self.behaviour = behaviour or Behaviour()
        self.controller = FreePort(self.behaviour, hostname="127.0.0.1", port=0, **options)
        if pipelining:
            self.controller.factory = self.with_pipelining

    def with_pipelining(self):
        return Pipelining(self.behaviour, **self.controller.SMTP_kwargs)

    def __enter__(self):
        self.controller.start()
        self.port = self.controller.port
        return self

    def __exit__(self, *_):
        self.controller.stop()

    @property
    def mails(self):
        return self.behaviour.mails


class Pipelining(SMTP):
    """Says that it takes several commands at once; it reads line by line, so it does."""

    async def push(self, status):
        if isinstance(status, str) and status.startswith("250-SIZE"):
            await super().push("250-PIPELINING")
        await super().push(status)
