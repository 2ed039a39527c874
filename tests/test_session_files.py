"""Exercises as files: those that ship, and those that are refused."""

import pytest

from companion import app, paths
from companion.errors import SettingsError
from companion.parts import read_parts
from companion.sessions.health import HOLDS, Condition, choose
from companion.sessions.script import read_scripts
from companion.sessions.steps import Sound
from companion.sessions.timing import Wishes, taken, usual_minutes
from companion.sessions.wording import clear
from companion.settings import Settings
from tests.sessions_made import HEAD, RHYTHM, beats, of_kind, script

SHIPPED = read_scripts(paths.content() / "en" / "sessions")
HOLDING = """
minutes: ["1"]
never:
  - {when: [heart, lungs, pregnancy, seizures, fainting, surgery]}
steps:
  - {say: "All right?", answer: "5"}
  - repeat:
      steps:
        - {say: "In", sound: in, seconds: "3"}
        - {say: "Hold", sound: hold, seconds: "3"}
        - {say: "Out", sound: out, seconds: "3"}
"""
SAYS = "steps:\n  - say: 'Hello.'\n"


@pytest.fixture(scope="module")
def outgoing():
    return app.build_guards(read_parts(Settings())).outgoing


# --- what ships ---------------------------------------------------------------------------


def test_all_that_was_promised_is_there():
    """Breath, ground, muscles, body, mind, sleep."""
    promised = {
        "exhale46", "cyclic-sigh", "coherent", "box", "4-7-8", "diaphragm", "panic",
        "grounding", "feet-and-chair", "categories", "cold-hands", "pmr-16", "pmr-7", "pmr-4",
        "body-scan", "mindful-minute", "leaves", "loving-kindness", "worry-time", "wind-down",
        "self-compassion",
    }  # fmt: skip

    assert promised <= SHIPPED.keys()


@pytest.mark.parametrize("name", SHIPPED)
def test_the_guard_lets_every_sentence_be_said(name, outgoing):
    """As it lets no model say more."""
    refused = {text: outgoing.reason(text) for text in SHIPPED[name].texts if outgoing.reason(text)}

    assert not refused


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_promises_nothing_and_names_no_panic(name):
    """ "This may be panic" is said by a reviewed sentence alone."""
    text = " ".join(SHIPPED[name].texts).casefold()
    forbidden = ("this is panic", "will help", "will pass", "will feel", "always", "cure",
                 "deep breath", "deeply", "close your eyes")  # fmt: skip

    assert not [words for words in forbidden if words in text]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_exercise_is_ruled_out_by_driving_and_by_water(name):
    """Whatever its file says."""
    for condition in (Condition.DRIVING, Condition.WATER):
        assert choose(name, SHIPPED, frozenset({condition}))[0] == ""


@pytest.mark.parametrize("condition", sorted(HOLDS))
def test_nobody_with_a_condition_is_led_to_a_hold(condition):
    """Refused, or another one takes its place."""
    for name in SHIPPED:
        chosen, _ = choose(name, SHIPPED, frozenset({condition}))
        assert not (chosen and SHIPPED[chosen].has_holds)


@pytest.mark.parametrize("condition", sorted(Condition))
def test_something_can_be_done_with_each_condition(condition):
    """But while driving, or in water."""
    chosen = {choose(name, SHIPPED, frozenset({condition}))[0] for name in SHIPPED}

    assert bool(chosen - {""}) == (condition not in (Condition.DRIVING, Condition.WATER))


@pytest.mark.parametrize("name", ["box", "4-7-8", "cyclic-sigh", "coherent", "exhale46"])
def test_those_with_bad_lungs_are_not_led_by_numbers(name):
    """They are grounded instead."""
    chosen, against = choose(name, SHIPPED, frozenset({Condition.LUNGS}))

    assert (chosen, against) == ("grounding", {Condition.LUNGS})


def test_a_substitute_is_held_against_the_same_health():
    """Box gives way to the long breath out, and that to grounding."""
    told = frozenset({Condition.PREGNANCY, Condition.LUNGS})

    assert choose("box", SHIPPED, told) == ("grounding", told)


def test_late_pregnancy_is_pregnancy():
    """What holds for the one holds for the other."""
    assert choose("box", SHIPPED, frozenset({Condition.LATE_PREGNANCY}))[0] == "exhale46"


@pytest.mark.parametrize("name", SHIPPED)
def test_nobody_late_in_pregnancy_lies_flat(name):
    """On the side, or sitting."""
    wishes = Wishes(health=frozenset({Condition.LATE_PREGNANCY}))
    said = [part.say or "" for part in taken(SHIPPED[name], wishes)]

    lying = [text for text in said if " lie " in f" {text.casefold()} "]
    assert all("on your side" in text for text in lying)


def test_minds_that_race_or_hear_voices_stay_outside_themselves():
    """No meditation, no body scan; grounding with open eyes."""
    unreal = frozenset({Condition.UNREAL})

    for name in ("body-scan", "leaves", "mindful-minute", "loving-kindness", "self-compassion"):
        assert choose(name, SHIPPED, unreal)[0] in ("grounding", "feet-and-chair")


def test_cold_water_is_for_the_hands_alone():
    """It is said so, and no other place is named."""
    text = " ".join(SHIPPED["cold-hands"].texts).casefold()

    assert "only your hands" in text
    assert not {"face", "head", "neck", "shower", "ice"} & set(text.replace(".", "").split())


def test_panic_begins_with_the_red_flags():
    """Reviewed sentences: before them nothing, and the breath only after "this may be"."""
    steps = SHIPPED["panic"].steps
    lines = [step.line for step in steps if step.line]

    assert steps[0].line == "medical-flags"
    assert lines == ["medical-flags", "medical-else"]
    assert all(step.line or step.say for step in steps[:4])
    assert all("?" not in text for text in SHIPPED["panic"].texts)


def test_panic_starts_at_three_and_four_and_slows_to_six_a_minute():
    """And holds nothing."""
    rhythm = next(repeat for repeat in SHIPPED["panic"].repeats if repeat.is_paced)

    assert (rhythm.length(Sound.IN), rhythm.length(Sound.OUT)) == (3.0, 4.0)
    assert rhythm.slowing and rhythm.slowing.until == 10.0
    assert rhythm.endless and not SHIPPED["panic"].has_holds


def test_panic_leads_those_with_bad_lungs_to_their_feet():
    """No breathing by numbers."""
    found = beats(SHIPPED["panic"], health=frozenset({Condition.LUNGS}))

    assert {beat.sound for beat in of_kind(found, "sound")} == {Sound.TENSE, Sound.EASE}


@pytest.mark.parametrize("name", SHIPPED)
def test_the_minutes_that_are_named_are_kept(name):
    """To a quarter of a minute, whatever the voice."""
    found = beats(SHIPPED[name])

    if SHIPPED[name].minutes:
        assert found[-1].at / 60 == pytest.approx(usual_minutes(SHIPPED[name]), abs=0.25)


# --- a file of one's own -------------------------------------------------------------------


def test_a_new_exercise_is_a_file_and_nothing_else(tmp_path):
    """It is found, counted and played."""
    made = script(tmp_path, SAYS)

    assert usual_minutes(made) > 0
    assert [beat.kind for beat in beats(made)] == ["say", "end"]


BROKEN = {
    "an unknown key": (SAYS + "lenght: 3\n", "line 6: unknown key 'lenght'"),
    "an unknown key in a step": ("steps:\n  - sya: 'Hi'\n", "line 5: unknown key 'steps.0.sya'"),
    "a key twice": (SAYS + SAYS, "'steps' stands twice"),
    "no steps": ("minutes: ['3']\n", "'steps' is missing"),
    "an empty step": ("steps:\n  - {}\n", "line 5: 'steps.0'"),
    "no as seconds": ("steps:\n  - {say: In, seconds: no}\n", "line 5: 'steps.0.seconds'"),
    "a time as seconds": ("steps:\n  - {say: In, seconds: 22:30}\n", "'steps.0.seconds'"),
    "nan": ("steps:\n  - {say: In, seconds: nan}\n", "'steps.0.seconds'"),
    "below zero": ("steps:\n  - {say: In, seconds: -4}\n", "'steps.0.seconds'"),
    "an unknown sound": ("steps:\n  - {sound: gong, seconds: 3}\n", "'steps.0.sound'"),
    "an unknown condition": (SAYS + "never:\n  - when: [flu]\n", "'never.0.when.0'"),
    "an unknown state": (SAYS.replace("steps", "suits: [rage]\nsteps"), "'suits' stands twice"),
    "a choice that is none": ("steps:\n  - {say: Hi, only: feet}\n", "none of 'choices'"),
    "words and a line": ("steps:\n  - {say: Hi, line: x}\n", "exclude each other"),
    "two lengths": ("steps:\n  - {say: Hi, rest: 3, seconds: 4}\n", "only one of"),
    "minutes for nothing": (SAYS + "minutes: ['3']\n", "'minutes' belongs to"),
    "a rhythm without minutes": (RHYTHM.replace('minutes: ["1"]', ""), "'minutes' belongs to"),
    "a rhythm without seconds": (RHYTHM.replace(', seconds: "6"', ""), "'steps.0.repeat"),
    "each without its place": (
        "steps:\n  - repeat:\n      each: [A]\n      steps:\n        - {say: Hi}\n",
        "belong together",
    ),
    "no YAML": ("steps: [\n", "this is not YAML"),
    "an indent too many": ("steps:\n - say: Hi\n   - say: Ho\n", "not YAML"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_named_with_its_line_and_key(fault, tmp_path):
    """Nobody has to guess."""
    text, expected = BROKEN[fault]

    with pytest.raises(SettingsError) as raised:
        script(tmp_path, text)

    assert str(raised.value).startswith("made.yaml")
    assert expected in str(raised.value)


def test_numbers_keep_their_zeros_and_no_stays_a_word(tmp_path):
    """A scalar is a string until the schema says otherwise."""
    made = script(tmp_path, "steps:\n  - {say: no, rest: '1'}\n  - {say: 0117, rest: '1'}\n")

    assert [part.say for part in made.steps] == ["no", "0117"]


def test_an_unknown_substitute_is_refused(tmp_path):
    """The others are named."""
    with pytest.raises(SettingsError, match="no other exercise 'nothing'"):
        script(tmp_path, SAYS + "never:\n  - {when: [heart], instead: nothing}\n")


def test_the_same_name_twice_is_refused(tmp_path):
    """One's own folder does not replace what ships without a word."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "box.yaml").write_text(HEAD + SAYS, encoding="utf-8")

    with pytest.raises(SettingsError, match="two exercises 'box'"):
        read_scripts(tmp_path / "a", tmp_path / "b")


def test_what_the_guard_refuses_cannot_be_written(tmp_path, outgoing):
    """The sentence is named."""
    made = script(tmp_path, "steps:\n  - say: 'Take deep breaths.'\n")

    with pytest.raises(SettingsError, match=r"made.yaml: the guard .*Take deep breaths"):
        clear("made", made, lambda text: outgoing.clear(text, None), outgoing.reviewed)
