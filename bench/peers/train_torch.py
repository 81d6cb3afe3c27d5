"""end2end's training in PyTorch, in two styles: node by node, recursively, and vectorised by level of the tree.

Speaks lines of JSON: `{"style": …, "dtype": …, "epochs": n, "trees": n}` is answered by `{"seconds": …, "weights": …}`.
The lesson (features, trees, initial weights) lies in the folder of the first argument, written by bench/training.ts.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor


@dataclass
class Node:
    """A node of a tree as the recursive style has it: an object with its own tensor."""

    x: Tensor
    leaf_j: Tensor
    wall_j: Tensor
    nodes: float
    children: list[tuple["Node", float]]


@dataclass
class Level:
    """The edges that end in the inner nodes of one height."""

    parent: Tensor
    child: Tensor
    copies: Tensor


@dataclass
class Tree:
    """A tree as the vectorised style has it: its rows of the matrix, and the edges level by level."""

    x: Tensor
    leaf_j: Tensor
    wall_j: Tensor
    nodes: Tensor
    inner: int
    weighted: int
    levels: list[Level]


class Lesson:
    def __init__(self, folder: Path, dtype: torch.dtype) -> None:
        self.about: dict[str, Any] = json.loads((folder / "lesson.json").read_text())
        self.dtype = dtype
        self.tau: float = self.about["tau"]
        self.terms: int = self.about["terms"]
        self.x = read(folder / "x.f32", torch.float32).reshape(-1, self.terms).to(dtype)
        self.initial = (
            read(folder / "initial.f64", torch.float64).reshape(-1, self.terms + 1).to(dtype)
        )

    def column(self, values: list[float]) -> Tensor:
        return torch.tensor(values, dtype=self.dtype).reshape(-1, 1)


def read(path: Path, dtype: torch.dtype) -> Tensor:
    return torch.frombuffer(bytearray(path.read_bytes()), dtype=dtype)


def node_of(lesson: Lesson, tree: dict[str, Any]) -> Node:
    """The root of a tree; rows are in an order in which children come before their parents."""
    made: list[Node] = []
    for i, (leaf_j, wall_j, nodes) in enumerate(
        zip(tree["leaf_j"], tree["wall_j"], tree["nodes"], strict=True)
    ):
        x = lesson.x[tree["first"] + i].reshape(1, -1)
        made.append(Node(x, lesson.column([leaf_j]), lesson.column([wall_j]), nodes, []))
    for parent, child, copies in zip(tree["parent"], tree["child"], tree["copies"], strict=True):
        made[parent].children.append((made[child], copies))
    return made[-1]


def tree_of(lesson: Lesson, tree: dict[str, Any]) -> Tree:
    count, inner, weighted = len(tree["wall_j"]), tree["inner"], tree["weighted"]
    height = [0] * count
    for parent, child in zip(tree["parent"], tree["child"], strict=True):
        height[parent] = max(height[parent], height[child] + 1)
    edges = list(zip(tree["parent"], tree["child"], tree["copies"], strict=True))
    levels: list[Level] = []
    for level in range(1, max(height) + 1):
        own = [edge for edge in edges if height[edge[0]] == level]
        parents = torch.tensor([parent for parent, _, _ in own])
        children = torch.tensor([child for _, child, _ in own])
        levels.append(Level(parents, children, lesson.column([copies for _, _, copies in own])))
    x = lesson.x[tree["first"] : tree["first"] + weighted]
    leaf_j, wall_j, nodes = (lesson.column(tree[name]) for name in ("leaf_j", "wall_j", "nodes"))
    return Tree(x, leaf_j, wall_j, nodes, inner, weighted, levels)


class Recursive(torch.nn.Module):
    """One call of the layer for every node, as a tree network is usually written."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__()
        self.tau = torch.tensor(lesson.tau, dtype=lesson.dtype)
        self.layer = torch.nn.Linear(lesson.terms, 1, dtype=lesson.dtype)
        with torch.no_grad():
            self.layer.weight.copy_(lesson.initial[:1, :-1])
            self.layer.bias.copy_(lesson.initial[0, -1:])

    def joules(self, node: Node, losses: list[Tensor]) -> Tensor:
        if not node.children:
            return node.leaf_j
        total = torch.zeros_like(node.leaf_j)
        for child, copies in node.children:
            alpha = 1 + torch.tanh(self.layer(child.x)) / self.tau
            total = total + copies * alpha * self.joules(child, losses)
        losses.append(node.nodes * ((total - node.wall_j) / node.wall_j) ** 2)
        return total

    def forward(self, root: Node) -> Tensor:
        losses: list[Tensor] = []
        self.joules(root, losses)
        loss: Tensor = torch.cat(losses).sum()
        return loss

    def weights(self) -> list[float]:
        return [*self.layer.weight.flatten().tolist(), *self.layer.bias.tolist()]


class Vectorised(torch.nn.Module):
    """One product for all nodes of a tree and all seeds, then one sum for each level."""

    def __init__(self, lesson: Lesson) -> None:
        super().__init__()
        self.tau = torch.tensor(lesson.tau, dtype=lesson.dtype)
        self.layer = torch.nn.Linear(lesson.terms, len(lesson.initial), dtype=lesson.dtype)
        with torch.no_grad():
            self.layer.weight.copy_(lesson.initial[:, :-1])
            self.layer.bias.copy_(lesson.initial[:, -1])

    def forward(self, tree: Tree) -> Tensor:
        alpha = 1 + torch.tanh(self.layer(tree.x)) / self.tau
        joules = tree.leaf_j.expand(-1, alpha.shape[1])
        for level in tree.levels:
            passed = level.copies * alpha[level.child] * joules[level.child]
            joules = joules.index_add(0, level.parent, passed)
        wall_j = tree.wall_j[tree.inner :]
        error = (joules[tree.inner :] - wall_j) / wall_j
        return (tree.nodes[tree.inner :] * error**2).sum()

    def weights(self) -> list[float]:
        return torch.cat([self.layer.weight, self.layer.bias.reshape(-1, 1)], 1).flatten().tolist()


def train(model: Recursive | Vectorised, trees: list[Any], epochs: int) -> float:
    """Seconds of training: one tree a step, in their order."""
    adam = torch.optim.Adam(model.parameters(), lr=1e-3)
    started = time.perf_counter()
    for _ in range(epochs):
        for tree in trees:
            adam.zero_grad()
            model(tree).backward()
            adam.step()
    return time.perf_counter() - started


def main() -> None:
    torch.set_num_threads(1)
    folder = Path(sys.argv[1])
    lessons = {name: Lesson(folder, getattr(torch, name)) for name in ("float32", "float64")}
    made: dict[tuple[str, str], list[Any]] = {}
    for line in sys.stdin:
        asked = json.loads(line)
        style, dtype = asked["style"], asked["dtype"]
        lesson = lessons[dtype]
        if (style, dtype) not in made:
            make = node_of if style == "recursive" else tree_of
            made[style, dtype] = [make(lesson, tree) for tree in lesson.about["trees"]]
        trees = made[style, dtype][: asked["trees"]]
        model = Recursive(lesson) if style == "recursive" else Vectorised(lesson)
        seconds = train(model, trees, asked["epochs"])
        print(json.dumps({"seconds": seconds, "weights": model.weights()}), flush=True)


if __name__ == "__main__":
    main()
