"""Runs in the private copy: `python -m tests.guide.replay.inside 01 [--refresh] [--own-work]`."""

from __future__ import annotations

import fcntl
import socket
import struct
import sys

from tests.guide.replay.following import follow
from workbook.paths import ROOT

REFRESH = "--refresh"
# Who comes from the page before goes on with what is there, where others lay a clean base.
OWN_WORK, OWN_WORK_TAB = "--own-work", "Your own work/"
# Linux: netdevice(7).
SET_FLAGS, IS_UP = 0x8914, 0x1


def main(arguments: list[str]) -> int:
    """Follow the pages of these steps in their order; return 1 after the first that does not hold.

    With --refresh, output that was printed is written into them.
    """
    raise_loopback()
    tabs = [OWN_WORK_TAB] if OWN_WORK in arguments else []
    for number in (one for one in arguments if one not in (REFRESH, OWN_WORK)):
        if wrong := follow(ROOT, number, tabs, refreshes=REFRESH in arguments):
            print(wrong)
            return 1
    return 0


def raise_loopback() -> None:
    """Switch on the network device of localhost: in a new namespace it is off."""
    with socket.socket() as probe:
        fcntl.ioctl(probe, SET_FLAGS, struct.pack("16sh", b"lo", IS_UP))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
