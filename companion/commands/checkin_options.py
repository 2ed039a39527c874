"""What `companion checkin` understands. It loads nothing that `--help` does not need."""

from companion.commands.options import Commands, add


def add_checkin(commands: Commands) -> None:
    """Add `checkin`."""
    checkin = add(
        commands, "checkin", "say how it is: mood, sleep, energy, a line", "checkin:checkin"
    )
    checkin.add_argument("--json", action="store_true", help="one object a turn")
