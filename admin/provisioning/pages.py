"""Pages of people and groups, as lists are asked for: filtered, ordered, counted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from scim2_models import Resource, SearchRequest, TooManyException
from sqlmodel import Session, func, select
from sqlmodel.sql.expression import Select

from admin.provisioning.filters import Columns, NotInSql, SqlFilter, sort_column
from admin.provisioning.models import MOST_RESULTS

R = TypeVar("R", bound=Resource[Any])  # Any: resources without extensions
Rows = Sequence[Any]  # Any: rows of a query, as the caller selects them
MOST_COMPARED = 10_000
"""How many resources are compared one by one where SQL cannot."""
FARTHEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class ScimPage(Generic[R]):
    """A part of a list; `start` is 1 for the first of all `total` resources."""

    resources: Sequence[R]
    total: int
    start: int


@dataclass(frozen=True, slots=True)
class Listing(Generic[R]):
    """What a list is made from: its query, its columns, and how rows become resources."""

    model: type[R]
    query: Select[Any, Any]  # Any: rows of the caller
    columns: Columns
    order: Sequence[Any]  # Any: columns
    read: Callable[[Session, Rows], Sequence[R]]

    def page(self, session: Session, request: SearchRequest[R]) -> ScimPage[R]:
        """Return a page of at most 200; raise TooManyException, and SCIMException of the filter."""
        start = min(request.start_index or 1, FARTHEST)
        limit = MOST_RESULTS if request.count is None else min(request.count, MOST_RESULTS)
        try:
            return self._by_sql(session, request, start=start, limit=limit)
        except NotInSql:
            return self._compared(session, request, start=start, limit=limit)

    def _by_sql(
        self, session: Session, request: SearchRequest[R], *, start: int, limit: int
    ) -> ScimPage[R]:
        query, order = self.query, list(self.order)
        if request.filter is not None:
            query = query.where(SqlFilter(request.filter, self.columns).condition())
        if request.sort_by is not None:
            first = sort_column(request.sort_by, self.model, self.columns).sorted_by
            is_down = request.sort_order == SearchRequest.SortOrder.descending
            order = [*(one.desc() if is_down else one for one in first), *order]
        total = session.exec(select(func.count()).select_from(query.subquery())).one()
        if not limit or start > total:
            return ScimPage([], total, start)
        rows = session.execute(query.order_by(*order).offset(start - 1).limit(limit)).all()
        return ScimPage(self.read(session, rows), total, start)

    def _compared(
        self, session: Session, request: SearchRequest[R], *, start: int, limit: int
    ) -> ScimPage[R]:
        """Let the library compare and sort all resources."""
        rows = session.execute(self.query.order_by(*self.order).limit(MOST_COMPARED + 1)).all()
        if len(rows) > MOST_COMPARED:
            raise TooManyException(
                detail=f"More than {MOST_COMPARED} resources would have to be compared one by "
                "one. Filter by userName, displayName or externalId."
            )
        wanted = request.filter
        found = [r for r in self.read(session, rows) if wanted is None or wanted.match(r)]
        ordered = request.sort(found)
        return ScimPage(ordered[start - 1 : start - 1 + limit], len(found), start)
