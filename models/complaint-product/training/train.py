"""
Trains complaint-product:

    npm run train -- complaint-product --data PATH/cfpb_complaints.csv
"""

from pathlib import Path

import numpy as np
from sklearn.model_selection import train_test_split

from text_model import SEED
from text_run import main
from textcase import Split, TextCase

HOLDOUT = 0.2


def split(table) -> Split:
    """At random, by product."""
    train, held = train_test_split(np.arange(len(table)), test_size=HOLDOUT, random_state=SEED, stratify=table["product"])
    return Split(train=np.sort(train), held=np.sort(held))


LABELLED = "The label is the product that the consumer chose in the form, of five; which of them a text is about is not always clear from it."
LIMITS = """- **About 200 held-out texts: every figure is uncertain by several points**, and figures of single products by more.
- The published texts were lower-cased and stripped of their little words before; in whole sentences the words are the same, but lengths and neighbours are not.
  How far that matters was not measured.
- Complaints about banks and lenders in the United States. A text about anything else gets the most similar product; use the gate."""

CASE = TextCase(
    folder=Path(__file__).parent.parent,
    version="1.0.0",
    title="Which product a complaint is about",
    column="narrative",
    label="product",
    paths=("subject", "description"),
    data={
        "name": "CFPB consumer complaints (sample)",
        "file": "cfpb_complaints.csv",
        "licence": "public domain (a work of the US Government)",
        "source": "Consumer Complaint Database of the US Consumer Financial Protection Bureau, by way of github.com/Aleena24/NLP_MLProject, complaints_processed.csv",
    },
    environment="CFPB_COMPLAINTS_CSV",
    split=split,
    split_words=f"scikit-learn train_test_split over the rows, {HOLDOUT:.0%} held out, stratified by product, random_state {SEED}; a tenth of all rows is kept apart for judging",
    automate={"from": 0.9, "why": "a complaint in the wrong queue costs ten times what it costs a person to sort it"},
    gates={"holdout.top1": 0.8, "holdout.macroF1": 0.75, "holdout.ece": 0.08, "words.top1": 0.78, "words.ece": 0.1},
    labelled=LABELLED,
    limits=LIMITS,
    costs={"full": "5.6 and 9.6 ms", "words": "0.1 and 0.3 ms", "size": "about 2 MB"},
)

if __name__ == "__main__":
    main(CASE)
