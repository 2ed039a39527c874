"""The manifest is pinned and free; what is present is found, and what is altered too."""

import re
from pathlib import Path

import pytest

from companion import paths
from companion.commands.main import _parser
from companion.commands.models import Order, carry_out
from companion.errors import DownloadError, SettingsError
from companion.manifest import Manifest, read_manifest
from companion.shelf import Places, check, check_all, find, minds_present, voices_present

from .model_shelf import SHIPPED, put
from .model_shelf import host as host
from .server import FAST, Host, content, places_in, shop


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
