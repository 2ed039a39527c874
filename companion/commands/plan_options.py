"""What `plan` understands. It loads nothing more than `--help`."""

from companion.commands.options import Commands, add


def add_plan(commands: Commands) -> None:
    """Add `plan`."""
    plan = add(commands, "plan", "read your safety plan, or fill it in", "plan:plan")
    what = plan.add_mutually_exclusive_group()
    what.add_argument("--edit", action="store_true", help="fill in one part after the other")
    what.add_argument("--add", type=int, metavar="N", help="add lines to part N, from stdin")
    what.add_argument("--clear", type=int, metavar="N", help="empty part N")
    what.add_argument(
        "--keep-unlocked-copy", action="store_true",
        help="parts 2 and 5 may be read while the diary is locked, by anyone at this login",
    )  # fmt: skip
    what.add_argument("--no-unlocked-copy", action="store_true", help="destroy that copy")
    plan.add_argument("--json", action="store_true", help="one object")
