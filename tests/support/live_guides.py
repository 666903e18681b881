"""A small workbook's guide, served by the real tool."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import DEVNULL, Popen

import psutil

from tests.support.tool_process import ToolRun, tool_run, wait_until
from tests.support.web_servers import answers
from tests.support.workbook_copy import SmallWorkbook
from workbook.runtime.ports import free_port

READY_SECONDS = 60


@dataclass(frozen=True)
class LiveGuide:
    """A guide that is served: of which workbook, by which call of the tool, and where."""

    small: SmallWorkbook
    tool: ToolRun
    port: int

    @property
    def url(self) -> str:
        """The address of its first page."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def process(self) -> Popen[bytes]:
        """The process of the tool."""
        return self.tool.process

    def processes(self) -> list[psutil.Process]:
        """Return what it has started, and that in turn, as far as it lives."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def answers(self) -> bool:
        """Tell whether its first page is there; fail where it has ended."""
        assert self.process.poll() is None, f"{self.url} did not answer"
        return answers(self.url, READY_SECONDS)


@contextmanager
def live_guide(small: SmallWorkbook, port: int = 0, **variables: str) -> Iterator[LiveGuide]:
    """Serve a workbook's guide inside the block, which begins once its first page answers."""
    port = port or free_port()
    options = {"stdout": DEVNULL, "stderr": DEVNULL, "start_new_session": True}
    with tool_run(small, "guide", "--port", str(port), variables=variables, **options) as tool:
        guide = LiveGuide(small, tool, port)
        wait_until(guide.answers, READY_SECONDS, lambda: guide.url)
        yield guide
