"""Vectors of the sentences inside each passage."""

from sqlalchemy import LargeBinary
from sqlmodel import Column, Field, SQLModel


class SentenceVectorsRow(SQLModel, table=True):
    """The sentences of one passage in one generation of its index.

    They are in the database because they are read by passage, not searched. `vectors` holds one
    signed byte for each number, sentence after sentence; the scale is left out, since only
    directions are compared.
    """

    __tablename__ = "sentence_vectors"

    chunk_id: int = Field(foreign_key="chunks.id", ondelete="CASCADE", primary_key=True)
    generation: int = Field(default=1, primary_key=True, sa_column_kwargs={"server_default": "1"})
    vectors: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
