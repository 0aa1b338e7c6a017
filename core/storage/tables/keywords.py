"""Tables of the keyword index in PostgreSQL; SQLite has none of them, nor the type tsvector."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import SQLModel

from core.storage.tables.base import NAMING_CONVENTION

postgres_metadata = MetaData(naming_convention=NAMING_CONVENTION)
"""Tables that exist on PostgreSQL only, apart from SQLModel.metadata."""

keyword_entries = Table(
    "keyword_entries",
    postgres_metadata,
    Column("collection_id", String(32), primary_key=True),
    Column("chunk_id", Integer, primary_key=True, autoincrement=False),
    # The position of a lexeme is its frequency, so that no order of words is stored.
    Column("words", TSVECTOR, nullable=False),
    Column("length", Integer, nullable=False),
    Column("identifiers", Integer, nullable=False),
)

# The chunks of one block of ids that hold a term: ids, frequencies and lengths, packed.
keyword_postings = Table(
    "keyword_postings",
    postgres_metadata,
    Column("collection_id", String(32), primary_key=True),
    Column("term", Text, primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("postings", LargeBinary, nullable=False),
)

# One row per collection with the totals that BM25 needs; writers lock it.
keyword_totals = Table(
    "keyword_totals",
    postgres_metadata,
    Column("collection_id", String(32), primary_key=True),
    Column("entries", Integer, nullable=False),
    Column("length", BigInteger, nullable=False),
    Column("identifiers", BigInteger, nullable=False),
)


def metadata_of(dialect: str) -> MetaData:
    """Return all tables that a migrated database of this kind has."""
    if dialect != "postgresql":
        return SQLModel.metadata
    together = MetaData(naming_convention=NAMING_CONVENTION)
    for metadata in (SQLModel.metadata, postgres_metadata):
        for table in metadata.tables.values():
            table.to_metadata(together)
    return together
