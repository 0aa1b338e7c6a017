"""What is loaded at start and left out of garbage collection."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
# In a process of its own: whatever is frozen here would stay frozen for all other tests.
PROGRAM = """
import gc, sys
from bootstrap.preparation import migrate_database
from bootstrap.services import build_services
from bootstrap.warming import warm_up
from core.settings import Settings
import bootstrap.embedders
from tests.ingestion.fakes import HashingEmbedder

bootstrap.embedders.build_embedder = lambda *_, **__: HashingEmbedder()
settings = Settings(data_dir=sys.argv[1], llm={"base_url": "http://127.0.0.1:9/v1", "model": "m"})
migrate_database(settings)
warm_up(build_services(settings))
late = [name for name in ("langchain_openai", "openai", "langsmith") if name not in sys.modules]
print(late, len(gc.get_objects()) < gc.get_freeze_count() / 10)
"""


def test_libraries_are_loaded_at_start_and_no_collection_looks_at_them(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split("\n")[-2:] == ["[] True", ""], done.stderr


def test_streamlit_collects_nothing_after_a_page_run() -> None:
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))

    assert settings["runner"]["postScriptGC"] is False
