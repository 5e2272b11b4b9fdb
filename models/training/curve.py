"""
Draws what retraining is worth on data whose meaning moved: a model that was trained once, on the first 60 % of the bank
marketing calls, beside one that is trained anew every 5 % on the 25 % before (rows are in order of time).

    bash models/training/train.sh curve --data PATH/bank_marketing.csv.gz --out docs/learning.svg
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np
from sklearn.metrics import log_loss, roc_auc_score

from features import feature_frame, read_data
from figures import ece
from retrain import pairs_of, recipe

CHAMPION = Path(__file__).parent.parent / "lead-scoring"
FROZEN, WINDOW, BLOCK = 60, 25, 5
MEASURES = {"AUC": roc_auc_score, "log-loss": log_loss, "ECE": ece}
FLOOR = 1e-4


def stability(before: np.ndarray, after: np.ndarray) -> float:
    """Population stability index of two windows of scores, over the deciles of the first."""
    cuts = np.quantile(before, np.linspace(0.1, 0.9, 9))
    shares = [np.maximum(np.bincount(np.searchsorted(cuts, s, side="left"), minlength=10) / len(s), FLOOR) for s in (before, after)]
    return float(((shares[1] - shares[0]) * np.log(shares[1] / shares[0])).sum())


def measured(path: Path) -> dict:
    """Figures of both, by block and over all blocks together."""
    manifest = json.loads((CHAMPION / "manifest.json").read_text(encoding="utf8"))
    features, pairs = manifest["features"], pairs_of(manifest)
    table = read_data(path, features, "y")
    frame, truth = feature_frame(table, features), (table["y"] == "yes").to_numpy().astype(int)

    def trained(start: int, end: int):
        rows = slice(len(table) * start // 100, len(table) * end // 100)
        return recipe(features, pairs).fit(frame.iloc[rows], truth[rows])

    frozen, blocks = trained(0, FROZEN), []
    reference = frozen.predict_proba(frame.iloc[: len(table) * FROZEN // 100])[:, 1]
    for start in range(FROZEN, 100, BLOCK):
        rows = slice(len(table) * start // 100, len(table) * (start + BLOCK) // 100)
        scores = {"frozen": frozen, "retrained": trained(start - WINDOW, start)}
        blocks.append({"from": start, "truth": truth[rows]} | {name: model.predict_proba(frame.iloc[rows])[:, 1] for name, model in scores.items()})
    together = {key: np.concatenate([b[key] for b in blocks]) for key in ("truth", "frozen", "retrained")}

    def told(block: dict) -> dict:
        return {name: {m: round(float(f(block["truth"], block[name])), 3) for m, f in MEASURES.items()} for name in ("frozen", "retrained")}

    return {
        "together": told(together) | {"psi": round(stability(reference, together["frozen"]), 2)},
        "blocks": [{"from": b["from"], "rate": round(float(b["truth"].mean()), 3), "psi": round(stability(reference, b["frozen"]), 2)} | told(b) for b in blocks],
    }


def panel(figures: dict, measure: str, left: int, most: float) -> list[str]:
    """One measure of both models over the blocks."""
    width, top, bottom, blocks = 250, 44, 250, figures["blocks"]

    def x(n: float) -> float:
        return round(left + n / (len(blocks) - 1) * width, 1)

    def y(value: float) -> float:
        return round(bottom - value / most * (bottom - top), 1)

    lines = [f'<path d="M{left} {top}V{bottom}H{left + width}" stroke="#333" fill="none"/>', f'<text x="{left}" y="{top - 12}">{measure}</text>']
    for tick in np.linspace(0, most, 5):
        lines.append(f'<text x="{left - 6}" y="{y(tick) + 4}" text-anchor="end">{tick:g}</text>')
    for n, block in enumerate(blocks):
        lines.append(f'<text x="{x(n)}" y="{bottom + 16}" text-anchor="middle">{block["from"]}</text>')
    for name, colour, dash in (("frozen", "#c33", ' stroke-dasharray="5 3"'), ("retrained", "#0a6", "")):
        points = [(x(n), y(b[name][measure])) for n, b in enumerate(blocks)]
        lines.append(f'<path d="M{"L".join(f"{px} {py}" for px, py in points)}" stroke="{colour}" fill="none"{dash}/>')
        lines += [f'<circle cx="{px}" cy="{py}" r="3" fill="{colour}"/>' for px, py in points]
        lines.append(f'<text x="{points[-1][0] + 6}" y="{points[-1][1] + 4}" fill="{colour}">{name}</text>')
    return lines


def ceiling(figures: dict, measure: str) -> float:
    """The upper end of the scale: a multiple of .4."""
    return float(np.ceil(max(b[name][measure] for b in figures["blocks"] for name in ("frozen", "retrained")) / 0.4) * 0.4)


def svg(figures: dict) -> str:
    """Log-loss and calibration error of both models, block by block."""
    lines = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 290" width="760" height="290" font-family="sans-serif" font-size="11">',
        "<title>A model that is trained once, and one that is retrained, on the bank marketing calls in order of time</title>",
        '<rect width="760" height="290" fill="#fff"/>',
        *panel(figures, "log-loss", 44, round(ceiling(figures, "log-loss"), 1)),
        *panel(figures, "ECE", 424, round(ceiling(figures, "ECE"), 1)),
        '<text x="380" y="284" text-anchor="middle">calls from this percentage of the data on, 5 % each</text>',
    ]
    return "\n".join([*lines, "</svg>"]) + "\n"


def main() -> None:
    """The command line; the figures go to stdout, the picture into the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default=os.environ.get("BANK_MARKETING_CSV"), help="bank_marketing.csv.gz; default: $BANK_MARKETING_CSV")
    parser.add_argument("--out", required=True, help="the picture")
    arguments = parser.parse_args()
    if not arguments.data or not Path(arguments.data).is_file():
        parser.error("no data: pass --data PATH/bank_marketing.csv.gz or set BANK_MARKETING_CSV")
    figures = measured(Path(arguments.data))
    Path(arguments.out).write_text(svg(figures), encoding="utf8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
