"""Files in the chat: attached with a question, shown with their state, asked, removed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.governance.attachments import AttachmentTerms
from core.domain.identity import SYSTEM, User
from core.domain.knowledge import Upload
from core.settings import EmbeddingSettings, ModelSettings, Settings
from tests.ui.conftest import Pages
from tools.trial.provider import FakeProvider, Reply, grounded_echo

CONTRACT = b"Contract\n\nThe contract with Meyer costs 900 EUR a month.\n"
LONG = "".join(
    f"Rule {n}\n\nJourney {n} costs {n} EUR and is booked in the portal by its team.\n\n" * 4
    for n in range(1, 120)
).encode()
OFFER = b"Offer\n\nThe offer of Schulz costs 700 EUR a month.\n"


def send(app: AppTest, question: str, **files: bytes) -> AppTest:
    """Type a question, choose files and send both."""
    composer = app.chat_input[0]
    for name, content in files.items():
        composer.upload(name.replace("_", "."), content)
    return composer.set_value(question).run()


def shown(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.text, app.warning, app.error, app.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def conversation_of(services: Services, user: User) -> str:
    [conversation] = services.chat.conversations.list(user)
    return conversation.id


def test_a_question_with_a_file_is_answered_from_the_file(
    pages: Pages, services: Services, ben: User
) -> None:
    app = send(pages.open("chat", ben), "What does Meyer cost a month?", contract_txt=CONTRACT)

    assert not app.exception
    conversation = services.chat.conversations.get(ben, conversation_of(services, ben))
    assert "900 EUR" in conversation.messages[1].text
    assert [f.is_ready for f in services.attachments.list(ben, conversation.id)] == [True]


def test_files_alone_are_attached_and_ask_nothing(
    pages: Pages, services: Services, ben: User
) -> None:
    app = send(pages.open("chat", ben), "", contract_txt=CONTRACT)

    assert not app.exception
    conversation = services.chat.conversations.get(ben, conversation_of(services, ben))
    assert conversation.messages == ()
    assert len(services.attachments.list(ben, conversation.id)) == 1


def test_a_file_that_cannot_be_used_is_told_with_the_reason(pages: Pages, ben: User) -> None:
    app = send(
        pages.open("chat", ben),
        "What does Meyer cost a month?",
        contract_txt=CONTRACT,
        setup_exe=b"MZ\x90\x00" + bytes(64),
    )

    assert "setup.exe" in shown(app)
    assert "It is a program, not a document." in shown(app)


def test_one_file_more_than_allowed_is_left_out_and_the_question_is_asked(
    pages: Pages, services: Services, ben: User
) -> None:
    app = send(pages.open("chat", ben), "What does Meyer cost?", contract_txt=CONTRACT)
    app.chat_input[0].upload("offer.txt", OFFER)
    services.attachment_rules.change(SYSTEM, AttachmentTerms(max_files=1))

    app = app.chat_input[0].set_value("And Schulz?").run()

    assert "1 file can be attached to a chat" in shown(app)
    assert services.attachment_rules.totals(SYSTEM).files == 1


def test_no_file_is_taken_into_a_temporary_chat(
    pages: Pages, services: Services, ben: User
) -> None:
    app = pages.open("chat", ben)
    app.toggle(key="temporary-chat").set_value(True).run()

    app = send(app, "What does Meyer cost a month?", contract_txt=CONTRACT)

    assert "A temporary chat stores nothing" in shown(app)
    assert app.chat_input[0].proto.value == "What does Meyer cost a month?"
    assert services.attachment_rules.totals(SYSTEM).files == 0


def test_the_next_question_can_go_to_the_company_s_documents(
    pages: Pages, services: Services, ben: User
) -> None:
    handbook = services.collections.add(SYSTEM, "Handbook", is_open=True)
    rates = b"Rates\n\nThe contract of the canteen costs 5,000 EUR a month.\n"
    services.documents.upload(SYSTEM, handbook.id, [Upload("rates.txt", rates)])
    app = send(pages.open("chat", ben), "What does Meyer cost a month?", contract_txt=CONTRACT)
    conversation = conversation_of(services, ben)
    app.segmented_control(key=f"asks-{conversation}-files").set_value("Company documents").run()

    send(app, "What does the contract of the canteen cost a month?")

    messages = services.chat.conversations.get(ben, conversation).messages
    assert "5,000 EUR" in messages[-1].text
    assert "900 EUR" not in messages[-1].text


def test_a_file_is_removed_with_what_was_quoted_of_it(
    pages: Pages, services: Services, ben: User
) -> None:
    app = send(pages.open("chat", ben), "What does Meyer cost a month?", contract_txt=CONTRACT)
    conversation = conversation_of(services, ben)
    [file] = services.attachments.list(ben, conversation)

    app.button(key=f"remove-{file.document_id}").click().run()
    services.lifecycle.attachment_remains.sweep()

    assert services.attachments.list(ben, conversation) == []
    assert "900 EUR" not in repr(services.chat.conversations.get(ben, conversation))


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply(grounded_echo())) as provider:
        yield provider


class TestLongFiles:
    """With a language model, what it takes to read long files is told and confirmed first."""

    @pytest.fixture
    def settings(self, tmp_path: Path, provider: FakeProvider) -> Settings:
        return Settings(
            data_dir=tmp_path,
            embeddings=EmbeddingSettings(cache_dir=tmp_path),
            llm=ModelSettings(
                base_url=provider.base_url, model="large", input_price=2.0, output_price=10.0
            ),
            _env_file=None,
        )

    def test_nothing_is_sent_before_the_asker_agrees(
        self, pages: Pages, ben: User, provider: FakeProvider
    ) -> None:
        app = send(pages.open("chat", ben), "Summarise this file", report_txt=LONG)

        assert not app.exception
        assert provider.requests == []
        assert "requests to the language model. That costs about" in shown(app)

        app.button(key="confirm-reading").click().run()

        assert not app.exception
        assert len(provider.requests) > 2
        assert "reading-to-confirm" not in repr(app)

    def test_who_leaves_it_gets_the_question_back(
        self, pages: Pages, ben: User, provider: FakeProvider
    ) -> None:
        app = send(pages.open("chat", ben), "Summarise this file", report_txt=LONG)

        app.button(key="leave-reading").click().run()

        assert provider.requests == []
        assert app.chat_input[0].proto.value == "Summarise this file"

    def test_a_short_file_is_summarised_at_once(
        self, pages: Pages, ben: User, provider: FakeProvider
    ) -> None:
        send(pages.open("chat", ben), "Summarise this file", contract_txt=CONTRACT)

        assert len(provider.requests) == 1


def test_a_chat_with_files_and_no_question_offers_a_beginning(
    pages: Pages, services: Services, ben: User
) -> None:
    app = send(pages.open("chat", ben), "", contract_txt=CONTRACT, offer_txt=OFFER)

    app.button(key="beginning-1").click().run()

    assert not app.exception
    [asked, answer] = services.chat.conversations.get(ben, conversation_of(services, ben)).messages
    assert asked.text == "Compare these files"
    assert "900 EUR" in answer.text
    assert "700 EUR" in answer.text
