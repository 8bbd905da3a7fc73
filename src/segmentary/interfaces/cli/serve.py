"""`segmentary serve`: pages and API of a workspace, in one process that has it."""

from __future__ import annotations

import contextlib
import errno
import ipaddress
import logging
import os
import secrets
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from segmentary.errors import SegmentaryError, UsageError, WorkspaceError, WorkspaceLockedError
from segmentary.interfaces.cli.output import say, show, warn
from segmentary.interfaces.cli.session import command, folder

if TYPE_CHECKING:
    import uvicorn

    from segmentary.workspace.serving import Serving
    from segmentary.workspace.workspace import Workspace

app = command("Open the workspace in the browser, and serve its API.")
log = logging.getLogger(__name__)
LEAVING_SECONDS = 10.0
WARMING_SECONDS = 3.0
SILENT_SECONDS = 30.0


@app.command()
def serve(
    ctx: typer.Context,
    host: Annotated[str, typer.Option(metavar="HOST", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(metavar="PORT", min=0, max=65535, help="The port; 0 takes a free one.")] = 8765,
    names: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="NAME", help="A name this server is reached by, such as behind a proxy. Repeatable."
        ),
    ] = None,
    browse: Annotated[bool | None, typer.Option("--open/--no-open", help="Open the page in a browser, or not.")] = None,
) -> None:
    """Open the workspace in the browser, and serve its API.

    The server has the workspace for as long as it runs; other commands given meanwhile run inside it. Ctrl-C stops it:
    what it was doing is begun again at the next start.
    """
    from segmentary.interfaces.cli.afar import routed
    from segmentary.workspace.folder import Folder
    from segmentary.workspace.serving import Serving

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    root = Path(os.path.abspath(folder(ctx)))
    Folder(root).check()
    with (
        contextlib.closing(bound(root, host, port)) as socket,
        found_by(root, host, socket) as token,
        opened(root) as workspace,
        routed(),
    ):
        serving = Serving(workspace)
        try:
            refuse_if_unsafe(serving, host)
            run_server(serving, root, host, socket, token, names=names or [], browse=browse)
        finally:
            with given_up_after(LEAVING_SECONDS):
                serving.close()
    say("stopped")


def served_already(root: Path) -> str | None:
    """Say where a workspace is served, if it is."""
    import json

    try:
        known = json.loads((root / ".server.json").read_text(encoding="utf-8"))
        return f"it is served already: http://{shown_host(str(known['host']))}:{int(known['port'])}"
    except (OSError, ValueError, KeyError, TypeError):
        return None


def refuse_if_unsafe(serving: Serving, host: str) -> None:
    """Say what it means to listen to more than this machine; refuse while anybody could become its first user.

    Raises
    ------
    UsageError
        when the address is not this machine's own and nobody can sign in yet.
    """
    serving.access.check_secrets()
    if is_loopback(host):
        return
    if not has_users(serving):
        raise UsageError(
            f"{host} can be reached by others, and this workspace has no user yet",
            hint="make one first: segmentary user add NAME --role admin",
        )
    warn(f"{host} can be reached by other machines, and what is sent is not encrypted: put a proxy with TLS before it")


def is_loopback(host: str) -> bool:
    """Say whether an address is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def has_users(serving: Serving) -> bool:
    """Say whether anybody can sign in."""
    from segmentary.workspace.access.users import list_users

    with serving.access.writing() as ledger:
        return bool(list_users(ledger))


def run_server(
    serving: Serving, root: Path, host: str, socket: Any, token: str, *, names: Sequence[str], browse: bool | None
) -> None:
    """Serve until told to stop."""
    from segmentary.interfaces.cli.answering import Commands
    from segmentary.interfaces.cli.main import app as commands_app
    from segmentary.interfaces.http.app import create_app
    from segmentary.interfaces.http.local import LocalCommands
    from segmentary.interfaces.web.site import add_pages

    site = create_app(serving, hosts=[host, *names])
    add_pages(site)

    def run(arguments: Sequence[str]) -> None:
        commands_app(args=list(arguments), prog_name="segmentary")

    commands = Commands(serving, root, run)
    server = server_of(LocalCommands(site, commands, token), serving)
    try:
        tell_where(serving, f"http://{shown_host(host)}:{socket.getsockname()[1]}", browse=browse)
        serving.start()
        threading.Thread(target=warm, args=(serving,), name="warming", daemon=True).start()
        server.run(sockets=[socket])
    finally:
        serving.stopping.set()
        commands.close()


@contextlib.contextmanager
def found_by(root: Path, host: str, socket: Any) -> Iterator[str]:
    """Let other commands find the server, from now on: they wait until it answers. Yield what they have to say."""
    from segmentary.interfaces.cli.handing_over import somebody_has

    token, place = secrets.token_urlsafe(32), root / ".server.json"
    near = "127.0.0.1" if host in ("0.0.0.0", "localhost") else "::1" if host == "::" else host  # noqa: S104
    if place.exists() and somebody_has(root):
        # Another server has it: what comes next says so.
        yield token
        return
    write_private(place, {"host": near, "port": socket.getsockname()[1], "token": token, "pid": os.getpid()})
    try:
        yield token
    finally:
        with contextlib.suppress(OSError):
            place.unlink()


def opened(root: Path) -> Workspace:
    """Open the workspace.

    Raises
    ------
    WorkspaceLockedError
        when another process has it, with the address where it is served.
    """
    from segmentary.workspace.opening import open_workspace

    try:
        return open_workspace(root)
    except WorkspaceLockedError as error:
        raise WorkspaceLockedError(error.message, hint=served_already(root) or error.hint) from None


def server_of(app: Any, serving: Serving) -> uvicorn.Server:
    """Return the server: limits on what it reads, no names of what it is made of, its own way to stop."""
    import uvicorn

    class Server(uvicorn.Server):
        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            before = {number: signal.signal(number, self.leave) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

        def leave(self, number: int, frame: object) -> None:
            serving.stopping.set()
            self.force_exit = self.should_exit and number == signal.SIGINT
            self.should_exit = True

    return Server(
        uvicorn.Config(
            app,
            http=punctual(),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            h11_max_incomplete_event_size=65_536,
            timeout_keep_alive=20,
            timeout_graceful_shutdown=3,
            limit_concurrency=400,
        )
    )


def punctual(silent_seconds: float = SILENT_SECONDS) -> Any:
    """Return uvicorn's protocol, which hangs up on who begins a request and does not send its head or body.

    Otherwise a few hundred connections that say nothing would keep everybody out. Who uploads may be slow, not silent.
    """
    import h11
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Punctual(H11Protocol):
        heard = 0.0
        head_began = 0.0

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.heard = self.head_began = self.loop.time()
            self.look()

        def data_received(self, data: bytes) -> None:
            self.heard = self.loop.time()
            if self.conn.their_state is not h11.IDLE:
                self.head_began = self.heard
            super().data_received(data)

        def on_response_complete(self) -> None:
            self.heard = self.head_began = self.loop.time()
            super().on_response_complete()

        def look(self) -> None:
            if self.transport.is_closing():
                return
            if self.flow.read_paused:
                self.heard = self.loop.time()
            busy = self.cycle is not None and not self.cycle.response_complete
            waited_since = self.heard if busy else self.head_began
            wanted = not busy or self.cycle.more_body
            if wanted and self.loop.time() - waited_since > silent_seconds:
                self.transport.close()
                return
            self.loop.call_later(silent_seconds / 4, self.look)

    return Punctual


def bound(root: Path, host: str, port: int) -> Any:
    """Return the socket to listen on.

    Raises
    ------
    WorkspaceError
        when another program has the port, or the address is not of this machine.
    """
    import uvicorn

    from segmentary.interfaces.cli.handing_over import somebody_has

    logging.getLogger("uvicorn.error").disabled = True
    try:
        found = uvicorn.Config("", host=host, port=port, log_config=None).bind_socket()
    except SystemExit as end:
        cause = end.__context__
        number = cause.errno if isinstance(cause, OSError) else None
        if number == errno.EADDRINUSE:
            already = served_already(root) if somebody_has(root) else None
            raise WorkspaceError(
                f"Port {port} is in use by another program." if already is None else "This workspace is in use.",
                hint=already or f"Try: segmentary serve --port {port + 1}",
            ) from None
        if number == errno.EACCES:
            raise WorkspaceError(f"Port {port} is not for everybody.", hint="Try: segmentary serve") from None
        raise WorkspaceError(f"{host} is no address of this machine", hint="Try: segmentary serve") from None
    finally:
        logging.getLogger("uvicorn.error").disabled = False
    found.set_inheritable(False)
    # Whoever is told where to look is not refused while the rest is made ready.
    found.listen(256)
    return found


def shown_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def tell_where(serving: Serving, url: str, *, browse: bool | None) -> None:
    """Say where to look, and how the first user is made."""
    target = url
    if not has_users(serving):
        target = f"{url}/setup?secret={serving.access.setup_secret()}"
        show("No user yet. Make the first one here (the link works once):")
    show(f"→ {target}   (Ctrl+C stops)")
    sys.stdout.flush()
    if browse:
        import webbrowser

        threading.Thread(target=webbrowser.open, args=(target,), daemon=True).start()


def warm(serving: Serving) -> None:
    """Make what the first chart would have to wait for, once the first page had its turn."""
    if serving.stopping.wait(WARMING_SECONDS):
        return
    from segmentary.interfaces.web.charts import vega_script

    try:
        vega_script()
    except Exception as error:
        log.warning("the chart library could not be made: %s", type(error).__name__)


def write_private(place: Path, known: dict[str, Any]) -> None:
    """Write what only the owner of the workspace may read."""
    import json

    partial = place.with_suffix(".partial")
    try:
        partial.unlink(missing_ok=True)
        handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump(known, stream)
        partial.replace(place)
    except OSError as error:
        raise SegmentaryError(f"cannot write {place}: {error}", hint="check the folder's rights") from error


@contextlib.contextmanager
def given_up_after(seconds: float) -> Iterator[None]:
    """End the process when what is inside takes too long: a killed server is as good as a stopped one."""
    timer = threading.Timer(seconds, os._exit, args=(0,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
