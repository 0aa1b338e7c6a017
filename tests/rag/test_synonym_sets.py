"""The vocabulary as administrators keep it: added, edited, switched off, imported, in use."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from admin.audit.log import AuditLog
from admin.audit.values import AuditFilter
from core.domain.identity import SYSTEM, Role, User
from core.errors import AccessDenied, Conflict, InvalidInput, NotFound
from core.storage.database import Database
from core.storage.index_terms import word_analyzer
from core.storage.queries.vocabulary import remove_sets_from
from core.storage.tables import SynonymSetRow, UserRow
from rag.synonym_sets import ListedSet, Origin, SynonymSets
from rag.vocabulary.import_text import decoded, read_text, written
from rag.vocabulary.stored import StoredSynonyms
from rag.vocabulary.synonyms import MAX_PHRASES, parse_set, shipped_vocabulary

terms = word_analyzer().analyze
SHIPPED = "=lift, =lifts, =elevator, =elevators"


def process(database: Database) -> tuple[SynonymSets, StoredSynonyms]:
    """The services of one process on a database."""
    synonyms = StoredSynonyms(database, terms, weight=0.4)
    return SynonymSets(database, terms, synonyms), synonyms


@pytest.fixture
def sets(database: Database) -> SynonymSets:
    return process(database)[0]


def person(database: Database, name: str, role: Role) -> User:
    with database.begin() as session:
        row = UserRow(email=f"{name}@nordhafen.example", name=name.title(), role=role.value)
        session.add(row)
        session.flush()
        return User(row.id, row.email, row.name, role)


@pytest.fixture
def anna(database: Database) -> User:
    return person(database, "anna", Role.ADMIN)


def own(sets: SynonymSets) -> list[ListedSet]:
    return [listed for listed in sets.list_all(SYSTEM) if not listed.is_shipped]


def also(sets: SynonymSets, question: str, words: str = "") -> list[str]:
    return [s.text for e in sets.preview(SYSTEM, question, words) for s in e.synonyms]


def shipped_key() -> str:
    return parse_set(SHIPPED).key


# Changes


def test_an_added_set_is_listed_with_who_added_it_and_counts(sets: SynonymSets, anna: User) -> None:
    added = sets.add(anna, "mooring  fee,\tberth charge")

    [listed] = own(sets)
    assert listed == added
    assert listed.synonyms.line == "mooring fee, berth charge"
    assert (listed.origin, listed.is_active, listed.added_by) == (Origin.ADDED, True, "Anna")
    assert listed.added_at is not None
    assert also(sets, "How much is the mooring fee?") == ["berth charge"]


def test_an_edited_set_has_other_words_and_the_same_author(
    sets: SynonymSets, anna: User, database: Database
) -> None:
    added = sets.add(anna, "mooring fee, berth charge")

    edited = sets.edit(SYSTEM, added.key, "mooring fee, quay dues")

    assert [listed.synonyms.line for listed in own(sets)] == ["mooring fee, quay dues"]
    assert (edited.added_by, edited.changed_by, edited.added_at) == ("Anna", "", added.added_at)
    assert also(sets, "mooring fees") == ["quay dues"]


def test_a_set_is_switched_off_and_on(sets: SynonymSets, anna: User) -> None:
    added = sets.add(anna, "mooring fee, berth charge")

    sets.switch(anna, added.key, is_active=False)
    off = also(sets, "mooring fee")
    sets.switch(anna, added.key, is_active=True)

    assert (off, also(sets, "mooring fee")) == ([], ["berth charge"])


def test_a_shipped_set_is_switched_off_and_on(sets: SynonymSets, anna: User) -> None:
    off = sets.switch(anna, shipped_key(), is_active=False)
    without = also(sets, "the elevator")
    [listed] = [one for one in sets.list_all(anna) if one.key == shipped_key()]
    sets.switch(anna, shipped_key(), is_active=True)

    assert (off.is_active, listed.is_active, listed.changed_by) == (False, False, "Anna")
    assert (without, also(sets, "the elevator")) == ([], ["lift"])
    assert own(sets) == []


def test_a_set_is_removed(sets: SynonymSets, anna: User) -> None:
    added = sets.add(anna, "mooring fee, berth charge")

    removed = sets.remove(anna, added.key)

    assert (removed.synonyms, own(sets), also(sets, "mooring fee")) == (added.synonyms, [], [])


def test_a_shipped_set_is_neither_edited_nor_removed(sets: SynonymSets, anna: User) -> None:
    for is_active in (True, False):
        sets.switch(anna, shipped_key(), is_active=is_active)
        with pytest.raises(NotFound, match="comes with the product"):
            sets.remove(anna, shipped_key())
        with pytest.raises(NotFound, match="comes with the product"):
            sets.edit(anna, shipped_key(), "elevator, hoist")


def test_a_set_that_is_gone_is_not_changed(sets: SynonymSets, anna: User) -> None:
    changes: list[Callable[[], object]] = [
        lambda: sets.edit(anna, "gone", "mooring fee, quay dues"),
        lambda: sets.remove(anna, "gone"),
        lambda: sets.switch(anna, "gone", is_active=False),
    ]
    for change in changes:
        with pytest.raises(NotFound, match="no longer there"):
            change()


def test_every_change_is_in_the_audit_log_without_its_words(
    sets: SynonymSets, anna: User, database: Database
) -> None:
    key = sets.add(anna, "mooring fee, berth charge").key
    key = sets.edit(anna, key, "mooring fee, quay dues").key
    sets.switch(anna, key, is_active=False)
    sets.switch(anna, key, is_active=True)
    sets.remove(anna, key)
    sets.import_text(anna, "mooring fee, quay dues\nbad")

    events = AuditLog(database).list(SYSTEM, AuditFilter(action="synonyms."))

    assert [(event.action, event.actor) for event in events[::-1]] == [
        (f"synonyms.{verb}", anna.email)
        for verb in ("added", "changed", "switched_off", "switched_on", "removed", "imported")
    ]
    assert "mooring" not in repr(events)
    assert events[0].details == {"added": 1, "switched": 0, "refused": 1}


# Who may


@pytest.mark.parametrize("role", [Role.EMPLOYEE, Role.REVIEWER])
def test_only_administrators_see_or_change_the_vocabulary(
    sets: SynonymSets, database: Database, role: Role
) -> None:
    ben = person(database, "ben", role)
    attempts: list[Callable[[], object]] = [
        lambda: sets.list_all(ben),
        lambda: sets.add(ben, "mooring fee, berth charge"),
        lambda: sets.edit(ben, shipped_key(), "elevator, hoist"),
        lambda: sets.switch(ben, shipped_key(), is_active=False),
        lambda: sets.remove(ben, shipped_key()),
        lambda: sets.overlapping(ben, "elevator, hoist"),
        lambda: sets.preview(ben, "elevator"),
        lambda: sets.plan(ben, "mooring fee, berth charge"),
        lambda: sets.import_text(ben, "mooring fee, berth charge"),
        lambda: sets.export_text(ben),
    ]
    for attempt in attempts:
        with pytest.raises(AccessDenied):
            attempt()
    assert own(sets) == []


# Other processes


def test_a_change_counts_at_the_next_question_of_another_process(database: Database) -> None:
    here, _ = process(database)
    elsewhere = Database(database.engine.url.render_as_string(hide_password=False))
    _, there = process(elsewhere)
    before = there.expand("mooring fee")

    key = here.add(SYSTEM, "mooring fee, berth charge").key
    added = there.expand("mooring fee")
    here.switch(SYSTEM, key, is_active=False)
    off = there.expand("mooring fee")
    elsewhere.close()

    assert (before, off) == ((), ())
    assert [s.text for e in added for s in e.synonyms] == ["berth charge"]


def test_an_unchanged_vocabulary_is_not_read_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, synonyms = process(database)
    synonyms.expand("mooring fee")
    monkeypatch.setattr("rag.vocabulary.stored.stored_sets", lambda _: pytest.fail("read again"))

    assert synonyms.expand("elevator") != ()


def test_a_set_that_rules_of_today_refuse_is_skipped(database: Database) -> None:
    sets, synonyms = process(database)
    sets.add(SYSTEM, "mooring fee, berth charge")
    with database.begin() as session:
        session.add(SynonymSetRow(key="k", words="<b>quay</b>, wharf", origin="added"))

    assert synonyms.expand("mooring fee") != ()
    assert [listed.synonyms.line for listed in own(sets)] == ["mooring fee, berth charge"]


# What is refused


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("", "without letters"),
        ("mooring fee", "needs two"),
        ("mooring fee, ", "without letters"),
        ("mooring fee, Mooring Fee", "stands twice"),
        ("mooring fee, mooring fees", "also finds"),
        ("<b>mooring</b>, berth", "punctuation"),
        ("*mooring*, berth", "punctuation"),
        ("mooring [fee](https://evil.example), berth", "punctuation"),
        ("mooring|fee, berth", "punctuation"),
        ("`mooring`, berth", "punctuation"),
        ("mooring_fee, berth", "punctuation"),
        ("the, berth", "stands in nearly every text"),
        ("how much, berth", "stands in nearly every text"),
        ("what => berth", "stands in nearly every text"),
        ("mooring, " + "very " * 6 + "long", "too long"),
        ("mooring, " + "x" * 61, "too long"),
        ("mooring, " + "x" * 1_000_000, "at most 4,000 characters"),
        (", ".join(f"word{chr(97 + n)}q" for n in range(MAX_PHRASES + 1)), "at most"),
    ],
)
def test_words_that_make_no_set_are_refused_with_the_reason(
    sets: SynonymSets, words: str, reason: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        sets.add(SYSTEM, words)

    assert reason in str(refused.value)
    assert own(sets) == []


def test_an_acronym_like_a_stop_word_is_a_word(sets: SynonymSets) -> None:
    sets.add(SYSTEM, "IT, machine room")

    assert also(sets, "Who runs the IT?") == ["machine room"]


def test_invisible_characters_are_removed(sets: SynonymSets) -> None:
    added = sets.add(SYSTEM, "moor\u200bing fee, berth\u202e charge")

    assert added.synonyms.line == "mooring fee, berth charge"


@pytest.mark.parametrize(
    "words",
    ["berth charge, mooring fee", "Mooring Fee, berth charge", "mooring fee => berth charge"],
)
def test_a_set_that_another_one_covers_is_refused(sets: SynonymSets, words: str) -> None:
    sets.add(SYSTEM, "mooring fee, berth charge, quay dues")

    with pytest.raises(Conflict, match="stand together in “mooring fee, berth charge, quay dues”"):
        sets.add(SYSTEM, words)


def test_what_a_shipped_set_covers_is_refused(sets: SynonymSets) -> None:
    with pytest.raises(Conflict, match="stand together"):
        sets.add(SYSTEM, "=lift, =elevator")


def test_a_one_way_set_does_not_cover_the_way_back(sets: SynonymSets) -> None:
    sets.add(SYSTEM, "skipper => crew")

    assert sets.add(SYSTEM, "crew => skipper").is_active
    with pytest.raises(Conflict):
        sets.add(SYSTEM, "skipper => crew")


def test_a_set_may_be_edited_in_its_own_words(sets: SynonymSets) -> None:
    key = sets.add(SYSTEM, "mooring fee, berth charge").key

    assert sets.edit(SYSTEM, key, "Mooring fee, berth charge").key == key
    assert sets.edit(SYSTEM, key, "mooring fee => berth charge").synonyms.targets


def test_sets_that_share_a_word_are_named(sets: SynonymSets) -> None:
    sets.add(SYSTEM, "mooring fee, berth charge")

    found = sets.overlapping(SYSTEM, "berth charge, quay dues")

    assert [listed.synonyms.line for listed in found] == ["mooring fee, berth charge"]
    assert sets.overlapping(SYSTEM, "windlass, capstan") == []


def test_there_is_a_limit_of_sets(sets: SynonymSets, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.synonym_sets.MAX_SETS", len(shipped_vocabulary().sets) + 1)
    key = sets.add(SYSTEM, "mooring fee, berth charge").key

    with pytest.raises(InvalidInput, match="Remove some first"):
        sets.add(SYSTEM, "windlass, capstan")
    with pytest.raises(InvalidInput, match="Remove some first"):
        sets.import_text(SYSTEM, "windlass, capstan")

    assert sets.edit(SYSTEM, key, "mooring fee, quay dues")
    assert len(own(sets)) == 1


# Preview


def test_a_preview_reads_a_set_that_is_not_added_yet(sets: SynonymSets) -> None:
    assert also(sets, "mooring fee", "mooring fee, berth charge") == ["berth charge"]
    assert also(sets, "mooring fee") == []


def test_without_synonyms_nothing_is_shown(database: Database) -> None:
    sets = SynonymSets(database, terms, None)

    assert (sets.is_in_use, sets.preview(SYSTEM, "elevator")) == (False, ())


@given(st.text(max_size=5_000))
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_question_can_be_tried(sqlite_database: Database, question: str) -> None:
    process(sqlite_database)[0].preview(SYSTEM, question)


# Files


def test_what_is_exported_is_imported_elsewhere(sets: SynonymSets) -> None:
    sets.add(SYSTEM, "mooring fee, berth charge")
    off = sets.add(SYSTEM, "skipper, =mate => crew")
    sets.switch(SYSTEM, off.key, is_active=False)
    sets.switch(SYSTEM, shipped_key(), is_active=False)

    text = sets.export_text(SYSTEM)
    for listed in own(sets):
        sets.remove(SYSTEM, listed.key)
    sets.switch(SYSTEM, shipped_key(), is_active=True)
    emptied = sets.export_text(SYSTEM)
    sets.import_text(SYSTEM, text)

    assert text.splitlines() == [
        "off: skipper, =mate => crew",
        "mooring fee, berth charge",
        f"off: {SHIPPED}",
    ]
    assert emptied == ""
    assert set(sets.export_text(SYSTEM).splitlines()) == set(text.splitlines())


def test_an_import_says_what_it_will_do_and_does_it(sets: SynonymSets) -> None:
    sets.add(SYSTEM, "skipper, master")
    lines = ("# Harbour", "mooring fee; berth charge;;", "skipper,master", f"off: {SHIPPED}")
    text = "\n".join((*lines, "alone", "", ""))

    plan = sets.plan(SYSTEM, text)
    planned = [listed.synonyms.line for listed in own(sets)]
    done = sets.import_text(SYSTEM, text)

    assert plan == done
    assert [read.synonyms.line for read in plan.added] == ["mooring fee, berth charge"]
    assert [read.line for read in plan.switched] == [4]
    assert plan.known == 1
    assert [(problem.line, "needs two" in problem.reason) for problem in plan.problems] == [
        (5, True)
    ]
    assert planned == ["skipper, master"]
    assert also(sets, "mooring fee and elevator") == ["berth charge"]


def test_an_import_again_changes_nothing(sets: SynonymSets) -> None:
    text = "mooring fee, berth charge\noff: =lift, =lifts, =elevator, =elevators\n"
    sets.import_text(SYSTEM, text)

    again = sets.import_text(SYSTEM, text)

    assert (again.added, again.switched, again.known) == ((), (), 2)
    assert sets.export_text(SYSTEM) == text


def test_an_import_switches_a_shipped_set_on_again(sets: SynonymSets) -> None:
    sets.switch(SYSTEM, shipped_key(), is_active=False)

    sets.import_text(SYSTEM, SHIPPED)

    assert also(sets, "elevator") == ["lift"]


def test_the_whole_vocabulary_is_exported_and_imported(sets: SynonymSets) -> None:
    text = sets.export_text(SYSTEM, with_shipped=True)

    plan = sets.plan(SYSTEM, text)

    assert (plan.added, plan.switched, plan.problems) == ((), (), ())
    assert plan.known == len(shipped_vocabulary().sets)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("mooring fee,berth charge", "mooring fee, berth charge"),
        ("mooring fee;berth charge;;;", "mooring fee, berth charge"),
        ("mooring fee\tberth charge", "mooring fee, berth charge"),
        ('"mooring fee","berth charge"', "mooring fee, berth charge"),
        ("'=train,railway", "=train, railway"),
        ("doctor's note, sick note", "doctor's note, sick note"),
        ("skipper,mate => crew", "skipper, mate => crew"),
        ('"skipper","mate => crew"', "skipper, mate => crew"),
        ("mooring fee, berth charge # harbour", "mooring fee, berth charge"),
    ],
)
def test_spreadsheets_and_text_files_are_read(line: str, words: str) -> None:
    [read] = read_text(line).sets

    assert read.synonyms == parse_set(words)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("alone", "needs two"),
        ("<script>alert(1)</script>, berth", "punctuation"),
        ('=HYPERLINK("https://evil.example"), berth', "punctuation"),
        ("x" * 200_000, "longer than"),
    ],
)
def test_a_line_that_is_no_set_is_told_with_its_number(line: str, reason: str) -> None:
    read = read_text(f"mooring fee, berth charge\n{line}\n")

    [problem] = read.problems
    assert (problem.line, reason in problem.reason, len(read.sets)) == (2, True, 1)


def test_a_set_twice_in_a_file_is_told(sets: SynonymSets) -> None:
    read = read_text("mooring fee, berth charge\nBerth charge, mooring fee\n")

    assert [(p.line, p.reason) for p in read.problems] == [(2, "The set stands in line 1 already.")]


def test_a_file_that_is_no_text_is_refused() -> None:
    with pytest.raises(InvalidInput, match="UTF-8"):
        decoded("Gebühr".encode("latin-1"))
    with pytest.raises(InvalidInput, match="larger"):
        decoded(b"a" * 2_000_001)
    assert decoded(b"\xef\xbb\xbfmooring") == "mooring"


@given(st.text(max_size=300))
def test_any_file_is_read_or_told(text: str) -> None:
    read = read_text(text)

    again = read_text(written((one.synonyms, one.is_active) for one in read.sets))
    assert [(o.synonyms, o.is_active) for o in again.sets] == [
        (o.synonyms, o.is_active) for o in read.sets
    ]
    assert again.problems == ()


# Erasing


def test_a_set_with_a_phrase_of_an_erased_document_goes_with_it(database: Database) -> None:
    sets, synonyms = process(database)
    sets.add(SYSTEM, "mooring fee, berth charge", origin=Origin.PROPOSED, document_id="rules")
    sets.add(SYSTEM, "skipper, master")
    synonyms.expand("mooring fee")

    with database.begin() as session:
        removed = remove_sets_from(session, {"rules", "others"})

    assert removed == 1
    assert [listed.synonyms.line for listed in own(sets)] == ["skipper, master"]
    assert synonyms.expand("mooring fee") == ()
