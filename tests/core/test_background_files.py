"""Files are made in the background: one for each person, with progress, and few are kept."""

from threading import Event, Thread
from threading import enumerate as every_thread

from core.background_files import BROKEN, KEPT, BackgroundFile, BackgroundFiles, Progress
from core.errors import InvalidInput


def finished(files: BackgroundFiles, person: str) -> BackgroundFile:
    """The file of a person, once its thread has ended."""
    for thread in every_thread():
        if thread.name.startswith("file ") and isinstance(thread, Thread):
            thread.join(timeout=30)
    file = files.of(person)
    assert file is not None
    return file


def test_a_file_says_how_far_it_is_and_is_there_in_the_end() -> None:
    files, told, go_on = BackgroundFiles(), Event(), Event()

    def make(tell: Progress) -> bytes:
        tell(0.5, "Half of it")
        told.set()
        go_on.wait(30)
        return b"all of it"

    files.start("ada", "a.pdf", make)
    assert told.wait(30)
    running = files.of("ada")

    assert running is not None
    assert (running.name, running.is_running) == ("a.pdf", True)
    assert (running.share, running.step) == (0.5, "Half of it")
    go_on.set()
    assert finished(files, "ada").content == b"all of it"
    assert not running.is_running


def test_a_second_start_does_nothing_while_one_runs_and_replaces_it_afterwards() -> None:
    files, go_on = BackgroundFiles(), Event()

    def slow(_tell: Progress) -> bytes:
        go_on.wait(30)
        return b"first"

    files.start("ada", "first.pdf", slow)
    files.start("ada", "second.pdf", lambda _tell: b"second")
    go_on.set()

    assert finished(files, "ada").content == b"first"
    files.start("ada", "third.pdf", lambda _tell: b"third")
    assert finished(files, "ada").content == b"third"


def test_nobody_gets_the_file_of_another_person() -> None:
    files = BackgroundFiles()

    files.start("ada", "a.pdf", lambda _tell: b"secret")

    assert finished(files, "ada").content == b"secret"
    assert files.of("ben") is None


def test_what_went_wrong_is_told_and_words_of_a_defect_are_not() -> None:
    files = BackgroundFiles()

    def refuse(_tell: Progress) -> bytes:
        raise InvalidInput("Choose a period first.")

    def break_down(_tell: Progress) -> bytes:
        raise ZeroDivisionError("secret words")

    files.start("ada", "a.pdf", refuse)
    files.start("ben", "b.pdf", break_down)

    assert finished(files, "ada").problem == "Choose a period first."
    assert finished(files, "ben").problem == BROKEN
    assert not finished(files, "ben").is_running


def test_few_files_are_kept_and_one_that_is_being_made_stays() -> None:
    files, go_on = BackgroundFiles(), Event()

    def slow(_tell: Progress) -> bytes:
        go_on.wait(30)
        return b"slow"

    files.start("slow", "slow.pdf", slow)
    for number in range(KEPT + 5):
        files.start(f"person{number}", "a.pdf", lambda _tell: b"quick")
        _ended(files, f"person{number}")

    kept = [name for number in range(KEPT + 5) if files.of(name := f"person{number}")]
    assert kept == [f"person{number}" for number in range(6, KEPT + 5)]
    go_on.set()
    assert finished(files, "slow").content == b"slow"


def _ended(files: BackgroundFiles, person: str) -> None:
    file = files.of(person)
    assert file is not None
    while file.is_running:
        Event().wait(0.01)
