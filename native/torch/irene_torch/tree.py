"""A trace as the tree of the datasets: nodes in depth-first order, children in order of execution, the root first.

A node is one call of a module, or a function (MatMul, Softmax) outside of a primitive, which bears its caller's path.
ModuleList, Dropout and whatever else runs nothing are no nodes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Iterator, Optional, Sequence

import torch

from .counting import Counts, count
from .graph import Call, Graph
from .operators import Operator, lower
from .tensor import Tensor, dtype_name, of_torch

#: Modules of the ML level, by class, and the operator that each is traced as; MatMul and Softmax are functions of it.
PRIMITIVES = {
    "Embedding": ("embedding",),
    "LayerNorm": ("layer_norm",),
    "Linear": ("linear", "matmul", "addmm"),
    "Tanh": ("tanh",),
    "Conv1D": ("addmm",),
    "Softmax": ("softmax",),
}


@dataclass
class Node:
    """One node with all below it; ``operators`` are those it runs itself."""

    path: str
    scope: str
    type: str
    level: str
    #: The call it is; of a function, the call that runs it.
    call: Call
    inputs: tuple[Tensor, ...]
    num_parameters: int
    #: Of a function, the operator it runs.
    function: Optional[Operator] = None
    operators: list[tuple[Operator, Counts]] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)

    def walk(self, depth: int = 1) -> Iterator[tuple[Node, int]]:
        """The node and all below it, depth first, each with its depth."""
        yield self, depth
        for child in self.children:
            yield from child.walk(depth + 1)

    def total(self, of: str) -> int:
        """``flops`` or ``mem_bytes`` of the node and all below it."""
        own = sum(getattr(counts, of) for _, counts in self.operators)
        return int(own) + sum(child.total(of) for child in self.children)

    @property
    def runs_something(self) -> bool:
        return bool(self.operators) or any(child.runs_something for child in self.children)

    @property
    def signature(self) -> str:
        """Equal texts are equal work. A primitive's is the declared families'; another's ends its work in a digest."""
        dtype = self._dtype
        shapes = "".join(
            tensor.shape_text + ("" if tensor.dtype == dtype else f":{tensor.dtype}")
            for tensor in self.inputs
        )
        words = [f"{self.type}{shapes}", dtype]
        if self.level != "ml":
            words = [f"torch/{words[0]}", dtype, f"work={self._work_digest()}"]
        return " ".join([*words, f"parameters={self.num_parameters}"])

    @property
    def _dtype(self) -> str:
        types = [dtype_name(parameter.dtype) for parameter in self.call.module.parameters()]
        floats = [name for name in types if "float" in name]
        return floats[0] if floats else "float32"

    def _work_digest(self) -> str:
        text = "\n".join(
            f"{node.type} {operator.name} {_texts(operator.inputs)} -> {_texts([operator.output])}"
            for node, _ in self.walk()
            for operator, _ in node.operators
        )
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def _texts(tensors: Sequence[Tensor]) -> str:
    return "".join(f"{tensor.shape_text}:{tensor.dtype}" for tensor in tensors)


def build_tree(root: torch.nn.Module, graph: Graph) -> Node:
    """The tree of one traced forward pass of ``root``. Raises ValueError where it ran no operator at all."""
    builder = _Builder(root, graph)
    for event in graph.events:
        for operator in lower(event):
            builder.place(event.call, operator)
    top = builder.node(0)
    if not top.runs_something:
        raise ValueError(f"{top.type} ran no operator")
    return top


class _Builder:
    def __init__(self, root: torch.nn.Module, graph: Graph) -> None:
        self._graph = graph
        self._nodes: dict[int, Node] = {}
        modules = dict(root.named_modules())
        self._lists = {name for name, module in modules.items() if _is_container(module)}

    def node(self, number: int) -> Node:
        """The node of a call, made when something below it first runs: so children stand in order of execution."""
        if number not in self._nodes:
            call = self._graph.calls[number]
            self._nodes[number] = self._of_call(call)
            if call.parent is not None:
                self.node(call.parent).children.append(self._nodes[number])
        return self._nodes[number]

    def place(self, number: int, operator: Operator) -> None:
        node = self.node(number)
        if operator.of_caller and node.level == "ml" and node.call.parent is not None:
            node = self.node(node.call.parent)
        counted = (operator, count(operator.name, operator.inputs, operator.output))
        if operator.function and node.level != "ml":
            node.children.append(_function_node(node, operator, counted))
        else:
            node.operators.append(counted)

    def _of_call(self, call: Call) -> Node:
        type_name = type(call.module).__name__
        primitive = type_name in PRIMITIVES and call.parent is not None and self._is_leaf(call)
        weights = tuple(map(of_torch, call.module.parameters())) if primitive else ()
        parts = call.path.split(".") if call.path else []
        names = [
            part for i, part in enumerate(parts) if ".".join(parts[: i + 1]) not in self._lists
        ]
        return Node(
            path=call.path,
            scope=".".join(names),
            type=type_name,
            level="model" if call.parent is None else "ml" if primitive else "module",
            call=call,
            inputs=(*call.inputs, *weights),
            num_parameters=sum(parameter.numel() for parameter in call.module.parameters()),
        )

    def _is_leaf(self, call: Call) -> bool:
        """Whether the call runs what the class does in PyTorch, not another of the same name."""
        expected = PRIMITIVES[type(call.module).__name__]
        events = [event for event in self._graph.events if event.call == call.number]
        return any(event.name in expected for event in events)


def _is_container(module: torch.nn.Module) -> bool:
    return isinstance(module, (torch.nn.ModuleList, torch.nn.ModuleDict))


def _function_node(caller: Node, operator: Operator, counted: tuple[Operator, Counts]) -> Node:
    """A product or a softmax: its operands are what it takes in, a bias is not."""
    operands = operator.inputs[:2] if operator.function == "MatMul" else operator.inputs[:1]
    return Node(
        path=caller.path,
        scope=caller.scope,
        type=str(operator.function),
        level="ml",
        call=caller.call,
        inputs=operands,
        num_parameters=0,
        function=operator,
        operators=[counted],
    )
