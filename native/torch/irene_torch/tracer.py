"""The tracer: any module becomes the nodes and operators of the pipeline, as one JSON document on standard output.

python -m irene_torch.tracer bert-base-uncased --batch-sizes 8 --lengths 32,64
python -m irene_torch.tracer my_model.py:make --batch-sizes 8 --lengths 128 --name my-model
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from typing import Any, Iterator, Sequence

import torch

from .counting import COUNTED
from .graph import trace
from .models import Example, ModelError, build
from .tree import Node, build_tree

#: Operators that compute and yet count nothing by the authors' rules; copies and masks are expected not to.
_HEAVY = frozenset(
    {"conv1d", "conv2d", "conv3d", "_convolution", "convolution", "lstm", "gru", "einsum"}
)


def trace_model(model: str, batch_size: int, length: int) -> tuple[Node, str]:
    """The tree of one workload, and the device it was traced on: meta, or cpu where it needs data. Raises ModelError."""
    try:
        return _tree(build(model, batch_size, length, torch.device("meta"))), "meta"
    except (NotImplementedError, RuntimeError):
        return _tree(build(model, batch_size, length, torch.device("cpu"))), "cpu"


def _tree(example: Example) -> Node:
    return build_tree(example.module, trace(example.module, example.args, example.kwargs))


def document(model: str, name: str, workloads: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """All workloads of one model as the rows of stages/trace/tables.ts, with where they come from."""
    nodes: list[dict[str, Any]] = []
    operators: list[dict[str, Any]] = []
    devices: set[str] = set()
    uncounted: Counter[str] = Counter()
    for batch_size, length in workloads:
        tree, device = trace_model(model, batch_size, length)
        devices.add(device)
        key = {"batch_size": batch_size, "length": length}
        for node_id, (row, node) in enumerate(node_rows(tree)):
            nodes.append({**key, "node_id": node_id, **row})
            for position, operator in enumerate(operator_rows(node)):
                operators.append({**key, "node_id": node_id, "position": position, **operator})
                if operator["operator"] in _HEAVY:
                    uncounted[operator["operator"]] += 1
    notes = [f"{name} counts no operations ({n} times)" for name, n in sorted(uncounted.items())]
    return {
        "model": name,
        "traced": {**versions(), "device": " and ".join(sorted(devices))},
        "notes": notes,
        "nodes": nodes,
        "operators": operators,
    }


def node_rows(tree: Node) -> Iterator[tuple[dict[str, Any], Node]]:
    """A row for each node, but for its workload and number, in depth-first order; the numbers are the positions."""
    ids: dict[int, int] = {}
    parents: dict[int, int] = {}
    for node_id, (node, depth) in enumerate(tree.walk()):
        ids[id(node)] = node_id
        for child in node.children:
            parents[id(child)] = node_id
        yield {
            "parent_id": parents.get(id(node)),
            "scope": node.scope,
            "type": node.type,
            "level": node.level,
            "depth": depth,
            "num_parameters": node.num_parameters,
            "shapes": "".join(tensor.shape_text for tensor in node.inputs),
            "flops": node.total("flops"),
            "mem_bytes": node.total("mem_bytes"),
            "signature": node.signature,
        }, node


def operator_rows(node: Node) -> Iterator[dict[str, Any]]:
    """A row for each operator that the node runs itself, in order of execution."""
    for operator, counts in node.operators:
        yield {
            "operator": operator.name,
            "inputs": "".join(tensor.shape_text for tensor in operator.inputs),
            "output": operator.output.shape_text,
            "dtype": operator.output.dtype,
            "flops": counts.flops,
            "mem_bytes": counts.mem_bytes,
            "moved_bytes": counts.moved_bytes,
            "kernels": counts.kernels,
        }


def versions() -> dict[str, str]:
    """What the counts depend on."""
    found = {"torch": str(torch.__version__)}
    transformers = sys.modules.get("transformers")
    if transformers is not None:
        found["transformers"] = str(transformers.__version__)
    return found


def _numbers(text: str) -> list[int]:
    values = [int(part) for part in text.split(",")]
    if min(values) < 1:
        raise ValueError
    return values


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="irene_torch.tracer", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("model", help="a configuration's name, a config.json, or file.py:function")
    parser.add_argument("--batch-sizes", type=_numbers, required=True, metavar="B,…")
    parser.add_argument("--lengths", type=_numbers, required=True, metavar="S,…", help="tokens")
    parser.add_argument("--name", help="of the model in the document; default: as it was given")
    options = parser.parse_args(argv)
    workloads = [(b, s) for b in options.batch_sizes for s in options.lengths]
    try:
        result = document(options.model, options.name or options.model, workloads)
    except (ModelError, ValueError) as error:
        print(f"irene_torch.tracer: {error}", file=sys.stderr)
        return 2
    json.dump(result, sys.stdout)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
