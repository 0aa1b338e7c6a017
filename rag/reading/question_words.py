"""Words that shape a question without saying what it is about, in five languages."""

import re
import unicodedata
from functools import lru_cache

# Without a question mark, fewer shaping words than this suggest keywords rather than a question.
LEAST_WORDS = 2

_WORD = re.compile(r"[^\W\d_]+")


def plain(word: str) -> str:
    """Return a word in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _words(text: str) -> frozenset[str]:
    """Return the words as they are written and as they are typed without accents."""
    return frozenset(text.split()) | frozenset(map(plain, text.split()))


QUESTION_WORDS = _words(
    """
    i me my mine myself we us our ours you your yours he him his she her hers it its they them
    their theirs am is are was were be been being do does did doing done have has had having can
    could may might must shall should will would ought get got gets give gives go goes going want
    wants need needs let lets just only even really please much many more most less some any all
    each every both few other another same so than too very now then here there how what which who
    whom whose when where why whether if and or but nor not no yes also still already again ever
    never always think know say says said tell like about after before from up down out off over
    under with without into onto upon between during until against through because while as at by
    for in of on to this that these those one ones thing things way the a an long
    old fast far often high big large quickly soon well
    """
)
"""English words, used alone where the language of a question cannot be told."""

_OTHER_LANGUAGES = {
    "de": _words(
        """
        ich mich mir mein meine meinen meinem meiner wir uns unser unsere unseren unserem unserer du
        dich dir dein deine deinen er ihn ihm sie ihr ihre ihren ihrem ihrer ihnen es sein seine
        seinen seinem man sich der die das den dem des ein eine einen einem einer eines kein keine
        keinen keinem keiner dieser diese dieses diesen diesem jeder jede jedes jeden jedem alle
        allen was wer wen wem wessen welche welcher welches welchen welchem wann wo wohin woher
        warum weshalb wieso wozu womit wofür worüber woran wovon wie viel viele vieles lange oft
        hoch groß weit schnell bald ist sind war waren bin bist sei wird werden wurde wurden worden
        hat haben habe hatte hatten kann können könnte könnten darf dürfen muss muß müssen soll
        sollen sollte sollten will wollen möchte möchten gibt steht stehen sagt sagen heißt heisst
        lautet besagt bekomme bekommt bekommen brauche braucht brauchen mache macht machen tun gehe
        geht gehen und oder aber denn wenn ob dass daß als weil in im an am auf aus bei beim bis für
        mit nach seit um vom von vor über unter durch gegen zu zum zur ab ohne zwischen innerhalb
        während nicht auch nur noch schon sehr mehr so dann dort da hier jetzt bitte etwas
        eigentlich dabei dafür dazu
        """
    ),
    "fr": _words(
        """
        je j me m moi mon ma mes nous notre nos tu te t toi ton ta tes vous votre vos il elle ils
        elles on lui leur leurs se s son sa ses le la les l un une des du de d au aux ce cet cette
        ces c cela ça qui que qu quoi dont où quand comment pourquoi combien quel quelle quels
        quelles lequel laquelle lesquels lesquelles est sont suis es sommes êtes était étaient sera
        seront être été ai as a avons avez ont avait avoir peut peux pouvons pouvez peuvent dois
        doit devons devez doivent faut fait faire veut veux vouloir va vais vont aller dit dire y en
        n ne pas plus très aussi et ou mais donc si à dans sur sous pour par avec sans entre avant
        après pendant depuis jusqu chez vers longtemps souvent tout tous toute toutes chaque
        """
    ),
    "es": _words(
        """
        yo me mi mis nos nosotros nuestro nuestra nuestros nuestras tú tu tus te usted ustedes su
        sus él ella ellos ellas se le les lo el la los las un una unos unas este esta estos estas
        ese esa esos esas eso esto que qué quien quién quienes quiénes cual cuál cuales cuáles
        cuando cuándo donde dónde adónde como cómo cuanto cuánto cuanta cuánta cuantos cuántos
        cuantas cuántas por es son soy somos era eran fue fueron ser está están estar hay ha han he
        hemos había haber puede pueden puedo podemos poder debe deben debo debemos deber tiene
        tienen tengo tenemos tener quiere quiero hace hacen hacer dice decir va van ir y e o u pero
        si de del a al en con sin para sobre entre hasta desde según durante antes después tras no
        ni más muy también ya todo toda todos todas cada tanto mucho mucha muchos muchas
        """
    ),
    "pl": _words(
        """
        ja mnie mi my nas nam nasz nasza nasze naszego naszej ty ciebie cię on ona ono oni one jego
        jej ich im się siebie swój swoje swoją mój moja moje mojego ten ta to te ci tego tej tym
        tych tę tą co kto kogo komu kim czym czego czemu gdzie skąd dokąd kiedy jak ile ilu dlaczego
        który która które którego której którym których którzy jaki jaka jakie jakiego jakiej jakim
        jakich jacy jest są być był była było były będzie będą mam ma mają mieć miał może mogą mogę
        można trzeba należy musi muszą muszę powinien powinna powinno chce chcę robi robić mówi
        brzmi w we z ze na do od dla po przed za przez przy o u pod nad między bez podczas i a lub
        albo oraz ale czy że żeby aby jeśli jeżeli gdy bo nie tak też także już jeszcze tylko bardzo
        więcej mniej długo często szybko każdy każda każde każdego wszystkie wszyscy
        """
    ),
}


@lru_cache(maxsize=1024)
def shaping_words(question: str) -> frozenset[str]:
    """Return the words that shape a question in its language, in lower case.

    They come with and without accents. The language is the one with the most shaping words in the
    question. English words always count.
    """
    code = language_of(question)
    return QUESTION_WORDS | _OTHER_LANGUAGES[code] if code else QUESTION_WORDS


def language_of(question: str) -> str:
    """Return de, fr, es or pl by the words that shape a question, "" for English and all others."""
    words = [word.lower() for word in _WORD.findall(question)]
    counts = {code: sum(w in shaping for w in words) for code, shaping in _OTHER_LANGUAGES.items()}
    code, count = max(counts.items(), key=lambda pair: pair[1])
    least = 1 if "?" in question else LEAST_WORDS
    is_english = count < least or count <= sum(word in QUESTION_WORDS for word in words)
    return "" if is_english else code
