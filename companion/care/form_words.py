"""What is said around forms, and how else their answers may be said: `forms.yaml`."""

from pathlib import Path

from companion.content import Content, read


class Menu(Content):
    """Which questionnaire is wanted, where only one is asked for."""

    ask: str
    mood: str
    worry: str
    well_being: str
    again: str


class Told(Content):
    """What is said at the end of a questionnaire."""

    total: str
    hundred: str
    """100 in words: figures of three are refused, they might be the number of a helpline"""
    no_total: str
    without_last: str
    before: str
    same: str
    kept: str
    not_kept: str
    broken_off: str


class Worth(Content):
    """Whom a number is worth taking to."""

    high: str
    rise: str
    minor: str


class FormWords(Content):
    """`forms.yaml`."""

    can_go_on: str
    going_on: str
    take_your_time: str
    menu: Menu
    intro: str
    intro_words: str
    too_soon: str
    today: str
    yesterday: str
    check_in_instead: str
    confirm: str
    which: str
    unclear: str
    once_more: str
    left_out: str
    told: Told
    worth: Worth
    loose: dict[str, tuple[str, ...]]
    weekly: tuple[str, ...]


def read_form_words(folder: Path) -> FormWords:
    """Read `forms.yaml` of a language's folder. Raises SettingsError."""
    return read(folder / "forms.yaml", FormWords)
