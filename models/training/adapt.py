"""
Adapts a text model to a tenant's own texts, labelled by people:

    npm run train -- adapt --model models/sentiment --labels labelled.csv --out .signalbox/models/sentiment --version 1.1.0

The file has the columns `text` and `label`, a label being one of the model's classes. A few hundred rows are enough, because the
model stays the starting point: what is fitted is how the log-odds of its halves are to be read here, and a correction by the encoder's
mean hidden states, penalised for leaving it. All is folded into the two halves, so what is written is a model like any other.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np
import pandas as pd
from safetensors.numpy import load

import encoder
import text_artefacts
from card import bins_table
from figures import RESAMPLES, class_figures
from text_card import figures_table, gates, points_table
from text_model import FOLDS, SEED, SentenceHalf, WordHalf, log_loss, softmax, weigh
from text_run import TextResult, Texts, judge, told
from text_shift import Adapted, Said, out_of_fold
from text_words import Words, in_bytes, terms_of
from textcase import Split, TextCase


@dataclass
class Base:
    """The model to begin with."""

    manifest: dict
    words: WordHalf
    sentence: SentenceHalf
    top: bytes | None

    @classmethod
    def read(cls, folder: Path) -> "Base":
        """From its folder."""
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf8"))
        if manifest["task"] != "text":
            raise SystemExit(f"{folder}: adapts text models only, this is one of task {manifest['task']}")
        if "beyond" in manifest["modes"]["full"]:
            raise SystemExit(f"{folder}: rejects texts that are out of scope, which labels of its classes say nothing about: train it anew")
        if manifest["encoder"] != text_artefacts.encoder_digest():
            raise SystemExit(f"{folder}: was trained with another encoder than models/text holds")
        tensors = load((folder / manifest["file"]).read_bytes())
        words = WordHalf(Words.read(tensors), tensors["words.weights"], tensors["words.scale"], tensors["words.intercept"])
        top = (folder / manifest["top"]["file"]).read_bytes() if "top" in manifest else None
        return cls(manifest, words, SentenceHalf(tensors["sentence.weights"], tensors["sentence.intercept"]), top)


def folded(base: Base, found: Adapted) -> tuple[WordHalf, SentenceHalf]:
    """The two halves with the shifts inside."""
    alone, weight = (base.manifest["modes"][mode]["weights"][half] for mode, half in (("words", "words"), ("full", "sentence")))
    terms = alone * base.words.weights.astype(np.float64) * base.words.scale[:, None]
    intercept = alone * base.words.intercept @ found.words.turn + found.words.start
    words = WordHalf(base.words.words, *in_bytes(terms @ found.words.turn), intercept.astype(np.float32))
    sentence = weight * base.sentence.weights.T.astype(np.float64) @ found.sentence.turn + found.sentence.correct
    start = weight * base.sentence.intercept @ found.sentence.turn + found.sentence.start
    return words, SentenceHalf(sentence.T.astype(np.float32), start.astype(np.float32))


def read_labels(path: Path, classes: list[str]) -> tuple[list[str], np.ndarray]:
    """Texts and the places of their labels; ends with the row that cannot be used."""
    table = pd.read_csv(path, keep_default_na=False, dtype=str)
    if missing := sorted({"text", "label"} - set(table.columns)):
        raise SystemExit(f"{path}: no column {', '.join(missing)}; found {', '.join(table.columns)}")
    for row, (text, label) in enumerate(zip(table["text"], table["label"]), start=1):
        if label not in classes:
            raise SystemExit(f'{path}: row {row}: "{label}" is no class of the model; they are {", ".join(classes)}')
        if not text.strip():
            raise SystemExit(f"{path}: row {row}: no text")
    few = {c: n for c in classes if (n := int((table["label"] == c).sum())) < 2 * FOLDS}
    if few:
        raise SystemExit(f"{path}: too few rows: {', '.join(f'{n} of {c}' for c, n in few.items())}; {2 * FOLDS} of each class are the least")
    return list(table["text"]), np.array([classes.index(label) for label in table["label"]])


def better(before: np.ndarray, after: np.ndarray, truth: np.ndarray) -> dict:
    """Log-loss before less that after, with its 95 % interval by a paired bootstrap over rows; ends where 0 is in it."""
    gain, random = log_loss(before, truth) - log_loss(after, truth), np.random.default_rng(SEED)
    low, high = np.quantile([gain[random.integers(0, len(gain), len(gain))].mean() for _ in range(RESAMPLES)], [0.025, 0.975])
    if low <= 0:
        raise SystemExit(f"nothing written: no better than the model as it is: log-loss lower by {gain.mean():.4f} ({low:.4f} to {high:.4f})")
    return {"value": float(gain.mean()), "low": float(low), "high": float(high)}


def adapt(base: Base, path: Path, out: Path, version: str) -> tuple[TextResult, Callable]:
    """Fits, measures out of fold, and folds the fit into the model's halves; the result, and what writes its card."""
    classes, modes = base.manifest["classes"], base.manifest["modes"]
    texts, truth = read_labels(path, classes)
    counts, means = [terms_of(text) for text in texts], encoder.means(texts, base.top)
    alone, weights = modes["words"]["weights"]["words"], modes["full"]["weights"]
    said = Said(alone * base.words.logits(counts), weights["sentence"] * base.sentence.logits(means), weights["words"] / alone, means)
    both, words = out_of_fold(said, truth)
    (warmth,), (cool,) = weigh([both], truth), weigh([words], truth)
    before = said.share * said.words + said.sentence
    found = {"before": before, "gain": better(before, warmth * both, truth), "truth": truth}
    case = case_of(base, path, out, version)
    rows = np.arange(len(truth))
    data = Texts(pd.DataFrame({"text": texts}), texts, np.array(classes)[truth], counts, means, Split(train=rows, held=rows))
    made = {"full": {"weights": {"words": round(warmth * said.share, 4), "sentence": warmth}}, "words": {"weights": {"words": cool, "sentence": 0}}}
    known = base.manifest["features"][0]["known"]
    result = TextResult(case, classes, *folded(base, Adapted.to(said, truth)), made, {}, {}, [], known, told(case, path, data), "", [int(n) + 1 for n in rows], base.top)
    judge(result, "full", data, rows, softmax(warmth * both))
    judge(result, "words", data, rows, softmax(cool * words))
    return result, lambda manifest, result: card(manifest, result, base, found)


def case_of(base: Base, path: Path, out: Path, version: str) -> TextCase:
    """The base's declarations, with the tenant's data."""
    manifest, (feature,) = base.manifest, base.manifest["features"]
    automate = manifest["modes"]["full"]["gates"]["automate"]
    return TextCase(
        folder=out,
        version=version,
        title=manifest["title"],
        column=feature["column"],
        label="label",
        paths=tuple(feature["paths"]),
        data={"name": "own labels", "file": path.name, "licence": "the tenant's own", "source": f"Texts labelled by people; begun from {manifest['name']} {manifest['version']} (weights sha256 {manifest['sha256']})"},
        environment="",
        split=lambda table: Split(train=table, held=table),
        split_words=f"{FOLDS} folds: each text is scored by a fit that has not seen it; what is written is fitted on all",
        automate={key: automate[key] for key in ("from", "why")},
        points=tuple(p["threshold"] for p in manifest["modes"]["full"]["operatingPoints"]),
        gates={},
        labelled="",
        limits="",
        costs={},
        longest=feature["longest"],
    )


def card(manifest: dict, result: TextResult, base: Base, found: dict) -> str:
    """card.md"""
    data, classes = manifest["training"]["data"], np.array(base.manifest["classes"])
    before = class_figures(classes[found["truth"]], softmax(found["before"]), classes, SEED)
    gain = found["gain"]
    return f"""# {manifest["name"]} {manifest["version"]}

{manifest["title"]}: one of {len(classes)}. `{base.manifest["name"]} {base.manifest["version"]}`, adapted to own texts; written by `models/training/adapt.py`, do not edit.

## Method
The log-odds of each half are read anew (one matrix each), and those of the sentence corrected by the encoder's mean hidden states, by logistic regressions that are penalised for leaving
the model as it was, the words first, so that they serve alone, too. All of it is folded into the two halves. Each penalty is the one with the least log-loss on texts that were not fitted.

## Data
{data["source"]}. {data["rows"]:,} texts (sha256 `{data["sha256"]}`). Split: {manifest["training"]["split"]}.

## Figures
Before, on the same texts: right {before["top1"]["value"]:.4f}, macro-F1 {before["macroF1"]["value"]:.4f}, log-loss {before["logLoss"]["value"]:.4f}.
Log-loss is lower by {gain["value"]:.4f} ({gain["low"]:.4f} to {gain["high"]:.4f}, paired bootstrap); without such a gain nothing is written. After:

{figures_table(manifest["metrics"])}

## Calibration
![Reliability](reliability.svg)

{bins_table(result.bins["full"], "share right")}

## Gates
{gates(manifest["modes"])}

{points_table(manifest["modes"])}

## Groups
Texts carry no personal attribute; nothing is said of groups.

## Limits
As good as the labels, and for texts like them. One temperature was fitted on the scores that the figures are of.
"""


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Adapts a text model to own texts, labelled by people.")
    for name, words in (("model", "folder of the model to begin with"), ("labels", "CSV with the columns text and label"), ("out", "folder of the adapted model, named as the model is"), ("version", "its version")):
        parser.add_argument(f"--{name}", required=True, help=words)
    arguments = parser.parse_args()
    base, out = Base.read(Path(arguments.model)), Path(arguments.out)
    if out.name != base.manifest["name"]:
        parser.error(f"--out: the folder must be named after the model, {base.manifest['name']}")
    text_artefacts.write(out, *adapt(base, Path(arguments.labels), out, arguments.version))


if __name__ == "__main__":
    main()
