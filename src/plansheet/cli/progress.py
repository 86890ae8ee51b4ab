"""How far a long run is, on the standard error: a bar on a terminal, a line now and then elsewhere."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

BAR_AFTER_SECONDS = 1
LINE_EVERY_SECONDS = 15


class Counted(Protocol):
    """Files that are done, of those that are known."""

    @property
    def done(self) -> int:
        """Looked at."""

    @property
    def known(self) -> int:
        """By now."""


class Telling:
    """Tells how far a run is; asked after each file whether to go on."""

    def __init__(self) -> None:
        self.stopped = False
        self._looks = False
        self._began = self._told = time.monotonic()
        self._stack = ExitStack()
        self._bar: ProgressBar[str | None] | None = None

    def __call__(self, progress: Counted) -> bool:
        """Whether to go on."""
        self._looks = True
        now = time.monotonic()
        if sys.stderr.isatty():
            if self._bar is None and now - self._began > BAR_AFTER_SECONDS:
                self._bar = self._stack.enter_context(_bar())
            if self._bar is not None and progress.done > self._bar.pos:
                self._bar.length = progress.known
                self._bar.current_item = f"{self._rate(progress):,.1f} files a second"
                self._bar.update(progress.done - self._bar.pos)
        elif now - self._told > LINE_EVERY_SECONDS:
            self._told = now
            print(f"plansheet check: {self._line(progress)}", file=sys.stderr, flush=True)
        return not self.stopped

    def _line(self, progress: Counted) -> str:
        left = progress.known - progress.done
        rate = self._rate(progress)
        remaining = f", about {left / rate:,.0f} s left" if rate else ""
        return f"{progress.done:,} of {progress.known:,} files, {rate:,.1f} a second{remaining}"

    def _rate(self, progress: Counted) -> float:
        return progress.done / max(time.monotonic() - self._began, 0.001)

    @contextmanager
    def until_stopped(self) -> Iterator[None]:
        """Ctrl-C, and the system's request to end, end the run and not the program; the second time they end it."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def stop(number: int, frame: FrameType | None) -> None:
            if not self._looks:  # there is nothing to report yet, and standard input may never end
                raise KeyboardInterrupt
            self.stopped = True
            for each, handler in before.items():
                signal.signal(each, handler)

        try:
            for number in before:
                signal.signal(number, stop)
            with self._stack:
                yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def _bar() -> "Iterator[ProgressBar[str | None]]":
    import click  # what only a long run on a terminal pays for

    with click.progressbar(length=1, file=sys.stderr, show_pos=True, label="Checked", item_show_func=_shown) as bar:
        yield bar


def _shown(rate: str | None) -> str | None:
    return rate
