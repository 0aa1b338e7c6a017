"""The same checks run before a commit, by hand and in hosted CI."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def lines(name: str, pattern: str) -> list[str]:
    return re.findall(pattern, (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)


def test_each_check_of_make_is_a_hook_before_a_commit() -> None:
    checks = lines("Makefile", r"^(?:lint|types|contracts):.*\n((?:\t.*\n)+)")
    commands = [line.strip() for check in checks for line in check.splitlines()]

    hooks = lines(".pre-commit-config.yaml", r"^ +entry: (.+)$")

    by_hand = {re.sub(r" \.$", "", line.replace("$(BIN)", ".venv/bin")) for line in commands}
    assert len(by_hand) == 4
    assert {hook.removesuffix(" --force-exclude") for hook in hooks} == by_hand


def test_hooks_use_what_is_installed() -> None:
    assert set(lines(".pre-commit-config.yaml", r"^ +language: (.+)$")) == {"system"}
    assert lines(".pre-commit-config.yaml", r"repo: (.+)$") == ["local"]


def test_hosted_ci_runs_what_a_person_runs() -> None:
    assert lines(".github/workflows/ci.yml", r"^ +- run: (.+)$") == [".ci/run"]


def test_every_folder_of_tests_is_run() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    run = options["tool"]["pytest"]["ini_options"]["testpaths"]

    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}

    assert {f"tests/{folder.relative_to(ROOT / 'tests').parts[0]}" for folder in folders} == set(
        run
    )
