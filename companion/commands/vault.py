"""Open the vault for a command: ask for what opens it, and on first use make it.

What nobody can open is not kept and not recalled; the talk itself never waits for a key.
"""

import argparse
import getpass
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from companion import paths
from companion.errors import VaultError
from companion.memory import keys, secrets
from companion.memory.secrets import SHORTEST, Ring, Sources
from companion.memory.slots import as_secret
from companion.memory.vault import FILE, Vault

NOTHING_KEPT = "Nothing of this talk is kept, and nothing is recalled."
WELCOME = """Companion can keep a diary, encrypted, on this device only: what was talked about in
short, not your words; short facts that you tell (people, worries, plans, what helped), which
you can hear, change and delete; and a danger that was spoken of, so that it is not forgotten."""
WANTED = "Keep one (yes or no)? "
SHARED = "Does anyone else use this login (yes, no, not sure)? "
WARNING = """Remember: without a recovery key, a forgotten passphrase means that all is lost.
You can make one later: companion vault key add-recovery"""
WRITE_DOWN = """Write this recovery key down on paper and keep it where only you find it. It opens
the diary if the passphrase is forgotten. It is shown this once and kept nowhere:

    {key}
"""
_NOT_WANTED = ".not-wanted"


@dataclass(frozen=True)
class Person:
    """Somebody at a terminal who can be asked."""

    ask: Callable[[str], str]
    """The answer shows"""
    ask_hidden: Callable[[str], str]
    tell: Callable[[str], None]
    """On the terminal, and never in a file"""


def open_vault(options: argparse.Namespace, *, required: bool = False) -> Vault | None:
    """Open the vault of the profile, or make it. Raises VaultError if it is required.

    Else None where there is no key, the person declined, or the vault cannot be opened; the
    last is said on the error stream.
    """
    try:
        return _open(options, required)
    except VaultError as error:
        if required:
            raise
        print(f"{error} {NOTHING_KEPT}", file=sys.stderr)
        return None


def reauthenticate(options: argparse.Namespace) -> bytes:
    """Ask for the secret again, before what should not happen to an open screen.

    Gives the data key. Raises VaultError. What was given at the start, such as
    COMPANION_PASSPHRASE, is tried again.
    """
    folder = paths.profile_folder(options.person)
    return secrets.find_key(folder, sources(options), again=True)


def sources(options: argparse.Namespace) -> Sources:
    """Collect where a key may come from; a descriptor is read once. Raises VaultError."""
    found: Sources | None = getattr(options, "sources", None)
    if found is None:
        person = at_terminal()
        given = paths.passphrase()
        number = options.key_descriptor
        if given == "":
            raise VaultError(
                "COMPANION_PASSPHRASE is set, but empty.", fix="Set it to a passphrase or unset it."
            )
        found = options.sources = Sources(
            passphrase=None if given is None else as_secret(given),
            handed=None if number is None or given else secrets.read_descriptor(number),
            key_file=options.key_file,
            ring=secrets.system_ring,
            ask=person.ask_hidden if person else None,
        )
    return found


def at_terminal() -> Person | None:
    """Find the person, unless standard input is something else."""
    if not sys.stdin.isatty():
        return None
    return Person(_answer(_on_terminal), _answer(getpass.getpass), _tell)


def make(folder: Path, found: Sources, person: Person | None) -> bytes | None:
    """Make a vault with the first key; None where there is nobody to choose one.

    Raises VaultError.
    """
    if found.words is not None:
        return keys.create(folder, "passphrase", found.words)
    if found.key_file is not None:
        made = not found.key_file.exists()
        read = secrets.make_key_file if made else _existing_key_file
        return keys.create(folder, "file", read(found.key_file, folder))
    return _introduce(folder, person, found.ring) if person else None


def says_yes(person: Person, question: str) -> bool:
    """Ask; whatever is no clear yes is a no."""
    return person.ask(question).strip().casefold() in ("yes", "y")


def choose_passphrase(person: Person) -> bytes | None:
    """Ask for a new passphrase twice; None where the person gives none."""
    person.tell("Choose a passphrase: four or five words that do not belong together are good.")
    while True:
        words = person.ask_hidden("New passphrase: ")
        if not words:
            return None
        if len(words) < SHORTEST:
            person.tell(f"That is short, and short ones are guessed. Take {SHORTEST} or more.")
        elif person.ask_hidden("The same again: ") != words:
            person.tell("These two differ. Please try again.")
        else:
            return as_secret(words)


def give_recovery_key(folder: Path, key: bytes, person: Person) -> None:
    """Make a recovery key, show it, and let it open the vault once it is written down."""
    text = secrets.new_recovery_key()
    person.tell(WRITE_DOWN.format(key=text))
    person.ask("Press Enter when it is written down. ")
    keys.add(folder, key, "recovery", secrets.read_recovery_key(text) or b"")
    person.tell("It opens the diary from now on. Clear this screen before you leave it.")


def _open(options: argparse.Namespace, required: bool) -> Vault | None:
    folder = paths.profile_folder(options.person)
    found = sources(options)
    if keys.exists(folder) or (folder / FILE).exists():
        return Vault(folder, secrets.find_key(folder, found))
    person = at_terminal()
    if person and not required and (folder / _NOT_WANTED).exists():
        person = None
    key = make(folder, found, person)
    if key is not None:
        return Vault(folder, key)
    if person:
        _remember_no(folder)
        person.tell("No diary was made. To make one later: companion vault new")
    if required:
        raise VaultError(
            "There is no diary yet, and nothing was given to lock it with.",
            fix="Use a terminal, or give --key-file FILE or --key-descriptor N.",
        )
    return None


def _remember_no(folder: Path) -> None:
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (folder / _NOT_WANTED).touch(mode=0o600)


def _introduce(folder: Path, person: Person, ring: Callable[[], Ring | None]) -> bytes | None:
    """Ask at first use how the diary should be locked."""
    person.tell(WELCOME)
    if not says_yes(person, WANTED):
        return None
    alone = person.ask(SHARED).strip().casefold() in ("no", "n")
    found = ring() if alone else None
    if found is not None:
        key = secrets.put_into_ring(found, folder, None)
        person.tell("The keyring of your login opens it, so you are not asked for a passphrase.")
    else:
        if alone:
            person.tell("This device has no safe keyring, so a passphrase locks it.")
        words = choose_passphrase(person)
        if words is None:
            return None
        key = keys.create(folder, "passphrase", words)
    if says_yes(person, "Make a recovery key to write down (yes or no)? "):
        give_recovery_key(folder, key, person)
    else:
        person.tell(WARNING)
    return key


def _existing_key_file(path: Path, _: Path) -> bytes:
    return secrets.read_key_file(path)


def _answer(ask: Callable[[str], str]) -> Callable[[str], str]:
    """Take the end of input for no answer."""

    def asked(question: str) -> str:
        try:
            return ask(question)
        except EOFError:
            return ""

    return asked


def _on_terminal(question: str) -> str:
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline()


def _tell(text: str) -> None:
    for stream in (sys.stderr, sys.stdout):
        if stream.isatty():
            print(text, file=stream)
            return
    try:
        with open("/dev/tty", "w", encoding="utf-8") as terminal:
            print(text, file=terminal)
    except OSError:
        raise VaultError(
            "There is no screen to show this on, and it does not belong in a file.",
            fix="Do not redirect the output.",
        ) from None
