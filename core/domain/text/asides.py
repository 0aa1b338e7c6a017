"""Finds lines that accompany a text: greetings, closings, signatures and tables of contents."""

import re
from collections.abc import Iterator, Sequence

# A signature has at most so many lines; one with more words that ends like a sentence is none.
SIGNATURE_LINES = 8
SENTENCE_WORDS = 6
MOST_WORDS = 12
# No line longer than this accompanies a text.
LONGEST = 120

# All patterns are matched against lower-case lines, which is faster than ignoring case.
_GREETING = re.compile(
    r"(?:dear|hello|hi|hey|greetings|good (?:morning|afternoon|evening|day)|to whom it may concern"
    r"|hallo|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|liebe[rs]?|moin(?: moin)?|servus"
    r"|grüß gott|grüezi|werte[rs]?|bonjour|bonsoir|chers?|chère?s?|madame|monsieur|mesdames"
    r"|messieurs"
    r"|hola|buenos días|buenas (?:tardes|noches)|estimad[oa]s?|querid[oa]s?|ciao|salve|buongiorno"
    r"|buonasera|gentil[ei]\w*|egregi[oa]?|car[oaie]|beste|geachte|goede(?:morgen|middag|navond|ndag))"
    r"\b(?P<rest>[^?!;:|]{0,60}?)(?P<end>[,!:]?)",
)
_CLOSING = re.compile(
    r"(?:(?:with |my )?(?:kind(?:est)?|best|warm(?:est)?|many)?\s?(?:regards|wishes)"
    r"|yours(?: (?:sincerely|faithfully|truly|ever))?|sincerely(?: yours)?|respectfully(?: yours)?"
    r"|cheers|(?:many |with |all my )?thanks(?: (?:again|a lot|in advance|(?:so|very) much"
    r"|and (?:kind |best )?regards))?|thank you(?: (?:again|very much|so much|in advance))?"
    r"|all the best|best"
    r"|take care|mit (?:freundlichen?|besten|herzlichen|lieben|vielen|sonnigen) "
    r"gr(?:ü|ue)(?:ß|ss)(?:en)?"
    r"|(?:freundliche|beste|viele|liebe|herzliche|schöne) gr(?:ü|ue)(?:ß|ss)e(?: aus \w+)?"
    r"|gr(?:u|ü|ue)(?:ß|ss)e?|mfg|vg|lg|bg|hochachtungsvoll"
    r"|(?:vielen|besten|herzlichen) dank(?: im voraus)?"
    r"|danke(?: (?:schön|im voraus|und gr(?:u|ü|ue)(?:ß|ss)e?))?"
    r"|(?:bien )?cordialement|bien à (?:vous|toi)"
    r"|(?:sincères |meilleures )?salutations(?: distinguées)?|merci(?: d['’]avance)?|amicalement"
    r"|(?:un )?(?:cordial(?:es)? )?saludos?(?: cordial(?:es)?)?|atentamente|muchas gracias|gracias"
    r"|(?:cordiali|distinti|cari|un caro|tanti) salut[io]|saluti|grazie(?: mille)?|cordialmente"
    r"|(?:met )?(?:vriendelijke|hartelijke|beste) groet(?:en|jes)?|groet(?:en|jes)?|mvg|hoogachtend"
    r"|(?:alvast |hartelijk )?(?:bedankt|dank))",
)
_SENT_FROM = re.compile(
    r"(?:sent|gesendet|envoyé|enviado|inviato|verzonden) "
    r"(?:from|via|von|mit|depuis|desde|con|da|dal|vanaf|met) \S.{0,60}"
    r"|(?:von|mit) mein\w* \S.{0,30} gesendet|get outlook for \w+.{0,40}"
    r"|(?:get|laden sie|holen sie sich) .{0,20}(?:outlook|mail) (?:for|für) .{0,40}",
)
_SIGNATURE_RULE = re.compile(r"--")
_CONTENTS = re.compile(
    r".*(?:(?:\.\s?){4,}|…{2,}|(?:·\s?){4,}|_{4,})\s*(?:[\divxlc]{1,5}|\d+[-–.]\d+)|\W*_?toc_?\W*",
)
_LEADERS = ("..", ". .", "…", "··", "· ·", "__", "TOC", "toc")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# Lines between two rules at the very beginning, of which the first is "name: value". The groups are
# atomic, so that no file makes the search slow.
_FRONT_MATTER = re.compile(
    r"\A\s*---[ \t]*\n(?>[\w.-]+[ \t]*:(?:[ \t].*)?\n)"
    r"(?>(?:[\w.-]+[ \t]*:(?:[ \t].*)?|[ \t]+\S.*|-[ \t].*|#.*|[ \t]*)\n)*?"
    r"(?:---|\.\.\.)[ \t]*(?:\n|\Z)"
)


def without_comments(text: str) -> str:
    """Return the text with comments and front matter blanked, so that places stay the same."""
    for pattern in (_FRONT_MATTER, _COMMENT):
        text = pattern.sub(_blank, text) if "--" in text else text
    return text


def asides(lines: Sequence[str]) -> Iterator[int]:
    """Return the numbers of those lines that accompany the text."""
    signed_until = -1
    for number, line in enumerate(lines):
        plain = line.strip()
        if len(plain) > LONGEST or not plain:
            continue
        if _begins_signature(plain):
            signed_until = max(signed_until, _signature_end(lines, number))
        if number <= signed_until or _is_aside(plain):
            yield number


def _is_aside(line: str) -> bool:
    if any(leader in line for leader in _LEADERS) and _CONTENTS.fullmatch(line.lower()):
        return True
    return _is_greeting(line) or bool(_SENT_FROM.fullmatch(line.lower()))


def _is_greeting(line: str) -> bool:
    """Return whether a line greets ("Dear all,", "Hi Lena"); "Dear customer letters" is a title."""
    greeting = _GREETING.fullmatch(line.lower())
    if not greeting:
        return False
    words = line[slice(*greeting.span("rest"))].replace(",", " ").split()
    if greeting["end"] == "," or greeting["end"] == "!" or not words:
        return len(words) <= 8
    are_names = all(word[0].isupper() for word in words)
    return len(words) <= 3 and (are_names or greeting["end"] == ":")


def _begins_signature(line: str) -> bool:
    """Return whether a line is a closing with at most a name, or the rule above a signature."""
    if _SIGNATURE_RULE.fullmatch(line):
        return True
    closing = _CLOSING.match(line.lower())
    if not closing:
        return False
    remainder = line[closing.end() :]
    if remainder.strip(" ,.!") == "":
        # "Best" may be a cell of its own; "Best," closes a letter.
        return " " in closing.group().strip() or remainder.strip(" .") != ""
    names = remainder.lstrip(" ,!-–").split()
    return remainder[0] in ",!" and len(names) <= 3 and all(name[0].isupper() for name in names)


def _signature_end(lines: Sequence[str], start: int) -> int:
    """Return the last line of a signature; a blank line ends it, unless right at its start."""
    last = start
    for number in range(start + 1, min(len(lines), start + 1 + SIGNATURE_LINES)):
        line = lines[number].strip()
        if not any(map(str.isalnum, line)):
            if last > start:
                break
            continue
        if _is_text(line):
            break
        last = number
    return last


def _is_text(line: str) -> bool:
    """Return whether a line is a heading, a quotation, a mail header or as long as a sentence."""
    begins = line.startswith(("#", ">", "|", "- ", "* ", "• ")) or " | " in line
    is_mail_head = re.match(r"(?:from|von|de|da|van|on|am|le|el|il|op|p\.?s\.?)\b.*", line, re.I)
    words = len(line.split())
    is_sentence = words > MOST_WORDS or (line[-1] in ".?!:" and words >= SENTENCE_WORDS)
    return bool(begins or (is_mail_head and ":" in line) or is_sentence)


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", match.group())
