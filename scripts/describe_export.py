"""Write the tables of docs/export.md from the fields themselves.

    python scripts/describe_export.py

Everything between the two marks in that file is replaced.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from companion.memory.export import BODIES

PAGE = ROOT / "docs" / "export.md"
BEGIN = "<!-- Written by: python scripts/describe_export.py -->"
END = "<!-- End of what is written by scripts/describe_export.py -->"
PLAIN = (
    (r"\bAwareDatetime\b", "moment"),
    (r"\bJsonValue\b", "anything"),
    (r"\bBody\b", "one of the kinds below"),
    (r"\bWords\b", "text"),
    (r"\bstr\b", "text"),
    (r"\bint\b", "whole number"),
    (r"\bfloat\b", "number"),
    (r"\bbool\b", "true or false"),
    (r"Literal\[(.*?)\]", r"\1"),
    (r"tuple\[tuple\[(\w+), \.\.\.\], \.\.\.\]", r"list of lists of \1"),
    (r"tuple\[(\w+), \.\.\.\]", r"list of \1"),
    (r"dict\[text, (\w+)\]", r"object: name → \1"),
    (r" \| None", ", or null"),
    ("'", '"'),
)
"""How a type is said, one step after the other"""


def main() -> int:
    """Write the page anew."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


def written(page: str) -> str:
    """Give a page with the tables of today between its marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    tables = "\n".join(_tables())
    return f"{before}{BEGIN}\n\n{tables}\n{END}{after}"


def _tables() -> Iterator[str]:
    entries = _parsed("entries.py")
    classes = {node.name: node for node in entries.body if isinstance(node, ast.ClassDef)}
    others = {
        node.name: node for node in _parsed("export.py").body if isinstance(node, ast.ClassDef)
    }
    yield from _table("The header", others["Header"])
    yield from _table("What belongs to the person", others["Remembered"])
    yield from _table("Every entry", classes["Entry"])
    for kind, body in BODIES.items():
        yield from _table(f"`{kind}`", classes[body.__name__])
    bodies = {body.__name__ for body in BODIES.values()}
    for name, node in classes.items():
        if name not in bodies and name != "Entry":
            yield from _table(f"{name}, within another", node)
    yield from _names(entries)


def _table(title: str, node: ast.ClassDef) -> Iterator[str]:
    yield f"### {title}\n"
    yield f"{ast.get_docstring(node)}\n"
    yield "| field | type | meaning |"
    yield "| --- | --- | --- |"
    for field, told in _with_comment(node.body):
        if isinstance(field, ast.AnnAssign):
            yield f"| `{ast.unparse(field.target)}` | {_said(field.annotation)} | {told} |"
    yield ""


def _names(module: ast.Module) -> Iterator[str]:
    """List the types that have a name of their own."""
    yield "### Types\n"
    yield "| name | type | meaning |"
    yield "| --- | --- | --- |"
    for node, told in _with_comment(module.body):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
            name = ast.unparse(node.targets[0])
            if name not in ("Words", "Body"):
                yield f"| {name} | {_said(node.value)} | {told} |"


def _with_comment(nodes: list[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Pair each statement with the text that stands under it."""
    for node, following in zip(nodes, [*nodes[1:], ast.Pass()], strict=True):
        told = ""
        if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            told = " ".join(str(following.value.value).split()).replace("None:", "null:")
        yield node, told


def _said(annotation: ast.expr) -> str:
    text = ast.unparse(annotation)
    bounded = re.fullmatch(r"Annotated\[(.*), Field\((.*)\)\]", text)
    limits = ""
    if bounded:
        text = bounded[1]
        limits = bounded[2].replace("ge=", "from ").replace("le=", "to ").replace(", ", " ")
        limits = f" `{limits.removeprefix('pattern=')}`" if "pattern" in limits else f" {limits}"
    for pattern, plain in PLAIN:
        text = re.sub(pattern, plain, text)
    return (text + limits).replace("|", r"\|")


def _parsed(name: str) -> ast.Module:
    return ast.parse((ROOT / "companion" / "memory" / name).read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
