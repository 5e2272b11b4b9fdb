"""The card of churn."""

from card import allowed, bins_table, columns_of, fairness, made_by, metrics_table, points_table

SHARE = "share that left"
SPLITS = {
    "holdout": "**random: held-out 20 %** (the committed model)",
    "crossValidation": "the training rows, 5-fold cross-validation, twice",
    "withProtected": "the held-out rows, trained with the protected columns too",
}


def ratio(groups: list[dict], called: str, most: str) -> tuple[float, float, float]:
    """Selection of one group, of the other, and the one against the other."""
    by = {g["group"]: g["called"] for g in groups}
    return by[called], by[most], by[called] / by[most]


def card(manifest: dict, result) -> str:
    """The whole card."""
    metrics, threshold, data = manifest["metrics"], manifest["threshold"], manifest["training"]["data"]
    held, cv, gates = metrics["holdout"], metrics["crossValidation"], result.case.gates
    young, senior, parity = ratio(result.groups["age"], "not senior", "senior")
    return f"""# {manifest["name"]} {manifest["version"]}

{manifest["title"]}. The score is the probability of `{manifest["positive"]}`. An explainable boosting machine with one curve per feature and no pairs:
the intercept and the {len(manifest["terms"])} contributions add up to the log-odds of the score, exactly.
This file, the manifest and the plot are written by `training/train.py`; do not edit them.

## Data
{data["source"]}. Licence: {data["licence"]}: a person should clear it before this model
goes to a customer. The data is not in this repository. {data["rows"]:,} rows (sha256 `{data["sha256"]}`), one per customer.
Split: {manifest["training"]["split"]}.
The data is one snapshot without dates: there is no split in time, and no horizon. "Left" means in the month before the snapshot.
The committed model is trained on the other 80 % only, so that anybody can recompute the held-out figures. Six recipes were compared by
cross-validation on the training rows, with the held-out rows in view; they differ by less than .001 in AUC, and the plainest ships.

Not features: `customerID`, and the protected columns `gender`, `SeniorCitizen`, `Partner` and `Dependents`, which are kept for the
audit below. `PhoneService` says what `MultipleLines` says. "No internet service" in the add-ons is read as "No": that there is no internet
is said once, by `InternetService`. `TotalCharges` is blank in the first month and is then missing. Features: {columns_of(manifest)}.
A longer time as a customer never raises the score, with all else equal.

## Figures
95 % intervals from 1,000 bootstrap resamples of the rows; ECE over ten bins of equal count.

{metrics_table(metrics, SPLITS, SHARE)}

The held-out rows are few, and a lucky draw: read the second line for what to expect ({cv["auc"]["value"]:.3f}, not {held["auc"]["value"]:.3f}). Published figures above .90 on
this data come, as far as can be seen, with resampling of the test rows, and are not comparable.

## Calibration
No calibration step was needed: ECE {cv["ece"]["value"]:.3f} in cross-validation. On {held["rows"]:,} rows a perfectly calibrated model has about .02 by chance.

![Reliability](reliability.svg)

{bins_table(result.bins, SHARE)}

## Threshold
Label `{manifest["positive"]}` from {threshold["label"]:g} on: {threshold["costs"]["why"]}, so an offer pays from
{threshold["costs"]["falsePositive"]} / ({threshold["costs"]["falsePositive"]} + {threshold["costs"]["falseNegative"]}) on. On the held-out rows that selects {threshold["share"]:.1%} of the customers, {threshold["precision"]:.1%} of them rightly, and finds {threshold["recall"]:.1%} of those who leave.
It assumes that an offer helps; whether it does is not in this data. A tenant sets bands of its own:

{points_table(manifest, "selected")}

## Groups
At the threshold above, on the held-out rows.

{fairness(result.groups, SHARE, "selected")}

Customers who are not senior are selected {parity:.2f} times as often as seniors ({young:.2f} against {senior:.2f}), below four fifths: seniors leave more often, and contract and
services tell the model so without their age. What is selected is an offer to stay; nobody is refused anything. Where a selection has
worse consequences for a person than that, do not use this model without a policy for this. Training stops when the mean score of
a group of 200 rows or more is further than {gates["groupCalibration"]:g} from its share that left{allowed(result.case)}

## Limits
- A fictional American telephone company, one month. It ranks; before it is used on other customers it must be trained on their outcomes.
- A value that is not in the dictionary, and an empty cell, add nothing to the score and are reported in `defaults`. More than {manifest["maxDefaults"]} features from
  defaults, and the model abstains; it abstains too on text in a number and on impossible numbers, naming the column.
- Numbers beyond those seen in training score like the nearest seen one.
- Tenure, monthly and total charges tell much of the same: how their joint effect is shared out among them is the model's choice.

{made_by(manifest, gates, "telco_churn.csv")}"""
