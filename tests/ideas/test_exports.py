"""Exports of ideas, opened by the programs that people open them with."""

import csv
import io
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlmodel import select

from core.domain.answers import WITHHELD
from core.domain.ideas.card import IdeaCategory
from core.domain.ideas.filters import IdeaFilter
from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus, Oversight
from core.domain.identity import SYSTEM
from core.errors import AccessDenied, NotFound
from core.printing.delimited import FORMULA_STARTS
from core.storage.database import Database
from core.storage.tables import (
    AnswerSourceRow,
    AuditEventRow,
    CollectionRow,
    ConversationRow,
    DocumentRow,
    IdeaReviewRow,
    IdeaRow,
    IdeaTagRow,
    IdeaVoteRow,
    MessageRow,
)
from ideas.export.service import SHEET, IdeaExports
from ideas.export.tables import COLUMNS, View
from ideas.portfolio.ranking import RankedBy
from ideas.scoring.criteria import shipped_criteria
from ideas.scoring.rescoring import rescore
from ideas.triage.classification import TriageAnswer
from ideas.triage.service import RiskTriage, TriageForm
from tests.ideas.office import DRAFT, LESSON, Office

KEYS = shipped_criteria().scored
ALL = IdeaFilter()
FIDER = {
    "number", "title", "description", "created_at", "created_by", "votes_count", "comments_count",
    "status", "responded_by", "responded_at", "response", "original_number", "original_title",
    "tags",
}  # fmt: skip


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


@pytest.fixture
def exports(office: Office) -> IdeaExports:
    return IdeaExports(office.database, currency="EUR")


def in_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def in_excel(content: bytes) -> list[dict[str, object]]:
    """The rows, as a reader that knows formulas sees them."""
    sheet = load_workbook(io.BytesIO(content))[SHEET]
    header, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def printed(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def scored(office: Office, *scores: int, status: IdeaStatus = IdeaStatus.EVALUATION) -> str:
    idea = office.idea(office.anna, status)
    for reviewer, score in zip((office.rita, office.rob, office.ruth), scores, strict=False):
        office.review(reviewer, idea, dict.fromkeys(KEYS, score))
    with office.database.begin() as session:
        rescore(session, session.get_one(IdeaRow, idea))
    return idea


def test_a_file_has_the_columns_of_the_others_and_our_own(
    office: Office, exports: IdeaExports
) -> None:
    idea = scored(office, 5, 4)
    office.change(
        idea,
        money_per_month_micros=1_500_000_000,
        risk_class="high",
        business_unit="Sales",
        pilot_ends_on=date(2027, 3, 31),
    )
    with office.database.begin() as session:
        session.add(IdeaVoteRow(idea_id=idea, user_id=office.ben.id))
        session.add_all(IdeaTagRow(idea_id=idea, tag=tag) for tag in ("travel", "mail"))

    (row,) = in_csv(exports.csv(office.carl, ALL))
    (sheet,) = in_excel(exports.xlsx(office.carl, ALL))

    assert FIDER <= set(row) == set(sheet) == set(COLUMNS)
    assert (row["number"], row["created_by"], row["status"]) == ("IDEA-0001", "Anna", "Evaluation")
    assert (row["votes_count"], row["tags"], row["risk_class"]) == ("1", "mail, travel", "High")
    assert (row["value"], row["quadrant"], row["reviews"]) == ("87.5", "Quick win", "2")
    assert (row["money_per_month"], row["pilot_ends_on"]) == ("1500", "2027-03-31")
    assert (sheet["money_per_month"], sheet["value"], sheet["votes_count"]) == (1500, 87.5, 1)
    created = office.row(idea).submitted_at.replace(tzinfo=None)
    assert abs(sheet["created_at"] - created) < timedelta(milliseconds=1)  # type: ignore[operator]  # a time


def test_the_reply_and_the_original_of_an_idea_are_told(
    office: Office, exports: IdeaExports
) -> None:
    original, copy = office.idea(office.anna), office.idea(office.ben)
    office.move(office.rita, copy, IdeaStatus.TRIAGE, "We look at it this week.")
    office.move(office.rob, copy, IdeaStatus.DUPLICATE, "Anna had it first.", target_id=original)

    merged, other = in_csv(exports.csv(office.carl, ALL))

    assert (merged["responded_by"], merged["response"]) == ("Rob", "Anna had it first.")
    assert merged["original_number"] == other["number"]
    assert merged["original_title"] == other["title"]
    assert (other["responded_by"], other["response"], other["original_number"]) == ("", "", "")


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_text_that_looks_like_a_formula_stays_text(
    office: Office, exports: IdeaExports, start: str
) -> None:
    evil = f'{start}HYPERLINK("http://evil.example","Open")'
    idea = office.idea(office.anna)
    office.change(idea, title=evil, problem=evil, business_unit=evil, status_reason=evil)
    with office.database.begin() as session:
        session.add(IdeaTagRow(idea_id=idea, tag=evil[:40]))

    (row,) = in_csv(exports.csv(office.carl, ALL))
    sheet = load_workbook(io.BytesIO(exports.xlsx(office.carl, ALL)))[SHEET]

    assert row["title"] == row["description"] == f"'{evil}"
    assert not any((cell or "").startswith(FORMULA_STARTS) for cell in row.values())
    cells = [cell for line in sheet.iter_rows(min_row=2) for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells if isinstance(cell.value, str)} == {"s"}
    assert evil in [str(cell.value) for cell in cells]
    assert all(cell.quotePrefix for cell in cells if cell.value == evil)


def test_cells_with_commas_quotes_and_lines_are_read_as_they_were(
    office: Office, exports: IdeaExports
) -> None:
    words = 'One, "two"; three\r\nfour\n\n= five'
    idea = office.idea(office.anna)
    office.change(idea, problem=words)

    (row,) = in_csv(exports.csv(office.carl, ALL))
    (sheet,) = in_excel(exports.xlsx(office.carl, ALL))

    assert row["description"] == words
    assert str(sheet["description"]).replace("_x000D_", "").split() == words.split()


def test_any_character_and_any_length_is_exported(office: Office, exports: IdeaExports) -> None:
    every = "".join(
        chr(code)
        for code in (*range(0x20, 0x3000, 7), 0x1F600, 0x10FFFF, *range(32))
        if not 0xD800 <= code <= 0xDFFF
    )
    idea = office.idea(office.anna)
    office.change(idea, title=every[:90].replace("\0", ""), problem=every, proposal="x" * 40_000)

    (row,) = in_csv(exports.csv(office.carl, ALL))
    (sheet,) = in_excel(exports.xlsx(office.carl, ALL))
    card = PdfReader(io.BytesIO(exports.card_pdf(office.carl, idea)))
    portfolio = PdfReader(io.BytesIO(exports.portfolio_pdf(office.carl, ALL)))

    assert "😀" in row["description"]
    assert len(str(sheet["proposal"])) == 32_767
    assert (len(card.pages), len(portfolio.pages)) == (1, 1)


@pytest.mark.parametrize(
    ("view", "front"),
    [
        (View.LIST, []),
        (View.MATRIX, ["yearly_benefit", "value_spread", "feasibility_spread"]),
        (View.BOARD, ["days_in_status"]),
        (View.RANKING, ["place", "ranked_by"]),
        (View.ROADMAP, ["quarter", "milestone", "milestone_on"]),
    ],
)
def test_each_view_is_exported_in_its_order_with_its_columns(
    office: Office, exports: IdeaExports, view: View, front: list[str]
) -> None:
    low = scored(office, 2, 2, status=IdeaStatus.APPROVED)
    high = scored(office, 5, 5, status=IdeaStatus.APPROVED)
    office.change(low, pilot_ends_on=date(2027, 1, 31))
    office.change(high, pilot_ends_on=date(2027, 6, 30))
    numbers = {view: ["IDEA-0002", "IDEA-0001"] for view in View}
    numbers[View.BOARD] = numbers[View.ROADMAP] = ["IDEA-0001", "IDEA-0002"]

    rows = in_csv(exports.csv(office.carl, ALL, view))

    assert list(rows[0])[: len(front)] == front
    assert [row["number"] for row in rows] == numbers[view]


def test_a_ranking_is_exported_by_its_figure(office: Office, exports: IdeaExports) -> None:
    for votes in (1, 3, 2):
        idea = office.idea(office.anna)
        people = (office.ben, office.carl, office.rita)[:votes]
        with office.database.begin() as session:
            session.add_all(IdeaVoteRow(idea_id=idea, user_id=p.id) for p in people)

    rows = in_csv(exports.csv(office.carl, ALL, View.RANKING, RankedBy.VOTES))

    assert [(row["place"], row["ranked_by"]) for row in rows] == [
        ("1", "3"),
        ("2", "2"),
        ("3", "1"),
    ]


def test_only_what_the_filter_lets_through_is_exported(
    office: Office, exports: IdeaExports
) -> None:
    office.change(office.idea(), business_unit="Sales")
    office.idea()

    (row,) = in_csv(exports.csv(office.carl, IdeaFilter(business_unit="Sales")))

    assert row["business_unit"] == "Sales"
    assert in_csv(exports.csv(office.carl, IdeaFilter(business_unit="None"))) == []


def test_who_owes_a_review_finds_no_score_in_any_file(office: Office, exports: IdeaExports) -> None:
    idea = scored(office, 5, 5)
    with office.database.begin() as session:
        session.add(IdeaReviewRow(idea_id=idea, reviewer_id=office.ruth.id))

    (row,) = in_csv(exports.csv(office.ruth, ALL))
    (sheet,) = in_excel(exports.xlsx(office.ruth, ALL, View.RANKING))
    page, portfolio = (
        printed(exports.card_pdf(office.ruth, idea)),
        printed(exports.portfolio_pdf(office.ruth, ALL)),
    )

    assert (row["value"], row["quadrant"], row["reviews"]) == ("", "", "")
    assert (sheet["place"], sheet["value"]) == (None, None)
    assert "Hidden until your own review is in." in page
    assert "100" not in page
    assert "left out until your own review is in" in portfolio
    assert in_csv(exports.csv(office.ruth, ALL, View.MATRIX)) == []


def with_answer(office: Office) -> str:
    """An idea from an answer of which only Anna's collection is the source."""
    collection = CollectionRow(
        name="Board papers", is_open=True, embedding_model="m", embedding_dimension=3,
        splitter_version="1",
    )  # fmt: skip
    with office.database.begin() as session:
        session.add(collection)
        session.flush()
        document = DocumentRow(collection_id=collection.id, source_key="a", title="Plan")
        chat = ConversationRow(user_id=office.anna.id, title="Plan")
        session.add_all([document, chat])
        session.flush()
        asked = MessageRow(
            conversation_id=chat.id,
            position=0,
            role="user",
            status="complete",
            text="What is planned?",
        )
        answer = MessageRow(
            conversation_id=chat.id, position=1, role="assistant", status="complete",
            text="The secret plant.", engine="passages",
        )  # fmt: skip
        session.add_all([asked, answer])
        session.flush()
        session.add(
            AnswerSourceRow(
                message_id=answer.id, document_id=document.id, collection_id=collection.id
            )
        )
    card = office.ideas.submit(office.anna, DRAFT, message_id=answer.id)
    with office.database.begin() as session:
        session.get_one(CollectionRow, collection.id).is_open = False
    return card.id


def test_words_of_documents_are_withheld_as_on_the_card(
    office: Office, exports: IdeaExports
) -> None:
    idea = with_answer(office)

    for person in (office.carl, office.anna, office.rita, office.ada):
        (row,) = in_csv(exports.csv(person, ALL))
        assert row["from_question"] == "What is planned?"
        assert row["from_answer"] == WITHHELD
        assert "secret" not in str(in_excel(exports.xlsx(person, ALL)))
        page = printed(exports.card_pdf(person, idea))
        assert "secret" not in page
        assert "The answer is withheld" in " ".join(page.split())
    assert in_csv(exports.csv(SYSTEM, ALL))[0]["from_answer"] == "The secret plant."


def test_the_page_for_the_committee_says_what_it_decides_on(
    office: Office, exports: IdeaExports
) -> None:
    idea = office.idea(office.anna, IdeaStatus.TRIAGE)
    triage = RiskTriage(office.database)
    questions = [question.id for question in triage.questionnaire.questions]
    answers = dict.fromkeys(questions, TriageAnswer.NO) | {"H5": TriageAnswer.YES}
    triage.record(office.rita, idea, TriageForm(answers), office.row(idea).row_version)
    oversight = Oversight("Rita decides", "By hand", "We phone")
    triage.oversee(office.rita, idea, oversight, office.row(idea).row_version)
    triage.sign_off(office.ada, idea, "The board looked at it on Monday.")
    office.change(idea, status="evaluation")
    for reviewer, impact in ((office.rita, 5), (office.rob, 2)):
        office.review(reviewer, idea, dict.fromkeys(KEYS, 4) | {"impact": impact})
    with office.database.begin() as session:
        rescore(session, session.get_one(IdeaRow, idea))

    page = " ".join(printed(exports.card_pdf(office.rita, idea)).split())
    outside = " ".join(printed(exports.card_pdf(office.ben, idea)).split())

    for words in (
        "IDEA-0001", DRAFT.problem, DRAFT.proposal, "Risk class High", "Rita decides",
        "Signed off Ada", "Quick win", "the reviewers disagree", "Data readiness", "Page 1 of 1",
    ):  # fmt: skip
        assert words in page
    assert "Signed off" not in outside
    assert "Data readiness" not in outside
    assert "Risk class High" in outside


def test_a_long_card_is_cut_to_one_page(office: Office, exports: IdeaExports) -> None:
    long = "All of this takes very long every single day. " * 100
    idea = office.idea(office.anna)
    texts = ("problem", "proposal", "expected_benefit", "data_needed", "success_metric")
    office.change(idea, **dict.fromkeys(texts, long), who_decides=long, lesson_learned=LESSON)

    reader = PdfReader(io.BytesIO(exports.card_pdf(office.rita, idea)))

    assert len(reader.pages) == 1
    assert "…" in reader.pages[0].extract_text()


def test_the_portfolio_has_the_matrix_as_vectors_and_the_same_as_a_table(
    office: Office, exports: IdeaExports
) -> None:
    for scores, risk in (((5, 5), RiskClass.HIGH), ((1, 2), None), ((4,), RiskClass.MINIMAL)):
        office.change(scored(office, *scores), risk_class=risk.value if risk else None)
    office.change(scored(office, 3, 3), category=IdeaCategory.NEW_BUSINESS_MODEL.value)

    content = exports.portfolio_pdf(office.carl, IdeaFilter(search="question"))

    reader = PdfReader(io.BytesIO(content))
    text = " ".join(printed(content).split())
    assert list(reader.pages[0].images) == []
    curves = sum(op == b"c" for _, op in reader.pages[0].get_contents().operations)  # type: ignore[union-attr]  # a page with content
    assert curves >= 3 * 4  # circles of internal optimisations
    for words in (
        "Feasibility", "Quick win", "Big bet", "Incremental", "Trap", "New business model",
        "Needs counsel", "Not judged yet", "Words question", "provisional", "IDEA-0001",
        "4 ideas with a review, 0 without",
    ):  # fmt: skip
        assert words in text


def test_a_portfolio_of_nothing_is_a_page_that_says_so(
    office: Office, exports: IdeaExports
) -> None:
    assert "No idea of this view has a review yet." in printed(
        exports.portfolio_pdf(office.carl, ALL)
    )


def test_who_is_deactivated_exports_nothing(office: Office, exports: IdeaExports) -> None:
    idea = office.idea()
    gone = replace(office.carl, is_active=False)

    for export in (exports.csv, exports.xlsx, exports.portfolio_pdf):
        with pytest.raises(AccessDenied):
            export(gone, ALL)
    with pytest.raises(AccessDenied):
        exports.card_pdf(gone, idea)
    with pytest.raises(NotFound):
        exports.card_pdf(office.carl, "IDEA-9999")


def test_an_export_is_audited_with_counts_only(office: Office, exports: IdeaExports) -> None:
    office.idea()
    exports.csv(office.carl, ALL)

    with office.database.read() as session:
        (event,) = session.exec(
            select(AuditEventRow).where(AuditEventRow.action == "idea.export")
        ).all()
    assert (event.actor_id, event.details) == (office.carl.id, {"view": "list", "ideas": 1})


def test_exports_work_on_both_databases(database: Database) -> None:
    office = Office(database)
    exports = IdeaExports(database, currency="EUR")
    idea = scored(office, 4, 4)
    office.move(office.rita, office.idea(office.ben), IdeaStatus.TRIAGE, "We look at it.")

    for view in View:
        assert in_excel(exports.xlsx(office.carl, ALL, view)) or view is View.ROADMAP
    assert len(PdfReader(io.BytesIO(exports.card_pdf(office.carl, idea))).pages) == 1
    assert sys.getsizeof(exports.portfolio_pdf(office.carl, ALL)) > 10_000
