"""What `checkin`, `questionnaire` and `memory` understand. It loads nothing more than `--help`."""

from companion.commands.options import Commands, add


def add_checkin(commands: Commands) -> None:
    """Add `checkin`, `questionnaire` and `memory`."""
    checkin = add(
        commands, "checkin", "say how it is: mood, sleep, energy, a line", "checkin:checkin"
    )
    checkin.add_argument("--json", action="store_true", help="one object a turn")

    asked = add(
        commands,
        "questionnaire",
        "fill in a questionnaire, or name them",
        "checkin:questionnaire",
    )
    asked.add_argument("name", nargs="?", metavar="NAME", help="without one: which there are")
    asked.add_argument("--json", action="store_true", help="one object a turn, or a questionnaire")

    remembered = add(commands, "memory", "read what is remembered of what you told", "facts:show")
    remembered.add_argument("--json", action="store_true", help="one object a fact")
