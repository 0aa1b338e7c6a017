"""Turns the filter of a view of ideas into conditions on their rows."""

import re
from collections.abc import Iterator

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from core.domain.ideas.filters import IdeaFilter
from core.storage.tables import IdeaCoSubmitterRow, IdeaRow, IdeaTagRow

_NUMBER = re.compile(r"(?:idea-?)?0*(\d{1,9})", re.IGNORECASE)


def conditions(wanted: IdeaFilter) -> list[ColumnElement[bool]]:
    """Return what a row of `ideas` has to fulfil; empty for a filter that asks for nothing."""
    return [*_of_columns(wanted), *_of_texts(wanted), *_of_people_and_tags(wanted)]


def _of_columns(wanted: IdeaFilter) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (IdeaRow.campaign_id, wanted.campaign_id),
        (IdeaRow.business_unit, wanted.business_unit),
        (IdeaRow.category, wanted.category),
        (IdeaRow.owner_id, wanted.owner_id),
        (IdeaRow.risk_class, wanted.risk),
    ):
        if value:
            yield col(column) == str(value)
    if wanted.statuses:
        yield col(IdeaRow.status).in_(sorted(wanted.statuses))


def _of_texts(wanted: IdeaFilter) -> Iterator[ColumnElement[bool]]:
    words = wanted.search.strip()
    if not words:
        return
    fields = (IdeaRow.title, IdeaRow.problem, IdeaRow.proposal)
    number = _NUMBER.fullmatch(words)
    is_it = [col(IdeaRow.number) == int(number[1])] if number else []
    yield or_(*(col(field).icontains(words, autoescape=True) for field in fields), *is_it)


def _of_people_and_tags(wanted: IdeaFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.submitter_id:
        joined = select(IdeaCoSubmitterRow.idea_id).where(
            IdeaCoSubmitterRow.user_id == wanted.submitter_id
        )
        yield or_(col(IdeaRow.submitter_id) == wanted.submitter_id, col(IdeaRow.id).in_(joined))
    if wanted.tag:
        tagged = select(IdeaTagRow.idea_id).where(IdeaTagRow.tag == wanted.tag.casefold())
        yield col(IdeaRow.id).in_(tagged)
