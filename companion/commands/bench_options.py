"""Add `bench` to the command line."""

from pathlib import Path

from companion.commands.options import Commands, add

TURNS = 108
"""Each sentence by each speaker"""


def add_bench(commands: Commands) -> None:
    """Add it."""
    bench = add(commands, "bench", "measure how fast and how patiently it talks", "bench:bench")
    bench.add_argument("--json", action="store_true", help="one object")
    bench.add_argument("--turns", type=int, default=TURNS, metavar="N", help=f"else {TURNS}")
    bench.add_argument(
        "--against", type=Path, metavar="FILE", help="compare with what --json printed earlier"
    )
    bench.add_argument("--write", type=Path, metavar="FILE", help="keep the result as Markdown")
    bench.add_argument(
        "--soak",
        type=float,
        nargs="?",
        const=10.0,
        metavar="MINUTES",
        help="through the real devices, in real time, beside a saturated model; else 10 minutes",
    )
