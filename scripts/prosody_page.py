"""Lines, tables and plots for bench_prosody.py."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Report:
    """Lines for the screen and for the page."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str = "") -> None:
        """Print a line and keep it."""
        print(line, flush=True)
        self.lines.append(line)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Give a table."""
        self.say(f"| {' | '.join(head)} |")
        self.say("|" + "---|" * len(head))
        for row in rows:
            self.say(f"| {' | '.join(str(cell) for cell in row)} |")
        self.say()


def plot(path: Path, title: str, lines: Sequence[tuple[str, Floats, Floats]]) -> None:
    """Draw lines as SVG."""
    x = np.concatenate([across for _, across, _ in lines])
    y = np.concatenate([up for _, _, up in lines])
    left, wide, low, high = x.min(), np.ptp(x), float(y.min()), float(y.max())
    drawn = []
    for colour, across, up in lines:
        places = zip(
            40 + 540 * (across - left) / wide, 210 - 180 * (up - low) / (high - low), strict=True
        )
        points = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        drawn.append(f'<polyline points="{points}" fill="none" stroke="{colour}"/>')
    labels = f'<text x="2" y="214">{low:.2g}</text><text x="2" y="36">{high:.3g}</text>'
    path.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="240" font-size="11" '
        'font-family="sans-serif"><rect width="600" height="240" fill="white"/>'
        f'<text x="40" y="16">{title}</text>{labels}{"".join(drawn)}</svg>\n',
        encoding="utf-8",
    )
