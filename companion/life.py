"""Signs of life: how loud it is, soft sounds while somebody waits, a word into a long silence."""

from queue import SimpleQueue

from companion.company import Company
from companion.earcons import Earcons
from companion.events import Level
from companion.floor import Floor
from companion.hear.meter import Meter
from companion.hear.silences import Quiet
from companion.risk import Risk
from companion.values import AudioChunk, Cleared, Transcript, TurnId, Utterance


class Life:
    """Follows one talk, block by block."""

    def __init__(self, earcons: Earcons | None, company: Company | None) -> None:
        self._earcons = earcons
        self._company = company
        self._meter = Meter()
        self._quiet = Quiet()
        self._typed: SimpleQueue[str] = SimpleQueue()

    def type(self, words: str) -> None:
        """Take words that were typed. From any thread."""
        self._typed.put(words)

    def typed(self, last: TurnId, now: float) -> Utterance | None:
        """Give what was typed as an utterance after the `last` one, at `now` seconds."""
        if self._typed.empty():
            return None
        id = TurnId(last.turn, last.revision + 1)
        words = Transcript(self._typed.get(), typed=True)
        return Utterance(id, words, start=now, end=now, committed=now)

    def end_silence(self) -> None:
        """Somebody speaks or types: the next silence begins when they were answered."""
        self._quiet.end()

    def show(
        self, chunk: AudioChunk, floor: Floor, last: TurnId, deaf: bool, hearing: bool
    ) -> Cleared | None:
        """Show how loud it is and let a sign sound where one is due; give words that are due.

        `last`: the last turn; `deaf`: nobody is listened to; `hearing`: somebody is heard.
        """
        sounds, waited = floor.sounds, floor.waited
        if measured := self._meter.take(chunk):
            floor.happen(Level(last, chunk.end, *measured, sounds, deaf))
        if self._earcons and not hearing:
            danger = floor.state.risk.level >= Risk.CONCERN
            sign = self._earcons.due(chunk.end, waited, sounding=sounds, deaf=deaf, always=danger)
            if sign:
                floor.sign(sign)
        busy = hearing or floor.busy
        after_question = floor.state.expected.after_question
        due = self._quiet.go_on(chunk.end, busy=busy, after_question=after_question)
        words = [
            self._company.line(silence.seconds, floor.state) for silence in due if self._company
        ]
        return words[-1] if words else None
