"""An archive becomes the folder of its model, and writes nothing outside it."""

import io
import os
import warnings
import zipfile
from pathlib import Path

import pytest

from companion.errors import DownloadError
from companion.installs import unpack
from companion.shelf import RECORD

from .server import EAR, content, shop, zipped


def unpack_here(folder: Path, archive: bytes) -> Path:
    """Unpack an archive that a digest has vouched for; give the model's folder."""
    path = folder / "models" / "vosk-model-small-en-us-0.15.zip"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(archive)
    unpack(path, shop(None).models[0])
    return path.with_suffix("")


@pytest.mark.parametrize("top", ["vosk-model-small-en-us-0.15/", "other-name/", ""])
def test_an_archive_becomes_the_folder_of_its_model(tmp_path, top):
    """Whatever the folder inside is called; what each file was is noted."""
    folder = unpack_here(tmp_path, zipped({f"{top}am/final.mdl": b"a", f"{top}README": b"b"}))

    files = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert files == ["README", "am/final.mdl", RECORD]
    assert os.listdir(tmp_path / "models") == [folder.name]


@pytest.mark.parametrize(
    ("archive", "says"),
    [
        (zipped({"m/../../../x": b"x"}), "it would write outside its folder"),
        (zipped({"/tmp/x": b"x"}), "it would write outside its folder"),
        (zipped({"..": b"x"}), "it would write outside its folder"),
        (zipped({"m\\..\\..\\x": b"x"}), "it would write outside its folder"),
        (zipped({"m/link": b"/etc/hostname"}, external_attr=0o120777 << 16), "else than files"),
        (zipped({"m/device": b""}, external_attr=0o020666 << 16), "else than files"),
        (zipped({"m/a": bytes(30_000_000)}, compress_type=8), "far more than it should"),
        (zipped({f"m/{n}": b"" for n in range(1_001)}), "far more than it should"),
        (zipped({f"m/{RECORD}": b"{}"}), "a name twice"),
        (zipped({"m/a/": b"", "m/a": b"x", "m/a/b": b"y"}), "cannot be used"),
        (b"not a zip", "damaged or not a ZIP file"),
        (EAR[: len(EAR) // 2], "damaged or not a ZIP file"),
        (EAR.replace(content("am/a")[:8], bytes(8)), "damaged or not a ZIP file"),
    ],
)
def test_a_bad_archive_writes_nothing_outside_and_leaves_nothing(tmp_path, archive, says):
    """Even one whose digest was right."""
    with pytest.raises(DownloadError, match=says):
        unpack_here(tmp_path, archive)

    left = [path.name for path in tmp_path.rglob("*")]
    assert left == ["models", "vosk-model-small-en-us-0.15.zip"]


def test_an_encrypted_archive_is_one_sentence(tmp_path):
    """There is nobody to ask for its password."""
    archive = bytearray(zipped({"m/a": b"x"}))
    archive[6] |= 1
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DownloadError, match="damaged or not a ZIP file"):
        unpack_here(tmp_path, bytes(archive))


def test_a_name_twice_in_an_archive_is_refused(tmp_path):
    """The second could be another."""
    made = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(made, "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("m/a", b"one")
        archive.writestr("m/a", b"two")
    with pytest.raises(DownloadError, match="a name twice"):
        unpack_here(tmp_path, made.getvalue())


def test_a_failed_update_keeps_the_old_model(tmp_path):
    """The old folder goes only when the new one is whole."""
    folder = unpack_here(tmp_path, EAR)
    with pytest.raises(DownloadError):
        unpack_here(tmp_path, EAR[:-9])

    assert (folder / "am" / "a").read_bytes() == content("am/a")
    unpack_here(tmp_path, zipped({"m/new": b"x"}))
    assert (folder / "new").exists() and not (folder / "am").exists()
