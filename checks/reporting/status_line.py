"""One line on a terminal that says what is being done, rewritten in place and then removed."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import RLock

from _pytest.terminal import TerminalReporter


class StatusLine:
    """Shows the last of the texts it was given. Without a terminal it stays silent."""

    def __init__(self, reporter: TerminalReporter) -> None:
        self._reporter = reporter
        self._texts: list[str] = []
        self._shown = False
        self._lock = RLock()

    @contextmanager
    def showing(self, text: str) -> Iterator[None]:
        """Show `text` during the block; what stood there before comes back. Any thread may."""
        with self._lock:
            self._texts.append(text)
            self._draw()
        try:
            yield
        finally:
            with self._lock:
                self._texts.remove(text)
                self._draw()

    def clear(self) -> None:
        """Take the line away, so that something else can be printed."""
        with self._lock:
            if self._shown:
                self._write("")
                self._shown = False

    def _draw(self) -> None:
        if not self._reporter.isatty():
            return
        self.clear()
        if self._texts:
            self._write(self._texts[-1])
            self._shown = True

    def _write(self, text: str) -> None:
        capture = self._reporter.config.pluginmanager.get_plugin("capturemanager")
        # What is written while a check runs would be taken for the check's own output.
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            room = self._reporter._tw.fullwidth - 1
            self._reporter.rewrite(text[:room], erase=True)
            if not text:
                self._reporter.rewrite("")
            self._reporter.flush()
