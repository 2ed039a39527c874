"""What `companion models` understands. They load nothing that `--help` does not need."""

from pathlib import Path

from companion.commands.options import Commands, add


def add_models(commands: Commands) -> None:
    """Add `models`."""
    what = "fetch ears, voices and language models: the one command that uses the network"
    models = commands.add_parser("models", help=what, description=what[0].upper() + what[1:] + ".")
    kinds = models.add_subparsers(title="commands", metavar="COMMAND", required=True)

    listed = add(kinds, "list", "name what can be had, with its licence", "models:show")
    listed.add_argument("--language", metavar="LANG", help="such as en, or en-GB")
    listed.add_argument("--json", action="store_true", help="one object a model")

    get = add(
        kinds, "get", "fetch models, an ear and a voice unless others are named", "models:get"
    )
    get.add_argument("ids", nargs="*", metavar="ID", help="as `models list` names them")
    get.add_argument(
        "--profile",
        choices=("speech", "minimal", "pi5-4gb", "pi5-8gb", "laptop-16gb"),
        help="an ear and a voice (speech); with a language model that suits the machine (others)",
    )
    get.add_argument("--language", metavar="LANG", help="ear and voice of another language")
    get.add_argument(
        "--proxy", metavar="URL", help="such as http://host:8080; no other is looked up"
    )
    bundle = get.add_mutually_exclusive_group()
    bundle.add_argument(
        "--offline-bundle", type=Path, metavar="FILE", help="write one file to carry"
    )
    bundle.add_argument("--from-bundle", type=Path, metavar="FILE", help="install from such a file")

    verify = add(kinds, "verify", "check every file that is present", "models:verify")
    verify.add_argument("--json", action="store_true", help="one object a model")
