"""
Made-up motor claims, with the column names and values of the public data set "vehicle claim fraud".

Nothing is fitted to that data set: whoever wrote this had seen its columns and values, not what goes with the outcome. The
shares below are round guesses; the effects are the red flags that insurers' associations and fraud bureaux publish for motor
claims, with round log-odds: a claim soon after the policy began or after a change of address, the holder at fault under a cover
that pays for own damage, no police report, no witness, a car worth much for its age, few claims before (who stages one has
seldom a history), and no additional papers. Weekdays and months have no effect.
"""

from pathlib import Path

import numpy as np
import pandas as pd

import generated

ROWS, RATE, SEED = 20_000, 0.06, 7
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def alike(values) -> dict[str, float]:
    """Equal shares."""
    return {str(value): 1.0 for value in values}


SHARES = {
    "Month": alike(MONTHS),
    "WeekOfMonth": alike(range(1, 6)),
    "DayOfWeek": alike(DAYS),
    "Make": alike(("Accura", "BMW", "Chevrolet", "Dodge", "Ferrari", "Ford", "Honda", "Jaguar", "Lexus", "Mazda", "Mecedes", "Mercury", "Nisson", "Pontiac", "Porche", "Saab", "Saturn", "Toyota", "VW")),
    "AccidentArea": {"Urban": 8, "Rural": 2},
    "DayOfWeekClaimed": alike(DAYS),
    "MonthClaimed": alike(MONTHS),
    "WeekOfMonthClaimed": alike(range(1, 6)),
    "Sex": {"Male": 6, "Female": 4},
    "MaritalStatus": {"Married": 6, "Single": 3, "Divorced": 0.5, "Widow": 0.5},
    "Fault": {"Policy Holder": 6, "Third Party": 4},
    "VehicleCategory": {"Sedan": 6, "Sport": 3, "Utility": 1},
    "VehiclePrice": {"less than 20000": 2, "20000 to 29000": 4, "30000 to 39000": 2, "40000 to 59000": 1, "60000 to 69000": 0.3, "more than 69000": 0.7},
    "Days_Policy_Accident": {"none": 1, "1 to 7": 1, "8 to 15": 1, "15 to 30": 2, "more than 30": 45},
    "Days_Policy_Claim": {"none": 0.5, "8 to 15": 1, "15 to 30": 2, "more than 30": 46},
    "PastNumberOfClaims": {"none": 3, "1": 2, "2 to 4": 4, "more than 4": 1},
    "AgeOfVehicle": {"new": 1, "2 years": 1, "3 years": 1, "4 years": 1, "5 years": 2, "6 years": 3, "7 years": 3, "more than 7": 3},
    "AgeOfPolicyHolder": {"16 to 17": 0.3, "18 to 20": 0.5, "21 to 25": 1, "26 to 30": 2, "31 to 35": 4, "36 to 40": 4, "41 to 50": 4, "51 to 65": 3, "over 65": 1},
    "PoliceReportFiled": {"No": 8, "Yes": 2},
    "WitnessPresent": {"No": 8, "Yes": 2},
    "AgentType": {"External": 9, "Internal": 1},
    "NumberOfSuppliments": {"none": 4, "1 to 2": 2, "3 to 5": 2, "more than 5": 2},
    "AddressChange_Claim": {"no change": 40, "4 to 8 years": 3, "2 to 3 years": 2, "1 year": 2, "under 6 months": 1},
    "NumberOfCars": {"1 vehicle": 20, "2 vehicles": 3, "3 to 4": 2, "5 to 8": 0.5, "more than 8": 0.2},
    "Deductible": {"300": 1, "400": 8, "500": 1, "700": 1},
    "DriverRating": alike(range(1, 5)),
    "Year": alike((1994, 1995, 1996)),
    "BasePolicy": {"All Perils": 3, "Collision": 3, "Liability": 3},
}
EFFECTS = {
    "Fault": {"Policy Holder": 1.2, "Third Party": -1.2},
    "BasePolicy": {"All Perils": 0.6, "Collision": 0.3, "Liability": -1.5},
    "AddressChange_Claim": {"under 6 months": 2.0, "1 year": 0.6, "2 to 3 years": 0.6},
    "Days_Policy_Accident": {"none": 0.8, "1 to 7": 0.8, "8 to 15": 0.5, "15 to 30": 0.3},
    "Days_Policy_Claim": {"none": 0.8, "8 to 15": 0.5, "15 to 30": 0.3},
    "PastNumberOfClaims": {"none": 0.4, "1": 0.2, "more than 4": -0.4},
    "PoliceReportFiled": {"No": 0.3, "Yes": -0.4},
    "WitnessPresent": {"No": 0.2, "Yes": -0.5},
    "VehiclePrice": {"less than 20000": 0.2, "60000 to 69000": 0.3, "more than 69000": 0.5},
    "NumberOfSuppliments": {"none": 0.3, "more than 5": -0.2},
    "AgentType": {"External": 0.3, "Internal": -0.8},
    "AgeOfVehicle": {"new": 0.2, "more than 7": -0.1},
    "AccidentArea": {"Rural": 0.2},
}
PAIRS = {
    ("VehiclePrice", "more than 69000", "AgeOfVehicle", "more than 7"): 0.5,
    ("Fault", "Policy Holder", "BasePolicy", "All Perils"): 0.3,
    ("PoliceReportFiled", "No", "WitnessPresent", "No"): 0.2,
}


def generate(path: Path) -> None:
    """Writes the claims; the same bytes every time."""
    random = np.random.default_rng(SEED)
    table = pd.DataFrame({column: generated.draw(random, shares, ROWS) for column, shares in SHARES.items()})
    table["PolicyType"] = table["VehicleCategory"] + " - " + table["BasePolicy"]
    table["FraudFound_P"] = generated.outcomes(random, table, EFFECTS, PAIRS, RATE)
    table["PolicyNumber"] = np.arange(1, ROWS + 1)
    generated.write(path, table)
