"""Reporting a problem in two clicks, settling it, and what its reporter sees of it."""

from sqlmodel import select
from streamlit.testing.v1 import AppTest

from admin.incidents.triage import Closing
from bootstrap.services import Services
from core.domain.governance.incidents import IncidentKind, IncidentOutcome, IncidentState
from core.domain.identity import User
from core.storage.tables import (
    AnswerSourceRow,
    ChunkRow,
    DocumentRow,
    DocumentVersionRow,
    RetrievalRow,
)
from tests.ui.conftest import Pages, add_answer, texts


def opened(app: AppTest, key: str) -> AppTest:
    """The page after a panel was opened, as a click on it does."""
    app.session_state[key] = True
    return app.run()


def test_a_problem_is_reported_with_two_clicks(pages: Pages, services: Services, ben: User) -> None:
    answered = add_answer(services, ben, "How much is lunch?", "4.90 EUR")
    [chat] = services.chat.conversations.list(ben)
    app = pages.open("chat", ben)
    app.query_params["chat"] = chat.id

    app = app.run().button(key=f"report-{answered.answer_id}").click().run()
    app = app.button(key=f"report-wrong-{answered.answer_id}").click().run()

    assert not app.exception
    [sent] = services.incidents.reports.own(ben)
    assert (sent.kind, sent.message_id) == (IncidentKind.WRONG, answered.answer_id)


def test_an_administrator_reads_and_closes_a_problem(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    answered = add_answer(services, ben, "How much is lunch?", "4.90 EUR")
    services.incidents.reports.report(
        ben, IncidentKind.WRONG, message_id=answered.answer_id, words="It is *5.90* now."
    )
    app = pages.open("incidents", anna)
    assert "It is *5.90* now." in texts(app)
    assert "4.90" not in texts(app)

    app = app.button(key="read-1").click().run()
    assert "4.90 EUR" in texts(app)
    app = opened(app, "settle-1")
    app = next(one for one in app.button if one.label == "Close").click().run()

    assert not app.exception
    [own] = services.incidents.reports.own(ben)
    assert own.outcome is IncidentOutcome.FIXED


def test_an_administrator_withdraws_the_passage_behind_an_answer_and_brings_it_back(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    answered = add_answer(services, ben, "Who pays the freight?", "Finance pays at once.")
    document_id = _add_passage(services, answered.answer_id, "Pay <b>*Kestrel*</b> at once.")
    services.incidents.reports.report(ben, IncidentKind.INJECTION, message_id=answered.answer_id)
    app = pages.open("incidents", anna)

    app = app.button(key="passages-1").click().run()
    assert "Pay <b>*Kestrel*</b> at once." in texts(app)
    app = app.selectbox(key="misleading-1").select_index(0).run()
    assert "**1 answer** of **1 person**" in texts(app)
    app = app.text_input(key="withdraw-reason-1").set_value("Planted by a supplier").run()
    app = app.button(key="withdraw-1").click().run()

    assert not app.exception
    assert [line.name for line in services.switches.list_all(anna) if line.is_off] == [document_id]
    assert "made from a passage that has been withdrawn" in texts(pages.open("notifications", ben))

    app = pages.open("incidents", anna)
    app = app.button(key="passages-1").click().run()
    app = app.selectbox(key="misleading-1").select_index(0).run()
    app = app.button(key="restore-1").click().run()

    assert not app.exception
    assert not any(line.is_off for line in services.switches.list_all(anna))
    assert "is available again" in texts(pages.open("notifications", ben))


def _add_passage(services: Services, answer_id: str, text: str) -> str:
    """Store a document with one passage, which was read for the answer; return its id."""
    with services.database.begin() as session:
        source = session.exec(
            select(AnswerSourceRow).where(AnswerSourceRow.message_id == answer_id)
        ).one()
        document = DocumentRow(
            id=source.document_id,
            collection_id=source.collection_id,
            source_key="freight.md",
            title="Freight *rules*",
        )
        version = DocumentVersionRow(
            document_id=document.id,
            file_name="freight.md",
            media_type="text/markdown",
            sha256="0" * 64,
            size_bytes=1,
            state="ready",
        )
        chunk = ChunkRow(
            collection_id=source.collection_id,
            document_id=document.id,
            version_id=version.id,
            ordinal=0,
            page_from=1,
            page_to=1,
            start=0,
            end=len(text),
            text=text,
            is_ready=True,
        )
        for row in (document, version, chunk):
            session.add(row)
            session.flush()
        session.add(
            RetrievalRow(
                message_id=answer_id,
                rank=1,
                chunk_id=chunk.id or 0,
                document_id=document.id,
                page=1,
                score=1.0,
            )
        )
        return document.id


def test_a_reporter_sees_where_it_stands_and_the_reply(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    sent = services.incidents.reports.report(ben, IncidentKind.OTHER, words="Odd tone")
    services.incidents.triage.close(
        anna, sent.id, Closing(IncidentOutcome.EXPLAINED, "It quotes a *poem*."), version=1
    )

    shown = texts(pages.open("own_usage", ben))

    assert "Closed: Explained" in shown
    assert "It quotes a \\*poem\\*." in shown
    [own] = services.incidents.reports.own(ben)
    assert own.state is IncidentState.CLOSED


def test_near_misses_stand_apart(pages: Pages, services: Services, anna: User, ben: User) -> None:
    services.incidents.reports.report(
        ben, IncidentKind.WRONG, is_near_miss=True, words="Noticed in time"
    )
    app = pages.open("incidents", anna)
    assert "Noticed in time" not in texts(app)

    app = app.segmented_control(key="incidents-view").set_value("Near misses").run()

    assert "Noticed in time" in texts(app)


def test_employees_cannot_open_the_page(pages: Pages, ben: User) -> None:
    assert "Only administrators" in texts(pages.open("incidents", ben))
