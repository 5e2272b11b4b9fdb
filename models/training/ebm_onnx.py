"""
Writes a trained ExplainableBoostingClassifier as an ONNX graph whose contributions are exact: an EBM is a sum of table
look-ups, so the graph finds each feature's bin, gathers one value per term and adds them to the intercept.

Input `features` float32 [N, F]: numbers as they are (NaN = missing), categories as codes (0 missing, 1..K, K+1 unseen).
Outputs `probability` [N, 1] and `contributions` [N, terms] in log-odds.
"""

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

OPSET = 17
IR_VERSION = 8  # the IR that came with opset 17; newer ones are refused by older runtimes


def cuts_as_float32(cuts: np.ndarray) -> np.ndarray:
    """The smallest float32 >= each cut: for a float32 x, `x >= cut` then means the same as in double precision."""
    rounded = cuts.astype(np.float32)
    return np.where(rounded.astype(np.float64) < cuts, np.nextafter(rounded, np.float32(np.inf)), rounded)


class Graph:
    """The nodes and constants of one graph under construction."""

    def __init__(self):
        self.nodes, self.constants = [], []

    def constant(self, name: str, value: np.ndarray) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output


def binnings(model) -> list[tuple[int, int, object]]:
    """
    Every way a feature is put into bins, as (feature, level, cuts or dictionary). EBM keeps finer bins for single terms
    (level 0) than for pairs (level 1); where there is one level only, it serves both. Numbers come first.
    """
    found = [(f, level, bins) for f, levels in enumerate(model.bins_) for level, bins in enumerate(levels[:2])]
    merged = [model.feature_names_in_[f] for f, level, bins in found if level == 1 and isinstance(bins, dict)]
    if merged:
        raise ValueError(f"{merged}: categories merged for pairs are not supported")
    return sorted(found, key=lambda binning: isinstance(binning[2], dict))


def bin_numbers(graph: Graph, binning: list[tuple[int, int, object]]) -> str:
    """
    Adds the nodes that turn `features` into bin numbers [N, binnings], as float32 (small whole numbers, so exact). A number
    is in bin 1 + (cuts at or below it); all cuts of all numbers are compared at once and counted by a 0/1 matrix.
    """
    numbers = [(f, cuts_as_float32(cuts)) for f, _, cuts in binning if not isinstance(cuts, dict)]
    if not numbers:
        return gather_codes(graph, binning)
    owner = np.repeat(np.arange(len(numbers)), [len(cuts) for _, cuts in numbers])
    columns = np.array([f for f, _ in numbers], np.int64)
    spread = graph.node("Gather", ["features", graph.constant("cutColumns", columns[owner])], "spread", axis=1)
    above = graph.node("GreaterOrEqual", [spread, graph.constant("cuts", np.concatenate([cuts for _, cuts in numbers]))], "above")
    ones = graph.node("Cast", [above], "ones", to=TensorProto.FLOAT)
    membership = (owner[:, None] == np.arange(len(numbers))[None, :]).astype(np.float32)
    counted = graph.node("MatMul", [ones, graph.constant("membership", membership)], "counted")
    numbered = graph.node("Add", [counted, graph.constant("one", np.array([1], np.float32))], "numbered")
    given = graph.node("Gather", ["features", graph.constant("numberColumns", columns)], "given", axis=1)
    missing = graph.node("IsNaN", [given], "missing")
    present = graph.node("Where", [missing, graph.constant("zero", np.array([0], np.float32)), numbered], "numberBins")
    if len(numbers) == len(binning):
        return present
    return graph.node("Concat", [present, gather_codes(graph, binning)], "bins", axis=1)


def gather_codes(graph: Graph, binning: list[tuple[int, int, object]]) -> str:
    """Adds the node that takes the codes of the categories, which are their bins."""
    codes = np.array([f for f, _, bins in binning if isinstance(bins, dict)], np.int64)
    return graph.node("Gather", ["features", graph.constant("codeColumns", codes)], "categoryBins", axis=1)


def term_values(graph: Graph, model, binning: list[tuple[int, int, object]], bins: str) -> str:
    """
    Adds the look-up of every term: its bins times their strides give the row-major position in one flat table, where all
    terms lie one after the other. Positions stay below 2**24, up to which float32 counts exactly.
    """
    column = {(f, level): n for n, (f, level, _) in enumerate(binning)}
    strides = np.zeros((len(binning), len(model.term_features_)), np.float32)
    offsets, start = [], 0
    for term, features in enumerate(model.term_features_):
        shape = model.term_scores_[term].shape
        for axis, feature in enumerate(features):
            level = min(len(features), len(model.bins_[feature])) - 1
            strides[column[feature, level], term] = np.prod(shape[axis + 1 :])
        offsets.append(start)
        start += model.term_scores_[term].size
    if start >= 2**24:
        raise ValueError(f"{start} table entries: too many for float32 positions")
    position = graph.node("MatMul", [bins, graph.constant("strides", strides)], "position")
    moved = graph.node("Add", [position, graph.constant("offsets", np.array(offsets, np.float32))], "moved")
    index = graph.node("Cast", [moved], "index", to=TensorProto.INT64)
    table = np.concatenate([scores.astype(np.float32).ravel() for scores in model.term_scores_])
    return graph.node("Gather", [graph.constant("table", table), index], "contributions", axis=0)


def export(model, name: str):
    """The checked ONNX model. Term order is the EBM's own: single terms first, then pairs."""
    if max(len(features) for features in model.term_features_) > 2:
        raise ValueError("terms of more than two features are not supported")
    graph = Graph()
    binning = binnings(model)
    term_values(graph, model, binning, bin_numbers(graph, binning))
    total = graph.node("ReduceSum", ["contributions", graph.constant("terms", np.array([1], np.int64))], "total", keepdims=1)
    logit = graph.node("Add", [total, graph.constant("intercept", model.intercept_.astype(np.float32))], "logit")
    graph.node("Sigmoid", [logit], "probability")

    body = helper.make_graph(
        graph.nodes,
        name,
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["N", len(model.feature_names_in_)])],
        [
            helper.make_tensor_value_info("probability", TensorProto.FLOAT, ["N", 1]),
            helper.make_tensor_value_info("contributions", TensorProto.FLOAT, ["N", len(model.term_features_)]),
        ],
        graph.constants,
    )
    onnx_model = helper.make_model(body, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="signalbox")
    checker.check_model(onnx_model, full_check=True)
    return onnx_model
