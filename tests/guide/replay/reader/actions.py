"""What a reader does when a sentence asks for it: in the browser, in a terminal, by hand."""

import time
from dataclasses import dataclass

from tests.guide.replay.errors import Mishap
from tests.guide.replay.page.instructions import LOOKING, NUMBERS, deeds_of, unknown_request
from tests.guide.replay.reader.session import LOOK_SECONDS, PASSWORD, Session
from tests.guide.replay.reader.terminals import STAYING
from workbook.runtime.waiting import wait_until

# In this order, so that nobody waits for a Redis that is gone.
EVERYTHING = ("worker", "beat", "web server", "run", "Redis")
# These wait until the web server has read the last edit. Amid a reload, Ctrl-C ends the process
# that goes, and not the one that comes.
SETTLED = ("open", "open_private", "press", "reload", "reload_all_files", "stop", "suspend")


@dataclass
class Actions:
    """Does what the forms of `page/instructions` ask for.

    Each has a method of its name, here or where the browser's tabs are.
    """

    session: Session

    def obey(self, prose: str) -> None:
        """Do what a paragraph asks for, in its order."""
        if unknown := unknown_request(prose):
            raise Mishap(
                f"the replay does not know how to do this (page/instructions.py): “{unknown}”"
            )
        actions = deeds_of(prose)
        if any(deed.name not in LOOKING for deed in actions):
            self.session.mark()
        for deed in actions:
            if deed.name in SETTLED:
                self.session.server.settle()
            does = getattr(self, deed.name, None) or getattr(self.session.tabs, deed.name)
            does(*deed.words)

    def open(self, address: str, number: str) -> None:
        """Open an address, in one tab or several."""
        many = NUMBERS.get(number, 1)
        real = self.session.proofs.matcher.real(address)
        self.session.tabs.open(real, many if number.startswith("a ") else 1, many)

    def open_private(self, address: str) -> None:
        """Open an address in a window of its own, as somebody who was never here."""
        self.session.tabs.open_private(self.session.proofs.matcher.real(address))

    def clear(self, name: str) -> None:
        """Clear a box."""
        self.session.tabs.set_box(name, ticked=False)

    def tick(self, name: str) -> None:
        """Tick a box."""
        self.session.tabs.set_box(name, ticked=True)

    def log_in(self) -> None:
        """Log in with the name and the password that were given to createsuperuser."""
        self.session.tabs.log_in(self.session.login, PASSWORD)

    def reload(self, what: str) -> None:
        """Reload a page or all."""
        self.session.tabs.reload(every=what == "every tab")

    def stop(self, whom: str) -> None:
        """Press Ctrl-C where it runs, one after the other."""
        names = [name for name in STAYING if name in whom]
        names.sort(key=whom.index)
        if whom == "everything":
            names = [name for name in EVERYTHING if self.session.terminals.runs(name)]
        if not names:
            raise Mishap(f"nothing that could be stopped is called “{whom}”")
        for name in names:
            self.session.terminals.stop(name)

    def suspend(self, name: str) -> None:
        """Press Ctrl-Z where it runs."""
        self.session.terminals.suspend(name)

    def resume(self) -> None:
        """Let go on what was suspended."""
        self.session.terminals.resume()

    def leave(self) -> None:
        """Leave Django's shell."""
        terminal = self.session.terminals.running("shell")
        terminal.type("exit()")
        terminal.wait(lambda: terminal.is_idle, LOOK_SECONDS)

    def undo(self) -> None:
        """Take back what was changed on trial."""
        for path in self.session.editor.undo():
            self.session.server.edited(path)

    def wait(self, seconds: str) -> None:
        """Wait."""
        time.sleep(int(seconds))

    def terminal(self) -> None:
        """Nothing: there is one as soon as a command needs it."""

    def instead(self, missing: str, other: str) -> None:
        """Take note of where to put what goes below a part that another Django does not write."""
        self.session.editor.instead[missing] = other

    def see(self, who: str, words: str) -> None:
        """Wait until every tab shows the words, or the private window alone."""
        tabs = self.session.tabs
        look = tabs.private_texts if who.endswith("window") else tabs.texts
        if not wait_until(lambda: all(words in text for text in look()), LOOK_SECONDS, 0.2):
            shown = "\n---\n".join(look())
            raise Mishap(f"not every tab says “{words}”:\n{shown}")
