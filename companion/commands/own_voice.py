"""sense without files: consent, calibration, and how one's own voice changes over the weeks."""

import argparse
import json
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

from companion import paths
from companion.audio.microphone import DeviceMicrophone
from companion.commands.keeping import begin
from companion.commands.now import local_now, now, zone_name
from companion.commands.sense import read_tone
from companion.commands.vault import open_vault
from companion.errors import CompanionError, SenseError, SettingsError
from companion.events import SpeechStarted, Spoken, TurnTaken
from companion.memory.journal import Journal
from companion.memory.vault import Vault
from companion.memory.voices import VoiceKeeper
from companion.parts import build_ear, build_reader
from companion.sense.baseline import MOST_KEPT, observe
from companion.sense.definitions import FEATURES
from companion.sense.weekly import Change, changes, tell
from companion.sense.words import read_words
from companion.settings import Settings, read_settings
from companion.stages import Ear, Microphone, ProsodyReader
from companion.tone import Tone
from companion.usual_voice import read_usual, read_weeks
from companion.values import Expected, Prosody, State, Transcript

ENOUGH = 40.0
"""Seconds of voice after which a calibration ends by itself"""
LONGEST = 180.0
"""Seconds after which it ends in any case"""
PLEASE = """Please talk for about a minute as you usually do, with pauses: what you did today, or
what you see around you. It ends by itself; Ctrl+C ends it now. Numbers are kept, never sound."""
SHOWN = ("pitch_level", "nuclei_rate", "pause_share")
HEADS = ("pitch, semitones", "syllables a second", "share of pauses")


class _Own:
    """What the commands about one's own voice work with."""

    def __init__(self, options: argparse.Namespace, settings: Settings, vault: Vault) -> None:
        self.options = options
        self.settings = settings
        self.words = read_words(paths.content() / settings.language)
        self.journal = Journal(vault)
        self.keeper = VoiceKeeper(vault, now=now, zone=zone_name())
        state = State(tone=self.keeper.remembered(settings.sense.agreed))
        young = begin(state, settings, local_now()).risk.is_minor
        self.state = replace(state.tone, minor=state.tone.minor or young)


def own_voice(options: argparse.Namespace) -> int:
    """Do what is asked about one's own voice; without a wish, say how things stand."""
    if options.baseline or (options.files and options.own != "calibrate"):
        raise SettingsError(
            "This is about your own voice, and takes no files.", fix="Leave the files out."
        )
    settings = read_settings(options.settings)
    vault = open_vault(options, required=True)
    if vault is None:
        raise SettingsError(
            "Without a diary nothing about a voice is kept.", fix="Make one: companion vault new"
        )
    with closing(vault):
        return _WISHES[options.own](_Own(options, settings, vault))


def _status(own: _Own) -> int:
    state, known = own.state, read_usual(own.journal)
    days = len({one.at.date() for one in known.observations})
    looks = "looked at" if state.looks else "not looked at"
    print(f"The tone of your voice is {looks} in talks.")
    of = f"{_count(len(known.observations), 'utterance')} on {_count(days, 'day')}"
    print(f"Known: {of}, of the newest {MOST_KEPT}.")
    if state.muted and state.muted_until:
        print(f"It rests until {state.muted_until.astimezone():%d %B, %H:%M}.")
    if not state.looks and not state.minor:
        print("To change that: companion sense --agree")
    return 0


def _agree(own: _Own) -> int:
    state = own.state
    if state.minor:
        return _say(own.words.answers.minor)
    *explained, question = own.words.answers.explain
    _say(explained)
    print(f"{question} (yes or no) ", end="", flush=True)
    agreed = sys.stdin.readline().strip().casefold() in ("yes", "y")
    own.keeper.decide(replace(state, agreed=agreed))
    return _say(own.words.answers.agreed if agreed else own.words.answers.declined)


def _stop(own: _Own) -> int:
    own.keeper.decide(replace(own.state, agreed=False))
    return _say(own.words.answers.stopped[:1])


def _forget(own: _Own) -> int:
    own.keeper.decide(replace(own.state, agreed=False, forget=True))
    return _say(own.words.answers.forgotten)


def _weekly(own: _Own) -> int:
    found = changes(read_weeks(own.journal, now()), read_usual(own.journal).reference)
    if own.options.json:
        for change in found:
            print(json.dumps(_row(change)))
        return 0
    if any(change.apart for change in found):
        print(f"{'week':10}{'utterances':>12}" + "".join(f"{head:>20}" for head in HEADS))
        for change in found:
            cells = (f"{change.apart[n]:+.2f}" if n in change.apart else "-" for n in SHOWN)
            week = f"{change.week.year}-W{change.week.week:02}"
            print(f"{week:10}{change.week.utterances:>12}" + "".join(f"{c:>20}" for c in cells))
        print("Each against your first days; no week is good or bad.\n")
    return _say(tell(own.words, found))


def _row(change: Change) -> dict[str, Any]:
    return {
        "year": change.week.year,
        "week": change.week.week,
        "utterances": change.week.utterances,
        "change": {
            name: {"value": value, "unit": FEATURES[name].unit}
            for name, value in change.apart.items()
        },
    }


def _calibrate(own: _Own) -> int:
    """Take some utterances for the usual voice, whatever the number of days."""
    if not own.state.looks:
        raise SenseError(
            "You have not agreed that your voice is looked at.", fix="companion sense --agree"
        )
    kept, code, microphones = 0, 0, read_usual(own.journal).microphones
    with closing(_utterances(own)) as utterances:
        for heard in utterances:
            if isinstance(heard, CompanionError):
                print(heard, file=sys.stderr)
                code = 1
                continue
            prosody, through = heard
            seen = observe(prosody, local_now(), through, short=bool(own.options.files))
            if seen is None:
                print(f"Not used: {prosody.quality.why or 'too short'}.", file=sys.stderr)
                continue
            kept += 1
            values = {**seen.values, "voiced": seen.voiced}
            device = f"{through}#{microphones.get(through, 1)}"
            own.keeper.calibrate(prosody, Tone(kept=values, through=device))
    if not kept:
        raise SenseError("Nothing could be used.", fix="Speak a little longer, in a quiet room.")
    print(f"{_count(kept, 'utterance')} {'is' if kept == 1 else 'are'} kept as your usual voice.")
    return code


_Heard = tuple[Prosody, str] | CompanionError


def _utterances(own: _Own) -> Generator[_Heard, None, None]:
    """Yield what is said, each with the microphone it came through."""
    for path in own.options.files:
        try:
            yield read_tone(own.settings, path).prosody, ""
        except CompanionError as error:
            yield error
    if own.options.files:
        return
    print(PLEASE, file=sys.stderr)
    with closing(DeviceMicrophone(own.settings.audio.microphone)) as microphone:
        for prosody in spoken(microphone, build_ear(own.settings), build_reader(own.settings)):
            yield prosody, microphone.known_as


def spoken(microphone: Microphone, ear: Ear, reader: ProsodyReader) -> Iterator[Prosody]:
    """Yield the tone of each utterance until there was enough voice, or nobody spoke for long."""
    voiced = 0.0
    for chunk in microphone.blocks():
        for event in ear.push(chunk, Expected()):
            if isinstance(event, SpeechStarted):
                reader.start()
            elif isinstance(event, Spoken):
                reader.accept(event.chunk)
            elif isinstance(event, TurnTaken):
                prosody = reader.finish(Transcript())
                voiced += prosody.features["voiced"].value or 0.0
                yield prosody
        if voiced >= ENOUGH or chunk.end >= LONGEST:
            return


_WISHES = {
    None: _status,
    "agree": _agree,
    "stop": _stop,
    "forget": _forget,
    "weekly": _weekly,
    "calibrate": _calibrate,
}


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _say(lines: Iterable[str]) -> int:
    for line in lines:
        print(line)
    return 0
