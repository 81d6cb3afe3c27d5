"""Traced operators in the terms of the datasets: what launches a kernel or is counted, by the names of the families.

Views are left out. What PyTorch does inside of one operator is spelled out where it is a kernel of its own: a Linear's
bias, the copies that a batched product makes of permuted operands, fused attention as its mathematical form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Callable, Iterator, Optional, Sequence

from .counting import COUNTED
from .graph import Argument, Event
from .tensor import Tensor, contiguous

#: Operators that look at the same memory in another way, or do nothing in evaluation.
_VIEWS = frozenset(
    """view view_as permute transpose transpose_ t numpy_T mT slice select narrow split split_with_sizes chunk
    tensor_split unbind expand expand_as unsqueeze unsqueeze_ squeeze squeeze_ detach detach_ alias lift_fresh
    movedim swapaxes unfold diagonal real unflatten size empty empty_like new_empty
    dropout dropout_ feature_dropout alpha_dropout
    resolve_conj resolve_neg""".split()
)

#: Copies that are none where the memory already is as it is asked for.
_RESHAPES = frozenset({"reshape", "flatten", "reshape_as"})


@dataclass(frozen=True)
class Operator:
    name: str
    inputs: tuple[Tensor, ...]
    output: Tensor
    #: ``MatMul`` or ``Softmax`` where it is a node of its own, unless a primitive runs it.
    function: Optional[str] = None
    #: Of a Softmax, the dimension it is taken over.
    dim: int = -1
    #: A copy that the operator after it needs: the caller's work, not the primitive's.
    of_caller: bool = False


def lower(event: Event) -> Iterator[Operator]:
    """The operators of the datasets for one traced operator, in order of execution; none for a view."""
    if event.name in _VIEWS:
        return
    yield from _RULES.get(event.name, _other)(event)


def _tensors(arguments: Sequence[Argument]) -> list[Tensor]:
    """The tensors among the arguments as they lie in memory; scalars only where there is nothing else."""
    found: list[Tensor] = []
    for argument in arguments:
        if isinstance(argument, Tensor):
            found.append(argument.stored)
        elif isinstance(argument, list):
            found.extend(argument)
    return [tensor for tensor in found if tensor.sizes] or found


def _other(event: Event) -> Iterator[Operator]:
    output = event.outputs[0]
    inputs = _tensors(event.arguments)
    launches = bool(output.sizes) or any(tensor.sizes for tensor in inputs)
    if launches or event.name in COUNTED:
        yield Operator(event.name, tuple(inputs), output)


def _tensor(argument: Argument) -> Tensor:
    assert isinstance(argument, Tensor), f"expected a tensor, found {argument!r}"
    return argument


def _copied(tensor: Tensor, *sizes: int) -> Iterator[Operator]:
    """The copy it takes to see a tensor in this shape, if it takes one."""
    if not tensor.viewable_as(*sizes):
        output = contiguous(tensor.sizes, tensor.dtype)
        yield Operator("contiguous", (tensor,), output, of_caller=True)


def _product(event: Event) -> Iterator[Operator]:
    left, right = map(_tensor, event.arguments[:2])
    yield from _matmul(left, right, event.outputs[0], "bmm" if event.name == "bmm" else "matmul")


def _matmul(
    left: Tensor, right: Tensor, output: Tensor, name: str = "matmul"
) -> Iterator[Operator]:
    if len(left.sizes) > 2 and len(right.sizes) > 2:
        for operand in (left, right):
            yield from _copied(operand, prod(operand.sizes[:-2]), *operand.sizes[-2:])
    elif len(left.sizes) > 2:
        yield from _copied(left, prod(left.sizes[:-1]), left.sizes[-1])
    yield Operator(name, (left, right), output, function="MatMul")


def _addmm(event: Event) -> Iterator[Operator]:
    bias, left, right = map(_tensor, event.arguments[:3])
    name = "addmm" if event.name == "addmm" else "bmm"
    yield Operator(name, (left, right, bias.stored), event.outputs[0], function="MatMul")


def _linear(event: Event) -> Iterator[Operator]:
    """One operator since PyTorch 1.8; in the datasets as before: a product, for more dimensions the bias apart."""
    value, weight = map(_tensor, event.arguments[:2])
    bias = event.arguments[2] if len(event.arguments) > 2 else None
    output = event.outputs[0]
    turned = Tensor(weight.sizes[::-1], weight.strides[::-1], weight.dtype)
    if isinstance(bias, Tensor) and len(value.sizes) == 2:
        yield Operator("addmm", (value, turned, bias), output, function="MatMul")
        return
    yield from _matmul(value, turned, output)
    if isinstance(bias, Tensor):
        yield Operator("add_", (output, bias), output)


def _embedding(event: Event) -> Iterator[Operator]:
    table, ids = map(_tensor, event.arguments[:2])
    yield from _copied(ids, ids.volume)
    yield Operator("embedding", (ids, table), event.outputs[0])


def _softmax(event: Event) -> Iterator[Operator]:
    value = _tensor(event.arguments[0])
    dim = event.arguments[1]
    yield Operator(
        "softmax", (value,), event.outputs[0], "Softmax", dim if isinstance(dim, int) else -1
    )


def _contiguous(event: Event) -> Iterator[Operator]:
    value = _tensor(event.arguments[0])
    if not value.contiguous:
        yield Operator("contiguous", (value,), event.outputs[0])


def _reshape(event: Event) -> Iterator[Operator]:
    value, output = _tensor(event.arguments[0]), event.outputs[0]
    if not value.viewable_as(*output.sizes):
        yield Operator("contiguous", (value,), contiguous(value.sizes, value.dtype))


def _convert(event: Event) -> Iterator[Operator]:
    """Of a conversion only the first tensor is read, and nothing where the type is the same."""
    value, output = _tensor(event.arguments[0]), event.outputs[0]
    if value.dtype != output.dtype and output.sizes:
        yield Operator(event.name, (value.stored,), output)


def _new(event: Event) -> Iterator[Operator]:
    """Filled anew: of the tensor it is shaped after nothing is read."""
    output = event.outputs[0]
    if output.sizes:
        yield Operator(event.name, (), output)


def _cumsum(event: Event) -> Iterator[Operator]:
    value, output = _tensor(event.arguments[0]), event.outputs[0]
    if value.dtype != output.dtype:
        value = replace(value, dtype=output.dtype)
        yield Operator("to", (_tensor(event.arguments[0]),), value)
    yield Operator(event.name, (value,), output)


def _stack(event: Event) -> Iterator[Operator]:
    """Its tensors are copied one by one."""
    for tensor in _tensors(event.arguments[:1]):
        yield Operator("stack", (tensor,), contiguous(tensor.sizes, tensor.dtype))


def _einsum(event: Event) -> Iterator[Operator]:
    """A batched product of two operands, by the letters of its equation; others are left as they are."""
    equation, operands = event.arguments[:2]
    if not (isinstance(equation, str) and isinstance(operands, list) and len(operands) == 2):
        yield from _other(event)
        return
    left, right = equation.replace(" ", "").split("->")[0].split(",")
    out = equation.replace(" ", "").split("->")[1] if "->" in equation else ""
    if "." in equation or not out:
        yield from _other(event)
        return
    size = {**dict(zip(left, operands[0].sizes)), **dict(zip(right, operands[1].sizes))}

    def volume(keep: Callable[[str], bool]) -> int:
        return prod(size[letter] for letter in size if keep(letter))

    batch = volume(lambda letter: letter in left and letter in right and letter in out)
    m = volume(lambda letter: letter in left and letter not in right)
    k = volume(lambda letter: letter in left and letter in right and letter not in out)
    n = volume(lambda letter: letter in right and letter not in left)
    dtype = operands[0].dtype
    a, b = contiguous((batch, m, k), dtype), contiguous((batch, k, n), dtype)
    yield Operator("bmm", (a, b), contiguous((batch, m, n), dtype), function="MatMul")


def _attention(event: Event) -> Iterator[Operator]:
    """softmax(q·kᵀ·scale + mask)·v: the fused kernel computes it without storing the scores."""
    query, key, value = map(_tensor, event.arguments[:3])
    mask = event.arguments[3] if len(event.arguments) > 3 else None
    turned = Tensor(
        (*key.sizes[:-2], key.sizes[-1], key.sizes[-2]),
        (*key.strides[:-2], key.strides[-1], key.strides[-2]),
        key.dtype,
    )
    scores = contiguous((*query.sizes[:-1], key.sizes[-2]), query.dtype)
    yield Operator("matmul", (query, turned), scores, function="MatMul")
    yield Operator("mul", (scores,), scores)
    if isinstance(mask, Tensor):
        yield Operator("add", (scores, mask.stored), scores)
    yield Operator("softmax", (scores,), scores, function="Softmax")
    yield Operator("matmul", (scores, value), event.outputs[0], function="MatMul")


_RULES: dict[str, Callable[[Event], Iterator[Operator]]] = {
    **dict.fromkeys(("matmul", "bmm", "mm"), _product),
    **dict.fromkeys(("addmm", "baddbmm"), _addmm),
    **dict.fromkeys(_RESHAPES, _reshape),
    **dict.fromkeys(("to", "type_as", "_to_copy"), _convert),
    **dict.fromkeys(
        ("new_ones", "new_zeros", "new_full", "ones_like", "zeros_like", "full_like"), _new
    ),
    "linear": _linear,
    "embedding": _embedding,
    "softmax": _softmax,
    "contiguous": _contiguous,
    "cumsum": _cumsum,
    "stack": _stack,
    "einsum": _einsum,
    "scaled_dot_product_attention": _attention,
}
