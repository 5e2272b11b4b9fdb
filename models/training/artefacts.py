"""Writes what training leaves behind: the ONNX file, its manifest, the held-out row ids, the parity fixture and the card."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from card import reliability_svg
from disparity import groups_json
from features import TIME, encode, feature_frame
from uplift import recommended
from usecase import UseCase

FIXTURE_ROWS = 200
UNUSUAL = 0.05


@dataclass
class Result:
    """All that one training run found out."""

    case: UseCase
    model: object
    onnx: object
    features: list
    seed: int
    trained: str
    versions: dict
    data: dict
    split: str
    holdout_ids: list
    policy: dict
    metrics: dict
    bins: list
    groups: dict
    # What is declared of the past, and the entry in the catalogue of use cases.
    history: dict | None = None
    entry: dict | None = None
    # Reasons that tell several features as one, by name.
    groups_told: dict | None = None
    files: dict = field(default_factory=dict)


def manifest(result: Result, onnx_sha256: str) -> dict:
    """The contract between the ONNX file and models/manifest.ts."""
    case, names = result.case, [f["name"] for f in result.features]
    terms = [[names[i] for i in features] for features in result.model.term_features_]
    return {
        "manifestVersion": 1,
        "name": case.name,
        "version": case.version,
        "title": case.title,
        **({"scoreWord": case.score_word} if case.score_word else {}),
        **({"useCase": result.entry} if result.entry else {}),
        "task": case.task,
        "file": "model.onnx",
        "sha256": onnx_sha256,
        **result.policy,
        "maxDefaults": case.max_defaults,
        **({"history": result.history} if result.history else {}),
        "features": result.features,
        **({"groups": result.groups_told} if result.groups_told else {}),
        "terms": [{"name": " & ".join(features), "features": features} for features in terms],
        "metrics": result.metrics,
        "training": {"date": result.trained, "seed": result.seed, "split": result.split, "data": result.data, "versions": result.versions},
    }


def draw_number(random, feature: dict, whole: bool) -> str:
    """A number within the seen range, as the text that stands for it in the column."""
    low, high = feature["seen"]
    value = int(random.integers(int(low), int(high) + 1)) if whole else round(float(random.uniform(low, high)), 3)
    sentinel = [text for text, number in feature.get("replace", {}).items() if number == value]
    return sentinel[0] if sentinel else str(value)


def draw_time(random, feature: dict, raw: dict) -> None:
    """A time of 2016, and for a span the later time too."""
    start = pd.Timestamp("2016-01-01") + pd.Timedelta(minutes=int(random.integers(0, 366 * 24 * 60)))
    derive = feature["derive"]
    if derive["by"] == "hoursSince":
        start = pd.to_datetime(raw[derive["column"]], format=TIME) if derive["column"] in raw else start
        raw[derive["column"]] = start.strftime(TIME)
        start += pd.Timedelta(minutes=int(random.exponential(feature["seen"][1] * 6)))
    raw[feature["column"]] = start.strftime(TIME)


def draw_row(random, result: Result) -> dict:
    """Raw cells of one row: one in twenty is unseen (categories) or empty (numbers that have a missing bin of their own)."""
    raw = {}
    for feature in result.features:
        unusual, column, derive = random.random() < UNUSUAL, feature["column"], feature.get("derive", {})
        if column in raw and derive.get("column", column) in raw:
            continue
        if feature["kind"] == "categorical":
            raw[column] = "never seen" if unusual else str(random.choice(feature["categories"]))
        elif derive.get("by") in ("hourOfDay", "weekday", "hoursSince"):
            draw_time(random, feature, raw)
        elif unusual and feature["missing"].get("value", 0) is None:
            raw[column] = ""
            raw.setdefault(derive.get("column", column), "")
        elif derive:
            for operand in (column, derive["column"]):
                if operand not in raw:
                    raw[operand] = str(round(float(random.uniform(*result.case.raw_ranges[operand])), 1))
        else:
            raw[column] = draw_number(random, feature, feature["name"] in result.case.whole)
    return raw


def unknown(raw: dict, features: list[dict]) -> int:
    """How many features of a row are not known to the model; with too many it has no score."""
    values = encode(feature_frame(pd.DataFrame([raw]), features), features)[0]
    unseen = [value > len(f["categories"]) if f["kind"] == "categorical" else np.isnan(value) for f, value in zip(features, values)]
    return sum(unseen)


def parity_lines(result: Result) -> list[str]:
    """
    One JSON line per synthetic row, drawn from dictionaries and ranges and never from the data: the raw cells and what
    the Python model (not the ONNX file) makes of them.
    """
    random = np.random.default_rng(result.seed)
    raws = []
    while len(raws) < FIXTURE_ROWS:
        raw = draw_row(random, result)
        if unknown(raw, result.features) <= result.case.max_defaults:
            raws.append(raw)
    frame = feature_frame(pd.DataFrame(raws), result.features)
    scores, contributions = result.case.probability(result.model, frame), result.model.eval_terms(frame)
    if result.case.task == "multiclass":
        scores, contributions = against_second(scores, contributions)
    if result.case.task == "uplift":
        control, rows = result.case.classes.index(result.case.control), np.arange(len(scores))
        chosen = recommended(scores, control, result.policy["policy"]["leastUplift"])
        scores, contributions = scores[rows, chosen], contributions[rows, :, chosen]
    return [
        json.dumps({"row": raw, "score": rounded(s), "contributions": rounded(terms)})
        for raw, s, terms in zip(raws, scores, contributions)
    ]


def against_second(probabilities: np.ndarray, contributions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The best class's probability, and what each term says for it against the second best."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    rows = np.arange(len(order))
    return probabilities[rows, order[:, 0]], contributions[rows, :, order[:, 0]] - contributions[rows, :, order[:, 1]]


def rounded(values) -> object:
    """Numbers with nine decimals, in the nesting they came in."""
    return [rounded(v) for v in values] if np.ndim(values) else round(float(values), 9)


def with_costs(earlier: Path, card: str) -> str:
    """The card with the costs that `test/bench/score.ts` measured and wrote into the earlier one: training does not measure them."""
    found = re.search(r"## Cost\n.*?(?=## Made by)", earlier.read_text(encoding="utf8"), re.DOTALL) if earlier.exists() else None
    return card.replace("## Made by", f"{found[0]}## Made by", 1) if found else card


def write(folder: Path, result: Result, parity: str | None = None) -> None:
    """Writes every artefact into the folder; the files of an earlier run are replaced. A parity fixture that is given is taken as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    data = result.onnx.SerializeToString(deterministic=True)
    (folder / "model.onnx").write_bytes(data)
    contents = manifest(result, hashlib.sha256(data).hexdigest())
    for name, content in result.files.items():
        (folder / name).write_bytes(content)
    texts = {
        "manifest.json": json.dumps(contents, indent=2, ensure_ascii=False),
        "holdout.txt": "\n".join(str(i) for i in result.holdout_ids),
        "parity.jsonl": "\n".join(parity_lines(result)) if parity is None else parity.rstrip("\n"),
        "reliability.svg": reliability_svg(contents["name"], result.bins, result.case.words),
        "groups.json": groups_json(contents["sha256"], result.groups, result.case.gates, result.case.disparity),
        "card.md": with_costs(folder / "card.md", result.case.card(contents, result)),
    }
    for name, text in texts.items():
        if text == "":
            continue
        (folder / name).write_text(text + "\n", encoding="utf8")
