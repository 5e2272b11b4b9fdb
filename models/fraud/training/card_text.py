"""The card of fraud, of the model of made-up claims and of one trained on real ones."""

from card import allowed, bins_table, columns_of, fairness, made_by, metrics_table, points_table

SHARE = "share that were fraud"
SPLITS = {
    "holdout": "**random: held-out 20 %** (this model)",
    "time": "time: the same recipe trained on the first 80 %, measured on the last 20 %",
    "withoutCalendar": "random, without month, day, week and year",
    "timeWithoutCalendar": "time, without month, day, week and year",
    "real": "this model on all real claims of the public data set",
}

MADE_UP = """The made-up claims have the columns and values of the public data set, round shares, and effects with round log-odds that follow what is commonly held to
be a red flag of a claim: our judgement, stated in `training/generate.py`, fitted to nothing.
"""


def opening(manifest: dict, is_real: bool) -> str:
    """What must be read first."""
    if not is_real:
        return "**Trained on made-up claims** (`training/generate.py`), because the licence of the public data allows evaluation only: a demonstration of the line, to be trained on a tenant's own claims before anybody relies on it."
    time, timeless = manifest["metrics"]["time"]["auc"]["value"], manifest["metrics"]["timeWithoutCalendar"]["auc"]["value"]
    return f"""**For evaluation only: the licence of the data is not verified. Do not ship this model.** A random split learns the calendar (month and year
together name the weeks in which frauds were found): on later claims the recipe has AUC {time:.3f}, and {timeless:.3f} without month, day, week and year. For claims to come,
take those features out."""


def figures_words(manifest: dict, is_real: bool) -> str:
    """What the figures are of."""
    if is_real:
        return "The held-out rows are a random fifth."
    found = manifest["metrics"].get("real")
    own = "The held-out rows are made up too: they show that the recipe finds what the generator put in, and nothing about real claims."
    return own if found is None else f"{own}\nOn the {found['rows']:,} real claims, none of which was trained on, it has AUC {found['auc']['value']:.3f}: published red flags alone go that far."


def card(manifest: dict, result) -> str:
    """The whole card."""
    threshold, data, gates = manifest["threshold"], manifest["training"]["data"], result.case.gates
    is_real = data["name"] == "vehicle_claim_fraud"
    splits = {name: words for name, words in SPLITS.items() if name in manifest["metrics"]}
    return f"""# {manifest["name"]} {manifest["version"]}

{opening(manifest, is_real)}

{manifest["title"]}. The score is the probability of `{manifest["positive"]}`. An explainable boosting machine with a table per feature and ten pairs:
the intercept and the {len(manifest["terms"])} contributions add up to the log-odds of the score, exactly.
This file, the manifest and the plot are written by `training/train.py`; do not edit them.

## Data
{data["source"]}. Licence: {data["licence"]}. {data["rows"]:,} claims (sha256 `{data["sha256"]}`).
Split: {manifest["training"]["split"]}.
{"" if is_real else MADE_UP}
Not features: `PolicyNumber` (a counter of the rows), `RepNumber` (the clerk), and `Sex`, `MaritalStatus`, `Age` (0 stands for unknown) and `AgeOfPolicyHolder`,
which are kept for the audit. Features: {columns_of(manifest)}.

## Figures
95 % intervals from 1,000 bootstrap resamples of the rows; ECE over ten bins of equal count. {figures_words(manifest, is_real)}

{metrics_table(manifest["metrics"], splits, SHARE)}

## Calibration
No calibration step was needed.

![Reliability](reliability.svg)

{bins_table(result.bins, SHARE)}

## Threshold
Label `{manifest["positive"]}` from {threshold["label"]:g} on: {threshold["costs"]["why"]}. On the held-out rows that examines {threshold["share"]:.1%} of the claims,
{threshold["precision"]:.1%} of them rightly, and finds {threshold["recall"]:.1%} of the frauds:

{points_table(manifest, "examined")}

## Groups
At the threshold above, on the held-out rows.

{fairness(result.groups, SHARE, "examined")}

Training stops when the mean score of a group of 200 rows or more is further than {gates["groupCalibration"]:g} from its share that were fraud{allowed(result.case)}

## A claim in the canonical schema
A claim is a `transaction`; the tenant's mapping puts the columns into `attributes` under the feature's name (`attributes.fault`, `attributes.basePolicy` …).

## Limits
- A score is a reason to look, never to refuse: let a person decide.
- A value that is not in the dictionary, and an empty cell, add nothing and are reported in `defaults`. More than {manifest["maxDefaults"]} features from defaults, and the model abstains.

{made_by(manifest, gates, "vehicle_claim_fraud.csv.gz") if is_real else made_by(manifest, gates, "vehicle_claim_fraud.csv.gz").replace(" --data PATH/", " --evaluate PATH/")}"""
