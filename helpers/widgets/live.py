"""Base class for the interactive figures that train a network while the reader watches."""

import asyncio
import time

from helpers.widgets.instrument import Instrument

PAUSE = 1 / 30  # minimum time between two pictures, in seconds
AHEAD = 2  # largest number of pictures that the front end may have received but not yet drawn
UNSEEN = 0.5  # time between two pictures, in seconds, if no page draws them


class Live(Instrument):
    """Interactive figure that trains a network for as long as its trait `playing` is true.

    Training runs as a task in the kernel's event loop rather than in a thread. The task repeatedly trains for a short
    time, displays the result, and lets the kernel handle clicks. The figure therefore also works in a kernel that runs
    in the browser, and *Pause* takes effect before the next picture. Training waits if the front end falls more than
    `AHEAD` pictures behind. If no page shows the figure, training slows down.

    A subclass defines a method `_advance()`, which trains for a short time, displays the result as a picture with a new
    "number", and returns whether training can continue. For each name in `actions`, it also defines a method
    `_NAME(content)`, which handles the message {"do": NAME} from the front end.
    """

    actions = ("step", "reset")
    training = None  # the figure that is training; it is paused when another one is created or started

    def __init__(self, **state):
        self._task, self._drawn = None, 0
        self._pause_any()
        super().__init__(**state)
        self.observe(self._play_or_pause, names="playing")
        self.observe(self._pause_for_message, names="refusal")
        self.on_msg(self._receive)

    def _advance(self):
        raise NotImplementedError

    def _next_number(self):
        return self.picture.get("number", 0) + 1

    def _receive(self, widget, content, buffers):
        do = content.get("do") if isinstance(content, dict) else None
        if do == "drawn" and isinstance(content.get("number"), int):
            self._drawn = max(self._drawn, content["number"])
        elif do in self.actions:
            getattr(self, f"_{do}")(content)

    def _play_or_pause(self, change):
        if not self.playing:
            if Live.training is self:
                Live.training = None
            return
        self._pause_any()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # without an event loop, train for one second
            end = time.perf_counter() + 1
            while time.perf_counter() < end and self._advance():
                pass
            self.playing = False
            return
        Live.training = self
        self._task = loop.create_task(self._keep_training())

    def _pause_for_message(self, change):
        """Pause if there is a message, because the next picture would remove it before anybody could read it."""
        if self.refusal:
            self.playing = False

    async def _keep_training(self):
        task = asyncio.current_task()
        try:
            while self.playing and self._task is task:
                start = time.perf_counter()
                if not self._advance():
                    break
                await asyncio.sleep(max(0.002, start + PAUSE - time.perf_counter()))
                while self.picture["number"] - self._drawn > AHEAD and time.perf_counter() < start + UNSEEN:
                    await asyncio.sleep(0.005)
        finally:
            if self._task is task:  # training has not been paused and restarted in the meantime
                self.playing = False

    def close(self):
        """Pause the training and remove the widget from the page."""
        self.playing = False
        super().close()

    @staticmethod
    def _pause_any():
        if Live.training is not None:
            Live.training.playing = False
