"""The pinned lists agree with each other and with the loose ones."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)")


def pins(name: str) -> dict[str, str]:
    """Versions by normalised name."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [match for line in lines if (match := PIN.match(line))]
    return {normalised(match[1]): match[2] for match in found}


def wanted(name: str) -> set[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return {normalised(match[1]) for line in lines if (match := NAME.match(line))}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_every_wanted_package_is_pinned(name: str) -> None:
    missing = wanted(f"{name}.in") - set(pins("requirements.txt") | pins(f"{name}.txt"))

    assert not missing


def test_the_hashed_list_pins_what_the_plain_one_pins() -> None:
    assert pins("requirements.lock") == pins("requirements.txt")


def test_every_package_of_the_hashed_list_has_a_hash() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.partition("\n")[2])

    assert len(entries) == len(pins("requirements.lock"))
    assert all("--hash=sha256:" in entry for entry in entries)


def test_no_package_of_the_gpu_build_is_pinned() -> None:
    assert not [name for name in pins("requirements.lock") if name.startswith(("nvidia", "cuda"))]
