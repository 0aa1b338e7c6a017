"""The vocabulary as administrators keep it: sets of synonyms, shipped ones and their own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, func, select

from core.domain.access import require_admin
from core.domain.clock import now
from core.domain.identity import User
from core.errors import Conflict, InvalidInput, NotFound
from core.guardrails.text import clean_line
from core.storage.database import Database
from core.storage.queries.audit import record_event
from core.storage.queries.vocabulary import count_vocabulary_change, stored_sets
from core.storage.tables import SynonymSetRow, UserRow
from rag.reading.question_words import shaping_words
from rag.vocabulary.expansion import Expansion
from rag.vocabulary.import_text import MAX_LINE, Problem, ReadSet, ReadText, read_text, written
from rag.vocabulary.stored import StoredSynonyms, readable_set
from rag.vocabulary.synonyms import EXACT, MAX_SETS, SynonymSet, parse_set, shipped_vocabulary

MAX_QUESTION = 4_000


class Origin(StrEnum):
    """Where a set comes from."""

    SHIPPED = "shipped"
    ADDED = "added"
    PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class ListedSet:
    """A set with its origin; `added_by` is empty for a shipped one and for the terminal.

    `changed_at` is None for a shipped set that nobody has switched off.
    """

    key: str
    synonyms: SynonymSet
    origin: Origin
    is_active: bool = True
    added_by: str = ""
    added_at: datetime | None = None
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def is_shipped(self) -> bool:
        return self.origin is Origin.SHIPPED


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do: sets that are new, known ones, and lines that are no set."""

    added: tuple[ReadSet, ...] = ()
    switched: tuple[ReadSet, ...] = ()
    known: int = 0
    problems: tuple[Problem, ...] = ()


class SynonymSets:
    """The sets of synonyms, for administrators or SYSTEM; changes count at the next question."""

    def __init__(
        self,
        database: Database,
        terms: Callable[[str], Sequence[str]],
        synonyms: StoredSynonyms | None,
    ) -> None:
        """Take how the index stems, and the vocabulary in use, None if synonyms weigh nothing."""
        self._database = database
        self._terms = terms
        self._synonyms = synonyms

    @property
    def is_in_use(self) -> bool:
        """Whether the settings let synonyms count at all."""
        return self._synonyms is not None

    def list_all(self, actor: User) -> list[ListedSet]:
        """Return own sets, the newest first, then the shipped ones in their order."""
        require_admin(actor)
        with self._database.read() as session:
            return _listed(session)

    def add(
        self, actor: User, words: str, *, origin: Origin = Origin.ADDED, document_id: str = ""
    ) -> ListedSet:
        """Add a set written as "holiday, vacation" or "father, mother => parent".

        Raises InvalidInput for words that make no set, and Conflict for a set that is there.
        """
        require_admin(actor)
        synonyms = self._checked(words)
        with self._changing() as session:
            _require_new(session, synonyms)
            row = _new_row(actor, synonyms, origin)
            row.document_id = document_id
            session.add(row)
            session.flush()
            record_event(session, actor, "synonyms.added", row.id, phrases=_size(synonyms))
            return _listed_row(session, row)

    def edit(self, actor: User, key: str, words: str) -> ListedSet:
        """Give an own set other words; raises as `add` does, and NotFound."""
        require_admin(actor)
        synonyms = self._checked(words)
        with self._changing() as session:
            row = _own_row(session, key)
            if synonyms.key != key:
                _require_new(session, synonyms, apart_from=key)
            row.key, row.words = synonyms.key, synonyms.line
            _mark(row, actor)
            record_event(session, actor, "synonyms.changed", row.id, phrases=_size(synonyms))
            session.flush()
            return _listed_row(session, row)

    def switch(self, actor: User, key: str, *, is_active: bool) -> ListedSet:
        """Switch a set on or off, also a shipped one; raises NotFound."""
        require_admin(actor)
        with self._changing() as session:
            row = _switched(session, actor, key, is_active=is_active)
            action = "synonyms.switched_on" if is_active else "synonyms.switched_off"
            record_event(session, actor, action, row.id, is_shipped=row.origin == Origin.SHIPPED)
            listed = _listed_row(session, row)
            if is_active and listed.is_shipped:
                session.delete(row)
            return listed

    def remove(self, actor: User, key: str) -> ListedSet:
        """Remove an own set and return it as it was; raises NotFound, also for a shipped one."""
        require_admin(actor)
        with self._changing() as session:
            row = _own_row(session, key)
            listed = _listed_row(session, row)
            session.delete(row)
            record_event(session, actor, "synonyms.removed", row.id, phrases=_size(listed.synonyms))
            return listed

    def overlapping(self, actor: User, words: str) -> list[ListedSet]:
        """Return the sets that are on and share a phrase with these words: all act together."""
        require_admin(actor)
        phrases = _spellings(self._checked(words))
        return [
            listed
            for listed in self.list_all(actor)
            if listed.is_active and phrases & _spellings(listed.synonyms)
        ]

    def preview(self, actor: User, question: str, words: str = "") -> tuple[Expansion, ...]:
        """Return what a question would also search for, as if the set `words` were there."""
        require_admin(actor)
        question = question[:MAX_QUESTION]
        if self._synonyms is None:
            return ()
        if not words.strip():
            return self._synonyms.expand(question)
        return self._synonyms.expander_with(self._checked(words)).expand(question)

    def plan(self, actor: User, text: str) -> ImportPlan:
        """Return what importing a text would do; nothing is changed."""
        require_admin(actor)
        with self._database.read() as session:
            return self._plan(_listed(session), read_text(text))

    def import_text(self, actor: User, text: str) -> ImportPlan:
        """Import all sets of a text that are one; return what was done, with the other lines."""
        require_admin(actor)
        with self._changing() as session:
            plan = self._plan(_listed(session), read_text(text))
            for read in plan.added:
                row = _new_row(actor, read.synonyms, Origin.ADDED)
                row.is_active = read.is_active
                session.add(row)
            for read in plan.switched:
                row = _switched(session, actor, read.synonyms.key, is_active=read.is_active)
                if read.is_active and row.origin == Origin.SHIPPED:
                    session.delete(row)
            _require_room(session)
            record_event(
                session,
                actor,
                "synonyms.imported",
                added=len(plan.added),
                switched=len(plan.switched),
                refused=len(plan.problems),
            )
            return plan

    def export_text(self, actor: User, *, with_shipped: bool = False) -> str:
        """Return own sets and switched-off ones as a text to import; perhaps the shipped ones."""
        require_admin(actor)
        return written(
            (listed.synonyms, listed.is_active)
            for listed in self.list_all(actor)
            if with_shipped or not listed.is_shipped or not listed.is_active
        )

    def _checked(self, words: str) -> SynonymSet:
        if len(words) > MAX_LINE:
            raise InvalidInput(f"A set is written in at most {MAX_LINE:,} characters.")
        synonyms = parse_set(clean_line(words))
        self._require_distinct(synonyms)
        return synonyms

    def _require_distinct(self, synonyms: SynonymSet) -> None:
        """Raise InvalidInput for stop words, and for a phrase that another one finds already."""
        forms: dict[tuple[str, ...], str] = {}
        for phrase in (*synonyms.phrases, *synonyms.targets):
            plain = phrase.removeprefix(EXACT)
            if self._says_nothing(plain):
                raise InvalidInput(
                    f"“{plain}” stands in nearly every text and tells none apart. Leave it out, or "
                    "write a phrase with it."
                )
            form = tuple(self._terms(plain)) if not phrase.startswith(EXACT) else (EXACT, plain)
            if form and form in forms:
                raise InvalidInput(
                    f"“{forms[form]}” also finds “{plain}”. Leave out one of the two."
                )
            forms[form] = plain

    def _says_nothing(self, phrase: str) -> bool:
        """Return whether no word of a phrase tells texts apart; "IT" in capitals is a name."""
        words = phrase.split()
        is_name = len(words) == 1 and len(phrase) > 1 and phrase.isupper()
        shaping = shaping_words("")
        return not is_name and all(w.lower() in shaping or not self._terms(w) for w in words)

    def _plan(self, listed: Sequence[ListedSet], read: ReadText) -> ImportPlan:
        known = {one.key: one for one in listed}
        plan = ImportPlan(problems=read.problems)
        for one in read.sets:
            stored = known.get(one.synonyms.key)
            if stored is None:
                plan = self._with_new(plan, one)
            elif stored.is_active != one.is_active:
                plan = replace(plan, switched=(*plan.switched, one))
            else:
                plan = replace(plan, known=plan.known + 1)
        return plan

    def _with_new(self, plan: ImportPlan, read: ReadSet) -> ImportPlan:
        try:
            self._require_distinct(read.synonyms)
        except InvalidInput as error:
            problem = Problem(read.line, str(error))
            return replace(plan, problems=(*plan.problems, problem))
        return replace(plan, added=(*plan.added, read))

    @contextmanager
    def _changing(self) -> Iterator[Session]:
        """Open a transaction for one change; on PostgreSQL changes follow each other."""
        with self._database.begin() as session:
            count_vocabulary_change(session)
            yield session


def _listed(session: Session) -> list[ListedSet]:
    rows = stored_sets(session)
    own = [
        _listed_row(session, row)
        for row in rows
        if row.origin != Origin.SHIPPED and readable_set(row.words)
    ]
    switched = {row.key: row for row in rows if row.origin == Origin.SHIPPED}
    shipped = [
        _listed_row(session, switched[synonyms.key])
        if synonyms.key in switched
        else ListedSet(synonyms.key, synonyms, Origin.SHIPPED)
        for synonyms in shipped_vocabulary().sets
    ]
    return [*own[::-1], *shipped]


def _listed_row(session: Session, row: SynonymSetRow) -> ListedSet:
    origin = Origin(row.origin)
    return ListedSet(
        key=row.key,
        synonyms=parse_set(row.words),
        origin=origin,
        is_active=row.is_active,
        added_by="" if origin is Origin.SHIPPED else _name(session, row.added_by),
        added_at=None if origin is Origin.SHIPPED else row.added_at,
        changed_by=_name(session, row.changed_by),
        changed_at=row.changed_at,
    )


def _name(session: Session, user_id: str | None) -> str:
    row = session.get(UserRow, user_id) if user_id else None
    return row.name if row else ""


def _new_row(actor: User, synonyms: SynonymSet, origin: Origin) -> SynonymSetRow:
    return SynonymSetRow(
        key=synonyms.key,
        words=synonyms.line,
        origin=origin.value,
        added_by=actor.id or None,
        changed_by=actor.id or None,
    )


def _mark(row: SynonymSetRow, actor: User) -> None:
    row.changed_by, row.changed_at = actor.id or None, now()


def _row(session: Session, key: str) -> SynonymSetRow | None:
    return session.exec(select(SynonymSetRow).where(SynonymSetRow.key == key)).first()


def _own_row(session: Session, key: str) -> SynonymSetRow:
    row = _row(session, key)
    if row is None and key in _shipped():
        raise NotFound("This set comes with the product. Switch it off instead.")
    if row is None:
        raise NotFound("This set is no longer there. Someone changed or removed it.")
    if row.origin == Origin.SHIPPED:
        raise NotFound("This set comes with the product. It is switched off already.")
    return row


def _switched(session: Session, actor: User, key: str, *, is_active: bool) -> SynonymSetRow:
    """Return the row of a set with its new state; a shipped set may have had none."""
    row = _row(session, key)
    if row is None:
        synonyms = _shipped().get(key)
        if synonyms is None:
            raise NotFound("This set is no longer there. Someone changed or removed it.")
        row = _new_row(actor, synonyms, Origin.SHIPPED)
        session.add(row)
    row.is_active = is_active
    _mark(row, actor)
    session.flush()
    return row


def _shipped() -> dict[str, SynonymSet]:
    return {synonyms.key: synonyms for synonyms in shipped_vocabulary().sets}


def _require_new(session: Session, synonyms: SynonymSet, *, apart_from: str = "") -> None:
    """Raise Conflict where another set does all that this one would, InvalidInput for too many."""
    for listed in _listed(session):
        if listed.key != apart_from and _leads_as_far(listed.synonyms, synonyms):
            state = "" if listed.is_active else ", which is switched off"
            raise Conflict(
                f"These words stand together in “{listed.synonyms.line}” already{state}."
            )
    _require_room(session, further=0 if apart_from else 1)


def _require_room(session: Session, *, further: int = 0) -> None:
    count = session.exec(
        select(func.count(col(SynonymSetRow.id))).where(SynonymSetRow.origin != Origin.SHIPPED)
    ).one()
    if len(shipped_vocabulary().sets) + count + further > MAX_SETS:
        raise InvalidInput(
            f"The vocabulary would have more than {MAX_SETS:,} sets. Remove some first."
        )


def _leads_as_far(synonyms: SynonymSet, other: SynonymSet) -> bool:
    """Return whether a set leads from each phrase of another one to all that the other leads to."""
    phrases, targets = _folded(synonyms.phrases), _folded(synonyms.targets)
    others, other_targets = _folded(other.phrases), _folded(other.targets)
    if not targets:
        return others | other_targets <= phrases
    return bool(other_targets) and others <= phrases and other_targets <= targets


def _spellings(synonyms: SynonymSet) -> frozenset[str]:
    return _folded((*synonyms.phrases, *synonyms.targets))


def _folded(phrases: Sequence[str]) -> frozenset[str]:
    return frozenset(map(str.casefold, phrases))


def _size(synonyms: SynonymSet) -> int:
    return len(synonyms.phrases) + len(synonyms.targets)
