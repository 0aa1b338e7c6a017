"""Idea cards as plain records, one object a line for other systems."""

from core.domain.ideas.card import IdeaCard


def idea_record(card: IdeaCard) -> dict[str, object]:
    """Return one flat record; times are in ISO 8601, UTC."""
    return {
        "number": card.label,
        "title": card.draft.title,
        "problem": card.draft.problem,
        "proposal": card.draft.proposal,
        "category": card.draft.category.value,
        "expected_benefit": card.draft.expected_benefit,
        "status": card.status.value,
        "quadrant": card.evaluation.quadrant if card.evaluation else None,
        "risk_class": card.risk,
        "submitter": card.submitter_name,
        "submitted_at": card.submitted_at.isoformat(),
        "question": card.origin.question if card.origin else "",
        "answer": card.origin.answer if card.origin else "",
        "sources": [
            {"document": c.file_name, "page": c.page, "quote": c.quote}
            for c in (card.origin.citations if card.origin else ())
        ],
    }
