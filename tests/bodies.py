"""Bodies of every kind for the tests of the diary, made from what their fields may hold."""

from itertools import count
from types import NoneType, UnionType
from typing import Annotated, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from pydantic import BaseModel

from companion.memory.entries import Body

ZONES = (
    "Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago",
    "Australia/Lord_Howe", "UTC", "+05:45", "-12:00",
)  # fmt: skip
_PLAIN = {
    str: st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    int: st.integers(-(2**40), 2**40),
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    NoneType: st.none(),
}


def bodies():
    """Give any body of any kind."""
    return st.one_of([_of(model) for model in get_args(get_args(Body)[0])])


def marked(model):
    """Give a body with a word of its own in each field that holds a person's words; and those."""
    words = []
    numbers = count()

    def fill(hint):
        if _is_words(hint):
            words.append(f"marker{next(numbers)}x")
            return words[-1]
        if get_origin(hint) is tuple:
            return (fill(get_args(hint)[0]), fill(get_args(hint)[0]))
        if isinstance(hint, type) and issubclass(hint, BaseModel):
            return hint(**{name: fill(inner) for name, inner in _fields(hint).items()})
        return _simple(hint)

    return fill(model), words


def _simple(hint):
    """Give some value that is nobody's words."""
    if get_origin(hint) is Annotated:
        return _simple(get_args(hint)[0])
    if get_origin(hint) is Literal:
        return get_args(hint)[0]
    if get_origin(hint) in (Union, UnionType):
        return None
    return {str: "label", int: 1, float: 0.5, bool: True, dict: {}}[get_origin(hint) or hint]


def _is_words(hint):
    return get_origin(hint) is Annotated and get_args(hint)[0] is str


def _fields(model):
    hints = get_type_hints(model, include_extras=True)
    return {name: hints[name] for name in model.model_fields}


def _of(hint):
    arguments = get_args(hint)
    match get_origin(hint):
        case _ if isinstance(hint, type) and issubclass(hint, BaseModel):
            return st.builds(hint, **{name: _of(inner) for name, inner in _fields(hint).items()})
        case origin if origin is Annotated:
            return _bounded(arguments[0], arguments[1:])
        case origin if origin is Literal:
            return st.sampled_from(arguments)
        case origin if origin in (Union, UnionType):
            return st.one_of([_of(one) for one in arguments])
        case origin if origin is tuple:
            return st.lists(_of(arguments[0]), max_size=3).map(tuple)
        case origin if origin is dict:
            return st.dictionaries(_of(arguments[0]), _of(arguments[1]), max_size=3)
    return _PLAIN[hint]


def _bounded(kind, metadata):
    limits = {}
    for field in metadata:
        for limit in field.metadata:
            limits |= {name: getattr(limit, name) for name in ("ge", "le") if hasattr(limit, name)}
    low, high = limits.get("ge"), limits.get("le")
    if kind is int:
        return st.integers(low, high if high is not None else 2**40)
    if kind is float:
        return st.floats(low, high, allow_nan=False, allow_infinity=False)
    return _PLAIN[kind]
