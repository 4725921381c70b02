"""Base class for explorers that show parts of a result while the rest is still being computed."""

import asyncio
import warnings

from helpers.widgets.explorer import REFUSALS, Explorer
from helpers.widgets.view import garbage_waits

BREAK = 0.002  # time between two parts, in seconds, during which the kernel handles new input


class Gradual(Explorer):
    """Explorer that, when a control changes, first shows part of the result and then completes it.

    The parts are computed by a task in the kernel's event loop, as in `Live`. Another change ends the task at its next
    break, so the remaining parts are never computed. If there is no event loop, only the complete result is shown. The
    same applies when the explorer is created or its picture is resized.

    Parameters
    ----------
    *args, **options
        See `Explorer`.
    parts : callable
        Takes the arguments of `compute` and yields incomplete results, which `draw` and `describe` must also accept.
        The description must say what is still missing. `compute` is called after the last incomplete result.
    """

    def __init__(self, *args, parts, **options):
        self._parts, self._task = parts, None
        super().__init__(*args, **options)

    def _refresh(self, change=None):
        self._task, state = None, self._state()  # ends the task of an earlier change
        try:
            loop = asyncio.get_running_loop() if change and state != self._shown else None
        except RuntimeError:
            loop = None
        if loop:
            self._task = loop.create_task(self._show_parts(state))
        else:
            super()._refresh()

    async def _show_parts(self, state):
        task, parts = asyncio.current_task(), self._parts(**state)
        while self._task is task and self._show_next(parts, state):
            await asyncio.sleep(BREAK)
        if self._task is task:
            self._begin(state)

    @garbage_waits()
    def _show_next(self, parts, state):
        """Compute and show the next part, and return whether there was one."""
        self._announce()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for result in parts:
                    self._show(result, state, complete=False)
                    self.title.value = self._challenge.heading()
                    return True
        except REFUSALS:
            pass  # `_begin` shows the reason
        return False
