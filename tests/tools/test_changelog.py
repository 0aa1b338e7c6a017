"""The changelog tells of the version that is here, in short entries under the usual headings."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_ENTRY = 130
HEADINGS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def changelog() -> str:
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def test_the_newest_version_is_that_of_the_project() -> None:
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$", changelog(), re.MULTILINE)

    assert released[0] == version()


def test_what_is_not_released_stands_first_and_versions_go_backwards() -> None:
    first, *released = re.findall(r"^## \[([^\]]+)\]", changelog(), re.MULTILINE)

    assert first == "Unreleased"
    numbers = [tuple(map(int, name.split("."))) for name in released]
    assert all(newer > older for newer, older in pairwise(numbers))


def test_changes_stand_under_the_usual_headings() -> None:
    assert set(re.findall(r"^### (.+)$", changelog(), re.MULTILINE)) <= HEADINGS


def test_an_entry_is_one_short_line() -> None:
    lines = changelog().partition("## [")[2].splitlines()[1:]
    entries = [line for line in lines if line and not line.startswith("#")]

    assert [line for line in entries if not line.startswith("- ")] == []
    assert [line for line in entries if len(line) > LONGEST_ENTRY] == []


def test_the_readme_installs_the_wheel_of_this_version() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert set(re.findall(r"genai_sandbox-([\d.]+)-py3", readme)) == {version()}
