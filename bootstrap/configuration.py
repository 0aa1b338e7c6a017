"""Reads the settings, and tells where each comes from and what is wrong."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import get_origin

from dotenv import dotenv_values
from pydantic import BaseModel, ValidationError
from pydantic_settings import SettingsError

from core.errors import ConfigurationError
from core.settings import DELIMITER, PREFIX, Settings, project_folder

ENV_FILE = "SANDBOX_ENV_FILE"
"""Names another file in place of `.env`, for a second installation or a service."""
OF_TESTS = "SANDBOX_TEST_"


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name that no setting has, with the nearest one that exists, or an empty text."""

    name: str
    nearest: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The settings by where they are set; `file` is None if there is none."""

    file: Path | None
    in_file: tuple[str, ...]
    in_environment: tuple[str, ...]
    unknown: tuple[UnknownName, ...]


def read_settings() -> Settings:
    """Read the settings; raise ConfigurationError naming every one that is wrong."""
    file = _env_file()
    try:
        return Settings(_env_file=file)
    except ValidationError as error:
        problems = "; ".join(
            f"{PREFIX}{DELIMITER.join(str(part) for part in e['loc']).upper()}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False)
        )
        raise ConfigurationError(f"Invalid settings. {problems}. Nothing was changed.") from error
    except SettingsError as error:
        raise ConfigurationError(_no_json(error)) from error


def sources() -> Sources:
    """Look at names only; raise ConfigurationError for a file that cannot be read."""
    file = _env_file()
    in_file = _ours(dotenv_values(file, interpolate=False)) if file else ()
    in_environment = _ours(os.environ)
    valid_names = [*known_names(), ENV_FILE]
    names = dict.fromkeys((*in_environment, *in_file))
    unknown = (
        UnknownName(name, next(iter(get_close_matches(name, valid_names, n=1, cutoff=0.75)), ""))
        for name in names
        if name not in valid_names and name not in _groups()
    )
    return Sources(file, in_file, in_environment, tuple(unknown))


def known_names() -> Iterator[str]:
    """Return every setting as it is spelled in the environment."""
    for name, field in Settings.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for inner in kind.model_fields:
                yield f"{PREFIX}{name}{DELIMITER}{inner}".upper()
        else:
            yield f"{PREFIX}{name}".upper()


def _lists() -> frozenset[str]:
    return frozenset(
        f"{PREFIX}{group}{DELIMITER}{name}".upper()
        for group, field in Settings.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel)
        for name, inner in field.annotation.model_fields.items()
        if get_origin(inner.annotation) is list
    )


def _groups() -> frozenset[str]:
    """Accept a whole group as a JSON object."""
    return frozenset(f"{PREFIX}{name}".upper() for name in Settings.model_fields)


def _env_file() -> Path | None:
    """Find the settings file; raise ConfigurationError if it cannot be read."""
    named = os.environ.get(ENV_FILE, "")
    file = Path(named) if named else project_folder() / ".env"
    try:
        file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        if not named:
            return None
        raise ConfigurationError(
            f"{ENV_FILE} names a settings file that does not exist. Correct it, or unset it to "
            "use “.env” in the program folder."
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The settings file “{file.name}” cannot be read. Nothing was changed. Save it as "
            "UTF-8 text, readable by the account that runs this program."
        ) from error
    return file


def _ours(names: Iterable[str]) -> tuple[str, ...]:
    upper = (name.upper() for name in names)
    return tuple(n for n in upper if n.startswith(PREFIX) and not n.startswith(OF_TESTS))


def _no_json(error: SettingsError) -> str:
    """Name the lists and groups that are set: pydantic-settings tells only the group."""
    origins = sources()
    names = dict.fromkeys((*origins.in_environment, *origins.in_file))
    named = [n for n in names if (n in _lists() or n in _groups()) and _group_of(n) in str(error)]
    return (
        f"Invalid settings. {' or '.join(named)} is not JSON. Nothing was changed. Write lists "
        'like ["sandbox.example.com"], with the quotation marks.'
    )


def _group_of(name: str) -> str:
    """Return the group that the message of pydantic-settings names."""
    return f'"{name.removeprefix(PREFIX).partition(DELIMITER)[0].lower()}"'
