"""
Made-up sales opportunities, with the column names and values of the public data set "salvirt B2B".

Nothing is fitted to that data set: whoever wrote this had seen its columns and values, not what goes with the outcome. The
shares below are round guesses; the effects are what textbooks of business sales qualify by (budget, authority, need, a clear
scope, competition, where the lead comes from), with round log-odds. Product and seller have none.
"""

from pathlib import Path

import numpy as np
import pandas as pd

import generated

ROWS, RATE, SEED = 6_000, 0.5, 7
YES_NO = {"Yes": 1, "No": 1}
SHARES = {
    "Product": {f"Product {letter}": 1 for letter in "ABCDEFGHIJKLMN"},
    "Seller": {f"Seller {number}": 1 for number in range(1, 21)},
    "Authority": {"Low": 1, "Mid": 6, "High": 3},
    "Comp_size": {"Small": 3, "Mid": 4, "Big": 5},
    "Competitors": {"No": 5, "Yes": 4, "Unknown": 1},
    "Purch_dept": {"No": 6, "Yes": 3, "Unknown": 1},
    "Partnership": {"No": 8, "Yes": 2},
    "Budgt_alloc": {"Yes": 5, "No": 4, "Unknown": 1},
    "Forml_tend": {"No": 8, "Yes": 2},
    "RFI": YES_NO,
    "RFP": {"Yes": 7, "No": 3},
    "Growth": {"Growth": 2, "Stable": 6, "Slow down": 1, "Unknown": 1},
    "Posit_statm": {"Yes": 3, "Neutral": 6, "No": 1},
    "Source": {"Joint past": 5, "Referral": 3, "Media": 1, "Direct mail": 1, "Online form": 1, "Event": 1, "Other": 0.5, "Unknown": 0.5},
    "Client": {"Current": 5, "New": 4, "Past": 1},
    "Scope": {"Clear": 6, "Few questions": 3, "Low": 1},
    "Strat_deal": {"Very important": 3, "Average important": 5, "Unimportant": 2},
    "Cross_sale": {"No": 8, "Yes": 2},
    "Up_sale": YES_NO,
    "Deal_type": {"Project": 4, "Solution": 3, "Maintenance": 2, "Consulting": 1},
    "Needs_def": {"Yes": 6, "Info gathering": 2, "Poor": 1, "No": 1},
    "Att_t_client": {"Normal": 5, "Strategic account": 3, "First deal": 2, "Bad client": 0.5},
}
EFFECTS = {
    "Authority": {"Low": -0.6, "High": 0.4},
    "Competitors": {"Yes": -0.7, "No": 0.4},
    "Purch_dept": {"Yes": -0.3},
    "Partnership": {"Yes": 0.3},
    "Budgt_alloc": {"Yes": 0.5, "No": -0.3},
    "Forml_tend": {"Yes": -0.5},
    "Growth": {"Growth": 0.3, "Slow down": -0.4},
    "Posit_statm": {"Yes": 0.7, "No": -1.0},
    "Source": {"Joint past": 0.3, "Referral": 0.6, "Direct mail": -0.5, "Online form": -0.3},
    "Client": {"Current": 0.5, "New": -0.5},
    "Scope": {"Clear": 0.4, "Low": -0.8},
    "Strat_deal": {"Very important": 0.4, "Unimportant": -0.4},
    "Cross_sale": {"Yes": 0.3},
    "Up_sale": {"Yes": 0.4, "No": -0.2},
    "Deal_type": {"Maintenance": 0.6},
    "Needs_def": {"Yes": 0.4, "Info gathering": -0.8, "Poor": -0.8, "No": -0.8},
    "Att_t_client": {"Strategic account": 0.3, "Bad client": -0.8},
}


def generate(path: Path) -> None:
    """Writes the opportunities; the same bytes every time."""
    random = np.random.default_rng(SEED)
    table = pd.DataFrame({column: generated.draw(random, shares, ROWS) for column, shares in SHARES.items()})
    won = generated.outcomes(random, table, EFFECTS, {}, RATE)
    table["Status"] = np.where(won == 1, "Won", "Lost")
    table.insert(0, "row_id", np.arange(ROWS))
    generated.write(path, table)
