"""Pins the requirements of pyproject.toml for every platform, and writes down their files' hashes.

`make lock` keeps versions that are pinned already, unless a list forbids them;
`make lock UPGRADE=1` takes the newest.
"""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
HEADER = "# Written by `make lock` from {source}. Do not edit.\n"
HASHED = ("requirements.lock", "requirements.txt, with the hashes of every file an index may serve")
OLDEST_PYTHON = "3.11"
# Requirements of torch's GPU build on Linux: several gigabytes that this product never needs.
GPU_PACKAGES = ("cuda-toolkit", "cuda-bindings", "triton", "nvidia-cudnn-cu13",
                "nvidia-cusparselt-cu13", "nvidia-nccl-cu13", "nvidia-nvshmem-cu13")  # fmt: skip


def main() -> None:
    """Write requirements.in, requirements.txt, requirements-dev.txt and requirements.lock."""
    upgrade = ["--upgrade"] if os.environ.get("UPGRADE") else []
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    _write("requirements.in", "the dependencies in pyproject.toml", project["dependencies"])
    product = _pinned(_pins("requirements.txt"), "requirements.in", *upgrade)
    _write("requirements.txt", "requirements.in", product)
    everything = [*_pins("requirements-dev.txt"), *product]
    tools = _pinned(
        everything, "pyproject.toml", "--group", "dev", *upgrade, "-c", "requirements.txt"
    )
    extra = [line for line in tools if line not in product]
    _write(
        "requirements-dev.txt", "the group `dev` in pyproject.toml", ["-r requirements.txt", *extra]
    )
    _write(*HASHED, _pinned([], "requirements.txt", "--no-deps", "--generate-hashes"))


def _pins(name: str) -> list[str]:
    """Return the lines of a pinned list, without comments and references to other lists."""
    path = ROOT / name
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def _pinned(pins: list[str], *options: str) -> list[str]:
    """Resolve what `options` name to exact versions, keeping those in `known` that still fit."""
    with tempfile.TemporaryDirectory() as folder:
        target, without = Path(folder) / "pinned.txt", Path(folder) / "without.txt"
        target.write_text("\n".join(pins), encoding="utf-8")
        without.write_text("\n".join(GPU_PACKAGES), encoding="utf-8")
        command = ["uv", "pip", "compile", "--quiet", "--universal", "--no-header", "--no-annotate"]
        command += ["--python-version", OLDEST_PYTHON, "--excludes", str(without)]
        subprocess.run([*command, "-o", str(target), *options], check=True, cwd=ROOT)
        return target.read_text(encoding="utf-8").splitlines()


def _write(name: str, source: str, lines: list[str]) -> None:
    text = HEADER.format(source=source) + "\n".join(lines) + "\n"
    (ROOT / name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{name}: {len(lines)} lines\n")


if __name__ == "__main__":
    main()
