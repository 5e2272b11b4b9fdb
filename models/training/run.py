"""One training run: data in, model trained, figures measured, gates checked, artefacts written."""

import argparse
import datetime
import importlib.metadata
import os
import platform
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from sklearn.model_selection import train_test_split

import artefacts
from features import encode, feature_frame, load_features, read_data, sha256, with_data
from outcome import outcome
from usecase import SEED, Prepared, UseCase

HOLDOUT = 0.2
PACKAGES = ("interpret-core", "scikit-learn", "numpy", "pandas", "onnx", "onnxruntime")
# Audited groups smaller than this have figures too uncertain to stop a training.
SMALLEST_GROUP = 200
AT_LEAST = {"auc", "prAuc", "f1", "top1", "top3", "qini", "gain"}


def prepared(case: UseCase, path: Path) -> Prepared:
    """The data set, its features and its split."""
    features = load_features(case.folder, case.not_features)
    table = read_data(path, features, case.label, case.id_column)
    if case.usable:
        table = table[case.usable(table)].reset_index(drop=True)
    truth = case.truth(table) if case.truth else (table[case.label] == case.positive).to_numpy().astype(int)
    if case.split:
        rows, held = case.split(table, truth)
    else:
        rows, held = train_test_split(np.arange(len(table)), test_size=HOLDOUT, random_state=SEED, stratify=truth)
    return Prepared(table, feature_frame(table, features), truth, features, rows, held)


def check_gates(gates: dict, measured: dict) -> None:
    """Ends training with the list of what does not hold."""
    kind = {name: name.split(".")[-1] for name in measured}
    failed = [f"{n} {v:.5f} against {gates[n]}" for n, v in measured.items() if (v < gates[n] if kind[n] in AT_LEAST else v > gates[n])]
    if failed:
        raise SystemExit("nothing written, gates failed: " + "; ".join(failed))


def onnx_distance(case: UseCase, model, onnx_model, frame, features) -> float:
    """The greatest difference between the Python model and its ONNX file over the rows, in probability or contribution."""
    session = onnxruntime.InferenceSession(onnx_model.SerializeToString())
    probability, contributions = session.run(["probability", "contributions"], {"features": encode(frame, features)})
    expected = case.probability(model, frame)
    probability = probability[:, 0] if case.task == "binary" else probability
    return float(max(np.abs(probability - expected).max(), np.abs(contributions - model.eval_terms(frame)).max()))


def dictionaries(model, features: list[dict]) -> dict[str, list[str]]:
    """The categories of each feature in code order."""
    pairs = zip(features, model.bins_)
    return {f["name"]: sorted(levels[0], key=levels[0].get) for f, levels in pairs if f["kind"] == "categorical"}


def ids(values) -> list:
    """Row ids in order, without repeats: by number where they are numbers."""
    unique = set(values)
    return sorted(map(int, unique)) if all(str(v).isdigit() for v in unique) else sorted(unique)


def train(case: UseCase, path: Path) -> artefacts.Result:
    """Trains, measures on the held-out rows and checks the gates."""
    data = prepared(case, path)
    rows, held = data.rows, data.held
    model = case.train(data, rows)
    features = with_data(data.features, dictionaries(model, data.features), data.frame.iloc[rows])
    onnx_model = case.export(model, case.name.replace("-", "_"))

    found = outcome(case, data, model)
    gaps = [abs(g["meanScore"] - g["rate"]) for audit in found.groups.values() for g in audit if g["rows"] >= SMALLEST_GROUP]
    metrics = {"holdout": found.holdout, **case.metrics(data, model)}
    if case.arm:
        found.policy["trial"] |= case.trials(data)
    own = case.own_gates(found.policy)
    measured = {name: figure_at(metrics, name) for name in case.gates if name not in (*own, "groupCalibration", "onnx")} | own
    distance = onnx_distance(case, model, onnx_model, data.frame.iloc[held], features)
    check_gates(case.gates, measured | {"groupCalibration": max(gaps, default=0), "onnx": distance})
    print(f"{case.name}: " + ", ".join(f"{n} {v:.4f}" for n, v in measured.items()) + f", ONNX within {distance:.1e}", file=sys.stderr)
    return artefacts.Result(
        case=case,
        model=model,
        onnx=onnx_model,
        features=features,
        seed=SEED,
        trained=datetime.date.today().isoformat(),
        versions={"python": platform.python_version()} | {p: importlib.metadata.version(p) for p in PACKAGES},
        data={"name": case.data["name"], "rows": len(data.table), "sha256": sha256(path), "licence": case.data["licence"], "source": case.data["source"]},
        split=case.split_words
        or f"scikit-learn train_test_split over the rows, {HOLDOUT:.0%} held out, stratified by {case.label}, random_state {SEED}; {case.id_column} of the held-out rows in holdout.txt",
        holdout_ids=ids(data.table[case.id_column].iloc[held]),
        policy=found.policy,
        metrics=metrics,
        bins=found.bins,
        groups=found.groups,
    )


def figure_at(metrics: dict, name: str) -> float:
    """A figure by `split.measure`, or by its measure on the held-out rows."""
    split, _, measure = name.rpartition(".")
    return metrics[split or "holdout"][measure]["value"]


def main(case: UseCase) -> None:
    """The command line of every train.py."""
    file = case.data["file"]
    parser = argparse.ArgumentParser(description=f"Trains {case.name} and rewrites its folder. The data is not in the repository: {case.data['source']}.")
    parser.add_argument("--data", default=os.environ.get(case.environment), help=f"{file}; default: ${case.environment}")
    parser.add_argument("--out", default=str(case.folder), help="folder of the artefacts")
    arguments = parser.parse_args()
    if not arguments.data or not Path(arguments.data).is_file():
        found = f"no file {arguments.data}" if arguments.data else "no data named"
        parser.error(f"{found}: pass --data PATH/{file} or set {case.environment}")
    artefacts.write(Path(arguments.out), train(case, Path(arguments.data)))
