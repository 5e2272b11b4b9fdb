"""The card of recommendation."""

from card import bins_table, figure, made_by, table

RIVALS = {
    "popular": "the most popular, to everybody",
    "together": "item to item: what those who have the same have, too (cosine, shrunk)",
    "markov": "what followed the last item most often (first-order Markov)",
}
SETS = {
    "holdout": ("made-up purchases", "**this model**", ""),
    "incidents": ("public incident log: category of a caller's next incident", "the same recipe, trained on it", "incidents"),
    "deals": ("maven_crm: product of an account's next deal won (synthetic)", "the same recipe, trained on it", "deals"),
}
MEASURES = [("top1", "hit-rate@1"), ("top3", "hit-rate@3"), ("mrr", "MRR"), ("logLoss", "log-loss")]


def named(prefix: str, rival: str) -> str:
    """How the manifest calls a rival's figures."""
    return rival if prefix == "" else prefix + rival.capitalize()


def figures_table(metrics: dict) -> str:
    """The model and its rivals on every set."""
    rows = []
    for own, (title, words, prefix) in SETS.items():
        if own in metrics:
            shown = [(own, words), *((named(prefix, rival), text) for rival, text in RIVALS.items())]
            rows += [[title if name == own else "", text, f"{metrics[name]['rows']:,}", *(figure(metrics[name][m]) for m, _ in MEASURES)] for name, text in shown]
    return table(["held out in time", "", "customers", *(title for _, title in MEASURES)], rows)


def verdicts(metrics: dict) -> str:
    """Where the most popular is beaten, and where it is not."""
    lines = []
    for own, (title, _, prefix) in SETS.items():
        if own in metrics:
            mine, theirs = metrics[own]["top3"], metrics[named(prefix, "popular")]["top3"]
            verdict = "beats the most popular" if mine["low"] > theirs["high"] else "is **not shown to beat the most popular**"
            lines.append(f"- {title}: hit-rate@3 {figure(mine)} {verdict}, {figure(theirs)}.")
    return "\n".join(lines)


def audit_table(groups: list[dict]) -> str:
    """One audited attribute."""
    rows = [[g["group"], f"{g['rows']:,}", f"{g['rate']:.3f}", f"{g['meanScore']:.3f}", f"{g['called']:.3f}"] for g in groups]
    return table(["group", "customers", "hit at once", "mean score", "at the gate to automate"], rows)


def opening(manifest: dict) -> str:
    """What it was trained on, first."""
    if manifest["training"]["data"]["name"] == "own purchases":
        return "**Trained on the purchases of this machine**: do not pass it on."
    return "**Trained on made-up purchases** (`training/generate.py`): a demonstration of the line, to be trained on a tenant's own before anybody relies on it."


def card(manifest: dict, result) -> str:
    """The whole card."""
    metrics, data = manifest["metrics"], manifest["training"]["data"]
    suggest, automate = manifest["gates"]["suggest"], manifest["gates"]["automate"]
    audits = "\n\n".join(f"By {name}:\n\n{audit_table(groups)}" for name, groups in result.groups.items())
    return f"""# {manifest["name"]} {manifest["version"]}

{opening(manifest)}

{manifest["title"]}: one of {len(manifest["classes"])}; the score is the probability of the best, the second and third come with theirs. A softmax regression over the last item, the one before, the pair of them and
what the customer has, all from the customer's own events up to the present one (`models/history/`). Weights are drawn to nothing, which is the most popular for everybody, as far as the evidence is thin: the penalty is the
strongest within a standard error of the best on the newest fifth of the training rows, from a list that begins with no weight at all. This file and the manifest are written by `training/train.py`; do not edit them.

## What the contributions are
Every term adds to every item's log-odds, and with the item's intercept these add up, exactly. What is reported is the best item **against the second best**, as for every model with several classes.
A reason of the last item shows the training rows behind it: of customers who last took X, n of m next took Y. The counts are evidence, the contribution is the model's.

## Data
{data["source"]}. Licence: {data["licence"]}. {data["rows"]:,} purchases that another followed (sha256 of the file `{data["sha256"]}`).
Split: {manifest["training"]["split"]}.

## Figures
Hit-rate@k: share of held-out customers whose next item is among the best k. MRR: mean of 1 / its rank. 95 % intervals from 1,000 bootstrap resamples of the customers.

{figures_table(metrics)}

{verdicts(metrics)}

The made-up purchases have the structure that the recipe looks for, so the first lines show that it is found, and nothing about a real shop. The incident log is UCI, doi 10.24432/C57S4H, CC BY 4.0; maven_crm is said to be of the public domain, which
was not verified: no model of either is shipped, and maven_crm is synthetic, so that nothing should be concluded from it.

## Calibration
No calibration step was needed.

![Reliability](reliability.svg)

{bins_table(result.bins, "rightly told")}

## Gates
- **Suggest** from {suggest["from"]:g} on ({suggest["why"]}): {suggest["coverage"]:.1%} of the held-out customers, {suggest["accuracy"]:.1%} rightly.
- **Automate** from {automate["from"]:g} on ({automate["why"]}): {automate["coverage"]:.1%}, {automate["accuracy"]:.1%} rightly.

## Groups
No personal attribute is read. On the held-out customers:

{audits}

Training stops when the mean score of a group of 200 or more is further than {result.case.gates.get("groupCalibration", 1):g} from its share of hits.

## What it cannot use
| input | becomes |
| --- | --- |
| no customer, no item, a time that is none, a time before the customer's newest | no score, and it is not remembered |
| an item that is not in the dictionary | counts as unknown, and is reported in `defaults`; with nothing before it, no score |
| no earlier item | unknown, and reported in `defaults` |
| other columns, what came next among them | not read |

## Limits
- It knows the items of its training only. A new one is never recommended before the model is trained again.
- Taken after is not taken because of: whether a recommendation adds anything, only a trial tells (see next-best-action).
- Events of one customer that several lanes decide at once (its orders) may not see each other ([ADR 0028](../../docs/adr/0028-the-past-of-a-series.md)).
- The 200 newest events of a customer count.

{made_by(manifest, result.case.gates, "incident_event_log.csv.gz").replace(" --data PATH/", " --evaluate PATH/")}"""
