"""A file that waits with an open question, one that is ready, and one that was loaded with rows refused."""

from __future__ import annotations

from segmentary.workspace.upload_reading import load_job, look
from segmentary.workspace.uploading import Uploads
from segmentary.workspace.workspace import Workspace

VISITORS = "visitor_id,email,country,joined\n" + "".join(
    f"v{i},v{i}@mail.example,DE,{i % 11 + 1:02}/{i % 12 + 1:02}/2024\n" for i in range(60)
)


def furnish(workspace: Workspace) -> list[str]:
    waiting = put(workspace, "visitors.csv", VISITORS)
    loaded = put(workspace, "late visitors.csv", f"{VISITORS}x,y\n", date_order="day_first", name="late_visitors")
    load_job(workspace, {"uploads": [loaded]})
    return [
        "/data",
        f"/data/uploads/{waiting}",
        f"/data/uploads/{loaded}",
        "/data/sources/late_visitors",
        "/data/quality",
        "/data/identity",
    ]


def put(workspace: Workspace, file: str, text: str, **corrections: str) -> str:
    with Uploads(workspace).begin(file) as receiving:
        receiving.write(text.encode())
        upload = receiving.end().upload
    look(workspace, upload, corrections or None)
    return upload
