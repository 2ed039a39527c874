"""What `sense` understands. It loads nothing that `--help` does not need."""

from pathlib import Path

from companion.commands.options import Commands, add


def add_sense(commands: Commands) -> None:
    """Add `sense`: with files it measures them, without it is about one's own voice."""
    sense = add(
        commands, "sense", "measure how a voice sounds, and keep your own usual", "sense:sense"
    )
    sense.add_argument("files", nargs="*", type=Path, metavar="FILE")
    sense.add_argument(
        "--baseline",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a calm recording of the same voice to compare with; may be given many times",
    )
    sense.add_argument("--json", action="store_true", help="one object a file, or a week")
    own = sense.add_mutually_exclusive_group()
    for name, meaning in (
        ("agree", "let talks compare your voice with your own usual one; it says what that means"),
        ("stop", "end that"),
        ("forget", "end that, and delete what was noted about your voice"),
        ("weekly", "show how your voice changed from week to week"),
        ("calibrate", "say: so I usually sound; through the microphone, or from the files"),
    ):
        own.add_argument(f"--{name}", dest="own", action="store_const", const=name, help=meaning)
