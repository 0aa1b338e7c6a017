"""Turns SCIM filters and orders into SQL where a column says the same, on both databases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from scim2_models import Resource, ScimFilter
from scim2_models.path import (
    AttributeBinding,
    CompareOperator,
    Comparison,
    FilterVisitor,
    LogicalExpr,
    LogicalOperator,
    Not,
    Path,
    Present,
    ValuePath,
    coerce_value,
)
from sqlalchemy import ColumnElement, and_, func, not_, or_

R = TypeVar("R", bound=Resource[Any])  # Any: resources without extensions


class NotInSql(Exception):
    """The library has to compare resources itself."""


class Kind(StrEnum):
    """How the values of a column are compared."""

    LOWER = "lower"
    """Text that is stored in lower case."""
    TEXT = "text"
    EXACT = "exact"
    FLAG = "flag"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class SqlColumn:
    """A column with the values of an attribute; texts may be empty or NULL for no value."""

    expression: Any  # Any: a column of any type
    kind: Kind

    @property
    def sorted_by(self) -> tuple[Any, ...]:  # Any: as above
        """What orders rows by it, those without a value last."""
        if self.kind in (Kind.FLAG, Kind.TIME):
            return (self.expression,)
        missing = func.coalesce(self.expression, "") == ""
        value = self.expression if self.kind is Kind.EXACT else func.lower(self.expression)
        return (missing, value)


Columns = Mapping[str, SqlColumn]
"""By the name of the attribute in Python, such as `name.given_name`."""


def name_of(binding: AttributeBinding) -> str:
    """Return the name of an attribute in Python, with its sub-attribute behind a dot."""
    inner = binding.sub_field_name
    return f"{binding.field_name}.{inner}" if inner else binding.field_name


class SqlFilter(FilterVisitor[ColumnElement[bool]]):
    """Builds a condition that holds for the rows whose resources match; raises NotInSql."""

    def __init__(self, scim_filter: ScimFilter[R], columns: Columns) -> None:
        self._filter = scim_filter
        self._columns = columns

    def condition(self) -> ColumnElement[bool]:
        """Return the condition."""
        return self.visit(self._filter.ast)

    def visit_comparison(self, node: Comparison) -> ColumnElement[bool]:
        """Compare a column with a value."""
        binding = self._filter.resolve_comparison(node.attr_path)
        column = self._column(binding)
        if binding is None or node.value is None:
            raise NotInSql
        value = coerce_value(binding, node.value, node.op)
        match column.kind:
            case Kind.FLAG:
                return _flag(column, node.op, value)
            case Kind.TIME:
                return _time(column, node.op, value)
            case _:
                return _text(column, node.op, value)

    def visit_present(self, node: Present) -> ColumnElement[bool]:
        """Ask whether there is a value."""
        column = self._column(self._filter.resolve(node.attr_path))
        if column.kind in (Kind.FLAG, Kind.TIME):
            return column.expression.is_not(None)  # type: ignore[no-any-return]  # any column
        return func.coalesce(column.expression, "") != ""

    def visit_not(self, node: Not) -> ColumnElement[bool]:
        """Turn a condition round; none of them is ever NULL."""
        return not_(self.visit(node.expr))

    def visit_logical_expr(self, node: LogicalExpr) -> ColumnElement[bool]:
        """Join conditions."""
        join = and_ if node.op == LogicalOperator.and_ else or_
        return join(*(self.visit(term) for term in node.terms))

    def visit_value_path(self, _node: ValuePath) -> ColumnElement[bool]:
        """Leave selections in lists to the library."""
        raise NotInSql

    def _column(self, binding: AttributeBinding | None) -> SqlColumn:
        column = None if binding is None else self._columns.get(name_of(binding))
        if column is None:
            raise NotInSql
        return column


def sort_column(path: Path[R], model: type[R], columns: Columns) -> SqlColumn:
    """Return the column that orders a list; raise NotInSql."""
    binding = path.resolve(model)
    column = None if binding is None else columns.get(name_of(binding))
    if column is None:
        raise NotInSql
    return column


def _text(column: SqlColumn, op: CompareOperator, value: object) -> ColumnElement[bool]:
    """Compare a text; what databases compare differently is left to the library.

    SQLite folds the case of ASCII letters only, and in LIKE always; orders depend on a locale.
    """
    if not isinstance(value, str) or not value or not value.isascii() or not value.isprintable():
        raise NotInSql
    is_exact = column.kind is Kind.EXACT
    stored = func.lower(column.expression) if column.kind is Kind.TEXT else column.expression
    wanted = value if is_exact else value.lower()
    known = column.expression.is_not(None)
    match op:
        case CompareOperator.eq:
            return and_(known, stored == wanted)
        case CompareOperator.ne:
            return not_(and_(known, stored == wanted))
        case CompareOperator.co if not is_exact:
            return and_(known, stored.contains(wanted, autoescape=True))
        case CompareOperator.sw if not is_exact:
            return and_(known, stored.startswith(wanted, autoescape=True))
        case CompareOperator.ew if not is_exact:
            return and_(known, stored.endswith(wanted, autoescape=True))
        case _:
            raise NotInSql


def _flag(column: SqlColumn, op: CompareOperator, value: object) -> ColumnElement[bool]:
    if not isinstance(value, bool) or op not in (CompareOperator.eq, CompareOperator.ne):
        raise NotInSql
    is_wanted = value is (op == CompareOperator.eq)
    return column.expression.is_(is_wanted)  # type: ignore[no-any-return]  # any column


def _time(column: SqlColumn, op: CompareOperator, value: object) -> ColumnElement[bool]:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise NotInSql
    stored: Any = column.expression  # Any: a column
    conditions: Mapping[CompareOperator, ColumnElement[bool]] = {
        CompareOperator.eq: stored == value,
        CompareOperator.ne: stored != value,
        CompareOperator.gt: stored > value,
        CompareOperator.ge: stored >= value,
        CompareOperator.lt: stored < value,
        CompareOperator.le: stored <= value,
    }
    if op not in conditions:
        raise NotInSql
    return conditions[op]
