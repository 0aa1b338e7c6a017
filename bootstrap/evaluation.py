"""Connects the evaluation with the chat, and names the configuration that was evaluated."""

import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from core.domain.answers import RetrievedChunk, Turn
from core.domain.identity import User
from core.domain.ports import Embedder
from core.settings import Settings
from core.storage.database import Database
from core.storage.tables import EVALUATION_SURFACE
from evaluation.service import Evaluations
from ingestion.reading.splitter import SPLITTER_VERSION
from rag.prompting.prompt import load_prompt
from rag.service import Chat

ROOT = Path(__file__).parent.parent
GIT_SECONDS = 5


def build_evaluations(
    settings: Settings, database: Database, chat: Chat, embedder: Embedder
) -> Evaluations:
    """Build evaluations of this chat; their usage is recorded under its own name."""

    def find(
        user: User,
        question: str,
        *,
        history: Sequence[Turn],
        k: int,
        collection_ids: Sequence[str] | None,
    ) -> Sequence[RetrievedChunk]:
        return chat.search(
            user,
            question,
            k=k,
            history=history,
            collection_ids=collection_ids,
            surface=EVALUATION_SURFACE,
        )

    def configuration() -> dict[str, str]:
        return {
            "engine": chat.model_name or "passages",
            "prompt": load_prompt(settings.company_name).version if chat.model_name else "",
            "embedding": embedder.name,
            "splitter": SPLITTER_VERSION,
            "judge": settings.grounding.judge,
            "keywords": settings.keywords.engine,
            "reranker": Path(settings.reranker.model).name,
            "revision": git_revision(ROOT),
        }

    return Evaluations(
        database, partial(chat.answer_once, surface=EVALUATION_SURFACE), find, configuration
    )


def git_revision(folder: Path) -> str:
    """Return the start of the commit that is checked out, "" if git does not know."""
    command = ["git", "-C", str(folder), "rev-parse", "--short=12", "HEAD"]
    try:
        process = subprocess.run(
            command, capture_output=True, text=True, timeout=GIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return process.stdout.strip() if process.returncode == 0 else ""
