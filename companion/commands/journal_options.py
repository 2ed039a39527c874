"""What `companion journal` understands. It loads nothing that `--help` does not need."""

import argparse

from companion.commands.options import Commands, add

FROM_INPUT = """better left out: what stands here may stay in the history of the shell; it is then
read from standard input"""
KINDS = ("note", "checkin", "thought", "activity", "sleep", "exercise", "talk", "questionnaire",
         "voice", "incident", "plan", "fact")  # fmt: skip
"""Of entries, as people name them"""


def add_journal(commands: Commands) -> None:
    """Add `journal`."""
    what = "write into the diary, read and change it"
    journal = commands.add_parser(
        "journal", help=what, description=what[0].upper() + what[1:] + "."
    )
    kinds = journal.add_subparsers(title="commands", metavar="COMMAND", required=True)

    written = add(kinds, "add", "write something down", "journal:add")
    written.add_argument(
        "--at", metavar="WHEN", help="yesterday, 22:30, '2026-11-20 22:30'; else now"
    )
    written.add_argument(
        "--kind", choices=("note", "checkin", "activity", "sleep", "thought"), default="note"
    )
    _written(written)

    listed = add(kinds, "list", "show entries, the newest first", "journal:show_entries")
    _narrowed(listed)

    search = add(kinds, "search", "show the entries that hold some words", "journal:search")
    search.add_argument("text", nargs="*", metavar="WORDS", help=FROM_INPUT)
    _narrowed(search)

    show = _named(kinds, "show", "show all that one entry holds", "journal:show")
    show.add_argument("--json", action="store_true", help="as one object")
    _written(
        _named(
            kinds,
            "edit",
            "put new words or values in place of old ones",
            "journal:edit",
        )
    )
    _named(kinds, "exclude", "keep an entry, but count it in no trend", "journal:exclude")
    _named(kinds, "include", "count an entry again", "journal:include")
    delete = _named(kinds, "delete", "remove an entry", "journal:delete")
    delete.add_argument("--yes", action="store_true", help="do not ask")


def _named(kinds: Commands, name: str, what: str, handler: str) -> argparse.ArgumentParser:
    command = add(kinds, name, what, handler)
    command.add_argument("id", metavar="ID", help="as the list shows it; four characters will do")
    return command


def _written(command: argparse.ArgumentParser) -> None:
    command.add_argument("text", nargs="*", metavar="TEXT", help=FROM_INPUT)
    for name, kind, meaning in (
        ("--valence", float, "check-in: -1 very unpleasant to 1 very pleasant"),
        ("--energy", int, "check-in: 0 to 10"),
        ("--minutes", float, "activity: how long; sleep: asleep"),
        ("--minutes-in-bed", float, "sleep"),
        ("--quality", int, "sleep: 0 to 10"),
        ("--pleasure", int, "activity: 0 to 10"),
        ("--mastery", int, "activity: 0 to 10"),
        ("--belief-before", int, "thought: how far it was believed at first, 0 to 100"),
        ("--belief-after", int, "thought: the same, after looking at it"),
    ):
        command.add_argument(name, type=kind, metavar="N", help=meaning)
    for name, dest, meaning in (
        ("--label", "labels", "check-in: a feeling; may be repeated"),
        ("--about", "about", "check-in: what it has to do with; may be repeated"),
    ):
        command.add_argument(name, dest=dest, action="append", metavar="WORD", help=meaning)
    command.add_argument(
        "--planned", dest="done", action="store_const", const=False, help="activity: not done yet"
    )


def _narrowed(command: argparse.ArgumentParser) -> None:
    command.add_argument("--since", metavar="WHEN", help="yesterday, or 2026-11-20; included")
    command.add_argument("--until", metavar="WHEN", help="a day is included, a moment is not")
    command.add_argument(
        "--kind", action="append", default=[], choices=KINDS, metavar="KIND", help=", ".join(KINDS)
    )
    command.add_argument("--limit", type=int, metavar="N", help="at most so many; else 50")
    command.add_argument("--json", action="store_true", help="all of them, one object a line")
