"""Lead exercises within a talk: begin one, make its sound, and do what the person says.

Everything is a step from one `Exercise` to the next, and nothing here remembers anything.
Whoever plays it stops the sound, takes the step, and goes on from there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from companion.answers import Answers
from companion.events import Cue, Moment
from companion.exercise import BreathPace, Exercise, Manner, Progress
from companion.sessions import timing
from companion.sessions.beats import Beat
from companion.sessions.control import reached
from companion.sessions.health import choose, told
from companion.sessions.mixing import Mixer, Track
from companion.sessions.obeying import Obeying, Sentences
from companion.sessions.player import Player
from companion.sessions.script import Script
from companion.sessions.steps import Part
from companion.sessions.timing import GAP, Wishes, taken
from companion.sessions.tones import RATE
from companion.sessions.wording import clear, passed
from companion.sessions.words import Speech
from companion.stages import OutgoingGuard
from companion.values import AnswerKind, AudioChunk, Plan, Turn


@dataclass(frozen=True)
class SessionLeader:
    """Leads the exercises of some scripts."""

    scripts: Mapping[str, Script]
    sentences: Sentences
    answers: Answers
    outgoing: OutgoingGuard
    speech: Speech
    aloud: bool = True
    """False: it is only written down, so it has an end"""
    manners: Mapping[str, Manner] = field(default_factory=dict)
    """How some of them are wanted in this talk, by name"""

    def begin(
        self, plan: Plan, health: tuple[str, ...] = (), breath: BreathPace | None = None
    ) -> Exercise:
        """Take the exercise of a plan, or what this person does in its place, at their pace."""
        name, notice = self._allowed(plan.session, health)
        manner = self.manners.get(name, Manner())
        wishes = self._wishes(Exercise(name, manner=manner, health=health))
        parts = taken(self.scripts[name], wishes) if name else ()
        said = {line.reviewed for line in plan.lines if line.reviewed}
        # What was just said is not said again.
        first = 1 if parts and parts[0].line in said else 0
        start = Progress(step=first, begins=timing.begins(breath) if breath else None)
        if not notice and breath and self._meets(parts[first:], breath):
            notice = self.sentences.your_pace
        minutes = self._minutes(name, plan.minutes)
        exercise = Exercise(name, manner=manner, notice=notice, minutes=minutes, health=health)
        after = tuple(line.text for line in plan.after)
        control = replace(exercise.control, progress=start)
        return replace(exercise, control=control, after=after, then=plan.expected.kind.value)

    def lead(self, exercise: Exercise) -> Iterator[Moment]:
        """Yield it as sound from where it stands. Raises SettingsError, SpeakError."""
        if exercise.notice:
            said, exercise = exercise.notice, replace(exercise, notice="")
            yield from self._sentence(said, exercise)
        if not exercise.name:
            yield Moment(_quiet(GAP), (Cue("end", exercise),))
            return
        consent = self._consent(exercise)
        for block in self._mixer(exercise).blocks():
            if any(beat.place.step > consent for beat in block.beats):
                # Without a clear yes nobody holds their breath.
                yield from self.lead(self.without_holds(exercise))
                return
            cues = tuple(self._cue(beat, exercise, consent) for beat in block.beats)
            yield Moment(block.chunk, cues)

    def command(self, words: str) -> str | None:
        """Name the command of an exercise that these words are."""
        return self.answers.exercise(words)

    def heard(self, turn: Turn) -> Plan | None:
        """Say what words mean while an exercise is led; None: it is over, and this is talk."""
        return Obeying(self, turn).plan()

    def without_holds(self, exercise: Exercise) -> Exercise:
        """Give what takes the place of an exercise whose pauses were not agreed to."""
        rules = self.scripts[exercise.name].rules
        name, _ = self._allowed(next(instead for _, instead in rules if instead), exercise.health)
        begins = exercise.control.progress.begins
        other = replace(
            exercise, name=name, control=replace(exercise.control, progress=Progress(begins=begins))
        )
        other = replace(other, manner=self.manners.get(name, Manner()))
        return replace(other, notice=self.sentences.no_consent, asks="", minutes=None)

    def other(self, exercise: Exercise) -> str:
        """Name another exercise for the same state, of another kind; empty: there is none."""
        now = self.scripts[exercise.name]
        names = (
            name
            for name, script in self.scripts.items()
            if name != exercise.name
            and set(script.suits) & set(now.suits)
            and script.is_paced != now.is_paced
            and not script.has_holds
            and self._allowed(name, exercise.health)[0] == name
        )
        return next(names, "")

    @staticmethod
    def _meets(parts: Sequence[Part], breath: BreathPace) -> bool:
        """Tell that it begins just as this person breathes. Nothing comes before red flags."""
        eases = any(part.repeat and part.repeat.eases for part in parts)
        exact = breath.sure and timing.begins(breath) == breath.seconds
        return eases and exact and not parts[0].line

    def _allowed(self, name: str, health: tuple[str, ...]) -> tuple[str, str]:
        """Give the exercise that may be done, and what is said of that."""
        chosen, _ = choose(name, self.scripts, told(health))
        if not chosen:
            return "", self.sentences.not_now
        title = self.scripts[chosen].spoken_title
        return chosen, "" if chosen == name else self.sentences.instead.format(title=title)

    def _minutes(self, name: str, wanted: float | None) -> float | None:
        """Give the minutes that are wanted where the exercise can take them."""
        can = self.scripts[name].minutes if name else ()
        return max(wanted, min(can)) if wanted and can else None

    def _wishes(self, exercise: Exercise) -> Wishes:
        return Wishes(
            minutes=exercise.minutes,
            endless=self.aloud,
            words=exercise.manner.words,
            choice=exercise.manner.choice,
            health=told(exercise.health),
        )

    def _mixer(self, exercise: Exercise) -> Mixer:
        script = self.scripts[exercise.name]
        wording = clear(
            exercise.name, script, lambda text: passed(self.outgoing, text), self.outgoing.reviewed
        )
        player = Player(script, wording, self.speech, self._wishes(exercise))
        progress = exercise.control.progress
        tracks = Track.CUES if self.aloud else Track(0)
        if self.aloud and exercise.manner.bed:
            tracks |= Track.BED
        beats = player.beats(progress, exercise.control.ends)
        mixer = Mixer(beats, tracks, at=round(progress.at * RATE))
        mixer.volume = exercise.control.volume
        return mixer

    def _consent(self, exercise: Exercise) -> float:
        """Number the step that asks for a consent which is not given yet; else infinity."""
        script = self.scripts[exercise.name]
        if exercise.agreed or not script.has_holds:
            return float("inf")
        parts = taken(script, self._wishes(exercise))
        return next(index for index, part in enumerate(parts) if part.answer)

    def _cue(self, beat: Beat, exercise: Exercise, consent: float) -> Cue:
        asks = ""
        if beat.kind == "answer":
            asks = AnswerKind.YES_NO if beat.place.step == consent else AnswerKind.OPEN
        here = replace(
            exercise, control=reached(exercise.control, beat), asks=str(asks), left=beat.left
        )
        sound = beat.sound.value if beat.sound else ""
        return Cue(beat.kind, here, beat.seconds, beat.text, sound)

    def _sentence(self, text: str, exercise: Exercise) -> Iterator[Moment]:
        cleared = passed(self.outgoing, text)
        if cleared:
            spoken = self.speech.sentence(cleared)
            cue = Cue("say", exercise, spoken.seconds, cleared)
            yield Moment(AudioChunk(spoken.samples, RATE), (cue,))
            yield Moment(_quiet(GAP))


def _quiet(seconds: float) -> AudioChunk:
    return AudioChunk(np.zeros(round(seconds * RATE), np.float32), RATE)
