"""Recognises a model's instructions, and the marks around sources, in what it writes.

Only letters and digits are compared, so that line breaks, emphasis, spaced letters or other
punctuation hide nothing; also backwards, in ROT13 and in Base64. A translation or a summary of the
instructions is not recognised.
"""

import base64
import binascii
import codecs
import re
from collections.abc import Iterable, Iterator

# So many letters in a row are taken over word for word in no ordinary answer, and so many in all
# pieces of at least _PIECE letters together: measured on the texts of handbooks, see the test.
_RUN = 40
_PIECE = 16
_PIECES_TOGETHER = 110
# Hex digits of a random mark; ten in a row are found by chance in one of 10^12 places.
_MARK_RUN = 10
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_KEPT = re.compile(r"[^\W_]")


class LeakGuard:
    """Passes an answer on sentence by sentence, up to the first that repeats something secret.

    `instructions` are the constant texts of the prompt and `marks` its random ones. What stands in
    `public_texts` (the sources, the question) may be repeated.
    """

    def __init__(
        self, instructions: Iterable[str], marks: Iterable[str], public_texts: Iterable[str]
    ) -> None:
        texts = [_skeleton(text) for text in instructions]
        secret = [
            form for text in texts for form in (text, text[::-1], codecs.encode(text, "rot13"))
        ]
        public = _skeleton("\n".join(public_texts))
        self._runs = _grams(secret, _RUN) - _grams([public], _RUN)
        self._pieces = _grams(texts, _PIECE) - _grams([public], _PIECE)
        marks = [_skeleton(mark) for mark in marks]
        self._marks = _grams([*marks, *(m[::-1] for m in marks)], _MARK_RUN)
        self._tail = ""
        self._seen: set[str] = set()
        self.has_found = False

    def pass_on(self, sentences: Iterable[str]) -> Iterator[str]:
        """Return the sentences before the first that gives something away."""
        for sentence in sentences:
            if self._gives_away(sentence):
                self.has_found = True
                return
            yield sentence

    def _gives_away(self, sentence: str) -> bool:
        letters = self._tail + _skeleton(sentence)
        self._tail = letters[-(_RUN - 1) :]
        if self._repeats(letters) or any(self._repeats(_skeleton(t)) for t in _decoded(sentence)):
            return True
        self._seen |= self._pieces & _grams([letters], _PIECE)
        # Each piece counts its first letter once; a run of n letters holds n - 15 pieces.
        return len(self._seen) > _PIECES_TOGETHER - _PIECE

    def _repeats(self, letters: str) -> bool:
        return not (
            self._runs.isdisjoint(_grams([letters], _RUN))
            and self._marks.isdisjoint(_grams([letters], _MARK_RUN))
        )


def _skeleton(text: str) -> str:
    return "".join(_KEPT.findall(text)).lower()


def _grams(texts: Iterable[str], length: int) -> set[str]:
    return {text[n : n + length] for text in texts for n in range(len(text) - length + 1)}


def _decoded(sentence: str) -> Iterator[str]:
    for match in _BASE64.finditer(sentence):
        run = match.group().rstrip("=").replace("-", "+").replace("_", "/")
        try:
            yield base64.b64decode(run + "=" * (-len(run) % 4)).decode("utf-8", "ignore")
        except binascii.Error:
            continue
