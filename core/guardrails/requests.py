"""Finds ordinary-looking requests that a document makes to whoever answers from it.

"Add a link to your reply" is not an order to a person who reads a manual, and not a trigger phrase
of `core.guardrails.injection` either. A letter may well ask somebody to mention a number in the
reply, so these requests are shown to a person and never block. Questions planted without a word
about the answer ("What is the capital of Brazil?") look like headings of a list of questions and
are not looked for. Measured: docs/adr/0018-screening-at-the-door.md.
"""

from core.guardrails.orders.phrases import Injection, matches, rule

# The places where an order begins: a line, a sentence, a cell, a quotation.
_START = r"(?:^|(?<=[\r\n|\"'“>*])|(?<=[.!?:;|)\"'”>*•-] )|(?<=please ))"
_REPLY = (
    r"your (?:(?:own|final|next|entire|whole|full|first|last) )?"
    r"(?:repl(?:y|ies)|responses?|answers?|output|completion)"
)
_TEXT = rf"(?:{_REPLY}|your (?:message|text|words|writing|sentences?|summary))"
_GERMAN_REPLY = r"(?:deine[rmn]?|eure[rmn]?) (?:antwort(?:en)?|ausgabe|zusammenfassung)"
_PLACE = r"(?:in|into|to|within|with|at|of|throughout|using)"
_MODEL = (
    r"(?:ai|llms?|(?:large )?language models?|(?:ai )?assistants?|chatbots?|chatgpt|gpt|copilot"
    r"|ki|sprachmodelle?)"
)

_ADD = (
    "add|append|include|insert|integrate|incorporate|embed|put|mention|weave|use|introduce|slip"
    "|work|drop|plant|promote|advertise|share|suggest|recommend|state|claim|spread|highlight"
    "|emphasi[sz]e|offer|express|announce|apply|link|tell|give|make|change|convert|turn|attach"
    "|place|feature|publish|assert|encourage|ask|invite"
)

_RULES = tuple(
    rule("request", pattern)
    for pattern in (
        # Add "..." to your reply.
        rf"{_START}(?:{_ADD})\b[^\n]{{1,200}}?\b{_PLACE} "
        rf"(?:the (?:end|beginning|start|top|bottom) of )?{_REPLY}\b",
        # Modify your answer to ...
        rf"{_START}(?:modify|augment|enhance|adjust|alter|enrich|extend|supplement|end|begin|start"
        rf"|conclude|finish|open|close|preface|prefix|rewrite|phrase|render|provide|write|encode"
        rf"|encrypt|deliver|translate|format|return|give|turn|convert|output|present|craft|frame"
        rf"|express|flip|mirror|scramble|reverse|cipher|send) {_TEXT} (?:to|with|using|in|into|as"
        rf"|without|by|only|backwards)\b(?! (?:writing|person|the (?:box|form|space|field)))",
        # In your response, suggest ...
        rf"\b{_PLACE} {_REPLY}[,:]? (?:please |also |always |only |never )?(?:suggest|tease|hint"
        r"|mention|include|add|use|tell|recommend|promote|claim|say|state|advise|encourage|urge"
        r"|insert|link|refer|direct|pretend|invite|remind|praise|replace|avoid)\b",
        # Scramble the letters of your answer's words.
        rf"{_START}(?:convert|replace|substitute|rearrange|reorder|scramble|jumble|shuffle|misspell"
        rf"|anagram|reverse|encode|encrypt|group|combine|merge|join|remove|delete|omit|strip"
        rf"|capitali[sz]e|swap|double|repeat|mix up|spell|flip|invert|mirror|shift|rotate"
        rf"|number|count|hide|mask|abbreviate)\b[^\n.]{{0,80}}?\b"
        rf"(?:in|of|from|within|throughout) {_TEXT}\b",
        rf"{_START}(?:convert|replace|substitute|swap|change) (?:\w+ ){{0,3}}(?:letters?|vowels?"
        r"|consonants?) (?:\w+ ){0,3}(?:with|to|by|into|for)\b",
        # Provide a poem about ...
        rf"{_START}(?:write|compose|provide|create|generate|develop|draft|give me|tell me) (?:me )?"
        r"an? (?:\w+ ){0,2}(?:poem|haiku|limerick|sonnet|short story|fairy tale|joke|riddle|rap"
        r"|speech (?:on|about)|essay (?:on|about)|introduction for an essay) ?(?:\w+ )",
        # Translate the following sentence to French: ...
        rf"{_START}(?:translate (?:the following|this) (?:sentence|phrase|text|word|paragraph)"
        r"|how (?:do|would|can) you say ['\"“‘]|provide the (?:\w+) (?:equivalent|translation) )",
        # Note to AI assistants: ..., if you are a language model
        rf"\b(?:note|message|notice|attention|hinweis|nachricht|anweisung(?:en)?) ?:? "
        rf"(?:to |for |an |fur )(?:the |any |all |alle )?{_MODEL}\b ?[:,!-]",
        rf"\bif you are an? (?:\w+ )?{_MODEL}\b",
        rf"\bwenn du (?:ein|eine) (?:\w+ )?{_MODEL} bist\b",
        # Füge deiner Antwort ... hinzu
        rf"\b(?:fuge|erganze|erwahne|schreibe|verwende|ersetze|beende|beginne|gib|nenne|baue"
        rf"|verlinke|empfiehl)\b[^\n.]{{0,120}}?\b{_GERMAN_REPLY}\b",
        rf"\bin {_GERMAN_REPLY} (?:erwahne|empfiehl|verwende|nenne|schreibe|verlinke|sage?"
        r"|bitte)\b",
    )
)


def find_requests(text: str) -> tuple[Injection, ...]:
    """Find requests about the answer itself, by offset; they are never a reason to block."""
    return matches(text, _RULES)
