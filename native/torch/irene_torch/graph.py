"""One forward pass as PyTorch traces it: which modules were called, and which operators each of them ran itself.

The trace is that of ``torch.jit`` (as the authors' counter had it), since it alone sees both the operators before they
are decomposed and the arithmetic on shapes. Every call pushes its number as a scope, so that each operator names the
call that ran it. No data is touched: on the meta device nothing is computed.
"""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence, Union

import torch

from .tensor import Tensor, of_graph, of_torch

_C: Any = getattr(torch, "_C")

#: An argument of an operator: a tensor, a list of tensors, or a constant (None where it is not known).
Argument = Union[Tensor, "list[Tensor]", int, float, bool, str, None]


@dataclass(frozen=True)
class Call:
    """One call of a module, in order of execution; the root is number 0."""

    number: int
    parent: Optional[int]
    #: Name as ``named_modules()`` has it, and which call of this very module it is (0 for the first).
    path: str
    occurrence: int
    module: torch.nn.Module
    #: The distinct tensors among its arguments.
    inputs: tuple[Tensor, ...]


@dataclass(frozen=True)
class Event:
    """One operator as traced, with the number of the call that ran it."""

    call: int
    name: str
    arguments: tuple[Argument, ...]
    outputs: tuple[Tensor, ...]


@dataclass(frozen=True)
class Graph:
    calls: Sequence[Call]
    events: Sequence[Event]


def tensors_in(value: object) -> Iterator[torch.Tensor]:
    """All tensors in nested tuples, lists and mappings."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from tensors_in(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from tensors_in(item)


def trace(module: torch.nn.Module, args: Sequence[object], kwargs: Mapping[str, object]) -> Graph:
    """Traces ``module(*args, **kwargs)``, with the module as it is (its caller puts it into evaluation).

    Raises whatever the module raises, and NotImplementedError where it needs data that the meta device has not.
    """
    calls: list[Call] = []
    # Parameters and buffers are inputs of the graph: as constants their data would be copied.
    given = [*tensors_in(args), *tensors_in(kwargs), *module.parameters(), *module.buffers()]
    inputs = tuple({id(tensor): tensor for tensor in given}.values())

    def forward(*_: torch.Tensor) -> tuple[torch.Tensor, ...]:
        # Everything that comes out, for what nothing depends on is dropped from the graph.
        return tuple(tensors_in(module(*args, **kwargs)))

    with _recorded(module, calls), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        graph, _ = _C._create_graph_by_tracing(forward, inputs, lambda _: "", False, False)
    return Graph(calls, [event for node in graph.nodes() for event in _events(node)])


@contextmanager
def _recorded(root: torch.nn.Module, calls: list[Call]) -> Iterator[None]:
    """Within, each call of a module below ``root`` is recorded and is the scope of what it runs."""
    stack: list[int] = []
    replaced: list[tuple[torch.nn.Module, Optional[Callable[..., object]]]] = []

    def record(name: str, module: torch.nn.Module) -> Callable[..., object]:
        forward = module.forward

        def recorded(*args: object, **kwargs: object) -> object:
            with _untraced():
                distinct = {id(tensor): tensor for tensor in tensors_in((args, kwargs))}
                inputs = tuple(map(of_torch, distinct.values()))
            number = len(calls)
            occurrence = sum(call.module is module for call in calls)
            parent = calls[stack[-1]] if stack else None
            path = _path_below(parent, module, name) if parent else ""
            calls.append(
                Call(number, stack[-1] if stack else None, path, occurrence, module, inputs)
            )
            state = _C._get_tracing_state()
            stack.append(number)
            state.push_scope(str(number))
            try:
                return forward(*args, **kwargs)
            finally:
                state.pop_scope()
                stack.pop()

        return recorded

    for path, module in root.named_modules():
        replaced.append((module, module.__dict__.get("forward")))
        module.__dict__["forward"] = record(path, module)
    try:
        yield
    finally:
        for module, forward in replaced:
            del module.__dict__["forward"]
            if forward is not None:
                module.__dict__["forward"] = forward


def _path_below(parent: Call, module: torch.nn.Module, name: str) -> str:
    """The name its caller has for it: a module that several share bears another in each."""
    for below, candidate in parent.module.named_modules(remove_duplicate=False):
        if candidate is module:
            return f"{parent.path}.{below}" if parent.path else below
    return name


@contextmanager
def _untraced() -> Iterator[None]:
    """Within, looking at a shape leaves no operator in the trace."""
    state = _C._get_tracing_state()
    _C._set_tracing_state(None)
    try:
        yield
    finally:
        _C._set_tracing_state(state)


def _events(node: Any) -> Iterator[Event]:
    namespace, _, name = node.kind().partition("::")
    outputs = tuple(tensor for tensor in map(of_graph, node.outputs()) if tensor is not None)
    if namespace == "prim" or not outputs or not node.scopeName():
        return
    arguments = tuple(map(_argument, node.inputs()))
    yield Event(int(node.scopeName().split("/")[-1]), name, arguments, outputs)


def _argument(value: Any) -> Argument:
    tensor = of_graph(value)
    if tensor is not None:
        return tensor
    if value.node().kind() == "prim::ListConstruct":
        items = [of_graph(item) for item in value.node().inputs()]
        return [item for item in items if item is not None]
    constant: Argument = value.toIValue()
    return constant if isinstance(constant, (int, float, bool, str)) else None
