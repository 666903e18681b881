"""Sees that a file was saved, and waits until the save is whole."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from watchfiles import Change, watch

from checks.watch.files import CountedFiles
from workbook.runtime.waiting import wait_until

# How long nothing may be written until a save is whole: an editor writes beside and renames, or
# saves twice; git writes one file after the other.
QUIET_SECONDS, LONGEST_SECONDS = 0.06, 3
STEP_MS, MOST_MS = 20, 40
# git holds it for as long as it writes.
GIT_LOCK = Path(".git/index.lock")
LOOK_SECONDS = 0.5  # how often it is asked whether to end


class Saves:
    """Watches the project in `folder`, in a thread of its own.

    `saw` is called with the paths of the files that count, as soon as one was written; `whole` once
    nothing more was; `failed` with a sentence where nothing can be watched any more.
    """

    def __init__(
        self,
        files: CountedFiles,
        saw: Callable[[list[Path]], None],
        whole: Callable[[], None],
        failed: Callable[[str], None],
    ) -> None:
        self._files, self._saw, self._whole, self._failed = files, saw, whole, failed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def close(self) -> None:
        """Stop watching."""
        self._stop.set()
        self._thread.join(2 * LOOK_SECONDS)

    def _run(self) -> None:
        try:
            self._watch(force_polling=None)
        except OSError as error:
            # Such as: no more inotify watches. Looking again and again needs none.
            if not self._files.folder.is_dir():
                self._failed(f"{self._files.folder} is gone.")
                return
            try:
                self._watch(force_polling=True)
            except OSError:
                self._failed(f"{self._files.folder} cannot be watched: {error}.")

    def _watch(self, force_polling: bool | None) -> None:
        began = 0.0  # when the save that goes on began, 0 for none
        last = 0.0
        for paths in self._written(force_polling):
            now = time.monotonic()
            if paths:
                began, last = began or now, now
                self._saw(paths)
            elif began and (now - last >= QUIET_SECONDS or now - began > LONGEST_SECONDS):
                wait_until(self._is_unlocked, LONGEST_SECONDS, 0.02)
                began = 0.0
                self._whole()

    def _is_unlocked(self) -> bool:
        return not (self._files.folder / GIT_LOCK).exists()

    def _written(self, force_polling: bool | None) -> Iterator[list[Path]]:
        """Give what was written, and an empty list now and then where nothing was."""
        for changes in watch(
            self._files.folder,
            watch_filter=None,
            debounce=MOST_MS,
            step=STEP_MS,
            stop_event=self._stop,
            rust_timeout=int(QUIET_SECONDS * 1000),
            yield_on_timeout=True,
            force_polling=force_polling,
            poll_delay_ms=50,
            raise_interrupt=False,
        ):
            found = {file for change, path in changes for file in files_at(change, Path(path))}
            yield sorted(path for path in found if self._files.counts(path))


def files_at(change: Change, path: Path) -> list[Path]:
    """Return the files that a change is about.

    What is written into a new folder at once goes unseen, for the folder is not watched yet.
    """
    if not path.is_dir():
        return [path]
    return [file for file in path.rglob("*") if file.is_file()] if change == Change.added else []
