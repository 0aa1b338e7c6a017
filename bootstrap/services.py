"""Builds the services of the product from the settings."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from prometheus_client import CollectorRegistry

from admin.audit import AuditLog
from admin.collections import Collections
from admin.gaps import GapInbox
from admin.groups import Groups
from admin.people import People
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.passwords import Passwords
from admin.signing_in.sign_in import SignIn
from admin.signing_in.sign_in_limits import SignInLimits
from admin.usage import UsageReports
from bootstrap.checks import SystemChecks
from bootstrap.embedders import build_embedders, for_bulk
from bootstrap.evaluation import build_evaluations
from bootstrap.judges import build_judge
from bootstrap.language_models import answering_model
from bootstrap.lifecycle import Lifecycle, build_lifecycle
from bootstrap.reembedding import build_reembedding
from bootstrap.search import build_reranking, build_rewriter, open_keywords
from bootstrap.worker import BackgroundWork, Child, OwnOrHandOver, end_this_process
from core.domain.identity import SYSTEM
from core.domain.ports import Embedders
from core.models.embedding_process import EmbeddingProcess
from core.models.embeddings import tokenizer_file
from core.models.prices import operator_price
from core.settings import Settings
from core.storage.database import Database
from core.storage.keyword_index import TantivyKeywordIndex
from core.storage.lease import Lease
from core.storage.migrate import require_ready
from core.storage.originals import OriginalFiles
from core.storage.postgres_keyword_index import PostgresKeywordIndex
from core.storage.queries.generations import StoredGenerations
from core.storage.vectors.files import ChromaFiles
from core.storage.vectors.index import ChromaVectorIndex
from core.storage.vectors.opening import open_vectors
from evaluation.service import Evaluations
from ideas.service import Ideas
from ingestion.background.ownership import IndexOwnership
from ingestion.background.queue import open_queue
from ingestion.background.worker import BackgroundQueue, DirectQueue
from ingestion.files.archives import UploadLimits
from ingestion.indexing.builds import BackgroundBuilds
from ingestion.indexing.reembedding import Reembedding
from ingestion.indexing.reindexing import Reindexing
from ingestion.library.catalogue import Catalogue
from ingestion.library.stewardship import Stewardship
from ingestion.pipeline.ingest import IngestPipeline
from ingestion.reading.preparation import PreparationHere
from ingestion.reading.sandboxed import SandboxedParser, SandboxLimits
from ingestion.reading.splitter import SPLITTER_VERSION
from ingestion.service import Documents
from ingestion.sync.work import BackgroundSyncs
from ingestion.values import Queue
from rag.answering.pipeline import AnswerPipeline
from rag.answering.recording import Recorder
from rag.answering.turns import AnswerTurns
from rag.conversations.explanations import Explanations
from rag.conversations.handover import PersonalConversations
from rag.finding.retrieval import HybridRetriever
from rag.gaps import GapRequests
from rag.prompting.prompt import load_prompt
from rag.service import Chat

# Added to the niceness of the processes that read and embed documents.
WORK_NICENESS = 10


class ProcessRole(StrEnum):
    """What a process is for; one process at a time writes the indexes of a data directory."""

    APP = "app"
    TERMINAL = "terminal"


@dataclass(frozen=True, slots=True)
class WebOptions:
    """What the web edge and the frame of the pages need to know of the settings."""

    company_name: str
    data_class_notice: str
    secure_cookie: bool
    allowed_hosts: tuple[str, ...]
    upload_bytes_of_a_page: int


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a page, a route or a terminal command can use."""

    database: Database
    sign_in: SignIn
    people: People
    groups: Groups
    password_links: PasswordLinks
    sign_in_limits: SignInLimits
    audit: AuditLog
    collections: Collections
    documents: Documents
    catalogue: Catalogue
    stewardship: Stewardship
    reindexing: Reindexing
    reembedding: Reembedding
    lifecycle: Lifecycle
    chat: Chat
    personal_conversations: PersonalConversations
    explanations: Explanations
    gap_requests: GapRequests
    gap_inbox: GapInbox
    ideas: Ideas
    usage: UsageReports
    evaluations: Evaluations
    worker: BackgroundWork
    checks: SystemChecks
    metrics: CollectorRegistry
    web: WebOptions


@dataclass(frozen=True, slots=True)
class _Stores:
    """Where everything is kept."""

    database: Database
    vectors: ChromaVectorIndex
    vector_files: ChromaFiles
    keywords: TantivyKeywordIndex | PostgresKeywordIndex
    originals: OriginalFiles


@dataclass(frozen=True, slots=True)
class _Search:
    """How passages are embedded and found."""

    embedders: Embedders
    bulk: Embedders
    retriever: HybridRetriever
    reembedding: Reembedding


def build_services(settings: Settings, role: ProcessRole = ProcessRole.APP) -> Services:
    """Raises ConfigurationError if the database was not migrated or a setting is wrong."""
    stores = _open_stores(settings)
    embedders = build_embedders(settings)
    embedder = embedders.default
    passwords = Passwords(settings.company_name)
    bulk = for_bulk(embedders, WORK_NICENESS)
    search = _search(settings, stores, embedders, bulk)
    reembedding = search.reembedding
    documents, lifecycle, worker, chat = _knowledge(settings, stores, search, role)
    return Services(
        database=stores.database,
        sign_in=SignIn(
            stores.database,
            passwords,
            idle=timedelta(minutes=settings.session.idle_minutes),
            absolute=timedelta(hours=settings.session.absolute_hours),
        ),
        people=People(stores.database, passwords),
        groups=Groups(stores.database),
        password_links=PasswordLinks(stores.database, passwords),
        sign_in_limits=SignInLimits(stores.database),
        audit=AuditLog(stores.database),
        collections=Collections(
            stores.database,
            embedding_model=embedder.name,
            embedding_dimension=embedder.dimension,
            splitter_version=SPLITTER_VERSION,
        ),
        documents=documents,
        catalogue=Catalogue(stores.database),
        stewardship=Stewardship(stores.database),
        reindexing=Reindexing(stores.database, stores.vectors, stores.keywords, bulk),
        reembedding=reembedding,
        lifecycle=lifecycle,
        chat=chat,
        personal_conversations=PersonalConversations(stores.database, chat.conversations),
        explanations=Explanations(stores.database, stores.keywords),
        gap_requests=GapRequests(stores.database),
        gap_inbox=GapInbox(stores.database),
        ideas=Ideas(stores.database),
        usage=UsageReports(stores.database, currency=settings.currency),
        evaluations=build_evaluations(settings, stores.database, chat, embedder),
        worker=worker,
        checks=SystemChecks(
            settings, lambda: lifecycle.consistency.check(SYSTEM, reads_originals=False)
        ),
        metrics=CollectorRegistry(),
        web=WebOptions(
            settings.company_name,
            settings.data_class_notice,
            settings.session.secure_cookie,
            tuple(settings.server.allowed_hosts),
            settings.uploads.held_megabytes * 2**20,
        ),
    )


def _open_stores(settings: Settings) -> _Stores:
    database = Database(settings.database_url)
    require_ready(database)
    data_dir = settings.data_dir
    folder = data_dir / "vectors"
    store = open_vectors(folder, settings.vectors.url)
    vectors = ChromaVectorIndex(store, StoredGenerations(database))
    return _Stores(
        database,
        vectors,
        ChromaFiles(store, None if settings.vectors.url else folder),
        open_keywords(settings, database),
        OriginalFiles(data_dir / "originals"),
    )


def _reopen(stores: _Stores) -> None:
    stores.vectors.store.reopen()
    if isinstance(stores.keywords, TantivyKeywordIndex):
        stores.keywords.reopen()


def _search(settings: Settings, stores: _Stores, embedders: Embedders, bulk: Embedders) -> _Search:
    retriever = HybridRetriever(
        stores.database,
        stores.vectors,
        stores.keywords,
        embedders,
        candidates=settings.retrieval.candidates,
        reranking=build_reranking(settings),
    )
    reembedding = build_reembedding(stores.database, stores.vectors, bulk, retriever)
    return _Search(embedders, bulk, retriever, reembedding)


def _knowledge(
    settings: Settings, stores: _Stores, search: _Search, role: ProcessRole
) -> tuple[Documents, Lifecycle, BackgroundWork, Chat]:
    embedders, embedder = search.bulk, search.bulk.default
    limits = SandboxLimits(settings.uploads.parse_seconds, settings.uploads.parse_memory_megabytes)
    # Two children: a page that a reader opens must not wait behind a long parse.
    tokenizer = tokenizer_file(settings.embeddings.model, settings.models_dir)
    parser = SandboxedParser(limits, tokenizer=tokenizer, niceness=WORK_NICENESS)
    images = SandboxedParser(limits)
    pipeline = IngestPipeline(
        stores.database,
        stores.originals,
        stores.vectors,
        stores.keywords,
        embedder,
        parser if tokenizer else PreparationHere(parser, embedder.count_tokens),
        embedders,
    )
    ownership = IndexOwnership(
        settings.data_dir, Lease(stores.database, "indexes", on_lost=end_this_process)
    )
    background = BackgroundQueue(
        open_queue(settings.data_dir, settings.queue.redis_url), pipeline.run
    )
    queue: Queue = background
    if role is ProcessRole.TERMINAL:
        queue = OwnOrHandOver(ownership, DirectQueue(pipeline.run), background)
    documents = Documents(
        stores.database,
        stores.originals,
        stores.vectors,
        stores.keywords,
        queue=queue,
        images=images,
        limits=UploadLimits(max_bytes=settings.uploads.max_megabytes * 2**20),
    )
    lifecycle = build_lifecycle(
        stores.database,
        stores.originals,
        stores.vectors,
        stores.keywords,
        vector_files=stores.vector_files,
        documents=documents,
        embedders=embedders,
        queue=queue,
        run=pipeline.run,
    )
    ownership.reopen = lambda: _reopen(stores)
    ownership.mend = lambda: lifecycle.consistency.mend(SYSTEM)
    chat = _chat(settings, stores, search)
    children: list[Child] = [parser, images, stores.vectors.store]
    if isinstance(embedder, EmbeddingProcess):
        children.append(embedder)
    threads = (BackgroundSyncs(lifecycle.sync_runs), BackgroundBuilds(search.reembedding))
    worker = BackgroundWork(
        ownership,
        background,
        pipeline,
        documents,
        chat,
        children,
        threads,
        lifecycle.consistency.require_searchable,
    )
    return documents, lifecycle, worker, chat


def _chat(settings: Settings, stores: _Stores, search: _Search) -> Chat:
    retriever, embedder = search.retriever, search.embedders.default
    pipeline = AnswerPipeline(
        retriever,
        stores.keywords,
        embedder,
        prompt=load_prompt(settings.company_name),
        model=answering_model(settings.llm),
        top_k=settings.retrieval.top_k,
        judge=build_judge(settings, embedder),
        rewriter=build_rewriter(settings, stores.keywords),
    )
    recorder = Recorder(
        own_price=operator_price(
            settings.llm.input_price, settings.llm.output_price, settings.currency
        ),
        currency=settings.currency,
        embedding_model=embedder.name,
    )
    turns = AnswerTurns(per_person=settings.answers.at_once_per_person)
    return Chat(stores.database, retriever, pipeline, recorder, turns=turns)
