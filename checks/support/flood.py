"""Ends a process that prints without an end: its log must not fill the disk."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable

from checks.support.words import Words

MOST_BYTES = 20_000_000
LOOK_SECONDS = 0.1


def cap(process: subprocess.Popen[bytes], words: Words, kill: Callable[[], None]) -> None:
    """From now on call `kill` where the log of `process` grows beyond MOST_BYTES, and note it."""

    def watch() -> None:
        while process.poll() is None:
            if words.size() > MOST_BYTES:
                words.note = (
                    f"it printed more than {MOST_BYTES // 1_000_000} MB, and the checks ended it"
                )
                kill()
            time.sleep(LOOK_SECONDS)

    threading.Thread(target=watch, daemon=True).start()
