"""What a process that reads strangers' files gives up before it opens one: memory, time, network, other processes.

Only the standard library is used, and nothing here can be undone by the process that did it. What a system does not
offer is left out and not named in what `lock` returns; limits and the refusals of the interpreter are always there.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 4, 38, 22
SIGKILL = 9
CLONE_NEWUSER, CLONE_NEWNET, CLONE_VM = 0x10000000, 0x40000000, 0x100
FILTER_MODE = 2
ALLOW, EPERM, ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, JUMP_SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
# Calls numbered from here on belong to a second table of the same machine.
OTHER_CALLS = 0x40000000
# Machine -> (what the kernel calls it, calls that are refused, clone, clone3).
CALLS: dict[str, tuple[int, tuple[int, ...], int, int]] = {
    "x86_64": (
        0xC000003E,
        # socket connect accept sendto sendmsg bind listen socketpair fork vfork execve ptrace mount unshare kexec
        # bpf execveat userfaultfd io_uring_setup pidfd_getfd process_vm_readv process_vm_writev accept4
        (41, 42, 43, 44, 46, 49, 50, 53, 57, 58, 59, 101, 165, 272, 246, 321, 322, 323, 425, 438, 310, 311, 288),
        56,
        435,
    ),
    "aarch64": (
        0xC00000B7,
        (198, 203, 202, 206, 211, 200, 201, 199, 221, 117, 40, 97, 104, 280, 281, 282, 425, 438, 270, 271, 242),
        220,
        435,
    ),
}
FORBIDDEN = (
    *("socket.", "subprocess.", "ctypes.", "ftplib.", "http.client.", "imaplib.", "poplib.", "smtplib.", "telnetlib."),
    *("urllib.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.startfile", "os.kill", "os.link"),
    *("os.symlink", "os.chmod", "os.chown", "os.setxattr", "pty.", "signal.", "sqlite3.enable_load_extension"),
    *("sqlite3.load_extension", "syslog.", "webbrowser.", "winreg.", "pickle.find_class"),
)
CHANGING = ("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.utime", "shutil.")


class EscapeError(PermissionError):
    """Something in the cage wanted out."""


def lock(
    *, memory: int, seconds: int, file_bytes: int, files: int, cell: Path, readable: Iterable[Path]
) -> tuple[str, ...]:
    """Give everything up; return what is in force.

    Parameters
    ----------
    memory : bytes of address space; seconds : of processor time; file_bytes : the largest file it may write;
    files : how many it may have open.
    cell : the folder it may write to; readable : the folders and files it may read besides.
    """
    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: files,
        resource.RLIMIT_CORE: 0,
    }
    for which, most in limits.items():
        hard = resource.getrlimit(which)[1]
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(which, (value, value))
    done = ["limits"]
    if sys.platform == "linux":
        done += locked_by_the_kernel()
    sys.addaudithook(refusals(cell, tuple(readable)))
    return (*done, "refusals")


def locked_by_the_kernel() -> list[str]:
    """Leave the network, and refuse every system call that opens a way out; return what the kernel took."""
    calls = ctypes.CDLL(None, use_errno=True)
    calls.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0)
    calls.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    done = []
    if calls.unshare(CLONE_NEWNET) == 0 or calls.unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0:
        done.append("no network")
    machine = CALLS.get(platform.machine())
    if machine is None or calls.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return done
    program = system_call_filter(*machine)
    held = ctypes.create_string_buffer(program)
    described = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    if calls.prctl(PR_SET_SECCOMP, FILTER_MODE, ctypes.c_char_p(described), 0, 0) == 0:
        done.append("system calls")
    return done


def system_call_filter(machine: int, refused: tuple[int, ...], clone: int, clone3: int) -> bytes:
    """Return the program that judges system calls: those named are refused, threads go on, processes do not.

    Every instruction is eight bytes: what to do, how far to jump when it is so and when not, and a number.
    """
    first = [(LOAD, 0, 0, 4), (JUMP_EQUAL, 1, 0, machine), (RETURN, 0, 0, EPERM), (LOAD, 0, 0, 0)]
    ends = [(RETURN, 0, 0, EPERM), (RETURN, 0, 0, ENOSYS), (RETURN, 0, 0, ALLOW)]
    # What is not clone goes on; clone with the caller's own memory is a thread, without it a process.
    clones = [(JUMP_EQUAL, 4, 0, clone3), (JUMP_EQUAL, 0, 4, clone), (LOAD, 0, 0, 16), (JUMP_SET, 2, 0, CLONE_VM)]
    tests = [(JUMP_AT_LEAST, OTHER_CALLS), *((JUMP_EQUAL, number) for number in refused)]
    to_end = len(tests) + len(clones)
    body = [(what, to_end - place - 1, 0, number) for place, (what, number) in enumerate(tests)]
    return b"".join(struct.pack("HBBI", *line) for line in (*first, *body, *clones, *ends))


def refusals(cell: Path, readable: tuple[Path, ...]) -> Callable[[str, tuple[Any, ...]], None]:
    """Return what the interpreter asks before it does anything that could matter; it cannot be taken out again."""
    inside = os.path.realpath(cell)
    seen = (inside, *(os.path.realpath(one) for one in readable))

    def within(path: object, places: tuple[str, ...]) -> bool:
        if isinstance(path, int):
            return True
        name = os.path.realpath(os.fsdecode(path))  # type: ignore[arg-type]
        return any(name == place or name.startswith(f"{place}/") for place in places)

    def judge(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = (*arguments, None, None, None)[:3]
            writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC)
            writes = writes or (isinstance(mode, str) and any(letter in mode for letter in "wax+"))
            if not within(path, (inside,) if writes else seen):
                raise EscapeError("no such file here")
        elif event == "sqlite3.connect":
            if not sqlite_file(str(arguments[0]), seen):
                raise EscapeError("no such database here")
        elif event.startswith(CHANGING):
            if not all(within(one, (inside,)) for one in arguments if isinstance(one, str | bytes | os.PathLike)):
                raise EscapeError("nothing may be changed here")
        elif event.startswith(FORBIDDEN):
            raise EscapeError(f"{event} is not for this process")

    return judge


def sqlite_file(address: str, places: tuple[str, ...]) -> bool:
    """Say whether a database's address is a file one may read."""
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(address)
    path = os.path.realpath(unquote(parts.path))
    return (
        parts.scheme == "file"
        and "mode=ro" in parts.query
        and any(path.startswith(f"{one}/") or path == one for one in places)
    )
