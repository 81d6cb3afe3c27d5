"""What an operator counts and moves, by the rules of the authors' counter.

A second implementation of stages/energy/tree/count.ts, which the tests hold to it: a multiply-add is two operations,
an addition reads or writes two elements, a multiplication three, a matrix that all inputs share is counted for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Sequence

from .tensor import Tensor

#: Of the tensor it is counted by: operations an element, elements read and written for each.
_BY_OUTPUT = {
    "add": (1, 2),
    "add_": (1, 2),
    "div": (1, 2),
    "sub": (1, 2),
    "pow": (1, 2),
    "mul": (1, 3),
    "mul_": (1, 3),
    "rsub": (1, 3),
}
_BY_INPUT = {
    "tanh": (4, 1),
    "relu": (1, 2),
    "gelu": (6, 2),
    "softmax": (5, 3),
    "layer_norm": (8, 4),
}
PRODUCTS = ("matmul", "bmm", "addmm")

#: Everything else counts nothing, though it may launch a kernel.
COUNTED = frozenset({*_BY_OUTPUT, *_BY_INPUT, *PRODUCTS, "embedding"})


@dataclass(frozen=True)
class Counts:
    """Plain counts; ``moved_bytes`` is what a kernel reads and writes at least, 0 where none is launched."""

    flops: int
    mem_bytes: int
    moved_bytes: int
    kernels: int


def count(name: str, inputs: Sequence[Tensor], output: Tensor) -> Counts:
    """Operands of a product come first, a bias last; of an embedding the ids come first."""
    flops, mem_bytes = _authors_count(name, inputs, output)
    # Arithmetic on shapes is traced as tensors without dimensions: counted, and launched by no one.
    launched = any(tensor.sizes for tensor in (*inputs, output))
    moved = _moved_bytes(name, inputs, output) if launched else 0
    return Counts(flops, mem_bytes, moved, int(launched))


def _authors_count(name: str, inputs: Sequence[Tensor], output: Tensor) -> tuple[int, int]:
    if name in PRODUCTS:
        left, right = inputs[:2]
        batch, (m, k), p = prod(left.sizes[:-2]), left.sizes[-2:], right.sizes[-1]
        return 2 * batch * m * k * p, left.element_bytes * batch * (m * k + k * p + m * p)
    if name == "embedding":
        return 0, inputs[0].bytes + output.bytes
    if name in _BY_OUTPUT:
        flops, elements = _BY_OUTPUT[name]
        return flops * output.volume, elements * output.bytes
    if name in _BY_INPUT:
        flops, elements = _BY_INPUT[name]
        return flops * inputs[0].volume, elements * inputs[0].bytes
    return 0, 0


def _moved_bytes(name: str, inputs: Sequence[Tensor], output: Tensor) -> int:
    # Of an embedding's table only the rows that the ids name are read.
    if name == "embedding":
        return inputs[0].bytes + 2 * output.bytes
    return sum(tensor.bytes for tensor in inputs) + output.bytes
