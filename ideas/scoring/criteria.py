"""Reads and writes what reviewers score; the product comes with criteria in a file."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from core.domain.ideas.criteria import Axis, CriteriaSet, Criterion, checked
from core.errors import InvalidInput


@cache
def shipped_criteria() -> CriteriaSet:
    """Return the criteria that the product comes with."""
    text = files("ideas.scoring").joinpath("criteria.toml").read_text(encoding="utf-8")
    return read_criteria(tomllib.loads(text))


def read_criteria(stored: Mapping[str, Any]) -> CriteriaSet:  # Any: TOML or JSON
    """Return the set that `written_criteria` wrote; raise InvalidInput if it cannot be scored."""
    try:
        criteria = read_list(stored["criteria"])
        cuts = float(stored["value_cut"]), float(stored["feasibility_cut"])
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput("These criteria cannot be read.") from error
    return checked(CriteriaSet(criteria, *cuts))


def written_criteria(criteria: CriteriaSet) -> dict[str, Any]:  # Any: JSON
    """Return the set as it is stored."""
    return {
        "value_cut": criteria.value_cut,
        "feasibility_cut": criteria.feasibility_cut,
        "criteria": written_list(criteria.criteria),
    }


def read_list(stored: Sequence[Mapping[str, Any]]) -> tuple[Criterion, ...]:  # Any: JSON
    """Return the criteria of a stored list; raise KeyError, TypeError or ValueError."""
    return tuple(_criterion(entry) for entry in stored)


def written_list(criteria: Sequence[Criterion]) -> list[dict[str, Any]]:  # Any: JSON
    """Return criteria as they are stored."""
    return [
        {
            "key": c.key,
            "axis": c.axis.value,
            "weight": c.weight,
            "name": c.name,
            "asks": c.asks,
            "anchors": list(c.anchors),
        }
        for c in criteria
    ]


def _criterion(entry: Mapping[str, Any]) -> Criterion:  # Any: TOML or JSON
    weight = entry["weight"]
    if isinstance(weight, bool) or not isinstance(weight, int):
        raise TypeError("a weight is a whole number")
    return Criterion(
        key=str(entry["key"]),
        axis=Axis(entry["axis"]),
        weight=weight,
        name=str(entry["name"]),
        asks=str(entry.get("asks", "")),
        anchors=tuple(map(str, entry.get("anchors", ()))),
    )
