"""The life of a session, from the right password to its end."""

import pytest
from sqlmodel import select

from admin.people import People
from admin.signing_in.passwords import Passwords
from admin.signing_in.sign_in import SignIn
from core.domain.identity import Role, User
from core.errors import NotFound, SignInFailed, TooManyAttempts
from core.storage.database import Database
from core.storage.tables import AuditEventRow, SessionRow, UserRow
from tests.admin.conftest import NEW_PASSWORD, PASSWORD, Clock


def test_the_right_password_opens_a_session(sign_in: SignIn, anna: User) -> None:
    token = sign_in.sign_in(" Anna@Nordhafen.example ", PASSWORD)

    assert sign_in.user_for(token) == anna


def test_every_sign_in_gets_its_own_token(sign_in: SignIn, anna: User) -> None:
    tokens = {sign_in.sign_in(anna.email, PASSWORD) for _ in range(3)}

    assert len(tokens) == 3
    assert all(len(token) == 43 for token in tokens)


def test_the_database_holds_no_usable_token(
    sign_in: SignIn, anna: User, sqlite_database: Database
) -> None:
    token = sign_in.sign_in(anna.email, PASSWORD)

    dump = "\n".join(sqlite_database.engine.raw_connection().driver_connection.iterdump())  # type: ignore[union-attr]
    assert token not in dump
    assert PASSWORD not in dump


def test_nobody_is_behind_an_unknown_token(sign_in: SignIn, anna: User) -> None:
    assert sign_in.user_for("") is None
    assert sign_in.user_for("x" * 43) is None


def test_an_unused_session_ends(sign_in: SignIn, anna: User, clock: Clock) -> None:
    token = sign_in.sign_in(anna.email, PASSWORD)

    clock.forward(minutes=29)
    assert sign_in.user_for(token) is not None
    clock.forward(minutes=29)
    assert sign_in.user_for(token) is not None
    clock.forward(minutes=30)
    assert sign_in.user_for(token) is None


def test_a_session_in_use_ends_too(sign_in: SignIn, anna: User, clock: Clock) -> None:
    token = sign_in.sign_in(anna.email, PASSWORD)

    for _ in range(23):
        clock.forward(minutes=20)
        assert sign_in.user_for(token) is not None
    clock.forward(minutes=20)
    assert sign_in.user_for(token) is None


def test_use_is_written_down_at_most_once_a_minute(
    sign_in: SignIn, anna: User, clock: Clock, sqlite_database: Database
) -> None:
    token = sign_in.sign_in(anna.email, PASSWORD)
    opened_at = clock.time

    clock.forward(seconds=59)
    sign_in.user_for(token)
    before = _last_seen(sqlite_database)
    clock.forward(seconds=1)
    sign_in.user_for(token)

    assert before == opened_at
    assert _last_seen(sqlite_database) == clock.time


def test_signing_out_ends_this_session_only(sign_in: SignIn, anna: User) -> None:
    here, there = (sign_in.sign_in(anna.email, PASSWORD) for _ in range(2))

    sign_in.sign_out(here)

    assert sign_in.user_for(here) is None
    assert sign_in.user_for(there) is not None


def test_signing_out_everywhere_ends_all(sign_in: SignIn, anna: User, ben: User) -> None:
    tokens = [sign_in.sign_in(anna.email, PASSWORD) for _ in range(2)]
    other = sign_in.sign_in(ben.email, PASSWORD)

    sign_in.sign_out_everywhere(anna)

    assert [sign_in.user_for(token) for token in tokens] == [None, None]
    assert sign_in.user_for(other) == ben


def test_people_see_and_end_their_own_sessions(sign_in: SignIn, anna: User, ben: User) -> None:
    here = sign_in.sign_in(anna.email, PASSWORD, browser="Firefox")
    sign_in.sign_in(anna.email, PASSWORD, browser="Safari")
    sessions = sign_in.sessions_of(anna, current_token=here)
    other = next(s for s in sessions if not s.is_current)

    with pytest.raises(NotFound):
        sign_in.end_session(ben, other.id)
    sign_in.end_session(anna, other.id)

    assert [s.browser for s in sign_in.sessions_of(anna)] == ["Firefox"]


def test_a_deactivated_person_is_signed_out_at_once(
    sign_in: SignIn, people: People, anna: User, ben: User
) -> None:
    token = sign_in.sign_in(ben.email, PASSWORD)

    people.set_active(anna, ben.id, is_active=False)
    while_deactivated = sign_in.user_for(token)
    people.set_active(anna, ben.id, is_active=True)

    assert while_deactivated is None
    assert sign_in.user_for(token) is None


def test_role_and_groups_change_within_a_session(
    sign_in: SignIn, people: People, anna: User, ben: User
) -> None:
    token = sign_in.sign_in(ben.email, PASSWORD)

    people.set_role(anna, ben.id, Role.REVIEWER)
    people.set_groups(anna, ben.id, ["Customs"])

    user = sign_in.user_for(token)
    assert user is not None
    assert user.role is Role.REVIEWER
    assert len(user.group_ids) == 1


def test_every_reason_reads_the_same(
    sign_in: SignIn, people: People, anna: User, ben: User
) -> None:
    people.set_active(anna, ben.id, is_active=False)
    tries = [
        ("nobody@nordhafen.example", PASSWORD),
        (anna.email, "wrong password"),
        (ben.email, PASSWORD),
    ]

    texts = {_refusal(sign_in, email, password) for email, password in tries}

    assert len(texts) == 1


def test_repeated_failures_make_the_next_try_wait(
    sign_in: SignIn, anna: User, clock: Clock
) -> None:
    for _ in range(5):
        _refusal(sign_in, anna.email, "wrong password")

    with pytest.raises(TooManyAttempts, match="1 seconds"):
        sign_in.sign_in(anna.email, PASSWORD)
    clock.forward(seconds=1)
    assert sign_in.sign_in(anna.email, PASSWORD)


def test_the_wait_grows_but_never_locks_for_long(sign_in: SignIn, anna: User, clock: Clock) -> None:
    waits = [_seconds_until_next_try(sign_in, anna.email, clock) for _ in range(14)]

    assert waits[:5] == [0, 0, 0, 0, 0]
    assert waits[5:] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_unknown_accounts_wait_like_known_ones(sign_in: SignIn, anna: User) -> None:
    for _ in range(5):
        _refusal(sign_in, "nobody@nordhafen.example", "wrong password")

    with pytest.raises(TooManyAttempts):
        sign_in.sign_in("nobody@nordhafen.example", "wrong password")


def test_one_address_trying_many_accounts_waits(sign_in: SignIn, anna: User, clock: Clock) -> None:
    for number in range(20):
        with pytest.raises(SignInFailed):
            sign_in.sign_in(f"n{number}@nordhafen.example", "wrong password", address="10.0.0.9")

    with pytest.raises(TooManyAttempts):
        sign_in.sign_in(anna.email, PASSWORD, address="10.0.0.9")
    assert sign_in.sign_in(anna.email, PASSWORD, address="10.0.0.10")


def test_an_own_account_buys_no_new_guesses(sign_in: SignIn, anna: User, clock: Clock) -> None:
    for number in range(20):
        clock.forward(seconds=1)
        with pytest.raises(SignInFailed):
            sign_in.sign_in(f"n{number}@nordhafen.example", "wrong password", address="10.0.0.9")
    clock.forward(seconds=1)
    sign_in.sign_in(anna.email, PASSWORD, address="10.0.0.9")

    with pytest.raises(SignInFailed):
        sign_in.sign_in("n0@nordhafen.example", "wrong password", address="10.0.0.9")
    with pytest.raises(TooManyAttempts):
        sign_in.sign_in("n1@nordhafen.example", "wrong password", address="10.0.0.9")


def test_a_weaker_stored_hash_is_renewed_at_sign_in(
    sign_in: SignIn, anna: User, sqlite_database: Database
) -> None:
    with sqlite_database.begin() as session:
        weaker = Passwords(memory_kib=8 * 1024, time_cost=1)
        session.get_one(UserRow, anna.id).password_hash = weaker.hash(PASSWORD)

    sign_in.sign_in(anna.email, PASSWORD)

    with sqlite_database.read() as session:
        assert "m=19456,t=2" in session.get_one(UserRow, anna.id).password_hash


def test_a_new_password_ends_all_other_sessions(sign_in: SignIn, anna: User) -> None:
    here, there = (sign_in.sign_in(anna.email, PASSWORD) for _ in range(2))

    sign_in.change_password(anna, PASSWORD, NEW_PASSWORD, keep_token=here)

    assert sign_in.user_for(here) == anna
    assert sign_in.user_for(there) is None
    assert sign_in.sign_in(anna.email, NEW_PASSWORD)
    assert _refusal(sign_in, anna.email, PASSWORD)


def test_a_new_password_needs_the_old_one(sign_in: SignIn, anna: User) -> None:
    with pytest.raises(SignInFailed, match="current password"):
        sign_in.change_password(anna, "wrong password", NEW_PASSWORD)

    assert sign_in.sign_in(anna.email, PASSWORD)


def test_sign_ins_and_refusals_are_audited_without_addresses(
    sign_in: SignIn, anna: User, sqlite_database: Database
) -> None:
    token = sign_in.sign_in(anna.email, PASSWORD, address="10.0.0.9")
    _refusal(sign_in, anna.email, "wrong password")
    sign_in.sign_out(token)

    with sqlite_database.read() as session:
        events = session.exec(select(AuditEventRow).order_by("id")).all()
    assert [(e.action, e.outcome) for e in events][1:] == [
        ("session.opened", "ok"),
        ("session.opened", "refused"),
        ("session.ended", "ok"),
    ]
    assert "10.0.0.9" not in str([e.details for e in events])


def _last_seen(database: Database) -> object:
    with database.read() as session:
        return session.exec(select(SessionRow)).one().last_seen_at


def _refusal(sign_in: SignIn, email: str, password: str) -> str:
    with pytest.raises(SignInFailed) as refusal:
        sign_in.sign_in(email, password)
    return str(refusal.value)


def _outcome(sign_in: SignIn, email: str) -> type[Exception] | None:
    try:
        sign_in.sign_in(email, "wrong password")
    except (SignInFailed, TooManyAttempts) as error:
        return type(error)
    return None


def _seconds_until_next_try(sign_in: SignIn, email: str, clock: Clock) -> int:
    for seconds in range(1000):
        if _outcome(sign_in, email) is SignInFailed:
            return seconds
        clock.forward(seconds=1)
    raise AssertionError("locked")
