"""A tensor as far as counting needs it: sizes, strides and element type, never data."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, Optional, Sequence

import torch

#: Names of element types by what the graph of a trace calls them, and their bytes.
_BY_SCALAR_TYPE = {
    "Float": "float32",
    "Half": "float16",
    "BFloat16": "bfloat16",
    "Double": "float64",
    "Long": "int64",
    "Int": "int32",
    "Short": "int16",
    "Char": "int8",
    "Byte": "uint8",
    "Bool": "bool",
}
_BYTES = {
    "float32": 4,
    "float16": 2,
    "bfloat16": 2,
    "float64": 8,
    "int64": 8,
    "int32": 4,
    "int16": 2,
    "int8": 1,
    "uint8": 1,
    "bool": 1,
}


@dataclass(frozen=True)
class Tensor:
    """Sizes, strides (both in elements) and element type of a tensor."""

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    dtype: str

    @property
    def volume(self) -> int:
        """Number of elements; 1 without dimensions."""
        return prod(self.sizes)

    @property
    def bytes(self) -> int:
        return self.volume * self.element_bytes

    @property
    def element_bytes(self) -> int:
        return _BYTES[self.dtype]

    @property
    def stored(self) -> Tensor:
        """The part that exists in memory: a dimension that was expanded has one element there."""
        sizes = tuple(1 if stride == 0 else size for size, stride in zip(self.sizes, self.strides))
        return Tensor(sizes, self.strides, self.dtype)

    @property
    def shape_text(self) -> str:
        """``(8,32,768)``"""
        return f"({','.join(map(str, self.sizes))})"

    def viewable_as(self, *sizes: int) -> bool:
        """Whether this shape can be had without a copy; PyTorch itself is asked."""
        blank = torch.empty_strided(self.sizes, self.strides, device="meta")
        try:
            blank.view(sizes)
        except RuntimeError:
            return False
        return True

    @property
    def contiguous(self) -> bool:
        return bool(torch.empty_strided(self.sizes, self.strides, device="meta").is_contiguous())


def contiguous(sizes: Sequence[int], dtype: str = "float32") -> Tensor:
    """A tensor of these sizes, row by row in memory."""
    strides, step = [], 1
    for size in reversed(sizes):
        strides.append(step)
        step *= max(size, 1)
    return Tensor(tuple(sizes), tuple(reversed(strides)), dtype)


def dtype_name(dtype: torch.dtype) -> str:
    """``float32`` of ``torch.float32``."""
    return str(dtype).replace("torch.", "")


def of_torch(tensor: torch.Tensor) -> Tensor:
    return Tensor(tuple(tensor.shape), tuple(tensor.stride()), dtype_name(tensor.dtype))


def of_graph(value: Any) -> Optional[Tensor]:
    """The tensor that a value of a trace's graph is; None for anything else."""
    kind = value.type()
    if kind.kind() != "TensorType" or kind.sizes() is None:
        return None
    dtype = _BY_SCALAR_TYPE.get(kind.scalarType())
    if dtype is None:
        return None
    return Tensor(tuple(kind.sizes()), tuple(kind.strides()), dtype)
