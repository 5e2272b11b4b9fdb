"""
Trains sentiment:

    npm run train -- sentiment --data PATH/goemotions.csv.gz
"""

from pathlib import Path

import numpy as np

from text_run import main
from textcase import Split, TextCase

CLASSES = ["negative", "neutral", "positive"]


def split(table) -> Split:
    """The official one, of the texts whose emotions are all of one of the three sentiments."""
    one = table["sentiments"].isin(CLASSES)
    rows = {part: np.flatnonzero(one & (table["split"] == part)) for part in ("train", "dev", "test")}
    return Split(train=rows["train"], calibrate=rows["dev"], held=rows["test"])


LABELLED = """The label groups the emotions that readers saw in a comment, as the authors of the data set group them. Left out, here and in the figures:
comments whose emotions are ambiguous (surprise, curiosity, confusion, realization) or of more than one sentiment; `ambiguous` is no class of this model."""
LIMITS = """- **Reddit, not customers.** On complaints to companies every model trained on it says `neutral` too often: the order of the scores survives, the
  labels do not. Use own labels, or thresholds on the score, before anything is decided by it.
- Its own layers of the encoder are older than the one command that now trains all of it. That command was run from end to end on a sample of 1,500 texts
  (`--sample`, macro-F1 .70), and on all of them with `--layers`, which gave this card; a run without takes half an hour on two idle cores, and was not repeated.
- Three classes of a whole text. Irony, and what a sentence is positive or negative about, are not seen.
- The comments contain profanity; words that name groups of people may move the score for no good reason. Do not use it about persons."""


CASE = TextCase(
    folder=Path(__file__).parent.parent,
    version="1.0.0",
    title="The sentiment of a text",
    column="text",
    label="sentiments",
    paths=("subject", "body"),
    data={
        "name": "GoEmotions",
        "file": "goemotions.csv.gz",
        "licence": "CC BY 4.0 as stated by its authors",
        "source": "GoEmotions (Demszky et al. 2020, Google Research), by way of github.com/monologg/GoEmotions-pytorch, data/original",
    },
    environment="GOEMOTIONS_CSV",
    split=split,
    split_words="the official one: `split` train trains, dev calibrates, test is held out, less a tenth of all rows that is kept apart for judging",
    automate={"from": 0.9, "why": "an angry customer taken for a happy one costs ten times what it costs a person to read the text"},
    gates={"holdout.macroF1": 0.75, "holdout.ece": 0.03, "words.macroF1": 0.69, "words.ece": 0.03},
    labelled=LABELLED,
    limits=LIMITS,
    costs={"full": "5.4 and 7.9 ms", "words": "0.1 and 0.2 ms", "size": "about 35 MB, its own layers included"},
    most={"words": 20000, "letters": 20000},
    strength={"words": 3.0, "sentence": 1.0},
    epochs=3,
)

if __name__ == "__main__":
    main(CASE)
