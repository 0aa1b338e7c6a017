"""`run`: one command that prepares and starts."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_what_setup_cannot_do_ends_the_start_with_its_sentence(tmp_path: Path) -> None:
    environment = os.environ | {
        "SANDBOX_DATA_DIR": str(tmp_path),
        "SANDBOX_RETRIEVAL__TOP_K": "many",
    }

    done = subprocess.run(
        [sys.executable, "sandbox_cli.py", "run"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "SANDBOX_RETRIEVAL__TOP_K" in done.stderr
    assert "Traceback" not in done.stderr
    assert "Streamlit" not in done.stdout
