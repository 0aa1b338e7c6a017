"""The split of an e-mail into its own words and the earlier messages it carries along.

Libraries for this (mail-parser-reply, quotequail) were tried on nineteen replies in six languages.
Each left the history of two to five in place, and neither knows forwards and answers between the
lines. This module examines line after line, so that no text takes long.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from ingestion.parsers.building import tidy
from ingestion.parsers.web.html import html_text

# Header names as mail programs of many languages write them above a message they quote.
_FROM = "from|von|de|da|van|från|fra|od|lähettäjä|feladó|от|от кого|发件人|差出人"
_SENT = (
    "sent|date|gesendet|datum|envoyé|envoyé le|fecha|enviado|enviado el|inviato|data|verzonden"
    "|skickat|sendt|dato|wysłano|lähetetty|elküldve|отправлено|дата|发送时间|送信日時"
)
_OTHERS = (
    "to|cc|bcc|subject|an|betreff|kopie|à|objet|para|asunto|cco|a|oggetto|aan|onderwerp|assunto"
    "|till|ämne|til|emne|do|temat|vastaanottaja|aihe|címzett|tárgy|кому|тема|копия|收件人|主题"
    "|宛先|件名|reply-to|importance|priority|wichtigkeit"
)
_HEADER = re.compile(
    rf"^[>*\s]*(?:(?P<sender>{_FROM})|(?P<sent>{_SENT})|(?:{_OTHERS}))[*\s]*[:：][*\s]*\S",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|geschrieben|écrit|escribió|escribio|ha scritto|scritto|schreef"
    r"|escreveu|skrev|napisał|napisała|napisał\(a\)|kirjoitti|írta|napsal|писал|написал)\b|写道|のメール",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"^[>\s]*[-_=*]{2,}\s*(?:original message|original appointment|ursprüngliche nachricht"
    r"|originalnachricht|message d'origine|message original|mensaje original|messaggio originale"
    r"|oorspronkelijk bericht|mensagem original|originalmeddelande|oprindelig meddelelse"
    r"|wiadomość oryginalna|исходное сообщение)\s*[-_=*]*\s*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^[-_=*\s]*(?:begin forwarded message|forwarded message|weitergeleitete nachricht"
    r"|anfang der weitergeleiteten nachricht|message transféré|début du message réexpédié"
    r"|mensaje reenviado|inizio messaggio inoltrato|messaggio inoltrato|doorgestuurd bericht"
    r"|mensagem encaminhada|vidarebefordrat meddelande)\s*[-_=*:]*\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"^\s*[_-]{8,}\s*$")
_QUOTED = re.compile(r"^\s*>")
_DATED = re.compile(r"\d{1,2}[:.h]\d{2}|\b\d{4}\b|@")
MAX_ATTRIBUTION = 3  # lines, as mail programs wrap them
MIN_HEADERS = 3
HEADER_LINES = 8

QUOTES_IN_HTML = (
    'blockquote[type="cite"], .gmail_quote, .gmail_quote_container, .yahoo_quoted, '
    ".protonmail_quote, .moz-cite-prefix, .tutanota_quote"
)
# Outlook marks where the answered message begins; all that follows belongs to it.
HISTORY_BEGINS = "#divRplyFwdMsg, #appendonsend"


@dataclass(frozen=True, slots=True)
class MessageText:
    """The words of an e-mail and those of the messages it answers; either may be empty."""

    now: str
    earlier: str = ""

    def __bool__(self) -> bool:
        return bool(self.now.strip() or self.earlier.strip())


def split_text(text: str) -> MessageText:
    """Split plain text; a forwarded message, or a quote with no new words, is the current one."""
    lines = tidy(text).split("\n")
    begin = _after_forward(lines)
    end = _history(lines, begin)
    now, quoted = _apart(lines[begin:end])
    now = lines[:begin] + now
    earlier = quoted + lines[end:]
    if not _has_words(now[begin:]):
        return _passed_on(lines, end)
    return MessageText(tidy("\n".join(now)), tidy("\n".join(map(_unquoted, earlier))))


def split_html(html: str) -> MessageText:
    """Split HTML at the marks that mail programs put around quotes, then split its text."""
    tree = LexborHTMLParser(html)
    taken: list[str] = []
    for node in tree.css(QUOTES_IN_HTML):
        quoted = html_text(node.html or "")
        if not any(_FORWARDED.match(line) for line in quoted.split("\n")[:3]):
            taken.append(quoted)
            node.decompose()
    for node in tree.css(HISTORY_BEGINS):
        node.insert_before("\n----- Original Message -----\n")
    body = split_text(html_text(tree.html or ""))
    if not body.now.strip() and taken:
        return MessageText(tidy("\n\n".join(taken)), body.earlier)
    return MessageText(body.now, tidy("\n\n".join([body.earlier, *taken])))


def _after_forward(lines: Sequence[str]) -> int:
    """Return where the message begins that the e-mail forwards; 0 if it forwards none."""
    for index, line in enumerate(lines):
        if _QUOTED.match(line) or _ORIGINAL.match(line):
            return 0
        if _FORWARDED.match(line):
            return index + 1 + _headers_at(lines, index + 1)
    return 0


def _history(lines: Sequence[str], begin: int) -> int:
    """Return the first line of the earlier messages, or the number of lines."""
    for index in range(begin, len(lines)):
        line = lines[index]
        if _ORIGINAL.match(line):
            return index
        if _RULE.match(line) and _headers_at(lines, index + 1):
            return index
        if _headers_at(lines, index):
            return index
        if _attribution(lines, index) and not _has_words(_apart(lines[index:])[0][1:]):
            return index
    return len(lines)


def _headers_at(lines: Sequence[str], start: int) -> int:
    """Count the header lines of a quoted message from `start` on, blank ones before them too."""
    first = start
    while first < len(lines) and not lines[first].strip() and first - start < 2:
        first += 1
    matches = [_HEADER.match(line) for line in lines[first : first + HEADER_LINES]]
    count = next((n for n, match in enumerate(matches) if match is None), len(matches))
    block = [match for match in matches[:count] if match]
    is_message = any(m["sender"] for m in block) and any(m["sent"] for m in block)
    return first - start + count if count >= MIN_HEADERS and is_message else 0


def _attribution(lines: Sequence[str], start: int) -> int:
    """Return how many lines say who wrote what follows: `On Monday at 9:15, Lena wrote:`."""
    for count in range(1, MAX_ATTRIBUTION + 1):
        window = lines[start : start + count]
        if len(window) < count or not window[-1].strip():
            return 0
        sentence = " ".join(window).strip()
        if sentence.endswith((":", "：")) and _WROTE.search(sentence) and _DATED.search(sentence):
            return count
    return 0


def _apart(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Separates lines without a quotation mark from those with one and their attributions.

    Two quotes with words between them stay two paragraphs.
    """
    own: list[str] = []
    quoted: list[str] = []
    index = 0
    while index < len(lines):
        count = _attribution(lines, index)
        after = index + count
        while count and after < len(lines) and not lines[after].strip():
            after += 1
        if count and after < len(lines) and _QUOTED.match(lines[after]):
            quoted.extend(lines[index:after])
            index = after
            continue
        if _QUOTED.match(lines[index]):
            quoted.append(lines[index])
        else:
            own.append(lines[index])
            quoted.extend([""] if quoted and quoted[-1] else [])
        index += 1
    return own, quoted


def _passed_on(lines: Sequence[str], end: int) -> MessageText:
    """Take the first carried message as the current one, as nothing was written above it."""
    start = end
    while start < len(lines) and (_ORIGINAL.match(lines[start]) or _RULE.match(lines[start])):
        start += 1
    start += _headers_at(lines, start) or _attribution(lines, start)
    rest = [_unquoted(line) for line in lines[start:]] if start < len(lines) else []
    if not _has_words(rest):
        return MessageText(tidy("\n".join(map(_unquoted, lines))))
    inner = _history(rest, 0)
    head = lines[:start]
    if inner == 0:
        return MessageText(tidy("\n".join([*head, *rest])))
    now, quoted = _apart(rest[:inner])
    return MessageText(
        tidy("\n".join([*head, *now])),
        tidy("\n".join(map(_unquoted, [*quoted, *rest[inner:]]))),
    )


def _has_words(lines: Sequence[str]) -> bool:
    return any(character.isalnum() for line in lines for character in line)


def _unquoted(line: str) -> str:
    return re.sub(r"^\s*(?:>\s?)+", "", line)
