"""Where a key comes from: recovery keys, key files, descriptors, the keyring, and the order."""

import os
import stat
from pathlib import Path

import pytest

from companion.errors import VaultError
from companion.memory import keys, secrets
from companion.memory.secrets import LETTERS, Sources, find_key
from tests.vault_made import QUICK, Ring, opened


@pytest.fixture
def folder(tmp_path):
    """A profile that a passphrase opens."""
    folder = tmp_path / "profiles" / "me"
    keys.create(folder, "passphrase", b"correct horse", QUICK)
    return folder


# --- recovery keys ----------------------------------------------------------------


def test_a_recovery_key_is_read_as_people_write_it():
    """Small letters, blanks, and letters that look like others."""
    text = secrets.new_recovery_key()
    careless = text.replace("-", " ").lower().replace("0", "o").replace("1", "l")

    assert [len(group) for group in text.split("-")] == [5] * 8
    assert set(text) <= set(LETTERS) | {"-"}
    assert secrets.read_recovery_key(careless) == text.replace("-", "").encode()


def test_a_mistyped_recovery_key_is_mostly_noticed():
    """31 of 32 slips; the rest does not open anything."""
    noticed = 0
    for _ in range(200):
        text = secrets.new_recovery_key()
        wrong = text[:7] + ("2" if text[7] != "2" else "3") + text[8:]
        noticed += secrets.read_recovery_key(wrong) is None

    assert noticed > 170


def test_a_recovery_key_opens_in_place_of_the_passphrase(folder):
    """At the same prompt."""
    text = secrets.new_recovery_key()
    key = opened(folder)
    keys.add(folder, key, "recovery", secrets.read_recovery_key(text))

    assert find_key(folder, Sources(ask=lambda _: text.lower())) == key


# --- the order --------------------------------------------------------------------


def test_the_passphrase_of_the_environment_is_the_only_one_tried(folder, tmp_path):
    """Nobody is asked after it, and no file is read."""
    wrong = Sources(
        passphrase=b"wrong",
        handed=b"correct horse",
        key_file=tmp_path / "none",
        ring=pytest.fail,
        ask=pytest.fail,
    )
    with pytest.raises(VaultError, match="does not open the diary"):
        find_key(folder, wrong)

    assert find_key(folder, Sources(passphrase=b"correct horse", ask=pytest.fail))


def test_what_is_handed_over_comes_before_a_question(folder):
    """And a wrong one is not followed by one."""
    assert find_key(folder, Sources(handed=b"correct horse", ask=pytest.fail))
    with pytest.raises(VaultError):
        find_key(folder, Sources(handed=b"wrong", ask=pytest.fail))


def test_a_key_file_opens(folder, tmp_path):
    """It is made once, for its owner alone, and away from the diary."""
    path = tmp_path / "stick"
    key = opened(folder)
    keys.add(folder, key, "file", secrets.make_key_file(path, folder))

    assert find_key(folder, Sources(key_file=path, ask=pytest.fail)) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(VaultError, match="beside its lock"):
        secrets.make_key_file(folder / "key", folder)
    with pytest.raises(VaultError, match="cannot be written"):
        secrets.make_key_file(path, folder)


@pytest.mark.parametrize("data", [None, b"", b"short", bytes(33)])
def test_a_file_that_is_no_key_is_one_sentence(folder, tmp_path, data):
    """A missing one, too."""
    path = tmp_path / "stick"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(VaultError, match="key file"):
        find_key(folder, Sources(key_file=path))


def test_a_person_may_mistype_twice(folder):
    """The third time counts, the fourth is not asked."""
    answers = iter(["wrong", "wronger", "correct horse"])
    assert find_key(folder, Sources(ask=lambda _: next(answers))) == opened(folder)

    asked = []
    with pytest.raises(VaultError, match="does not open"):
        find_key(folder, Sources(ask=lambda question: asked.append(question) or "wrong"))
    assert len(asked) == 3


def test_an_empty_answer_leaves_it_locked(folder):
    """Nobody is pressed."""
    with pytest.raises(VaultError, match="stays locked"):
        find_key(folder, Sources(ask=lambda _: ""))


def test_without_anything_it_says_what_would_help(folder):
    """And asks nobody."""
    with pytest.raises(VaultError, match=r"nothing was given.*--key-file"):
        find_key(folder, Sources())


def test_a_descriptor_is_read_to_its_end():
    """Without the end of the line."""
    read, write = os.pipe()
    os.write(write, b"correct horse\r\n")
    os.close(write)

    assert secrets.read_descriptor(read) == b"correct horse"
    with pytest.raises(VaultError, match="cannot be read"):
        secrets.read_descriptor(read)


@pytest.mark.parametrize("data", [b"", b"\n", b"x" * 5000])
def test_a_descriptor_with_nothing_or_too_much_is_one_sentence(data):
    """It is bounded."""
    read, write = os.pipe()
    os.write(write, data)
    os.close(write)

    with pytest.raises(VaultError, match="empty or too long"):
        secrets.read_descriptor(read)


# --- the keyring ------------------------------------------------------------------


def test_the_keyring_opens_without_a_question(folder):
    """Where its owner let it."""
    ring = Ring()
    key = secrets.put_into_ring(ring, folder, opened(folder))

    assert find_key(folder, Sources(ring=lambda: ring, ask=pytest.fail)) == key


def test_asked_again_means_a_person(folder):
    """The keyring would open it for whoever sits there now."""
    ring = Ring()
    secrets.put_into_ring(ring, folder, opened(folder))
    asked = []

    def ask(question):
        asked.append(question)
        return "correct horse"

    assert find_key(folder, Sources(ring=lambda: ring, ask=ask), again=True)
    assert asked
    with pytest.raises(VaultError, match="nothing was given"):
        find_key(folder, Sources(ring=lambda: ring), again=True)


@pytest.mark.parametrize("ring", [Ring(refuses=True), Ring(forgets=True)])
def test_a_keyring_that_does_not_keep_changes_nothing(tmp_path, folder, ring):
    """Neither an old vault nor a new one."""
    before = keys.slots(folder)
    for place, key in ((folder, opened(folder)), (tmp_path / "new", None)):
        with pytest.raises(VaultError, match="keyring did not take"):
            secrets.put_into_ring(ring, place, key)

    assert keys.slots(folder) == before
    assert not keys.exists(tmp_path / "new")


def test_a_keyring_that_lost_its_key_leads_to_the_passphrase(folder):
    """Or to nothing, but never to a crash."""
    ring = Ring()
    key = secrets.put_into_ring(ring, folder, opened(folder))
    ring.kept = {name: "no hex" for name in ring.kept}

    assert find_key(folder, Sources(ring=lambda: ring, ask=lambda _: "correct horse")) == key
    assert find_key(folder, Sources(ring=lambda: None, ask=lambda _: "correct horse")) == key


def backend(module, inside=()):
    """A back end of `keyring` that lives in a module of that name."""
    ring = type("Keyring", (), {"__module__": module})()
    ring.backends = inside
    return ring


@pytest.mark.parametrize(
    ("chosen", "is_safe"),
    [
        (backend("keyring.backends.SecretService"), True),
        (backend("keyring.backends.macOS"), True),
        (backend("keyring.backends.fail"), False),
        (backend("keyring.backends.null"), False),
        (backend("keyrings.alt.file"), False),
        (backend("evil.backends.SecretService"), False),
        (backend("keyring.backends.chainer", (backend("keyrings.alt.file"),)), False),
        (
            backend(
                "keyring.backends.chainer",
                (backend("keyrings.alt.file"), backend("keyring.backends.kwallet")),
            ),
            True,
        ),
    ],
)
def test_only_a_keyring_that_encrypts_is_used(chosen, is_safe):
    """Others write plain files, or nothing."""
    found = secrets.safe_ring(chosen)

    assert (found is not None) == is_safe
    assert "alt" not in type(found).__module__


def test_sources_show_no_secret():
    """In no trace and in no log."""
    shown = repr(Sources(passphrase=b"marker", handed=b"marker", key_file=Path("x")))

    assert "marker" not in shown
