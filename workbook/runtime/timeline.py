"""Where the time of a start went: its parts, with what overlapped, counted from the call."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import psutil

BAR_CHARACTERS = 40


@dataclass
class Part:
    """A part of a start, in seconds of the monotonic clock; `ended` is None while it goes on."""

    name: str
    began: float
    ended: float | None = None

    def end(self) -> None:
        """Note that it has ended; a second time changes nothing."""
        if self.ended is None:
            self.ended = time.monotonic()


@dataclass
class Timeline:
    """The parts of a start, in the order in which they began, and whether a person wants them."""

    is_shown: bool = False
    called: float = field(default_factory=time.monotonic)
    parts: list[Part] = field(default_factory=list)

    def begin(self, name: str) -> Part:
        """Note that a part begins now, and return it."""
        part = Part(name, time.monotonic())
        self.parts.append(part)
        return part

    def count_from_call(self, pid: int, began: float) -> None:
        """Count from when this process was started, where that can be told, and add what it did.

        `pid` is a process that was started at `began`. The system's start times may be wrong by
        up to a second, but all by the same: the difference of two is right.
        """
        try:
            age = psutil.Process(pid).create_time() - psutil.Process().create_time()
        except psutil.Error:
            return
        self.called = min(self.called, began - age)
        self.parts.insert(0, Part("workbook", self.called, self.parts[0].began))

    def table(self) -> str:
        """Return the parts as lines: from when to when, and a bar, up to this moment."""
        now = time.monotonic()
        scale = BAR_CHARACTERS / max(now - self.called, 0.001)
        width = max(len(part.name) for part in self.parts)
        lines = ["Where the time went, in seconds from the call:"]
        for part in self.parts:
            ended = part.ended or now
            first, last = (round((at - self.called) * scale) for at in (part.began, ended))
            bar = " " * first + "=" * max(last - first, 1)
            to = "  …  " if part.ended is None else f"{ended - self.called:5.2f}"
            lines.append(f"  {part.name:{width}}  {part.began - self.called:5.2f} {to}  {bar}")
        lines.append(f"  {'ready':{width}}        {now - self.called:5.2f}")
        return "\n".join(lines)
