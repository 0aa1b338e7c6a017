"""Pins the loose requirement lists: installs each into an empty environment and writes it down."""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEADER = "# Written by `make lock` from {source}. Do not edit.\n"


def main() -> None:
    """Writes requirements.txt and requirements-dev.txt."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        torch = next(line for line in _lines("requirements.in") if line.startswith("torch=="))
        _pip(python, "install", "--quiet", torch)
        _pip(python, "install", "--quiet", "-r", str(ROOT / "requirements.in"))
        product = _frozen(python)
        _write("requirements.txt", "requirements.in", product)
        _pip(python, "install", "--quiet", "-r", str(ROOT / "requirements-dev.in"))
        extra = [line for line in _frozen(python) if line not in product]
        _write("requirements-dev.txt", "requirements-dev.in", ["-r requirements.txt", *extra])


def _lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def _pip(python: Path, *arguments: str) -> str:
    command = [str(python), "-m", "pip", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _frozen(python: Path) -> list[str]:
    """Exact versions; a local build tag such as +cpu would tie the file to one package index."""
    return [line.partition("+")[0] for line in _pip(python, "freeze").splitlines()]


def _write(name: str, source: str, lines: list[str]) -> None:
    text = HEADER.format(source=source) + "\n".join(lines) + "\n"
    (ROOT / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{name}: {len(lines)} lines\n")


if __name__ == "__main__":
    main()
