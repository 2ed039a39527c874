"""Walk through the check-in, the questionnaires and the exercises by voice.

    python scripts/walk_speech.py [--ear vosk|sphinx] [--only WORD] [--write]

An invented person (scripts/walks/persons.yaml), spoken by eSpeak NG in a voice that no model
was made from, is heard by a real recogniser and answered by the whole line; what is asked
decides what is said next. Vosk is the test model of scripts/make_vosk_test_model.py; with
PocketSphinx only closed answers are followed. Nothing is played: time is that of the sound,
the person's and ours, with the hold of a patient talk after each of the person's turns.
`--write` puts the table into docs/questionnaires.md.
"""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import make_vosk_test_model as vosk_model
from walks.person import Walk, Walks, Way, speak

from companion import app, paths
from companion.care.questionnaires import MENU
from companion.content import read
from companion.conversation import Conversation
from companion.events import Kept, Said, Sound
from companion.hear.sphinx import SphinxRecogniser
from companion.parts import Parts, read_parts
from companion.records import Form, Known
from companion.settings import Settings
from companion.skills import Skills
from companion.stages import Recogniser
from companion.values import AnswerKind, AudioChunk, Samples, State, Transcript, TurnId, Utterance

RATE = 16_000
BLOCK = 320
EDGE = 0.4
"""Seconds of faint noise around each utterance"""
NOISE = 0.0005
MOST_TURNS = 60
GREETING, BEGINS = "hello", 3
"""What the talk begins with, which is not counted; how often a form is asked for"""
MARK = "<!-- walked -->"
ANSWERS = {
    AnswerKind.SCALE: ("six", "four"),
    AnswerKind.YES_NO: ("yes",),
    AnswerKind.CHOICE: ("skip",),
    AnswerKind.OPEN: ("i want to talk to my sister", "i feel so tired", "work", "on monday"),
    AnswerKind.COMMAND: ("go on",),
}
"""To the questions of an exercise"""
DANGER, BACK = "i want to kill myself", "go on"


class Room:
    """A person, the recogniser that hears them, and the line that answers."""

    def __init__(self, ear: Recogniser, talk: Conversation, speech: Mapping[str, Samples]) -> None:
        self._ear, self._talk, self._speech = ear, talk, speech

    def say(self, text: str, state: State, way: Way) -> State:
        """Say something; give the state after the answer."""
        heard, sound = self.hear(text, state), self._speech[text]
        way.turns += 1
        way.theirs += len(sound) / RATE
        utterance = Utterance(TurnId(way.turns), heard, committed=float(way.turns))
        said, before = [], way.ours
        for event in self._talk.answer(utterance, state):
            if isinstance(event, Kept):
                state = event.state
            elif isinstance(event, Sound):
                way.ours += event.chunk.seconds
            elif isinstance(event, Said):
                said.append(event.text)
        way.told = way.ours - before
        mark = " (rejected)" if heard.rejected else ""
        way.lines.append(f"    {text!r} heard as {heard.text!r}{mark}\n        {' '.join(said)}")
        return state

    def hear(self, text: str, state: State) -> Transcript:
        """Let the recogniser hear what is said."""
        edge = np.zeros(int(EDGE * RATE), np.float32)
        sound = np.concatenate([edge, 0.7 * self._speech[text], edge])
        sound += NOISE * np.random.default_rng(1).standard_normal(len(sound))
        self._ear.start(state.expected)
        for start in range(0, len(sound), BLOCK):
            part = sound[start : start + BLOCK].astype(np.float32)
            self._ear.accept(AudioChunk(part, RATE, start / RATE))
        return self._ear.finish()


def form_of(state: State) -> Form | None:
    """Give the form that is not done."""
    form = state.mind.form
    return form if form is not None and not form.done else None


def which(walk: Walk) -> str:
    """Give what is said where it is asked which questionnaire is meant."""
    return walk.begins.removesuffix(" questions")


def fill_in(room: Room, walk: Walk) -> Way:
    """Walk through a check-in or a questionnaire."""
    way, asked = Way(walk.name, wanted=len(walk.wanted)), defaultdict[str, int](int)
    between = {part: list(said) for part, said in walk.between.items()}
    state = begun(room, walk.begins, way)
    while way.turns < MOST_TURNS and (form := form_of(state)):
        if state.risk.asked:
            said = "no"
        elif form.name == MENU:
            said = which(walk)
        elif form.paused or not form.part:
            said = BACK
        elif form.waits == "confirm" and form.unsure is not None:
            meant = float(walk.wanted.get(form.part, "nan"))
            said = "yes" if form.unsure.number == meant else "no"
        elif between.get(form.part):
            said = between[form.part].pop(0)
        else:
            answers = walk.says.get(form.part, ("skip",))
            said = answers[min(asked[form.part], len(answers) - 1)]
            asked[form.part] += 1
        state = room.say(said, state, way)
    last = state.mind.form
    if last is not None:
        given = {one.part: one.number for one in last.given}
        way.right = sum(given.get(part) == float(value) for part, value in walk.wanted.items())
        way.done = last.done
    return way


def begun(room: Room, words: str, way: Way) -> State:
    """Begin a form in a talk that has begun already; who is not understood says it again."""
    state = room.say(GREETING, State(known=Known(kept=True)), way)
    way.turns, way.ours, way.theirs = 0, 0.0, 0.0
    for _ in range(BEGINS):
        state = room.say(words, state, way)
        if state.mind.form is not None:
            break
    return state


def practise(room: Room, name: str, asked: str) -> Way:
    """Walk through an exercise; after the second answer comes danger, and then the way back."""
    way, number, interrupted = Way(f"exercise {name}"), 0, False
    state = begun(room, asked, way)
    while way.turns < MOST_TURNS and (form := form_of(state)):
        if state.risk.asked:
            said = "no"
        elif form.paused:
            said = BACK
        elif len(form.given) == 1 and not interrupted:
            said, interrupted = DANGER, True
        else:
            answers = ANSWERS[state.expected.kind]
            said, number = answers[number % len(answers)], number + 1
        state = room.say(said, state, way)
    last = state.mind.form
    way.done = last is not None and last.name == name and last.done
    return way


def texts_of(walks: Sequence[Walk], skills: Skills) -> list[str]:
    """Give everything that may be said."""
    said = {"yes", "no", "skip", BACK, DANGER, GREETING}
    said |= {one for answers in ANSWERS.values() for one in answers}
    said |= {easiest(skills[name].asked) for name in skills}
    for walk in walks:
        said |= {walk.begins, which(walk)}
        said |= {one for answers in (*walk.says.values(), *walk.between.values())
                 for one in answers}  # fmt: skip
    return sorted(said)


@cache
def known_words() -> frozenset[str]:
    """Give the words of the test model."""
    lines = (vosk_model.make() / "graph" / "words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.split()[0] for line in lines)


def easiest(names: Sequence[str]) -> str:
    """Give the name with the commonest words: those that the test model knows."""
    known = known_words()
    return max(
        names, key=lambda name: (np.mean([word in known for word in name.split()]), -len(name))
    )


def build(ear: str, parts: Parts) -> Recogniser:
    """Load a recogniser."""
    if ear == "sphinx":
        return SphinxRecogniser(paths.DATA / "en", parts.answers)
    from companion.hear.vosk import VoskRecogniser

    return VoskRecogniser(vosk_model.make(), phrases=parts.answers.phrases)


def ways(ear: str, only: str) -> Iterator[Way]:
    """Walk them all."""
    parts = read_parts(Settings())
    walks = read(ROOT / "scripts" / "walks" / "persons.yaml", Walks).walks
    skills = Skills(parts.folder)
    recogniser = build(ear, parts)
    talk = app.build_conversation(parts, recogniser, aloud=True)
    room = Room(recogniser, talk, speak(texts_of(walks, skills)))
    yield from (fill_in(room, walk) for walk in walks if only in walk.name)
    for name in skills:
        if only in f"exercise {name}":
            yield practise(room, name, easiest(skills[name].asked))


def main() -> None:
    """Walk and tell."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ear", choices=("vosk", "sphinx"), default="vosk")
    parser.add_argument("--only", default="", metavar="WORD", help="walks with this in their name")
    parser.add_argument("--write", action="store_true", help="write docs/questionnaires.md")
    parser.add_argument("--show", action="store_true", help="print what was heard and said")
    options = parser.parse_args()
    table = [
        "| walk | ends | right | turns | seconds | until the person has said all |",
        "|---|---|---|---|---|---|",
    ]
    for way in ways(options.ear, options.only):
        right = f"{way.right} of {way.wanted}" if way.wanted else ""
        table.append(
            f"| {way.name} | {'yes' if way.done else '**no**'} | {right} | {way.turns} "
            f"| {way.seconds:.0f} | {way.asked:.0f} |"
        )
        print(table[-1], flush=True)
        if options.show:
            print("\n".join(way.lines), flush=True)
    if options.write:
        page = ROOT / "docs" / "questionnaires.md"
        before = page.read_text(encoding="utf-8").split(MARK)[0]
        page.write_text(f"{before}{MARK}\n\n" + "\n".join(table) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
