"""Sentences that people read when a language model fails: what happened, what is kept, what to do.

The first group is for everyone. The second is added for administrators, who can change something.
"""

from core.errors import TELL_AN_ADMINISTRATOR

_KEPT = "Your question is kept"
_BOTH_KEPT = "Your question and the text so far are kept"
_TELL = TELL_AN_ADMINISTRATOR
_OFTEN = "If this happens again, tell an administrator."

REFUSED = f"The language model refused to answer this request. {_KEPT}. Ask it in other words."
UNREADABLE = f"The language model's answer could not be read. {_KEPT}. Ask again. {_OFTEN}"
BROKEN = (
    "The connection to the language model broke in the middle of the answer. "
    f"{_BOTH_KEPT}. Ask again."
)
ENDLESS = f"The language model did not stop writing and was cut off. {_BOTH_KEPT}. Ask again."
UNREACHABLE = f"The language model cannot be reached. {_KEPT}. Try again in a few minutes. {_OFTEN}"
SERVER_ERROR = (
    f"The language model reports an error of its own ({{status}}). {_KEPT}. "
    "Try again in a few minutes."
)
TIMEOUT = f"The language model took too long. {_KEPT}. Try again, or ask a shorter question."
TOO_SLOW = (
    f"The language model took too long to finish and was cut off. {_BOTH_KEPT}. Try again, or ask "
    "for less at once."
)
REJECTED_KEY = f"The language model does not accept this app's key. {_KEPT}{_TELL}."
QUOTA = f"The company's account with the language model provider is used up. {_KEPT}{_TELL}."
UNKNOWN_MODEL = f"The provider does not know the configured language model. {_KEPT}{_TELL}."
WRONG_ADDRESS = f"There is no language model at the configured address. {_KEPT}{_TELL}."
REDIRECTED = (
    "The address of the language model redirects to another one, which is not followed. "
    f"{_KEPT}{_TELL}."
)
TOO_LONG = (
    "The question, the conversation and the passages together are too long for the language model. "
    f"{_KEPT}. Start a new conversation or ask a shorter question."
)
REFUSED_SETTING = f"The language model does not accept this app's requests. {_KEPT}{_TELL}."
BUSY = f"The language model is busy. {_KEPT}. Try again {{when}}."
EMPTY = f"The language model ended without writing an answer. {_KEPT}. Ask again."
CUT = (
    f"The answer reached the maximum length and ends here. {_BOTH_KEPT}. Ask for less at once, or "
    "ask for the rest."
)
CUT_BEFORE = (
    "The language model reached the maximum length before it wrote an answer. "
    f"{_KEPT}. Ask for less at once. {_OFTEN}"
)
FILTERED = f"The provider's content filter ended this answer. {_BOTH_KEPT}. Ask in other words."
TOOL = (
    "The language model tried to use a tool instead of finishing its answer. "
    f"{_BOTH_KEPT}. Ask again. {_OFTEN}"
)
TOOL_BEFORE = (
    f"The language model tried to use a tool instead of answering. {_KEPT}. Ask again. {_OFTEN}"
)
GAVE_UP = f"The language model gave up in the middle of its answer. {_BOTH_KEPT}. Ask again."
GAVE_UP_BEFORE = f"The language model gave up before it wrote an answer. {_KEPT}. Ask again."

CHECK_KEY = "Check SANDBOX_LLM__API_KEY and what this key can access."
CHECK_ACCOUNT = (
    "Check plan, balance and limits of the account that SANDBOX_LLM__API_KEY belongs to."
)
CHECK_MODEL = (
    "Check SANDBOX_LLM__MODEL: it is spelled as the provider lists it (on Azure the name of the "
    "deployment; with Ollama, pull it first)."
)
CHECK_ADDRESS = "Check SANDBOX_LLM__BASE_URL: the address of the API, which usually ends with /v1."
WEB_PAGE = (
    "SANDBOX_LLM__BASE_URL leads to a web page. Set the address of the API, which usually ends "
    "with /v1."
)
FIX_REDIRECT = (
    "SANDBOX_LLM__BASE_URL redirects to {target}. Redirects are never followed. If questions "
    "and documents may go there, set that address."
)
LONGER_CONTEXT = (
    "Serve the model with a longer context (vLLM --max-model-len, llama.cpp -c, Ollama num_ctx), "
    "or lower SANDBOX_RETRIEVAL__TOP_K or SANDBOX_LLM__MAX_OUTPUT_TOKENS."
)
LOWER_LIMIT = (
    "SANDBOX_LLM__MAX_OUTPUT_TOKENS is more than this model can write; lower it, or choose another "
    "SANDBOX_LLM__MODEL."
)
RAISE_LIMIT = (
    "The limit is SANDBOX_LLM__MAX_OUTPUT_TOKENS. Reasoning counts as well, so reasoning models "
    "need several thousand."
)
RUN_DOCTOR = (
    "The provider refused with status {status}. If it refuses every question, run: python "
    "sandbox_cli.py doctor"
)
RAISE_DEADLINE = "The time limit for an answer is SANDBOX_LLM__ANSWER_SECONDS."
FILTER_SETTINGS = "The content filter is set at the provider, for this model or deployment."
NO_TOOLS = (
    "This app offers no tools. Look for a gateway or template that adds some to SANDBOX_LLM__MODEL."
)
TRY_MODEL = (
    "If it happens often, try another SANDBOX_LLM__MODEL, or check the chat template it is served "
    "with."
)
