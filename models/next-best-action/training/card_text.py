"""The card of next-best-action."""

from card import bins_table, columns_of, made_by, metrics_table, table

SHARE = "share that visited"
TRIALS = {"holdout": "held-out 20 %", "crossValidation": "training rows, 5-fold cross-validation"}


def interval(figure: dict, times: float = 1, decimals: int = 4) -> str:
    """A figure and its interval."""
    return f"{figure['value'] * times:.{decimals}f} ({figure['low'] * times:.{decimals}f} to {figure['high'] * times:.{decimals}f})"


def arms_table(manifest: dict) -> str:
    """What each e-mail does, and whether the model knows for whom."""
    rows = [
        [TRIALS[name], arm, interval(trial[f"ate.{arm}"]), interval(trial[f"qini.{arm}"], 1000, 2)]
        for name, trial in manifest["trial"].items()
        for arm in manifest["classes"]
        if arm != manifest["control"]
    ]
    return table(["rows", "arm", f"visits it adds, against {manifest['control']} (ATE)", "Qini x 1000"], rows)


def values_table(manifest: dict) -> str:
    """What following the model would bring."""
    trials = list(manifest["trial"].values())
    names = {f"value.{arm}": f"{arm} to all" for arm in manifest["classes"]} | {"value.policy": "**this model's choice**", "gain": "this model's choice, less the best single arm"}
    rows = [[words, *(f"{interval(t[name])}, se {t[name]['se']:.4f}" for t in trials)] for name, words in names.items()]
    return table(["policy", *(f"share that visits: {TRIALS[n]}" for n in manifest["trial"])], rows)


def audit_tables(groups: dict, arms: list[str]) -> str:
    """Who is recommended what."""
    header = ["group", "rows", SHARE, "mean score", *arms]
    return "\n\n".join(
        f"By {name}:\n\n" + table(header, [[g["group"], f"{g['rows']:,}", f"{g['rate']:.3f}", f"{g['meanScore']:.3f}", *(f"{g['arms'][a]:.3f}" for a in arms)] for g in audit])
        for name, audit in groups.items()
    )


def card(manifest: dict, result) -> str:
    """The whole card."""
    data, policy, arms = manifest["training"]["data"], manifest["policy"], manifest["classes"]
    trial, gates = manifest["trial"], result.case.gates
    gain = trial["crossValidation"]["gain"]
    shares = ", ".join(f"{name} {share:.1%}" for name, share in policy["shares"].items())
    return f"""# {manifest["name"]} {manifest["version"]}

{manifest["title"]}. The label is the recommended arm. **The score is the probability of a visit within two weeks under the recommended arm**, not the gain by it;
the gain of each e-mail over none is in `uplift`. An additive logistic regression with a weight per value and arm: the intercept of the
recommended arm and its {len(manifest["terms"])} contributions add up to the log-odds of the score, exactly. Reasons say why this customer would visit.
This file, the manifest and the plot are written by `training/train.py`; do not edit them.

**No gain over "men's e-mail to all" is proven.** In cross-validation the model's choice brings {gain["value"]:+.4f} visits per customer more than
the best single arm, 95 % interval {gain["low"]:+.4f} to {gain["high"]:+.4f}. What is proven is that the women's e-mail works better for some customers than for
others, and that the model knows for whom.

## Data
{data["source"]}. Licence: {data["licence"]}; the data is not in this repository. {data["rows"]:,} customers (sha256 `{data["sha256"]}`)
of a shop, each given one arm by lot: {", ".join(arms)}.
Split: {manifest["training"]["split"]}.
The committed model is trained on the other 80 % only, so that anybody can recompute the held-out figures. About twenty recipes were compared by
cross-validation on the training rows; they differ by less than the standard errors below, and the plainest ships. The trial has no dates: no split in time.

Not features: the arm, and `visit`, `conversion` and `spend`, which came of it. `history_segment` says what `history` says.
Features: {columns_of(manifest)}.

## What the e-mails do
95 % intervals from 1,000 bootstrap resamples of the rows. Qini: area between the gain curve and that of a random order (outcomes per row);
above 0 the model orders customers rightly by what the e-mail does for them.

{arms_table(manifest)}

## What following the model would bring
Inverse propensity weighting over the rows whose lot was the policy's arm. The best single arm is picked on the same rows, which favours it.

{values_table(manifest)}

## Figures of the visit
Under the arm that each row was given; they say nothing about the choice.

{metrics_table(manifest["metrics"], {"holdout": "**held-out 20 %** (the committed model)"}, SHARE)}

## Calibration
No calibration step was needed.

![Reliability](reliability.svg)

{bins_table(result.bins, SHARE)}

## Rule
The arm with the highest probability of a visit, if it adds at least {policy["leastUplift"]:g} to that of {manifest["control"]}: {policy["why"]}. With these costs
nearly everybody is worth an e-mail. Of the held-out rows: {shares}.
In a lane, {policy["exploration"]:.0%} of the decisions are drawn by lot among all arms, so that later outcomes can tell whether another choice is better. Which
ones follows from the decision's id alone: a replay chooses the same. The propensity of the arm is recorded with every decision, and
`models/off-policy.ts` values any policy on such decisions. `signalbox score` gives the recommendation, without the lot.

## Groups
No protected attribute is in the data; what somebody bought of men's and women's goods hints at their sex, and steers which e-mail they get. All that is
given or withheld is an e-mail. On the held-out rows, share recommended each arm:

{audit_tables(result.groups, arms)}

Training stops when the mean score of a group of 200 rows or more is further than {gates["groupCalibration"]:g} from its share that visited.

## Limits
- One American shop in 2008, two e-mails, two weeks, one e-mail per customer: what a second one does is not known. A tenant's own arms need a trial of their own.
- A visit is no sale: {trial["holdout"]["rows"]:,} held-out rows have too few sales to learn from or to measure on.
- A value that is not in the dictionary, and an empty cell, add nothing and are reported in `defaults`. More than {manifest["maxDefaults"]} features from defaults, and the
  model abstains; it abstains too on text in a number and on impossible numbers, naming the column.

{made_by(manifest, gates, "hillstrom_email.csv.gz")}"""
