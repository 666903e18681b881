"""What follows what: a save begins a run, its first ✗ is shown, and all that hold are counted."""

import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from checks.reporting.events import Asking, Begun, Ended, Event, Listed, Rests, Told
from checks.reporting.verdict_memory import remember_verdicts
from checks.target import Target
from checks.verdicts import NOT_YET
from checks.watch.files import Contents, CountedFiles
from checks.watch.hints import hint_on
from checks.watch.history import History, Result
from checks.watch.runs import Closed, Runs
from checks.watch.saves import Saves
from checks.watch.screen import BOLD, DIM, GREEN, RED, YELLOW, Line, Screen
from workbook.errors import WorkbookError
from workbook.projects.content import content_of
from workbook.projects.outdated_processes import outdated_processes
from workbook.projects.progress import read_progress
from workbook.projects.work_record import read_record
from workbook.runtime.signals import StopSignals

TICK_SECONDS = 1.0
PAUSE = " "  # ends a run whose first ✗ is known, so that a hint on it need not wait
PROVISIONAL = "Every check holds. All run once more from a cold start, before it counts …"


@dataclass
class Round:
    """A run that goes on: its number, what it is about, and what it has told."""

    number: int
    contents: Contents
    result: Result
    is_second: bool  # from cold, after a green from warm processes
    cross: Told | None = None  # the ✗ that is on the screen


class Quit(Exception):
    """The reader has asked to quit."""


class Loop:
    """Watches the project of `target` with the checks of its step, until Quit is raised."""

    def __init__(
        self, target: Target, screen: Screen, arguments: list[str], signals: StopSignals
    ) -> None:
        self._target, self._screen = target, screen
        self._actions: queue.Queue[Callable[[], None]] = queue.Queue()
        self._folder = target.folder.resolve()
        self._files = CountedFiles(self._folder)
        self._history = History()
        self._round: Round | None = None
        self._settled: Contents | None = None  # what the result on the screen is about
        self._last: Result | None = None  # the result on the screen
        self._runs = Runs(target, arguments, partial(self._later, self._happened), signals)
        self._saves = Saves(
            self._files,
            partial(self._later, self._saw),
            partial(self._later, self._whole),
            partial(self._later, self._failed),
        )

    def press(self, key: str) -> None:
        """Do what a key asks for; any thread may call it."""
        self._later(self._pressed, key)

    def run(self) -> None:
        """Go on until Quit is raised. Raises WorkbookError where nothing can be watched."""
        self._saves.start()
        try:
            self._screen.open()
            self._begin(self._files.contents())
            while not self._screen.is_lost:
                try:
                    self._actions.get(timeout=TICK_SECONDS)()
                except queue.Empty:
                    self._tick()
        except Quit:
            return
        finally:
            self._saves.close()
            self._runs.close()

    def _later(self, action: Callable[..., None], *arguments: object) -> None:
        self._actions.put(partial(action, *arguments))

    # What happens

    def _saw(self, paths: list[Path]) -> None:
        self._screen.saw(paths, self._folder)

    def _whole(self) -> None:
        contents = self._files.contents()
        if self._round:
            if contents.digest == self._round.contents.digest:
                return  # saved again as it was: the run goes on
        elif self._settled and contents.digest == self._settled.digest:
            self._screen.status("unchanged, so the verdict stands", is_kept=True)
            return
        if known := self._history.of(contents.digest):
            self._runs.stop()
            self._round, self._settled = None, contents
            self._history.keep(known, contents.digest)
            self._remember(known, contents)
            self._show(known, "as it was when the same files were checked before")
            self._screen.happened(Rests(known.problem))
            return
        self._begin(contents)

    def _failed(self, sentence: str) -> None:
        raise WorkbookError(f"{sentence}\nNothing can be watched there any more.")

    def _tick(self) -> None:
        if not self._folder.is_dir():
            self._failed(f"{self._target.shown} is gone.")
        about = self._round.contents if self._round else self._settled
        if about and self._files.packages_changed(about):
            self._runs.renew()
            self._whole()
        elif self._round is None:
            self._forget_what_is_overtaken()
            self._runs.prepare()  # nothing happens for a while: that is when there is time

    def _forget_what_is_overtaken(self) -> None:
        """Forget a ✗ on these files once another run, such as one that was typed, had none."""
        if self._settled is None or self._target.kind != "work":
            return
        known = self._history.of(self._settled.digest)
        last = read_progress().of(self._target.label).last
        cross = known.first_cross if known else None
        if cross is None or cross.mark != NOT_YET or last is None:
            return
        is_green = last.is_complete and last.cross is None
        if is_green and last.content == content_of(self._folder):
            self._history.forget(self._settled.digest)
            self._settled = None  # a save of the same files is asked anew

    def _pressed(self, key: str) -> None:
        last = self._round.result if self._round else self._last
        if key in "\r\n":
            contents = self._files.contents()
            self._history.forget(contents.digest)
            self._begin(contents)
        elif key == "a" and last:
            last.before = self._unproven(last)
            self._screen.show([Line(""), *self._screen.verdicts(last), Line("")])
        elif key == "h" and last and (cross := last.first_cross):
            self._end_early(cross)
            self._screen.status("looking for a hint …")
            hint = hint_on(cross, self._target, self._screen.width)
            self._screen.show([Line(""), *map(Line, hint.splitlines()), Line("")])
            self._screen.status("")
        elif key == PAUSE and self._round and last and (cross := last.first_cross):
            self._end_early(cross)
        elif key in ("q", "\x04"):
            raise Quit

    # A run

    def _begin(self, contents: Contents, *, is_second: bool = False) -> None:
        first = "" if is_second else self._history.last_failed
        number = self._runs.begin(first, cold=is_second)
        self._round = Round(number, contents, Result(), is_second)
        self._screen.happened(Begun(is_second))
        self._screen.status("checking …")

    def _end_early(self, cross: Told) -> None:
        """End the run that goes on: the hint is on what the checks have written down so far."""
        if self._round:
            # The run does so too where it ends in order. Killed, as on Windows, it can't.
            self._remember(self._round.result, self._round.contents)
            self._runs.stop()
            self._last, self._settled = self._round.result, self._round.contents
            self._history.last_failed = cross.id
            self._round = None
            self._screen.happened(Rests())

    def _happened(self, number: int, event: Event | Closed) -> None:
        going = self._round
        if going is None or number != going.number:
            return  # a run that was stopped
        result = going.result
        if not isinstance(event, Closed):
            self._screen.happened(event)
        if isinstance(event, Listed):
            result.ids, result.problem = event.ids, event.problem
        elif isinstance(event, Asking):
            self._screen.status(f"checking … {event.title}")
        elif isinstance(event, Told):
            result.told[event.id] = event
            if event.mark == NOT_YET and not going.cross:
                going.cross = event
                self._screen.show(self._screen.cross(event, self._history.broke(event)))
                self._screen.status("checking the others …")
        elif isinstance(event, Ended):
            result.lines, result.is_complete = event.lines, True
        elif isinstance(event, Closed):
            self._closed(going, event)

    def _closed(self, going: Round, closed: Closed) -> None:
        result, self._round, self._settled = going.result, None, going.contents
        self._runs.stop()
        if not result.is_complete:
            self._show_broken(result, closed)
            return
        now = self._files.contents()
        if now.digest != going.contents.digest:
            self._begin(now)  # told of files that are others by now
            return
        if result.all_hold and self._runs.are_warm and not going.is_second:
            change = self._history.change(result)
            self._history.keep_provisional(result)
            self._show(result, change, lines=[PROVISIONAL])
            self._begin(going.contents, is_second=True)
            return
        change = "" if going.is_second else self._history.change(result)
        self._history.keep(result, going.contents.digest)
        self._show(result, change, going.cross)
        self._screen.happened(Rests(result.problem))

    def _unproven(self, result: Result) -> frozenset[str]:
        """Return the checks that hold and never were open in this `work/`."""
        if self._target.kind != "work":
            return frozenset()
        known = read_progress().of(self._target.label)
        return known.unproven_in(read_record().id, result.held)

    def _remember(self, result: Result, about: Contents) -> None:
        """Let those who read what is remembered know what has been told of the files as they are.

        Nothing is, where they are others by now than what the result is `about`.
        """
        is_known = self._target.kind == "work" and not result.problem
        if is_known and self._files.contents().digest == about.digest:
            order = result.ids
            told = sorted(result.told.values(), key=lambda one: order.index(one.id))
            content = content_of(self._folder)
            remember_verdicts(self._target.label, content, told, result.is_complete)

    # What is seen

    def _show_broken(self, result: Result, closed: Closed) -> None:
        """Show why the checks could not be asked to the end: that is no fault of the project's."""
        unreadable = [one.title for one in result.told.values() if one.broke]
        last = closed.words.strip().rpartition("\n")[2] or "they said nothing"
        said = unreadable[-1] if unreadable else f"The checks themselves ended early: {last}"
        self._screen.show([Line(""), *self._screen.text(said, RED), Line("")])
        self._screen.status("")
        self._screen.happened(Rests(said))

    def _show(
        self,
        result: Result,
        change: str,
        told: Told | None = None,
        lines: Sequence[str] | None = None,
    ) -> None:
        """Show what a run came to. `told` is the ✗ that is on the screen already.

        `lines` are said of a green instead of its own.
        """
        screen, cross, self._last = self._screen, result.first_cross, result
        result.before = self._unproven(result)
        if result.problem:
            screen.show([Line(""), *screen.text(result.problem, YELLOW), Line("")])
            return
        count = f"{result.count()} · {change}" if change else result.count()
        shown: list[Line] = []
        if cross and (screen.is_terminal or cross != told):
            shown += screen.cross(cross, self._history.broke(cross))
        shown += screen.text(count, BOLD)
        shown += screen.text(remark, DIM) if (remark := result.remark()) else []
        if not cross:
            said = result.lines if lines is None else lines
            shown += [line for text in said for line in screen.text(text, GREEN)]
        elif self._round is None:
            for one in outdated_processes(self._folder):
                shown += [Line(""), *screen.text(str(one), YELLOW)]
        screen.show([*shown, Line("")])
        screen.status("")
