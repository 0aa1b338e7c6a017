"""Words that exclude each other, such as increase and decrease, and the checks that find them."""

from functools import cache
from itertools import pairwise

from core.domain.answers import Support
from rag.grounding.evidence import Evidence
from rag.grounding.statements import Statement, Word
from rag.grounding.verdicts import Verdict
from rag.vocabulary.words import stem

# Each line has poles: a sentence with a word of one contradicts a source with words of another.
_OPPOSITES = """
increase rise grow raise gain upward climb | decrease decline fall drop reduce shrink downward cut
improve higher | worsen lower
more | less fewer
before prior beforehand advance | after afterward afterwards subsequent subsequently following
above atleast morethan exceed minimum | below atmost lessthan maximum
mandatory compulsory required obligatory | optional voluntary
always | never rarely seldom
everyone everybody | nobody
open | closed
enable activate | disable deactivate
start begin commence | end finish stop terminate complete
internal internally inside | external externally outside
paid | unpaid
first | last
early earlier | late later
buy purchase acquire | sell
import | export
full fully entire entirely complete completely | part partly partial partially half
full-time | part-time
public publicly | private privately confidential
temporary temporarily | permanent permanently
win | lose
strengthen strong | weaken weak
arrive arrival | depart departure
ascend | descend
create add | delete remove
lock | unlock
encourage | discourage
succeed success | fail failure
profit income | loss
asset | liability
gross | net
long | short
large big | small
old | new
positive | negative
same identical | different
possible | impossible
easy easily | difficult
fast quickly quick | slow slowly
cheap | expensive
safe | dangerous unsafe
legal lawful | illegal unlawful
valid | invalid
known | unknown
rich | poor
inner | outer
upper | lower
maximum | minimum
credit | debit
lend | borrow
hire recruit | dismiss fire
employer | employee
teacher | student
parent | child
ancestor | descendant
majority | minority
weekday weekdays | weekend weekends
winter | summer | spring | autumn
morning | afternoon | evening | night
north northern | south southern | east eastern | west western
left | right
monday | tuesday | wednesday | thursday | friday | saturday | sunday
"""
# One of these may well stand for another, so a contradiction only weakens the support.
_RIVALS = """
manager supervisor | director head | owner | contractor consultant | officer | administrator admin
employee staff worker | contractor consultant | customer client | supplier vendor | visitor guest
employee staff worker | trainee apprentice intern | manager supervisor | director | contractor
assistant | engineer | developer | designer | driver | nurse | doctor physician | teacher
president | secretary | treasurer | chair chairman | lawyer attorney | director | minister
parent | tenant | landlord | king | queen | duke | emperor | bishop | pope
finance accounting | legal | marketing | procurement purchasing | logistics | engineering | hr
finance accounting | security | facilities | payroll | operations | sales | compliance | audit
must shall required mandatory need | may can could optional | should recommended
all every each always everyone | some most many several few sometimes usually often partly
written writing | oral orally verbal verbally
car | bicycle bike | motorcycle | truck lorry | train | bus | plane flight | taxi
laptop | phone smartphone | tablet | desktop | printer
email e-mail mail | phone telephone | post letter | fax
red | green | blue | yellow | orange | black | white
"""


_PARTICLES = {"on": "off", "off": "on", "up": "down", "down": "up", "in": "out", "out": "in"}
_DIRECTIONS = (
    "increase rise grow raise gain climb up",
    "decrease decline fall drop reduce shrink cut down",
)


@cache
def _poles(table: str) -> dict[str, list[tuple[int, int]]]:
    """Map each stem to its places in the table, as pairs of line and pole."""
    places: dict[str, list[tuple[int, int]]] = {}
    for line_number, line in enumerate(table.strip().splitlines()):
        for pole_number, pole in enumerate(line.split("|")):
            for word in pole.split():
                places.setdefault(stem(word), []).append((line_number, pole_number))
    return places


def are_rivals(word: str, other: str) -> bool:
    """Return whether two stems name different things of one kind, such as tenant and landlord."""
    return any(
        line == other_line and pole != other_pole
        for line, pole in _poles(_RIVALS).get(word, ())
        for other_line, other_pole in _poles(_RIVALS).get(other, ())
    )


def are_synonyms(word: str, other: str) -> bool:
    """Return whether two stems stand at the same pole of one line."""
    return any(
        set(_poles(table).get(word, ())) & set(_poles(table).get(other, ()))
        for table in (_OPPOSITES, _RIVALS)
    )


def turned_particle(claim: Statement, evidence: Evidence) -> Verdict | None:
    """Return a verdict on "switched on" where the sources say "switched off"."""
    source_pairs = {
        pair for source in evidence.statements for pair in pairwise(_ordered_stems(source))
    }
    for verb, particle in pairwise(_ordered_stems(claim)):
        other = _PARTICLES.get(particle)
        if other and (verb, other) in source_pairs and (verb, particle) not in source_pairs:
            return Verdict(Support.UNSUPPORTED, f"the sources say “{other}”, not “{particle}”")
    return None


def _ordered_stems(statement: Statement) -> list[str]:
    return [word.stem for word in statement.words]


def wrong_direction(claim: Statement, _evidence: Evidence) -> Verdict | None:
    """Return a verdict on "grew from 35 to 31", whatever the sources say."""
    up, down = ({stem(word) for word in words.split()} for words in _DIRECTIONS)
    moves = {1 for w in claim.words if w.stem in up} | {-1 for w in claim.words if w.stem in down}
    for first, second in pairwise(claim.figures.numbers):
        between = claim.text[first.end : second.start].split()
        is_range = claim.text[: first.start].rstrip(" $€£").endswith("from") and "to" in between
        change = (second.amount > first.amount) - (second.amount < first.amount)
        if is_range and moves == {-change} and change:
            return Verdict(
                Support.UNSUPPORTED, f"from {first.text} to {second.text} is the other direction"
            )
    return None


def contradicted_word(claim: Statement, evidence: Evidence) -> Verdict | None:
    """Return a verdict on a word of the claim in whose place the sources have its opposite."""
    for table, support in ((_OPPOSITES, Support.UNSUPPORTED), (_RIVALS, Support.WEAK)):
        for word in claim.words:
            rival = _rival(word, claim, evidence, _poles(table))
            if rival is not None:
                return Verdict(support, f"the sources say “{rival.text}”, not “{word.text}”")
    return None


def _rival(
    word: Word, claim: Statement, evidence: Evidence, poles: dict[str, list[tuple[int, int]]]
) -> Word | None:
    places = poles.get(word.stem, [])
    if not places or _stands(word.stem, evidence):
        return None
    lines = dict(places)
    rivals = [(other, place) for other in _words(evidence) for place in poles.get(other.stem, ())]
    if any(lines.get(line) == pole for _, (line, pole) in rivals):
        return None
    claimed = {w.stem for w in claim.words}
    for other, (line, _pole) in rivals:
        if line in lines and other.stem not in claimed and _same_polarity(claim, evidence):
            return other
    return None


def _stands(stem: str, evidence: Evidence) -> bool:
    return any(word.stem == stem for word in _words(evidence))


def _words(evidence: Evidence) -> list[Word]:
    return [word for unit in evidence.units for word in unit.statement.words]


def _same_polarity(claim: Statement, evidence: Evidence) -> bool:
    """Return whether both the claim and its sources deny something, or neither does.

    "Not open" and "closed" are the same, so opposites contradict each other only then.
    """
    is_negative = bool(claim.negative_clauses)
    return is_negative == any(unit.statement.negative_clauses for unit in evidence.units)
