"""A hostile file costs its own time only: the parser runs in a child that can be killed."""

import io
import os
import sys
import threading
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from tokenizers import Tokenizer

from core.child_process import end_child, start_child
from core.domain.knowledge import LeftOut
from core.errors import UnreadableDocument
from core.models.weights import find_weights
from ingestion.files.media import MediaType
from ingestion.reading.preparation import PreparationHere, Reading
from ingestion.reading.sandboxed import SandboxedParser, SandboxLimits
from tools.trial import files

PDF = files.pdf([("Some words.", 11)])
# A parser that can be told to misbehave takes the place of the CSV parser in the child.
MISBEHAVING = """
import ingestion.parsers.data.csv as module
import os, sys, time

def parse(content, file_name):
    if content == b"loop":
        while True:
            pass
    if content == b"die":
        os.abort()
    if content == b"grow":
        return bytearray(4 * 2**30)
    if content == b"bug":
        raise ZeroDivisionError("secret words of the document")
    if content == b"print":
        print("x" * 100_000)
        os.write(1, b"y" * 1000)
        sys.stdin.read()
    return module.original(content or b"a,b", file_name)

module.original, module.parse = module.parse, parse

def with_more(content, file_name, document):
    while file_name == "loop.pdf":
        pass
    if file_name == "grow.pdf":
        return bytearray(4 * 2**30)
    if file_name == "bug.pdf":
        raise ZeroDivisionError(document.text)
    os.abort()

import ingestion.parsers.pdf.more as more
more.with_more = with_more
"""


@pytest.fixture
def parser() -> SandboxedParser:
    return SandboxedParser(SandboxLimits(seconds=20, memory_megabytes=1024))


@pytest.fixture
def bad_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Children get the misbehaving parser, put there by a program in Python's place."""
    (tmp_path / "bad.py").write_text(MISBEHAVING)
    wrapper = tmp_path / "python"
    code = "import sys; sys.path[:0] = ['.', sys.argv[1]]; del sys.argv[1]; import bad; "
    code += "sys.argv[1:3] = []; import ingestion.reading.parse_worker as w; w.main()"
    wrapper.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{code}" {tmp_path} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(wrapper))


@pytest.fixture
def bad_parser(bad_python: None) -> SandboxedParser:
    return SandboxedParser(SandboxLimits(seconds=1.5, memory_megabytes=1024))


def with_file() -> bytes:
    """A PDF with an attached file, which is read once its text is in hand."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(PDF)))
    writer.add_attachment("rates.txt", b"The rate is 0.30 EUR.")
    stored = io.BytesIO()
    writer.write(stored)
    return stored.getvalue()


def read(parser: SandboxedParser, content: bytes) -> str:
    return parser.parse(MediaType.CSV, content, "a.csv").text


def test_one_warm_child_reads_many_files(parser: SandboxedParser) -> None:
    first = parser.parse(MediaType.PDF, PDF, "a.pdf")
    child = parser.child_pid

    second = parser.parse(MediaType.HTML, files.HTML, "a.html")

    assert first.text == "Some words."
    assert second.title == "Supplier code"
    assert parser.child_pid == child is not None
    parser.close()


def test_the_cause_crosses_the_pipe(parser: SandboxedParser) -> None:
    with pytest.raises(UnreadableDocument, match="needs a password"):
        parser.parse(MediaType.PDF, files.encrypted_pdf("secret"), "a.pdf")
    parser.close()


def test_a_loop_is_killed_after_its_time_and_the_next_file_is_read(
    bad_parser: SandboxedParser,
) -> None:
    with pytest.raises(UnreadableDocument, match=r"took longer than 1\.5 seconds"):
        read(bad_parser, b"loop")

    assert read(bad_parser, b"a,b\n1,2") == "a | b\n1 | 2"
    bad_parser.close()


def test_too_much_memory_is_refused_and_the_next_file_is_read(bad_parser: SandboxedParser) -> None:
    with pytest.raises(UnreadableDocument, match="needs more than 1024 MB of memory"):
        read(bad_parser, b"grow")

    assert read(bad_parser, b"a,b\n1,2") == "a | b\n1 | 2"
    bad_parser.close()


def test_a_crash_of_the_parser_is_a_reason(bad_parser: SandboxedParser) -> None:
    with pytest.raises(UnreadableDocument, match="crashed its parser"):
        read(bad_parser, b"die")

    assert read(bad_parser, b"a,b\n1,2") == "a | b\n1 | 2"
    bad_parser.close()


def test_a_bug_is_logged_by_place_without_the_words_of_the_document(
    bad_parser: SandboxedParser, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(UnreadableDocument, match="probably damaged"):
        read(bad_parser, b"bug")

    assert "ZeroDivisionError" in caplog.text
    assert "bad.py" in caplog.text
    assert "secret words" not in caplog.text.replace('ZeroDivisionError("secret words', "")
    bad_parser.close()


def test_a_parser_that_prints_does_not_disturb_the_protocol(bad_parser: SandboxedParser) -> None:
    assert read(bad_parser, b"print") == "print"
    bad_parser.close()


@pytest.mark.usefixtures("bad_python")
@pytest.mark.parametrize("misdeed", ["die", "loop", "grow", "bug"])
def test_text_in_hand_is_kept_whatever_becomes_of_what_else_is_in_a_pdf(
    misdeed: str, caplog: pytest.LogCaptureFixture
) -> None:
    parser = SandboxedParser(SandboxLimits(seconds=3 if misdeed == "loop" else 60))

    document = parser.parse(MediaType.PDF, with_file(), f"{misdeed}.pdf")

    assert document.text == "Some words."
    assert document.left_out == (LeftOut("attached files", 1),)
    assert "what else is in a file was not read" in caplog.text
    assert "Some words" not in caplog.text
    assert read(parser, b"a,b\n1,2") == "a | b\n1 | 2"
    parser.close()


def test_the_child_is_replaced_after_many_files(
    parser: SandboxedParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingestion.reading.sandboxed.FILES_PER_CHILD", 2)
    children = set()

    for _ in range(4):
        parser.parse(MediaType.CSV, b"a,b", "a.csv")
        children.add(parser.child_pid)

    assert len(children) == 3  # two that served, and none after each second file
    parser.close()


def test_keys_of_the_app_stay_out_of_the_child(
    parser: SandboxedParser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_LLM__API_KEY", "secret")
    parser.parse(MediaType.CSV, b"a,b", "a.csv")

    environment = Path(f"/proc/{parser.child_pid}/environ")

    if environment.exists():
        assert b"SANDBOX" not in environment.read_bytes()
    parser.close()


def test_an_idle_child_ends_with_its_pipe() -> None:
    child = start_child("ingestion.reading.parse_worker", (1024, 20, 0))
    assert child.stdin is not None

    child.stdin.close()

    assert child.wait(timeout=120) == 0
    end_child(child)


def test_the_child_prepares_what_this_process_would() -> None:
    tokenizer = find_weights() / "tokenizer.json"
    counter = Tokenizer.from_file(str(tokenizer))
    counter.no_truncation()
    counter.no_padding()
    niced = SandboxedParser(tokenizer=tokenizer, niceness=10)
    here = PreparationHere(niced, lambda t: len(counter.encode(t, add_special_tokens=False).ids))
    text = "# Leave\n\n" + "Parents get 90 days. Ask your manager – early.\n\n" * 60
    reading = Reading(MediaType.MARKDOWN, "leave.md", "Leave", external_id="42")

    prepared = niced.prepare(reading, text.encode())

    assert prepared == here.prepare(reading, text.encode())
    assert len(prepared.passages) > 2
    assert niced.child_pid is not None
    assert os.getpriority(os.PRIO_PROCESS, niced.child_pid) >= 10
    niced.close()


def test_threads_take_turns(parser: SandboxedParser) -> None:
    results: list[str] = []

    def work(number: int) -> None:
        text = parser.parse(MediaType.CSV, f"n,{number}".encode(), "a.csv").text
        results.append(text)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == sorted(f"n | {n}" for n in range(8))
    assert os.getpid()
    parser.close()
