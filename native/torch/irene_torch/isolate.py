"""One node on its own, with the inputs that it sees when the model runs.

A module gets the very arguments of its call, caught in a forward pass of the whole model, which goes no further. A
function gets random operands of the shapes, strides and types that it was traced with; those that are copied first are
given as the copy, for the copy is its caller's work.
"""

from __future__ import annotations

from math import prod
from typing import Callable, Mapping, Optional, Sequence

import torch

from .graph import Call
from .models import Example
from .operators import Operator
from .tensor import Tensor, contiguous
from .tree import Node

#: Runs the node once.
Run = Callable[[], object]


class NotReached(Exception):
    """The model ended without the call that was to be caught."""


def isolate(node: Node, example: Example, device: torch.device) -> Run:
    """A function that runs the node once. Raises what the model raises on the way, and NotReached."""
    if node.function is not None:
        return _function(node.function, device)
    if node.call.parent is None:
        return lambda: example.module(*example.args, **example.kwargs)
    module = _module_at(example.module, node.call.path)
    args, kwargs = _caught(example, module, node.call)
    return lambda: module(*args, **kwargs)


def _module_at(root: torch.nn.Module, path: str) -> torch.nn.Module:
    modules: dict[str, torch.nn.Module] = dict(root.named_modules(remove_duplicate=False))
    return modules[path]


class _Caught(BaseException):
    """Ends the forward pass; not an Exception, so that no model handles it."""


def _caught(
    example: Example, module: torch.nn.Module, call: Call
) -> tuple[Sequence[object], Mapping[str, object]]:
    """The arguments of that call of the module."""
    forward, own = module.forward, module.__dict__.get("forward")
    calls = 0
    found: Optional[tuple[Sequence[object], Mapping[str, object]]] = None

    def catching(*args: object, **kwargs: object) -> object:
        nonlocal calls, found
        if calls == call.occurrence:
            found = (args, kwargs)
            raise _Caught
        calls += 1
        return forward(*args, **kwargs)

    module.__dict__["forward"] = catching
    try:
        with torch.no_grad():
            example.module(*example.args, **example.kwargs)
    except _Caught:
        pass
    finally:
        del module.__dict__["forward"]
        if own is not None:
            module.__dict__["forward"] = own
    if found is None:
        raise NotReached(f"{call.path} was called {calls} times, not {call.occurrence + 1}")
    return found


def _function(operator: Operator, device: torch.device) -> Run:
    if operator.name == "softmax":
        value = _random(operator.inputs[0], device)
        return lambda: torch.softmax(value, operator.dim)
    left, right = (_random(_uncopied(operand), device) for operand in operator.inputs[:2])
    if len(operator.inputs) == 2:
        return lambda: torch.matmul(left, right)
    bias = _random(operator.inputs[2], device)
    if operator.name == "addmm":
        return lambda: torch.addmm(bias, left, right)
    return lambda: torch.baddbmm(bias, left, right)


def _uncopied(operand: Tensor) -> Tensor:
    *batch, rows, columns = operand.sizes
    if operand.viewable_as(prod(batch), rows, columns):
        return operand
    return contiguous(operand.sizes, operand.dtype)


def _random(tensor: Tensor, device: torch.device) -> torch.Tensor:
    """Uniform in 0…1, zero for integers; expanded dimensions stay expanded."""
    reach = sum((size - 1) * stride for size, stride in zip(tensor.sizes, tensor.strides)) + 1
    dtype = getattr(torch, tensor.dtype)
    values: torch.Tensor = torch.rand(reach, device=device).to(dtype)
    strided: torch.Tensor = values.as_strided(tensor.sizes, tensor.strides)
    return strided
