"""What `companion bench` measures is what happened, from labels, not from what we noticed."""

import json
import math

import pytest

from companion.audio.echo import echo_library_is_present
from companion.commands import bench, bench_soak
from companion.commands.bench_page import compare, page, table
from companion.commands.bench_people import Air, Moment, People, Spoken, read_script, speak
from companion.commands.bench_room import SpokenOver
from companion.commands.bench_turns import Answer, Began, Story, quantiles, read, self_interruptions
from companion.commands.main import main
from companion.errors import SettingsError
from companion.hear.holds import PATIENT, SOONEST
from companion.parts import build_voices, read_parts
from companion.settings import HearSettings, Settings, SpeakSettings, ThinkSettings
from companion.values import AudioChunk

from .test_virtual_sound import companion, virtual_sound  # noqa: F401

QUICK = Settings(
    hear=HearSettings(recogniser="typed", detector="energy"),
    think=ThinkSettings(mind="written"),
    speak=SpeakSettings(voice="espeak"),
)
PROMISED = {
    "voice_to_voice_s", "work_s", "hold_s", "barge_in_s", "false_cut_off_ratio",
    "self_interruptions", "underruns", "rss_mb", "weights",
}  # fmt: skip


@pytest.fixture(scope="module")
def found():
    return bench.turns(QUICK, 9)


def test_it_gives_the_figures_that_are_promised(found):
    """Quantiles as p50 and p95, in seconds; the first turn is told apart."""
    assert found.keys() >= PROMISED
    for name in ("voice_to_voice_s", "work_s", "hold_s", "barge_in_s"):
        assert found[name].keys() == {"p50", "p95"}
    assert found["turns"] == found["answered"] == 8
    assert found["cold"]["load_s"] > 0
    assert found["weights"] == "real"
    assert 50 < found["rss_mb"] < 2_000
    json.dumps(found)


def test_the_parts_of_a_wait_add_up(found):
    """From the label's end; a voice that has plainly fallen is held for least."""
    whole = found["voice_to_voice_s"]["p50"]

    assert found["hold_s"]["p50"] >= 0.6
    added = found["hold_s"]["p50"] + found["work_s"]["p50"]
    # What is ready sooner waits for whoever goes on just then.
    assert whole == pytest.approx(max(added, SOONEST * PATIENT.statement), abs=0.1)
    assert found["sign_of_life_s"]["p95"] <= 1.0


def test_who_speaks_over_it_is_noticed(found):
    """Within what a speech detector and a loudspeaker need."""
    assert 0.06 < found["barge_in_s"]["p50"] < 1.0


@pytest.mark.skipif(not echo_library_is_present(), reason="no wheel of the echo canceller here")
def test_in_a_room_it_hears_the_people_and_not_itself():
    """Their onset is known from the label, its silence from what the loudspeaker gave."""
    parts = read_parts(Settings())
    found = SpokenOver(parts, build_voices(parts)[0], speak(parts, read_script(), 3)).run()

    assert found.self_interruptions == 0
    assert len(found.barge_in) == 3
    assert all(late is not None and 0.06 < late < 1.0 for late in found.barge_in)


def moment(start: float, end: float, over: bool = False) -> Moment:
    return Moment(Spoken(None, end - start, 1), start, over)


def test_an_answer_before_the_labelled_end_is_a_cut_off():
    """One that was given up before it was heard is none, but it was taken early."""
    moments = [moment(1.0, 5.0), moment(20.0, 25.0), moment(40.0, 45.0)]
    story = Story(
        taken=[3.0, 6.0, 23.0, 27.0, 46.0],
        began=[Began(3.0, 3.4, 0.4, False), Began(6.0, 6.5, 0.5, False),
               Began(27.0, 27.5, 0.5, True), Began(46.0, 46.2, 0.2, False)],
    )  # fmt: skip
    answers = read(moments, story)

    assert [answer.cut_off for answer in answers] == [True, False, False]
    assert [answer.early for answer in answers] == [True, True, False]
    assert [answer.hold for answer in answers] == [1.0, 2.0, 1.0]
    assert [answer.voice_to_voice for answer in answers] == pytest.approx([1.5, 2.5, 1.2])
    assert [answer.asked for answer in answers] == [False, True, False]


def test_a_turn_that_nobody_answered_has_no_figures():
    """And is missing from the count of those answered."""
    assert read([moment(1.0, 5.0)], Story()) == [Answer(None, None, None, False, False, False)]


def test_silence_after_a_voice_over_us_is_barge_in():
    """Where nobody spoke over us there is nothing to measure."""
    moments = [moment(1.0, 5.0), moment(10.0, 14.0, over=True), moment(30.0, 33.0)]
    answers = read(moments, Story(fell_silent=[10.2, 30.1]))

    assert [answer.barge_in for answer in answers] == [None, pytest.approx(0.2), None]


def test_speech_where_nobody_spoke_is_our_own():
    """Or noise: it is counted in either case."""
    assert self_interruptions([moment(1.0, 5.0)], [1.05, 4.9, 7.0]) == 1


def test_where_nothing_was_measured_there_is_no_number():
    """Not a zero."""
    assert quantiles([None]) == {"p50": None, "p95": None}
    assert quantiles([1.0, None, 3.0]) == {"p50": 2.0, "p95": 2.9}


def test_the_people_wait_for_an_answer_and_some_do_not():
    """Each fourth turn begins over it, all others after it; who gets none goes on in the end."""
    air = Air()
    script = read_script()
    turns = speak(read_parts(Settings()), script, 6)
    people = People(turns, air)
    seen = 0
    for chunk in people.blocks():
        if people.moments and len(people.moments) != seen and chunk.end > people.moments[-1].end:
            seen = len(people.moments)
            people.answered = chunk.end + 0.5
            air.seek(people.answered)
            air.play(AudioChunk(turns[0].sound[:48_000], 16_000))
    over = [moment.over for moment in people.moments]

    assert over == [False, False, False, False, True, False]
    assert sum("[" in turn for turn in script.turns) >= 10


def figures(**changes: float) -> dict:
    return {
        "voice_to_voice_s": {"p50": 1.0, "p95": changes.get("p95", 2.0)},
        "barge_in_s": {"p50": None, "p95": None},
        "false_cut_off_ratio": changes.get("cut", 0.01),
        "rss_mb": changes.get("rss", 200),
        "weights": "real",
    }


@pytest.mark.parametrize(
    ("changes", "worse"),
    [
        ({}, []), ({"p95": 2.2}, []), ({"p95": 1.0}, []), ({"cut": 0.03}, []), ({"rss": 225}, []),
        ({"p95": 2.4}, ["voice_to_voice_s.p95"]), ({"cut": 0.05}, ["false_cut_off_ratio"]),
        ({"rss": 300}, ["rss_mb"]),
    ],
)  # fmt: skip
def test_only_what_is_clearly_worse_is_told(changes, worse):
    """By more than 15 % and more than chance."""
    told = compare(figures(), figures(**changes))

    assert [line.split()[1] for line in told] == worse


def test_what_is_no_earlier_result_is_refused(tmp_path, capsys):
    """In one sentence, before anything is measured."""
    file = tmp_path / "page.md"
    file.write_text("# no JSON")

    assert main(["bench", "--against", str(file)]) == 1
    assert "no result of 'companion bench --json'" in capsys.readouterr().err


def test_too_few_turns_are_refused():
    """They tell nothing."""
    assert main(["bench", "--turns", "1"]) == 1


def test_a_model_that_is_not_a_published_one_is_called_a_stand_in(tmp_path):
    """Or figures of a toy would pass for those of the real one."""
    settings = Settings(
        hear=QUICK.hear, think=QUICK.think, speak=SpeakSettings(model=str(tmp_path / "toy.onnx"))
    )
    assert bench.weights(settings) == "stand-in"


def test_the_table_fits_a_terminal_and_the_page_names_all(found):
    """80 columns; Markdown with the machine in it."""
    assert max(map(len, table(found, 80).splitlines())) <= 80
    assert found["machine"] in page(found)
    assert "voice_to_voice_s" in table(found, 80)


def test_the_slope_of_memory_is_in_megabytes_an_hour():
    """Too few looks tell none."""
    assert bench_soak.slope([(0, 100.0), (1800, 101.0), (3600, 102.0)]) == 2.0
    assert bench_soak.slope([(0, 100.0), (10, 101.0)]) is None
    assert math.isnan(bench_soak.resident()) or bench_soak.resident() > 10


def test_the_busy_processes_end_with_the_measurement():
    """Each of them."""
    import multiprocessing

    with bench_soak.busy() as count:
        assert len(multiprocessing.active_children()) == count
    assert not multiprocessing.active_children()


@pytest.mark.device
def test_a_soak_goes_through_the_real_devices(tmp_path, virtual_sound):  # noqa: F811
    """Six seconds of it: it speaks, it listens, and counts what was lost."""
    settings = tmp_path / "settings.yaml"
    settings.write_text("audio: {microphone: virtual_mic, speaker: virtual_speaker}\n")
    done = companion(
        "--settings", str(settings), "bench", "--soak", "0.1", "--json",
        environment={**virtual_sound, "COMPANION_HOME": str(tmp_path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["soak"]

    assert found["spoken_s"] >= 5
    assert found.keys() >= {"underruns", "overflows", "memory_mb_per_hour"}
    assert found["overflows"] == 0


def test_the_error_of_a_file_that_cannot_be_written_is_one_sentence(tmp_path):
    """And says what to do."""
    with pytest.raises(SettingsError, match="cannot be written"):
        bench._write(tmp_path / "none" / "bench.md", "text")
