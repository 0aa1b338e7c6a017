"""Times the way from bytes to searchable passages: `python -m benchmarks.ingestion FOLDER`.

The parts that LangChain has in stock for it are measured beside the product.

The PDF files of the folder are read in groups, each by the product (upload until every document is
ready) and by PyPDFLoader, RecursiveCharacterTextSplitter (1,000 characters, 200 of overlap),
HuggingFaceEmbeddings (the same weights, 32-bit) and Chroma, taking turns. Both models are loaded
before. Both get the same characters: those that PDFium finds. The product reads at low priority; on
a machine that is busy with other work start it under `nice -n 19`, which gives both the same.
Writes benchmarks/results/ingestion.md. Needs benchmarks/requirements.txt.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pypdfium2
from langchain_chroma import Chroma
from langchain_community.document_loaders import PyPDFLoader
from langchain_text_splitters import RecursiveCharacterTextSplitter

from benchmarks.material.peers import stock_embeddings
from benchmarks.material.place import RESULTS, services_in
from core.domain.identity import SYSTEM
from core.domain.knowledge import DocumentState, Upload

CHARACTERS, OVERLAP = 1000, 200
Read = Callable[[Sequence[Path]], None]


def main() -> None:
    """Let both read each group in turn, and write the sums."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=16)
    parser.add_argument("--groups", type=int, default=4)
    arguments = parser.parse_args()
    files = sorted(arguments.folder.glob("*.pdf"))[: arguments.files]
    groups = [files[number :: arguments.groups] for number in range(arguments.groups)]
    with tempfile.TemporaryDirectory() as folder:
        readers = {
            "product": _product(Path(folder, "ours")),
            "stock": _stock(Path(folder, "stock")),
        }
        seconds_by_reader = {name: [] for name in readers}  # type: dict[str, list[float]]
        for number, group in enumerate(groups):
            for name in sorted(readers, reverse=bool(number % 2)):
                seconds_by_reader[name].append(_seconds(readers[name], group))
            print(
                {name: round(seconds[-1], 1) for name, seconds in seconds_by_reader.items()},
                flush=True,
            )
    _write(files, seconds_by_reader)


def _product(folder: Path) -> Read:
    services = services_in(folder)
    collection = services.collections.add(SYSTEM, "All", is_open=True).id

    def read(files: Sequence[Path]) -> None:
        uploads = [Upload(file.name, file.read_bytes()) for file in files]
        receipts = services.documents.upload(SYSTEM, collection, uploads)
        states = services.documents.states(SYSTEM, [r.version_id or "" for r in receipts])
        assert {document.state for document in states} == {DocumentState.READY}  # noqa: S101  or it is void

    services.documents.upload(SYSTEM, collection, [Upload("warm.txt", b"Warm the model.")])
    return read


def _stock(folder: Path) -> Read:
    embeddings = stock_embeddings()
    embeddings.embed_documents(["Warm the model."])
    store = Chroma(persist_directory=str(folder), embedding_function=embeddings)
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHARACTERS, chunk_overlap=OVERLAP)

    def read(files: Sequence[Path]) -> None:
        pages = [page for file in files for page in PyPDFLoader(str(file)).load()]
        store.add_documents(splitter.split_documents(pages))

    return read


def _seconds(read: Read, files: Sequence[Path]) -> float:
    started = time.perf_counter()
    read(files)
    return time.perf_counter() - started


def _characters(file: Path) -> tuple[int, int]:
    """Return the pages and characters that PDFium counts."""
    document = pypdfium2.PdfDocument(file)
    counted = [len(page.get_textpage().get_text_bounded()) for page in document]
    document.close()
    return len(counted), sum(counted)


def _write(files: Sequence[Path], seconds_by_reader: dict[str, list[float]]) -> None:
    counted = [_characters(file) for file in files]
    pages, characters = sum(p for p, _ in counted), sum(c for _, c in counted)
    product, stock = sum(seconds_by_reader["product"]), sum(seconds_by_reader["stock"])
    lines = [
        "# Bytes to searchable passages",
        "",
        f"`python -m benchmarks.ingestion`, {time.strftime('%Y-%m-%d')}: {len(files)} PDF files, "
        f"{pages:,} pages, {characters:,} characters, in {len(seconds_by_reader['stock'])} turns.",
        "",
        "| | seconds | characters/s | each turn, seconds |",
        "|---|---|---|---|",
        *(
            f"| {name} | {sum(turns):.1f} | {characters / sum(turns):,.0f} | "
            f"{', '.join(f'{seconds:.1f}' for seconds in turns)} |"
            for name, turns in seconds_by_reader.items()
        ),
        "",
        f"The product is {stock / product:.2f} times as fast.",
    ]
    (RESULTS / "ingestion.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
