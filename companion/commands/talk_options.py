"""Add `talk` to the command line."""

from pathlib import Path

from companion.commands.options import Commands, add, shown_how


def add_talk(commands: Commands) -> None:
    """Add it."""
    talk = add(commands, "talk", "talk aloud, or through sound files", "aloud:talk")
    talk.add_argument("--wav", type=Path, metavar="IN", help="what is said, in place of a device")
    talk.add_argument("--out", type=Path, metavar="OUT", help="what is answered, in place of one")
    talk.add_argument("--trace", type=Path, metavar="FILE", help="what happened, as plain text")
    talk.add_argument(
        "--charge-work", action="store_true", help="answers begin as late as their work took"
    )
    talk.add_argument("--json", action="store_true", help="one object a turn")
    shown_how(talk)
    talk.add_argument(
        "--quiet", action="store_true", help="show only what must be: numbers, and what is wrong"
    )
