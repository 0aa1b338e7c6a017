"""What leaves for providers: no value of a person, no passage of a class they may not receive."""

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select, update

from bootstrap.embedders import load_embedder
from core.domain.answers import Answer, GuardEffect, GuardNote, Turn
from core.domain.batches import batched
from core.domain.clock import new_id
from core.domain.conversations import Message
from core.domain.identity import User
from core.domain.knowledge import Sensitivity
from core.errors import ClassTooHigh, QuestionBlocked, TextBlocked
from core.guardrails.detectors import Kind
from core.guardrails.guard import Guard
from core.guardrails.modes import GuardMode, GuardPolicy
from core.model_calls import Tariff
from core.models.endpoint_embedder import EndpointEmbedder
from core.models.provider.classes import of_class
from core.settings import Settings
from core.storage.tables import (
    AuditEventRow,
    CollectionRow,
    ConversationRow,
    DocumentRow,
    MessageRow,
)
from ideas.cards.drafting import Asked, ModelDrafter
from rag.finding.model_rewriting import ModelRewriter
from rag.grounding.judges.lexical import LexicalJudge
from rag.grounding.judges.llm import LlmJudge
from rag.service import Chat
from tests.rag.conftest import Knowledge
from tests.rag.wire import PEOPLE, ask, leaked, model, sent
from tests.rag.wire import guarded_chat as chat
from tools.trial.private_forms import PrivateForm, private_forms
from tools.trial.provider import FakeProvider, Reply, grounded_echo

FORMS = list(private_forms())
NAMES = [
    *("Anna Nowak", "anna nowak", "Nowak, Anna", "A. Nowak", "Nowaks", "Anny Nowak", "Annie Nowak"),
    *("Piotra Kowalskiego", "Kowalskim", "Jürgen Müller", "juergen mueller", "Herr Müller"),
    *("Marie Dupont", "Mme Dupont", "de Vries", "Sofia de Vries"),
]


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply(grounded_echo())) as provider:
        yield provider


@pytest.fixture
def anna(knowledge: Knowledge) -> User:
    return knowledge.person("anna")


@pytest.mark.parametrize("forms", [list(part) for part in batched(FORMS, 12)], ids=len)
def test_no_value_leaves_with_question_passage_history_rewrite_or_judge(
    forms: list[PrivateForm], knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    collection = knowledge.collection("Handbook", is_open=True)
    knowledge.document(collection, "Who is who", *(f"Portal note. {form.text}" for form in forms))
    chat_ = chat(knowledge, provider)
    provider.script(Reply("", status=500))  # the first request is sent again

    conversation = chat_.start_conversation(anna, "Portal note?")
    for form in forms[:3]:
        ask(chat_, anna, f"What does the portal note say? {form.text}", conversation)
    ask(chat_, anna, "and what about this portal note?", conversation)

    assert len(provider.requests) > 4
    assert leaked(provider, forms) == []


def test_every_form_of_a_listed_name_stays_here(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    collection = knowledge.collection("Handbook", is_open=True)
    knowledge.document(collection, "Duties", *(f"The key of {name} is kept." for name in NAMES))
    chat_ = chat(knowledge, provider)

    for name in NAMES:
        ask(chat_, anna, f"Where is the key of {name} kept?")

    everything = sent(provider).casefold()
    for part in ("nowak", "kowalsk", "müller", "mueller", "dupont", "vries"):
        assert part not in everything


@pytest.mark.parametrize("form", FORMS[::7], ids=lambda form: form.text[:40])
def test_no_value_leaves_with_the_draft_of_an_idea(
    form: PrivateForm, knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    guard = Guard(GuardPolicy(), lambda: PEOPLE)
    drafter = ModelDrafter(
        knowledge.database,
        model(provider),
        tariff=Tariff(None, "EUR"),
        new_masker=guard.masker,
    )

    drafter.draft(anna, Asked(f"{form.text} Anna Nowak", (form.text,)))

    assert provider.requests
    assert leaked(provider, [form]) == []
    assert "Nowak" not in sent(provider)


def test_no_value_leaves_for_an_embedding_service(provider: FakeProvider) -> None:
    guard = Guard(GuardPolicy(), lambda: PEOPLE)
    embedder = EndpointEmbedder(
        provider.base_url, "key", "small", mask=lambda text: guard.masker().mask(text).text
    )

    embedder.embed_passages([form.text for form in FORMS])
    embedder.embed_query("Where is Anna Nowak?")

    assert leaked(provider, FORMS) == []
    assert "Nowak" not in sent(provider)


def test_values_come_back_and_are_told(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    collection = knowledge.collection("Handbook", is_open=True)
    knowledge.document(collection, "Duties", "The key is kept by Anna Nowak, 0171 9876543.")
    provider.script(Reply("The key is kept by <PERSON_1>, <PHONE_1>. [1]"))
    chat_ = knowledge.chat(model(provider), guard=Guard(GuardPolicy(), lambda: PEOPLE))

    answer = ask(chat_, anna, "Who keeps the key?")

    assert answer.text == "The key is kept by Anna Nowak, 0171 9876543. [1]"
    expected = (
        GuardNote(GuardEffect.MASKED_ELSEWHERE, "PERSON", 1),
        GuardNote(GuardEffect.MASKED_ELSEWHERE, "PHONE", 1),
    )
    assert answer.guard_notes == expected
    [kept] = [m.answer for m in stored(chat_, anna) if m.answer]
    assert kept.guard_notes == expected


def test_what_was_masked_of_the_question_is_told_apart_from_what_passages_and_history_hold(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    collection = knowledge.collection("Handbook", is_open=True)
    knowledge.document(collection, "Duties", "The key of Anna Nowak is kept, ring 0171 9876543.")
    chat_ = chat(knowledge, provider)
    conversation = chat_.start_conversation(anna, "Key?")

    question = "Where is the key of Anna Nowak kept? Mail anna.nowak@nordhafen.example"
    first = ask(chat_, anna, question, conversation)
    second = ask(chat_, anna, "And where is the key of Piotr Kowalski kept?", conversation)

    looked = chat_.look(anna, question).masked
    assert masked(first, GuardEffect.MASKED) == looked == {Kind.EMAIL: 1, Kind.PERSON: 1}
    assert masked(first, GuardEffect.MASKED_ELSEWHERE) == {Kind.PHONE: 1}
    assert masked(second, GuardEffect.MASKED) == {Kind.PERSON: 1}
    assert masked(second, GuardEffect.MASKED_ELSEWHERE)[Kind.PERSON] == 1


def masked(answer: Answer, effect: GuardEffect) -> dict[str, int]:
    return {note.kind: note.count for note in answer.guard_notes if note.effect is effect}


def stored(chat_: Chat, user: User) -> Sequence[Message]:
    """The messages of the only conversation."""
    [summary] = chat_.conversations.list(user)
    return chat_.conversations.get(user, summary.id).messages


def test_a_value_keeps_its_placeholder_through_a_conversation() -> None:
    guard = Guard(GuardPolicy(), lambda: PEOPLE)

    first = guard.masker("a").mask("Ask Anna Nowak.").text
    guard.masker("a").mask("Ask Piotr Kowalski.")
    again = guard.masker("a").mask("Piotr Kowalski and Anna Nowak").text

    assert first == "Ask <PERSON_1>."
    assert again == "<PERSON_2> and <PERSON_1>"
    assert guard.masker("b").mask("Piotr Kowalski").text == "<PERSON_1>"


def test_a_placeholder_of_an_earlier_request_is_not_put_back() -> None:
    guard = Guard(GuardPolicy(), lambda: PEOPLE)
    guard.masker("a").mask("Anna Nowak")

    assert guard.masker("a").restore("<PERSON_1>") == "<PERSON_1>"


def test_a_blocked_question_leaves_and_keeps_nothing(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    chat_ = chat(knowledge, provider, GuardPolicy(secrets=GuardMode.BLOCK))

    with pytest.raises(QuestionBlocked, match="1 password or key"):
        chat_.start_conversation(anna, "My password is Kranich77!")
    with pytest.raises(QuestionBlocked, match="1 password or key"):
        ask(chat_, anna, "My password is Kranich77!")

    assert provider.requests == []
    with knowledge.database.read() as session:
        assert session.exec(select(ConversationRow)).all() == []
        assert session.exec(select(MessageRow)).all() == []
        events = session.exec(
            select(AuditEventRow).where(AuditEventRow.action == "question.blocked")
        ).all()
    assert [(e.outcome, e.details) for e in events] == [
        ("refused", {"kind": "secret", "count": 1})
    ] * 2


def test_what_is_blocked_in_a_question_is_masked_in_a_passage(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    collection = knowledge.collection("Handbook", is_open=True)
    knowledge.document(collection, "Portal", "The portal password is Kranich77! for everyone.")
    chat_ = chat(knowledge, provider, GuardPolicy(secrets=GuardMode.BLOCK))

    ask(chat_, anna, "What is the portal password?")

    assert provider.requests
    assert "Kranich77" not in sent(provider)


def test_a_question_with_what_the_embedding_service_may_not_receive_is_not_asked_or_searched(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    blocking = Guard(GuardPolicy(secrets=GuardMode.BLOCK), lambda: PEOPLE)
    chat_ = knowledge.chat(model(provider), guard=Guard(), embedding_guard=blocking)

    with pytest.raises(QuestionBlocked, match="1 password or key"):
        ask(chat_, anna, "My password is Kranich77!")
    with pytest.raises(QuestionBlocked, match="1 password or key"):
        chat_.search(anna, "My password is Kranich77!")

    assert chat_.look(anna, "My password is Kranich77!").blocked == {Kind.SECRET: 1}
    assert provider.requests == []


def test_a_document_with_what_the_embedding_service_may_not_receive_is_not_embedded_there(
    provider: FakeProvider,
) -> None:
    blocking = Guard(GuardPolicy(secrets=GuardMode.BLOCK), lambda: PEOPLE)
    settings = Settings(
        embeddings={"model": "endpoint:small", "base_url": provider.base_url, "api_key": "key"}
    )
    embedder = load_embedder(settings, "endpoint:small", guard=blocking)

    with pytest.raises(TextBlocked, match="1 password or key"):
        embedder.embed_with_sentences(["Hotels.", "The password is Kranich77!"], [(), ()])
    embedder.embed_with_sentences(["Ask Anna Nowak."], [((0, 15),)])

    assert "Kranich77" not in sent(provider)
    assert "Ask <PERSON_1>." in sent(provider)


def test_a_mode_lets_values_leave_and_warn_tells_it(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    collection = knowledge.collection("Handbook", is_open=True)
    knowledge.document(collection, "Duties", "The key is kept by Anna Nowak, 0171 9876543.")
    policy = GuardPolicy(personal_data=GuardMode.OFF, names=GuardMode.WARN)
    chat_ = chat(knowledge, provider, policy)

    answer = ask(chat_, anna, "Who keeps the key?")

    assert "Anna Nowak, 0171 9876543" in sent(provider)
    assert answer.guard_notes == (GuardNote(GuardEffect.SENT, "PERSON", 1),)
    assert chat_.look(anna, "Is Anna Nowak in?").warned == {Kind.PERSON: 1}


def classify(knowledge: Knowledge, name: str, sensitivity: Sensitivity) -> None:
    with knowledge.database.begin() as session:
        session.exec(
            update(CollectionRow)
            .where(col(CollectionRow.name) == name)
            .values(sensitivity=sensitivity.value)
        )


@given(
    of_collection=st.sampled_from(Sensitivity),
    of_document=st.sampled_from(Sensitivity),
    allowed=st.sampled_from(Sensitivity),
    asks=st.sampled_from(["How long is the tide canary?", "Summarise the plan"]),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_byte_of_a_passage_of_a_higher_class_leaves(  # noqa: PLR0913  what is drawn
    knowledge: Knowledge,
    provider: FakeProvider,
    of_collection: Sensitivity,
    of_document: Sensitivity,
    allowed: Sensitivity,
    asks: str,
) -> None:
    name, canary = new_id(), f"canary{new_id()}"
    user = knowledge.person(new_id())
    collection = knowledge.collection(name, is_open=True)
    knowledge.document(collection, "Plan", f"The tide canary {canary} is 40 metres long.")
    classify(knowledge, name, of_collection)
    with knowledge.database.begin() as session:
        session.exec(
            update(DocumentRow)
            .where(col(DocumentRow.collection_id) == collection)
            .values(classification=of_document.value)
        )
    asked = model(provider)
    chat_ = knowledge.chat(
        asked,
        judge=LlmJudge(asked, LexicalJudge(knowledge.embedder)),
        rewriter=ModelRewriter(asked, knowledge.keywords.terms),
        highest_class=allowed,
    )
    conversation = chat_.start_conversation(user, asks)

    for question in (asks, "and how long is it exactly?", "What did you just say?"):
        for _ in chat_.ask(
            user, question, conversation_id=conversation, collection_ids=[collection]
        ):
            pass

    is_private = of_collection.is_above(allowed) or of_document.is_above(allowed)
    if is_private:
        assert canary not in sent(provider)
    elif asks.startswith("How"):
        assert canary in sent(provider)


def test_the_passage_engine_answers_instead_and_says_why(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    collection = knowledge.collection("Board", is_open=True)
    knowledge.document(collection, "Plan", "The merger is signed on 12 May.")
    classify(knowledge, "Board", Sensitivity.CONFIDENTIAL)

    answer = ask(knowledge.chat(model(provider)), anna, "When is the merger signed?")

    assert provider.requests == []
    assert answer.engine == "passages"
    assert "The merger is signed on 12 May." in answer.text
    assert answer.guard_notes == (GuardNote(GuardEffect.WITHHELD, "confidential", 1),)


def test_an_answer_from_a_higher_class_is_not_sent_as_history(
    knowledge: Knowledge, anna: User, provider: FakeProvider
) -> None:
    board = knowledge.collection("Board", is_open=True)
    knowledge.document(board, "Plan", "The merger with Hansekontor is signed on 12 May.")
    handbook = knowledge.collection("Handbook", is_open=True)
    knowledge.document(handbook, "Travel", "Hotels are booked in the portal.")
    classify(knowledge, "Board", Sensitivity.RESTRICTED)
    chat_ = chat(knowledge, provider)
    conversation = chat_.start_conversation(anna, "When is the merger signed?")

    for question, where in (
        ("When is the merger signed?", board),
        ("Where are hotels booked?", handbook),
    ):
        for _ in chat_.ask(anna, question, conversation_id=conversation, collection_ids=[where]):
            pass

    assert provider.requests
    assert "Hansekontor" not in sent(provider)


def test_passages_that_an_embedding_service_may_not_receive_are_left_out(
    knowledge: Knowledge, anna: User
) -> None:
    collection = knowledge.collection("Board", is_open=True)
    knowledge.document(collection, "Plan", "The merger is signed on 12 May.")
    classify(knowledge, "Board", Sensitivity.CONFIDENTIAL)
    chat_ = knowledge.chat(embeds_class=Sensitivity.INTERNAL)

    answer = ask(chat_, anna, "When is the merger signed?")

    assert "12 May" not in answer.text
    assert GuardNote(GuardEffect.LEFT_OUT, "confidential", 1) in answer.guard_notes


def test_texts_of_a_higher_class_are_not_embedded_elsewhere(provider: FakeProvider) -> None:
    embedder = EndpointEmbedder(
        provider.base_url,
        "key",
        "small",
        mask=str,
        highest_class=Sensitivity.INTERNAL,
    )

    with of_class(Sensitivity.CONFIDENTIAL), pytest.raises(ClassTooHigh, match="confidential"):
        embedder.embed_passages(["The merger is signed on 12 May."])
    with of_class(Sensitivity.INTERNAL):
        embedder.embed_passages(["Hotels are booked in the portal."])

    assert "merger" not in sent(provider)
    assert len(provider.requests) == 1


def test_history_without_sources_stays(knowledge: Knowledge, provider: FakeProvider) -> None:
    rewriter = ModelRewriter(model(provider), knowledge.keywords.terms)

    rewriter.rewrite("and in winter?", [Turn("user", "When is the gate open?")])

    assert "When is the gate open?" in sent(provider)
