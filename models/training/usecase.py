"""What a model's train.py declares; run.py does the rest."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

import numpy as np
import pandas as pd

import ebm_onnx
import uplift

SEED = 42


@dataclass
class Prepared:
    """A data set made ready: the raw table, its features and labels, and which rows train and which are held out."""

    # With every row of the file; `table` has those that can be used.
    raw: pd.DataFrame
    table: pd.DataFrame
    frame: pd.DataFrame
    truth: np.ndarray
    features: list[dict]
    # What is declared of the past, if anything is.
    history: dict | None
    rows: np.ndarray
    held: np.ndarray


@dataclass(frozen=True)
class UseCase:
    """One model: its data, its recipe, its gates and its words."""

    folder: Path
    version: str
    title: str
    # Column with the label, column that names a row, columns that must not be features (leaks, counters, protected ones).
    label: str
    id_column: str
    not_features: tuple[str, ...]
    classes: tuple[str, ...]
    # Name, licence and source of the data set, and the environment variable that may name its file.
    data: dict
    environment: str
    # Trains on (frame, truth, features); the model has the attributes of an ExplainableBoostingClassifier.
    fit: Callable
    # `auc`, `prAuc`, `f1`, `top1`, `top3`, `qini`, `gain`, `groupSelection`: at least; all others: at most. When one fails, nothing
    # is written. Those of groups (disparity.py) are the disparity that is allowed.
    gates: dict
    max_defaults: int
    # (manifest, result) -> card.md
    card: Callable
    # `share`: how the positives are named after "share", e.g. "that said yes".
    words: dict
    positive: str = ""
    # What a score is a percentage of, behind the number; likely where it is empty.
    score_word: str = ""
    costs: dict = field(default_factory=dict)
    # With several classes: {suggest, automate: {from, why}}, the least probability of the best class for each; with arms of a
    # trial: {leastUplift, why, exploration}, what an arm must add to be recommended, and the share that is tried at random.
    confidence: dict = field(default_factory=dict)
    points: tuple[float, ...] = ()
    # table -> {attribute: group of each row}; the attributes are no features.
    audit: Callable = lambda table: {}
    # Why the disparity that the gates of groups allow is allowed.
    disparity: str = ""
    # (Prepared, model) -> further figures by name.
    metrics: Callable = lambda prepared, model: {}
    # path -> the raw table, where it is not the file as it is.
    read: Callable | None = None
    # (features, Prepared) -> the features with what the manifest tells of them besides.
    describe: Callable = lambda features, prepared: features
    # (Prepared, model) -> further entries of the manifest; the same -> further files of the folder, by name.
    further: Callable = lambda prepared, model: {}
    files: Callable = lambda prepared, model: {}
    # table -> the label of each row as 0 and 1, or the class; the rows of a file that can be used at all.
    truth: Callable | None = None
    usable: Callable | None = None
    # (table, truth) -> (training rows, held-out rows), and that in words.
    split: Callable | None = None
    split_words: str = ""
    # table -> how much each row counts in training; all alike when absent.
    weights: Callable | None = None
    # (model, name) -> ONNX graph
    export: Callable = ebm_onnx.export
    # For data that allows no shipped model: writes made-up rows to a path, from which the shipped one is trained. The model of the
    # data itself is `real`, trained on demand and kept out of the repository.
    generate: Callable | None = None
    real: "UseCase | None" = None
    # What the recipe is evaluated on, where that is not `real`: its figures are those that `rivals` gives.
    public: "UseCase | None" = None
    # (Prepared of the real rows, the shipped model) -> what else reaches on them, by name.
    rivals: Callable = lambda prepared, model: {}
    # Numeric features that hold whole numbers, for the parity fixture.
    whole: tuple[str, ...] = ()
    # For the same: the range of each column that only derived features are made of.
    raw_ranges: dict = field(default_factory=dict)
    task: str = "binary"
    # With arms: the column of the arm that a row was given, the arm in which nothing was done, and Prepared -> further trials.
    arm: str = ""
    control: str = ""
    trials: Callable = lambda prepared: {}
    # The manifest's entries from classes on -> figures of them that gates of these names hold.
    own_gates: Callable = lambda policy: {}

    @property
    def name(self) -> str:
        """The model's name is that of its folder."""
        return self.folder.name

    @property
    def threshold(self) -> float:
        """From where on acting costs less than not acting."""
        if self.task == "multiclass":
            return self.confidence["automate"]["from"]
        return self.costs["falsePositive"] / (self.costs["falsePositive"] + self.costs["falseNegative"])

    def train(self, data: "Prepared", rows: np.ndarray):
        """A model of these rows."""
        given = {"weight": self.weights(data.table)[rows]} if self.weights else {}
        if self.arm:
            given["arm"] = data.table[self.arm].to_numpy().astype(object)[rows]
        return self.fit(data.frame.iloc[rows], data.truth[rows], data.features, **given)

    def probability(self, model, frame: pd.DataFrame) -> np.ndarray:
        """Of the positive class, one per row; of every class where there are more than two."""
        probabilities = model.predict_proba(frame)
        return probabilities[:, 1] if self.task == "binary" else probabilities

    def trial(self, data: "Prepared", rows: np.ndarray, probabilities: np.ndarray) -> uplift.Trial:
        """These rows as a trial, with their probabilities under every arm."""
        given = pd.Categorical(data.table[self.arm].iloc[rows], categories=self.classes).codes
        return uplift.Trial(list(self.classes), self.classes.index(self.control), given, data.truth[rows], probabilities)
