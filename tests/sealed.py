"""Run a program that may open no internet socket: any try ends it at once.

    python -m tests.sealed PROGRAM ARGUMENT...

A seccomp filter kills the process, or the child of it, that calls socket(2) for
AF_INET or AF_INET6. Local sockets (AF_UNIX) are allowed. It sees what an audit
hook does not: C libraries and children. Linux on x86-64 and aarch64.
"""

import ctypes
import os
import platform
import socket
import struct
import sys

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
KILL_PROCESS, ALLOW = 0x80000000, 0x7FFF0000
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
"""Berkeley packet filter: load a word, jump if equal, return"""
NUMBER_AT, ARCHITECTURE_AT, FIRST_ARGUMENT_AT = 0, 4, 16
"""Offsets in struct seccomp_data (linux/seccomp.h)"""
MACHINES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""Audit number of the machine, number of socket(2) on it"""


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def seal() -> None:
    """Forbid internet sockets to this process and all that it starts."""
    audit, socket_call = MACHINES[platform.machine()]
    steps = [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (EQUAL, 0, 6, audit),
        (LOAD, 0, 0, NUMBER_AT),
        (EQUAL, 0, 4, socket_call),
        (LOAD, 0, 0, FIRST_ARGUMENT_AT),
        (EQUAL, 1, 0, socket.AF_INET),
        (EQUAL, 0, 1, socket.AF_INET6),
        (RETURN, 0, 0, KILL_PROCESS),
        (RETURN, 0, 0, ALLOW),
    ]
    code = b"".join(struct.pack("=HBBI", *step) for step in steps)
    program = _Program(len(steps), code)
    libc = ctypes.CDLL(None, use_errno=True)
    for call in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0),
    ):
        if libc.prctl(*call):
            raise OSError(ctypes.get_errno(), "seccomp is not to be had here")


if __name__ == "__main__":
    seal()
    os.execv(sys.argv[1], sys.argv[1:])
