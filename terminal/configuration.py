"""`settings check`: where the settings come from, and whether they can be used."""

import typer

from bootstrap import process
from terminal.output import Json, emit, emit_table, readable_errors, say

settings = typer.Typer(no_args_is_help=True, help="Settings.")


@settings.command("list")
def list_settings(as_json: Json = False) -> None:
    """List the settings that are set, and where; values stay hidden because some are secret."""
    with readable_errors():
        found = process.setting_sources()
        file = str(found.file) if found.file else ""
        records = [{"name": n, "source": "environment"} for n in found.in_environment]
        records += [{"name": n, "source": file} for n in found.in_file]
        emit_table(records, as_json=as_json)


@settings.command("check")
def check_settings(as_json: Json = False) -> None:
    """Check that every setting has a known name and an allowed value."""
    with readable_errors():
        check = process.check_settings()
        if as_json:
            emit({"ok": check.is_ok, "found": check.found, "fix": check.fix})
        else:
            say(f"{check.found} {check.fix}".rstrip(), style="green" if check.is_ok else "red")
    if not check.is_ok:
        raise typer.Exit(1)
