"""The threads of one talk."""

import threading
from collections.abc import Callable


class Threads:
    """Starts them, hands on what they fail of, and waits for their end."""

    def __init__(self, failed: Callable[[Exception], None]) -> None:
        """`failed` takes what a thread has raised; it is called in that thread."""
        self._failed = failed
        self._threads: list[threading.Thread] = []

    def __bool__(self) -> bool:
        """Say whether one was started."""
        return bool(self._threads)

    def start(self, work: Callable[[], None]) -> None:
        """Do some work in a thread of its own."""

        def run() -> None:
            try:
                work()
            except Exception as error:
                self._failed(error)

        # A mind that hangs must not keep the program from ending.
        thread = threading.Thread(target=run, daemon=True, name="talk")
        self._threads = [other for other in self._threads if other.is_alive()] + [thread]
        thread.start()

    def join(self, seconds: float) -> None:
        """Wait for the end of each, but not for longer than so many seconds."""
        for thread in self._threads:
            thread.join(seconds)
