"""One training run of a text model: data in, both halves trained, figures measured, gates checked, artefacts written."""

import argparse
import datetime
import importlib.metadata
import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score, roc_auc_score

import encoder
from features import sha256
from figures import RESAMPLES, best_of, class_figures, coverage_point, reliability
from text_model import SEED, SentenceHalf, WordHalf, fit_sentence, fit_words, out_of_fold, softmax, weigh
from text_words import terms_of
from textcase import Split, TextCase

PACKAGES = ("scikit-learn", "scipy", "numpy", "pandas", "onnx", "onnxruntime", "tokenizers", "jax")
AT_LEAST = {"top1", "top3", "macroF1", "auc"}
GRAPHS = ("lower.onnx", "upper.onnx")


@dataclass
class Texts:
    """A data set made ready: texts, label of each, term counts, mean hidden states, the split."""

    table: pd.DataFrame
    texts: list[str]
    truth: np.ndarray
    counts: list[dict]
    means: np.ndarray
    split: Split


@dataclass
class TextResult:
    """All that one training run found out."""

    case: TextCase
    classes: list[str]
    words: WordHalf
    sentence: SentenceHalf
    modes: dict
    metrics: dict
    bins: dict
    segments: list
    training: dict
    held_rows: list[int]
    top: bytes | None

    def probabilities(self, mode: str, counts: list[dict], means: np.ndarray) -> np.ndarray:
        """Of every class."""
        weight = self.modes[mode]["weights"]
        logits = weight["words"] * self.words.logits(counts)
        return softmax(logits + weight["sentence"] * self.sentence.logits(means) if mode == "full" else logits)


def read(case: TextCase, path: Path) -> Texts:
    """The data set. The mean hidden states are those of the published layers, unless the model has its own."""
    table = pd.read_csv(path, keep_default_na=False, dtype=str)
    if missing := sorted({case.column, case.label} - set(table.columns)):
        raise SystemExit(f"{path}: no column {', '.join(missing)}; found {', '.join(table.columns)}")
    texts = list(table[case.column])
    graphs = [(encoder.TEXT / name).read_bytes() for name in GRAPHS]
    means = np.array([h.mean(axis=0) for h in encoder.hidden(encoder.ids_of(texts), *graphs)]) if not case.epochs else np.zeros((len(texts), 0))
    return Texts(table, texts, table[case.label].to_numpy().astype(str), [terms_of(t) for t in texts], means, case.split(table))


def train(case: TextCase, path: Path) -> tuple[TextResult, Texts]:
    """Trains both halves, weighs them, and measures both modes on the held-out rows."""
    data, top, sentence = read(case, path), None, None
    rows, split = data.split.train, data.split
    classes = np.unique(data.truth[rows])
    codes = np.searchsorted(classes, data.truth).clip(max=len(classes) - 1)
    counts = [data.counts[n] for n in rows]
    words = fit_words(case, counts, codes[rows])
    if case.epochs:
        import text_tune

        top, sentence, data.means = text_tune.tuned(case, data.texts, codes, split)
    else:
        sentence = fit_sentence(case, data.means[rows], codes[rows])
    if split.calibrate is None:
        halves, known = out_of_fold(case, counts, data.means[rows], codes[rows]), codes[rows]
    else:
        known = codes[split.calibrate]
        halves = [words.logits([data.counts[n] for n in split.calibrate]), sentence.logits(data.means[split.calibrate])]
    both, alone = weigh(halves, known), weigh(halves[:1], known)
    modes = {"full": {"weights": {"words": both[0], "sentence": both[1]}}, "words": {"weights": {"words": alone[0], "sentence": 0}}}
    result = TextResult(case, [str(c) for c in classes], words, sentence, modes, {}, {}, [], told(case, path, data), [int(n) + 1 for n in split.held], top)
    for mode in modes:
        measure(result, data, classes, mode)
    check(result)
    return result, data


def measure(result: TextResult, data: Texts, classes: np.ndarray, mode: str) -> None:
    """Figures and policy of one mode."""
    case, split, found = result.case, data.split, result.modes[mode]

    def score(rows: np.ndarray) -> np.ndarray:
        return result.probabilities(mode, [data.counts[n] for n in rows], data.means[rows])

    probabilities, truth = score(split.held), data.truth[split.held]
    best, confidence = best_of(probabilities, classes)
    right = (best[:, 0] == truth).astype(int)
    figures = class_figures(truth, probabilities, classes, SEED)
    figures["macroF1"] |= interval(truth, best[:, 0])
    found["gates"] = {name: gate | {k: v for k, v in coverage_point(right, confidence, gate["from"]).items() if k != "threshold"} for name, gate in case.confidence.items()}
    found["operatingPoints"] = [coverage_point(right, confidence, t) for t in case.points]
    result.metrics["holdout" if mode == "full" else mode] = figures
    if split.beyond_held is not None:
        found["beyond"] = beyond(case, confidence, score(split.beyond_held).max(axis=1))
    result.bins[mode] = reliability(right, confidence)
    if mode == "full":
        result.segments = by_length(data, split.held, right, confidence)


def interval(truth: np.ndarray, best: np.ndarray) -> dict:
    """95 % percentile interval of macro-F1 by a seeded bootstrap over rows."""
    random, values = np.random.default_rng(SEED), []
    _, codes = np.unique(np.concatenate([truth, best]), return_inverse=True)
    known, given = codes[: len(truth)], codes[len(truth) :]
    for _ in range(RESAMPLES // 4):
        rows = random.integers(0, len(truth), len(truth))
        values.append(f1_score(known[rows], given[rows], average="macro"))
    low, high = np.quantile(values, [0.025, 0.975])
    return {"low": round(float(low), 4), "high": round(float(high), 4)}


def beyond(case: TextCase, held: np.ndarray, held_outside: np.ndarray) -> dict:
    """A text whose best class is not even to be suggested is out of scope: what that does to the held-out texts."""
    best = case.confidence["suggest"]["from"]
    known = np.concatenate([np.ones(len(held)), np.zeros(len(held_outside))])
    auc = roc_auc_score(known, np.concatenate([held, held_outside]))
    kept, rejected = (held >= best).mean(), (held_outside < best).mean()
    return {"label": case.beyond, "below": float(best), "auc": round(float(auc), 4), "kept": round(float(kept), 4), "rejected": round(float(rejected), 4), "rows": len(held_outside)}


def by_length(data: Texts, held: np.ndarray, right: np.ndarray, confidence: np.ndarray) -> list[dict]:
    """Accuracy and mean score by the number of words."""
    sizes = np.array([len(data.texts[n].split()) for n in held])
    parts = [("1 to 5 words", sizes <= 5), ("6 to 15 words", (sizes > 5) & (sizes <= 15)), ("16 words or more", sizes > 15)]
    return [{"name": n, "rows": int(m.sum()), "right": float(right[m].mean()), "meanScore": float(confidence[m].mean())} for n, m in parts if m.sum()]


def check(result: TextResult) -> None:
    """Ends training with the list of what does not hold."""
    case, failed, lines = result.case, [], []
    for gate, least in case.gates.items():
        mode, name = gate.split(".")
        value = result.modes["full"]["beyond"]["auc"] if name == "auc" else result.metrics[mode][name]["value"]
        lines.append(f"{gate} {value:.4f}")
        if value < least if name in AT_LEAST else value > least:
            failed.append(f"{gate} {value:.5f} against {least}")
    print(f"{case.name}: {', '.join(lines)}; weights {[m['weights'] for m in result.modes.values()]}", file=sys.stderr)
    if failed:
        raise SystemExit("nothing written, gates failed: " + "; ".join(failed))


def told(case: TextCase, path: Path, data: Texts) -> dict:
    """What the manifest tells about the training."""
    return {
        "date": datetime.date.today().isoformat(),
        "seed": SEED,
        "split": case.split_words,
        "data": {"name": case.data["name"], "rows": len(data.table), "sha256": sha256(path), "licence": case.data["licence"], "source": case.data["source"]},
        "versions": {"python": platform.python_version()} | {p: importlib.metadata.version(p) for p in PACKAGES if p != "jax" or case.epochs},
    }


def main(case: TextCase) -> None:
    """The command line of every text model's train.py."""
    import text_artefacts

    file = case.data["file"]
    parser = argparse.ArgumentParser(description=f"Trains {case.name} and rewrites its folder. The data is not in the repository: {case.data['source']}.")
    parser.add_argument("--data", default=os.environ.get(case.environment), help=f"{file}; default: ${case.environment}")
    parser.add_argument("--out", default=str(case.folder), help="folder of the artefacts")
    arguments = parser.parse_args()
    if not arguments.data or not Path(arguments.data).is_file():
        found = f"no file {arguments.data}" if arguments.data else "no data named"
        parser.error(f"{found}: pass --data PATH/{file} or set {case.environment}")
    result, data = train(case, Path(arguments.data))
    text_artefacts.write(Path(arguments.out), result, data)
