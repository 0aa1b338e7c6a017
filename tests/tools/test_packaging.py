"""What is installed: a wheel that holds all the program needs, on a Python that can run it."""

import ast
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from email import message_from_string
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
PACKAGES = [
    "admin",
    "bootstrap",
    "core",
    "evaluation",
    "ideas",
    "ingestion",
    "rag",
    "terminal",
    "ui",
    "web",
]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


def tracked(*folders: str) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *folders],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in listed.stdout.splitlines() if (ROOT / name).exists()}


def metadata(wheel: zipfile.ZipFile, name: str) -> str:
    path = next(each for each in wheel.namelist() if each.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the repository to know its files")
def test_the_wheel_holds_every_file_of_the_program(wheel: zipfile.ZipFile) -> None:
    wanted = tracked(*PACKAGES, "data/samples", ".streamlit", "sandbox_app.py", "sandbox_cli.py")

    assert wanted - set(wheel.namelist()) == set()


def test_nothing_made_at_run_time_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()

    assert not [name for name in names if name.startswith(("data/local", "tests", "tools"))]
    assert not [name for name in names if name.endswith((".env", ".pyc", ".db"))]


def test_the_wheel_has_a_command_and_its_licence(wheel: zipfile.ZipFile) -> None:
    assert "genai-sandbox = sandbox_cli:app" in metadata(wheel, "entry_points.txt")
    assert "License-Expression: Apache-2.0" in metadata(wheel, "METADATA")
    assert "Apache License" in metadata(wheel, "licenses/LICENSE")
    assert "psycopg" in metadata(wheel, "licenses/NOTICE")


def test_the_wheel_asks_for_the_packages_of_the_project(wheel: zipfile.ZipFile) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    about = message_from_string(metadata(wheel, "METADATA"))

    asked = {Requirement(each) for each in about.get_all("Requires-Dist", [])}
    assert asked == {Requirement(each) for each in project["dependencies"]}
    assert about["Version"] == project["version"]


def test_an_old_python_is_told_by_make_before_anything_is_installed(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)

    done = subprocess.run(
        [shutil.which("make") or "make", "run", f"PYTHON={old}", f"VENV={tmp_path}/venv"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stdout
    assert not (tmp_path / "venv").exists()


def test_an_old_python_is_told_by_the_terminal_in_one_sentence() -> None:
    ast.parse((ROOT / "sandbox_cli.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    older = "import sys, runpy; sys.version_info = (3, 9, 2); runpy.run_path('sandbox_cli.py')"

    done = subprocess.run(
        [sys.executable, "-c", older], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.startswith("GenAI Sandbox needs Python 3.11 or newer")
    assert len(done.stderr.splitlines()) == 1
