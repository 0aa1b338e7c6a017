"""The pinned lists agree with each other and with pyproject.toml."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAME = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)")
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)")


def pins(name: str) -> dict[str, str]:
    """Versions by normalised name."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = [match for line in lines if (match := PIN.match(line))]
    return {normalised(match[1]): match[2] for match in found}


def wanted(requirements: list[str]) -> set[str]:
    return {normalised(match[1]) for each in requirements if (match := NAME.match(each))}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_package_of_the_product_is_pinned() -> None:
    missing = wanted(PROJECT["project"]["dependencies"]) - set(pins("requirements.txt"))

    assert not missing


def test_the_loose_list_is_that_of_the_project() -> None:
    lines = (ROOT / "requirements.in").read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not line.startswith("#")] == PROJECT["project"][
        "dependencies"
    ]


def test_every_package_of_tests_and_checks_is_pinned() -> None:
    pinned = pins("requirements.txt") | pins("requirements-dev.txt")

    assert not wanted(PROJECT["dependency-groups"]["dev"]) - set(pinned)


def test_a_package_is_pinned_to_one_version() -> None:
    product, tools = pins("requirements.txt"), pins("requirements-dev.txt")

    assert not [name for name in tools if product.get(name, tools[name]) != tools[name]]


def test_benchmarks_run_with_the_packages_of_the_product() -> None:
    product, peers = pins("requirements.txt"), pins("benchmarks/requirements.txt")

    assert not [name for name in peers if product.get(name, peers[name]) != peers[name]]


def test_make_installs_the_torch_that_is_pinned() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    assert f"TORCH ?= torch=={pins('requirements.txt')['torch']}\n" in makefile


def test_the_hashed_list_pins_what_the_plain_one_pins() -> None:
    assert pins("requirements.lock") == pins("requirements.txt")


def test_every_package_of_the_hashed_list_has_a_hash() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\S)", text.partition("\n")[2])

    assert len(entries) == len(pins("requirements.lock"))
    assert all("--hash=sha256:" in entry for entry in entries)


def test_no_package_of_the_gpu_build_is_pinned() -> None:
    assert not [name for name in pins("requirements.lock") if name.startswith(("nvidia", "cuda"))]
