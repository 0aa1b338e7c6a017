"""Builds what reads documents, keeps them in order, finds passages and answers from them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial

from bootstrap.embedders import embeddable_class
from bootstrap.language_models import WayOut, answering_model, build_judge
from bootstrap.lifecycle import Lifecycle, build_lifecycle
from bootstrap.reembedding import build_reembedding
from bootstrap.search import (
    Stores,
    build_detector,
    build_reranking,
    build_rewriter,
    build_synonyms,
    reopen,
)
from bootstrap.spending.doors import Spending
from bootstrap.worker import (
    BackgroundThread,
    BackgroundWork,
    Child,
    OwnOrHandOver,
    end_this_process,
    owned_alone,
)
from core.domain.answers import Answer
from core.domain.costs.refusals import AtLimit, Request
from core.domain.identity import SYSTEM
from core.domain.ports import ChatModel, Embedders
from core.guardrails.detection import InjectionDetector
from core.guardrails.guard import Guard
from core.measuring import names
from core.measuring.figures import Figures
from core.models.embedding_process import EmbeddingProcess
from core.models.embeddings import tokenizer_file
from core.repeating import Repeating
from core.settings import Settings
from core.storage.database import Database
from core.storage.lease import Lease
from core.storage.queries.versions import count_waiting
from ingestion.attachments.service import Attachments, IndexingPlan
from ingestion.background.ownership import IndexOwnership
from ingestion.background.queue import open_queue
from ingestion.background.worker import BackgroundQueue, DirectQueue
from ingestion.files.archives import UploadLimits
from ingestion.indexing.builds import BackgroundBuilds
from ingestion.indexing.reembedding import Reembedding
from ingestion.pipeline.ingest import IngestPipeline
from ingestion.pipeline.second_look import SecondLook
from ingestion.reading.preparation import PreparationHere
from ingestion.reading.sandboxed import SandboxedParser, SandboxLimits
from ingestion.reading.splitter import SPLITTER_VERSION
from ingestion.screening.copies import NearCopies
from ingestion.service import Documents
from ingestion.sync.work import BackgroundSyncs
from ingestion.values import Queue
from rag.answering.choosing import Answering, ChosenPipeline, Engine
from rag.answering.pipeline import AnswerModels, AnswerPipeline
from rag.answering.recording import Recorder
from rag.answering.running import RunningAnswers
from rag.answering.turns import AnswerTurns
from rag.finding.retrieval import HybridRetriever, Indexes
from rag.prompting.prompt import load_prompt
from rag.service import Chat
from rag.vocabulary.stored import StoredSynonyms

# Added to the niceness of the processes that read and embed documents.
WORK_NICENESS = 10
ATTACHMENT_SECONDS = 20.0
"""How often what removed files of conversations left behind is looked for."""


@dataclass(frozen=True, slots=True)
class Search:
    """The parts that embed and find passages."""

    embedders: Embedders
    bulk: Embedders
    retriever: HybridRetriever
    synonyms: StoredSynonyms | None
    reembedding: Reembedding


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Documents, files of conversations, what happens to them, and the answers from them."""

    documents: Documents
    attachments: Attachments
    lifecycle: Lifecycle
    worker: BackgroundWork
    chat: Chat


@dataclass(frozen=True, slots=True)
class DoorChecks:
    """What looks for orders to a model beyond the rules: earlier poison, and a classifier."""

    copies: NearCopies
    detector: InjectionDetector


def build_checks(settings: Settings, stores: Stores) -> DoorChecks:
    """Build the checks; raise ConfigurationError if the classifier is no folder of this machine."""
    key = partial(stores.audit.key.digest, "copies", "")
    return DoorChecks(
        NearCopies(stores.database, stores.keywords, key),
        build_detector(settings.injection),
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    """The pipeline that turns documents into passages, and its child processes."""

    pipeline: IngestPipeline
    images: SandboxedParser
    children: Sequence[Child]


@dataclass(frozen=True, slots=True)
class _Queues:
    """The queues in which versions wait: `queue` takes them, `background` works here."""

    ownership: IndexOwnership
    background: BackgroundQueue
    queue: Queue


def build_search(
    settings: Settings, stores: Stores, embedders: Embedders, bulk: Embedders
) -> Search:
    """Build the search; `bulk` embeds documents, in a child process if possible."""
    synonyms = build_synonyms(settings, stores.database, stores.keywords)
    retriever = HybridRetriever(
        stores.database,
        Indexes(stores.vectors, stores.keywords, synonyms),
        embedders,
        candidates=settings.retrieval.candidates,
        reranking=build_reranking(settings),
    )
    reembedding = build_reembedding(stores.database, stores.vectors, bulk, retriever)
    return Search(embedders, bulk, retriever, synonyms, reembedding)


def build_knowledge(
    settings: Settings,
    stores: Stores,
    search: Search,
    *,
    figures: Figures,
    guard: Guard,
    embedding_guard: Guard,
    spending: Spending,
    checks: DoorChecks,
    hands_over: bool,
    others: Sequence[BackgroundThread] = (),
) -> Knowledge:
    """Build the knowledge; with `hands_over`, an app that owns the indexes reads the versions.

    `figures` count what is asked, which `spending` pays for; `guard` stands before the language
    model, `embedding_guard` before an embedding service. `others` are threads that run beside its
    own while the app is up.
    """
    reading = _reading(settings, stores, search.bulk, checks)
    queues = _queues(settings, stores, reading.pipeline, hands_over=hands_over)
    limits = UploadLimits(max_bytes=settings.uploads.max_megabytes * 2**20)
    embedder = search.embedders.default
    documents = Documents(
        stores.of_documents, queue=queues.queue, images=reading.images, limits=limits
    )
    attachments = Attachments(
        stores.of_documents,
        IndexingPlan(embedder.name, embedder.dimension, SPLITTER_VERSION),
        queue=queues.queue,
        limits=limits,
    )
    lifecycle = build_lifecycle(
        stores.database,
        stores.originals,
        stores.vectors,
        stores.keywords,
        vector_files=stores.vector_files,
        attachments=stores.attachments,
        documents=documents,
        embedders=search.bulk,
        queue=queues.queue,
        run=reading.pipeline.run,
        exclusive=partial(owned_alone, queues.ownership),
    )
    queues.ownership.reopen = lambda: reopen(stores)
    queues.ownership.mend = lambda: lifecycle.consistency.mend(SYSTEM)
    chat = _chat(
        settings,
        stores,
        search,
        spending,
        figures,
        guard=guard,
        embedding_guard=embedding_guard,
        detector=checks.detector,
    )
    _watch(figures, stores.database, chat)
    worker = BackgroundWork(
        queues.ownership,
        queues.background,
        reading.pipeline,
        documents,
        chat,
        reading.children,
        (
            BackgroundSyncs(lifecycle.sync_runs),
            BackgroundBuilds(search.reembedding),
            Repeating(
                "attachments",
                (attachments.remove_expired, lifecycle.attachment_remains.sweep),
                every_s=ATTACHMENT_SECONDS,
            ),
            *others,
        ),
        lifecycle.consistency.require_searchable,
    )
    return Knowledge(documents, attachments, lifecycle, worker, chat)


def _reading(
    settings: Settings, stores: Stores, embedders: Embedders, checks: DoorChecks
) -> _Reading:
    embedder = embedders.default
    limits = SandboxLimits(settings.uploads.parse_seconds, settings.uploads.parse_memory_megabytes)
    # Two children: a page that a reader opens must not wait behind a long parse.
    tokenizer = tokenizer_file(settings.embeddings.model, settings.models_dir)
    parser = SandboxedParser(limits, tokenizer=tokenizer, niceness=WORK_NICENESS)
    images = SandboxedParser(limits)
    pipeline = IngestPipeline(
        stores.of_documents,
        embedder,
        parser if tokenizer else PreparationHere(parser, embedder.count_tokens),
        embedders,
        SecondLook(checks.copies, checks.detector),
    )
    children: list[Child] = [parser, images, stores.vectors.store]
    if isinstance(embedder, EmbeddingProcess):
        children.append(embedder)
    return _Reading(pipeline, images, children)


def _queues(
    settings: Settings, stores: Stores, pipeline: IngestPipeline, *, hands_over: bool
) -> _Queues:
    lease = Lease(stores.database, "indexes", on_lost=end_this_process)
    ownership = IndexOwnership(settings.data_dir, lease)
    queue = open_queue(settings.data_dir, settings.queue.redis_url)
    background = BackgroundQueue(queue, pipeline.run)
    if not hands_over:
        return _Queues(ownership, background, background)
    own = OwnOrHandOver(ownership, DirectQueue(pipeline.run), background)
    return _Queues(ownership, background, own)


def _chat(
    settings: Settings,
    stores: Stores,
    search: Search,
    spending: Spending,
    figures: Figures,
    guard: Guard,
    embedding_guard: Guard,
    detector: InjectionDetector,
) -> Chat:
    def note(surface: str, answer: Answer) -> None:
        figures.note_answer(surface, answer.status, abstained=answer.abstained)

    retriever, embedder = search.retriever, search.embedders.default
    recorder = Recorder(
        own_price=spending.tariff.own_price,
        currency=settings.currency,
        embedding_model=embedder.name,
        other_prices=spending.tariff.other_prices,
    )
    way_out = WayOut(spending.chat, figures.note_call)
    pipeline = _answering(settings, stores, search, way_out, guard, detector)
    turns = AnswerTurns(per_person=settings.answers.at_once_per_person)
    running = RunningAnswers(stores.database, recorder, observe=note)
    is_guarded = settings.llm.is_configured
    return Chat(
        stores.database,
        retriever,
        pipeline,
        running,
        turns=turns,
        guard=guard if is_guarded else None,
        embedding_guard=embedding_guard if settings.embeddings.base_url else None,
        undo=timedelta(minutes=settings.privacy.undo_minutes),
        per_minute=settings.answers.per_minute,
    )


def _answering(
    settings: Settings,
    stores: Stores,
    search: Search,
    way_out: WayOut,
    guard: Guard,
    detector: InjectionDetector,
) -> Answering:
    """Build what answers: passages alone, or also the models that budgets choose between."""
    embedder = search.embedders.default
    prompt = load_prompt(settings.company_name)
    judge = build_judge(settings, embedder, way_out, guard.masker)
    nothing = AnswerModels(
        prompt,
        tells_groups=settings.llm.tell_groups,
        new_masker=guard.masker,
        highest_class=settings.guard.llm_class,
        embeds_class=embeddable_class(settings, embedder),
        detector=detector,
    )

    def pipeline(models: AnswerModels) -> AnswerPipeline:
        return AnswerPipeline(
            search.retriever, stores.keywords, embedder, models, top_k=settings.retrieval.top_k
        )

    def engine(model: ChatModel) -> Engine:
        request = Request(
            model.provider,
            model.name,
            "answer",
            prompt.version,
            most_output_tokens=settings.llm.max_output_tokens,
        )
        rewriter = build_rewriter(settings, stores.keywords, way_out, guard.masker)
        models = replace(nothing, model=model, judge=judge, rewriter=rewriter)
        return Engine(pipeline(models), request)

    model = answering_model(settings.llm, way_out)
    if model is None:
        return pipeline(replace(nothing, judge=judge))
    engines, at_limit = [engine(model)], settings.budgets.at_limit
    if at_limit is AtLimit.CHEAPER:
        named = settings.budgets.cheaper_model
        cheaper = answering_model(settings.llm, way_out, model=named)
        engines += [] if cheaper is None else [engine(cheaper)]
    passages = Engine(pipeline(nothing))
    return ChosenPipeline([*engines, passages], way_out.door, at_limit)


def _watch(figures: Figures, database: Database, chat: Chat) -> None:
    """Have the work at hand counted whenever figures are read."""

    def documents_waiting() -> int:
        with database.read() as session:
            return count_waiting(session)

    figures.watch(
        names.RUNNING_ANSWERS, "{answer}", "Answers that are being made.", chat.answers_running
    )
    figures.watch(
        names.WAITING_DOCUMENTS,
        "{document}",
        "Documents that wait to be read or are being read.",
        documents_waiting,
    )
