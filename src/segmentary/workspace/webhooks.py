"""Bodies of webhooks, as they were sent: one body is one delivery, loaded as the export it is recognised as."""

from __future__ import annotations

import email
import email.policy
import json
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from segmentary.errors import SourceError
from segmentary.sources.names import lower_snake

if TYPE_CHECKING:
    from segmentary.sources.loading import LoadReport
    from segmentary.workspace.workspace import Workspace

LARGEST_BODY = 32 << 20
FORM = re.compile(rb"[A-Za-z0-9_.\-%\[\]+*]{1,200}=[^\s{}<>]*(?:&[A-Za-z0-9_.\-%\[\]+*]{1,200}=[^\s{}<>]*)*\s*")
MOST_FIELDS = 2_000


def receive_webhook(workspace: Workspace, body: bytes, *, source: str) -> list[LoadReport]:
    """Load the body of one webhook; the same body again adds nothing.

    body : JSON (an object, a list, or lines), or a form (urlencoded or multipart), which is kept as a JSON object.
    source : name of the source, such as ``postmark``; its parts are called ``postmark_messages``, ...

    Raises
    ------
    SourceError
        when it is empty, too large, or neither JSON nor a form; nothing is kept.
    MappingError
        when it is no export known here and it is not clear what its rows are.
    """
    text = as_json(body)
    with tempfile.TemporaryDirectory(prefix="segmentary-") as folder:
        path = Path(folder) / f"{lower_snake(source) or 'webhook'}.json"
        path.write_bytes(text)
        return workspace.add(path, name=source)


def as_json(body: bytes) -> bytes:
    """Return a body as JSON: forms become an object of their fields.

    Raises
    ------
    SourceError
        when it is empty, too large, or neither.

    Examples
    --------
    >>> as_json(b"event=opened&recipient=ann%40example.org")
    b'{"event": "opened", "recipient": "ann@example.org"}'
    """
    start = body.lstrip()[:1]
    if not start:
        raise SourceError("the body is empty", hint="send the webhook's body as it came")
    if len(body) > LARGEST_BODY:
        raise SourceError(f"a body of more than {LARGEST_BODY >> 20} MiB", hint="add it as a file")
    if start in (b"{", b"["):
        check_json(body)
        return body
    fields: dict[str, str] | None = None
    if body.startswith(b"--"):
        fields = multipart(body)
    elif FORM.fullmatch(body):
        try:
            read = parse_qs(body.decode("ascii").strip(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise SourceError("the form has too many fields, or none that can be read") from error
        fields = {name: values[0] for name, values in read.items()}
    if not fields:
        raise SourceError("the body is neither JSON nor a form", hint="send the webhook's body as it came")
    return json.dumps(fields, ensure_ascii=False).encode(errors="replace")


def check_json(body: bytes) -> None:
    """Refuse a body of one line that is no JSON; one of several lines is judged line by line when it is loaded.

    Raises
    ------
    SourceError
        with the reason.
    """
    from segmentary.sources.exports.raw import parsed
    from segmentary.sources.jsonlines import NoJson

    whole = body.strip()
    if b"\n" in whole:
        return
    try:
        found = parsed(whole.decode("utf-8-sig"))
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    except NoJson as why:
        reason = str(why)
    else:
        reason = "" if found else "there is nothing in it"
    if reason:
        raise SourceError(f"the body cannot be read: {reason}", hint="send the webhook's body as it came")


def multipart(body: bytes) -> dict[str, str]:
    """Return the fields of a multipart form; files in it are left out."""
    boundary = body.split(b"\n", 1)[0].strip()[2:]
    head = b'Content-Type: multipart/form-data; boundary="' + boundary.replace(b'"', b"") + b'"\r\n\r\n'
    message = email.message_from_bytes(head + body, policy=email.policy.HTTP)
    out: dict[str, str] = {}
    for part in message.walk():
        name = part.get_param("name", header="content-disposition")
        if isinstance(name, str) and part.get_filename() is None and len(out) < MOST_FIELDS:
            value = part.get_payload(decode=True)
            if isinstance(value, bytes):
                out[name] = value.decode(part.get_content_charset() or "utf-8", errors="replace")
    return out
