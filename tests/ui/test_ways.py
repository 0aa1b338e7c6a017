"""What a question is asked of: chosen above the composer, kept for a conversation, and told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from bootstrap.services import Services
from core.domain.answers import NEEDS_A_MODEL, NOT_CHECKED, Way
from core.domain.identity import User
from core.settings import EmbeddingSettings, ModelSettings, Settings
from tests.ui.conftest import Pages
from tools.trial.provider import FakeProvider, Reply
from ui.chat.composer.ways import DOCUMENTS, FREE

DRAFT = "Dear Tom, please find the notes attached."
REQUEST = "Write a short mail to Tom."


@pytest.fixture
def provider() -> Iterator[FakeProvider]:
    with FakeProvider(Reply(DRAFT)) as provider:
        yield provider


def choose(app: AppTest, way: str) -> AppTest:
    return app.button_group[0].set_value(way).run()


def shown(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.text, app.warning, app.error, app.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


class TestWithoutAModel:
    def test_it_is_told_what_is_missing_and_nothing_can_be_asked(
        self, pages: Pages, ben: User
    ) -> None:
        app = pages.open("chat", ben)
        assert not app.chat_input[0].disabled
        assert NEEDS_A_MODEL not in shown(app)

        choose(app, FREE)

        assert NEEDS_A_MODEL in shown(app)
        assert app.chat_input[0].disabled

        choose(app, DOCUMENTS)

        assert not app.chat_input[0].disabled


class TestWithAModel:
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

    def test_an_answer_without_documents_has_its_label_and_the_chat_goes_on_like_that(
        self, pages: Pages, services: Services, ben: User, provider: FakeProvider
    ) -> None:
        app = choose(pages.open("chat", ben), FREE)

        app.chat_input[0].set_value(REQUEST).run()

        assert not app.exception
        [overview] = services.chat.conversations.list(ben)
        [_, message] = services.chat.conversations.get(ben, overview.id).messages
        assert message.answer is not None
        assert (message.text, message.answer.way) == (DRAFT, Way.FREE)
        assert NOT_CHECKED in shown(app)
        assert app.button_group[0].value == FREE
        assert len(provider.requests) == 1

    def test_the_way_can_be_changed_within_a_conversation(
        self, pages: Pages, services: Services, ben: User
    ) -> None:
        app = choose(pages.open("chat", ben), FREE)
        app.chat_input[0].set_value(REQUEST).run()

        choose(app, DOCUMENTS)
        app.chat_input[0].set_value("What does the handbook say of travel?").run()

        [overview] = services.chat.conversations.list(ben)
        answers = [
            m.answer for m in services.chat.conversations.get(ben, overview.id).messages if m.answer
        ]
        assert [a.way for a in answers] == [Way.FREE, Way.DOCUMENTS]

    def test_a_temporary_chat_can_do_without_documents(
        self, pages: Pages, services: Services, ben: User
    ) -> None:
        app = pages.open("chat", ben)
        app.toggle(key="temporary-chat").set_value(True).run()

        choose(app, FREE).chat_input[0].set_value(REQUEST).run()

        assert not app.exception
        assert NOT_CHECKED in shown(app)
        assert services.chat.conversations.list(ben) == []

    def test_figures_of_documents_leave_it_out(
        self, pages: Pages, services: Services, ben: User, anna: User
    ) -> None:
        choose(pages.open("chat", ben), FREE).chat_input[0].set_value(REQUEST).run()

        total = services.usage.report(anna, days=7).total

        assert (total.questions, total.searched, total.without_passages) == (1, 0, 0)
        assert (total.answered, total.cited) == (0, 0)
