"""All settings that an operator can change; only bootstrap reads them.

Values come from the environment (prefix SANDBOX_, groups joined by a double underscore, such as
SANDBOX_LLM__MODEL) or from the file `.env` of the project, see bootstrap.configuration. Relative
folders start at the project too, so that the working directory does not matter.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.domain.costs.refusals import AtLimit, UnknownPrice
from core.domain.knowledge import Sensitivity
from core.guardrails.modes import GuardMode, GuardPolicy
from core.settings_identity import OidcSettings, ProxySignInSettings

PREFIX, DELIMITER = "SANDBOX_", "__"
DATA = Path("data/local")


def project_folder() -> Path:
    """Return the folder that holds the program, or the working directory where it was installed."""
    folder = Path(__file__).resolve().parents[1]
    return folder if (folder / "pyproject.toml").is_file() else Path.cwd()


def _from_project(path: Path) -> Path:
    return project_folder() / path.expanduser()


ProjectPath = Annotated[Path, AfterValidator(_from_project)]


class DatabaseSettings(BaseModel):
    """The relational database."""

    url: str = Field("", description="SQLAlchemy URL; empty means SQLite in the data directory.")


class ModelSettings(BaseModel):
    """The language model; without a base URL the passage engine answers."""

    base_url: str = Field("", description="Address of any OpenAI-compatible provider, with /v1.")
    api_key: SecretStr = Field(SecretStr(""), description="Key sent as a bearer token.")
    model: str = Field("", description="Model name as the provider spells it.")
    provider: str = Field("openai", description="Name shown in usage.")
    temperature: float = Field(0.0, ge=0.0, le=2.0)
    max_output_tokens: int = Field(800, ge=16, le=32_000)
    timeout_s: float = Field(60.0, gt=0, description="Longest silence of the provider, in seconds.")
    answer_seconds: float = Field(
        180.0, ge=5, le=3600, description="Longest time for a whole answer, in seconds."
    )
    max_retries: int = Field(2, ge=0, le=5, description="Retries before the first word.")
    allow_plain_http: bool = Field(
        False,
        description="Allow plain http to another machine, such as a server in a private network, "
        "although others on the network can read it. Plain http to this machine is always allowed.",
    )
    tell_groups: bool = Field(
        False,
        description="Tell the model the groups of the person asking, so that it can say which rule "
        "applies to them; the provider then learns their names.",
    )
    datamarking: bool = Field(
        False,
        description="Put a random mark in place of each white space of passages and of the "
        "conversation, so that the model can tell them from its task; takes more tokens.",
    )
    input_price: float | None = Field(None, ge=0, description="Price per million input tokens.")
    output_price: float | None = Field(None, ge=0, description="Price per million output tokens.")

    @property
    def is_configured(self) -> bool:
        return bool(self.base_url and self.model)


class GuardSettings(BaseModel):
    """What may leave for each provider: modes for kinds of values, and the highest class."""

    llm_secrets: GuardMode = Field(
        GuardMode.MASK, description="Passwords, keys and tokens: mask, block, warn or off."
    )
    llm_personal_data: GuardMode = Field(
        GuardMode.MASK, description="Addresses and numbers of people, dates of birth."
    )
    llm_names: GuardMode = Field(GuardMode.MASK, description="Names of people with an account.")
    llm_class: Sensitivity = Field(
        Sensitivity.INTERNAL,
        description="Highest class of documents whose passages the language model may receive.",
    )
    embeddings_secrets: GuardMode = Field(
        GuardMode.MASK, description="The same for an embedding model behind an address."
    )
    embeddings_personal_data: GuardMode = Field(GuardMode.MASK)
    embeddings_names: GuardMode = Field(GuardMode.MASK)
    embeddings_class: Sensitivity = Field(
        Sensitivity.INTERNAL,
        description="Highest class of documents whose passages that address may receive.",
    )

    @property
    def llm(self) -> GuardPolicy:
        """The policy before the language model."""
        return GuardPolicy(self.llm_secrets, self.llm_personal_data, self.llm_names)

    @property
    def embeddings(self) -> GuardPolicy:
        """The policy before an embedding model behind an address."""
        return GuardPolicy(
            self.embeddings_secrets, self.embeddings_personal_data, self.embeddings_names
        )


class EmbeddingSettings(BaseModel):
    """The embedding model; the default needs no network and no GPU."""

    model: str = Field(
        "all-MiniLM-L6-v2",
        description="all-MiniLM-L6-v2, a folder or name that sentence-transformers can load, or "
        "endpoint:NAME for a model behind base_url.",
    )
    base_url: str = Field("", description="OpenAI-compatible address for endpoint: models.")
    api_key: SecretStr = Field(SecretStr(""), description="Key for that address.")
    price: float | None = Field(
        None, ge=0, description="Price per million tokens of that model, in the currency."
    )
    allow_plain_http: bool = Field(
        False,
        description="Allow plain http to another machine, such as a server in a private network.",
    )
    device: str = Field("cpu", description="cpu, cuda or mps; not used by the default model.")
    threads: int = Field(0, ge=0, description="Processor threads; 0 means all.")
    cache_dir: ProjectPath | None = Field(
        None, description="Folder for converted models; default: the data directory."
    )


class VectorSettings(BaseModel):
    """The store of the vectors."""

    url: str = Field("", description="Chroma server, http://host:port; empty: in this process.")


class KeywordSettings(BaseModel):
    """The keyword index."""

    engine: Literal["tantivy", "postgres"] = Field(
        "tantivy",
        description="tantivy: files on this machine; postgres: the PostgreSQL database.",
    )


class QueueSettings(BaseModel):
    """Background work."""

    redis_url: str = Field("", description="Redis for several machines; empty: a local file.")


class RetrievalSettings(BaseModel):
    """The number of passages that are found and read."""

    top_k: int = Field(8, ge=1, le=50, description="Passages an answer is built from.")
    candidates: int = Field(50, ge=10, le=500, description="Hits requested from each index.")
    rewrite: bool = Field(
        True, description="Let the language model, if there is one, complete follow-up questions."
    )
    synonym_weight: float = Field(
        0.4,
        ge=0,
        lt=1,
        description="Weight of a synonym in the keyword search beside a word of the question, "
        "below 1; half of it in reading; 0 looks for none.",
    )


class AnswerSettings(BaseModel):
    """The share of the machine that answers take."""

    at_once_per_person: int = Field(
        3,
        ge=1,
        le=50,
        description="Answers one person can get at the same time; further ones wait.",
    )
    per_minute: int = Field(
        600,
        ge=0,
        description="Questions one person can ask in the chat in a minute; 0: any number.",
    )


class RerankerSettings(BaseModel):
    """A model that sorts the best hits again; off while no folder is set."""

    model: str = Field("", description="Folder of a cross-encoder for passage ranking.")
    device: str = Field("cpu", description="cpu, cuda or mps.")
    depth: int = Field(20, ge=2, le=200, description="Number of hits that the model sorts.")


class GroundingSettings(BaseModel):
    """The judge of whether the cited passages carry the sentences of an answer."""

    judge: Literal["lexical", "nli", "llm"] = Field(
        "lexical", description="lexical needs no model; nli and llm see below."
    )
    nli_model: str = Field(
        "", description="Folder of a cross-encoder for entailment; needed by nli."
    )
    nli_device: str = Field("cpu", description="cpu, cuda or mps.")
    model: str = Field("", description="Model of the llm judge; empty: the one that answers.")


class InjectionSettings(BaseModel):
    """A model that recognises orders to a language model beside the rules; off without a folder."""

    model: str = Field("", description="Folder of a classifier, as ONNX or safetensors.")
    device: str = Field("cpu", description="cpu, cuda or mps; for safetensors.")
    threshold: float = Field(
        0.8, gt=0, lt=1, description="Score from which a question or passage is flagged."
    )


class SessionSettings(BaseModel):
    """The duration of a sign-in."""

    idle_minutes: int = Field(12 * 60, ge=5)
    absolute_hours: int = Field(7 * 24, ge=1)
    admins_need_second_factor: bool = Field(
        False, description="Administrators sign in with a code of their phone as well."
    )
    passwords: bool = Field(
        True,
        description="Whether people sign in with passwords; if not, only emergency accounts do.",
    )
    secure_cookie: bool = Field(
        True, description="Turn off only if people reach the app by plain http on another host."
    )


class AuditSettings(BaseModel):
    """The proof that nobody changed the audit log."""

    key: SecretStr = Field(
        SecretStr(""),
        description="Key of its seals, at least 32 characters by chance; empty: the file audit.key "
        "of the data directory, made at first use.",
    )
    head_file: ProjectPath | None = Field(
        None,
        description="File that keeps the newest seal, by which a cut log is noticed; best on "
        "another disk. Default: audit.head in the data directory.",
    )


class PolicySettings(BaseModel):
    """The AI-use policy."""

    required: bool = Field(
        True, description="Ask everyone to acknowledge the policy before they use the sandbox."
    )


class PrivacySettings(BaseModel):
    """People's own data; administrators set how long what is kept in the app."""

    undo_minutes: int = Field(
        30,
        ge=1,
        le=24 * 60,
        description="Minutes in which people can undo the deletion of a conversation; then it is "
        "deleted for good.",
    )


class ServerSettings(BaseModel):
    """The addresses of the web app."""

    allowed_hosts: list[str] = Field(
        default_factory=list, description="Host names that people use, besides localhost."
    )


class ScimSettings(BaseModel):
    """Provisioning by an identity provider."""

    administrator_group: str = Field(
        "",
        description="Name of the provisioned group whose people are administrators; empty: an "
        "identity provider gives nobody a role.",
    )


class MailSettings(BaseModel):
    """The server that sends mail; without a host, none is sent."""

    host: str = Field("", description="SMTP server; empty: no mail.")
    port: int = Field(587, ge=1, le=65_535)
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="starttls (usually port 587), tls from the first byte (port 465), or none.",
    )
    username: str = Field("", description="Account at the server; empty: no sign-in.")
    password: SecretStr = Field(SecretStr(""), description="Its password.")
    sender: str = Field("", description="Address that mail comes from.")
    timeout_s: float = Field(10.0, gt=0, le=120, description="Longest silence of the server.")
    app_address: str = Field(
        "", description="Address at which people reach the app, for links in mail."
    )
    digest_hour: int = Field(
        6, ge=0, le=23, description="Hour (UTC) from which digests of ideas are sent each day."
    )

    @property
    def is_configured(self) -> bool:
        return bool(self.host and self.sender)


class ExchangeSettings(BaseModel):
    """The rates by which costs in other currencies are told in the company's own."""

    rates: dict[Annotated[str, Field(pattern="^[A-Z]{3}$")], Annotated[Decimal, Field(gt=0)]] = (
        Field(
            default_factory=dict,
            description='What one unit is worth in the company\'s currency, as in {"USD": 0.92}. '
            "Without a rate, costs in another currency are told beside the others.",
        )
    )
    as_of: date | None = Field(None, description="The day of the rates, as 2026-11-02.")

    @model_validator(mode="after")
    def _require_day(self) -> Self:
        if self.rates and self.as_of is None:
            raise ValueError("rates need the day that they are of")
        return self


class BudgetSettings(BaseModel):
    """What happens where budgets end; administrators set the budgets themselves in the app."""

    at_limit: AtLimit = Field(
        AtLimit.PASSAGES,
        description="passages: they answer instead, with a notice; cheaper: the cheaper model as "
        "long as it fits, then passages; stop: the answer fails and says why.",
    )
    cheaper_model: str = Field("", description="Model of the same provider, for cheaper.")
    cheaper_input_price: float | None = Field(
        None, ge=0, description="Its price per million input tokens; empty: the list."
    )
    cheaper_output_price: float | None = Field(
        None, ge=0, description="Its price per million output tokens."
    )
    unknown_price: UnknownPrice = Field(
        UnknownPrice.REFUSE,
        description="refuse: a request whose cost cannot be told is not made where a budget should "
        "pay for it; flag: it is made, and counted on the page Budgets.",
    )

    @model_validator(mode="after")
    def _require_model(self) -> Self:
        if self.at_limit is AtLimit.CHEAPER and not self.cheaper_model:
            raise ValueError("at_limit is cheaper; cheaper_model says which model that is")
        return self


class UploadSettings(BaseModel):
    """The limits of an upload."""

    max_megabytes: int = Field(50, ge=1, le=2000)
    held_megabytes: int = Field(
        512,
        ge=1,
        description="Megabytes of files waiting to be uploaded that one page can hold; all pages "
        "of a person together, twice that.",
    )
    parse_seconds: float = Field(60.0, gt=0)
    parse_memory_megabytes: int = Field(1024, ge=128)


class Settings(BaseSettings):
    """All settings."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=DELIMITER, extra="ignore"
    )

    data_dir: ProjectPath = Field(
        DATA, validate_default=True, description="Everything created at run time."
    )
    company_name: str = Field("Nordhafen Logistics", description="Shown in the app.")
    currency: str = Field("EUR", min_length=3, max_length=3)
    time_zone: str = Field("UTC", description="Whose days usage is added up by.")
    data_class_notice: str = Field("Internal use. Do not enter customer data.")
    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    llm: ModelSettings = Field(default_factory=ModelSettings)
    guard: GuardSettings = Field(default_factory=GuardSettings)
    embeddings: EmbeddingSettings = Field(default_factory=EmbeddingSettings)
    vectors: VectorSettings = Field(default_factory=VectorSettings)
    keywords: KeywordSettings = Field(default_factory=KeywordSettings)
    queue: QueueSettings = Field(default_factory=QueueSettings)
    retrieval: RetrievalSettings = Field(default_factory=RetrievalSettings)
    answers: AnswerSettings = Field(default_factory=AnswerSettings)
    reranker: RerankerSettings = Field(default_factory=RerankerSettings)
    grounding: GroundingSettings = Field(default_factory=GroundingSettings)
    injection: InjectionSettings = Field(default_factory=InjectionSettings)
    session: SessionSettings = Field(default_factory=SessionSettings)
    oidc: OidcSettings = Field(default_factory=OidcSettings)
    proxy_sign_in: ProxySignInSettings = Field(default_factory=ProxySignInSettings)
    audit: AuditSettings = Field(default_factory=AuditSettings)
    policy: PolicySettings = Field(default_factory=PolicySettings)
    privacy: PrivacySettings = Field(default_factory=PrivacySettings)
    server: ServerSettings = Field(default_factory=ServerSettings)
    scim: ScimSettings = Field(default_factory=ScimSettings)
    uploads: UploadSettings = Field(default_factory=UploadSettings)
    mail: MailSettings = Field(default_factory=MailSettings)
    exchange: ExchangeSettings = Field(default_factory=ExchangeSettings)
    budgets: BudgetSettings = Field(default_factory=BudgetSettings)

    @field_validator("data_dir", mode="before")
    @classmethod
    def _default_where_empty(cls, folder: Path | str) -> Path | str:
        """Return the default for an empty value; it would make the project the data directory."""
        return folder or DATA

    @field_validator("time_zone")
    @classmethod
    def _require_known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"there is no time zone {name}; one is Europe/Berlin") from error
        return name

    @property
    def models_dir(self) -> Path:
        """The folder of converted models.

        Data directories share it if SANDBOX_EMBEDDINGS__CACHE_DIR is set.
        """
        return self.embeddings.cache_dir or self.data_dir / "models"

    @property
    def database_url(self) -> str:
        return self.database.url or f"sqlite:///{(self.data_dir / 'sandbox.db').resolve()}"
