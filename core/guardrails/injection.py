"""Finds phrases that try to override, recast or pump a language model.

The list aims at precision: it flags documents for a person to look at and is logged with
questions, and never blocks by itself. Phrases that people also use among themselves ("bypass the
restrictions", "never refuse a test") count only where the words around them stage a role for a
model. Ordinary-looking requests planted in a document are not found by phrases; against those the
answer pipeline fences documents and filters the output.
Measured: benchmarks/results/screening.md.
"""

import re
from collections.abc import Iterator

from core.guardrails.folding import fold
from core.guardrails.orders.encodings import readings
from core.guardrails.orders.languages import FUNCTION_WORDS, LANGUAGE_RULES
from core.guardrails.orders.phrases import Injection, matches, rule

_PAST = r"(?:previous|prior|earlier|initial|original|former|past|preceding|foregoing|above|system)"
_OLD = (
    r"(?:(?:all|any|every|each|the|your|my|our|these|those|of|other|existing|given|"
    r"above|preceding|foregoing|previous|prior|earlier|initial|original|former|past|system) ){1,6}"
)
_ORDERS = (
    r"(?:instructions?|directions?|directives?|commands?|guidelines?|guidance|prompts?|"
    r"rules?|constraints?|restrictions?|programming|context|training)"
)
_YOUR = (
    r"(?: (?:own|hidden|secret|initial|original|full|entire|exact|complete"
    r"|internal|first|current))*"
)
_OF_THE_CHAT = r"(?:this|the|your) (?:chat|conversation|prompt|system|session|developers?|users?)"
# "Courts override any rule of national law" speaks of rules, not to a model; "ignore the above
# instructions if you use a Mac" and "all prior guidance regarding travel" say what they are about.
_NOT_OF_THE_WORLD = (
    rf"(?! (?:(?:of|in|under|on|for) (?!{_OF_THE_CHAT})"
    rf"|(?:regarding|concerning|about|relating to|related to|issued|published|from|sent|if|when|"
    rf"unless|where|until|as|we|i) (?!{_OF_THE_CHAT}|you are an?|now|here|above|before|given)))"
)
_UNBOUND = (
    r"(?:freed? from|unbound by|not bound by|no longer bound by|without) "
    r"(?:all |any |the |its |your )*"
    r"(?:typical |usual |normal |ethical |moral |openai(?:'s)? )*(?:confines|restrictions?|"
    r"rules?|limits?|limitations?|filters?|guidelines|policies|censorship)"
)
_SECRETS = r"(?:(?:system|hidden|initial|secret) ?(?:prompt|instructions?|message)|prompt verbatim)"
_DROP = r"(?:ignore|disregard|forget|override|bypass|overlook|neglect|abandon)"

# Words right before the verb that address others than the reader, or nobody ("do not forget").
_OTHERS = re.compile(
    r"\b(?:the|an?|any|not|never|n't|who|which|that|they|cannot|can't|don't|won't|does|did"
    r"|terms|polic(?:y|ies)|rules?|provisions?|settings?|agreement|contract|guidelines|handbook"
    r"|\w*(?:employees|users|managers|admins|administrators|drivers|members|people|staff|teams"
    r"|attackers|companies|courts|models?|assistants?|chatbots?|tools?))\s\Z"
)
# "Terms shall override" and "the chatbot may reveal" speak of others; they order nothing.
_MODALS = re.compile(r"(?<!you )\b(?:can|may|might|could|would|will|shall|should|must|it|we)\s\Z")
_TO = re.compile(r"\bto\s\Z")
_TO_YOU = re.compile(
    r"\b(?:you|your|order|command|task|goal|job|need|must|want|important|necessary"
    r"|time|told|asked)\b[^.!?]{0,40}\Z"
)
_BIDDEN = re.compile(
    r"(?:\A|[^\w\s]\s?|[\n\r]|\b(?:please|now|then|and|must|should|will|just|simply|always"
    r"|you|can|may)\s)\Z"
)


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace(" ", r"\s"))


# Words that stage a role for a model, and words for the model itself.
_ROLES = _words(
    r"\bact(?:s|ing)? (?:as|like)\b|\bpretend|\brole-?play|\bfrom now on\b"
    r"|\byou(?: are|'re) (?:now|going to)\b"
    r"|\bin character\b|\bpersona\b|\bjailbr|\bin (?:the|this) role\b|\bthe role of\b"
    r"|\byou (?:shall|will) (?:be|now|act|play|become|respond|answer|always|never|stop at)\b"
    r"|\bno matter what\b|\bdan\b|\bun(?:filtered|censored)\b"
    r"|\bamoral\b|\bimmoral\b|\bsimulate|\bobey|\bdo anything now\b"
    r"|\b(?:respond|answer|reply|speak) (?:as|to (?:any|all|every))\b|\bdeveloper mode output"
)
_MODELS = _words(
    r"\bchatgpt\b|\bgpt|\bopenai\b|\blanguage model|\bai\b|\bassistant\b|\bchatbot|\bprompt"
)
_NEAR = 2_000
_SEND = r"\b(?:send|forward|post|upload|transmit|append|encode)\b[^.\n]{0,60}\b"
_TO_ADDRESS = r"\b[^.\n]{0,60}\b(?:to|in|at|into)\b[^.\n]{0,40}(?<!\()https?://[^\s]{0,200}[?&=]"


def _is_addressed(match: re.Match[str]) -> bool:
    """Return whether the reader is told to do it, rather than others or nobody."""
    before = match.string[max(0, match.start() - 60) : match.start()]
    if _TO.search(before):
        return _TO_YOU.search(before) is not None
    is_said = not match[0].startswith(("ignore", "disregard", "forget"))
    return not (is_said and _MODALS.search(before)) and _OTHERS.search(before) is None


def _is_staged(match: re.Match[str]) -> bool:
    """Return whether a role for a model is staged in the words around."""
    near = match.string[max(0, match.start() - _NEAR) : match.end() + _NEAR]
    roles = {role[0] for role in _ROLES.finditer(near)}
    models = {model[0] for model in _MODELS.finditer(near)}
    return len(roles) >= 1 and len(roles | models) >= 2


def _is_staged_order(match: re.Match[str]) -> bool:
    before = match.string[max(0, match.start() - 60) : match.start()]
    return (
        _is_addressed(match)
        and _is_staged(match)
        and (_BIDDEN.search(before) is not None or _TO.search(before) is not None)
    )


_RULES = (
    rule(
        "override",
        rf"\b{_DROP}(?: about)? (?=(?:\w+ ){{0,5}}{_PAST} (?:\w+ ){{0,4}}{_ORDERS})"
        rf"{_OLD}{_ORDERS}\b{_NOT_OF_THE_WORLD}",
        _is_addressed,
    ),
    rule(
        "override",
        rf"\b{_DROP}(?: about)? (?:(?:all|any|of) ){{0,2}}your (?:(?:own|current|internal|core) )?"
        r"(?:instructions?|directives?|commands?|prompts?|programming|restrictions?|constraints?"
        rf"|guidelines?|rules?)\b{_NOT_OF_THE_WORLD}",
        _is_addressed,
    ),
    rule("override", rf"\b{_DROP} {_OLD}{_ORDERS} (?:of|in|for) {_OF_THE_CHAT}\b", _is_addressed),
    rule("override", rf"\b{_DROP} (?:all|any) (?:instructions?|prompts?)\b{_NOT_OF_THE_WORLD}"),
    rule(
        "override",
        rf"\b{_DROP}(?: about)? {_OLD}{_ORDERS}\b{_NOT_OF_THE_WORLD}",
        _is_staged_order,
    ),
    rule(
        "override",
        rf"\b{_DROP} (?:everything|anything|all)(?! (?:\w+ )?(?:rows|lines|entries|values|cells"
        r"|columns|records|warnings|errors|results|amounts|dates)\b)(?: \w+){0,3} (?:above|before"
        r"|prior)(?=\s*(?:[.,;:!?\"')\]/*|}-]|\Z|\n)|\s(?:and|this|that)\b)",
        _is_addressed,
    ),
    rule(
        "override",
        rf"\b{_DROP} (?:everything|anything|all)(?: \w+){{0,3}} (?:above|before|prior)",
        _is_staged,
    ),
    rule(
        "override",
        r"\bdo(?: not|n't) (?:follow|obey|adhere to|comply with) "
        rf"(?=(?:\w+ ){{0,5}}(?:{_PAST}|your) (?:\w+ ){{0,4}}{_ORDERS}){_OLD}{_ORDERS}\b"
        rf"{_NOT_OF_THE_WORLD}",
    ),
    rule(
        "override",
        rf"\bdo(?: not|n't) (?:follow|obey|adhere to|comply with) {_OLD}{_ORDERS}\b",
        _is_staged,
    ),
    rule("override", r"\b(?:new|updated|revised) system instructions?\s?:"),
    # "New instructions: from May the rate is 0.35 euros" is a headline.
    rule(
        "override",
        r"\b(?:new|updated|revised) instructions?\s?:\s{0,3}(?:you (?:are|must|will|should|have"
        r"|now)|ignore|disregard|forget|from now on,? (?:you|answer|respond|reply)"
        r"|(?:you |please |always |only |do not |don't |never ){0,2}"
        r"(?:respond|reply|answer|output|print|repeat|reveal|say"
        r"|recommend|praise|pretend|act|mention|tell|translate|summari[sz]e|rate|rank|state|claim"
        r"|write|insert|include|append|disclose)\b)",
    ),
    rule("override", r"\b(?:new|updated|revised) instructions?\s?:", _is_staged),
    rule(
        "override",
        r"\b(?:ignorier(?:e|en sie)?|vergiss|vergessen sie|missachte|umgehe)(?! nicht\b)"
        r"(?: \w+){0,2} (?:vorherig|vorangegangen|vorangehend|bisherig|obig|fruher|alle|samtliche"
        r"|urspr|deine|system)\w*(?: \w+){0,2} "
        r"(?:anweisung|vorgabe|regel|instruktion|anleitung)(?:en|n)?\b"
        r"(?! (?:zu|zur|zum|fur|uber|wenn|falls|aus|vom)\b)",
    ),
    rule(
        "override",
        r"\b(?:ignorier(?:e|en sie)?|vergiss|vergessen sie|missachte|umgehe)(?! nicht\b)"
        r"(?: \w+){0,3} (?:anweisung|vorgabe|regel|instruktion|anleitung)(?:en|n)?\b",
        _is_staged,
    ),
    rule(
        "role",
        r"\byou are (?:now |going to (?:be|act as) )(?:\w+ ){0,4}(?:dan|jailbroken|evil)\b",
    ),
    rule("role", r"(?<!to )(?<!not )(?<!n't )\bdo anything now\b"),
    rule("role", r"\bdeveloper mode output|\bjailbreak(?:ed)? mode"),
    rule("role", r"\bdeveloper mode (?:enabled|on)\b", _is_staged),
    rule(
        "role",
        rf"\b(?:ai|assistant|chatgpt|gpt)\b[^.\n]{{0,40}} (?:is|are|be) (?:now )?{_UNBOUND}",
    ),
    rule("role", rf"\byou\b[^.\n]{{0,40}} (?:is|are|be) (?:now )?{_UNBOUND}", _is_staged),
    rule(
        "role",
        r"\b(?:stay|remain|keep) in (?:this )?character\b.{0,200}\b(?:never|no matter|always)\b",
        _is_staged,
    ),
    rule(
        "role",
        r"\b(?:never|cannot|can't|must not|will not|do not|don't) (?:ever )?(?:refuse|decline|"
        r"reject) (?:to answer|any|a|to do|my|the user|direct|orders)",
        _is_staged,
    ),
    rule(
        "role",
        r"\b(?:no|without(?: any)?|has no|have no|lacks?) (?:ethical|moral)"
        r"(?:,? (?:or|and|nor) \w+)? (?:guidelines|restrictions|boundaries|constraints|limits|"
        r"limitations|principles|considerations)",
        _is_staged,
    ),
    rule(
        "role",
        r"\bpretend(?:ing)? (?:to be|that you are|you are|you're|that you have) (?:\w+ ){0,6}"
        r"(?:unrestricted|unfiltered|uncensored|no (?:rules|restrictions|limits)|evil)",
    ),
    rule(
        "role",
        r"\bdu bist (?:jetzt|nun|ab sofort|von nun an) (?:\w+ ){0,4}"
        r"(?:dan|uneingeschrankt|ohne (?:regeln|filter|einschrankungen))",
    ),
    rule(
        "leak",
        r"\b(?:reveal|show|print|repeat|output|display|disclose|leak|tell|recite|dump|expose"
        rf"|write out)(?: (?:me|us|out|back|to me))* your{_YOUR} {_SECRETS}",
        _is_addressed,
    ),
    rule(
        "leak",
        r"\b(?:share|give|write|summari[sz]e|translate)(?: (?:me|us|out|back|to me))+ "
        rf"(?:your|the){_YOUR} {_SECRETS}",
        _is_addressed,
    ),
    rule(
        "leak",
        r"\b(?:reveal|show|print|repeat|output|disclose|leak|give|tell|recite|dump|expose)"
        r"(?: (?:me|us|out|back|to me))* (?:the|this|its)"
        rf"{_YOUR} (?:(?:system|hidden|secret) ?(?:prompt|instructions?)|prompt verbatim)",
        _is_addressed,
    ),
    rule(
        "leak",
        r"\b(?:reveal|show|print|repeat|output|display|disclose|share|leak|give|tell|recite|dump|"
        r"expose|write|summari[sz]e|translate)(?: (?:me|us|out|back|to me))* "
        rf"(?:your|the|this|its){_YOUR} {_SECRETS}",
        _is_staged_order,
    ),
    rule(
        "leak",
        r"\b(?:repeat|output) (?:all |every|the )?(?:\w+ )?(?:words?|text|everything|tokens)"
        r" (?:\w+ )?above\b",
    ),
    rule(
        "leak",
        r"\b(?:repeat|print|output|copy) (?:all |every|the )?(?:\w+ )?(?:words?|text|"
        r"sentences?|everything|tokens) (?:\w+ )?above\b",
        _is_staged,
    ),
    rule(
        "leak",
        r"\bwhat (?:is|are|was|were) your (?:exact |initial |original |secret |hidden |full )*"
        r"(?:system prompt|initial prompt|hidden instructions|initial instructions)",
    ),
    rule(
        "leak",
        r"\b(?:zeige?|gib|nenne|verrate|wiederhole)\b(?: \w+){0,4} (?:systemprompt|"
        r"system-prompt|systemanweisung(?:en)?|geheimen anweisungen)",
    ),
    rule("markup", r"<\|(?:im_start|im_end|system|endoftext|eot_id|start_header_id)\|>"),
    rule("markup", r"\[/?inst\]|<</?sys>>"),
    # Also a heading in documents: it is markup only before a turn or an order to a model.
    rule(
        "markup",
        r"(?:^|\n)\s{0,3}###\s?(?:system|instruction)s?\s?:(?=\s{0,3}(?:you (?:are|must|will)"
        r"|ignore|disregard|forget|respond|reply|answer|act as|pretend)"
        r"|[\s\S]{0,3000}\n\s{0,3}###\s?(?:response|assistant|user|human|input)\s?:)",
    ),
    # Data in an address: the value is left open, or a place is held for it.
    rule(
        "exfiltration",
        r"\b(?:send|forward|post|upload|transmit|append|encode)\b[^.\n]{0,80}\b(?:to|in|at|"
        r"into)\b[^.\n]{0,40}https?://[^\s()]{0,200}[?&][\w-]{1,30}="
        r"(?:[)\]>\"'.,;]{0,3}(?:\s|\Z)|[^)\s]{0,40}(?:\{|\[|<|%7b))",
    ),
    # Or a model's own data is sent; links for people stand in brackets.
    rule(
        "exfiltration",
        rf"{_SEND}(?:conversation|chat (?:history|log)|history|prompts?|secrets?|passwords?"
        r"|credentials|api keys?|tokens?|memory|user(?:'s|s)? (?:data|messages?|questions?|input)"
        r"|all (?:the |of the )?(?:customer |personal |confidential |private |employee |user "
        rf"|internal )(?:data|information|documents?|records?)){_TO_ADDRESS}",
    ),
    rule(
        "exfiltration",
        rf"{_SEND}(?:answers?|responses?|repl(?:y|ies)|summary|output|instructions|context|data"
        rf"|information|documents?|content){_TO_ADDRESS}",
        _is_staged,
    ),
    rule(
        "exfiltration",
        r"!\[[^\]\n]{0,80}\]\(https?://[^)\s]{0,200}[?&][\w-]{1,30}=[^)\s]{0,80}"
        r"(?:\{|\[|<|%7b)",
    ),
)


# The words that the rules are made of, by which letters set apart are put together.
_VOCABULARY = frozenset(
    word
    for pattern in (*(r.pattern for r in (*_RULES, *LANGUAGE_RULES)), _TO_YOU, _ROLES, _MODELS)
    for word in re.findall(r"[a-z]{2,}", pattern.pattern.replace(r"\s", " ").replace(r"\b", " "))
) | frozenset(FUNCTION_WORDS.split())
_MOST_LAYERS = 3
"""Encodings around each other that are taken off; more are not read by a model either."""

# The same spelled in single letters, where no space separates words.
_SPELLED = re.compile(
    rf"{_DROP}(?:about)?(?:all|any|the|your|these|of|other|existing|{_PAST}){{1,6}}{_ORDERS}"
)


def is_spelled_out(text: str) -> bool:
    """Return whether single spaced letters tell a model to drop its orders."""
    letters = [part for part in text.split() if len(part) == 1]
    return _SPELLED.search(fold("".join(letters)).text) is not None


def find_injections(text: str, *, is_hidden: bool = False) -> tuple[Injection, ...]:
    """Find phrases aimed at a model, by offset; one hit where several rules overlap.

    Phrases in an encoding count as well: the hit is then what is encoded, or the words that digits
    and other letters stand for. In hidden text, phrases that people also use among themselves count
    too.
    """
    hits = list(matches(text, (*_RULES, *LANGUAGE_RULES), accepts_all=is_hidden))
    for hit in _disguised(text, is_hidden=is_hidden, layers=_MOST_LAYERS):
        if not any(hit.start < other.end and other.start < hit.end for other in hits):
            hits.append(hit)
    return tuple(sorted(hits, key=lambda hit: hit.start))


def _disguised(text: str, *, is_hidden: bool, layers: int) -> Iterator[Injection]:
    """Yield what other readings of the text say; of encoded characters, all of them."""
    if not layers:
        return
    for reading in readings(text, _VOCABULARY):
        found = [
            *matches(reading.text, (*_RULES, *LANGUAGE_RULES), accepts_all=is_hidden),
            *_disguised(reading.text, is_hidden=is_hidden, layers=layers - 1),
        ]
        for hit in found:
            start, end = (
                (hit.start, hit.end) if reading.is_aligned else (reading.start, reading.end)
            )
            yield Injection(hit.rule, start, end, text[start:end])
