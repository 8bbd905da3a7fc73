"""Passwords: Argon2id, at most two at once; long instead of complicated, and none of those everybody tries first."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from segmentary.errors import UsageError

SHORTEST = 12
LONGEST = 1024
AT_ONCE = threading.BoundedSemaphore(2)
"""One hash takes 64 MiB and a fifth of a second of a core: more at once would stop everything else."""
HASHER = PasswordHasher()


def listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


COMMONEST = listed(
    "password passwort passw0rd motdepasse contrasena letmein welcome willkommen admin administrator root user test"
    " guest changeme change default secret geheim master login access qwerty qwertz azerty asdf asdfgh zxcvbn qazwsx"
    " qwertyuiop qwertzuiop asdfghjkl zxcvbnm iloveyou ichliebedich dragon monkey football baseball superman batman"
    " sunshine princess shadow michael jordan hunter trustno hello hallo hallowelt helloworld whatever starwars pokemon"
    " computer internet samsung google facebook segmentary marketing company firma schatz"
    " hello123 correcthorsebatterystaple"
    " summer winter spring autumn sommer herbst frühling january february monday freedom charlie donald mustang"
)
SWAPS = str.maketrans("0134578@$!", "oieastbasi")
ROWS = (
    "abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "1q2w3e4r5t6z7u8i9o0p",
    "1q2w3e4r5t6y7u8i9o0p",
)  # fmt: skip


def normal(password: str) -> str:
    """Return a password as it is hashed: the same characters, however a keyboard composed them."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, user: str, name: str = "") -> None:
    """Refuse what would be guessed first.

    Raises
    ------
    UsageError
        when it is shorter than 12 characters, among the commonest, or the user's own name.
    """
    try:
        password.encode("utf-8")
    except UnicodeEncodeError:
        raise refused("the password holds half a character", "type it again") from None
    if len(password) < SHORTEST:
        raise refused(
            f"the password is too short: at least {SHORTEST} characters",
            "four or five words that do not belong together",
        )
    if len(password) > LONGEST:
        raise refused(f"the password is too long: at most {LONGEST} characters", "a sentence is enough")
    folded = unicodedata.normalize("NFKC", password).casefold()
    if is_common(folded):
        raise refused(
            "this password is one of those everybody tries first", "four or five words that do not belong together"
        )
    bare = re.sub(r"[\W\d_]", "", folded)
    for own in {part for text in (user, name) for part in (text.casefold(), *re.split(r"[\W_]+", text.casefold()))}:
        left = bare.replace(own, "") if len(own) > 2 else bare
        if len(left) < 4 and left != bare:
            raise refused("the password is hardly more than your own name", "words nobody connects with you")


def refused(message: str, hint: str) -> UsageError:
    error = UsageError(message, hint=hint)
    error.pointer = "/password"  # type: ignore[attr-defined]
    return error


def is_common(folded: str) -> bool:
    """Say whether a password is a common word with ornaments, one thing repeated, or a walk over the keys."""
    if len(set(folded)) <= 4:
        return True
    if any(
        folded == folded[:size] * (len(folded) // size)
        for size in range(1, len(folded) // 2 + 1)
        if len(folded) % size == 0
    ):
        return is_common(folded[: len(folded) // 2]) or len(folded) < 2 * SHORTEST
    trimmed = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", folded)
    for form in (folded, folded.translate(SWAPS), trimmed.translate(SWAPS)):
        words = [word for word in re.split(r"[\W\d_]+", form) if word]
        if form in COMMONEST or "".join(words) in COMMONEST or (words and all(word in COMMONEST for word in words)):
            return True
    return any(folded in row * 3 or folded[::-1] in row * 3 for row in ROWS)


def hash_of(password: str) -> str:
    """Return the hash to keep; takes its turn."""
    with AT_ONCE:
        return HASHER.hash(normal(password))


@cache
def nobody() -> str:
    """Return the hash of no password: a user who is not there takes as long as one who is."""
    import secrets

    return hash_of(secrets.token_urlsafe(32))


def fits(password_hash: str | None, password: str) -> bool:
    """Say whether a password is the one that was hashed; None (no such user) takes as long and is never right."""
    given = normal(password[:LONGEST]).encode("utf-8", "replace")
    held = password_hash or nobody()
    with AT_ONCE:
        try:
            right = HASHER.verify(held, given)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
    return right and password_hash is not None


def is_old(password_hash: str) -> bool:
    """Say whether a hash was made with fewer rounds than today."""
    return HASHER.check_needs_rehash(password_hash)
