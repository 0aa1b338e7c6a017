"""What is embedded of a passage."""

from core.domain.knowledge import searchable_text


def test_title_and_headings_come_before_the_words() -> None:
    assert searchable_text("Leave", ("Parents",), "Ninety days.") == "Leave\nParents\nNinety days."


def test_a_title_that_is_only_the_id_of_a_record_is_left_out() -> None:
    text = searchable_text("3ffd9053-a45d", (), "Ninety days.", external_id="3ffd9053-a45d")

    assert text == "Ninety days."
