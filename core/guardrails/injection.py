"""Finds phrases that try to override, recast or pump a language model.

The list aims at precision: it flags documents for a person to look at and is logged with
questions, and never blocks by itself. Ordinary-looking requests planted in a document are not
found by phrases; against those the answer pipeline fences documents and filters the output.
Measured on public sets (2026-08): see tests/core/test_guardrails_injection.py.
"""

from core.guardrails.phrases import Injection, matches, rule

_OLD = (
    r"(?:(?:all|any|every|each|the|your|my|our|these|those|of|other|above|preceding|foregoing|"
    r"previous|prior|earlier|initial|original|former|past|existing|given|system) ){1,6}"
)
_ORDERS = (
    r"(?:instructions?|directions?|directives?|commands?|guidelines?|guidance|prompts?|"
    r"rules?|constraints?|restrictions?|programming|context|training)"
)
_YOUR = (
    r"(?:your|the|this|its)(?: (?:own|hidden|secret|initial|original|full|entire|exact|complete"
    r"|internal|first|current))*"
)
# "Courts override any rule of national law" speaks of rules, not to a model.
_NOT_OF_THE_WORLD = (
    r"(?! (?:of|in|under|on|for) (?!(?:this|the|your) (?:chat|conversation|prompt|system|session)))"
)
_DROP = r"(?:ignore|disregard|forget|override|bypass|overlook|neglect|abandon)"

_RULES = tuple(
    rule(name, pattern)
    for name, pattern in (
        ("override", rf"\b{_DROP}(?: about)? {_OLD}{_ORDERS}\b{_NOT_OF_THE_WORLD}"),
        (
            "override",
            rf"\b{_DROP} (?:everything|anything|all)(?: \w+){{0,3}} (?:above|before|prior)",
        ),
        ("override", rf"\bdo(?: not|n't) (?:follow|obey|adhere to|comply with) {_OLD}{_ORDERS}\b"),
        ("override", r"\b(?:new|updated|revised) (?:system )?instructions?\s?:"),
        (
            "override",
            r"\b(?:ignorier(?:e|en sie)?|vergiss|vergessen sie|missachte|umgehe)"
            r"(?: \w+){0,3} (?:anweisung|vorgabe|regel|instruktion|anleitung)(?:en|n)?\b",
        ),
        (
            "role",
            r"\byou are (?:now |going to (?:be|act as) )(?:\w+ ){0,4}(?:dan|jailbroken|evil)\b",
        ),
        (
            "role",
            r"\b(?:do anything now|developer mode (?:enabled|output|on)|jailbreak(?:ed)? mode)",
        ),
        (
            "role",
            r"\b(?:you|ai|assistant|chatgpt|gpt)\b[^.\n]{0,40} (?:is|are|be) (?:now )?"
            r"(?:freed? from|unbound by|not bound by|no longer bound by|without) "
            r"(?:all |any |the |its |your )*"
            r"(?:typical |usual |normal |ethical |moral |openai(?:'s)? )*(?:confines|restrictions?|"
            r"rules?|limits?|limitations?|filters?|guidelines|policies|censorship)",
        ),
        (
            "role",
            r"\b(?:stay|remain|keep) in (?:this )?character\b"
            r".{0,200}\b(?:never|no matter|always)\b",
        ),
        (
            "role",
            r"\b(?:never|cannot|can't|must not|will not|do not|don't) (?:ever )?(?:refuse|decline|"
            r"reject) (?:to answer|any|a|to do|my|the user|direct|orders)",
        ),
        (
            "role",
            r"\b(?:no|without(?: any)?|has no|have no|lacks?) (?:ethical|moral)"
            r"(?:,? (?:or|and|nor) \w+)? (?:guidelines|restrictions|boundaries|constraints|limits|"
            r"limitations|principles|considerations)",
        ),
        (
            "role",
            r"\bpretend(?:ing)? (?:to be|that you are|you are|you're|that you have) (?:\w+ ){0,6}"
            r"(?:unrestricted|unfiltered|uncensored|no (?:rules|restrictions|limits)|evil)",
        ),
        (
            "role",
            r"\bdu bist (?:jetzt|nun|ab sofort|von nun an) (?:\w+ ){0,4}"
            r"(?:dan|uneingeschrankt|ohne (?:regeln|filter|einschrankungen))",
        ),
        (
            "leak",
            r"\b(?:reveal|show|print|repeat|output|display|disclose|share|leak|give|tell|recite|dump|"
            r"expose|write(?: out)?|summari[sz]e|translate)(?: (?:me|us|out|back|to me))* "
            rf"{_YOUR} (?:(?:system|hidden|initial|secret) ?(?:prompt|instructions?|message)"
            r"|prompt verbatim)",
        ),
        (
            "leak",
            r"\b(?:repeat|print|output|copy) (?:all |every|the )?(?:\w+ )?(?:words?|text|"
            r"sentences?|everything|tokens) (?:\w+ )?above\b",
        ),
        (
            "leak",
            r"\bwhat (?:is|are|was|were) your (?:exact |initial |original |secret |hidden |full )*"
            r"(?:system prompt|initial prompt|hidden instructions|initial instructions)",
        ),
        (
            "leak",
            r"\b(?:zeige?|gib|nenne|verrate|wiederhole)\b(?: \w+){0,4} (?:systemprompt|"
            r"system-prompt|systemanweisung(?:en)?|geheimen anweisungen)",
        ),
        ("markup", r"<\|(?:im_start|im_end|system|endoftext|eot_id|start_header_id)\|>"),
        ("markup", r"\[/?inst\]|<</?sys>>|(?:^|\n)\s{0,3}###\s?(?:system|instruction)s?\s?:"),
        (
            "exfiltration",
            r"\b(?:send|forward|post|upload|transmit|append|encode)\b[^.\n]{0,80}\b(?:to|in|at|"
            r"into)\b[^.\n]{0,40}https?://[^\s]{0,80}[?&=]",
        ),
        (
            "exfiltration",
            r"!\[[^\]\n]{0,80}\]\(https?://[^)\s]{0,200}[?&][\w-]{1,30}=[^)\s]{0,80}"
            r"(?:\{|\[|<|%7b)",
        ),
    )
)


def find_injections(text: str) -> tuple[Injection, ...]:
    """Phrases aimed at a model, by their place; one hit where several rules overlap."""
    return matches(text, _RULES)
