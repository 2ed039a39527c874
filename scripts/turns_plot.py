"""Draw curves of cut-offs against holds as SVG: no library is needed for that."""

from collections.abc import Iterator, Mapping, Sequence

WIDE, HIGH, LEFT, TOP = 640, 360, 60, 20
LONGEST, MOST = 4.0, 0.6
"""Seconds, and share of turns, at the ends of the axes"""
COLOURS = ("#b33", "#26a")

Points = Sequence[tuple[float, float]]
"""Mean hold in seconds, and share of turns that are cut off"""


def draw(curves: Mapping[str, Points]) -> str:
    """Draw each curve with its name."""
    wide, high = LEFT + WIDE + 30, TOP + HIGH + 60
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}"',
            ' font-family="sans-serif" font-size="13">',
            "<title>Cut-offs against mean hold</title>",
            f'<rect width="{wide}" height="{high}" fill="white"/>',
            *_axes(),
            *_lines(curves),
            _text(LEFT + WIDE / 2, HIGH + TOP + 48, "mean hold; upwards: turns cut off"),
            "</svg>\n",
        ]
    )


def _axes() -> Iterator[str]:
    for step in range(7):
        x, y = _place(0, step / 10)
        yield f'<path d="M{x:.1f} {y:.1f}h{WIDE}" stroke="#ddd"/>'
        yield _text(x - 26, y + 4, f"{step * 10} %")
    for second in range(5):
        x, y = _place(second, 0)
        yield _text(x, y + 20, f"{second} s")


def _lines(curves: Mapping[str, Points]) -> Iterator[str]:
    for at, (name, points) in enumerate(curves.items()):
        colour = COLOURS[at % len(COLOURS)]
        places = [_place(*point) for point in points]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        yield f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for x, y in places:
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>'
        yield _text(LEFT + WIDE - 90, TOP + 20 + 20 * at, name, colour)


def _place(hold: float, share: float) -> tuple[float, float]:
    return LEFT + WIDE * hold / LONGEST, TOP + HIGH * (1 - share / MOST)


def _text(x: float, y: float, text: str, colour: str = "#222") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" text-anchor="middle">{text}</text>'
