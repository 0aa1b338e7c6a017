"""The prompt and the models that take part in answers, and what writes with them."""

from dataclasses import dataclass, field

from core.domain.knowledge import Sensitivity
from core.domain.ports import ChatModel
from core.guardrails.detection import InjectionDetector
from core.guardrails.guard import NewMasker, plain_masker
from core.storage.database import Database
from rag.finding.model_rewriting import ModelRewriter
from rag.grounding import SupportJudge
from rag.prompting.context import PromptContexts
from rag.prompting.prompt import FREE, Prompt, load_prompt
from rag.writing.generation import FreeWriting, Generation
from rag.writing.summary import SUMMARY, Summaries, summary_prompts


@dataclass(frozen=True, slots=True)
class AnswerModels:
    """The prompt, and the models that take part in answers.

    Without a `model` the passage engine answers, without a `judge` words and embeddings decide
    about support, and without a `rewriter` a follow-up is searched with the questions before it.
    `tells_groups` says whether the model is told the groups of the person asking. `new_masker`
    makes what masks its requests. It gets no passage above `highest_class`; the passage engine
    answers then. `embeds_class` is the highest class whose passages may be embedded again.
    `detector` tells which questions are orders to a model.
    """

    prompt: Prompt
    model: ChatModel | None = None
    judge: SupportJudge | None = None
    rewriter: ModelRewriter | None = None
    tells_groups: bool = False
    new_masker: NewMasker = plain_masker
    highest_class: Sensitivity = Sensitivity.INTERNAL
    embeds_class: Sensitivity = Sensitivity.RESTRICTED
    detector: InjectionDetector = field(default_factory=InjectionDetector)

    def generation(self, database: Database) -> Generation | None:
        """Return what has the model answer, None without one."""
        if self.model is None:
            return None
        return Generation(self.prompt, self.model, self._contexts(database), self.new_masker)

    def summaries(self, database: Database, written: str = SUMMARY) -> Summaries | None:
        """Return what has the model summarise or compare documents, None without one."""
        if self.model is None:
            return None
        prompts = summary_prompts(self.prompt.company, written)
        return Summaries(prompts, self.model, self._contexts(database), self.new_masker)

    def free_writing(self, database: Database) -> FreeWriting | None:
        """Return what has the model write without documents, None without one."""
        if self.model is None:
            return None
        prompt = load_prompt(self.prompt.company, FREE)
        return FreeWriting(prompt, self.model, self._contexts(database), self.new_masker)

    def _contexts(self, database: Database) -> PromptContexts:
        return PromptContexts(database, tells_groups=self.tells_groups)
