"""Who somebody in a chat is: a host's signed token, or a code sent to the address we have of them.

A conversation is a visitor's until then. A code is six digits, good for ten minutes and five tries; what the visitor
reads is the same whether or not the address is known, so that nobody can find out whose address we have.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from segmentary.activation.chat.state import State
from segmentary.engine.sqlfile import column, literal
from segmentary.errors import UsageError
from segmentary.identity.keys import normalize_email
from segmentary.ledger.conversations import Conversation, codes_sent
from segmentary.ledger.ledger import instant, instant_text
from segmentary.schema import IDENTIFIERS, IDENTITY_MAP
from segmentary.workspace.keys import key

if TYPE_CHECKING:
    from segmentary.workspace.workspace import Workspace

PURPOSE = "chat"
MINUTES = 10
MOST_TRIES = 5
MOST_CODES = 3
MOST_A_DAY = 5


class Identity:
    """Tokens and codes of a workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def token(self, customer_id: str) -> str:
        """Return a signed token by which a host's page says who is logged in."""
        return str(self.serializer().dumps([customer_id, instant_text(self.workspace.tick())]))

    def read(self, token: str, *, minutes: int = 15) -> str:
        """Return the customer of a token.

        Raises
        ------
        UsageError
            when it was not signed by this workspace, or is too old.
        """
        from itsdangerous import BadSignature

        try:
            customer_id, signed_at = self.serializer().loads(token)
            age = self.workspace.tick() - instant(str(signed_at))
        except (BadSignature, ValueError, TypeError):
            raise UsageError("the token is not one of this workspace", hint="sign it with `chats.token`") from None
        if not dt.timedelta(0) <= age <= dt.timedelta(minutes=minutes):
            raise UsageError("the token is too old", hint="sign a new one when the page is loaded")
        return str(customer_id)

    def serializer(self) -> Any:
        """Return what signs tokens with the workspace's secret."""
        from itsdangerous import URLSafeSerializer

        return URLSafeSerializer(key(self.workspace.folder.root, PURPOSE), salt="segmentary.chat.token")

    def send_code(self, held: Conversation, state: State, address: str, at: dt.datetime) -> State:
        """Put a code into the outbox where the address is one customer's; remember only its fingerprint."""
        customer_id = self.customer_with(address)
        code = f"{secrets.randbelow(1_000_000):06d}"
        until = at + dt.timedelta(minutes=MINUTES)
        if state.codes >= MOST_CODES:
            return state
        if customer_id is not None and self.too_many(customer_id, at):
            customer_id = None
        if customer_id is not None:
            self.put(held, customer_id, address, code, at, until)
        fingerprint = self.fingerprint(held, customer_id or "", code)
        kept = f"{fingerprint} {customer_id or ''}"
        return replace(state, code=kept, code_until=instant_text(until), code_tries=0, codes=state.codes + 1)

    def too_many(self, customer_id: str, at: dt.datetime) -> bool:
        """Say whether so many codes went to a customer that somebody else may be guessing, or teasing them."""
        return codes_sent(self.workspace.ledger, customer_id, since=at - dt.timedelta(days=1)) >= MOST_A_DAY

    def try_code(self, held: Conversation, state: State, code: str, at: dt.datetime) -> tuple[str | None, State]:
        """Return whose code it is, or nothing; after five tries it is worth nothing."""
        kept, _, customer_id = state.code.partition(" ")
        state = replace(state, code_tries=state.code_tries + 1)
        fresh = bool(state.code_until) and at <= instant(state.code_until)
        same = hmac.compare_digest(kept, self.fingerprint(held, customer_id, code))
        if not (kept and customer_id and fresh and same and state.code_tries <= MOST_TRIES):
            return None, state
        return customer_id, replace(state, code="", code_until="", code_tries=0)

    def fingerprint(self, held: Conversation, customer_id: str, code: str) -> str:
        """Return what is kept of a code: not the code."""
        secret = key(self.workspace.folder.root, PURPOSE)
        return hmac.new(secret, f"{held.conversation}|{customer_id}|{code}".encode(), hashlib.sha256).hexdigest()

    def customer_with(self, address: str) -> str | None:
        """Return the one customer with an address; None where there is none, or more than one."""
        wanted = normalize_email(address)
        if wanted is None:
            return None
        self.workspace.derived.ensure()
        query = (
            exp.select(column("customer_id", "m"))
            .distinct()
            .from_(exp.table_(IDENTIFIERS.name, quoted=True, alias="i"))
            .join(
                exp.table_(IDENTITY_MAP.name, quoted=True, alias="m"),
                on=exp.and_(
                    exp.EQ(this=column("id_space", "m"), expression=column("id_space", "i")),
                    exp.EQ(this=column("record_id", "m"), expression=column("record_id", "i")),
                ),
            )
            .where(column("kind", "i").eq(literal("email")), column("value", "i").eq(literal(wanted)))
        )
        found = self.workspace.engine.rows(query)
        return str(found[0][0]) if len(found) == 1 else None

    def put(
        self, held: Conversation, customer_id: str, address: str, code: str, at: dt.datetime, until: dt.datetime
    ) -> None:
        """Put the mail with the code into the outbox."""
        from segmentary.activation.message import Outgoing, Rendered

        shown = f"{code[:3]} {code[3:]}"
        text = f"Your code is {shown}. It is good for {MINUTES} minutes. If you did not ask for it, do nothing."
        message = Outgoing(
            message=f"chat-code-{held.conversation}-{int(at.timestamp())}",
            origin=f"chat:{held.conversation}",
            campaign="",
            customer_id=customer_id,
            channel="email",
            purpose="service",
            segment="",
            arm="",
            variant="",
            address=address,
            content=Rendered("Your code", text),
            expires_at=instant_text(until),
        )
        self.workspace.outbox.put([message])
