"""Any sequence of calls by anybody: states keep what their guards promise, merges lose nothing.

The machine acts on a real database through the services, and keeps a record of its own of what was
written. `allowed` says in the words of the product reference who may move what; it shares no code
with the rules of the workflow. A move that it allows must be made, and one that it does not must
change nothing.
"""

from dataclasses import dataclass, field, replace
from statistics import stdev

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlmodel import Session, select

from core.domain.ideas.triage import RiskClass
from core.domain.ideas.workflow import IdeaStatus, MoveRequest
from core.domain.identity import SYSTEM, User
from core.errors import AccessDenied, Conflict, MoveRefused
from core.storage.database import Database
from core.storage.tables import (
    IdeaCommentRow,
    IdeaFollowRow,
    IdeaMoveRow,
    IdeaRow,
    IdeaVoteRow,
)
from ideas.life.comments import IdeaComments
from ideas.life.support import IdeaSupport
from tests.ideas.office import Office

S = IdeaStatus
LONG = "It was discussed at length, and this is why it is decided so today."
BEFORE_APPROVAL = {S.SUBMITTED, S.TRIAGE, S.NEEDS_INFO, S.EVALUATION, S.PARKED}
NAMES = ("anna", "ben", "rita", "rob", "ruth", "ada", "system")
MOST_IDEAS = 4
VOTERS = ("anna", "ben", "carl", "rita")
RUNS = settings(
    max_examples=40,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@dataclass
class Known:
    """What the machine knows of one idea, from what it did itself."""

    author: str
    status: IdeaStatus = S.SUBMITTED
    risk: RiskClass | None = None
    is_risk_current: bool = False
    is_signed: bool = False
    has_oversight: bool = False
    owner: str = ""
    is_owned: bool = False
    scores: dict[str, int] = field(default_factory=dict)
    asked: set[str] = field(default_factory=set)
    months: set[bool] = field(default_factory=set)
    has_closed_experiment: bool = False
    has_actual_impact: bool = False
    is_answered: bool = False
    version: int = 1
    merged_into: str = ""
    voters: set[str] = field(default_factory=set)
    followers: set[str] = field(default_factory=set)
    comments: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Say:
    """What goes with a move."""

    reason: str
    lesson: str


def allowed(idea: Known, who: str, to: IdeaStatus, say: Say, target: Known) -> bool:  # noqa: C901  the reference, line by line
    """Whether the product reference lets this person make this move now."""
    is_committee = who in {"rita", "rob", "ruth", "ada", "system"} and who != idea.author
    is_owner = who in (idea.owner, "system") and bool(idea.owner or who == "system")
    is_author = who == idea.author
    is_prohibited = idea.risk is RiskClass.PROHIBITED
    has_lesson = len(say.lesson) >= 10
    at = idea.status
    if len(say.reason) < 5:
        return False
    if is_prohibited and to not in (S.DECLINED, S.RETIRED):
        return False
    grave = idea.risk in (RiskClass.HIGH, RiskClass.NEEDS_COUNSEL)
    is_safe = idea.risk is not None and idea.is_risk_current
    is_safe = is_safe and (not grave or (idea.is_signed and idea.has_oversight))
    is_reviewed = is_prohibited or len(idea.scores) >= 2
    spread = stdev(idea.scores.values()) if len(idea.scores) >= 2 else 0.0
    is_explained = is_prohibited or spread < 1.0 or len(say.reason) >= 40
    match at, to:
        case S.SUBMITTED, S.TRIAGE:
            return is_committee
        case S.TRIAGE, S.NEEDS_INFO:
            return is_committee
        case S.TRIAGE, S.EVALUATION:
            return is_committee and idea.risk is not None and idea.is_risk_current
        case S.NEEDS_INFO, S.TRIAGE:
            return is_author and idea.is_answered
        case S.NEEDS_INFO, S.PARKED:
            return is_committee
        case S.EVALUATION, S.APPROVED:
            return is_committee and is_reviewed and is_explained and is_safe
        case S.EVALUATION, S.PARKED:
            return is_committee and is_reviewed and is_explained
        case S.EVALUATION, S.DECLINED:
            return is_committee and is_reviewed and is_explained and has_lesson
        case S.EVALUATION, S.NEEDS_INFO:
            return is_committee
        case S.APPROVED, S.EXPERIMENT:
            return is_owner and idea.is_owned and is_safe
        case ((S.APPROVED | S.EXPERIMENT), S.PARKED):
            return is_committee
        case S.EXPERIMENT, S.PRODUCTION:
            return is_committee and idea.has_closed_experiment and is_safe
        case S.PRODUCTION, S.MEASURED:
            return is_owner and idea.has_actual_impact
        case ((S.PRODUCTION | S.MEASURED), S.RETIRED):
            return is_owner or who == "ada"
        case S.PARKED, S.TRIAGE:
            return is_committee
        case (
            (S.SUBMITTED | S.TRIAGE | S.NEEDS_INFO | S.APPROVED | S.EXPERIMENT | S.PARKED),
            S.DECLINED,
        ):
            return is_committee and has_lesson
        case _, S.WITHDRAWN if at in BEFORE_APPROVAL:
            return is_author
        case _, S.DUPLICATE if at in BEFORE_APPROVAL:
            is_original = target.status not in (S.DUPLICATE, S.WITHDRAWN)
            return is_committee and is_original and target is not idea
        case _:
            return False


WAY_ON = {
    S.SUBMITTED: [S.TRIAGE],
    S.TRIAGE: [S.EVALUATION, S.NEEDS_INFO],
    S.NEEDS_INFO: [S.TRIAGE, S.PARKED],
    S.EVALUATION: [S.APPROVED, S.PARKED, S.DECLINED],
    S.APPROVED: [S.EXPERIMENT, S.PARKED],
    S.EXPERIMENT: [S.PRODUCTION, S.DECLINED],
    S.PRODUCTION: [S.MEASURED, S.RETIRED],
    S.MEASURED: [S.RETIRED],
    S.PARKED: [S.TRIAGE, S.WITHDRAWN],
}
"""Moves that lead on, so that many ideas get far."""


class IdeasOfAll(RuleBasedStateMachine):
    """Ideas in the hands of everybody."""

    office: Office
    reached: set[IdeaStatus]
    ideas = Bundle("ideas")

    @initialize(target=ideas)
    def begin(self) -> str:
        self.known: dict[str, Known] = {}
        self.triages: dict[str, str] = {}
        self.support = IdeaSupport(self.office.database)
        self.comments = IdeaComments(self.office.database)
        return self.submit_by("anna")

    def user(self, name: str) -> User:
        if name == "system":
            return SYSTEM
        user = getattr(self.office, name)
        assert isinstance(user, User)
        return user

    def submit_by(self, author: str) -> str:
        idea = self.office.idea(self.user(author))
        self.known[idea] = Known(author)
        return idea

    @precondition(lambda self: len(self.known) < MOST_IDEAS)
    @rule(target=ideas, author=st.sampled_from(["anna", "ben", "rita", "ada"]))
    def submit(self, author: str) -> str:
        return self.submit_by(author)

    @rule(
        idea=ideas,
        who=st.sampled_from(NAMES),
        to=st.sampled_from(list(S)),
        words=st.sampled_from([("", ""), ("Fine", ""), ("Agreed.", "Nothing"), (LONG, LONG)]),
        other=ideas,
        is_stale=st.sampled_from([False, False, False, True]),
    )
    def move(  # noqa: PLR0913  hypothesis hands in each by its name
        self,
        idea: str,
        who: str,
        to: IdeaStatus,
        words: tuple[str, str],
        other: str,
        is_stale: bool,
    ) -> None:
        known, say = self.known[idea], Say(*words)
        may = not is_stale and allowed(known, who, to, say, self.known[other])
        before = self.stored(idea)
        request = MoveRequest(to, known.version - is_stale, say.reason, say.lesson, other)
        try:
            self.office.workflow.move(self.user(who), idea, request)
        except (MoveRefused, AccessDenied, Conflict):
            assert not may, f"{known} refused for {who} to {to}"
            assert self.stored(idea) == before
            return
        assert may, f"{known} moved by {who} to {to}"
        self.reached.add(to)
        self.note_move(idea, to, other)

    @rule(idea=ideas, who=st.sampled_from(NAMES), place=st.integers(0, 2), other=ideas)
    def move_on(self, idea: str, who: str, place: int, other: str) -> None:
        ways = WAY_ON.get(self.known[idea].status, [])
        if ways:
            self.move(idea, who, ways[place % len(ways)], (LONG, LONG), other, is_stale=False)

    @rule(idea=ideas, who=st.sampled_from(["rob", "ruth"]), other=ideas)
    def merge(self, idea: str, who: str, other: str) -> None:
        self.move(idea, who, S.DUPLICATE, (LONG, LONG), other, is_stale=False)

    @rule(idea=ideas, places=st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=1, max_size=4))
    def pave_a_way(self, idea: str, places: list[int]) -> None:
        for place in places:
            self.pave_and_move_on(idea, place)

    def pave_and_move_on(self, idea: str, place: int) -> None:
        """Does what the next move takes, so that ideas get far, and lets somebody make it."""
        known = self.known[idea]
        if known.risk is None or not known.is_risk_current:
            self.triage(idea, RiskClass.HIGH if place else RiskClass.MINIMAL)
        self.sign(idea)
        self.oversee(idea)
        self.review_all(idea)
        self.own(idea, "ruth", is_whole=True)
        self.experiment(idea, is_closed=True)
        self.measure(idea, is_actual=True)
        for who in NAMES:
            self.move_on(idea, who, place, idea)

    def note_move(self, idea: str, to: IdeaStatus, other: str) -> None:
        known = self.known[idea]
        known.status, known.version = to, known.version + 1
        if to is S.EVALUATION:
            known.scores, known.asked = {}, set()
        if to is S.NEEDS_INFO:
            known.is_answered = False
        if to is S.DUPLICATE:
            self.note_merge(idea, other)

    def note_merge(self, idea: str, other: str) -> None:
        known, original = self.known[idea], self.known[other]
        original.voters |= known.voters
        original.followers |= known.followers | ({known.author} - {original.author})
        original.comments |= known.comments
        known.voters, known.followers, known.comments = set(), set(), set()
        for each in self.known.values():
            if each.merged_into == idea:
                each.merged_into, each.version = other, each.version + 1
        known.merged_into = other

    @rule(idea=ideas, risk=st.sampled_from([*RiskClass, RiskClass.MINIMAL, RiskClass.HIGH]))
    def triage(self, idea: str, risk: RiskClass) -> None:
        known = self.known[idea]
        self.triages[idea] = self.office.triage(idea, risk)
        known.risk, known.is_risk_current, known.is_signed = risk, True, False

    @rule(idea=ideas)
    def sign(self, idea: str) -> None:
        if idea in self.triages:
            self.office.sign(idea, self.triages[idea])
            self.known[idea].is_signed = True

    @rule(idea=ideas)
    def oversee(self, idea: str) -> None:
        self.office.oversee(idea)
        self.known[idea].has_oversight = True

    @rule(
        idea=ideas,
        who=st.sampled_from(["rita", "rob", "ruth"]),
        score=st.integers(2, 4),
        has_conflict=st.sampled_from([False, False, True]),
    )
    def review(self, idea: str, who: str, score: int, has_conflict: bool) -> None:
        known = self.known[idea]
        if known.status is not S.EVALUATION or who in known.asked:
            return
        self.office.review(self.user(who), idea, {"impact": score}, has_conflict=has_conflict)
        known.asked.add(who)
        if who != known.author and not has_conflict:
            known.scores[who] = score

    @rule(idea=ideas)
    def review_all(self, idea: str) -> None:
        for who in ("rita", "rob", "ruth"):
            self.review(idea, who, 4, has_conflict=False)

    @rule(idea=ideas, owner=st.sampled_from(["ben", "ruth"]), is_whole=st.booleans())
    def own(self, idea: str, owner: str, is_whole: bool) -> None:
        known = self.known[idea]
        known.owner = owner
        self.office.change(idea, owner_id=self.user(owner).id)
        if is_whole:
            self.office.give(self.user(owner), idea)
            known.is_owned = True

    @rule(idea=ideas, is_closed=st.booleans())
    def experiment(self, idea: str, is_closed: bool) -> None:
        self.office.experiment(idea, outcome="failure" if is_closed else None)
        self.known[idea].has_closed_experiment |= is_closed

    @rule(idea=ideas, is_actual=st.booleans())
    def measure(self, idea: str, is_actual: bool) -> None:
        known = self.known[idea]
        if is_actual not in known.months:
            self.office.impact(idea, "actual" if is_actual else "planned")
            known.months.add(is_actual)
        known.has_actual_impact |= is_actual

    @rule(idea=ideas, who=st.sampled_from(["anna", "ben", "rita", "ada"]), is_risky=st.booleans())
    def edit(self, idea: str, who: str, is_risky: bool) -> None:
        known = self.known[idea]
        card = self.office.ideas.get(self.user(who), idea)
        words = f"Changed in version {known.version}: it takes too long."
        changed = replace(card.draft, problem=words)
        draft = changed if is_risky else replace(card.draft, expected_benefit=words)
        may = who == known.author and known.status in BEFORE_APPROVAL - {S.EVALUATION}
        try:
            self.office.ideas.edit(self.user(who), idea, draft, version=known.version)
        except AccessDenied:
            assert not may
            return
        assert may
        known.version += 1
        known.is_risk_current &= not is_risky
        known.is_answered |= known.status is S.NEEDS_INFO

    @rule(idea=ideas, who=st.sampled_from(VOTERS), is_for=st.booleans())
    def vote(self, idea: str, who: str, is_for: bool) -> None:
        known = self.known[idea]
        try:
            self.support.vote(self.user(who), idea, is_for=is_for)
        except Conflict:
            assert known.status not in BEFORE_APPROVAL | {S.APPROVED, S.EXPERIMENT}
            return
        known.voters = known.voters | {who} if is_for else known.voters - {who}

    @rule(idea=ideas, who=st.sampled_from(VOTERS), follows=st.booleans())
    def follow(self, idea: str, who: str, follows: bool) -> None:
        self.support.follow(self.user(who), idea, follows=follows)
        known = self.known[idea]
        known = self.known[known.merged_into] if known.merged_into and follows else known
        known.followers = known.followers | {who} if follows else known.followers - {who}

    @rule(idea=ideas, who=st.sampled_from(VOTERS))
    def comment(self, idea: str, who: str) -> None:
        known = self.known[idea]
        try:
            comment = self.comments.add(self.user(who), idea, "Some words.")
        except Conflict:
            assert known.status is S.DUPLICATE
            return
        known.comments.add(comment.id)
        known.is_answered |= who == known.author and known.status is S.NEEDS_INFO

    def stored(self, idea: str) -> tuple[object, ...]:
        """All of an idea that a move could change."""
        with self.office.database.read() as session:
            row = session.get_one(IdeaRow, idea)
            moves = session.exec(select(IdeaMoveRow.id).where(IdeaMoveRow.idea_id == idea)).all()
            return (row.model_dump(), len(moves), *self.around(session, idea))

    def around(self, session: Session, idea: str) -> tuple[set[str], set[str], set[str]]:
        names = {self.user(name).id: name for name in VOTERS}
        voters = select(IdeaVoteRow.user_id).where(IdeaVoteRow.idea_id == idea)
        followers = select(IdeaFollowRow.user_id).where(IdeaFollowRow.idea_id == idea)
        comments = select(IdeaCommentRow.id).where(IdeaCommentRow.idea_id == idea)
        return (
            {names[person] for person in session.exec(voters).all()},
            {names.get(person, "ada") for person in session.exec(followers).all()},
            set(session.exec(comments).all()),
        )

    @invariant()
    def nothing_is_lost_and_every_state_is_the_one_that_was_moved_to(self) -> None:
        with self.office.database.read() as session:
            for idea, known in getattr(self, "known", {}).items():
                row = session.get_one(IdeaRow, idea)
                assert (row.status, row.row_version) == (known.status.value, known.version)
                assert (row.duplicate_of_id or "") == known.merged_into
                kept = (known.voters, known.followers, known.comments)
                assert self.around(session, idea) == kept
                if known.merged_into:
                    assert self.known[known.merged_into].status is not S.DUPLICATE
                    assert known.status is S.DUPLICATE


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return Office(sqlite_database)


def test_no_sequence_of_calls_reaches_what_the_guards_forbid_or_loses_support(
    office: Office,
) -> None:
    IdeasOfAll.office, IdeasOfAll.reached = office, set()

    run_state_machine_as_test(IdeasOfAll, settings=RUNS)

    # A machine that only ever is refused would prove nothing. How far it gets is left to chance;
    # the walk below shows that its rules lead to every state.
    assert IdeasOfAll.reached


def test_the_rules_of_the_machine_lead_to_every_state(office: Office) -> None:
    IdeasOfAll.office, IdeasOfAll.reached = office, set()
    machine = IdeasOfAll()
    first, merged, *others = [machine.begin(), *(machine.submit_by("ben") for _ in range(4))]

    machine.merge(merged, "rob", first)
    machine.pave_a_way(first, [0, 0, 0, 0, 0])
    for idea, places in zip(others, ([0, 1], [0, 2], [1, 1]), strict=True):
        machine.pave_a_way(idea, places)
    for idea in others:
        machine.move(idea, "ben", S.WITHDRAWN, (LONG, LONG), first, is_stale=False)

    assert IdeasOfAll.reached == set(S) - {S.DRAFT, S.SUBMITTED}
