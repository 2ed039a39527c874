"""What a process that opens a vault asks of the system: no core dumps, no key in swap."""

import ctypes
import resource
import sys
import time
from contextlib import suppress

_PR_SET_DUMPABLE = 4
"""From <linux/prctl.h>"""


def keep_memory_to_oneself() -> None:
    """Switch core dumps off, and on Linux the reading of our memory by others of this login.

    As far as the system lets us; a child starts with the first, and decides on the second anew.
    """
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        _library().prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)


def keep_out_of_swap(key: bytearray) -> None:
    """Ask that these bytes stay in memory; a system that refuses is no fault."""
    held = (ctypes.c_char * len(key)).from_buffer(key)
    _library().mlock(ctypes.byref(held), ctypes.c_size_t(len(key)))


def wipe(key: bytearray) -> None:
    """Overwrite these bytes."""
    key[:] = bytes(len(key))


def seconds_asleep() -> float:
    """Say how long the machine was suspended since it started; 0 where it cannot be known."""
    for with_sleep, without in (
        ("CLOCK_BOOTTIME", "CLOCK_MONOTONIC"),  # Linux
        ("CLOCK_MONOTONIC", "CLOCK_UPTIME_RAW"),  # macOS
    ):
        if hasattr(time, with_sleep) and hasattr(time, without):
            awake = time.clock_gettime(getattr(time, without))
            return time.clock_gettime(getattr(time, with_sleep)) - awake
    return 0.0


def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None)
