"""English patterns of how questions ask and what answers look like."""

import re
from functools import cache


def _any_of(*alternatives: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), re.IGNORECASE)


_NUMBER_WORDS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|forty"
    "|fifty|sixty|hundreds?|thousands?|millions?|billions?|half|third|quarter|once|twice|first"
    r"|second|no|none|never|free|unlimited|single|both|daily|weekly|monthly|yearly|annual\w*"
)

FIGURE = _any_of(r"\d", rf"\b(?:{_NUMBER_WORDS})\b")
MONEY = _any_of(
    "[€$£¥%]",
    r"\b(?:eur|usd|gbp|chf|pln|euros?|dollars?|pounds?|cents?|percent|per cent|free|(?:un)?paid"
    r"|nothing|no (?:charge|cost|fee|pay))\b",
)
SPAN = _any_of(
    r"\b(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|quarters?|decades?|centur\w+"
    r"|[hs]|mins?|hrs?|km/h|mph)\b",
)
# "How long" asks for a time or for the length of a thing.
EXTENT = re.compile(
    r"\b\d[\d.,]*\s*(?:characters?|letters?|digits?|words?|lines?|pages?|(?:[ckm]|deci|centi|milli"
    r"|kilo)?m(?:et(?:er|re)s?)?|mm|inch(?:es)?|feet|foot|ft|yards?|miles?)\b",
    re.IGNORECASE,
)
TIME = _any_of(
    r"\b(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july"
    r"|august|september|october|november|december|spring|summer|autumn|winter|today|tomorrow"
    r"|morning|afternoon|evening|night|noon|midnight|if|when|whenever|before|after|until|once"
    r"|during|while|as soon as|at once|immediately|always|century|later|earlier)\b",
)
# A capitalised word inside a sentence or cell; the first word is capitalised anyway.
NAME = re.compile(r"(?<![.!?:|] )(?<!^)\b[A-Z][\w’'-]*[a-z]\w*|\b[A-Z]{2,}\b")
# A cell of nothing but capitalised words after the first cell of its row.
NAMED_CELL = re.compile(
    r"\|\s+((?:[^\W\d_a-z][\w’'-]*\.?|(?:van|von|de|der|den|di|da|la|le|el|bin)\b)"
    r"(?: (?:[^\W\d_a-z][\w’'-]*\.?|(?:van|von|de|der|den|di|da|la|le|el|bin)\b)){0,4})\s*(?=\||$)"
)
NO_NAMES = frozenset(
    """
    eur usd gbp chf pln ext no monday tuesday wednesday thursday friday saturday sunday january
    february march april may june july august september october november december
    """.split()
)

# A role or a body, singular or plural, may also answer who does something.
ROLE = _any_of(
    r"\b\w*(?:manager|director|officer|lead(?:er)?|supervisor|head|chief|chair\w*|president|secretary"
    r"|foreman|warden|coordinator|representative|inspector|auditor|controller|clerk|agent|assistant"
    r"|driver|operator|guard|technician|engineer|mechanic|specialist|doctor|nurse|physician|lawyer"
    r"|teacher|trainer|owner|tenant|landlord|caretaker|contractor|supplier|insurer|provider|customer"
    r"|worker|colleague|employee|employer|aider|board|council|committee|team|desk|department|division"
    r"|office|authority|agency|commission|police|fire (?:brigade|service)|customs|hotline|reception"
    r"|workshop|company|association|union|court|bank|hospital)(?:e?s)?\b",
    r"\b(?:staff|everyone|everybody|anyone|nobody|no one)\b",
)

# Words that tell a cause, in headings as well: "3 Causes".
CAUSE = _any_of(
    r"\b(?:because|caus(?:e[sd]?|ing)|due to|owing to|reasons?|result(?:s|ed)? (?:from|in)"
    r"|led to|leads? to|since|therefore|as a result|that is why|so that|in order to)\b"
)

SENTENCE = re.compile(r"[^.?!]+[.?!]?")
ASKS_SOMETHING = _any_of(
    r"\b(?:who|whom|whose|what|which|when|where|why|how)\b",
    r"^\W*(?:and |but |so |or )?(?:am|is|are|was|were|do|does|did|can|could|may|must|should|will"
    r"|would|has|have)\b",
)
SECOND_QUESTION = _any_of(
    r",? and (?=(?:(?:by|from|since|until|in|at) )?(?:who|what|which|when|where|why|how)\b)"
)
HOW_MANY = re.compile(r"\bhow many\b\s*((?:[\w-]+\s*){0,3})", re.IGNORECASE)
KIND_PATTERNS = {  # by kind; the first pattern that matches decides
    "cause": _any_of(
        r"\bwhy\b",
        r"\bhow come\b",
        r"\bwhat (?:\w+ )?(?:caused|led to)\b",
        r"\bwhat (?:is|was|are|were) the (?:\w+ )?(?:causes?|reasons?)\b",
        r"\b(?:for what|which|what) (?:causes?|reasons?)\b",
    ),
    "money": _any_of(
        r"\b(?:what|which|how much)\b.*\b(?:costs?|pays?|paid|prices?|(?<!in )charged?|fees?|fare"
        r"|money|salary|refund|surcharge)\b",
        r"\bhow (?:expensive|cheap)\b",
    ),
    "duration": _any_of(r"\bhow (?:long|old|fast|quickly|soon|much time)\b"),
    "figure": _any_of(
        r"\bhow (?:much|far|high|heavy|big|large|tall|deep|wide)\b",
        r"\b(?:what|which) (?:\w+ ){0,3}(?:rate|percentage|percent|number|amount|length|speed|limit"
        r"|temperature|extension)\b",
    ),
    "time": _any_of(
        r"\bwhen\b",
        r"\bwhat time\b",
        r"\b(?:what|which) (?:years?|days?|dates?|months?|centur\w+)\b",
    ),
    "name": _any_of(
        r"^\W*(?:and |but )?(?:who|whom|whose)\b"
        # Those who may or must do something are described by what they are, not by name.
        r"(?! (?:may|can|could|must|should|has to|have to|needs? to|is allowed|are allowed)\b)",
        r"\bnames? of (?:the|our|my|a|an)\b",
        r"\b(?:what|which) (?:\w+ )?(?:company|firm|person|people|provider|supplier|vendor|insurer"
        r"|country|city|king|queen|author)\b",
    ),
}
NAME_OF = _any_of(
    r"\bnames? of (?:the|our|my|a|an) ([\w-]+)",
    r"\b(?:what|which) (\w+) (?:company|firm|provider|supplier|vendor|agency|organi[sz]ation)\b",
)

# "What is the gate code?" asks for a code: the last word before one of these.
_BEYOND = (
    "of|for|in|at|on|to|from|with|without|by|about|during|after|before|under|over|between|among|within"
    "|through|against|into|upon|as|per|like|than|since|until|that|which|who|whose|where|when|if|and|or"
    "|called|used|is|are|was|were|do|does|did|has|have|had|can|will|would|must|should|may|today|now|here"
)
THING_ASKED_FOR = re.compile(
    r"\b(?:what|which)(?:['’]s|\s+(?:is|are|was|were))\s+(?:the|our|my|your|a|an|his|her|its|their)\s+"
    rf"((?:(?!(?:{_BEYOND})\b)[\w’'-]+\s*){{1,6}})",
    re.IGNORECASE,
)
# Answers rarely repeat these: "Gate 9 opens at 04:50" is about an opening time.
SELDOM_REPEATED = frozenset(
    """
    time times hour hours date day deadline period duration place location address name title kind
    type number amount total size length height width weight depth distance age way manner purpose
    aim goal reason cause meaning definition difference role task rule rules procedure process step
    steps maximum minimum limit rate share percentage ratio result effect consequence example status
    """.split()
)

# Stems of units of measure with their abbreviations; other words for them are rare.
_UNITS = {
    "second": "s|sec",
    "minute": "mins?",
    "hour": "h|hrs?",
    "day": "",
    "week": "",
    "month": "",
    "year": "",
    "kilomet": "km",
    "met": "m",
    "euro": "eur|€",
    "dollar": r"usd|\$",
    "percent": "%|per cent",
    "kilogram": "kg",
    "tonne": "t",
    "degree": "°c?",
}

_SPANS = ("day", "week", "month", "year")
CONVERTIBLE = dict.fromkeys(_SPANS, _SPANS)
"""Units in which documents may say what is asked for in another: six weeks of leave, 30 days."""

_MEASURED = _any_of(
    r"\s?(?:[€$£¥%°]|(?:per\s?cent|prozent|pour cent|por ciento|procent\w*|eur|usd|gbp|chf|pln"
    r"|euros?|dollars?|pounds?|cents?|z[łl]\w*|[mckµ]?[gml]|[mck]?m[²³23]|kw|kwh|km/h|mph|t|h|min|s"
    r"|inch(?:es)?|feet|foot|ft|miles?|(?:kilo|centi|milli)?(?:meters?|metres?|mètres?|metros?|metr\w*)"
    r"|(?:kilo|milli)?(?:grams?|grammes?|gramos?|gramm)|kilos?|tonn?e?s?|lit(?:er|re)s?|litros?"
    r"|seconds?|minutes?|hours?|days?|weeks?|months?|years?|working|calendar|degrees?"
    r"|sekunden?|minuten?|stunden?|tagen?|wochen?|monaten?|jahren?|grad"
    r"|heures?|jours?|semaines?|mois|ans?|années?|degrés?"
    r"|horas?|d[ií]as?|semanas?|mes(?:es)?|años?|grados?"
    r"|godzin\w*|dni|dnia|tygodni\w*|miesi[ąa]c\w*|miesi[ęe]c\w*|lat\w?|stopni))(?!\w)"
)


def is_measured(following: str) -> bool:
    """Return whether a number is an amount or a measure by what follows it: "euros", "Monate"."""
    return bool(_MEASURED.match(following))


# "How many pages a month" asks for a number of pages.
_PER = re.compile(r"\b(?:a|an|per|each|every|in|within)\b")


def unit_of_measure(question: str) -> str:
    """Return the stem of the unit asked for after "how many", "" where other things are counted."""
    match = HOW_MANY.search(question)
    counted = _PER.split(match[1].lower())[0] if match else ""
    words = counted.split()
    stems = (stem for word in words for stem in _UNITS if re.fullmatch(_forms(stem), word))
    return next(stems, "")


@cache
def beside_number(stem: str) -> re.Pattern[str]:
    """Return the pattern of a number beside a unit, without amounts "per" unit.

    The unit stands right before the number or at most two words after it: "30 working days", "Paid
    days 3" and "72 h" match, "0.38 EUR per kilometre" does not.
    """
    forms = rf"(?:{_forms(stem)}" + (f"|{_UNITS[stem]})" if _UNITS[stem] else ")")
    number = rf"(?:\d[\d.,]*|\b(?:{_NUMBER_WORDS})\b)"
    between = r"\s*(?:(?!(?:per|a)\b)[\w-]+\s+){0,2}"
    return _any_of(rf"{number}{between}{forms}(?!\w)", rf"\b{forms}\b\W*{number}")


def _forms(stem: str) -> str:
    return rf"{stem}(?:re|er)?s?"
