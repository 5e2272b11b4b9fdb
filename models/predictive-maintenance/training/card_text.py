"""The card of predictive-maintenance."""

from card import allowed, bins_table, columns_of, fairness, made_by, metrics_table, pairs_of, points_table

SHARE = "share that failed"
SPLITS = {
    "holdout": "**random: held-out 20 %** (the committed model)",
    "crossValidation": "the training rows, 5-fold cross-validation",
}


def f1(precision: float, recall: float) -> float:
    """Harmonic mean."""
    return 2 * precision * recall / (precision + recall)


def card(manifest: dict, result) -> str:
    """The whole card."""
    metrics, threshold, data = manifest["metrics"], manifest["threshold"], manifest["training"]["data"]
    held, cv, gates = metrics["holdout"], metrics["crossValidation"], result.case.gates
    failures = round(held["rows"] * held["rate"])
    return f"""# {manifest["name"]} {manifest["version"]}

{manifest["title"]}. The score is the probability of `{manifest["positive"]}`. An explainable boosting machine: one curve per feature and {len(pairs_of(manifest))} pairs,
so that the intercept and the {len(manifest["terms"])} contributions add up to the log-odds of the score, exactly.
This file, the manifest and the plot are written by `training/train.py`; do not edit them.

## Data
{data["source"]}. Licence: {data["licence"]} as stated on the data set's home page; the data is not in this repository.
**Synthetic by design**: its author drew sensor readings and declared failures by five rules. {data["rows"]:,} rows (sha256 `{data["sha256"]}`).
Split: {manifest["training"]["split"]}.
The rows have no dates, so there is no split in time; neighbouring rows are neighbouring readings of a random walk of the temperatures,
which are features only as their difference. The committed model is trained on the other 80 % only, so that anybody can recompute the
held-out figures. About eight recipes were compared by cross-validation on the training rows, with the held-out rows in view.

Not features: `UDI`, `Product ID`, and `TWF`, `HDF`, `PWF`, `OSF`, `RNF`, which are the label taken apart. Computed from the raw columns, here and
at run time alike: power = torque times speed, temperature gap = process less air, strain = torque times wear.
Features: {columns_of(manifest)}. Pairs: {", ".join(pairs_of(manifest))}.

## Figures
95 % intervals from 1,000 bootstrap resamples of the rows; ECE over ten bins of equal count.

{metrics_table(metrics, SPLITS, SHARE)}

F1 at the threshold: {f1(threshold["precision"], threshold["recall"]):.3f} on the held-out rows, {cv["f1"]["value"]:.3f} in cross-validation. With {failures} failures among the held-out rows these figures are uncertain by
several points: read the second line. Not every failure can be known: tool breakage falls at random between 200 and 240 minutes of wear, and
random failures have no cause. Published F1 above .99 on this data look resampled before the split, or leaky.

## Calibration
No calibration step was needed. Nine of ten rows have almost no risk, so that nearly all failures are in the last bin.

![Reliability](reliability.svg)

{bins_table(result.bins, SHARE)}

## Threshold
Label `{manifest["positive"]}` from {threshold["label"]:g} on: {threshold["costs"]["why"]}.
Stopping pays from {threshold["costs"]["falsePositive"]:g} / ({threshold["costs"]["falsePositive"]:g} + {threshold["costs"]["falseNegative"]:g}) on. On the held-out rows that stops {threshold["share"]:.1%} of them, {threshold["precision"]:.1%} rightly, and finds {threshold["recall"]:.1%} of the
failures. Where a breakdown costs much more, as it does in most plants, set a lower band:

{points_table(manifest, "stopped")}

## Groups
No person is judged. By the product's quality grade, at the threshold above, on the held-out rows:

{fairness(result.groups, SHARE, "stopped")}

Training stops when the mean score of a group of 200 rows or more is further than {gates["groupCalibration"]:g} from its share that failed{allowed(result.case)}

## Limits
- A made-up machine. The shape of the model carries over to a real one, its numbers do not: train it on the plant's own failures.
- It rates the present state, not a time to failure: there is no horizon in the data.
- An unknown grade and an empty cell add nothing to the score and are reported in `defaults`. An empty sensor empties what is computed
  from it too; with more than {manifest["maxDefaults"]} features from defaults, as without torque, the model abstains. It abstains too on text in a number and on
  impossible numbers, naming the column.
- Numbers beyond those seen in training score like the nearest seen one.

{made_by(manifest, gates, "ai4i2020.csv")}"""
