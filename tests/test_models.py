"""Models: what can be had, what is present, what the commands say of it."""

import io
import json
import os
import pty
import re
import select
import subprocess
import sys
from pathlib import Path

import pytest

from companion import paths
from companion.commands import progress
from companion.commands.main import _parser
from companion.commands.models import Order, carry_out
from companion.errors import DownloadError, SettingsError
from companion.manifest import Manifest, read_manifest
from companion.models import Rules
from companion.shelf import Places, check, check_all, find, minds_present, voices_present

from .sealed import MACHINES
from .server import FAST, Host, content, places_in, shop

ROOT = Path(__file__).parents[1]
SHIPPED = read_manifest()
CLEAN = not any(path.name != "README.md" for name in ("models", "voices")
                for path in (ROOT / name).iterdir())  # fmt: skip
"""Whether this checkout holds no models of its own"""


@pytest.fixture
def host():
    opened = Host()
    yield opened
    opened.close()


def environment(home: Path) -> dict[str, str]:
    return {"COMPANION_HOME": str(home), "PATH": os.defpath, "PYTHONPATH": str(ROOT)}


def companion(
    *arguments: str, home: Path, sealed: bool = False
) -> subprocess.CompletedProcess[str]:
    seal = ["-m", "tests.sealed", sys.executable] if sealed else []
    return subprocess.run(
        [sys.executable, *seal, "-m", "companion", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, env=environment(home),
    )  # fmt: skip


# --- the manifest ------------------------------------------------------------------------


def test_everything_offered_is_pinned_and_free():
    """https, a digest for every file, and SHA-256 and MD5 for every voice that has them."""
    for model in SHIPPED.models:
        assert all(file.url.startswith("https://") for file in model.files)
        assert all(file.sha256 or file.md5 for file in model.files)
        assert model.free == "yes" or model.caveat.endswith(".")
        if model.kind == "voice":
            onnx, config, card = model.files
            assert onnx.md5 and config.md5 and card.md5
            assert (config.file, card.needed) == (f"{onnx.file}.json", False)


def test_what_may_not_be_used_freely_is_not_offered():
    """Research-only and non-commercial ones, and what nobody has pinned."""
    ids = " ".join(model.id for model in SHIPPED.models)

    assert not re.search("lessac|hfc|ryan|pratham|qwen2.5-3b|lgraph|audeering|oww", ids)


def test_an_address_names_the_revision_that_the_manifest_names():
    """A file behind `main` is as bad as its digest is good; the others cannot change."""
    for model in SHIPPED.models:
        for file in model.files:
            assert not model.revision or model.revision in file.url


def test_the_profiles_fit_their_machines():
    """An ear, a voice and, but for `speech`, a mind; the command line names them all."""
    for name, ids in SHIPPED.profiles.items():
        kinds = {SHIPPED.model(one).kind for one in ids}
        assert kinds - {"mind"} == {"ear", "voice", "detector"}
        assert ("mind" in kinds) == (name != "speech")
        assert all(SHIPPED.model(one).free == "yes" for one in ids)
        _parser().parse_args(["models", "get", "--profile", name])
    assert sum(model.size for model in SHIPPED.choose() if not model.inside) == 104_742_757


def test_a_bundle_can_hold_every_name():
    """The tar format has 100 letters for one."""
    names = [f"{model.id}/{file.file}" for model in SHIPPED.models for file in model.files]

    assert max(map(len, names)) <= 100


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({}, ["vosk-model-small-en-us-0.15", "piper-en_US-kristin-medium"]),
        ({"language": "en-GB"}, ["vosk-model-small-en-us-0.15", "piper-en_GB-cori-medium"]),
        ({"language": "de"}, ["vosk-model-small-de-0.15", "piper-de_DE-thorsten-medium"]),
        ({"ids": ["mind-x"]}, "There is no model 'mind-x'"),
        ({"ids": ["piper-en_US-kristin"]}, "Do you mean piper-en_US-kristin-medium"),
        ({"language": "tlh"}, "No ear and no voice .* for the language 'tlh'"),
        (
            {"profile": "pi5-4gb", "language": "fr"},
            ["vosk-model-small-fr-0.22", "piper-fr_FR-siwis-medium", "granite-4.0-1b-q4_k_m"],
        ),
    ],
)
def test_models_are_chosen_by_id_profile_and_language(asked, ids):
    """A language has its own ear and voice; what there is not is one sentence."""
    if isinstance(ids, str):
        with pytest.raises(DownloadError, match=ids):
            SHIPPED.choose(**asked)
    else:
        assert [model.id for model in SHIPPED.choose(**asked) if not model.inside] == ids


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("sha256: 30f2", "sha256: 30g2", "line 56: 'models.0.files.0.sha256'"),
        ("size: 41205931", "size: -1", "line 55: 'models.0.files.0.size'"),
        ("    sha256: 30f26242", "    md6: 30f26242", "line 56: unknown key"),
        ("file: vosk-model-small-en-us", "file: ../vosk-model", "models.0.files.0.file"),
        ("  free: yes", "  free: caveat", "a caveat and its sentence belong together"),
        ("  - piper-en_US-kristin-medium", "  - piper-other", "names an unknown model"),
        ("https://alphacephei.com/vosk", "file:///vosk", "models.0.files.0.url"),
    ],
)
def test_a_mistake_in_the_manifest_is_named(tmp_path, old, new, says):
    """With file, line and key."""
    text = (paths.DATA / "models.yaml").read_text()
    path = tmp_path / "models.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(SettingsError, match=f"models.yaml, line .*{says}|models.yaml, {says}"):
        read_manifest(path)


# --- what is present ------------------------------------------------------------------------


def put(folder: Path, **files: bytes) -> None:
    for name, inside in files.items():
        (folder / name.replace("__", ".")).write_bytes(inside)


def test_voices_of_the_manifest_come_first_and_those_put_there_by_hand_count(tmp_path):
    """One without its configuration, or of another language, is no voice."""
    places, manifest = places_in(tmp_path), shop(None)
    folder = places.voices[0]
    for name in ("en_GB-mine-low", "en_US-test-medium", "de_DE-other-low", "hers"):
        (folder / f"{name}.onnx").write_bytes(content("voice"))
        (folder / f"{name}.onnx.json").write_text('{"espeak": {"voice": "en-us"}}')
    (folder / "en_US-bare-low.onnx").touch()
    (folder / "odd.onnx").touch()
    (folder / "odd.onnx.json").write_text("[]")

    found = [path.stem for path in voices_present("en", places, manifest)]
    assert found == ["en_US-test-medium", "en_GB-mine-low", "hers"]
    assert [path.stem for path in voices_present("de", places, manifest)] == ["de_DE-other-low"]


def test_minds_of_the_largest_profile_come_first(tmp_path):
    """Then the manifest's others, then those put there by hand; a broken-off one is a stranger."""
    places = places_in(tmp_path)
    sizes = {model.main.file: model.main.size for model in SHIPPED.models}
    names = [
        "a-mine.gguf",
        "granite-4.0-1b-Q4_K_M.gguf",
        "qwen2.5-0.5b-instruct-q4_k_m.gguf",
        "Qwen3-1.7B-Q4_K_M.gguf",
        "mmproj-eyes.gguf",
        "split-00001-of-00002.gguf",
        "split-00002-of-00002.gguf",
    ]
    for name in names:
        with (places.models[0] / name).open("wb") as file:
            file.truncate(sizes.get(name, 1))
    (places.models[0] / "SmolLM3-Q4_K_M.gguf").touch()

    found = [path.name for path in minds_present(places)]
    assert found == [*names[1:4], "SmolLM3-Q4_K_M.gguf", "a-mine.gguf", names[5]]


def test_nothing_is_present_in_folders_that_are_not_there(tmp_path):
    """No error: nothing was fetched yet."""
    places = Places((tmp_path / "no",), (tmp_path / "none",))

    assert minds_present(places) == voices_present("en", places) == ()
    assert list(check_all(SHIPPED, places)) == []


def installed(host: Host, folder: Path) -> tuple[Manifest, Places]:
    manifest, places = shop(host), places_in(folder)
    carry_out(Order(profile="minimal"), manifest, places, FAST)
    return manifest, places


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("models/mind.gguf", "mind.gguf is not the file that the manifest names"),
        ("voices/en_US-test-medium.onnx.json", "onnx.json is not the file"),
        ("voices/en_US-test-medium.MODEL_CARD", "MODEL_CARD is not the file"),
        ("models/vosk-model-small-en-us-0.15/am/a", "am/a in it is missing or altered"),
        (
            "models/vosk-model-small-en-us-0.15/companion-installed.json",
            "companion-installed.json in it cannot be read",
        ),
    ],
)
def test_an_altered_file_is_found(host, tmp_path, change, wrong):
    """Each by its digest, although name and size are right; `get` mends it."""
    manifest, places = installed(host, tmp_path)
    path = tmp_path / change
    path.write_bytes(bytes(path.stat().st_size))

    (finding,) = [one for one in check_all(manifest, places) if one.state == "wrong"]
    assert wrong in finding.problem
    assert finding.fix == f"Run: scripts/companion models get {finding.id}"
    carry_out(Order(ids=(finding.id,)), manifest, places, FAST)
    assert all(one.state == "ok" for one in check_all(manifest, places))


def test_an_ear_of_another_edition_is_found(host, tmp_path):
    """When the manifest has moved on."""
    manifest, places = installed(host, tmp_path)
    ear = manifest.models[0]
    newer = ear.main.model_copy(update={"sha256": "0" * 64})
    finding = check(ear.model_copy(update={"files": (newer,)}), places)

    assert finding and finding.problem == "it is another edition than the manifest names"


def test_what_is_not_from_the_manifest_is_named_and_not_judged(tmp_path):
    """A voice without its configuration is wrong all the same."""
    places = places_in(tmp_path)
    (places.models[0] / "mine.gguf").touch()
    for name in ("vosk-model-mine", "vosk-model-small-en-us-0.15"):
        (places.models[0] / name).mkdir()
        (places.models[0] / name / "x").touch()
    put(places.voices[0], a__onnx=b"", b__onnx=b"", b__onnx__json=b"")
    (places.voices[0] / "en_US-test-medium.onnx").touch()

    found = {one.id: (one.state, one.problem) for one in check_all(shop(None), places)}
    stranger = ("unchecked", "not checked: not from the manifest")
    assert found == {
        "vosk-model-small-en-us-0.15": ("unchecked", "not checked: it was put there by hand"),
        "vosk-model-mine": stranger,
        "mine.gguf": stranger,
        "a.onnx": ("wrong", "a.onnx.json is missing beside it"),
        "b.onnx": stranger,
        "piper-en_US-test-medium": ("wrong", "en_US-test-medium.onnx.json is missing beside it"),
    }


def test_a_copy_in_any_folder_counts(host, tmp_path):
    """The checkout's own folder, too."""
    manifest, places = installed(host, tmp_path / "shared")
    both = Places((tmp_path / "own", *places.models), (tmp_path / "own", *places.voices))

    assert find(manifest.model("mind"), both) == places.models[0] / "mind.gguf"


# --- the commands -----------------------------------------------------------------------------


def test_the_list_names_licence_and_profiles(tmp_path):
    """As data, and in words."""
    done = companion("models", "list", "--language", "en", "--json", home=tmp_path)
    rows = {row["id"]: row for row in map(json.loads, done.stdout.splitlines())}

    ear = rows["vosk-model-small-en-us-0.15"]
    assert (ear["kind"], ear["size"], ear["free"]) == ("ear", 41_205_931, "yes")
    assert ear["profiles"] == ["speech", "minimal", "pi5-4gb", "pi5-8gb", "laptop-16gb"]
    assert "Gemma Terms of Use" in rows["gemma-3-1b-it-q4_k_m"]["caveat"]
    assert rows["silero-vad-v6.2.1"]["present"] is True
    assert "vosk-model-small-de-0.15" not in rows
    words = companion("models", "list", home=tmp_path).stdout
    assert all(model.id in words for model in SHIPPED.models)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not CLEAN, reason="this checkout holds models of its own")
def test_verify_says_what_is_wrong_and_how_to_mend_it(tmp_path):
    """Exit 1 where something is; nothing at all is no fault."""
    nothing = companion("models", "verify", home=tmp_path)
    assert (nothing.returncode, nothing.stdout[:17]) == (0, "No model is here.")
    voice = tmp_path / "voices" / "en_US-kristin-medium.onnx"
    voice.parent.mkdir()
    voice.write_bytes(b"not a voice")
    put(voice.parent, **{"en_US-kristin-medium__onnx__json": b"{}"})
    done = companion("models", "verify", home=tmp_path)
    row = json.loads(companion("models", "verify", "--json", home=tmp_path).stdout)

    assert done.returncode == 1
    assert done.stdout.count("\n") == 1
    assert "Run: scripts/companion models get piper-en_US-kristin-medium" in done.stdout
    assert (row["id"], row["state"], row["path"]) == (
        "piper-en_US-kristin-medium", "wrong", str(voice),
    )  # fmt: skip


@pytest.mark.parametrize(
    "arguments",
    [("get", "--profile", "huge"), ("get", "--from-bundle", "a", "--offline-bundle", "b"), ()],
)
def test_wrong_usage_is_exit_code_2(arguments, tmp_path):
    """Nothing is fetched."""
    assert companion("models", *arguments, home=tmp_path).returncode == 2


def test_an_unknown_model_is_one_sentence(tmp_path):
    """Exit 1, with the way to the list."""
    done = companion("models", "get", "nothing-of-the-kind", home=tmp_path)

    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "models list" in done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
@pytest.mark.parametrize("arguments", [("list",), ("verify",), ("get", "silero-vad-v6.2.1"),
                                       ("get", "--from-bundle", "gone.tar")])  # fmt: skip
def test_no_other_command_of_models_opens_a_socket(arguments, tmp_path):
    """Only `get` does, and only for what is not here."""
    if os.uname().machine not in MACHINES:
        pytest.skip("the numbers of its calls are not known here")
    done = companion("models", *arguments, home=tmp_path, sealed=True)

    assert done.returncode == (1 if "gone.tar" in arguments else 0), done.stderr


def test_another_language_than_ours_is_kept_for_later(host, tmp_path, capsys):
    """And said so."""
    manifest, places = shop(host), places_in(tmp_path)
    german = manifest.models[2].model_copy(update={"language": "de"})
    manifest = manifest.model_copy(update={"models": (german,)})
    carry_out(Order(ids=("mind",)), manifest, places, FAST)

    assert "Companion itself speaks en so far" in capsys.readouterr().out


def test_progress_without_a_terminal_is_a_line_now_and_then(monkeypatch):
    """Every few seconds at most, and nothing for what is quick."""
    out = io.StringIO()
    progress.follow("mind", 3_000_000, [1_000_000, 3_000_000], out)
    assert out.getvalue() == ""
    monkeypatch.setattr(progress, "BETWEEN_LINES", 0)
    progress.follow("mind", 3_000_000, [1_000_000, 3_000_000], out)

    assert out.getvalue() == "mind: 1 MB of 3 MB\nmind: 3 MB of 3 MB\n"


def test_the_defaults_are_bounded():
    """In use, nothing is waited for without an end, and nothing but https is asked."""
    rules = Rules()

    assert (rules.loopback, rules.proxy, rules.redirects) == (False, "", 5)
    assert rules.pause * 2**rules.tries < 120


# --- the question at set-up -----------------------------------------------------------------


OFFER = """
import sys
from pathlib import Path
from companion.commands.models import offer
from companion.manifest import Manifest
from companion.shelf import Places
from tests.server import FAST
manifest = Manifest.model_validate_json(Path(sys.argv[1]).read_text())
home = Path(sys.argv[2])
offer("en", manifest, Places((home / "models",), (home / "voices",)), FAST)
"""


def at_terminal(command: list[str], answer: str, home: Path) -> tuple[int, str]:
    """Run a command at a terminal and answer its question, if it asks one."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env=environment(home)
    ) as running:
        os.close(theirs)
        shown, asked = "", False
        while select.select([ours], [], [], 30)[0]:
            try:
                block = os.read(ours, 4096)
            except OSError:  # Linux says so when the other end is closed.
                break
            if not block:
                break
            shown += block.decode()
            if "(yes or no)?" in shown and not asked:
                asked = True
                os.write(ours, answer.encode())
        os.close(ours)
        return running.wait(30), shown


def offered(host: Host | None, answer: str, home: Path) -> str:
    facts = home / "facts.json"
    facts.write_text(shop(host).model_dump_json())
    code, shown = at_terminal([sys.executable, "-c", OFFER, str(facts), str(home)], answer, home)
    assert code == 0, shown
    return shown


def test_yes_fetches_an_ear_and_a_voice(host, tmp_path):
    """With sizes and licences told first; and it is not asked again."""
    shown = offered(host, "yes\n", tmp_path)

    assert shown.index("licence: Apache-2.0") < shown.index("Fetch them now")
    assert (tmp_path / "models" / "vosk-model-small-en-us-0.15" / "am" / "a").exists()
    assert len(voices_present("en", Places((), (tmp_path / "voices",)))) == 1


def test_no_is_kept(tmp_path):
    """It is asked once; how to get them later is said."""
    assert "Later: scripts/companion models get" in offered(None, "no\n", tmp_path)
    assert offered(None, "yes\n", tmp_path) == ""


@pytest.mark.parametrize("answer", ["maybe\n", "\x04"])
def test_no_answer_fetches_nothing_and_is_not_kept(answer, tmp_path):
    """It is not a no."""
    offered(None, answer, tmp_path)

    assert "Fetch them now" in offered(None, "no\n", tmp_path)


def test_what_is_there_is_not_offered(tmp_path):
    """A voice put there by hand is one, too."""
    voices = tmp_path / "voices"
    voices.mkdir()
    put(voices, **{"en_GB-mine-low__onnx": b"", "en_GB-mine-low__onnx__json": b"{}"})
    shown = offered(None, "no\n", tmp_path)

    assert "vosk-model-small-en-us-0.15" in shown
    assert "piper" not in shown


@pytest.mark.skipif(not CLEAN, reason="this checkout holds models of its own")
def test_setup_asks_once_and_only_at_a_terminal(tmp_path):
    """The real total is named; without a terminal nothing is asked and nothing fetched."""
    silent = companion("setup", home=tmp_path, sealed=sys.platform == "linux")
    assert "Fetch" not in silent.stdout + silent.stderr
    command = [sys.executable, "-m", "companion", "setup"]
    code, shown = at_terminal(command, "no\n", tmp_path)
    again = at_terminal(command, "yes\n", tmp_path)[1]

    assert code == 0
    assert "In all: 105 MB." in shown
    assert "Fetch" not in again
