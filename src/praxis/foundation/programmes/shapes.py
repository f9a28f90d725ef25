"""Shapes of configuration classes: what each attribute may hold, read once from its annotations.

Both the quick way from stored JSON (`from_json`) and the patient check of a preset file walk the same shapes,
so a new attribute of a configuration class needs no second description.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints


class Holds(Enum):
    """What a text, list or map must hold beyond its type."""

    CODE = "code"
    LABEL = "label"  # one text for each language of the edition
    PER_LANGUAGE = "per language"  # one number for each language of the edition
    NOT_EMPTY = "not empty"
    COLOUR = "colour"
    MAILBOX = "mailbox"
    WEBSITE = "website"
    ZONE = "zone"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True)
class Refers:
    """The text (or each key of the map) is a code of one of these lists of the preset."""

    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The number lies in [low, high], or in (low, high] where `above` is set."""

    low: float
    high: float = float("inf")
    above: bool = False


@dataclass(frozen=True, slots=True)
class Member:
    """One attribute of a table."""

    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of one value: `kind` says which of the other attributes count."""

    kind: Literal["text", "integer", "number", "flag", "instant", "list", "map", "table"]
    optional: bool = False
    constraints: tuple[object, ...] = ()
    choices: tuple[str, ...] = ()
    item: Shape | None = None
    number_keys: bool = False
    table: type[Any] | None = None


_SIMPLE: dict[Any, Literal["text", "integer", "number", "flag", "instant"]] = {
    str: "text",
    int: "integer",
    float: "number",
    bool: "flag",
    datetime: "instant",
}


def shape_of(annotation: Any, constraints: tuple[object, ...] = (), optional: bool = False) -> Shape:
    """The shape an annotation stands for; TypeError for a type that configuration does not use."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return shape_of(arguments[0], (*constraints, *annotation.__metadata__), optional)
    if origin in (Union, types.UnionType):
        inner = [argument for argument in arguments if argument is not type(None)]
        if len(inner) != 1:
            raise TypeError(f"a union of several types: {annotation}")
        return shape_of(inner[0], constraints, True)
    if origin is Literal:
        return Shape("text", optional, constraints, choices=arguments)
    if origin is tuple:
        return Shape("list", optional, constraints, item=shape_of(arguments[0]))
    if origin is dict:
        return Shape("map", optional, constraints, item=shape_of(arguments[1]), number_keys=arguments[0] is float)
    if annotation in _SIMPLE:
        return Shape(_SIMPLE[annotation], optional, constraints)
    if is_dataclass(annotation) and isinstance(annotation, type):
        return Shape("table", optional, constraints, table=annotation)
    raise TypeError(f"no shape for {annotation}")


_MEMBERS: dict[type[Any], dict[str, Member]] = {}
_READERS: dict[type[Any], Callable[[dict[str, Any]], Any]] = {}


def members_of(table: type[Any]) -> dict[str, Member]:
    """The attributes of a configuration class by name, in their order; read once a class."""
    if table not in _MEMBERS:
        _MEMBERS[table] = _read_members(table)
    return _MEMBERS[table]


def _read_members(table: type[Any]) -> dict[str, Member]:
    hints = get_type_hints(table, include_extras=True)
    return {
        field.name: Member(shape_of(hints[field.name]), field.default is MISSING and field.default_factory is MISSING)
        for field in fields(table)
    }


def written_number(number: float) -> str:
    """A number as a map key of JSON and TOML: 2 for 2.0, 0.5 for 0.5."""
    return str(int(number)) if number == int(number) else repr(number)


def to_json(value: Any) -> Any:
    """A configuration value as plain JSON data: instants as ISO 8601 text, tuples as lists."""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {written_number(key) if isinstance(key, float) else key: to_json(item) for key, item in value.items()}
    if is_dataclass(value):
        return {name: to_json(getattr(value, name)) for name in members_of(type(value))}
    return value


def from_json(table: type[Any], data: dict[str, Any]) -> Any:
    """Build a configuration class from what `to_json` gave.

    Keys it does not know are passed over and absent ones take their default, so that an edition stored by
    an earlier version still opens; KeyError if a required one is absent.
    """
    return _table_reader(table)(data)


def _table_reader(table: type[Any]) -> Callable[[dict[str, Any]], Any]:
    if table not in _READERS:
        _READERS[table] = _make_table_reader(table)
    return _READERS[table]


def _make_table_reader(table: type[Any]) -> Callable[[dict[str, Any]], Any]:
    readers = [(name, _reader(member.shape), member.required) for name, member in members_of(table).items()]

    def read(data: dict[str, Any]) -> Any:
        values = {}
        for name, reader, required in readers:
            if name in data:
                value = data[name]
                values[name] = value if reader is None or value is None else reader(value)
            elif required:
                raise KeyError(name)
        return table(**values)

    return read


def _reader(shape: Shape) -> Callable[[Any], Any] | None:
    """How to read a value of this shape from JSON; None where it is taken as it is."""
    if shape.kind == "instant":
        return datetime.fromisoformat
    if shape.kind == "number":
        return float
    if shape.kind == "table":
        assert shape.table is not None
        return _table_reader(shape.table)
    if shape.kind not in ("list", "map"):
        return None
    assert shape.item is not None
    item = _reader(shape.item)
    if shape.kind == "list":
        return tuple if item is None else lambda values: tuple(map(item, values))
    key: Callable[[str], Any] = float if shape.number_keys else str
    if item is None:
        return lambda values: {key(name): value for name, value in values.items()}
    return lambda values: {key(name): item(value) for name, value in values.items()}
