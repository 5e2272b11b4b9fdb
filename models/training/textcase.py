"""What the train.py of a text model declares; text_run.py does the rest."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import numpy as np

SUGGEST = {"from": 0.5, "why": "a wrong suggestion costs as much reading as a right one saves"}


@dataclass
class Split:
    """Rows of the file that train, that are held out, and that calibrate: without those, folds of the training rows do."""

    train: np.ndarray
    held: np.ndarray
    calibrate: np.ndarray | None = None
    # Rows of no class: those that tell, beside the training rows, what the threshold below which a text is out of scope rejects,
    # and those that its reported figures are of.
    beyond: np.ndarray | None = None
    beyond_held: np.ndarray | None = None


@dataclass(frozen=True)
class Beyond:
    """Texts of no class: how they are labelled, and the share of texts of a class that the threshold must keep, with the reason."""

    label: str
    keep: float
    why: str


@dataclass(frozen=True)
class TextCase:
    """One text model: its data, its sizes, its gates and its words."""

    folder: Path
    version: str
    title: str
    # Columns of the data set with the text and with the label; paths of the text in a canonical record.
    column: str
    label: str
    paths: tuple[str, ...]
    # Name, file, licence and source of the data set, and the environment variable that may name its file.
    data: dict
    environment: str
    # table -> Split, and that in words.
    split: Callable
    split_words: str
    # {from, why}: the least probability of the best class at which something is done by itself.
    automate: dict
    # By split (`words`: by words alone) and measure, e.g. "holdout.top1", "words.ece"; when one fails, nothing is written.
    gates: dict
    # For the card, Markdown: what a label is, what the figures do not say, and what the model costs (`full`, `words`, `size`).
    labelled: str
    limits: str
    costs: dict
    # Terms of each block: in at least so many texts, and at most so many terms; strength of both linear models (C).
    least: dict = field(default_factory=lambda: {"words": 2, "letters": 3})
    most: dict = field(default_factory=lambda: {"words": 8000, "letters": 12000})
    strength: dict = field(default_factory=lambda: {"words": 10.0, "sentence": 1.0})
    points: tuple[float, ...] = (0.3, 0.5, 0.7, 0.8, 0.9, 0.95)
    beyond: Beyond | None = None
    # Epochs for which the upper layers are trained too; 0: they stay as published.
    epochs: int = 0
    # A text longer than this many characters has no score.
    longest: int = 32000

    @property
    def name(self) -> str:
        """The model's name is that of its folder."""
        return self.folder.name

    @property
    def confidence(self) -> dict:
        """The gates of a score."""
        return {"suggest": SUGGEST, "automate": self.automate}
