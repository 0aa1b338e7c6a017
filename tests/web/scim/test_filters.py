"""Lists: filters, orders, pages and attributes, on both databases as the library compares them."""

from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scim2_models import ScimFilter
from sqlmodel import Session

from admin.provisioning.models import POLICY, ScimPerson
from admin.provisioning.rows import ResourceKind
from core.domain.identity import Role
from core.storage.tables import GroupRow, MembershipRow, ScimResourceRow, UserRow
from tests.web.scim.conftest import USER, IdentityProvider, Json, statements

PEOPLE: list[Json] = [
    {"userName": "anna.b@x.example", "displayName": "Anna Berg", "externalId": "A1"},
    {"userName": "ben@x.example", "displayName": "ben_berg 100%", "externalId": "a1"},
    {"userName": "cem@y.example", "name": {"givenName": "Cem", "familyName": "Öztürk"}},
    {"userName": "dora@y.example", "displayName": "ÄRZTIN Dora", "active": False},
    {
        "userName": "emil@y.example",
        "displayName": 'O"Neil \\ Emil',
        "emails": [{"value": "emil@home.example", "type": "home"}, {"value": "e@y.example"}],
    },
]


@pytest.fixture
def listed(idp: IdentityProvider) -> IdentityProvider:
    for person in PEOPLE:
        assert idp("POST", "/Users", {"schemas": [USER], **person}).status == 201
    return idp


def found(idp: IdentityProvider, text: str, more: str = "") -> list[str]:
    answer = idp("GET", f"/Users?filter={quote(text)}{more}")
    assert answer.status == 200, answer.body
    assert answer.body["totalResults"] >= len(answer.body["Resources"])
    return [one["userName"].partition("@")[0] for one in answer.body["Resources"]]


FILTERS = {
    'userName eq "BEN@x.example"': ["ben"],
    'userName ne "ben@x.example" and active eq true': ["anna.b", "cem", "emil"],
    'userName sw "anna" or userName ew "Y.EXAMPLE"': ["anna.b", "cem", "dora", "emil"],
    'userName co "x.ex"': ["anna.b", "ben"],
    'USERNAME EQ "ben@x.example"': ["ben"],
    'urn:ietf:params:scim:schemas:core:2.0:User:userName eq "ben@x.example"': ["ben"],
    "not (active eq true)": ["dora"],
    'active eq "False"': ["dora"],
    "active ne false": ["anna.b", "ben", "cem", "emil"],
    'displayName co "_"': ["ben"],
    'displayName co "%"': ["ben"],
    'displayName co "BERG"': ["anna.b", "ben"],
    'displayName eq "Ärztin dora"': ["dora"],
    'displayName co "\\\\"': ["emil"],
    'displayName eq "O\\"Neil \\\\ Emil"': ["emil"],
    "displayName pr": ["anna.b", "ben", "dora", "emil"],
    "not (displayName pr)": ["cem"],
    'not (displayName eq "Anna Berg")': ["ben", "cem", "dora", "emil"],
    'name.familyName eq "öztürk"': ["cem"],
    "name.givenName pr": ["cem"],
    'externalId eq "A1"': ["anna.b"],
    'externalId ne "A1"': ["ben", "cem", "dora", "emil"],
    'externalId sw "a"': ["ben"],
    "externalId eq null": ["cem", "dora", "emil"],
    'emails[type eq "home"]': ["emil"],
    'emails[type eq "home" and value co "HOME"]': ["emil"],
    'emails.value eq "e@y.example"': ["emil"],
    'meta.created gt "2020-01-01T00:00:00Z"': ["anna.b", "ben", "cem", "dora", "emil"],
    'meta.lastModified lt "2020-01-01T00:00:00Z"': [],
    'displayName gt "c"': ["dora", "emil"],
    'userName eq ""': [],
    'userName eq "x\' OR 1=1 --"': [],
    'userName eq "\\u0000"': [],
}


@pytest.mark.parametrize("text", FILTERS, ids=str)
def test_a_filter_finds(listed: IdentityProvider, text: str) -> None:
    assert found(listed, text) == FILTERS[text]


@pytest.mark.parametrize(
    "text",
    [
        "userName",
        "userName eq",
        'userName eq "x" and',
        'userName like "x"',
        "userName eq x'; drop table users; --",
        'password eq "x"',
        'roles[value eq "admin"]',
        "active gt true",
        'active eq "perhaps"',
        'meta.created gt "yesterday"',
        "(" * 500,
        f'userName eq "{"x" * 5000}"',
        'userName[value eq "x"]',
        "groups pr pr",
        "\0",
    ],
    ids=lambda text: text[:40],
)
def test_a_filter_that_makes_no_sense_is_refused(sqlite_idp: IdentityProvider, text: str) -> None:
    answer = sqlite_idp("GET", f"/Users?filter={quote(text)}")

    assert answer.status == 400
    assert answer.body["scimType"] in ("invalidFilter", "invalidSyntax")


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("&sortBy=userName&sortOrder=descending", ["emil", "dora", "cem", "ben", "anna.b"]),
        ("&sortBy=externalId", ["anna.b", "ben", "cem", "dora", "emil"]),
        ("&sortBy=name.familyName&count=1", ["cem"]),
        ("&sortBy=emails.value&count=1", ["emil"]),
    ],
)
def test_lists_are_ordered(listed: IdentityProvider, order: str, expected: list[str]) -> None:
    assert found(listed, "meta.created pr", order) == expected


def test_pages_go_on_where_the_one_before_ended(listed: IdentityProvider) -> None:
    pages = [listed("GET", f"/Users?startIndex={start}&count=2").body for start in (1, 3, 5, 7)]

    names = [[one["userName"] for one in page["Resources"]] for page in pages]
    assert [len(page) for page in names] == [2, 2, 1, 0]
    assert len({name for page in names for name in page}) == 5
    assert {page["totalResults"] for page in pages} == {5}
    assert [page["itemsPerPage"] for page in pages] == [2, 2, 1, 0]


@pytest.mark.parametrize(
    ("parameters", "size"),
    [
        ("count=0", 0),
        ("count=-7", 0),
        ("startIndex=-7&count=1", 1),
        (f"startIndex={10**30}", 0),
        (f"count={10**30}", 5),
    ],
)
def test_bounds_of_pages_are_kept(listed: IdentityProvider, parameters: str, size: int) -> None:
    answer = listed("GET", f"/Users?{parameters}")

    assert (answer.status, len(answer.body["Resources"])) == (200, size)
    assert answer.body["totalResults"] == 5


def test_the_same_is_asked_for_in_a_body(listed: IdentityProvider) -> None:
    search = {"filter": 'userName sw "cem"', "attributes": ["userName"]}

    answer = listed("POST", "/Users/.search", search)

    (resource,) = answer.body["Resources"]
    assert resource.keys() == {"schemas", "id", "userName"}
    assert resource["userName"] == "cem@y.example"


def test_attributes_are_chosen_and_left_out(sqlite_idp: IdentityProvider) -> None:
    ben = sqlite_idp.add("ben@x.example", displayName="Ben", name={"givenName": "Ben"})
    group = sqlite_idp.add_group("Sales", ben)

    one = sqlite_idp("GET", f"/Users/{ben}?attributes=name.givenName,unknown").body
    other = sqlite_idp("GET", "/Users?excludedAttributes=name,meta").body["Resources"][0]
    without = sqlite_idp("GET", "/Groups?excludedAttributes=members").body["Resources"][0]
    patched = sqlite_idp(
        "PATCH",
        f"/Groups/{group}?attributes=displayName",
        {"Operations": [{"op": "replace", "path": "displayName", "value": "Trade"}]},
    )
    both = sqlite_idp("GET", f"/Users/{ben}?attributes=name&excludedAttributes=meta")

    assert one.keys() == {"schemas", "id", "name"}
    assert other.keys() == {"schemas", "id", "userName", "displayName", "active", "groups"}
    assert "members" not in without
    assert (patched.status, patched.body["displayName"]) == (200, "Trade")
    assert both.status == 400


LETTERS = st.text(alphabet="abAB_%\\\"'@. 1", max_size=4)
TEXTS = st.sampled_from(["userName", "displayName", "externalId", "name.givenName", "id"])
COMPARED = st.builds(
    lambda name, op, value: f"{name} {op} {ScimFilter.quote(value)}",
    TEXTS,
    st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "le"]),
    LETTERS,
)
SIMPLE = st.one_of(
    COMPARED,
    st.builds("{} pr".format, TEXTS),
    st.sampled_from(["active eq true", "active ne true", "emails pr", 'emails[type eq "a"]']),
)
EXPRESSIONS = st.recursive(
    SIMPLE,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not ({})".format, inner),
    ),
    max_leaves=5,
)
UNSETTLED = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@UNSETTLED
@given(text=EXPRESSIONS)
def test_sql_finds_what_the_library_finds(odd_people: IdentityProvider, text: str) -> None:
    everybody = odd_people("GET", "/Users").body["Resources"]

    with POLICY:
        wanted = ScimFilter[ScimPerson](text)
        matching = [one["id"] for one in everybody if wanted.match(ScimPerson(**read(one)))]

    answer = odd_people("GET", f"/Users?filter={quote(text)}")
    assert [one["id"] for one in answer.body["Resources"]] == matching


def read(one: dict[str, object]) -> dict[str, object]:
    """A resource as the library takes it back."""
    return {name: value for name, value in one.items() if name not in ("meta", "groups")}


@pytest.fixture
def odd_people(idp: IdentityProvider) -> IdentityProvider:
    odd = ("ab", "AB", "a_b", "a%b", 'a"b', "a\\b", "A.", "@", "1 a")
    for number, text in enumerate(odd):
        idp.add(
            f"{'abAB'[number % 4]}{number}@a.b",
            displayName=text,
            externalId=text if number % 2 else f"{text}{number}",
            active=bool(number % 3),
            name={"givenName": text} if number % 2 else {},
            emails=[{"type": "a"}] if number == 4 else [],
        )
    return idp


@UNSETTLED
@given(text=st.one_of(st.text(max_size=40), EXPRESSIONS.map(lambda e: e[:-1])))
def test_no_filter_breaks_anything(sqlite_idp: IdentityProvider, text: str) -> None:
    for path in ("/Users", "/Groups"):
        for name in ("filter", "sortBy", "attributes", "startIndex", "count"):
            query = quote(text.encode("utf-8", "surrogatepass"))
            assert sqlite_idp("GET", f"{path}?{name}={query}").status in (200, 400)


def many(session: Session) -> None:
    """5,000 people in 200 groups of 100."""
    people = [f"{number:032x}" for number in range(5_000)]
    groups = [f"{number:016x}{'f' * 16}" for number in range(200)]
    session.add_all(
        UserRow(id=one, email=f"p{number}@x.example", name="P", role=Role.EMPLOYEE)
        for number, one in enumerate(people)
    )
    session.add_all(GroupRow(id=one, name=f"Group {n}") for n, one in enumerate(groups))
    session.flush()
    kept = [
        *(
            ScimResourceRow(id=one, kind=ResourceKind.PERSON, user_id=one, external_id=f"e{n}")
            for n, one in enumerate(people)
        ),
        *(ScimResourceRow(id=one, kind=ResourceKind.GROUP, group_id=one) for one in groups),
    ]
    session.add_all(kept)
    session.add_all(
        MembershipRow(user_id=people[(n * 25 + member) % 5_000], group_id=one)
        for n, one in enumerate(groups)
        for member in range(100)
    )


def test_lists_of_five_thousand_people_take_a_few_statements(idp: IdentityProvider) -> None:
    with idp.database.begin() as session:
        many(session)
    idp("GET", "/Users?count=1")  # notes that the token was used
    costs = {}
    for name, path in {
        "page of people": "/Users?startIndex=4001&count=200",
        "one by name": '/Users?filter=userName eq "p4711@x.example"',
        "one by external id": '/Users?filter=externalId eq "e4711"',
        "page of groups": "/Groups?count=200",
        "groups without members": "/Groups?count=200&excludedAttributes=members",
    }.items():
        with statements(idp.database) as sent:
            answer = idp("GET", path)
        assert answer.body["Resources"]
        costs[name] = len(sent)

    assert costs == {
        "page of people": 4,
        "one by name": 4,
        "one by external id": 4,
        "page of groups": 4,
        "groups without members": 3,
    }
