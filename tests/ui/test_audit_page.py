"""The page Audit: entries by who, what, when and about what, and whether the log is whole."""

import pytest
from sqlalchemy import text

from admin.audit.values import AuditFilter
from bootstrap.services import Services
from core.domain.identity import SYSTEM, Role, User
from tests.ui.conftest import Pages, add_answer, texts
from ui import words
from ui.audit import words as audit_words


def rows(app: object) -> list[dict[str, str]]:
    """The entries that the page shows."""
    table = app.table[0].value  # type: ignore[attr-defined]  # an AppTest
    found: list[dict[str, str]] = table.to_dict("records")
    return found


def test_entries_are_told_in_words_with_names_instead_of_ids(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    services.people.set_groups(anna, ben.id, ["hr"])

    app = pages.open("audit", anna)

    changed = next(row for row in rows(app) if row["What"].startswith("Changed groups"))
    assert (changed["Who"], changed["About"]) == (
        words.plain(anna.email),
        words.plain(ben.email),
    )
    assert changed["Details"] == "before: none, after: hr"
    assert any(row["Who"] == "The terminal" for row in rows(app))


def test_entries_are_chosen_by_person_kind_result_and_object(
    pages: Pages, services: Services, anna: User, ben: User
) -> None:
    services.people.set_role(anna, ben.id, Role.REVIEWER)
    services.audit.note_refusal(ben, "page")
    app = pages.open("audit", anna)

    app.selectbox(key="audit-who").select(anna.id)
    by_anna = rows(app.selectbox(key="audit-what").select("person.").run())
    app.selectbox(key="audit-who").select("everyone")
    app.selectbox(key="audit-what").select("")
    refused = rows(app.selectbox(key="audit-outcome").select("refused").run())
    app.selectbox(key="audit-outcome").select("")
    about = rows(app.text_input(key="audit-object").input(ben.id).run())
    nothing = app.text_input(key="audit-object").input("nobody").run()

    assert [row["What"] for row in by_anna] == ["Changed a role"]
    assert [row["What"] for row in refused] == ["Was refused access"]
    assert {"Added a person", "Changed a role"} <= {row["What"] for row in about}
    assert "No entries match" in nothing.info[0].value


def test_the_log_is_checked_and_what_was_changed_is_named(
    pages: Pages, services: Services, anna: User
) -> None:
    app = pages.open("audit", anna)
    whole = app.button(key="audit-check").click().run().success[0].value
    with services.database.begin() as session:
        session.connection().execute(text("DROP TRIGGER audit_events_updated"))
        session.connection().execute(text("UPDATE audit_events SET actor_id = 'x' WHERE id = 1"))

    app = app.button(key="audit-check").click().run()

    assert whole.startswith("The log is whole")
    assert app.error[0].value.startswith("The log is not what it was: 1 problem")
    assert "Entry 1 was changed" in texts(app)


def test_many_entries_have_pages_and_a_file_that_is_recorded(
    pages: Pages, services: Services, anna: User
) -> None:
    for number in range(60):
        services.groups.add(anna, f"group {number}")
    app = pages.open("audit", anna)

    second = rows(app.number_input(key="audit-page").set_value(2).run())
    app.button(key="audit-file").click().run()

    assert len(second) < 50
    exports = services.audit.list(SYSTEM, AuditFilter(action="audit.exported"))
    assert [event.actor for event in exports] == [anna.email]


def test_only_administrators_see_the_log_and_a_refusal_is_recorded(
    pages: Pages, services: Services, ben: User
) -> None:
    app = pages.open("audit", ben)

    assert app.table.len == 0
    assert "Only administrators" in app.error[0].value
    [refusal] = services.audit.list(SYSTEM, AuditFilter(action="access.refused"))
    assert (refusal.actor, refusal.outcome) == (ben.email, "refused")


def test_of_one_person_sixty_refusals_an_hour_are_recorded(
    services: Services, anna: User, ben: User
) -> None:
    for _ in range(70):
        services.audit.note_refusal(ben, "export", "0" * 32)
    services.audit.note_refusal(anna, "export")

    found = services.audit.list(SYSTEM, AuditFilter(action="access.refused"), limit=100)
    assert len(found) == 61


def test_whose_question_was_read_learns_it_and_the_reader_does_not_learn_whose_it_was(
    services: Services, anna: User, ben: User
) -> None:
    answer = add_answer(services, ben, "How high is my bonus?", "", abstained=True)

    services.usage.unanswered(anna)

    [event] = services.audit.list(SYSTEM, AuditFilter(action="usage.read_questions"))
    [reading] = services.audit.readings_of(ben)
    assert (reading.reader, reading.action) == ("Anna Berg", "usage.read_questions")
    assert services.audit.readings_of(anna) == []
    assert ben.id not in f"{event}"
    assert answer.question_id not in f"{event}"


@pytest.mark.parametrize(
    ("kept", "told"),
    [("os:ada", "This machine, ada"), ("net:0123456789abcdef", "Address 01234567"), ("", "")],
)
def test_where_an_event_came_from_is_told(kept: str, told: str) -> None:
    assert audit_words.origin(kept) == told
