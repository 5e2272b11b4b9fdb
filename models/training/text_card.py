"""The card of a text model, written from the figures so that it cannot say anything else."""

from card import bins_table, figure, table

MODES = {"full": "words and sentence", "words": "words alone"}
MEASURES = [("top1", "right"), ("top3", "right is among the best three"), ("macroF1", "macro-F1"), ("logLoss", "log-loss"), ("ece", "ECE")]


def figures_table(metrics: dict) -> str:
    """Both modes side by side."""
    found = zip(MODES.values(), (metrics["holdout"], metrics["words"]))
    rows = [[words, f"{one['rows']:,}"] + [figure(one[m]) for m, _ in MEASURES] for words, one in found]
    return table(["scored by", "texts"] + [title for _, title in MEASURES], rows)


def points_table(modes: dict) -> str:
    """Coverage against accuracy, both modes."""
    pairs = zip(modes["full"]["operatingPoints"], modes["words"]["operatingPoints"])
    rows = [[f"{p['threshold']:g}", f"{p['coverage']:.3f}", f"{p['accuracy']:.3f}", f"{q['coverage']:.3f}", f"{q['accuracy']:.3f}"] for p, q in pairs]
    return table(["probability of the best, at least", "share of texts", "right", "share, words alone", "right, words alone"], rows)


def gates(modes: dict) -> str:
    """What the gates do, by mode."""
    lines = []
    for name, words in MODES.items():
        for gate, g in modes[name]["gates"].items():
            lines.append(f"- **{gate.capitalize()}** from {g['from']:g} on ({g['why']}), {words}: {g['coverage']:.1%} of the held-out texts, {g['accuracy']:.1%} rightly.")
    return "\n".join(lines)


def beyond(modes: dict) -> str:
    """Out of scope, where the model has it."""
    if "beyond" not in modes["full"]:
        return ""
    found = [(MODES[mode], modes[mode]["beyond"]) for mode in MODES]
    rows = [[words, f"{b['below']:g}", f"{b['chosen']['rejected']:.3f}", figure({"value": b["auc"]}), f"{b['kept']:.3f}", f"{b['rejected']:.3f}"] for words, b in found]
    head = ["scored by", "threshold", "rejected where it was chosen", "AUROC of the score", "in-scope texts kept", "out-of-scope texts rejected"]
    one = modes["full"]["beyond"]
    return f"""
## Out of scope
`{one["label"]}` is no class: a text whose best class is less likely than the threshold gets that label, and its score stays the probability of the
best class. Training chooses the threshold on out-of-fold scores of the training texts: it keeps {one["chosen"]["keep"]:.0%} of them ({one["chosen"]["why"]}).
What that rejects there is told by {one["chosen"]["rows"]} out-of-scope texts of the training and validation parts. The other columns are of the held-out texts and of
{one["rows"]} out-of-scope texts of the test part, which had no say in it. A tenant whose texts are mostly out of scope should set a higher one on the score.

{table(head, rows)}
"""


def segments(rows: list[dict]) -> str:
    """Accuracy by length."""
    return table(["length", "texts", "right", "mean score"], [[r["name"], f"{r['rows']:,}", f"{r['right']:.3f}", f"{r['meanScore']:.3f}"] for r in rows])


METHOD = """Two halves, each a multinomial logistic regression, whose log-odds are weighed and added; the softmax of the sum are the probabilities.
- **Words**: TF-IDF of words `[a-z0-9]+`, pairs of neighbours, and runs of 3 to 5 letters within a word; {terms:,} terms, weights in bytes.
- **Sentence**: the mean of the hidden states of MiniLM-L6 (sentence-transformers/all-MiniLM-L6-v2, Apache-2.0), {tuned}; it reads the first 126
  word pieces (about 100 words), in English.

The weights of the halves ({both}; alone {alone}) are the calibration: they are fitted on {fitted}.
The encoder's weights are not in the repository; they are fetched at set-up ([ADR 0017](../../docs/adr/0017-text-models.md)). Without them the word half serves alone, with
its own weight, thresholds and digest, and every score says so."""

EXPLAINED = """Exact as sums: a score compares its best class with the second, and log(score / score of the second) is the intercept plus the contribution
of each word, of `(little words)` like "how" and "my" together, of `(whole text)`, and of `(other words)`, which is the rest. A word's contribution has two parts. Its TF-IDF part is weight x
TF-IDF of the word, half of its pairs and its letters. Its sentence part is what its hidden state adds through the mean; that state has
seen the other words too, so it says **where the encoder reads it, not what the score would be without the word**. Marks and punctuation are `(whole text)`."""


def card(manifest: dict, result) -> str:
    """The whole card."""
    modes, data, case = manifest["modes"], manifest["training"]["data"], result.case
    weights = modes["full"]["weights"]
    method = METHOD.format(
        terms=len(result.words.words.terms),
        tuned=f"whose upper three layers were trained for this task ({case.epochs} epochs)" if case.epochs else "as published",
        both=f"{weights['words']:g} for words, {weights['sentence']:g} for the sentence",
        alone=f"{modes['words']['weights']['words']:g}",
        fitted="the texts of the calibration part" if case.epochs else "out-of-fold scores of the training texts (five folds)",
    )
    versions = ", ".join(f"{name} {version}" for name, version in manifest["training"]["versions"].items())
    return f"""# {manifest["name"]} {manifest["version"]}

{manifest["title"]}: one of {len(manifest["classes"])}. The score is the probability of the best class; the second and third come with theirs.
This file, the manifest and the plot are written by `training/train.py`; do not edit them.

## Method
{method}

## What the contributions are
{EXPLAINED}

## Data
{data["source"]}. Licence: {data["licence"]}; the data is not in this repository.
{data["rows"]:,} texts (sha256 of the file `{data["sha256"]}`). {case.labelled}
Split: {manifest["training"]["split"]}. Row numbers of the held-out texts are in `holdout.txt`.

## Figures
On the held-out texts. 95 % intervals from bootstrap resamples of the texts (1,000; 250 for macro-F1); ECE of the best class's probability, over ten bins of equal count.

{figures_table(manifest["metrics"])}

## Calibration
![Reliability](reliability.svg)

{bins_table(result.bins["full"], "share right")}

## Gates
{gates(modes)}
- Below, the three best classes are shown, and a person decides.

{points_table(modes)}
{beyond(modes)}
## Segments
{segments(result.segments)}

No personal attribute is in the data; the texts are not grouped by who wrote them.

## Cost
{COSTS.format(**case.costs)}

## Limits
{case.limits}
- English only. A text in another script, or with more function words of another language than of English, has no score and says so; so has a text
  that is empty, holds no word, or is longer than {case.longest:,} characters.
- Of other languages, German, French, Spanish, Portuguese, Italian and Dutch are recognized, by their little words. Of all others, and of texts about
  something else: a text of whose words the model knows fewer than {result.known["least"]:.0%} has no score, unless {result.known["english"]:.0%} are known or are words of the encoder's English vocabulary. {1 - result.known["kept"]:.2%} of the held-out texts have none for that; the figures
  above are of all of them.

## Made by
`npm run train -- {manifest["name"]} --data PATH/{case.data["file"]}`; seed {manifest["training"]["seed"]}, {manifest["training"]["date"]}; {versions}.
{result.layers}Gates, or nothing is written: {", ".join(f"{name} {value:g}" for name, value in case.gates.items())}. sha256 of the weights `{manifest["sha256"]}`.
"""


COSTS = """p50 in Node 20, one thread, one text at a time, reasons included, texts of 10 and of 25 words: {full}; by words alone {words}. The encoder takes 6 ms at 32
tokens, 11 at 64, 20 at 128, which is all it reads. Memory of this model: {size}; the encoder, shared by all text models of a process, adds about 100 MB of resident memory, most of
it mapped from its file. Opening it takes about 0.4 s, its checksum included."""
