"""A made-up year of usage, as large as wanted, written straight into the tables."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from core.domain.batches import batched
from core.domain.clock import new_id, now
from core.storage.database import Database
from core.storage.tables import AnswerUsageRow, ModelCallRow, UserRow

PEOPLE, DAYS, SEED, AT_ONCE = 1_500, 365, 14, 20_000
GROUPS = (
    *("Customs", "Sales", "Finance", "Legal", "Warehouse", "Human resources", "Purchasing"),
    *("Quality", "IT", "Transport", "Marketing", "Board"),
)
MODELS = ("gpt-4o-mini", "gpt-4o", "llama-3.3-70b")
PASSAGES = "passages"
SURFACES = ("chat", "chat", "chat", "chat", "chat", "chat", "chat", "api", "terminal", "evaluation")
Row = dict[str, Any]


def fill(database: Database, answers: int) -> None:
    """Write so many answers of the year before now, most of them with one request each."""
    chance = random.Random(SEED)
    people = [_person(number) for number in range(PEOPLE)]
    # Some ask much, most ask little.
    weights = [1 / (1 + number / 50) for number in range(PEOPLE)]
    with database.begin() as session:
        session.execute(insert(UserRow), people)
    began = now() - timedelta(days=DAYS)
    moments = sorted(began + timedelta(days=chance.random() * DAYS) for _ in range(answers))
    for some in batched(moments, AT_ONCE):
        askers = chance.choices(range(PEOPLE), weights, k=len(some))
        rows = [
            _answer(chance, people[asker]["id"], asker, moment)
            for asker, moment in zip(askers, some, strict=True)
        ]
        with database.begin() as session:
            _write(session, rows, list(_requests(chance, rows)))


def _write(session: Session, answers: list[Row], requests: list[Row]) -> None:
    session.execute(insert(AnswerUsageRow), answers)
    session.execute(insert(ModelCallRow), requests)


def _person(number: int) -> Row:
    return {
        "id": new_id(),
        "email": f"person{number}@nordhafen.example",
        "name": f"Person {number}",
        "role": "employee",
        "is_active": True,
    }


def _answer(chance: random.Random, user_id: str, number: int, moment: datetime) -> Row:
    sentences = chance.randrange(1, 6)
    return {
        "id": new_id(),
        "message_id": new_id(),
        "conversation_id": new_id(),
        "user_id": user_id,
        "group_names": GROUPS[number % len(GROUPS)],
        "created_at": moment,
        "surface": chance.choice(SURFACES),
        "engine": PASSAGES if chance.random() < 0.2 else chance.choice(MODELS),
        "status": "failed" if chance.random() < 0.01 else "complete",
        "abstained": chance.random() < 0.15,
        "top_similarity": chance.gauss(0.6, 0.1),
        "passages_found": chance.randrange(8),
        "citations": chance.randrange(4),
        "sentences": sentences,
        "supported_sentences": chance.randrange(sentences + 1),
        "first_token_ms": round(chance.lognormvariate(6.5, 0.5)),
        "total_ms": round(chance.lognormvariate(8, 0.6)),
        "cost_micros": 0,
    }


def _requests(chance: random.Random, answers: list[Row]) -> Iterator[Row]:
    for answer in answers:
        if answer["engine"] != PASSAGES:
            yield {
                "id": new_id(),
                "answer_usage_id": answer["id"],
                **{key: answer[key] for key in ("user_id", "group_names", "created_at", "surface")},
                "purpose": "answer",
                "provider": "provider",
                "model_requested": answer["engine"],
                "status": answer["status"],
                "input_tokens": chance.randrange(500, 5_000),
                "output_tokens": chance.randrange(50, 600),
                "cost_micros": chance.randrange(100, 9_000),
                "currency": "EUR",
            }
