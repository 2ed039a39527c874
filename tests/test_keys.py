"""The wrapped keys of a vault: slots, their costs, and how they change and go."""

import json
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.errors import VaultError
from companion.memory import keys
from companion.memory.slots import Cost, as_secret, unwrap, wrap
from companion.memory.vault import FILE, Vault
from tests.vault_child import KEY, NOW
from tests.vault_made import QUICK, opened


@pytest.fixture
def folder(tmp_path):
    """A profile that a passphrase opens."""
    folder = tmp_path / "profiles" / "me"
    keys.create(folder, "passphrase", b"correct horse", QUICK)
    return folder


def test_a_passphrase_opens_and_no_other_does(folder):
    """Each vault has a random key of its own."""
    assert len(opened(folder)) == 32
    assert keys.unlock(folder, "passphrase", b"correct horsf") is None
    assert keys.unlock(folder, "recovery", b"correct horse") is None


def test_the_file_shows_neither_passphrase_nor_key(folder):
    """And only its owner can read it."""
    text = (folder / keys.KEY_FILE).read_text()

    assert "horse" not in text
    assert opened(folder).hex() not in text
    assert stat.S_IMODE((folder / keys.KEY_FILE).stat().st_mode) == 0o600


def test_the_usual_cost_is_64_mib(tmp_path):
    """Three passes, four lanes."""
    keys.create(tmp_path, "passphrase", b"x")

    assert keys.slots(tmp_path)[0].cost == Cost(memory=65536, passes=3, lanes=4)


@pytest.mark.parametrize(("name", "value"), [("memory", 8), ("passes", 1), ("lanes", 0)])
def test_a_slot_below_the_floor_is_refused(folder, name, value):
    """Whoever wrote it wants a passphrase to be cheap to guess."""
    path = folder / keys.KEY_FILE
    data = json.loads(path.read_text())
    data["slots"][0]["cost"][name] = value
    path.write_text(json.dumps(data))

    with pytest.raises(VaultError, match="damaged"):
        keys.slots(folder)


def test_a_passphrase_without_its_cost_opens_nothing():
    """A slot of a remembered secret is always slow."""
    slot = wrap(KEY, "file", bytes(32))

    assert unwrap(slot, bytes(32)) == KEY
    assert unwrap(slot.model_copy(update={"kind": "passphrase"}), bytes(32)) is None


@pytest.mark.parametrize("change", [{"id": "00000000"}, {"kind": "keyring"}, {"nonce": "00" * 12}])
def test_a_slot_is_bound_to_its_kind_and_name(change):
    """What was moved about does not open."""
    slot = wrap(KEY, "file", bytes(32))

    assert unwrap(slot.model_copy(update=change), bytes(32)) is None


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_a_flipped_bit_in_the_keys_is_a_sentence_or_opens_nothing_wrong(
    tmp_path_factory, place, bit
):
    """Never a crash, never another key."""
    folder = tmp_path_factory.mktemp("keys")
    key = keys.create(folder, "file", bytes(32))
    path = folder / keys.KEY_FILE
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 1 << bit
    path.write_bytes(data)
    try:
        found = keys.unlock(folder, "file", bytes(32))
    except VaultError as error:
        assert "damaged" in error.problem
    else:
        assert found in (None, key)


def test_a_missing_key_file_is_said_and_no_new_one_is_made(folder):
    """A new key would make the old diary look lost."""
    Vault(folder, opened(folder)).close()
    (folder / keys.KEY_FILE).unlink()

    with pytest.raises(VaultError, match="is missing"):
        keys.slots(folder)
    with pytest.raises(VaultError, match="already"):
        keys.create(folder, "passphrase", b"x")


def test_a_profile_without_a_vault_says_how_to_make_one(tmp_path):
    """Nothing is made by looking."""
    with pytest.raises(VaultError, match=r"no diary of this name yet.*vault new"):
        keys.slots(tmp_path / "nobody")

    assert not (tmp_path / "nobody").exists()


def test_a_passphrase_is_changed_without_encrypting_anew(folder):
    """The old one opens no more; the vault's file stays as it is."""
    key = opened(folder)
    vault = Vault(folder, key)
    vault.put("x", 1, NOW)
    vault.close()
    before = (folder / FILE).read_bytes()
    keys.replace(folder, keys.slots(folder)[0].id, key, "passphrase", b"new words")

    assert opened(folder) is None
    assert keys.unlock(folder, "passphrase", b"new words") == key
    assert (folder / FILE).read_bytes() == before


def test_the_old_wrapped_key_is_overwritten(folder):
    """A disk that is searched later should not hold it."""
    with (folder / keys.KEY_FILE).open("rb") as old:
        keys.add(folder, opened(folder), "file", bytes(32))

        assert set(old.read()) == {0}


def test_the_last_key_stays(folder):
    """Others can go."""
    key = opened(folder)
    first = keys.slots(folder)[0].id
    with pytest.raises(VaultError, match="only way"):
        keys.remove(folder, first)
    second = keys.add(folder, key, "file", bytes(32))
    keys.remove(folder, first)

    assert keys.slots(folder) == (second,)
    with pytest.raises(VaultError, match="no key 'nobody'"):
        keys.remove(folder, "nobody")


def test_two_processes_cannot_change_the_keys_at_once(folder):
    """One would undo what the other did."""
    with keys._alone(folder), pytest.raises(VaultError, match="Another Companion"):
        keys.remove(folder, "x")


def test_destroying_leaves_nothing_that_opens(folder):
    """The wrapped keys first; then whatever else there is."""
    vault = Vault(folder, opened(folder))
    vault.put("x", 1, NOW)
    vault.close()
    with (folder / keys.KEY_FILE).open("rb") as held:
        gone = keys.destroy(folder)

        assert set(held.read()) == {0}
    assert gone[0] == keys.KEY_FILE
    assert FILE in gone
    assert not folder.exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path):
    """Here a file stands in its place."""
    (tmp_path / "me").write_text("")

    with pytest.raises(VaultError, match="cannot be used"):
        keys.create(tmp_path / "me", "passphrase", b"x")


def test_an_accent_may_be_typed_either_way():
    """Keyboards differ in how they compose it."""
    assert as_secret("Zoe\u0308") == as_secret("Zo\u00eb")
