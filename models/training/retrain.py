"""
Trains a challenger on what a champion has decided and what became of it:

    bash models/training/train.sh retrain --champion models/lead-scoring --rows rows.csv --out DIR/lead-scoring --version 1.1.0

The rows are in the order of their decisions: `decision`, `happened` (0 or 1) and, by `feature.<name>`, the features as the
champion saw them. The newest fifth is held out: what is to come is what a model is for.
"""

import argparse
import datetime
import importlib.metadata
import json
import platform
from pathlib import Path

import numpy as np
import pandas as pd
from interpret.glassbox import ExplainableBoostingClassifier

import artefacts
import ebm_onnx
from card import MEASURES, bins_table, fairness, figure, table
from features import feature_frame, sha256, with_data
from figures import by_group, figures, operating_point, reliability
from run import HOLDOUT, PACKAGES, dictionaries, onnx_distance
from usecase import SEED, UseCase

BAGS = 4
# Below these, figures are chance.
FEWEST_HELD, FEWEST_IN_GROUP = 100, 30
ONNX_LIMIT = 1e-5
# Categories beyond this are merged for pairs, which the ONNX graph does not do.
PAIRED_CATEGORIES = 32


def recipe(features: list[dict], pairs: list[tuple[int, int]]) -> ExplainableBoostingClassifier:
    """The champion's terms over again, on one thread: decisions are made on the same machine."""
    return ExplainableBoostingClassifier(
        feature_names=[f["name"] for f in features],
        feature_types=["nominal" if f["kind"] == "categorical" else "continuous" for f in features],
        interactions=pairs,
        outer_bags=BAGS,
        random_state=SEED,
        n_jobs=1,
    )


def pairs_of(manifest: dict) -> list[tuple[int, int]]:
    """The champion's pairs, by the places of their features."""
    place = {f["name"]: n for n, f in enumerate(manifest["features"]) if len(f.get("categories", ())) <= PAIRED_CATEGORIES}
    return [tuple(place[name] for name in t["features"]) for t in manifest["terms"] if len(t["features"]) == 2 and set(t["features"]) <= place.keys()]


def recorded_frame(table_: pd.DataFrame, features: list[dict]) -> pd.DataFrame:
    """The features as they were recorded: policies and derivations have been applied, empty is not known."""
    columns = {}
    for feature in features:
        raw = table_.get(f"feature.{feature['name']}", pd.Series("", index=table_.index))
        known = raw.where(raw != "", None).astype(object)
        columns[feature["name"]] = known if feature["kind"] == "categorical" else known.astype(float).astype(np.float32)
    return pd.DataFrame(columns)


def declared(features: list[dict]) -> list[dict]:
    """The champion's features; a default that the new dictionary lacks becomes the model's own missing or unseen bin."""
    result = []
    for feature in features:
        known = feature.get("categories")
        changed = {
            name: feature[name] | {"value": None}
            for name in ("missing", "invalid", "unseen")
            if known is not None and feature.get(name, {}).get("on") == "default" and feature[name]["value"] not in known
        }
        result.append(feature | changed)
    return result


def groups_of(frame: pd.DataFrame, features: list[dict]) -> dict[str, pd.Series]:
    """What figures are told by: each category, and where there is none the halves of each number."""
    names = [f["name"] for f in features if f["kind"] == "categorical"]
    if names:
        return {name: frame[name].fillna("not known") for name in names}
    return {f["name"]: (frame[f["name"]] > frame[f["name"]].median()).map({True: "upper half", False: "lower half"}) for f in features}


def audited(groups: dict, truth: np.ndarray, score: np.ndarray, threshold: float) -> dict:
    """Figures of the groups that are large enough and in which both things happened."""
    result = {}
    for name, group in groups.items():
        sizes = pd.DataFrame({"group": group.to_numpy(), "truth": truth}).groupby("group")["truth"].agg(["size", "sum"])
        usable = sizes[(sizes["size"] >= FEWEST_IN_GROUP) & (sizes["sum"] > 0) & (sizes["sum"] < sizes["size"])].index
        inside = group.isin(usable).to_numpy()
        if len(usable) > 1:
            result[name] = by_group(group[inside], truth[inside], score[inside], threshold)
    return result


def card(manifest: dict, result) -> str:
    """The whole card."""
    holdout, data = manifest["metrics"]["holdout"], manifest["training"]["data"]
    share = f"share of {manifest['positive']}"
    measured = table(["rows", share] + [title for _, title in MEASURES], [[f"{holdout['rows']:,}", f"{holdout['rate']:.3f}"] + [figure(holdout[m]) for m, _ in MEASURES]])
    groups = fairness(result.groups, share, "called") or "No group is large enough to be told apart."
    return f"""# {manifest["name"]} {manifest["version"]}

{manifest["title"]}. The score is the probability of `{manifest["positive"]}`. Trained by Signalbox on its own decisions and what became of them; written by
`models/training/retrain.py`.

## Data
{data["source"]}. {data["rows"]:,} decisions whose outcome is known (sha256 `{data["sha256"]}`). Split: {manifest["training"]["split"]}.

## Figures
On the held-out rows.

{measured}

## Calibration
![Reliability](reliability.svg)

{bins_table(result.bins, share)}

## Groups
By what the model sees: protected attributes are not recorded with decisions, so nothing is said of them here.

{groups}

## Limits
Outcomes are known only of decisions that were acted on.
"""


def parity(champion: Path, model, features: list[dict]) -> str:
    """The champion's fixture, as the new model scores it; empty where the champion has none."""
    fixture = champion / "parity.jsonl"
    if not fixture.is_file():
        return ""
    raws = [json.loads(line)["row"] for line in fixture.read_text(encoding="utf8").splitlines()]
    frame = feature_frame(pd.DataFrame(raws), features)
    pairs = zip(raws, model.predict_proba(frame)[:, 1], model.eval_terms(frame))
    return "".join(json.dumps({"row": raw, "score": artefacts.rounded(s), "contributions": artefacts.rounded(terms)}) + "\n" for raw, s, terms in pairs)


def read_rows(path: Path) -> tuple[pd.DataFrame, int]:
    """The rows, and how many of them train; ends where too little has happened."""
    rows = pd.read_csv(path, keep_default_na=False, dtype=str)
    cut = len(rows) - int(len(rows) * HOLDOUT)
    happened = rows["happened"].to_numpy()
    if len(rows) - cut < FEWEST_HELD or len(set(happened[:cut])) < 2 or len(set(happened[cut:])) < 2:
        raise SystemExit(f"nothing written: {len(rows)} rows with an outcome are too few to hold {FEWEST_HELD} out, or only one thing ever happened")
    return rows, cut


def retrain(champion: Path, path: Path, version: str) -> tuple[artefacts.Result, str]:
    """Trains on the older rows and measures on the newest; the result and the parity fixture."""
    before = json.loads((champion / "manifest.json").read_text(encoding="utf8"))
    if before["task"] != "binary":
        raise SystemExit("nothing written: only models with two classes are trained from outcomes")
    rows, cut = read_rows(path)
    frame, truth = recorded_frame(rows, before["features"]), rows["happened"].astype(int).to_numpy()
    model = recipe(before["features"], pairs_of(before)).fit(frame.iloc[:cut], truth[:cut])
    features = declared(with_data(before["features"], dictionaries(model, before["features"]), frame.iloc[:cut]))
    held, held_truth, threshold = frame.iloc[cut:], truth[cut:], before["threshold"]["label"]
    score = model.predict_proba(held)[:, 1]
    case = UseCase(
        folder=champion, version=version, title=before["title"], label="happened", id_column="decision", not_features=(), classes=tuple(before["classes"]),
        data={}, environment="", fit=recipe, gates={}, max_defaults=before["maxDefaults"], card=card, words={"share": f"of {before['positive']}"}, positive=before["positive"],
        score_word=before.get("scoreWord", ""),
    )  # fmt: skip
    onnx_model = ebm_onnx.export(model, before["name"].replace("-", "_"))
    if (distance := onnx_distance(case, model, onnx_model, held, features)) > ONNX_LIMIT:
        raise SystemExit(f"nothing written: the ONNX file is {distance} from the trained model")
    policy = {
        "classes": before["classes"],
        "positive": before["positive"],
        "intercept": float(np.float32(model.intercept_[0])),
        "threshold": before["threshold"] | {k: v for k, v in operating_point(held_truth, score, threshold).items() if k != "threshold"},
        "operatingPoints": [operating_point(held_truth, score, p["threshold"]) for p in before["operatingPoints"]],
    }
    result = artefacts.Result(
        case=case,
        model=model,
        onnx=onnx_model,
        features=features,
        seed=SEED,
        trained=datetime.date.today().isoformat(),
        versions={"python": platform.python_version()} | {p: importlib.metadata.version(p) for p in PACKAGES},
        data={"name": "decisions", "rows": len(rows), "sha256": sha256(path), "licence": "the tenant's own", "source": "Decisions of Signalbox and their outcomes"},
        split=f"the newest {HOLDOUT:.0%} of the decisions are held out; their ids are in holdout.txt",
        holdout_ids=list(rows["decision"].iloc[cut:]),
        policy=policy,
        metrics={"holdout": figures(held_truth, score, SEED)},
        bins=reliability(held_truth, score),
        groups=audited(groups_of(held, features), held_truth, score, threshold),
        history=before.get("history"),
        entry=before.get("useCase"),
        groups_told=before.get("groups"),
    )
    return result, parity(champion, model, features)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Trains a challenger on decisions and their outcomes.")
    for name, told in (("champion", "folder of the model that decided"), ("rows", "CSV of decisions with their outcomes"), ("out", "folder of the challenger"), ("version", "its version")):
        parser.add_argument(f"--{name}", required=True, help=told)
    arguments = parser.parse_args()
    out = Path(arguments.out)
    result, fixture = retrain(Path(arguments.champion), Path(arguments.rows), arguments.version)
    artefacts.write(out, result, fixture)


if __name__ == "__main__":
    main()
