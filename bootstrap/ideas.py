"""Builds the services of ideas."""

from dataclasses import dataclass

from bootstrap.language_models import WayOut, chat_model, helper_limits
from bootstrap.search import Stores
from bootstrap.spending.tariffs import answering_tariff
from core.domain.costs.money import ExchangeRates
from core.domain.knowledge import Upload
from core.domain.ports import Embedder
from core.errors import ConfigurationError, UnreadableDocument
from core.guardrails.guard import Guard
from core.mail import MailSecurity, MailServer, SmtpMailer
from core.models.provider.address import is_this_machine
from core.settings import Settings
from core.storage.database import Database
from ideas.campaigns.service import Campaigns
from ideas.campaigns.teams import Teams
from ideas.cards.attachments import CheckedFile, CheckFile, IdeaAttachments
from ideas.cards.drafting import Drafter, ModelDrafter, TemplateDrafter
from ideas.cards.drafts import IdeaDrafts
from ideas.cards.listing import IdeaLists
from ideas.cards.service import Ideas
from ideas.export.service import IdeaExports
from ideas.life.chores import IdeaChores
from ideas.life.colleagues import Colleagues
from ideas.life.comments import IdeaComments
from ideas.life.digest import DigestLook, Digests
from ideas.life.mine import MyIdeas
from ideas.life.notifications import Notifications
from ideas.life.personal import PersonalIdeas
from ideas.life.support import IdeaSupport
from ideas.portfolio.service import Portfolio
from ideas.review.service import Reviews
from ideas.scoring.settings import ScoringSettings
from ideas.similar.service import SimilarIdeas
from ideas.tracking.experiments import IdeaExperiments
from ideas.tracking.impacts import IdeaImpacts
from ideas.tracking.ownership import IdeaOwnership
from ideas.triage.service import RiskTriage
from ideas.workflow.moves import Workflow
from ingestion.files.archives import UploadLimits
from ingestion.files.media import MediaType
from ingestion.files.validation import safe_name, validate

DRAFT_TOKENS, DRAFT_SECONDS = 500, 20.0


@dataclass(frozen=True, slots=True)
class IdeaServices:
    """All that people can do with ideas; `currency` is that of their amounts of money."""

    cards: Ideas
    lists: IdeaLists
    drafts: IdeaDrafts
    attachments: IdeaAttachments
    workflow: Workflow
    similar: SimilarIdeas
    triage: RiskTriage
    reviews: Reviews
    scoring: ScoringSettings
    portfolio: Portfolio
    exports: IdeaExports
    campaigns: Campaigns
    teams: Teams
    currency: str
    sends_mail: bool
    support: IdeaSupport
    comments: IdeaComments
    notifications: Notifications
    mine: MyIdeas
    colleagues: Colleagues
    personal: PersonalIdeas
    ownership: IdeaOwnership
    experiments: IdeaExperiments
    impacts: IdeaImpacts
    chores: IdeaChores


def build_ideas(
    settings: Settings,
    stores: Stores,
    embedder: Embedder,
    way_out: WayOut,
    rates: ExchangeRates,
    guard: Guard,
) -> IdeaServices:
    """Build the services; raise ConfigurationError for an address that is not safe."""
    database, files = stores.database, stores.attachments
    limits = UploadLimits(max_bytes=settings.uploads.max_megabytes * 2**20)
    digests = _digests(settings, database)
    drafter = _drafter(settings, database, way_out, guard)
    drafts, workflow = IdeaDrafts(database, drafter, files), Workflow(database)
    return IdeaServices(
        cards=Ideas(database),
        lists=IdeaLists(database),
        drafts=drafts,
        attachments=IdeaAttachments(database, files, file_check(limits)),
        workflow=workflow,
        similar=SimilarIdeas(database, embedder),
        triage=RiskTriage(database),
        reviews=Reviews(database),
        scoring=ScoringSettings(database),
        portfolio=Portfolio(database),
        exports=IdeaExports(database, currency=settings.currency),
        campaigns=Campaigns(database),
        teams=Teams(database),
        currency=settings.currency,
        sends_mail=digests is not None,
        support=IdeaSupport(database),
        comments=IdeaComments(database),
        notifications=Notifications(database),
        mine=MyIdeas(database, drafts),
        colleagues=Colleagues(database),
        personal=PersonalIdeas(database, files),
        ownership=IdeaOwnership(database),
        experiments=IdeaExperiments(database),
        impacts=IdeaImpacts(database, rates),
        chores=IdeaChores(
            database,
            workflow,
            digests,
            digest_hour=settings.mail.digest_hour,
        ),
    )


def file_check(limits: UploadLimits) -> CheckFile:
    """Return the check of documents for the files of ideas, which are single ones."""

    def check(upload: Upload) -> CheckedFile:
        media_type = validate(upload.file_name, upload.content, limits)
        if media_type is MediaType.ZIP:
            raise UnreadableDocument("Attach the files of this archive one by one.")
        return CheckedFile(safe_name(upload.file_name), media_type.value)

    return check


def _digests(settings: Settings, database: Database) -> Digests | None:
    mailer = build_mailer(settings)
    look = DigestLook(settings.company_name, settings.mail.app_address)
    return Digests(database, mailer, look) if mailer else None


def build_mailer(settings: Settings) -> SmtpMailer | None:
    """Return what sends mail, None without a server; raise ConfigurationError."""
    mail = settings.mail
    if not mail.host:
        return None
    if not mail.sender:
        raise ConfigurationError("SANDBOX_MAIL__HOST is set. Set SANDBOX_MAIL__SENDER, too.")
    if mail.security == "none" and mail.username and not is_this_machine(mail.host):
        raise ConfigurationError(
            "SANDBOX_MAIL__SECURITY is none, which would send the password of the mail account in "
            "plain text. Use starttls or tls."
        )
    server = MailServer(
        mail.host,
        mail.port,
        MailSecurity(mail.security),
        mail.username,
        mail.password.get_secret_value(),
        mail.timeout_s,
    )
    return SmtpMailer(server, mail.sender)


def _drafter(settings: Settings, database: Database, way_out: WayOut, guard: Guard) -> Drafter:
    llm = settings.llm
    if not llm.is_configured:
        return TemplateDrafter()
    model = chat_model(llm, helper_limits(llm, DRAFT_TOKENS, DRAFT_SECONDS), way_out)
    tariff = answering_tariff(settings)
    return ModelDrafter(
        database, model, tariff=tariff, deadline_s=DRAFT_SECONDS, new_masker=guard.masker
    )
