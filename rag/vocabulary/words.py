"""Reduces words to stems, so that "approval", "approved" and "approves" count as the same."""

import re
from functools import lru_cache

STOP_WORDS = frozenset(
    """
    a an the and or but for nor so yet of in on at to from by with into onto as per via than then
    that this these those there here it its they them their theirs he him his she her hers we us
    our ours you your yours i me my mine who whom whose which what when where how why if whether
    while because since although though unless until before after during about between among within
    is am are was were be been being has have had having do does did doing will would shall should
    can could may might must get gets got getting also too such other others same own each any some
    both either own own more most very just even still already again up down out off over under
    one ones etc e g i.e following follows according based document documents source sources
    however therefore thus hence moreover furthermore additionally meanwhile not no never none
    neither without cannot let use used using make made atmost atleast morethan lessthan
    """.split()
)

_IRREGULAR = dict(
    pair.split(":")
    for pair in """
    paid:pay took:take taken:take gave:give given:give began:begin begun:begin sent:send
    bought:buy left:leave went:go gone:go came:come held:hold kept:keep told:tell said:say
    written:write wrote:write chosen:choose chose:choose became:become grew:grow grown:grow
    fell:fall fallen:fall rose:rise risen:rise led:lead met:meet won:win lost:lose found:find
    built:build spent:spend sold:sell brought:bring thought:think taught:teach knew:know known:know
    seen:see saw:see shown:show spoke:speak spoken:speak broke:break broken:break drove:drive
    driven:drive wore:wear worn:wear felt:feel meant:mean ran:run stood:stand understood:understand
    men:man women:woman children:child people:person feet:foot criteria:criterion
    longer:long shorter:short higher:high lower:low earlier:early later:late
    """.split()
)

# Suffix, its replacement, and the letters that must remain before it. The first match counts.
_SUFFIXES = (
    ("ization", "iz", 3), ("isation", "iz", 3), ("ification", "ifi", 2), ("ication", "i", 3),
    ("ability", "abl", 3), ("ibility", "ibl", 3), ("ission", "it", 3), ("ension", "end", 2),
    ("ision", "id", 2), ("ction", "ct", 3), ("ation", "", 4), ("ement", "", 4), ("ment", "", 3),
    ("ance", "", 4), ("ence", "", 4), ("ness", "", 4), ("ity", "", 4), ("ate", "", 4),
    ("ion", "", 5), ("al", "", 5), ("ly", "", 4), ("ise", "iz", 4), ("ize", "iz", 4),
    ("our", "or", 3),
)  # fmt: skip

# Languages that write compounds as one word.
COMPOUNDING = frozenset({"de", "nl", "sv", "da"})
LEAST_PART = 4

_VOWEL = re.compile(r"[aeiouy]")


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """Return the part of an English word that its forms share.

    A light relative of Porter's stemmer.
    """
    word = re.sub(r"['’]s?$", "", word.lower())
    word = _IRREGULAR.get(word, word)
    if len(word) <= 3:
        return word
    return _without_end(_without_suffix(_without_ending(_singular(word))))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:ss|x|ch|sh)es$", word):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not re.search(r"(?:ss|us|is)$", word) else word


def _without_ending(word: str) -> str:
    """Return a verb without -ed and -ing: planned, planning -> plan."""
    for ending in ("ing", "ed"):
        rest = word[: -len(ending)]
        if word.endswith(ending) and len(rest) >= 3 and _VOWEL.search(rest):
            return _IRREGULAR.get(rest, _undoubled(rest))
    return word


def _undoubled(word: str) -> str:
    is_doubled = len(word) > 3 and word[-1] == word[-2] and word[-1] not in "lsz"
    return word[:-1] if is_doubled else word


def _without_suffix(word: str) -> str:
    for suffix, instead, least in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= least:
            return word[: -len(suffix)] + instead
    return word


def _without_end(word: str) -> str:
    word = word.removesuffix("e") if len(word) > 3 else word
    if word.endswith("is") and len(word) > 5:
        word = word[:-1] + "z"
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def are_related(word: str, other: str) -> bool:
    """Return whether two stems share a beginning that no chance explains: German, Germany."""
    shortest = min(len(word), len(other))
    if shortest < 4 or {word[-2:], other[-2:]} == {"er", "ee"}:
        return False
    common = next((i for i in range(shortest) if word[i] != other[i]), shortest)
    return common >= max(4, shortest - 1) and max(len(word), len(other)) - common <= 3


def share_part(word: str, other: str) -> bool:
    """Return whether one of two words holds the other, as "Urlaubstage" holds "Urlaub"."""
    return min(len(word), len(other)) >= LEAST_PART and (word in other or other in word)
