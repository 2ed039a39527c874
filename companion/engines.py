"""Find an engine by its short name, or by "module:Class" for one of your own.

Engines are imported only when chosen, so `companion --help` stays quick and a
missing library matters only to those who ask for it.
"""

import pkgutil
from collections.abc import Mapping
from typing import Any

from companion.errors import EngineError


def load(stage: str, table: Mapping[str, str], name: str, **options: Any) -> Any:
    """Build the engine called `name`. Raises EngineError, also for a missing library."""
    target = table.get(name, name)
    if ":" not in target:
        known = ", ".join(sorted(table))
        raise EngineError(
            f"There is no {stage} called '{name}'.",
            fix=f"Use one of: {known}, or 'module:Class'.",
        )
    try:
        engine = pkgutil.resolve_name(target)
    except (ImportError, AttributeError, OSError) as cause:
        raise EngineError(
            f"The {stage} '{name}' could not be loaded ({type(cause).__name__}: {cause}).",
            fix="Run: scripts/companion setup",
        ) from cause
    return engine(**options)
