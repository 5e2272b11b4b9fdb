"""The card of opportunity-scoring, of the model of made-up opportunities and of one trained on real ones."""

from card import allowed, bins_table, columns_of, fairness, made_by, metrics_table, points_table

SHARE = "share that were won"
SPLITS = {
    "holdout": "**held-out 20 %** (this model)",
    "crossValidation": "all rows, 5-fold cross-validation, five times, rows with the same features together",
    "real": "this model on all real deals of the public data set",
}
MADE_UP = "**Trained on made-up opportunities** (`training/generate.py`), because the licence of the public data allows evaluation only: a demonstration of the line, to be trained on a tenant's own deals before anybody relies on it."
REAL = "**For evaluation only: the licence of the data is not verified. Do not ship this model.** Of so few deals a held-out fifth tells little: read the cross-validation."

ROWS = """The made-up opportunities have the columns and values of the public data set, round shares, and effects with round log-odds that follow how textbooks
qualify a sale: stated in `training/generate.py`, fitted to nothing.
"""


def figures_words(manifest: dict, is_real: bool) -> str:
    """What the figures are of."""
    if is_real:
        return "What sellers judged (`Posit_statm`, `Competitors`) may have been written down when the deal was over, and then flatters them.\nThe intervals of the cross-validation are too narrow: every row counts five times."
    found = manifest["metrics"].get("real")
    own = "The held-out rows are made up too: they show that the recipe finds what the generator put in, and nothing about real deals."
    return own if found is None else f"{own}\nOn the {found['rows']:,} real deals, none of which was trained on, it has AUC {found['auc']['value']:.3f}, and its probabilities are off by {found['ece']['value']:.2f} on average."


def card(manifest: dict, result) -> str:
    """The whole card."""
    threshold, data, gates = manifest["threshold"], manifest["training"]["data"], result.case.gates
    is_real = data["name"] == "salvirt_b2b"
    splits = {name: words for name, words in SPLITS.items() if name in manifest["metrics"]}
    made = made_by(manifest, gates, "salvirt_b2b.csv")
    return f"""# {manifest["name"]} {manifest["version"]}

{REAL if is_real else MADE_UP}

{manifest["title"]}. The score is the probability of `{manifest["positive"]}`. An explainable boosting machine with a table per feature and no pairs:
the intercept and the {len(manifest["terms"])} contributions add up to the log-odds of the score, exactly.
This file, the manifest and the plot are written by `training/train.py`; do not edit them.

## Data
{data["source"]}. Licence: {data["licence"]}. {data["rows"]:,} opportunities (sha256 `{data["sha256"]}`).
Split: {manifest["training"]["split"]}. The rows have no dates: no split in time.
{"" if is_real else ROWS}
Features: {columns_of(manifest)}. All of them are known before the end, if they are written down before it.

## Figures
95 % intervals from 1,000 bootstrap resamples of the rows; ECE over ten bins of equal count. {figures_words(manifest, is_real)}

{metrics_table(manifest["metrics"], splits, SHARE)}

## Calibration
No calibration step was needed.

![Reliability](reliability.svg)

{bins_table(result.bins, SHARE)}

## Threshold
Label `{manifest["positive"]}` from {threshold["label"]:g} on: {threshold["costs"]["why"]}. On the held-out rows that pursues {threshold["share"]:.1%} of the opportunities,
{threshold["precision"]:.1%} of them rightly, and finds {threshold["recall"]:.1%} of those that were won:

{points_table(manifest, "pursued")}

## Groups
No person is judged. At the threshold above, on the held-out rows.

{fairness(result.groups, SHARE, "pursued")}

Training stops when the mean score of a group of 200 rows or more is further than {gates["groupCalibration"]:g} from its share that were won{allowed(result.case)}

## Limits
- `Seller` and `Product` are those of one company; unknown ones add nothing. A score by seller ranks deals, it must not rate people.
- The Maven CRM sample has none of these columns, and hardly any signal (it is synthetic): no model is trained on it. It serves `signalbox forecast` as a demonstration.
- A value that is not in the dictionary, and an empty cell, add nothing and are reported in `defaults`. More than {manifest["maxDefaults"]} features from defaults, and the model abstains.

{made if is_real else made.replace(" --data PATH/", " --evaluate PATH/")}"""
