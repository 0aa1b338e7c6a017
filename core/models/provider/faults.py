"""Reads what a provider's error means from its code and the many ways servers word it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import openai

# Each of these wordings is sent by a server in use: OpenAI, Azure, vLLM, llama.cpp and its Python
# server, Ollama, LM Studio, TGI, Mistral, Anthropic, Bedrock, Gemini, LiteLLM.
_OVERFLOW = re.compile(
    r"context[_ ]length[_ ]exceeded|exceed_context_size|contextwindowexceeded"
    r"|(?:maximum|max|available|model'?s|model) context(?:[_ ](?:length|size|window))"
    r"|(?:exceed\w*|greater than|larger than|longer than|beyond|outside|over) "
    r"(?:of )?(?:the |its |this |model'?s )*(?:\w+ ){0,3}context"
    r"|context (?:length|size|window) (?:is |was |has been )?(?:exceeded|too small)"
    r"|(?:prompt|input|request|message\w*|conversation|inputs?) (?:\w+ ){0,3}(?:is|are|was) too "
    r"(?:long|large)"
    r"|context[^.]{0,12}overflows?|too many (?:input |prompt )?tokens(?! per)|input tokens exceed"
    r"|input token count \S* ?(?:\w+ )?exceeds|input (?:length|validation error).{0,80}"
    r"(?:exceeds|must have less than|tokens)|(?:inputs|prompt) tokens? ?\+|contains \d+ tokens"
    r"|maximum (?:prompt|input) length|please reduce the length"
)
_QUOTA = re.compile(
    r"insufficient[_ ](?:quota|balance|credits?|funds)|exceeded your current quota"
    r"|billing[_ ]hard[_ ]limit|billing_not_active|credit balance is too low|payment required"
    r"|out of credits?|no credits? (?:left|remaining)|quota (?:has been |is )?(?:used up|exhausted)"
    r"|spend(?:ing)? limit|budget (?:has been )?exceeded"
)
_UNKNOWN_MODEL = re.compile(
    r"model[_ ]not[_ ]found|deploymentnotfound|invalid[_ ]model(?:[_ ]name)?|unknown[_ ]model"
    r"|no such model|not a valid model|model_not_supported|unsupported model|model not loaded"
    r"|(?:model|deployment)\W[^.]{0,120}(?:not found|does ?n[o']t exist|is not available"
    r"|not supported|not exist|was not found|no access)"
)
_FILTER = re.compile(
    r"content[_ ]filter|content[_ ]policy|content management policy|responsibleai"
    r"|content_policy_violation|safety system|moderation"
)
_REFUSED_PARAMETER = re.compile(
    r"unsupported|not supported|unrecogni[sz]ed|unknown|unexpected|not permitted|not allowed"
    r"|extra[_ ](?:inputs?|fields?|forbidden)|does ?n[o']t (?:support|accept|allow)|deprecated"
    r"|additional propert|invalid|not available|no such|only the default|cannot be|must be"
)
_TOO_MUCH = re.compile(
    r"too (?:large|high|big|great)|at most|less than or equal|must be less|exceed|supports up to"
    r"|maximum (?:value|number)|<= ?\d|valid range"
)
_NO_SYSTEM_ROLE = re.compile(
    r"system[\w' ]{0,20}(?:role|message|prompt|instruction)\w*[^.]{0,40}"
    r"(?:not supported|unsupported|not enabled|not allowed)|roles must alternate"
    r"|only user and assistant roles"
)
_CUT = re.compile(r"output limit was reached|higher max_\w*tokens")
_ABOUT_PARAMETERS = re.compile(r"parameter|argument|field|extra[_ ]|propert|keyword")
_PARAMETERS = ("max_tokens", "max_completion_tokens", "temperature", "stream_options")
_LONGEST_READ = 4_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A provider's refusal; texts are in lower case, "" where it said nothing.

    `status` is None for an error inside a stream. The texts are for recognition only: they can hold
    the prompt and parts of the key, and are never shown or logged.
    """

    status: int | None
    parameter: str
    text: str

    @property
    def is_overflow(self) -> bool:
        """Whether the prompt is longer than what the model reads."""
        return self.status == 413 or bool(_OVERFLOW.search(self.text))

    @property
    def is_quota(self) -> bool:
        """Whether the account has no money or quota left, which waiting does not change."""
        return self.status == 402 or bool(_QUOTA.search(self.text))

    @property
    def is_unknown_model(self) -> bool:
        """Whether the provider is the right one but has no such model."""
        return bool(_UNKNOWN_MODEL.search(self.text))

    @property
    def is_filtered(self) -> bool:
        """Whether a content filter refused the prompt."""
        return bool(_FILTER.search(self.text))

    def refused_parameter(self, sent: Collection[str]) -> str:
        """Return which parameter of `sent` the provider does not know in this form, "" if none."""
        if self.status not in (400, 404, 422, 501) or self.is_overflow or self.is_cut:
            return ""
        if self.parameter in sent and not self._is_only_too_much:
            return self.parameter
        if not _REFUSED_PARAMETER.search(self.text) or self._is_only_too_much:
            return ""
        positions = {name: self._place(name) for name in sent}
        named = [name for name, position in positions.items() if position >= 0]
        return min(named, key=positions.__getitem__, default="")

    @property
    def refuses_system_role(self) -> bool:
        """Whether the model's template knows no system message, such as that of Gemma."""
        return bool(_NO_SYSTEM_ROLE.search(self.text))

    @property
    def is_cut(self) -> bool:
        """Whether thoughts used up the whole allowance of the answer."""
        return bool(_CUT.search(self.text))

    @property
    def is_about_parameters(self) -> bool:
        """Whether the way of asking is refused rather than the question."""
        is_refused = bool(_REFUSED_PARAMETER.search(self.text))
        return is_refused and bool(_ABOUT_PARAMETERS.search(self.text))

    @property
    def asks_too_much(self) -> bool:
        """Whether the limit set for the answer is more than the model can write."""
        return self._is_only_too_much and "max" in self.text and "tokens" in self.text

    @property
    def _is_only_too_much(self) -> bool:
        is_limit = "tokens" in self.parameter or (
            not self.parameter and re.search(r"max_(?:completion_|new_)?tokens", self.text)
        )
        return bool(is_limit and _TOO_MUCH.search(self.text))

    def _place(self, name: str) -> int:
        match = re.search(rf"(?<![a-z_]){name}(?![a-z_])", self.text)
        return match.start() if match else -1


def fault_of(error: openai.APIError) -> Fault:
    """Read an error of the client library, whatever shape its body has."""
    body = error.body
    try:
        text = body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    except (TypeError, ValueError):
        text = ""
    wording = f"{error.message} {text}"[:_LONGEST_READ].lower()
    return Fault(
        status=getattr(error, "status_code", None),
        parameter=_parameter(error.param),
        text=wording.replace("\\n", " ").replace("’", "'"),
    )


def _parameter(named: object) -> str:
    """Return the parameter that the provider names, without its path (`body.stream_options`)."""
    name = str(named or "").lower().rpartition(".")[2]
    return name if name in _PARAMETERS else ""
