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
from text_model import SEED, SentenceHalf, Texts, WordHalf, fit_sentence, fit_words, out_of_fold, softmax, weigh
from text_words import known_shares, terms_of
from textcase import TextCase

PACKAGES = ("scikit-learn", "scipy", "numpy", "pandas", "onnx", "onnxruntime", "tokenizers", "jax")
AT_LEAST = {"top1", "top3", "macroF1", "auc"}
# A text of whose words the model knows fewer than half has no score, unless three in four are English (words of the encoder's
# vocabulary): then it is about something else in English. No more than one in a hundred of the held-out texts may be lost by that.
LEAST_KNOWN, LEAST_ENGLISH, MOST_LOST = 0.5, 0.75, 0.01


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
    known: dict
    training: dict
    # Where its own layers come from, in words; empty where it has none.
    layers: str
    held_rows: list[int]
    top: bytes | None

    def probabilities(self, mode: str, counts: list[dict], means: np.ndarray) -> np.ndarray:
        """Of every class."""
        weight = self.modes[mode]["weights"]
        logits = weight["words"] * self.words.logits(counts)
        return softmax(logits + weight["sentence"] * self.sentence.logits(means) if mode == "full" else logits)


def read(case: TextCase, path: Path, sample: int | None) -> Texts:
    """The data set, or that many of its rows. The mean hidden states are those of the published layers, unless the model has its own."""
    table = pd.read_csv(path, keep_default_na=False, dtype=str)
    if missing := sorted({case.column, case.label} - set(table.columns)):
        raise SystemExit(f"{path}: no column {', '.join(missing)}; found {', '.join(table.columns)}")
    table = table if sample is None else table.sample(sample, random_state=SEED).reset_index(drop=True)
    texts = list(table[case.column])
    means = encoder.means(texts) if not case.epochs else np.zeros((len(texts), 0))
    return Texts(table, texts, table[case.label].to_numpy().astype(str), [terms_of(t) for t in texts], means, case.split(table))


def train(case: TextCase, path: Path, layers: Path | None = None, sample: int | None = None) -> TextResult:
    """Trains both halves, weighs them, and measures both modes on the held-out rows; a sample is too small for the gates."""
    data, top, sentence = read(case, path, sample), None, None
    rows, split = data.split.train, data.split
    classes = np.unique(data.truth[rows])
    codes = np.searchsorted(classes, data.truth).clip(max=len(classes) - 1)
    counts = [data.counts[n] for n in rows]
    words = fit_words(case, counts, codes[rows])
    if case.epochs:
        import text_tune

        top, sentence, data.means = text_tune.tuned(case, data.texts, codes, split, layers)
    else:
        sentence = fit_sentence(case, data.means[rows], codes[rows])
    if split.calibrate is None:
        (halves, outside), truth = out_of_fold(case, data, codes), codes[rows]
    else:
        truth, outside = codes[split.calibrate], []
        halves = [words.logits([data.counts[n] for n in split.calibrate]), sentence.logits(data.means[split.calibrate])]
    modes = {"full": weighed(case, halves, outside, truth), "words": weighed(case, halves[:1], outside[:1], truth)}
    known = known_words(words, [data.texts[n] for n in split.held])
    result = TextResult(case, [str(c) for c in classes], words, sentence, modes, {}, {}, [], known, told(case, path, data), layers_told(case, layers), [int(n) + 1 for n in split.held], top)
    for mode in modes:
        measure(result, data, mode)
    check(result, sample is None)
    return result


def layers_told(case: TextCase, layers: Path | None) -> str:
    """Where a model's own layers come from, for its card."""
    if not case.epochs:
        return ""
    if layers is None:
        return "Its layers of the encoder were trained in the same run. "
    return "Its layers of the encoder are those of an earlier run, which this one took up (`--layers`); all else was made anew. "


def weighed(case: TextCase, halves: list[np.ndarray], outside: list[np.ndarray], truth: np.ndarray) -> dict:
    """The weights of the halves, and the threshold of texts of no class, both from scores of texts that the scoring model has not seen."""
    weights = weigh(halves, truth)
    found = {"weights": dict(zip(("words", "sentence"), (*weights, 0)))}
    if case.beyond is None:
        return found
    inside, beyond = (softmax(sum(w * half for w, half in zip(weights, some))).max(axis=1) for some in (halves, outside))
    below = np.floor(np.quantile(inside, 1 - case.beyond.keep) * 1000) / 1000
    chosen = {"keep": case.beyond.keep, "why": case.beyond.why, "rejected": round(float((beyond < below).mean()), 4), "rows": len(beyond)}
    return found | {"beyond": {"label": case.beyond.label, "below": float(below), "chosen": chosen}}


def known_words(words: WordHalf, texts: list[str]) -> dict:
    """The shares of its words that a text must have known or English, and the share of the held-out texts that have."""
    places = words.words.blocks["words"].places
    english = {word for word in (encoder.TEXT / "vocab.txt").read_text(encoding="utf8").split("\n") if word.isalpha()}
    shares = [known_shares(text, places, english) for text in texts]
    kept = np.mean([own >= LEAST_KNOWN or either >= LEAST_ENGLISH for own, either in shares])
    return {"least": LEAST_KNOWN, "english": LEAST_ENGLISH, "kept": round(float(kept), 4)}


def measure(result: TextResult, data: Texts, mode: str) -> None:
    """Figures and policy of one mode."""
    split, found = data.split, result.modes[mode]

    def score(rows: np.ndarray) -> np.ndarray:
        return result.probabilities(mode, [data.counts[n] for n in rows], data.means[rows])

    held = score(split.held)
    judge(result, mode, data, split.held, held)
    if split.beyond_held is not None:
        found["beyond"] |= beyond(found["beyond"]["below"], held.max(axis=1), score(split.beyond_held).max(axis=1))


def judge(result: TextResult, mode: str, data: Texts, rows: np.ndarray, probabilities: np.ndarray) -> None:
    """Figures, gates and reliability of one mode, from its probabilities of these rows."""
    case, found, classes, truth = result.case, result.modes[mode], np.array(result.classes), data.truth[rows]
    best, confidence = best_of(probabilities, classes)
    right = (best[:, 0] == truth).astype(int)
    figures = class_figures(truth, probabilities, classes, SEED)
    figures["macroF1"] |= interval(truth, best[:, 0])
    found["gates"] = {name: gate | {k: v for k, v in coverage_point(right, confidence, gate["from"]).items() if k != "threshold"} for name, gate in case.confidence.items()}
    found["operatingPoints"] = [coverage_point(right, confidence, t) for t in case.points]
    result.metrics["holdout" if mode == "full" else mode] = figures
    result.bins[mode] = reliability(right, confidence)
    if mode == "full":
        result.segments = by_length(data, rows, right, confidence)


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


def beyond(below: float, held: np.ndarray, held_outside: np.ndarray) -> dict:
    """What the threshold does to texts that had no part in choosing it."""
    known = np.concatenate([np.ones(len(held)), np.zeros(len(held_outside))])
    auc = roc_auc_score(known, np.concatenate([held, held_outside]))
    kept, rejected = (held >= below).mean(), (held_outside < below).mean()
    return {"auc": round(float(auc), 4), "kept": round(float(kept), 4), "rejected": round(float(rejected), 4), "rows": len(held_outside)}


def by_length(data: Texts, held: np.ndarray, right: np.ndarray, confidence: np.ndarray) -> list[dict]:
    """Accuracy and mean score by the number of words."""
    sizes = np.array([len(data.texts[n].split()) for n in held])
    parts = [("1 to 5 words", sizes <= 5), ("6 to 15 words", (sizes > 5) & (sizes <= 15)), ("16 words or more", sizes > 15)]
    return [{"name": n, "rows": int(m.sum()), "right": float(right[m].mean()), "meanScore": float(confidence[m].mean())} for n, m in parts if m.sum()]


def check(result: TextResult, must_hold: bool) -> None:
    """Ends training with the list of what does not hold, where it must."""
    case, failed, lines = result.case, [], []
    for gate, least in case.gates.items():
        mode, name = gate.split(".")
        value = result.modes["full"]["beyond"]["auc"] if name == "auc" else result.metrics[mode][name]["value"]
        lines.append(f"{gate} {value:.4f}")
        if value < least if name in AT_LEAST else value > least:
            failed.append(f"{gate} {value:.5f} against {least}")
    if result.known["kept"] < 1 - MOST_LOST:
        failed.append(f"known words keep {result.known['kept']:.4f} of the held-out texts, against {1 - MOST_LOST}")
    print(f"{case.name}: {', '.join(lines)}; known {result.known}; weights {[m['weights'] for m in result.modes.values()]}", file=sys.stderr)
    if failed and must_hold:
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
    parser.add_argument("--out", help="folder of the artefacts; default: the model's own")
    parser.add_argument("--sample", type=int, help="tries the whole way on that many rows, without the gates; needs --out")
    if case.epochs:
        parser.add_argument("--layers", type=Path, help="folder of this model, trained before: takes its layers of the encoder, and does all else anew")
    arguments = parser.parse_args()
    if not arguments.data or not Path(arguments.data).is_file():
        found = f"no file {arguments.data}" if arguments.data else "no data named"
        parser.error(f"{found}: pass --data PATH/{file} or set {case.environment}")
    if arguments.sample and not arguments.out:
        parser.error("a model of a sample is no model: say with --out where it may lie")
    result = train(case, Path(arguments.data), getattr(arguments, "layers", None), arguments.sample)
    text_artefacts.write(Path(arguments.out or case.folder), result)
