"""Writes what training leaves behind: the ONNX file, its manifest, the held-out row ids, the parity fixture and the card."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from card import card, reliability_svg

FIXTURE_ROWS = 200
VERSION = "1.0.0"
# More features than this taken from defaults, and the model abstains: the score would be an average, not an opinion.
MAX_DEFAULTS = 8


@dataclass
class Result:
    """All that one training run found out."""

    model: object
    onnx: object
    features: list
    seed: int
    trained: str
    versions: dict
    data: dict
    split: str
    holdout_ids: list
    threshold: dict
    points: list
    metrics: dict
    bins: list
    groups: dict
    gates: dict


def manifest(result: Result, onnx_sha256: str) -> dict:
    """The contract between the ONNX file and models/manifest.ts."""
    names = [f["name"] for f in result.features]
    terms = [[names[i] for i in features] for features in result.model.term_features_]
    return {
        "manifestVersion": 1,
        "name": "lead-scoring",
        "version": VERSION,
        "title": "How likely a lead is to say yes to the offer when called",
        "task": "binary",
        "file": "model.onnx",
        "sha256": onnx_sha256,
        "classes": ["no", "yes"],
        "positive": "yes",
        "intercept": float(np.float32(result.model.intercept_[0])),
        "threshold": result.threshold,
        "operatingPoints": result.points,
        "maxDefaults": MAX_DEFAULTS,
        "features": result.features,
        "terms": [{"name": " & ".join(features), "features": features} for features in terms],
        "metrics": result.metrics,
        "training": {"date": result.trained, "seed": result.seed, "split": result.split, "data": result.data, "versions": result.versions},
    }


def synthetic_rows(result: Result) -> tuple[list[dict], pd.DataFrame]:
    """
    Rows drawn from the dictionaries and ranges, never from the data, as raw text and as model features. One in twenty
    cells is unseen (categories) or empty (numbers whose default is the model's own missing bin).
    """
    random = np.random.default_rng(result.seed)
    raws, rows = [], []
    for _ in range(FIXTURE_ROWS):
        raw, row = {}, {}
        for feature in result.features:
            unusual = random.random() < 0.05
            column = feature["column"]
            if feature["kind"] == "categorical":
                value = "never seen" if unusual else str(random.choice(feature["categories"]))
                raw[column], row[feature["name"]] = value, value
            elif feature["kind"] == "flag":
                row[feature["name"]] = float(row["pdays"] >= feature["atLeast"])
            elif unusual and feature["missing"].get("value", 0) is None:
                raw[column], row[feature["name"]] = "", np.nan
            else:
                low, high = feature["seen"]
                whole = feature["name"] in ("campaign", "pdays", "previous")
                value = int(random.integers(low, high + 1)) if whole else round(float(random.uniform(low, high)), 3)
                raw[column], row[feature["name"]] = ("999" if feature["name"] == "pdays" and value == -1 else str(value)), float(value)
        raws.append(raw)
        rows.append(row)
    frame = pd.DataFrame(rows)
    for feature in result.features:
        if feature["kind"] != "categorical":
            frame[feature["name"]] = frame[feature["name"]].astype(np.float32)
    return raws, frame


def parity_lines(result: Result) -> list[str]:
    """One JSON line per synthetic row: the raw cells and what the Python model (not the ONNX file) makes of them."""
    raws, frame = synthetic_rows(result)
    scores, contributions = result.model.predict_proba(frame)[:, 1], result.model.eval_terms(frame)
    return [
        json.dumps({"row": raw, "score": round(float(s), 9), "contributions": [round(float(c), 9) for c in terms]})
        for raw, s, terms in zip(raws, scores, contributions)
    ]


def write(folder: Path, result: Result) -> None:
    """Writes every artefact into the folder; the files of an earlier run are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    data = result.onnx.SerializeToString(deterministic=True)
    (folder / "model.onnx").write_bytes(data)
    contents = manifest(result, hashlib.sha256(data).hexdigest())
    texts = {
        "manifest.json": json.dumps(contents, indent=2, ensure_ascii=False),
        "holdout.txt": "\n".join(str(i) for i in result.holdout_ids),
        "parity.jsonl": "\n".join(parity_lines(result)),
        "reliability.svg": reliability_svg(result.bins),
        "card.md": card(contents, result),
    }
    for name, text in texts.items():
        (folder / name).write_text(text + "\n", encoding="utf8")
