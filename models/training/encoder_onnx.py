"""
The sentence encoder (MiniLM-L6) as ONNX graphs without weights: each initializer is a place in model.safetensors, the file
of the published package, which is fetched at set-up and never copied into the repository. One text at a time, as a
[tokens, 384] matrix: nothing is padded, so a text's numbers depend on no other text.
"""

import json
import struct
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

WIDTH, HEADS, LAYERS, EPSILON = 384, 12, 6, 1e-12
HEAD_WIDTH = WIDTH // HEADS
WEIGHTS = "model.safetensors"
# The lower half is shared by every text model; the upper half is the published one, or a model's own.
SPLIT = 3
LINEAR = ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense", "output.dense")
NORMS = ("attention.output.LayerNorm", "output.LayerNorm")


def tensors(path: Path) -> tuple[dict, int]:
    """The header of a safetensors file by tensor name, and where its data begins."""
    with path.open("rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        return json.loads(file.read(size)), 8 + size


def load(path: Path, name: str) -> np.ndarray:
    """One float32 tensor of a safetensors file."""
    header, start = tensors(path)
    first, last = header[name]["data_offsets"]
    with path.open("rb") as file:
        file.seek(start + first)
        return np.frombuffer(file.read(last - first), dtype="<f4").reshape(header[name]["shape"])


class Graph:
    """Nodes and initializers as they are added; every method gives the name of its result."""

    def __init__(self):
        self.nodes, self.initializers, self.count = [], [], 0

    def add(self, op: str, *inputs: str, output: str = "", **attributes) -> str:
        """One node."""
        self.count += 1
        output = output or f"{op.lower()}_{self.count}"
        self.nodes.append(helper.make_node(op, list(inputs), [output], **attributes))
        return output

    def constant(self, name: str, values) -> str:
        """An initializer kept in the graph itself."""
        self.initializers.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def model(self, name: str, source: tuple, output: str):
        """The graph with its one input and its one output."""
        target = helper.make_tensor_value_info(output, TensorProto.FLOAT, ["tokens", WIDTH])
        graph = helper.make_graph(self.nodes, name, [helper.make_tensor_value_info(*source)], [target], self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], producer_name="signalbox")
        model.ir_version = 8
        return model


class Published:
    """Initializers that are places in model.safetensors."""

    def __init__(self, path: Path):
        self.header, self.start = tensors(path)

    def __call__(self, graph: Graph, name: str) -> str:
        first, last = self.header[name]["data_offsets"]
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=self.header[name]["shape"])
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in (("location", WEIGHTS), ("offset", self.start + first), ("length", last - first)):
            tensor.external_data.add(key=key, value=str(value))
        graph.initializers.append(tensor)
        return name


def linear(graph: Graph, weights, name: str, given: str) -> str:
    """y = x W' + b, with W as it is published: [out, in]."""
    return graph.add("Gemm", given, weights(graph, f"{name}.weight"), weights(graph, f"{name}.bias"), transB=1)


def norm(graph: Graph, weights, name: str, given: str, output: str = "") -> str:
    """LayerNorm over the width."""
    scale, bias = weights(graph, f"{name}.weight"), weights(graph, f"{name}.bias")
    return graph.add("LayerNormalization", given, scale, bias, output=output, axis=-1, epsilon=EPSILON)


def layer(graph: Graph, weights, number: int, given: str, output: str) -> str:
    """One transformer layer over [tokens, width]."""
    at = f"encoder.layer.{number}"
    heads = [graph.add("Reshape", linear(graph, weights, f"{at}.{part}", given), "by_head") for part in LINEAR[:3]]
    query, value = (graph.add("Transpose", part, perm=[1, 0, 2]) for part in (heads[0], heads[2]))
    scores = graph.add("Mul", graph.add("MatMul", query, graph.add("Transpose", heads[1], perm=[1, 2, 0])), "shrink")
    mixed = graph.add("MatMul", graph.add("Softmax", scores, axis=-1), value)
    joined = graph.add("Reshape", graph.add("Transpose", mixed, perm=[1, 0, 2]), "joined")
    attended = norm(graph, weights, f"{at}.{NORMS[0]}", graph.add("Add", given, linear(graph, weights, f"{at}.{LINEAR[3]}", joined)))
    wide = linear(graph, weights, f"{at}.{LINEAR[4]}", attended)
    halves = graph.add("Mul", graph.add("Add", graph.add("Erf", graph.add("Mul", wide, "root_half")), "one"), "half")
    back = linear(graph, weights, f"{at}.{LINEAR[5]}", graph.add("Mul", wide, halves))
    return norm(graph, weights, f"{at}.{NORMS[1]}", graph.add("Add", attended, back), output)


def layers(graph: Graph, weights, numbers: range, given: str) -> None:
    """Consecutive layers; the last one's result is the output `hidden`."""
    for name, value in (("shrink", HEAD_WIDTH**-0.5), ("root_half", 0.5**0.5), ("one", 1), ("half", 0.5)):
        graph.constant(name, np.float32(value))
    graph.constant("by_head", np.array([-1, HEADS, HEAD_WIDTH], np.int64))
    graph.constant("joined", np.array([-1, WIDTH], np.int64))
    for number in numbers:
        given = layer(graph, weights, number, given, "hidden" if number == numbers[-1] else f"hidden_{number}")


def lower(path: Path):
    """Token ids [tokens] to the hidden states after the shared layers. The positions are a Slice of their table."""
    graph, weights = Graph(), Published(path)
    words = graph.add("Gather", weights(graph, "embeddings.word_embeddings.weight"), "ids")
    table = weights(graph, "embeddings.position_embeddings.weight")
    places = graph.add("Slice", table, graph.constant("first", np.array([0], np.int64)), graph.add("Shape", "ids"), graph.constant("axis", np.array([0], np.int64)))
    kinds = graph.add("Gather", weights(graph, "embeddings.token_type_embeddings.weight"), graph.constant("kind", np.int64(0)))
    total = graph.add("Add", graph.add("Add", words, places), kinds)
    layers(graph, weights, range(SPLIT), norm(graph, weights, "embeddings.LayerNorm", total))
    return graph.model("lower", ("ids", TensorProto.INT64, ["tokens"]), "hidden")


def upper(weights):
    """Hidden states after the shared layers to those after the last."""
    graph = Graph()
    layers(graph, weights, range(SPLIT, LAYERS), "shared")
    return graph.model("upper", ("shared", TensorProto.FLOAT, ["tokens", WIDTH]), "hidden")


if __name__ == "__main__":
    from encoder import TEXT, weights_file

    for graph, model in (("lower", lower(weights_file())), ("upper", upper(Published(weights_file())))):
        (TEXT / f"{graph}.onnx").write_bytes(model.SerializeToString(deterministic=True))
