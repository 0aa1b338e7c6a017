"""Separates a model's thoughts from its answer, however they are marked.

Models that reason write their thoughts between tags (DeepSeek, Qwen, GLM, Mistral, Kimi, Cohere),
in channels (gpt-oss), or without the first tag, which the template of the prompt wrote already.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto

_NAMES = (
    r"(?:\w+:)?(?:thinking|think|thoughts?|reasoning|reflection|scratchpad|analysis"
    r"|internal_monologue|antthinking|chain_of_thought|inner_monologue)"
)
_LT, _GT = r"(?:<|&lt;)", r"(?:>|&gt;)"
# One alternative for each family of marks; group names say what a mark does.
_MARK = re.compile(
    rf"(?P<open>{_LT}\s?{_NAMES}(?:\s[^<>&]{{0,40}})?\s?{_GT}|\[THINK\]|◁think▷"
    r"|<\|(?:start_thinking|begin_of_thought|inner_prefix|think)\|>"
    r"|<\|channel>\s?(?:thought|analysis)|<unused94>)"
    rf"|(?P<close>{_LT}\s?/\s?{_NAMES}\s?{_GT}|\[/THINK\]|◁/think▷"
    r"|<\|(?:end_thinking|end_of_thought|inner_suffix|/think)\|>"
    r"|<channel\|>|<unused95>|assistantfinal)"
    r"|(?P<head><\|(?:channel|start)\|>)"
    r"|(?P<body><\|message\|>)"
    r"|(?P<end><\|(?:end|return|call|im_end|eot_id|eom_id)\|>)"
    r"|(?P<control><\|/?[a-z_]{2,30}\|>)",
    re.IGNORECASE,
)
_WORDS = ("assistantfinal", "[/THINK]", "[THINK]", "◁/think▷", "◁think▷", "&lt;", "&gt;")
# Text that may become a mark when more arrives; nothing longer is held back.
_UNFINISHED = re.compile(
    r"(?:<|&lt;)\s?(?:/\s?)?(?:\|?/?\w{0,30}(?:\||>\s?\w{0,10})?"
    r"|[\w:]{1,40}(?:\s[^<>&]{0,40})?\s?)(?:&(?:g(?:t;?)?)?)?$",
    re.IGNORECASE,
)
# Channels that lost their marks on the way: "analysisThe user asks …assistantfinalThe answer".
_BARE = "analysis"
# Models whose template writes the first tag, by the names they are served under.
_THINKS_AT_ONCE = re.compile(
    r"(?:^|[\W_])(?:r1|qwq|thinking|thinker|reasoner|reasoning|magistral)(?:[\W_]|$)", re.IGNORECASE
)


class _Mode(Enum):
    ANSWER = auto()
    THOUGHT = auto()
    HEADER = auto()  # of a channel, up to its text
    UNKNOWN = auto()  # a thought if a closing mark follows, an answer if none does


@dataclass(frozen=True, slots=True)
class Sifted:
    """The part of a piece that may be shown, and the number of characters hidden or held back.

    `hidden` is negative where characters are shown that were held back before. `withdraws` says
    that all text before this piece was a thought, not a part of the answer.
    """

    text: str = ""
    hidden: int = 0
    withdraws: bool = False


def thinks_at_once(model: str) -> bool:
    """Return whether a model of this name begins with a thought that its template has opened."""
    return bool(_THINKS_AT_ONCE.search(model))


class ThoughtSieve:
    """Reads one answer in pieces; the result does not depend on where it is cut."""

    def __init__(self, *, thinks_at_once: bool = False) -> None:
        self._mode = _Mode.UNKNOWN if thinks_at_once else _Mode.ANSWER
        self._held = ""
        self._header = ""
        self._unsure = ""
        self._is_begun = False
        self._text = ""
        self._withdraws = False
        self.has_lonely_close = False

    def feed(self, piece: str) -> Sifted:
        """Take the next piece of what the model writes."""
        self._held += piece
        self._text, self._withdraws = "", False
        if not self._is_begun and not self._begin():
            return Sifted(hidden=len(piece))
        self._read(self._held)
        cut = _unfinished_from(self._held)
        self._take(self._held[:cut])
        self._held = self._held[cut:]
        return Sifted(self._text, len(piece) - len(self._text), self._withdraws)

    def finish(self, *, is_whole: bool) -> Sifted:
        """Return what was held back; an incomplete answer may still have been a thought."""
        self._text, self._withdraws = "", False
        self._take(self._held)
        if self._mode is _Mode.UNKNOWN and is_whole:
            self._text, self._unsure = self._unsure, ""
        self._held = ""
        return Sifted(self._text, -len(self._text))

    def trust(self) -> None:
        """Take everything written as the answer: the provider sends thoughts apart from it."""
        if self._mode is _Mode.UNKNOWN and not self._unsure:
            self._mode = _Mode.ANSWER

    def _begin(self) -> bool:
        """Wait until it is clear whether the text begins with the name of a channel."""
        start = self._held.lstrip()
        if len(start) <= len(_BARE) and _BARE.startswith(start):
            return False
        self._is_begun = True
        if start.startswith(_BARE) and start[len(_BARE)].isupper():
            self._mode = _Mode.THOUGHT
        return True

    def _read(self, text: str) -> None:
        """Take the text before the last complete mark, and change mode at each mark."""
        position = 0
        for mark in _MARK.finditer(text):
            self._take(text[position : mark.start()])
            self._turn(mark.lastgroup or "")
            position = mark.end()
        self._held = text[position:]

    def _take(self, text: str) -> None:
        match self._mode:
            case _Mode.ANSWER:
                self._text += text
            case _Mode.UNKNOWN:
                self._unsure += text
            case _Mode.HEADER:
                self._header += text
            case _Mode.THOUGHT:
                pass

    def _turn(self, mark: str) -> None:
        match mark:
            case "open":
                self._mode = _Mode.THOUGHT
            case "close":
                self._close()
            case "head":
                self._mode, self._header = _Mode.HEADER, ""
            case "body":
                self._begin_channel()
            case "end":
                self._mode = _Mode.UNKNOWN if self._mode is _Mode.UNKNOWN else _Mode.ANSWER
            case _:  # other marks that no reader needs
                pass

    def _close(self) -> None:
        if self._mode is not _Mode.THOUGHT:
            self.has_lonely_close = True
            self._withdraw()
        self._mode = _Mode.ANSWER

    def _begin_channel(self) -> None:
        channel = self._header.strip().split()[:1] if self._mode is _Mode.HEADER else []
        if channel and channel[0] not in ("assistant", "final"):
            self._mode = _Mode.THOUGHT
            return
        if channel == ["final"]:
            self._withdraw()
        self._mode = _Mode.ANSWER

    def _withdraw(self) -> None:
        self._text = self._unsure = ""
        self._withdraws = True


def _unfinished_from(text: str) -> int:
    """Return where text that may still become a mark begins; the length of `text` if nowhere."""
    places = [len(text)]
    unfinished = _UNFINISHED.search(text)
    if unfinished:
        places.append(unfinished.start())
    for word in _WORDS:
        places.extend(
            len(text) - length
            for length in range(1, len(word))
            if text[-length:].lower() == word[:length].lower()
        )
    return min(places)
