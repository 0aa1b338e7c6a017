"""Signals that may tell whether what was read answers a question; each is higher if it may.

The name of a signal begins with its family: `late` interaction of token vectors, `left_out` words
of the question, `wh` words replaced or removed, `contrast` with other documents and wordings, and
`today`, the signals of rag.reading.evidence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.unanswerable.questions import Reading, Sentence, words_of
from benchmarks.unanswerable.tokens import LAYERS, Array, TokenModel, Tokens
from rag.reading.answer_kind import AnswerKind, expected_answer
from rag.reading.question_words import QUESTION_WORDS

SENTENCES = 4
PASSAGES = 2
_NOTHING = "nothing"
_WH = re.compile(
    r"\b(?:(?:what|which)(?:\s+(?:kind|type|sort|amount|number)\s+of)?|how\s+(?:many|much|long|often"
    r"|far|high|old|large|big|fast|soon|quickly)|how|who|whom|whose|when|where|why)\b",
    re.IGNORECASE,
)
_AUXILIARY = re.compile(r"\b(?:do|does|did|is|are|was|were|can|could|will|would|should)\b", re.I)
_STAND_IN = {
    AnswerKind.CAUSE: "because of a reason",
    AnswerKind.COUNT: "a number of",
    AnswerKind.MONEY: "an amount of money",
    AnswerKind.DURATION: "a period of time",
    AnswerKind.FIGURE: "a number",
    AnswerKind.TIME: "a date or time",
    AnswerKind.NAME: "a person or name",
    AnswerKind.ANY: "something",
}
_FIGURE = re.compile(r"\d+")
_CAPITALISED = re.compile(r"(?<=\s)[A-ZÀ-Þ][\w'’-]+")


def signals_of(model: TokenModel, readings: Sequence[Reading]) -> list[dict[str, float]]:
    """Return the signals of each reading, all under the same names."""
    return [dict(_Signals(model, reading).all()) for reading in readings]


class _Signals:
    """The signals of one reading."""

    def __init__(self, model: TokenModel, reading: Reading) -> None:
        self._model, self._reading = model, reading
        self._question = reading.question
        self._sentences = reading.sentences[:SENTENCES]
        self._contexts = [s.context for s in self._sentences] or [_NOTHING]
        self._passages = [p.text for p in reading.passages[:PASSAGES]] or [_NOTHING]
        self._tokens = model.embed(self._question)
        model.prepare([*self._contexts, *self._passages])

    def all(self) -> Iterator[tuple[str, float]]:
        """Yield names and values."""
        yield from self._today()
        yield from self._late()
        yield from self._left_out()
        yield from self._places()
        yield from self._wh()
        yield from self._contrast()

    def _today(self) -> Iterator[tuple[str, float]]:
        evidence = self._reading.evidence
        yield "today strength", evidence.strength
        yield "today similarity", evidence.similarity
        yield "today sentence", evidence.sentence_similarity
        yield "today nearest", evidence.nearest
        yield "today fitting", evidence.fitting
        yield "today known", evidence.known
        yield "today thing", -float(evidence.is_thing_unknown)
        yield "today name", -float(evidence.is_name_unknown)

    def _late(self) -> Iterator[tuple[str, float]]:
        weights = _token_weights(self._question, self._tokens, self._reading.weights)
        if not weights.any():
            weights = np.ones_like(weights)
        content = weights > 0
        for layer in LAYERS:
            asked = self._tokens.layers[layer].astype(np.float32)
            for place, texts in (("sentence", self._contexts), ("passage", self._passages)):
                nearest = [self._nearest(asked, text, layer) for text in texts]
                yield from _matched(f"late {layer} {place}", nearest, weights, content)
                yield (
                    f"late {layer} {place} shape",
                    max(
                        (float(n[~content].mean()) for n in nearest if (~content).any()), default=0
                    ),
                )

    def _nearest(self, asked: Array, text: str, layer: int) -> Array:
        """Return for each token of the question its similarity to the nearest token of a text."""
        read = self._model.embed(text).layers[layer].astype(np.float32)
        if not len(read):
            return np.zeros(len(asked), dtype=np.float32)
        best: Array = (asked @ read.T).max(axis=1)
        return best

    def _left_out(self) -> Iterator[tuple[str, float]]:
        weights = self._reading.weights
        words = list(weights) or words_of(self._question)[-1:] or [_NOTHING]
        share = np.array([weights.get(word, 1.0) for word in words])
        share = share / share.sum()
        variants = self._model.vectors([_without(self._question, word) for word in words])
        drops = {}
        for place, text in (("sentence", self._contexts[0]), ("passage", self._passages[0])):
            vector = self._model.embed(text).vector
            lost = float(self._tokens.vector @ vector) - variants @ vector
            drops[place] = lost
            yield f"left_out {place} least", float(lost.min())
            yield f"left_out {place} most", -float(lost.max())
            yield f"left_out {place} mean", float(lost @ share)
            yield f"left_out {place} rarest", float(lost[int(share.argmax())])
            # A word that matters to the question itself but not to its likeness to the text.
            own = 1 - variants @ self._tokens.vector
            yield f"left_out {place} relative", float((lost / np.maximum(own, 0.01)).min())
        difference = drops["sentence"] - drops["passage"]
        yield "left_out difference least", float(difference.min())
        yield "left_out difference mean", float(difference @ share)

    def _places(self) -> Iterator[tuple[str, float]]:
        """Yield whether the rarest word, the figures and the names stand near."""
        weights = self._reading.weights
        sentence, passage = self._contexts[0].lower(), self._passages[0].lower()
        rarest = max(weights, key=lambda word: weights[word], default="").lower()[:5]
        yield "left_out rarest near", float(rarest in sentence) + float(rarest in passage)
        for name, pattern in (("figures", _FIGURE), ("names", _CAPITALISED)):
            asked = [word.lower() for word in pattern.findall(self._question)]
            for place, text in (("sentence", sentence), ("passage", passage)):
                missing = sum(word not in text for word in asked)
                yield f"left_out {name} {place}", -float(missing)

    def _wh(self) -> Iterator[tuple[str, float]]:
        question = self._question
        kind = expected_answer(question).kind
        bare = _WH.sub("", question, count=1).strip() or question
        filled = _WH.sub(_STAND_IN[kind], question, count=1)
        statement = _AUXILIARY.sub("", bare, count=1).rstrip("? ") or question
        vectors = self._model.vectors([question, bare, filled, statement, f"{statement} is"])
        sentence = self._model.embed(self._contexts[0]).vector
        passage = self._model.embed(self._passages[0]).vector
        names = ("question", "bare", "filled", "statement", "is")
        near = dict(zip(names, vectors @ sentence, strict=True))
        wide = dict(zip(names, vectors @ passage, strict=True))
        for name in names[1:]:
            yield f"wh {name} sentence", float(near[name])
            yield f"wh {name} gain", float(near[name] - near["question"])
            yield f"wh {name} passage gain", float(wide[name] - wide["question"])
        yield "wh kind of rest", self._kind_of_rest(kind)
        yield "wh token", self._wh_token()

    def _kind_of_rest(self, kind: AnswerKind) -> float:
        """Return how near what a sentence adds to the question is to what is asked for."""
        asked = {word.lower()[:5] for word in words_of(self._question)} | QUESTION_WORDS
        rests = [
            " ".join(w for w in words_of(s.text) if w.lower()[:5] not in asked) or _NOTHING
            for s in self._sentences[:1]
        ] or [_NOTHING]
        match = _WH.search(self._question)
        phrase = self._question[match.start() :].split()[:3] if match else [self._question]
        target = f"{_STAND_IN[kind]} {' '.join(phrase[1:])}"
        return float(self._model.vectors(rests)[0] @ self._model.embed(target).vector)

    def _wh_token(self) -> float:
        """Return how near the question word comes to a token that no content word is near to."""
        match = _WH.search(self._question)
        if match is None:
            return 0.0
        asking = [a < match.end() and b > match.start() for a, b in self._tokens.spans]
        layer = LAYERS[-1]
        asked = self._tokens.layers[layer].astype(np.float32)
        read = self._model.embed(self._contexts[0]).layers[layer].astype(np.float32)
        if not any(asking) or all(asking) or not len(read):
            return 0.0
        rows = np.array(asking)
        free = (asked[rows] @ read.T).max(axis=0) - (asked[~rows] @ read.T).max(axis=0)
        return float(free.max())

    def _contrast(self) -> Iterator[tuple[str, float]]:
        sentences, passages = self._reading.sentences, self._reading.passages
        yield "contrast sentence document", _lead(sentences, [s.strength for s in sentences])
        yield "contrast sentence similarity", _lead(sentences, [s.similarity for s in sentences])
        likeness = [p.similarity for p in passages]
        documents = [p.document for p in passages]
        yield "contrast passage document", _gap(documents, likeness)
        yield "contrast passage next", _gap([str(n) for n in range(len(likeness))], likeness)
        strengths = [s.strength for s in sentences] or [0.0]
        yield "contrast sentence next", max(strengths) - float(np.mean(strengths))
        yield "contrast passage rest", max(likeness, default=0.0) - float(np.mean(likeness or [0]))
        yield "contrast same", float(_is_in_first(sentences[:1], documents))
        # Two sentences near to a question that say the same confirm each other.
        vectors = self._model.vectors(self._contexts)
        agreeing = vectors[1:] @ vectors[0] if len(vectors) > 1 else np.zeros(1)
        yield "contrast agreeing", float(agreeing.max())
        question = self._tokens.vector
        sentence, passage = vectors[0], self._model.embed(self._passages[0]).vector
        yield "contrast beyond passage", float(question @ (sentence - passage))
        yield "contrast residual", float(question @ sentence - sentence @ passage)


def _token_weights(question: str, tokens: Tokens, weights: Mapping[str, float]) -> Array:
    """Return for each token the weight of its word, 0 for a word that only shapes a question."""
    values = np.zeros(len(tokens.spans), dtype=np.float32)
    for match in re.finditer(r"\S+", question):
        word = next(iter(words_of(match.group())), "")
        for number, (start, end) in enumerate(tokens.spans):
            if start >= match.start() and end <= match.end() and question[start:end].isalnum():
                values[number] = weights.get(word, 0.0)
    return values


def _matched(
    name: str, nearest: Sequence[Array], weights: Array, content: NDArray[np.bool_]
) -> Iterator[tuple[str, float]]:
    """Yield the similarities of the content tokens in the text where they are highest."""
    inner = [values[content] for values in nearest]
    quarter = max(1, int(content.sum()) // 4)
    yield f"{name} mean", max(float(values.mean()) for values in inner)
    yield f"{name} min", max(float(values.min()) for values in inner)
    yield f"{name} low", max(float(np.sort(values)[:quarter].mean()) for values in inner)
    yield f"{name} rare", max(float(values @ weights / weights.sum()) for values in nearest)
    rarest = int(weights.argmax())
    yield f"{name} rarest", max(float(values[rarest]) for values in nearest)
    anywhere = np.max(nearest, axis=0)
    yield f"{name} apart", float(anywhere @ weights / weights.sum())


def _without(question: str, word: str) -> str:
    pattern = rf"(?<!\w){re.escape(word)}(?!\w)"
    left = " ".join(re.sub(pattern, " ", question, count=1).split())
    return left or _NOTHING


def _lead(sentences: Sequence[Sentence], values: Sequence[float]) -> float:
    return _gap([sentence.document for sentence in sentences], values)


def _gap(documents: Sequence[str], values: Sequence[float]) -> float:
    """Return how far the best value is ahead of the best of another document."""
    if not values:
        return 0.0
    best = int(np.argmax(values))
    others = [v for v, d in zip(values, documents, strict=True) if d != documents[best]]
    return values[best] - max(others, default=0.0)


def _is_in_first(sentences: Sequence[Sentence], documents: Sequence[str]) -> bool:
    return any(sentence.document == documents[0] for sentence in sentences)
