"""Tells follow-ups from questions that are complete, and puts what they lean on into words.

The rules know English. A follow-up that none of them fits stands behind the question it leans on.
"""

import re
from collections.abc import Sequence

from rag.reading.question_words import shaping_words

_AUXILIARY = (
    "am|is|are|was|were|be|do|does|did|can|could|may|might|must|shall|should|will|would|have|has"
    "|had|[a-z]+n['’]t"
)
_QUESTION_WORD = "what|which|who|whom|whose|where|when|why|how"
_SUBJECT_PRONOUN = "i|we|you|he|she|they|it|somebody|someone|anybody|anyone"
_PREPOSITION = (
    "about|above|after|against|around|as|at|before|behind|below|beside|between|beyond|by|during|for"
    "|from|in|inside|into|near|off|on|onto|outside|over|per|since|through|till|to|toward|towards"
    "|under|until|up|via|with|within|without"
)
_DETERMINER = "a|an|the|my|our|your|his|her|their|its|this|that|these|those|some|any"

# What joins a follow-up to what was said: "And for twins?", "ok, and what about Paris?".
_JOINT = re.compile(
    r"^(?:(?:ok(?:ay)?|and|but|or|so|also|then|well|hm+|alright|right|plus|now|thanks|thank you"
    r"|cool|great|(?:what|how) about|what of)\b[\s,.:!-]*)+",
    re.IGNORECASE,
)
_LEANING_START = re.compile(
    rf"^(?:what if|even|same|only|really|since when|until when|which ones?\b"
    rf"|(?:why|how|when|where|who|which)(?: not| so)?\W*$"
    rf"|(?:if|unless|in case|because|when(?! (?:{_AUXILIARY})\b)) [^,]*$)",
    re.IGNORECASE,
)
_ASKS = re.compile(r"^(?:since|until) when\b", re.IGNORECASE)
_CLAUSE = re.compile(
    rf"^(?:{_QUESTION_WORD})\b|\b(?:{_AUXILIARY}|{_SUBJECT_PRONOUN})\b|['’](?:s|re|ll|d)\b",
    re.IGNORECASE,
)
# "And how many for twins?" asks what was asked, for twins.
_ASKED_AGAIN = re.compile(
    rf"^how (?:many|much|long|often|far|fast|high) (?=(?:{_PREPOSITION})\b)", re.IGNORECASE
)
_FRAGMENT_START = re.compile(
    rf"^(?:{_PREPOSITION}|even|only|also|more|less|fewer|not|just|{_DETERMINER}|one|ones)\b",
    re.IGNORECASE,
)
# In words. Whoever writes more says what it is about.
LONGEST_LEANING = 40
LONGEST_FRAGMENT = 8
MOST_KEYWORDS = 3
# Telling words of a clause that a later one can point back to: "My screen is broken".
NAMED_BY = 2

_POINTING = re.compile(
    r"\b(?:it|its|they|them|their|theirs|this|that|these|those|there|then|he|she|him|her|his|hers"
    r"|ones?|former|latter|such|above|others?|another)\b"
    r"|(?P<further>\b(?:same|else|instead|too|as well)\b)",
    re.IGNORECASE,
)
# Words that look as if they pointed back, and do not: "Is it allowed to ...?", "Is there a ...?",
# "this year", "the day that the leave begins", "one day", "what else".
_NOT_POINTING = re.compile(
    r"\b(?:is|was|would|will|does|did|has|may|can|must) it (?:be )?(?:also |really |still )?"
    r"(?:allowed|possible|ok(?:ay)?|permitted|forbidden|prohibited|necessary|mandatory|compulsory"
    r"|required|true|legal|safe|cost|take|matter)\b(?= (?:to|that|for|if)\b)"
    r"|\b(?:is|are|was|were|will) there\b|\bthere (?:is|are|was|were|will)\b|\bthere['’]s\b"
    r"|\bit(?:['’]s| is) (?:raining|snowing|dark|cold|hot|too (?:cold|hot)|late)\b"
    r"|\b(?:this|that|these|those) (?:week|month|year|quarter|summer|winter|spring|autumn|morning"
    r"|afternoon|evening|time|company|site|app|chat|tool|days)\b"
    r"|\bthan (?:this|that)\b(?= \w)|\b(?:say|says|mean|means|know|sure|so|such|now|given) that\b"
    r"|\b\w{4,} that (?!is|are|was|were|do|does|did|can|may|must|should|will|has|have)\w"
    r"|\bone (?:of|day|week|month|year|hour|person|more)\b|\btoo (?:much|many|\w+)\b(?= \w)"
    r"|\bsuch as\b|\babove \d|\bsame (?:day|time|week|month|year)\b|\b(?:each|one) other\b"
    r"|\bthen\b(?= \w+ \w+ \w+)",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[,;:.?!]|\b(?:and|but|or|if|when|because|while|who|which|so)\b", re.I)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_END = " \t\n?!.,;:…"


def core_of(question: str) -> str:
    """Return a question without what joins it to the one before, and without its last sign."""
    core = _JOINT.sub("", question.strip()).strip(_END)
    return core if _CLAUSE.search(core, len(core.split(" ", 1)[0])) else _ASKED_AGAIN.sub("", core)


def leans(question: str) -> bool:
    """Return whether a question cannot be understood without the one before."""
    core = core_of(question)
    words = _WORD.findall(core)
    if not words or _LEANING_START.match(core):
        return len(words) <= LONGEST_LEANING
    if _CLAUSE.search(core):
        return len(words) <= LONGEST_LEANING and (_points_back(core) or not _content(core))
    is_joined = bool(_JOINT.match(question.strip()))
    is_fragment = is_joined or len(words) == 1 or bool(_FRAGMENT_START.match(core))
    return is_fragment and len(words) <= LONGEST_FRAGMENT


def is_keywords(question: str) -> bool:
    """Return whether a question is a few words and no sentence."""
    core = core_of(question)
    return not _CLAUSE.search(core) and len(_WORD.findall(core)) <= MOST_KEYWORDS


def _points_back(question: str) -> bool:
    """Return whether a word points to what was said before the question.

    It does not where something that it may stand for was said in an earlier part of the question:
    "My screen is broken, who repairs it?"
    """
    kept = _NOT_POINTING.sub(lambda match: "_" * len(match.group()), question)
    for match in _POINTING.finditer(kept):
        ends = [end.start() for end in _CLAUSE_END.finditer(question, 0, match.start())]
        before = _content(question[: ends[-1]]) if ends else []
        if match["further"] or len(before) < NAMED_BY:
            return True
    return False


def _content(text: str) -> list[str]:
    """Return the words that say what a text is about."""
    shaping = shaping_words(text)
    return [word for word in _WORD.findall(text) if word.lower() not in shaping]


def complete(question: str, earlier: str) -> str:
    """Return a follow-up that is no sentence as the earlier question asked about something else.

    Empty for a sentence, which leans on the earlier question as it is.
    """
    core, asked = core_of(question), earlier.strip().strip(_END)
    if not core:
        return earlier.strip()
    if _CLAUSE.search(core) or _ASKS.match(core):
        return ""
    return f"{_filled_in(core, asked)}?"


_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?|weekends?|weekdays?"
_NUMBER = r"\d[\d.,]*"
_CODE = r"[A-Z]+-?\d\w*|\d+[A-Z]+\w*"
_NAME = r"[A-Z][a-zäöüéèáóœø]\w*(?: [A-Z]\w+)*"
# What is of one kind stands for each other: a day for a day, a place for a place. A name has a
# preposition in front of it: the words of a German question have capitals, too.
_ALIKE = (
    re.compile(rf"\b(?:{_DAY})\b", re.IGNORECASE),
    re.compile(rf"\b(?:{_CODE})\b"),
    re.compile(rf"(?<![\w.,])(?:{_NUMBER})(?![\w])"),
    re.compile(
        rf"(?<=\b(?:at|by|in|of|on|to) )(?:{_NAME})\b|(?<=\bfor )(?:{_NAME})\b"
        rf"|(?<=\b(?:from|into|near|with) )(?:{_NAME})\b"
    ),
)
_LEADING_PREPOSITION = re.compile(rf"^(?:{_PREPOSITION})\b", re.IGNORECASE)
_LEADING_DETERMINER = re.compile(rf"^(?:{_DETERMINER}|one|ones)\b ?", re.IGNORECASE)


def _filled_in(core: str, asked: str) -> str:
    """Return the earlier question with the fragment in its place."""
    return (
        _added(core, asked)
        or _in_place_of_alike(core, asked)
        or _in_place_of_namesake(core, asked)
        or _in_place_of_phrase(core, asked)
        or _in_place_of_subject(core, asked)
        or f"{asked} {_lowered(core)}"
    )


def _added(core: str, asked: str) -> str:
    """Return the question with a fragment behind it that only adds to it, or a day it lacks."""
    if re.match(r"(?:even|only|also|more|less|fewer|not|just)\b", core, re.IGNORECASE):
        return f"{asked}, {_lowered(core)}" if core[:1] in "eE" else f"{asked} {_lowered(core)}"
    is_day = re.fullmatch(_DAY, core, re.IGNORECASE)
    return f"{asked} on {core}" if is_day and not _ALIKE[0].search(asked) else ""


def _in_place_of_namesake(core: str, asked: str) -> str:
    """Return the question with "a foster child" in place of "one child"."""
    noun = re.escape(core.rsplit(maxsplit=1)[-1])
    pattern = rf"\b(?:{_DETERMINER}|one|two|\d+) {noun}\b"
    place = re.search(pattern, asked, re.IGNORECASE)
    return asked[: place.start()] + _lowered(core) + asked[place.end() :] if place else ""


def _in_place_of_alike(core: str, asked: str) -> str:
    """Return the question with a day, code, number or name in place of one of its kind."""
    for kind in _ALIKE:
        given = kind.search(core if _LEADING_PREPOSITION.match(core) else f"of {core}")
        places = list(kind.finditer(asked))
        if given and places:
            place = _preferred(core, asked, places)
            return asked[: place.start()] + given.group() + asked[place.end() :]
    return ""


def _preferred(core: str, asked: str, places: Sequence[re.Match[str]]) -> re.Match[str]:
    """Return the place behind the same preposition as in the fragment, otherwise the last one."""
    own = _LEADING_PREPOSITION.match(core)
    for place in places:
        before = asked[: place.start()].split()
        if own and before and before[-1].lower() == own.group().lower():
            return place
    return places[-1]


def _in_place_of_phrase(core: str, asked: str) -> str:
    """Return the question with the fragment in place of a phrase with the same preposition."""
    own = _LEADING_PREPOSITION.match(core)
    if own is None:
        return ""
    same = list(re.finditer(rf"\b{own.group()}\b", asked, re.IGNORECASE))
    if not same:
        return f"{asked} {_lowered(core)}"
    start = same[-1].start()
    after = re.search(rf"\b(?:{_PREPOSITION}|{_AUXILIARY})\b", asked[same[-1].end() :], re.I)
    end = same[-1].end() + after.start() if after else len(asked)
    return f"{asked[:start]}{_lowered(core)} {asked[end:]}".strip()


_SUBJECT = re.compile(
    rf"^(?P<frame>(?:{_QUESTION_WORD})\b(?: (?:long|much|many|often|far|fast|old|big|large|high"
    rf"|soon|early|late|quickly))?)(?: (?P<counted>[^?]*?))?"
    rf" (?P<auxiliary>{_AUXILIARY}) (?P<rest>.+)$",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"(?:\w+ed|kept|paid|sent|valid|open|closed|free|due|done|made|given|taken|held|built|sold|bought"
    r"|cost|take|last|mean|work|start|end|happen)$",
    re.IGNORECASE,
)


def _in_place_of_subject(core: str, asked: str) -> str:
    """Return the question about something else: what follows its first words is exchanged."""
    match = _SUBJECT.match(asked)
    if match is None:
        return ""
    thing = _lowered(core)
    frame, auxiliary, rest = match["frame"], match["auxiliary"], match["rest"]
    if re.match(rf"(?:{_SUBJECT_PRONOUN})\b", rest, re.IGNORECASE):
        if match["counted"]:
            bare = _LEADING_DETERMINER.sub("", thing)
            return f"{frame} {bare} {auxiliary} {rest}"
        return ""
    if match["counted"]:
        return ""
    head = re.split(rf" (?=(?:{_PREPOSITION})\b)", rest, maxsplit=1, flags=re.IGNORECASE)
    words, tail = head[0].split(), f" {head[1]}" if len(head) > 1 else ""
    if len(words) > 1 and _STATE.match(words[-1]):
        thing = f"{thing} {words[-1]}"
    elif auxiliary.lower() not in ("is", "are", "was", "were"):
        return ""
    return f"{frame} {auxiliary} {thing}{tail}"


def _lowered(core: str) -> str:
    """Return the fragment with a small first letter, unless it may be a name or an acronym."""
    first = core.split(" ", 1)[0]
    is_plain = first[:1].isupper() and first[1:].islower()
    known = _FRAGMENT_START.match(first)
    return core[0].lower() + core[1:] if is_plain and known else core
