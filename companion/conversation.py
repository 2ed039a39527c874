"""One turn of talk, from top to bottom.

    hear -> sense -> guard -> think -> guard -> speak

This file knows the order of the stages and nothing of the engines in them. It
has no threads, no clock and no files, so a test can run it on a list. `talk.py`
feeds sound to `Listening`, hands the utterance to `Conversation.answer`, and
closes that generator to interrupt.

Here, in `listening.py`, `sensing.py` and `speaking.py`, *any* exception of a stage counts as the
stage's failure, and it says what then happens: nobody in a hard moment is left with a traceback.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

from companion.attempts import Broken, attempt, survive
from companion.company import Company
from companion.events import Checked, Chosen, Event, Failed, Heard, Kept, Said, Sensed
from companion.guards import Guards as Guards
from companion.leading import choose, led
from companion.listening import BreathReader, Listening
from companion.risk import Assessment, raised
from companion.sensing import Sensing
from companion.speaking import BETWEEN_SENTENCES, chosen_of, quiet, spoken, told_of
from companion.stages import (
    CadenceReader,
    Leader,
    Manner,
    Mind,
    Policy,
    ProsodyReader,
    Recogniser,
    Voice,
)
from companion.tone import Tone
from companion.values import (
    AnswerKind,
    Cleared,
    Line,
    Plan,
    State,
    Style,
    Transcript,
    Turn,
    TurnId,
    Utterance,
)


@dataclass(frozen=True)
class Conversation:
    """The stages of a turn, in the order they act."""

    recogniser: Recogniser
    prosody_reader: ProsodyReader | None
    """Used only while the person agrees that the tone of their voice is looked at"""
    guards: Guards
    policy: Policy
    mind: Mind
    voices: tuple[Voice, ...]
    """The best first; each stands in for the one before it. None: text only"""
    style: Style = field(default_factory=Style)
    cadence_reader: CadenceReader | None = None
    """For taking turns alone, so it needs nobody's consent"""
    sensing: Sensing | None = None
    """None: no voice is ever compared with its past"""
    manner: Manner | None = None
    """None: every answer is said in the same style"""
    leader: Leader | None = None
    """None: no exercise can be led"""
    commands: Recogniser | None = None
    """A second ear, for the commands of an exercise, while the first hears whatever is said"""
    breath: BreathReader | None = None
    """For where an exercise begins alone, so it needs nobody's consent; None: as it is written"""
    company: Company | None = None
    """What is said in a silence"""
    nobody_at_risk: bool = False
    """True for our own recording alone: an ear that may miss danger then carries free talk"""

    def listen(self, id: TurnId, state: State) -> Listening:
        """Begin to hear an utterance."""
        reader = self.prosody_reader if state.hears_tone else None
        commands = self.commands if state.expected.kind is AnswerKind.COMMAND else None
        return Listening(self.recogniser, reader, id, state.expected, self.cadence_reader, commands)

    def prepare(self, partial: str, state: State) -> None:
        """Let guard (it compiles phrases as their words come up) and mind work ahead."""
        attempt(lambda: self.guards.incoming.weigh(Transcript(partial), state.risk))
        attempt(lambda: self.mind.prepare(partial, state.history))

    def close(self) -> None:
        """Give back what the stages hold."""
        attempt(self.mind.close)

    def answer(self, utterance: Utterance, state: State) -> Generator[Event, None, None]:
        """Yield what happens in one turn. Close the generator to interrupt.

        `Kept` carries the state to go on from. The first one comes before anything
        is said, so that a sign of danger that is talked over is not forgotten.
        """
        id = utterance.id
        yield Heard(id, utterance)
        sensing = self.sensing
        tone = (yield from sensing.compare(utterance, state)) if sensing else Tone()
        yield Sensed(id, utterance.prosody, tone)
        if utterance.transcript is None:
            yield from self._say_prepared(id, "ear-fault")
            return

        assessment, state = yield from self._weigh(utterance.transcript, id, state)
        state = yield from self._learn(assessment, utterance, state)
        yield Checked(id, assessment, state.risk)
        yield Kept(id, state)

        turn = replace(self._turn(utterance, utterance.transcript, assessment, state), tone=tone)
        plan = yield from self._plan(turn)
        if plan is not None and plan.danger is not None:
            # An answer to a questionnaire is taken as seriously as if it had been said.
            state = replace(state, risk=raised(turn.risk, plan.danger))
            state = yield from self._learn(plan.danger, utterance, state)
            turn = replace(turn, assessment=plan.danger, risk=state.risk)
            yield Checked(id, plan.danger, turn.risk)
            yield Kept(id, state)
            plan = yield from self._plan(replace(turn, mind=plan.mind), plan)
        if plan is not None:
            yield from self._carry_out(plan, turn, state)

    def begin(self, id: TurnId, plan: Plan, state: State) -> Generator[Event, None, None]:
        """Yield what happens where a talk begins with something of ours, such as an exercise."""
        nothing = Utterance(id, Transcript())
        yield from self._carry_out(
            plan, self._turn(nothing, Transcript(), Assessment(), state), state
        )

    def _carry_out(self, plan: Plan, turn: Turn, state: State) -> Generator[Event, None, None]:
        yield Chosen(turn.id, plan.act, plan.skill, plan.expected)
        state = chosen_of(state, plan)
        if self.sensing and state.tone.forget:
            self.sensing.forget()
        yield Kept(turn.id, state)
        state = yield from self._say(plan, turn, state)
        if self.leader and (plan.session or plan.exercise):
            yield from self._lead(self.leader, plan, turn, state)

    def _weigh(
        self, transcript: Transcript, id: TurnId, state: State
    ) -> Generator[Event, None, tuple[Assessment, State]]:
        # The guard fails closed: free talk ends, and a plainer check takes over.
        if state.guard_works:
            weighed = attempt(lambda: self.guards.incoming.weigh(transcript, state.risk))
            if not isinstance(weighed, Broken):
                return weighed[0], replace(state, risk=weighed[1])
            yield Failed(id, "guard", weighed.problem)
            yield from self._say_prepared(id, "guard-fault")
        assessment, risk = self.guards.minimal.weigh(transcript, state.risk)
        return assessment, replace(state, risk=risk, guard_works=False)

    def _learn(
        self, assessment: Assessment, utterance: Utterance, state: State
    ) -> Generator[Event, None, State]:
        now, learn = state.at(utterance.committed), self.guards.protocol.learn
        learnt = attempt(lambda: learn(assessment, state.risk, now))
        if not isinstance(learnt, Broken):
            return replace(state, risk=learnt)
        yield Failed(utterance.id, "guard", learnt.problem)
        return state

    def _turn(
        self, utterance: Utterance, transcript: Transcript, assessment: Assessment, state: State
    ) -> Turn:
        ear_will_do = transcript.typed or self.recogniser.hears_danger or self.nobody_at_risk
        return Turn(
            utterance,
            transcript,
            assessment,
            state.risk,
            state.expected,
            state.mind,
            state.history,
            free_talk=ear_will_do and state.guard_works,
            began=state.began,
            known=state.known,
            tone_state=state.tone,
            exercise=state.exercise,
            care=state.care,
        )

    def _plan(self, turn: Turn, chosen: Plan | None = None) -> Generator[Event, None, Plan | None]:
        """Danger is answered first, and by written lines alone."""
        danger = attempt(lambda: self.guards.protocol.answer(turn))
        if isinstance(danger, Broken):
            yield Failed(turn.id, "guard", danger.problem)
            yield from self._say_prepared(turn.id, "guard-fault")
            return None
        if danger is not None:
            return replace(danger, mind=turn.mind)
        if chosen is not None:
            return chosen
        if self.sensing and (about_tone := (yield from self.sensing.answer(turn))):
            return about_tone
        plan = attempt(lambda: choose(self.leader, self.policy, turn))
        if isinstance(plan, Broken):
            yield Failed(turn.id, "think", plan.problem)
            yield from self._say_prepared(turn.id, "think-fault")
            return None
        led_now = turn.exercise or plan.session
        return (yield from self.sensing.add(turn, plan)) if self.sensing and not led_now else plan

    def _lead(
        self, leader: Leader, plan: Plan, turn: Turn, state: State
    ) -> Generator[Event, None, None]:
        """Lead an exercise to its end, and say what comes after it."""
        ended = yield from led(
            leader, plan, turn.id, state, aloud=bool(self.voices), breath=self.breath
        )
        if isinstance(ended, Broken):
            yield from self._say_prepared(turn.id, "think-fault")
        elif ended:
            yield from self._say(replace(plan, lines=plan.after), turn, ended)

    def _say(self, plan: Plan, turn: Turn, state: State) -> Generator[Event, None, State]:
        """Say the lines of a plan. Returns the state once they were said."""
        said: list[str] = []
        turn, told = replace(turn, care=state.care), state
        style = self.manner.choose(self.style, turn, plan) if self.manner else self.style
        style = replace(style, speed=style.speed * plan.mind.pace)
        for line in self._lines(plan, turn):
            if isinstance(line, Failed):
                yield line
                continue
            text = self._clear(line, turn)
            if isinstance(text, Failed):
                yield text
                continue
            if said:
                yield from quiet(self.voices, BETWEEN_SENTENCES * style.pause, turn.id)
            aloud = line.aloud and not turn.risk.hushed
            yield Said(turn.id, text, line.essential, aloud, line.reviewed)
            if aloud:
                yield from spoken(self.voices, text, style, turn.id)
            said.append(text)
            # Only now has it been heard: a danger answer cut off before this is still owed.
            yield Kept(turn.id, told := told_of(state, plan, turn, said))
            yield from quiet(self.voices, line.pause, turn.id)
        return told

    def _lines(self, plan: Plan, turn: Turn) -> Iterator[Line | Failed]:
        """Give the model's sentences where they are wanted and good, else the written ones."""
        worded = False
        if plan.task and turn.free_talk:
            for line in self._worded(plan, turn):
                worded = worded or isinstance(line, Line)
                yield line
        # What a model said replaces the words of the reply, never its reviewed lines.
        yield from (line for line in plan.lines if line.reviewed or not worded)

    def _worded(self, plan: Plan, turn: Turn) -> Iterator[Line | Failed]:
        before = ""
        with closing(survive(lambda: self.mind.reply(turn, plan))) as sentences:
            for sentence in sentences:
                if isinstance(sentence, Broken):
                    yield Failed(turn.id, "think", sentence.problem)
                    return
                line = Line(sentence, before=before)
                if isinstance(refused := self._clear(line, turn), Failed):
                    # What follows a refused sentence would make no sense without it.
                    yield replace(refused, stage="think")
                    return
                before = f"{before} {sentence}"
                yield line

    def _clear(self, line: Line, turn: Turn) -> Cleared | Failed:
        outgoing = self.guards.outgoing
        text: Cleared | Broken | None
        if line.reviewed:
            text = attempt(lambda: outgoing.reviewed(line.reviewed, turn))
        elif line.own:
            text = attempt(lambda: outgoing.own(line.text))
        elif (before := line.before) is not None:
            text = attempt(lambda: outgoing.clear_worded(line.text, turn, before))
        else:
            text = attempt(lambda: outgoing.clear(line.text, turn))
        if text is not None and not isinstance(text, Broken):
            return text
        if line.essential:
            # Unchecked is unsaid, but an answer to danger always has its first sentence.
            return self.guards.prepared["help-numbers"]
        if isinstance(text, Broken):
            return Failed(turn.id, "guard", text.problem)
        why = outgoing.reason(line.text) or outgoing.reason_worded(line.text, line.before or "")
        return Failed(turn.id, "guard", f"refused: {why}")

    def _say_prepared(self, id: TurnId, line_id: str) -> Generator[Event, None, None]:
        text = self.guards.prepared[line_id]
        yield Said(id, text, essential=True)
        yield from spoken(self.voices, text, self.style, id)
