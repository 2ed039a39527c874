"""Content and settings: what a person edits is read as written, and errors say where."""

from pathlib import Path

import pytest

from companion.content import Content, read
from companion.errors import SettingsError
from companion.settings import Settings, read_settings


class Things(Content):
    """A small schema."""

    names: tuple[str, ...] = ()
    count: int = 0
    inner: dict[str, str] = {}


def write(folder: Path, text: str) -> Path:
    path = folder / "things.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_scalar_is_what_was_written(tmp_path):
    """YAML's own guesses (no, 22:30, 0117, ~) do not happen."""
    things = read(write(tmp_path, "names: [no, 22:30, 0117, ~, 1e3, yes]"), Things)

    assert things.names == ("no", "22:30", "0117", "~", "1e3", "yes")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("names: []\ncuont: 3", "things.yaml, line 2: unknown key 'cuont'.*Known here: names"),
        ("names: []\nnames: []", "things.yaml, line 2: 'names' stands twice"),
        ("inner: {a: b, a: c}", "things.yaml, line 1: 'a' stands twice"),
        ("\n\ncount: many", "things.yaml, line 3: 'count'"),
        ("names: [a", "things.yaml, line 2: this is not YAML"),
        ("- a\n- b", "things.yaml, line 1"),
        ("inner:\n  ? [x]\n  : y", "things.yaml, line 2: a key must be a plain word"),
        ("names: \x07", "things.yaml"),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(tmp_path, text, problem):
    """Whoever edits a file is told where to look."""
    with pytest.raises(SettingsError, match=problem):
        read(write(tmp_path, text), Things)


def test_a_file_that_is_not_utf8_is_one_sentence(tmp_path):
    """Latin-1 is said, not guessed."""
    path = tmp_path / "things.yaml"
    path.write_bytes(b"names: [caf\xe9]")

    with pytest.raises(SettingsError, match="not written in UTF-8"):
        read(path, Things)


def test_a_missing_file_is_one_sentence(tmp_path):
    """No traceback for a wrong path."""
    with pytest.raises(SettingsError, match="cannot be read"):
        read(tmp_path / "nowhere.yaml", Things)


def test_aliases_of_aliases_do_not_fill_the_memory(tmp_path):
    """The billion-laughs file is refused."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 8)]

    with pytest.raises(SettingsError, match="too large"):
        read(write(tmp_path, "\n".join(rows)), Things)


def test_settings_are_read_with_their_units(tmp_path):
    """A part that is not named keeps its default."""
    path = write(tmp_path, "hear: {hold: 1.5}\nsense: {agreed: yes}\nperson: {country: NO}")
    settings = read_settings(path)

    assert (settings.hear.hold, settings.hear.preroll) == (1.5, 1.0)
    assert settings.sense.agreed
    assert settings.person.country == "NO"


def test_a_setting_out_of_range_is_refused(tmp_path):
    """A hold of a tenth of a second would cut people off."""
    with pytest.raises(SettingsError, match="hear.hold"):
        read_settings(write(tmp_path, "hear: {hold: 0.1}"))


def test_the_example_names_every_setting_with_its_default():
    """companion.example.yaml is true."""
    example = Path(__file__).parents[1] / "companion.example.yaml"

    assert read(example, Settings) == Settings()
    text = example.read_text()
    for name, field in Settings.model_fields.items():
        inner = getattr(field.annotation, "model_fields", {})
        assert f"{name}:" in text
        assert all(f"  {key}:" in text for key in inner)


def test_an_empty_hold_is_left_to_patience(tmp_path):
    """And one that is set is kept."""
    hear = read_settings(write(tmp_path, 'hear: {hold: "", hold_after_question: 3}')).hear

    assert (hear.patience, hear.hold, hear.hold_after_question) == ("patient", None, 3.0)
