"""Settings with users, keys and a log."""

from __future__ import annotations

from segmentary.ledger.users import append_user
from segmentary.workspace.access.program_keys import make_key, revoke
from segmentary.workspace.workspace import Workspace

UNUSABLE = "$argon2id$v=19$m=65536,t=3,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def furnish(workspace: Workspace) -> list[str]:
    ledger, tick = workspace.ledger, workspace.tick
    append_user(ledger, "ines@example.com", "Inês Álvares-Çelik de la Fuente", "analyst", UNUSABLE, at=tick())
    make_key(ledger, "write", "shop front <b>", by="ines@example.com", at=tick(), days=365)
    gone = make_key(ledger, "read", "dashboard of the branch in Castrop-Rauxel", by="ines@example.com", at=tick())
    revoke(ledger, gone.info.key_id, at=tick())
    return [
        *("/settings", "/settings/users", "/settings/users/ines%40example.com", "/settings/keys"),
        "/settings/audit",
    ]
