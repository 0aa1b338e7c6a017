"""The public methods of all services, found in the code, and who may use each of them."""

import inspect
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from pathlib import Path
from typing import Any

from bootstrap.services import Services

ACCESS_FILE = Path(__file__).parent / "access.toml"
ROOMS = frozenset({"admin", "bootstrap", "evaluation", "ideas", "ingestion", "rag"})
PERSON = frozenset({"user", "actor", "admin", "person"})
"""The names of the first parameter of methods that somebody uses."""


class Access(StrEnum):
    """Who may use a method on an object that is Hanna's."""

    OWNER = "owner"
    READERS = "readers"
    LIBRARY = "library"
    IDEA_TEAM = "idea_team"
    REVIEWERS = "reviewers"
    ADMINISTRATORS = "administrators"
    EVERYONE = "everyone"


ALLOWED: Mapping[Access, frozenset[str]] = {
    Access.OWNER: frozenset({"hanna"}),
    Access.READERS: frozenset({"hugo"}),
    Access.LIBRARY: frozenset({"hugo", "ada"}),
    Access.IDEA_TEAM: frozenset({"hanna", "rob", "ada"}),
    Access.REVIEWERS: frozenset({"rob", "ada"}),
    Access.ADMINISTRATORS: frozenset({"ada"}),
    Access.EVERYONE: frozenset({"hanna", "ole", "rob", "ada"}),
}


@dataclass(frozen=True, slots=True)
class Method:
    """A public method of a service, by its way from `Services` on."""

    path: str
    call: Callable[..., Any]

    @property
    def parameters(self) -> list[inspect.Parameter]:
        every = inspect.signature(self.call).parameters.values()
        return [p for p in every if p.kind is not inspect.Parameter.VAR_POSITIONAL]

    @property
    def takes_a_person(self) -> bool:
        return bool(self.parameters) and self.parameters[0].name in PERSON


def methods_of(services: Services) -> dict[str, Method]:
    """Return every public method of every service by its path."""
    return {method.path: method for method in _walk(services, "", set())}


def _walk(service: object, path: str, seen: set[int]) -> Iterator[Method]:
    for name in (name for name in dir(service) if not name.startswith("_")):
        value = getattr(service, name)
        if inspect.ismethod(value) and inspect.isclass(value.__self__):
            continue  # a way to build the service, with no object behind it
        if inspect.ismethod(value) or inspect.isfunction(value):
            yield Method(f"{path}{name}", value)
        elif _is_service(value) and id(value) not in seen:
            seen.add(id(value))
            yield from _walk(value, f"{path}{name}.", seen)


def _is_service(value: object) -> bool:
    return type(value).__module__.split(".")[0] in ROOMS and not isinstance(value, Enum)


def listed() -> tuple[dict[str, Access], dict[str, str]]:
    """Return who may use each method, and why the others take nobody, as access.toml lists them."""
    with ACCESS_FILE.open("rb") as file:
        content = tomllib.load(file)
    access = {path: rule for rule in Access for path in content[rule.value]["methods"]}
    return access, content["nobody"]
