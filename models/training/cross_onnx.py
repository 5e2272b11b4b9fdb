"""
Writes a CrossLogistic as an ONNX graph of look-ups: the codes of a term's features give the place of its weights.

Input and outputs are those of ebm_onnx.py; with several classes `probability` is [N, classes] and `contributions` is
[N, terms, classes].
"""

import numpy as np
from onnx import TensorProto, checker, helper

from cross_logistic import CrossLogistic
from ebm_onnx import IR_VERSION, OPSET, Graph


def code_numbers(graph: Graph, model: CrossLogistic) -> str:
    """Adds the nodes that turn `features` into codes [N, features]: numbers by the count of cuts at or below them."""
    numbers = [n for n, (levels,) in enumerate(model.bins_) if not isinstance(levels, dict)]
    if not numbers:
        return "features"
    cuts = [model.bins_[n][0] for n in numbers]
    owner = np.repeat(np.arange(len(numbers)), [len(c) for c in cuts])
    spread = graph.node("Gather", ["features", graph.constant("cutColumns", np.array(numbers, np.int64)[owner])], "spread", axis=1)
    above = graph.node("GreaterOrEqual", [spread, graph.constant("cuts", np.concatenate(cuts))], "above")
    ones = graph.node("Cast", [above], "ones", to=TensorProto.FLOAT)
    # Counts go to the columns of their features; all other columns stay 0.
    membership = (np.array(numbers)[owner][:, None] == np.arange(len(model.features))[None, :]).astype(np.float32)
    counted = graph.node("MatMul", [ones, graph.constant("membership", membership)], "counted")
    numbered = graph.node("Add", [counted, graph.constant("one", np.array([1], np.float32))], "numbered")
    is_number = graph.constant("isNumber", np.isin(np.arange(len(model.features)), numbers))
    coded = graph.node("Where", [is_number, numbered, "features"], "coded")
    missing = graph.node("IsNaN", ["features"], "missing")
    return graph.node("Where", [missing, graph.constant("zero", np.array([0], np.float32)), coded], "codes")


def tables(model: CrossLogistic) -> dict[str, np.ndarray]:
    """
    Every term has, for each of its one or two features, a map from codes to the levels that occur in its keys (0: none of
    them), and a table from pairs of levels to the row of its weights (0: the row of zeros). All lie one after the other.
    """
    feature, level_start = ([], []), ([], [])
    levels, slots, slot_start, strides, weights = [], [], [], [], [np.zeros((1, model.terms[0].weights.shape[1]), np.float32)]
    rows, level_count, slot_count = 1, 0, 0
    for term in model.terms:
        digits = [term.keys] if len(term.features) == 1 else [term.keys // model.radix, term.keys % model.radix]
        found = [np.unique(digit) for digit in digits]
        for axis in (0, 1):
            # A single feature's second axis looks its own code up in a map of zeros.
            source = term.features[min(axis, len(term.features) - 1)]
            size = len(model.bins_[source][0]) + 2
            codes = np.zeros(size, np.int32)
            if axis < len(found):
                codes[found[axis]] = 1 + np.arange(len(found[axis]))
            feature[axis].append(source)
            level_start[axis].append(level_count)
            levels.append(codes)
            level_count += size
        width = 1 + (len(found[1]) if len(found) == 2 else 0)
        table = np.zeros((1 + len(found[0]), width), np.int32)
        places = [1 + np.searchsorted(f, digit) for f, digit in zip(found, digits)] + [0]
        table[places[0], places[1]] = rows + np.arange(len(term.keys))
        slots.append(table.ravel())
        slot_start.append(slot_count)
        strides.append(width)
        slot_count += table.size
        weights.append(term.weights)
        rows += len(term.keys)
    return {
        "first": np.array(feature[0], np.int64),
        "second": np.array(feature[1], np.int64),
        "firstStart": np.array(level_start[0], np.int64),
        "secondStart": np.array(level_start[1], np.int64),
        "levels": narrow(np.concatenate(levels)),
        "strides": np.array(strides, np.int64),
        "slotStart": np.array(slot_start, np.int64),
        "slots": narrow(np.concatenate(slots)),
        "weights": np.concatenate(weights),
    }


def narrow(values: np.ndarray) -> np.ndarray:
    """In two bytes where they fit, which halves the file."""
    return values.astype(np.uint16) if values.max() < 2**16 else values


def term_values(graph: Graph, model: CrossLogistic, codes: str) -> str:
    """Adds the look-ups; the result is [N, terms, columns of weights]."""
    constants = tables(model)
    named = {name: graph.constant(name, value) for name, value in constants.items()}
    whole = graph.node("Cast", [codes], "wholeCodes", to=TensorProto.INT64)
    found = {}
    for axis in ("first", "second"):
        own = graph.node("Gather", [whole, named[axis]], f"{axis}Codes", axis=1)
        place = graph.node("Add", [own, named[f"{axis}Start"]], f"{axis}Places")
        level = graph.node("Gather", [named["levels"], place], f"{axis}Levels", axis=0)
        found[axis] = graph.node("Cast", [level], f"{axis}Whole", to=TensorProto.INT64)
    rows = graph.node("Mul", [found["first"], named["strides"]], "tableRows")
    cells = graph.node("Add", [rows, found["second"]], "tableCells")
    place = graph.node("Add", [cells, named["slotStart"]], "slotPlaces")
    slot = graph.node("Gather", [named["slots"], place], "slotsFound", axis=0)
    return graph.node("Gather", [named["weights"], graph.node("Cast", [slot], "weightRows", to=TensorProto.INT64)], "values", axis=0)


def export_arms(model: CrossLogistic, name: str):
    """The checked ONNX model of an ArmLogistic: a probability per arm, each by itself."""
    return export(model, name, "Sigmoid")


def export(model: CrossLogistic, name: str, several: str = "Softmax"):
    """The checked ONNX model; `several` makes probabilities of the log-odds of several classes."""
    graph, classes, terms = Graph(), len(model.intercept_), len(model.terms)
    values = term_values(graph, model, code_numbers(graph, model))
    axis = graph.constant("termAxis", np.array([1], np.int64))
    total = graph.node("ReduceSum", [values, axis], "total", keepdims=0)
    logit = graph.node("Add", [total, graph.constant("intercept", model.intercept_)], "logit")
    if classes == 1:
        graph.node("Squeeze", [values, graph.constant("classAxis", np.array([2], np.int64))], "contributions")
        graph.node("Sigmoid", [logit], "probability")
    else:
        graph.node("Identity", [values], "contributions")
        graph.node(several, [logit], "probability", **({"axis": 1} if several == "Softmax" else {}))
    shape = ["N", terms] if classes == 1 else ["N", terms, classes]
    body = helper.make_graph(
        graph.nodes,
        name,
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", len(model.features)])],
        [
            helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["N", classes]),
            helper.make_tensor_value_info("contributions", TensorProto.FLOAT, shape),
        ],
        graph.constants,
    )
    onnx_model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="signalbox")
    checker.check_model(onnx_model, full_check=True)
    return onnx_model
