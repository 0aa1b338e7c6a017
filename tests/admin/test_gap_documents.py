"""Documents that nobody cites, and those behind answers that were rated not helpful."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from admin.gaps.documents import DAYS, DoubtedDocument
from core.domain.clock import now
from core.errors import AccessDenied
from core.storage.database import Database
from core.storage.tables import AnswerSourceRow
from tests.admin.gap_chats import GapOffice

LONG_AGO = timedelta(days=DAYS + 10)


def test_documents_that_nobody_cites_are_listed_with_their_reads(database: Database) -> None:
    office = GapOffice(database)
    fleet = office.collection("Fleet", office.maria)
    old = now() - LONG_AGO
    cited, uncited, read = (office.document(fleet, name, at=old) for name in ("A", "B", "C"))
    office.document(fleet, "New")
    office.ask(office.ben, "Cited ?", abstained=False, cites=(cited,))
    office.ask(office.ben, "Long ago ?", abstained=False, cites=(uncited, cited), at=old)
    looked = office.ask(office.ben, "Looked at ?")
    with database.begin() as session:
        session.add(
            AnswerSourceRow(message_id=looked.answer_id, document_id=read, collection_id=fleet)
        )

    found = office.documents.uncited(office.anna)

    assert [(one.title, one.reads) for one in found] == [("C", 1), ("B", 0)]


def test_documents_behind_bad_answers_are_counted_as_a_query_counts_them(
    database: Database,
) -> None:
    office = GapOffice(database)
    fleet = office.collection("Fleet", office.maria)
    one, two = office.document(fleet, "One"), office.document(fleet, "Two")
    for number in range(6):
        cites = (one, two, one) if number % 2 else (one,)
        asked = office.ask(office.ben, f"Question {number} ?", abstained=False, cites=cites)
        office.rate(asked, office.ben, -1 if number < 4 else 1)
        if number == 3:
            office.hide(asked)

    found = office.documents.doubted(office.anna)

    with database.read() as session:
        rows = session.connection().execute(
            text(
                "SELECT d.title, count(DISTINCT CASE WHEN f.rating = -1 THEN f.message_id END), "
                "count(DISTINCT f.message_id) FROM documents d "
                "JOIN citations c ON c.document_id = d.id "
                "JOIN feedback f ON f.message_id = c.message_id "
                "JOIN messages m ON m.id = f.message_id "
                "JOIN conversations k ON k.id = m.conversation_id "
                "WHERE k.deleted_at IS NULL GROUP BY d.title"
            )
        )
        expected = {tuple(row) for row in rows}
    assert {(each.title, each.not_helpful, each.rated) for each in found} == expected
    assert [each.not_helpful for each in found] == [3, 1]


def test_owners_see_documents_of_their_collections_only(database: Database) -> None:
    office = GapOffice(database)
    fleet, board = office.collection("Fleet", office.maria), office.collection("Board", None)
    documents = (office.document(fleet, "Trucks"), office.document(board, "Minutes"))
    asked = office.ask(office.ben, "Question ?", abstained=False, cites=documents)
    office.rate(asked, office.ben, -1)

    assert office.documents.doubted(office.maria) == [
        DoubtedDocument(documents[0], "Trucks", "Fleet", 1, 1)
    ]
    with pytest.raises(AccessDenied):
        office.documents.uncited(office.ben)
