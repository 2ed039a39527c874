"""Measure the commands of an exercise: understood, how soon, and what two ears cost.

    python scripts/measure_commands.py [--vosk MODEL] [--write]

Each command that the recognisers listen for is spoken by eSpeak NG in four accents, beside
the tones of a breath (20 dB below the voice: what an echo canceller or headphones leave).
Time counts from the last sound of the word to the moment it is obeyed, in audio; a command
may be obeyed before the word has ended. Ordinary sentences show what is taken for a command
by mistake. Then the same in a simulated room in which an exercise sounds from a loudspeaker,
through the canceller, in four phases of a breath (`commands_in_rooms.py`). Four minutes.
`--write` keeps the figures in docs/sessions.md.
"""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from commands_in_rooms import PHASES, after_canceller

from companion import app, paths
from companion.answers import Answers
from companion.events import TurnTaken
from companion.exercise import Exercise
from companion.hear.beside import beside
from companion.hear.sphinx import SphinxRecogniser
from companion.hear.vosk import VoskRecogniser
from companion.leading import Aside, Wish, begin_aside
from companion.listening import Listening
from companion.sessions.script import read_scripts
from companion.sessions.steps import Sound
from companion.sessions.tones import RATE as TONE_RATE
from companion.sessions.tones import tone
from companion.speak.espeak import EspeakVoice
from companion.stages import Recogniser
from companion.text import read_spoken_forms
from companion.values import AnswerKind, AudioChunk, Expected, Samples, State, Style, TurnId

PAGE = ROOT / "docs" / "sessions.md"
MARKS = ("<!-- commands -->", "<!-- end of commands -->")
ACCENTS = ("en-us+f3", "en-gb+m2", "en-gb-scotland+f2", "en-us+m1")
RATE, SIZE = 16_000, 320
AFTER = 1.0
"""Seconds of quiet after which the turn is taken"""
RESIDUE = 0.1
"""Loudness of the tones beside the voice"""
ORDINARY = (
    "I was thinking about my sister", "this is a nice feeling", "the kettle is on",
    "I can see a lamp, a chair and a window", "my shoulders are warm", "it is raining again",
    "there is a car outside", "I have to call my mother later",
)  # fmt: skip


@dataclass
class Figures:
    """What was seen of one ear."""

    right: int = 0
    wrong: int = 0
    mistaken: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    false: list[str] = field(default_factory=list)
    work: dict[str, float] = field(default_factory=lambda: {"one": 0.0, "both": 0.0})
    seconds: float = 0.0
    by_phase: dict[str, list[bool]] = field(default_factory=lambda: {name: [] for name in PHASES})


class Only:
    """Knows commands, and leads nothing."""

    def __init__(self, answers: Answers) -> None:
        self.command = answers.exercise


def main() -> int:
    """Measure the ears that are there."""
    folder = paths.content() / "en"
    answers = Answers(folder)
    ears: dict[str, Recogniser] = {
        "PocketSphinx": SphinxRecogniser(paths.DATA / "en", answers),
    }
    if "--vosk" in sys.argv:
        model = Path(sys.argv[sys.argv.index("--vosk") + 1])
        ears["Vosk test model"] = VoskRecogniser(model, phrases=answers.phrases)
    lines = [
        "| ear | commands | understood | mistaken | obeyed after, median | slowest tenth | "
        "of ordinary sentences taken for one | work, one ear | both |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    inside = said_in_a_room(answers)
    phases = ["| ear | " + " | ".join(PHASES) + " |", "|---|" + "---|" * len(PHASES)]
    for name, ear in ears.items():
        lines.append(row(name, measured(ear, answers)))
        figures = in_the_room(ear, answers, inside)
        lines.append(row(f"{name}, in a room", figures))
        shares = [f"{100 * np.mean(right):.0f} %" for right in figures.by_phase.values()]
        phases.append(f"| {name} | {' | '.join(shares)} |")
    lines += [
        "",
        "Understood in a room, by the phase of the breath in which it is said:",
        "",
        *phases,
    ]
    print("\n".join(lines))
    if "--write" in sys.argv:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(MARKS[0])[0], page.split(MARKS[1])[1]
        PAGE.write_text("\n".join((before + MARKS[0], *lines, MARKS[1])) + after, encoding="utf-8")
    return 0


def measured(ear: Recogniser, answers: Answers) -> Figures:
    """Say everything to one ear."""
    figures, second = Figures(), beside(ear)
    for accent in ACCENTS:
        voice = EspeakVoice(accent, spoken=read_spoken_forms(paths.content() / "en"))
        for phrase in (*answers.words.grammar.exercise, *ORDINARY):
            sound = said(voice, phrase)
            rest = np.zeros(round(AFTER * RATE), np.float32)
            whole = np.concatenate([sound, rest])
            whole += residue(len(whole))
            count(phrase, obeyed(whole, ear, second, answers, figures), answers, figures)
    return figures


Inside = list[tuple[str, str, Samples]]
"""What was said, in which phase, and what is heard of it"""


def said_in_a_room(answers: Answers) -> Inside:
    """Say everything once in each phase of a breath, each time in another voice."""
    phrases, phases = (*answers.words.grammar.exercise, *ORDINARY), tuple(PHASES)
    asked, sounds = [], []
    for turn, accent in enumerate(ACCENTS):
        voice = EspeakVoice(accent, spoken=read_spoken_forms(paths.content() / "en"))
        for number, phrase in enumerate(phrases):
            phase = phases[(turn + number) % len(phases)]
            asked.append((phrase, phase))
            sounds.append((0.5 * said(voice, phrase), phase))
    script = read_scripts(paths.content() / "en" / "sessions")["exhale46"]
    heard = after_canceller(sounds, script)
    return [(*what, sound) for what, sound in zip(asked, heard, strict=True)]


def in_the_room(ear: Recogniser, answers: Answers, inside: Inside) -> Figures:
    """Let one ear hear what is left after the canceller."""
    figures, second = Figures(), beside(ear)
    for phrase, phase, sound in inside:
        right = count(phrase, obeyed(sound, ear, second, answers, figures), answers, figures)
        if phrase not in ORDINARY:
            figures.by_phase[phase].append(right)
    return figures


def count(phrase: str, found: tuple[str | None, float], answers: Answers, figures: Figures) -> bool:
    """Count what became of a phrase; say whether it was understood."""
    heard, delay = found
    if phrase in ORDINARY:
        if heard:
            figures.false.append(f"{phrase}: {heard}")
        return not heard
    right = heard == answers.exercise(phrase)
    if right:
        figures.right += 1
        figures.delays.append(delay)
    elif heard:
        figures.wrong += 1
        figures.mistaken.append(f"{phrase}: {heard}")
    else:
        figures.missed.append(phrase)
    return right


def obeyed(
    sound: Samples,
    ear: Recogniser,
    second: Recogniser | None,
    answers: Answers,
    figures: Figures,
) -> tuple[str | None, float]:
    """Give the command that is obeyed, and the seconds after the last sound of the voice.

    `sound` ends with the quiet after which the turn is taken.
    """
    end = len(sound) / RATE - AFTER
    leader = Only(answers)
    state = State(exercise=Exercise("exhale46"), expected=Expected(AnswerKind.COMMAND))
    aside = begin_aside(state, 0.0)
    assert isinstance(aside, Aside)
    began = time.process_time()
    hearing = Listening(ear, None, TurnId(1), state.expected, None, second)
    done: tuple[str | None, float] = (None, 0.0)
    for at in range(0, len(sound) - SIZE, SIZE):
        hearing.accept(AudioChunk(sound[at : at + SIZE], RATE, at / RATE))
        if done[0] is None and aside.hear(leader, hearing, 0.0) is Wish.OBEY:  # type: ignore[arg-type]
            done = aside.obeyed, (at + SIZE) / RATE - end
        if (
            done[0] is None
            and hearing.command(0.0)
            and answers.exercise(hearing.command(0.0)) == "stop"
        ):
            done = "stop", (at + SIZE) / RATE - end
    utterance = hearing.finish(TurnTaken(TurnId(1), 0.0, end, end + AFTER))
    figures.work["both"] += time.process_time() - began
    figures.seconds += len(sound) / RATE
    one = time.process_time()
    ear.start(Expected() if second else state.expected)
    for at in range(0, len(sound) - SIZE, SIZE):
        ear.accept(AudioChunk(sound[at : at + SIZE], RATE, at / RATE))
    figures.work["one"] += time.process_time() - one
    if done[0] is None and utterance.transcript and not utterance.transcript.rejected:
        done = answers.exercise(utterance.transcript.text), AFTER
    return done


def said(voice: EspeakVoice, phrase: str) -> Samples:
    """Speak a phrase, with the quiet around it cut off."""
    chunks = list(voice.synthesize(app.own_words(phrase), Style()))
    sound = soxr.resample(np.concatenate([c.samples for c in chunks]), chunks[0].rate, RATE)
    loud = np.flatnonzero(np.abs(sound) > 0.01)
    return np.asarray(0.5 * sound[loud[0] : loud[-1] + 1], np.float32)


def residue(frames: int) -> Samples:
    """Give what is left of the breath's tones, and a little room noise."""
    breath = np.concatenate([tone(Sound.IN, 4 * TONE_RATE), tone(Sound.OUT, 6 * TONE_RATE)])
    low = np.resize(soxr.resample(breath, TONE_RATE, RATE), frames)
    noise = np.random.default_rng(8).standard_normal(frames)
    return np.asarray(RESIDUE * low + 0.0008 * noise, np.float32)


def row(name: str, figures: Figures) -> str:
    """Give a line of the table, and print what went wrong."""
    print(f"{name}: missed {sorted(set(figures.missed))}; mistaken {figures.mistaken}")
    print(f"taken for one: {figures.false}", flush=True)
    many = figures.right + figures.wrong + len(figures.missed)
    slow = np.percentile(figures.delays, [50, 90]) if figures.delays else (0.0, 0.0)
    cells = [
        name, str(many), f"{100 * figures.right / many:.0f} %",
        f"{100 * figures.wrong / many:.0f} %",
        f"{slow[0]:+.2f} s", f"{slow[1]:+.2f} s",
        f"{len(figures.false)} of {len(ORDINARY) * len(ACCENTS)}",
        f"{100 * figures.work['one'] / figures.seconds:.0f} %",
        f"{100 * figures.work['both'] / figures.seconds:.0f} %",
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main())
