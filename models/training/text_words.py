"""Words, pairs of words and letters of a text as TF-IDF, the twin of models/text/words.ts, and the linear model over them."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack

WORD = re.compile("[a-z0-9]+")
LETTERS = range(3, 6)
BLOCKS = ("words", "letters")


def terms_of(text: str) -> dict[str, Counter]:
    """How often each term is in the text: words and pairs of neighbours, and runs of letters within a word and its edges."""
    words = WORD.findall(text.lower())
    pairs = [f"{a} {b}" for a, b in zip(words, words[1:])]
    edged = [f" {word} " for word in words]
    runs = [word[n : n + size] for word in edged for size in LETTERS for n in range(len(word) - size + 1)]
    return {"words": Counter(words + pairs), "letters": Counter(runs)}


def known_shares(text: str, known, english: set[str]) -> tuple[float, float]:
    """
    The shares of a text's words (runs of letters) that the model knows, and that it knows or that are English; 0 without a word.
    The twin of `count` in models/text/halves.ts.
    """
    letters = "".join(c if c.isalpha() else " " for c in unicodedata.normalize("NFC", text).lower())
    words = letters.split()
    if not words:
        return 0.0, 0.0
    return sum(word in known for word in words) / len(words), sum(word in known or word in english for word in words) / len(words)


@dataclass
class Vocabulary:
    """The terms of one block by their place, and how rare each is: ln((1 + texts) / (1 + texts with it)) + 1."""

    places: dict[str, int]
    idf: np.ndarray

    @classmethod
    def of(cls, counts: list[Counter], least: int, most: int) -> "Vocabulary":
        """The terms that are in at least `least` texts, the `most` most frequent of them."""
        found = Counter(term for count in counts for term in count)
        kept = sorted((t for t, n in found.items() if n >= least), key=lambda t: (-found[t], t))[:most]
        idf = np.log((1 + len(counts)) / (1 + np.array([found[t] for t in kept]))) + 1
        return cls({t: n for n, t in enumerate(kept)}, idf.astype(np.float32))

    def matrix(self, counts: list[Counter]) -> csr_matrix:
        """Count times idf, each text to length one."""
        values, columns, ends = [], [], [0]
        for count in counts:
            known = [(self.places[t], n) for t, n in count.items() if t in self.places]
            row = np.array([n * float(self.idf[place]) for place, n in known])
            values.extend(row / np.sqrt((row**2).sum()) if len(row) else row)
            columns.extend(place for place, _ in known)
            ends.append(len(columns))
        return csr_matrix((values, columns, ends), shape=(len(counts), len(self.places)))


class Words:
    """The vocabularies of both blocks, from training texts."""

    def __init__(self, counts: list[dict], least: dict, most: dict):
        self.blocks = {b: Vocabulary.of([c[b] for c in counts], least[b], most[b]) for b in BLOCKS}

    @classmethod
    def read(cls, tensors: dict[str, np.ndarray]) -> "Words":
        """As weights.safetensors holds them."""
        words, start = cls.__new__(cls), 0
        words.blocks = {}
        for block in BLOCKS:
            terms = tensors[f"terms.{block}"].tobytes().decode().split("\n")
            words.blocks[block] = Vocabulary({t: n for n, t in enumerate(terms)}, tensors["words.idf"][start : start + len(terms)])
            start += len(terms)
        return words

    def matrix(self, counts: list[dict]) -> csr_matrix:
        """Both blocks side by side."""
        return hstack([self.blocks[b].matrix([c[b] for c in counts]) for b in BLOCKS]).tocsr()

    @property
    def terms(self) -> list[str]:
        """Every term in the order of the columns."""
        return [term for block in BLOCKS for term in self.blocks[block].places]

    @property
    def idf(self) -> np.ndarray:
        """The same for idf."""
        return np.concatenate([self.blocks[b].idf for b in BLOCKS])


def in_bytes(weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights [terms, classes] as int8 and a float32 scale per term; what is served, and what the figures are of."""
    scale = (np.abs(weights).max(axis=1) / 127).astype(np.float32)
    return np.rint(weights / np.where(scale > 0, scale, 1)[:, None]).astype(np.int8), scale
