"""The loudspeaker of a talk: it can be held back for a moment, and it may go at any time."""

from collections.abc import Callable

from companion.errors import AudioError
from companion.stages import Speaker
from companion.values import AudioChunk


class Outlet:
    """One loudspeaker. Whoever uses it moves its time, and holds the one lock of the talk."""

    def __init__(self, speaker: Speaker, lost: Callable[[AudioError], None]) -> None:
        """`lost` is called when the loudspeaker has gone."""
        self.now = 0.0
        """Seconds of the talk"""
        self.began = 0.0
        """Seconds: when it last began to sound"""
        self.gone = False
        """It, or the microphone, is there no more: nothing sounds"""
        self._speaker = speaker
        self._lost = lost
        self._held: tuple[float, float] | None = None
        """Seconds: when it was held back, and until when it would have sounded"""

    @property
    def held(self) -> bool:
        """It is held back."""
        return self._held is not None

    @property
    def sounds(self) -> bool:
        """Something is heard now, or would be if it were not held back."""
        return self.drained() > self.now

    def drained(self) -> float:
        """Say until when it sounds, in seconds; as if it went on now where it is held back."""
        if self._held:
            at, until = self._held
            return self.now + until - at
        try:
            return 0.0 if self.gone else self._speaker.drained()
        except AudioError as error:
            self._lost(error)
            return 0.0

    def play(self, chunk: AudioChunk) -> None:
        """Let a sound follow what is queued."""
        if self.gone:
            return
        try:
            if not self.sounds:
                self.began = self.now
            self._speaker.play(chunk)
        except AudioError as error:
            self._lost(error)

    def hold(self) -> bool:
        """Hold it back; say whether anything sounded."""
        sounded = self.sounds
        self._held = (self.now, max(self.now, self.drained()))
        if sounded:
            self._speaker.pause()
        return sounded

    def release(self) -> float | None:
        """Let it go on; give the seconds by which all of it is later, None if nothing sounded."""
        if self._held is None:
            return None
        (_, until), sounded, self._held = self._held, self.sounds, None
        if not sounded:
            return None
        self._speaker.resume()
        return self.drained() - until

    def stop(self) -> bool:
        """Fall silent at once; say whether anything sounded."""
        sounded, self._held = self.sounds, None
        if sounded:
            self._speaker.stop()
        return sounded

    def end(self) -> None:
        """The talk is over."""
        self._speaker.stop()
