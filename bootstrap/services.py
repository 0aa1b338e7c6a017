"""Builds the services of the product from the settings."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from prometheus_client import CollectorRegistry

from admin.attachments import AttachmentRules
from admin.audit.log import AuditLog
from admin.audit.proof import AuditProof
from admin.collections import Collections
from admin.costs.items import CostItems
from admin.costs.reports import CostReports
from admin.gaps.grouping import GapGrouping
from admin.groups import Groups
from admin.incidents.services import IncidentServices
from admin.kpis.service import KpiReports
from admin.people import People
from admin.policy.services import PolicyServices
from admin.privacy.erasure import Surroundings
from admin.privacy.own_data import Sources
from admin.privacy.services import Parts, PrivacyServices
from admin.provisioning.services import ScimServices
from admin.quality.drift import DriftChecks
from admin.quality.reports import QualityReports
from admin.signing_in.notices import AccountNotices
from admin.signing_in.password_links import PasswordLinks
from admin.signing_in.passwords import Passwords
from admin.signing_in.second_factors import SecondFactors
from admin.signing_in.sign_in import SignIn
from admin.signing_in.sign_in_limits import SignInLimits
from admin.single_sign_on.company_sign_in import CompanySignIn
from admin.single_sign_on.connections import Connections
from admin.single_sign_on.proxy_sign_in import ProxySignIn, ProxyTrust
from admin.spending.budgets import Budgets
from admin.spending.switches import Switches
from admin.usage.days import UsageDays
from admin.usage.reports import UsageReports
from bootstrap.checks import SystemChecks
from bootstrap.embedders import (
    build_embedders,
    embedding_admission,
    embedding_observer,
    for_bulk,
    service_name,
)
from bootstrap.evaluation import GapServices, NewestRun, build_evaluations, build_gaps
from bootstrap.ideas import IdeaServices, build_ideas
from bootstrap.knowledge import (
    WORK_NICENESS,
    Knowledge,
    build_checks,
    build_knowledge,
    build_search,
)
from bootstrap.language_models import WayOut
from bootstrap.lifecycle import Lifecycle
from bootstrap.search import Stores, open_stores
from bootstrap.signing_in.ways_in import WaysIn, account_mail, build_ways_in
from bootstrap.spending.doors import build_spending, prices_in_use
from bootstrap.spending.names import configured_names
from bootstrap.worker import BackgroundWork
from core.domain.costs.money import ExchangeRates
from core.domain.identity import SYSTEM, User
from core.guardrails.guard import Guard
from core.measuring.figures import Figures
from core.measuring.passing_on import Collector, scraped
from core.name_directory import NameDirectory
from core.repeating import Repeating
from core.settings import Settings
from core.storage.audit.key import SecretKey
from core.storage.database import Database
from evaluation.service import Evaluations
from ingestion.attachments.service import Attachments
from ingestion.indexing.reembedding import Reembedding
from ingestion.indexing.reindexing import Reindexing
from ingestion.library.catalogue import Catalogue
from ingestion.library.stewardship import Stewardship
from ingestion.reading.splitter import SPLITTER_VERSION
from ingestion.service import Documents
from rag.conversations.explanations import Explanations
from rag.conversations.handover import PersonalConversations
from rag.gaps import GapRequests
from rag.service import Chat
from rag.synonym_proposals import SynonymProposals
from rag.synonym_sets import SynonymSets


class ProcessRole(StrEnum):
    """The purpose of a process; one process at a time writes the indexes of a data directory."""

    APP = "app"
    TERMINAL = "terminal"


GAP_SECONDS = 300.0
"""How often new questions without a good answer are grouped without anybody looking."""
USAGE_SECONDS = 600.0
"""How often changed days of usage are added up without anybody reading them."""

DRIFT_SECONDS = 3_600.0
"""How often it is asked whether a new day is over, after which drift is checked once."""
PRIVACY_SECONDS = 300.0
"""How often it is asked whether something has to be deleted by now."""


@dataclass(frozen=True, slots=True)
class WebOptions:
    """The settings that the web edge and the frame of the pages need."""

    company_name: str
    data_class_notice: str
    secure_cookie: bool
    allowed_hosts: tuple[str, ...]
    upload_bytes_of_a_page: int
    proxy: ProxyTrust | None


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a page, a route or a terminal command can use.

    `embedding_service` is the model behind an address that questions are sent to, None if they are
    compared on this machine.
    """

    database: Database
    sign_in: SignIn
    company_sign_in: CompanySignIn | None
    proxy_sign_in: ProxySignIn | None
    connections: Connections
    second_factors: SecondFactors
    people: People
    groups: Groups
    password_links: PasswordLinks
    sign_in_limits: SignInLimits
    scim: ScimServices
    audit: AuditLog
    audit_proof: AuditProof
    policy: PolicyServices
    incidents: IncidentServices
    collections: Collections
    documents: Documents
    attachments: Attachments
    attachment_rules: AttachmentRules
    catalogue: Catalogue
    stewardship: Stewardship
    reindexing: Reindexing
    reembedding: Reembedding
    lifecycle: Lifecycle
    chat: Chat
    personal_conversations: PersonalConversations
    privacy: PrivacyServices
    explanations: Explanations
    gap_requests: GapRequests
    gaps: GapServices
    synonym_sets: SynonymSets
    synonym_proposals: SynonymProposals
    ideas: IdeaServices
    usage: UsageReports
    cost_items: CostItems
    costs: CostReports
    budgets: Budgets
    switches: Switches
    quality: QualityReports
    kpis: KpiReports
    evaluations: Evaluations
    worker: BackgroundWork
    checks: SystemChecks
    metrics: CollectorRegistry
    embedding_service: str | None
    web: WebOptions


def build_services(settings: Settings, role: ProcessRole = ProcessRole.APP) -> Services:
    """Build the services; raise ConfigurationError for a wrong setting or an old database."""
    stores, registry = open_stores(settings), CollectorRegistry()
    figures = Figures([scraped(registry)])
    spending = build_spending(settings, stores.database)
    directory = NameDirectory(stores.database)
    names = directory.names
    guard = Guard(settings.guard.llm, names)
    embedding_guard = Guard(settings.guard.embeddings, names)
    embedders = build_embedders(
        settings,
        embedding_observer(settings, stores.database, figures),
        embedding_admission(spending),
        embedding_guard,
    )
    embedder = embedders.default
    passwords = Passwords(settings.company_name)
    factor_key = SecretKey(settings.data_dir / "second-factors.key")
    mail = account_mail(settings)
    factors = SecondFactors(
        stores.database,
        factor_key,
        f"GenAI Sandbox {settings.company_name}",
        notices=AccountNotices(stores.database, mail),
    )
    ways_in = build_ways_in(
        settings,
        stores.database,
        passwords,
        factors=factors,
        origin=stores.audit.key.origin,
        environment=os.environ,
        mail=mail,
    )
    bulk = for_bulk(embedders, WORK_NICENESS)
    search = build_search(settings, stores, embedders, bulk)
    reembedding = search.reembedding
    rates = ExchangeRates(settings.currency, settings.exchange.rates, settings.exchange.as_of)
    way_out = WayOut(spending.chat, figures.note_call)
    ideas = build_ideas(settings, stores, embedder, way_out, rates, guard)
    usage_days = UsageDays(stores.database, settings.time_zone)
    grouping = GapGrouping(stores.database, embedder)
    drift = DriftChecks(stores.database, usage_days, rates, bulk.default)
    privacy = _privacy(settings, stores, ideas, usage_days, factor_key, lambda: knowledge)
    checks = build_checks(settings, stores)
    knowledge = build_knowledge(
        settings,
        stores,
        search,
        checks=checks,
        figures=figures,
        guard=guard,
        embedding_guard=embedding_guard,
        spending=spending,
        hands_over=role is ProcessRole.TERMINAL,
        others=(
            ideas.chores,
            Repeating("usage", (usage_days.refresh,), every_s=USAGE_SECONDS),
            Collector(figures, os.environ),
            Repeating("gaps", (grouping.refresh,), every_s=GAP_SECONDS),
            Repeating("drift", (drift.check_due,), every_s=DRIFT_SECONDS),
            Repeating(
                "privacy",
                (
                    privacy.erasure.resume,
                    privacy.retention.delete_hidden,
                    privacy.retention.run_due,
                ),
                every_s=PRIVACY_SECONDS,
            ),
        ),
    )
    lifecycle, chat = knowledge.lifecycle, knowledge.chat
    evaluations = build_evaluations(settings, stores.database, chat, embedder)
    quality = QualityReports(stores.database, usage_days, rates, drift, NewestRun(evaluations))
    terms = stores.keywords.terms
    synonym_sets = SynonymSets(stores.database, terms, search.synonyms)
    return Services(
        database=stores.database,
        second_factors=factors,
        sign_in=ways_in.sign_in,
        company_sign_in=ways_in.company,
        proxy_sign_in=ways_in.proxy,
        connections=ways_in.connections,
        people=People(stores.database, passwords),
        groups=Groups(stores.database),
        password_links=ways_in.password_links,
        sign_in_limits=SignInLimits(stores.database),
        scim=ScimServices.on(
            stores.database,
            administrator_group=settings.scim.administrator_group,
            names_changed=directory.forget,
            origin=stores.audit.key.origin,
        ),
        audit=AuditLog(stores.database),
        audit_proof=AuditProof(stores.database, stores.audit),
        policy=PolicyServices.on(stores.database),
        incidents=IncidentServices.on(stores.database, checks.copies.keep_misleading),
        collections=Collections(
            stores.database,
            embedding_model=embedder.name,
            embedding_dimension=embedder.dimension,
            splitter_version=SPLITTER_VERSION,
        ),
        documents=knowledge.documents,
        attachments=knowledge.attachments,
        attachment_rules=AttachmentRules(stores.database),
        catalogue=Catalogue(stores.database),
        stewardship=Stewardship(stores.database),
        reindexing=Reindexing(stores.database, stores.vectors, stores.keywords, bulk),
        reembedding=reembedding,
        lifecycle=lifecycle,
        chat=chat,
        personal_conversations=PersonalConversations(stores.database, chat.conversations),
        privacy=privacy,
        explanations=Explanations(stores.database, stores.keywords, search.synonyms),
        gap_requests=GapRequests(stores.database),
        gaps=build_gaps(stores.database, grouping, evaluations),
        synonym_sets=synonym_sets,
        synonym_proposals=SynonymProposals(stores.database, terms, synonym_sets, embedder),
        ideas=ideas,
        usage=UsageReports(stores.database, rates, usage_days),
        cost_items=CostItems(stores.database),
        costs=CostReports(stores.database, rates, usage_days),
        budgets=Budgets(stores.database, spending.ledger, rates, prices_in_use(settings, spending)),
        switches=Switches(stores.database, configured_names(settings)),
        quality=quality,
        kpis=KpiReports(stores.database, rates, usage_days, quality),
        evaluations=evaluations,
        worker=knowledge.worker,
        checks=SystemChecks(
            settings, lambda: lifecycle.consistency.check(SYSTEM, reads_originals=False)
        ),
        metrics=registry,
        embedding_service=service_name(embedder),
        web=_web_options(settings, ways_in),
    )


def _web_options(settings: Settings, ways_in: WaysIn) -> WebOptions:
    return WebOptions(
        settings.company_name,
        settings.data_class_notice,
        settings.session.secure_cookie,
        tuple(settings.server.allowed_hosts),
        settings.uploads.held_megabytes * 2**20,
        ways_in.proxy_trust,
    )


def _privacy(
    settings: Settings,
    stores: Stores,
    ideas: IdeaServices,
    days: UsageDays,
    key: SecretKey,
    knowledge: Callable[[], Knowledge],
) -> PrivacyServices:
    """Build the services of people's data; `knowledge` is built after them."""

    def end_answers(person_id: str) -> int:
        return knowledge().chat.stop_answers_of(person_id)

    def clear_remains() -> int:
        return knowledge().lifecycle.attachment_remains.sweep()

    def conversations_of(person: User) -> Iterable[dict[str, object]]:
        return knowledge().chat.conversations.records(person)

    parts = Parts(
        rooms=(ideas.personal,),
        sources=Sources(conversations_of, ideas.personal.records),
        drop_drafts=ideas.personal.drop_drafts,
        days=days,
        key=key,
        undo=timedelta(minutes=settings.privacy.undo_minutes),
    )
    around = Surroundings(settings.data_dir, (settings.models_dir,), end_answers, clear_remains)
    return PrivacyServices.on(stores.database, parts, around)
