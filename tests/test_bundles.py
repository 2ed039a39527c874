"""A bundle brings models to a machine without network, or nothing."""

import io
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from companion import bundles
from companion.commands.models import Order, carry_out
from companion.errors import DownloadError
from companion.manifest import Manifest
from companion.shelf import Places, check, check_all, find

from .server import EAR, FAST, Host, content, places_in, shop

OFFLINE = replace(FAST, loopback=False)
"""Nothing may be asked"""


@pytest.fixture
def host():
    opened = Host()
    yield opened
    opened.close()


@pytest.fixture
def packed(host, tmp_path) -> tuple[Manifest, Path]:
    """A manifest, and a bundle of all that it names."""
    manifest, places = shop(host), places_in(tmp_path / "maker")
    bundle = tmp_path / "all.tar"
    carry_out(Order(profile="minimal", bundle_to=bundle), manifest, places, FAST)
    return manifest, bundle


def refill(bundle: Path, change: dict[str, bytes | None]) -> None:
    """Rewrite a bundle: put members in place of others, leave out those that are None."""
    with tarfile.open(bundle) as old:
        inside = {one.name: old.extractfile(one).read() for one in old.getmembers()}
    with tarfile.open(bundle, "w", format=tarfile.USTAR_FORMAT) as new:
        for name, data in (inside | change).items():
            if data is not None:
                header = tarfile.TarInfo(name)
                header.size = len(data)
                new.addfile(header, io.BytesIO(data))


def take(bundle: Path, manifest: Manifest, places: Places, **order: object) -> None:
    carry_out(Order(bundle_from=bundle, **order), manifest, places, OFFLINE)


def test_a_bundle_brings_models_to_a_machine_without_network(packed, host, tmp_path, capsys):
    """All of it, checked; the maker installs nothing by making it."""
    manifest, bundle = packed
    asked = len(host.asked)
    places = places_in(tmp_path / "other")
    take(bundle, manifest, places)

    states = [check(model, places) for model in manifest.models if not model.inside]
    assert [finding and finding.state for finding in states] == ["ok"] * 3
    assert len(host.asked) == asked
    assert "licence: Apache-2.0" in capsys.readouterr().out
    assert list((tmp_path / "maker" / "voices").iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.tar", "maker", "other"]


def test_a_bundle_uses_what_is_here_and_fetches_the_rest(host, tmp_path):
    """An installed ear is fetched again: its archive is no longer here."""
    manifest, places = shop(host), places_in(tmp_path)
    carry_out(Order(profile="minimal"), manifest, places, FAST)
    host.asked.clear()
    carry_out(Order(profile="minimal", bundle_to=tmp_path / "a.tar"), manifest, places, FAST)

    assert [path for path, _ in host.asked] == ["/vosk-model-small-en-us-0.15.zip"]
    held = bundles.contents(tmp_path / "a.tar", manifest)
    assert list(held) == ["vosk-model-small-en-us-0.15", "piper-en_US-test-medium", "mind"]


def test_an_interrupted_bundle_goes_on(host, tmp_path):
    """What was fetched for it is not fetched twice."""
    manifest, places = shop(host), places_in(tmp_path)
    host.put("mind.gguf", content("mind", 200_000), "404")
    order = Order(profile="minimal", bundle_to=tmp_path / "a.tar")
    with pytest.raises(DownloadError):
        carry_out(order, manifest, places, FAST)
    assert not (tmp_path / "a.tar").exists()
    host.asked.clear()
    carry_out(order, manifest, places, FAST)

    assert [path for path, _ in host.asked] == ["/mind.gguf"]


def test_one_model_can_be_taken_out_of_a_bundle(packed, tmp_path):
    """And one that it does not hold is one sentence."""
    manifest, bundle = packed
    places = places_in(tmp_path / "other")
    take(bundle, manifest, places, ids=("mind",))

    assert [find(model, places) is not None for model in manifest.models[:3]] == [
        False,
        False,
        True,
    ]
    refill(bundle, {"mind/mind.gguf": None})
    with pytest.raises(DownloadError, match="all.tar does not hold mind. It holds: vosk-model"):
        take(bundle, manifest, places, ids=("mind",))


VOICE = "piper-en_US-test-medium/en_US-test-medium.onnx"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"mind/other.gguf": b"x"}, "'mind/other.gguf', which this program does not know"),
        ({"mind/../../../x": b"x"}, "'mind/../../../x', which this program does not know"),
        ({"/tmp/x": b"x"}, "'/tmp/x', which this program does not know"),
        ({"\x1b[31m": b"x"}, r"'\\x1b\[31m', which this program does not know"),
        ({VOICE: content("other")}, "en_US-test-medium.onnx in it is not the file of the manifest"),
        ({VOICE: content("voice")[:-1]}, "in it is not the file of the manifest"),
        ({VOICE: None}, f"{VOICE} is missing in it"),
        ({f"{VOICE}.json": None}, f"{VOICE}.json is missing in it"),
    ],
)
def test_a_bundle_with_unknown_or_altered_files_is_refused(packed, tmp_path, change, says):
    """As a whole: nothing of it is installed."""
    manifest, bundle = packed
    places = places_in(tmp_path / "other")
    refill(bundle, change)
    with pytest.raises(DownloadError, match=f"all.tar was refused, and nothing of it.*{says}"):
        take(bundle, manifest, places)

    assert list(check_all(manifest, places)) == []
    left = sorted(path.name for path in (tmp_path / "other").rglob("*"))
    assert left == [".lock", "models", "voices"]


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE]
)
def test_a_bundle_with_anything_but_files_is_refused(tmp_path, kind):
    """A link could lead anywhere."""
    bundle = tmp_path / "links.tar"
    with tarfile.open(bundle, "w") as tar:
        header = tarfile.TarInfo("mind/mind.gguf")
        header.type, header.linkname = kind, "/etc/hostname"
        tar.addfile(header)
    with pytest.raises(DownloadError, match="in it is not a plain file"):
        take(bundle, shop(None), places_in(tmp_path))


def long_header(tmp: Path) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", format=tarfile.PAX_FORMAT) as tar:
        tar.addfile(tarfile.TarInfo("x" * 300))
    return made.getvalue()


def negative(tmp: Path) -> bytes:
    header = tarfile.TarInfo("mind/mind.gguf")
    block = bytearray(header.tobuf(tarfile.USTAR_FORMAT))
    block[124:136] = b"\xff" * 11 + b"\x00"
    block[148:156] = b" " * 8
    block[148:155] = b"%06o\0" % sum(block)
    return bytes(block) * 3


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda tmp: b"", "damaged, or not a bundle"),
        (lambda tmp: b"not a tar" * 200, "damaged, or not a bundle"),
        (lambda tmp: EAR, "damaged, or not a bundle"),
        (lambda tmp: bytes(10240), "it holds no model"),
        (long_header, "is not a plain file"),
        (negative, "is not a plain file"),
    ],
)
def test_what_is_no_bundle_is_refused(tmp_path, made, says):
    """In one sentence, without reading headers of any length."""
    bundle = tmp_path / "some.tar"
    bundle.write_bytes(made(tmp_path))
    with pytest.raises(DownloadError, match=says):
        take(bundle, shop(None), places_in(tmp_path))


def test_a_bundle_that_breaks_off_is_refused(packed, tmp_path):
    """At every place where it may."""
    manifest, bundle = packed
    whole = bundle.read_bytes()
    places = places_in(tmp_path / "other")
    for size in (100, 512, 1_500, len(whole) // 2, 250_000):
        bundle.write_bytes(whole[:size])
        with pytest.raises(DownloadError, match="was refused"):
            take(bundle, manifest, places)

    assert list(check_all(manifest, places)) == []


def test_a_file_twice_in_a_bundle_is_refused(packed, tmp_path):
    """The second could be another."""
    manifest, bundle = packed
    with tarfile.open(bundle, "a", format=tarfile.USTAR_FORMAT) as tar:
        header = tarfile.TarInfo("mind/mind.gguf")
        header.size = 200_000
        tar.addfile(header, io.BytesIO(content("mind", 200_000)))
    with pytest.raises(DownloadError, match="in it is not a plain file, or stands twice"):
        take(bundle, manifest, places_in(tmp_path / "other"))


def test_a_bundle_of_no_file_is_one_sentence(tmp_path):
    """Missing, a folder, or in a folder that is not there."""
    places, manifest = places_in(tmp_path), shop(None)
    for order in (
        Order(bundle_from=tmp_path / "gone.tar"),
        Order(bundle_from=tmp_path),
        Order(bundle_to=tmp_path),
        Order(bundle_to=tmp_path / "no" / "folder.tar"),
    ):
        with pytest.raises(DownloadError, match="gone.tar|is a folder|cannot be used"):
            carry_out(order, manifest, places, OFFLINE)
