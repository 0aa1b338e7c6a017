"""`policy`: the AI-use policy, and who acknowledged it."""

from pathlib import Path
from typing import Annotated

import typer

from core.domain.governance.policy import PersonStanding, PolicyVersion
from core.domain.identity import SYSTEM
from core.errors import InvalidInput, NotFound
from terminal.context import services
from terminal.output import Json, emit_table, readable_errors, say

policy = typer.Typer(no_args_is_help=True, help="The AI-use policy, and who acknowledged it.")


@policy.command("show")
def show_policy(
    number: Annotated[
        int | None, typer.Option("--version", min=1, help="Its number; the newest without it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Show the text of the policy, or with --json a version and all that is kept of it."""
    with readable_errors():
        version = _version(number)
        if as_json:
            emit_table([_record(version)], as_json=True)
        else:
            typer.echo(version.text)


@policy.command("publish")
def publish_policy(
    file: Annotated[Path, typer.Argument(help="A Markdown file in UTF-8.")],
    note: Annotated[str, typer.Option(help="What changed, for everyone to read.")] = "",
    is_minor: Annotated[
        bool, typer.Option("--minor", help="A small change: nobody has to acknowledge it again.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Publish a text as the newest version; everyone acknowledges it again unless --minor."""
    with readable_errors():
        newest = services().policy.versions.current(SYSTEM)
        version = services().policy.versions.publish(
            SYSTEM,
            _read(file),
            is_material=not is_minor,
            note=note,
            seen=newest.number if newest else 0,
        )
        if as_json:
            emit_table([_record(version)], as_json=True)
        else:
            say(f"Version {version.number} is published.")


@policy.command("status")
def show_status(
    missing: Annotated[
        bool, typer.Option("--missing", help="Only people who have to acknowledge it.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List who acknowledged the policy and passed the quiz, and who did not."""
    with readable_errors():
        everyone = services().policy.standings.list(SYSTEM)
        shown = [one for one in everyone if not (missing and one.is_settled)]
        emit_table([_standing(one) for one in shown], as_json=as_json)
        if not as_json:
            settled = sum(one.is_settled for one in everyone)
            say(f"{settled} of {len(everyone)} have acknowledged the policy.")


def _version(number: int | None) -> PolicyVersion:
    if number is None:
        newest = services().policy.versions.current(SYSTEM)
        if newest is None:
            raise NotFound("There is no policy yet. Publish one: sandbox_cli.py policy publish")
        return newest
    for version in services().policy.versions.history(SYSTEM):
        if version.number == number:
            return version
    raise NotFound(f"There is no version {number} of the policy.")


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise InvalidInput(f"The file {file} cannot be read.") from error
    except UnicodeDecodeError as error:
        raise InvalidInput(f"The file {file} is no text in UTF-8.") from error


def _record(version: PolicyVersion) -> dict[str, object]:
    return {
        "number": version.number,
        "is_material": version.is_material,
        "note": version.note,
        "published_at": version.published_at.isoformat(timespec="seconds"),
        "published_by": version.published_by,
        "sha256": version.sha256,
        "text": version.text,
    }


def _standing(person: PersonStanding) -> dict[str, object]:
    return {
        "email": person.email,
        "name": person.name,
        "acknowledged": person.is_settled,
        "version": person.number or None,
        "at": person.at.isoformat(timespec="seconds") if person.at else None,
        "declined": person.has_declined,
        "quiz_passed_at": (
            person.trained_at.isoformat(timespec="seconds") if person.trained_at else None
        ),
    }
