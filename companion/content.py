"""Read and check every YAML file: settings, and all that the companion says.

YAML guesses types: `no` becomes false, `22:30` a number, `0117` loses its zero,
and of two equal keys one is dropped. Here every scalar is a string until a
schema says otherwise, a key stands once, and an error names file, line and key.
"""

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from companion.errors import SettingsError

Place = tuple[str | int, ...]
"""Where a value stands: keys and positions from the top of the file"""


class Content(BaseModel):
    """Base of every schema: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


C = TypeVar("C", bound=Content)

_Loader: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_MOST_NODES = 100_000
"""More values than any honest file holds; aliases of aliases would pass it at once"""


def read(path: Path, schema: type[C]) -> C:
    """Read one file. Raises SettingsError that names file, line and key."""
    data, lines = _load(path)
    if data is None or data == "":
        data = {}
    try:
        return schema.model_validate(data)
    except ValidationError as error:
        raise _explain(path, error, lines, schema) from None


def _load(path: Path) -> tuple[Any, dict[Place, int]]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise SettingsError(
            f"{path.name} is not written in UTF-8.", fix="Save it as UTF-8."
        ) from None
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read ({error.strerror}).", fix="Check the file and its rights."
        ) from None
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(
            f"{path.name}, line {line}: this is not YAML ({error.problem}).",
            fix="Check indents, quotes and colons there.",
        ) from None
    except yaml.YAMLError:
        raise SettingsError(
            f"{path.name}: it holds a character that YAML does not allow.", fix="Remove it."
        ) from None
    lines: dict[Place, int] = {}
    return (None if node is None else _value(path, node, (), lines)), lines


def _value(path: Path, node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    lines[place] = node.start_mark.line + 1
    if len(lines) > _MOST_NODES:
        raise SettingsError(f"{path.name} is too large.", fix="Split it into several files.")
    if isinstance(node, yaml.MappingNode):
        return _mapping(path, node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_value(path, item, (*place, index), lines) for index, item in enumerate(node.value)]
    return node.value


def _mapping(
    path: Path, node: yaml.MappingNode, place: Place, lines: dict[Place, int]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise SettingsError(f"{path.name}, line {line}: a key must be a plain word.")
        if key.value in found:
            raise SettingsError(
                f"{path.name}, line {line}: '{key.value}' stands twice.", fix="Keep one of them."
            )
        found[key.value] = _value(path, value, (*place, key.value), lines)
        lines[(*place, key.value)] = line
    return found


def _explain(
    path: Path, error: ValidationError, lines: dict[Place, int], schema: type[Content]
) -> SettingsError:
    first = error.errors(include_url=False, include_input=False)[0]
    place: Place = tuple(first["loc"])
    line = next(lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in lines or n == 0)
    key = ".".join(str(part) for part in place)
    if first["type"] == "extra_forbidden":
        problem = f"unknown key '{key}'"
        fix = _known_keys(schema, place)
    elif first["type"] == "missing":
        problem, fix = f"'{key}' is missing", "Add it."
    else:
        problem, fix = f"'{key}': {first['msg'].removeprefix('Value error, ')}", ""
    return SettingsError(f"{path.name}, line {line}: {problem}.", fix=fix)


def _known_keys(schema: type[Content], place: Place) -> str:
    """Name the keys that may stand where the unknown one stood."""
    here: Any = schema
    for part in place[:-1]:
        field = here.model_fields.get(str(part))
        here = field.annotation if field else None
        if not (isinstance(here, type) and issubclass(here, Content)):
            return "Remove it, or correct its spelling."
    return f"Known here: {', '.join(here.model_fields)}."
