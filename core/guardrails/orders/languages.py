"""Orders to drop one's instructions, or to give them away, in six more languages.

The patterns are without accents, as `core.guardrails.folding` writes texts. An order for people
("ignorez les instructions ci-dessus si vous avez un Mac") names its condition, and is left alone.
"""

import re
from dataclasses import dataclass

from core.guardrails.orders.phrases import Rule, rule

FUNCTION_WORDS = (
    "and or not any me my this that in of for to le la les des tout tous toute toutes tes vos ton "
    "et ou vous el los las tus sus todo todos todas no os as seus suas il lo gli tutte tutti tue "
    "tuo non de het alle je jouw uw niet wszystkie wszystko twoje swoje swoj nie ne nao die der "
    "das deine"
)
"""Words that stand between those of the patterns."""
_NOT = re.compile(r"(?:\b(?:ne|no|non|nao|nie)\s+|\bn')\Z")
_GAP = r"(?:[ ']+[\w-]+){0,3}?[ ']+"


@dataclass(frozen=True, slots=True)
class _Words:
    """Parts of one language's patterns: to drop, instructions, earlier, if or about, to tell."""

    drop: str
    orders: str
    past: str
    world: str
    tell: str
    secrets: str


# Words stand in full, since letters set apart are put together to them.
_FRENCH = _Words(
    r"(?:ignore|ignorer|ignorez|oublie|oublier|oubliez|neglige|negliger|negligez|contourne"
    r"|contournez|ne tiens (?:pas|aucun) compte|ne tenez (?:pas|aucun) compte)(?! +pas )",
    r"(?:instruction|instructions|consigne|consignes|directive|directives|regle|regles|ordres)",
    r"(?:precedent|precedente|precedents|precedentes|anterieur|anterieure|anterieurs|anterieures"
    r"|ci-dessus|cidessus|initiale|initiales|initiaux|d'origine|(?:du )?systeme)",
    r"(?:si|pour|concernant|sur|relative|relatives|quand|lorsque)",
    r"(?:montre|montrez|affiche|affichez|revele|revelez|donne|donnez|repete|repetez|imprime)"
    r"(?:-moi)?",
    r"(?:prompt|invite|instructions|message) (?:du )?systeme",
)
_SPANISH = _Words(
    r"(?:ignora|ignore|ignoren|ignorad|ignorar|olvida|olvide|olviden|olvidad|olvidar|olvidate"
    r"|descarta|descarte|descartar|omite|omita|omitan|omitir|pasa por alto|haz caso omiso de)",
    r"(?:instrucciones|instruccion|indicaciones|ordenes|reglas|directrices|normas)",
    r"(?:anterior|anteriores|previa|previas|previos|iniciales|originales|de arriba"
    r"|(?:del )?sistema)",
    r"(?:si|para|sobre|cuando|de la|del (?!sistema))",
    r"(?:muestra|muestrame|muestre|muestreme|revela|revelame|dime|repite|imprime|ensename)",
    r"(?:prompt|instrucciones|mensaje) (?:del |de )?sistema",
)
_PORTUGUESE = _Words(
    r"(?:ignora|ignore|ignorem|ignorar|esqueca|esquecam|esquecer|desconsidere|desconsidera"
    r"|desconsiderar)",
    r"(?:instrucoes|instrucao|indicacoes|ordens|regras|diretrizes|comandos)",
    r"(?:anterior|anteriores|previa|previas|previos|iniciais|originais|acima|(?:do )?sistema)",
    r"(?:se|para|sobre|quando)",
    r"(?:mostre|mostra|revele|revela|diga|repita|imprima)(?:-me)?",
    r"(?:prompt|instrucoes|mensagem) (?:do |de )?sistema",
)
_ITALIAN = _Words(
    r"(?:ignora|ignori|ignorate|ignorare|dimentica|dimentichi|dimenticate|dimenticare|trascura"
    r"|trascuri|trascurate|trascurare)",
    r"(?:istruzioni|istruzione|indicazioni|ordini|regole|direttive)",
    r"(?:precedente|precedenti|iniziale|iniziali|originale|originali|(?:di cui )?sopra"
    r"|(?:di |del )?sistema)",
    r"(?:se|per|su|sulla|riguardanti|quando)",
    r"(?:mostra|mostrami|mostratemi|rivela|rivelami|dimmi|ripeti|stampa)",
    r"(?:prompt|istruzioni|messaggio) (?:di |del )?sistema",
)
_DUTCH = _Words(
    r"(?:negeer|negeert|vergeet|omzeil|veronachtzaam)(?! +niet )",
    r"(?:instructie|instructies|opdrachten|regels|richtlijnen|aanwijzingen)",
    r"(?:vorige|eerdere|voorgaande|bovenstaande|oorspronkelijke|voorafgaande|systeem)",
    r"(?:als|indien|voor|over|wanneer)",
    r"(?:toon|laat|geef|onthul|herhaal|vertel)",
    r"(?:systeemprompt|systeeminstructies|systeembericht)",
)
_POLISH = _Words(
    r"(?:zignoruj|zignorujcie|ignoruj|ignorujcie|pomin|pomincie|zapomnij|zapomnijcie)",
    r"(?:instrukcje|instrukcji|instrukcjach|polecenia|polecen|poleceniach|zasady|zasad|zasadach"
    r"|wytyczne|wytycznych|reguly|regul)",
    r"(?:poprzedni|poprzednie|poprzednich|wczesniejsze|wczesniejszych|powyzsze|powyzszych"
    r"|pierwotne|pierwotnych|systemowe|systemowych)",
    r"(?:jesli|gdy|kiedy|dotyczace|dotyczacych|jezeli)",
    r"(?:pokaz|ujawnij|podaj|powtorz|wyswietl|wypisz)",
    r"(?:prompt|prompta|promptu) (?:systemowy|systemowego)",
)


def _is_no_warning(match: re.Match[str]) -> bool:
    """Return whether no word before the order turns it into its opposite."""
    return _NOT.search(match.string[max(0, match.start() - 8) : match.start()]) is None


def _rules(words: _Words) -> tuple[Rule, ...]:
    told = rf"(?! +{words.world}\b)"
    orders, past = rf"{_GAP}{words.orders}", rf"{_GAP}{words.past}"
    return (
        rule("override", rf"\b{words.drop}{orders}{past}\b{told}", _is_no_warning),
        rule("override", rf"\b{words.drop}{past}{orders}\b{told}", _is_no_warning),
        rule("leak", rf"\b{words.tell}{_GAP}{words.secrets}\b"),
    )


LANGUAGE_RULES = tuple(
    each
    for words in (_FRENCH, _SPANISH, _PORTUGUESE, _ITALIAN, _DUTCH, _POLISH)
    for each in _rules(words)
)
