"""The languages that answers are judged in: function words, negations and idioms.

Negations are known in English, German, French, Spanish, Italian and Dutch. Other languages are only
recognised, so that texts in different languages are never compared word by word.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache

ENGLISH = "en"
LEAST_SCORE = 1.0
LEAST_LEAD = 0.5
LEAST_SHARE = 0.08
LEAST_SIGN = 0.3
MARK_SCORE = 0.6
# Characters that are enough to tell the language of a text.
CHARACTERS_READ = 4_000


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class Language:
    """What the judge knows of a language.

    `hints` are further words that tell it from others. `denials` negate a clause and `refusals` are
    words such as "forbidden". `joiners` is a pattern of the words that begin a clause, `prefixes`
    are those that negate a word. `concord` says that several negations in a clause are one ("no ...
    nunca") instead of cancelling each other. `idioms` are patterns with what they say in English,
    "" for nothing.
    """

    code: str
    function_words: frozenset[str]
    hints: frozenset[str] = frozenset()
    denials: frozenset[str] = frozenset()
    refusals: frozenset[str] = frozenset()
    joiners: str = ""
    prefixes: tuple[str, ...] = ()
    concord: bool = False
    has_capital_nouns: bool = False
    idioms: tuple[tuple[re.Pattern[str], str], ...] = ()


def _idioms(*pairs: tuple[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(rf"\b(?:{p})\b", re.IGNORECASE), instead) for p, instead in pairs)


_LANGUAGES = (
    Language(
        ENGLISH,
        _words(
            """
            the a an and or but of to in on at by for from with without into is are was were be been
            being has have had having do does did will would can could shall should must may might
            not no this that these those it its they them their he she his her we you your our who
            which what when where how if than then as there here all any some each every only also
            after before during until between about per within up out over under more most i my
            """
        ),
        _words("days weeks months hours years please"),
        joiners="but|and|or|nor|unless|if|when|while|because|although|though|except|which|who|where"
        "|whereas|since|until|so that|however|instead|rather than",
        prefixes=("un", "in", "im", "ir", "il", "non", "dis", "mis"),
    ),
    Language(
        "de",
        _words(
            """
            der die das den dem des ein eine einen einem einer eines und oder aber von zu zum zur in
            im an am auf aus bei beim bis für mit nach seit um vor vom über unter durch gegen ist
            sind war waren sein wird werden wurde wurden hat haben hatte kann können muss müssen
            soll sollen darf dürfen dieser diese dieses diesem diesen es er sie wir ihr ihre ihren
            ihrem man sich wenn dass als wie wer was wo wann auch nur noch schon sehr mehr pro je
            jede jeder jedes jeden alle allen dann dort hier beträgt gilt nicht kein keine ab
            innerhalb während sowie
            """
        ),
        _words("tage tagen woche wochen monat monate jahr jahre stunden uhr frau herr bitte euro"),
        _words(
            """
            nicht nichts nie niemals kein keine keinen keinem keiner keines keinerlei niemand
            niemanden niemandem nirgends nirgendwo ohne weder kaum
            """
        ),
        _words(
            """
            verboten verbietet verbieten untersagt unzulässig ausgeschlossen abgelehnt verweigert
            verwehrt unterlassen
            """
        ),
        "aber|und|oder|wenn|falls|weil|obwohl|außer|sofern|sondern|während|da|welche[rs]?|jedoch|sowie",
        ("un", "nicht", "miss"),
        has_capital_nouns=True,
        idioms=_idioms(
            (r"nicht nur", ""),
            (r"nicht (?:mehr|länger|höher|größer|später|schwerer) als", "atmost"),
            (r"höchstens|maximal|bis zu|spätestens", "atmost"),
            (r"nicht (?:weniger|kürzer|niedriger|kleiner|früher) als", "atleast"),
            (r"mindestens|wenigstens|frühestens", "atleast"),
        ),
    ),
    Language(
        "fr",
        _words(
            """
            le la les l un une des du de d et ou mais à au aux en dans sur sous pour par avec sans
            est sont était étaient être a ont avait peut peuvent doit doivent sera seront ce cet
            cette ces il elle ils elles nous vous on je leur leurs son sa ses qui que quoi dont où
            quand comment si ne pas plus très tout tous toute toutes chaque aussi après avant
            pendant entre jusqu selon lors n s c qu y
            """
        ),
        _words("jours mois semaines heures année ans monsieur madame euros"),
        _words("pas non ne jamais rien aucun aucune aucuns aucunes sans ni nul nulle guère"),
        _words("interdit interdite interdits interdites défendu défendue exclu exclue refusé"),
        "mais|et|ou|si|lorsque|quand|parce que|bien que|sauf|dont|qui|où|tandis que",
        ("in", "im", "ir", "il", "non", "dés", "mé"),
        concord=True,
        idioms=_idioms(
            (r"(?:non|pas) seulement", ""),
            (r"(?:pas plus|au plus|au maximum|jusqu['’]à)", "atmost"),
            (r"(?:pas moins|au moins|au minimum)", "atleast"),
            (r"n(?:e\s|['’])(\w+) que", r"\1 seulement"),
        ),
    ),
    Language(
        "es",
        _words(
            """
            el la los las un una unos unas y o u pero de del a al en con sin por para sobre entre
            hasta desde es son era eran ser está están ha han puede pueden debe deben será serán hay
            este esta estos estas ese esa su sus se lo le les que quien cuando donde como si no más
            muy todo todos toda todas cada también después antes durante según cual
            """
        ),
        _words("días meses semanas horas años señor señora euros"),
        _words("no nunca jamás nada nadie ningún ninguno ninguna ningunos sin tampoco ni"),
        _words("prohibido prohibida prohibidos prohibidas prohíbe rechazado excluido denegado"),
        "pero|y|o|si|cuando|porque|aunque|salvo|excepto|que|donde|mientras|sino",
        ("in", "im", "ir", "i", "des", "no"),
        concord=True,
        idioms=_idioms(
            (r"no (?:solo|sólo|solamente)", ""),
            (r"no más (?:de|que)|como máximo|a lo sumo|hasta", "atmost"),
            (r"no menos (?:de|que)|como mínimo|al menos|por lo menos", "atleast"),
        ),
    ),
    Language(
        "it",
        _words(
            """
            il lo la i gli le l un uno una e ed o ma di del dello della dei degli delle a al allo
            alla ai agli alle da dal dalla in nel nella nei con senza su sul sulla per tra fra è
            sono era erano essere ha hanno può possono deve devono sarà saranno questo questa questi
            queste che chi quando dove come se non più molto tutto tutti tutta tutte ogni anche dopo
            prima durante entro suo sua suoi sue si ci
            """
        ),
        _words("giorni mesi settimane ore anni signor signora dura"),
        _words("non no mai nessun nessuno nessuna niente nulla senza né neppure neanche"),
        _words("vietato vietata vietati vietate proibito proibita escluso esclusa rifiutato"),
        "ma|e|o|se|quando|perché|anche se|salvo|tranne|che|dove|mentre",
        ("in", "im", "ir", "il", "dis", "s", "non"),
        concord=True,
        idioms=_idioms(
            (r"non (?:solo|soltanto|solamente)", ""),
            (r"non (?:più|oltre) (?:di|che)|al massimo|fino a", "atmost"),
            (r"non meno (?:di|che)|almeno|come minimo", "atleast"),
        ),
    ),
    Language(
        "nl",
        _words(
            """
            de het een en of maar van te in op aan bij door voor met zonder naar uit tot over onder
            na is zijn was waren wordt worden werd heeft hebben had kan kunnen moet moeten mag mogen
            zal zullen dit dat deze die er hij zij ze wij we u uw hun je men zich als dan wie wat
            waar wanneer hoe niet geen ook nog al meer per elke elk alle binnen tijdens
            """
        ),
        _words("dagen weken maanden uur jaar dhr mevr duurt"),
        _words("niet niets nooit geen niemand nergens zonder noch nimmer"),
        _words("verboden uitgesloten geweigerd afgewezen ontoelaatbaar"),
        "maar|en|of|als|wanneer|omdat|hoewel|behalve|tenzij|die|waar|terwijl",
        ("on", "niet", "mis"),
        idioms=_idioms(
            (r"niet alleen", ""),
            (r"niet (?:meer|langer|hoger|later) dan|hoogstens|maximaal|ten hoogste", "atmost"),
            (r"niet (?:minder|korter|eerder) dan|minstens|minimaal|ten minste", "atleast"),
        ),
    ),
    # Only recognised; one language a line.
    *(
        Language(line.split()[0], frozenset(line.split()[1:]))
        for line in """
        pt os as um uma da dos das na nos nas em para por com não são foi que se ao mais também até
        pl na do nie się jest są to że od za po dla przez oraz lub jak ale które który tym tego
        sv och att det som en ett är på för av med den inte till om har kan ska från eller vid efter
        da og at det som en et er på for af med den ikke til om har kan skal fra eller ved efter der
        cs na se je že do pro by jsou který která od po při nebo ale jako není
        """.strip().splitlines()
    ),
)
_BY_CODE = {language.code: language for language in _LANGUAGES}


def _weights() -> dict[str, list[tuple[str, float]]]:
    """Map each word to the languages that have it; the more languages, the less it weighs."""
    holders: dict[str, list[str]] = {}
    for language in _LANGUAGES:
        for word in language.function_words | language.hints | language.denials:
            if len(word) > 1:
                holders.setdefault(word, []).append(language.code)
    return {word: [(code, 1 / len(codes)) for code in codes] for word, codes in holders.items()}


_WEIGHTS = _weights()
_TOKEN = re.compile(r"[^\W\d_]+")
# Letters that are rare in other languages.
_MARKS = {
    "de": "äöüß",
    "es": "ñ",
    "fr": "çœêâî",
    "pt": "ãõ",
    "pl": "łżśćę",
    "cs": "řěůž",
    "sv": "å",
    "da": "øæå",
}


def language_by_code(code: str) -> Language:
    """Return what is known of a language; of one that is only recognised, nothing but its code."""
    return _BY_CODE.get(code) or Language(code, frozenset())


@lru_cache(maxsize=8192)
def language_of(text: str) -> str:
    """Return the code of the language of a text, or the name of its script.

    Returns "" if the language cannot be told.
    """
    text = text[:CHARACTERS_READ]
    words = [word.lower() for word in _TOKEN.findall(text)]
    script = "latin" if text.isascii() else _script(words)
    if script != "latin":
        return script
    scores = _scores(text, words)
    ranked = sorted(((score, code) for code, score in scores.items()), reverse=True)
    (most, best), (second, _) = [*ranked, (0.0, ""), (0.0, "")][:2]
    is_clear = most >= max(LEAST_SCORE, LEAST_SHARE * len(words)) and most - second >= LEAST_LEAD
    return best if is_clear else ""


@lru_cache(maxsize=8192)
def is_other_than(code: str, text: str) -> bool:
    """Return whether a text has signs of some languages and none of this one."""
    scores = _scores(text, [word.lower() for word in _TOKEN.findall(text)])
    return not scores.get(code) and max(scores.values(), default=0.0) >= LEAST_SIGN


def _scores(text: str, words: list[str]) -> dict[str, float]:
    scores: dict[str, float] = defaultdict(float)
    for word in words:
        for code, weight in _WEIGHTS.get(word, ()):
            scores[code] += weight
    for code, letters in () if text.isascii() else _MARKS.items():
        if any(letter in word for word in words for letter in letters):
            scores[code] += MARK_SCORE
    return scores


def _script(words: list[str]) -> str:
    """Return the script of most words in lower case; Latin for a text without words."""
    letters = Counter(unicodedata.name(word[0], "LATIN").split()[0].lower() for word in words)
    return letters.most_common(1)[0][0] if letters else "latin"
