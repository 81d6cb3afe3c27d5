"""Small modules for the tests, each as ``file.py:function`` takes it: (batch size, length) → (module, inputs)."""

from __future__ import annotations

import os
import time
from typing import Dict, Tuple

import torch
from torch import nn


class Gate(nn.Module):
    """Two products by hand, a shared Linear called twice, a Sequential, and what runs nothing."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.shared = nn.Linear(hidden, hidden)
        self.blocks = nn.ModuleList([nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU())])
        self.nothing = nn.Identity()
        self.drop = nn.Dropout(0.5)

    def forward(self, x: torch.Tensor, *, scale: torch.Tensor) -> torch.Tensor:
        scores = torch.softmax(torch.matmul(self.shared(x), x.transpose(1, 2)), -1)
        for block in self.blocks:
            x = block(self.nothing(x))
        out: torch.Tensor = self.drop(self.shared(torch.matmul(scores, x) * scale))
        return out


def gate(batch_size: int, length: int) -> Tuple[nn.Module, Dict[str, torch.Tensor]]:
    return Gate(16), {"x": torch.rand(batch_size, length, 16), "scale": torch.rand(16)}


def half(batch_size: int, length: int) -> Tuple[nn.Module, Dict[str, torch.Tensor]]:
    module, inputs = gate(batch_size, length)
    return module.half(), {name: value.half() for name, value in inputs.items()}


class Sibling(nn.Module):
    def __init__(self, act: nn.Module) -> None:
        super().__init__()
        self.act = act

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.act(x)
        return out


class Siblings(nn.Module):
    """Two modules that share a third."""

    def __init__(self) -> None:
        super().__init__()
        act = nn.Tanh()
        self.first, self.second = Sibling(act), Sibling(act)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.second(self.first(x))
        return out


def siblings(batch_size: int, length: int) -> Tuple[nn.Module, torch.Tensor]:
    return Siblings(), torch.rand(batch_size, length)


class Fused(nn.Module):
    def forward(self, q: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = getattr(nn.functional, "scaled_dot_product_attention")(q, q, q, mask)
        return out


def fused(batch_size: int, length: int) -> Tuple[nn.Module, Tuple[torch.Tensor, ...]]:
    return Fused(), (torch.rand(batch_size, 2, length, 4), torch.zeros(1, 1, length, length))


class Einsum(nn.Module):
    def forward(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = torch.einsum("bhid,bhjd->bhij", x, y)
        return out


def einsum(batch_size: int, length: int) -> Tuple[nn.Module, Tuple[torch.Tensor, ...]]:
    return Einsum(), (torch.rand(batch_size, 2, length, 4), torch.rand(batch_size, 2, 5, 4))


class NeedsData(nn.Module):
    """Cannot be traced on the meta device: it looks at a value."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if float(x.sum()) > 0:
            return torch.tanh(x)
        return x


def needs_data(batch_size: int, length: int) -> Tuple[nn.Module, torch.Tensor]:
    return NeedsData(), torch.rand(batch_size, length)


class LayerNorm(nn.Module):
    """Not PyTorch's."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.sub(x, x.mean(-1, keepdim=True))


class Namesake(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = LayerNorm()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.norm(x)
        return out


def namesake(batch_size: int, length: int) -> Tuple[nn.Module, torch.Tensor]:
    return Namesake(), torch.rand(batch_size, length)


class Fails(nn.Module):
    """Works within its model, and fails on its own, in the way it is named after."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way
        self.within = False

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.within:
            if self.way == "memory":
                torch.empty(1 << 60)
            if self.way == "error":
                raise ValueError("expected more")
            if self.way == "death":
                os.abort()
        return torch.add(x, 1)


class Faulty(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.good = nn.Tanh()
        self.memory, self.error, self.death = Fails("memory"), Fails("error"), Fails("death")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        children = (self.memory, self.error, self.death)
        try:
            for child in children:
                child.within = True
            out: torch.Tensor = self.death(self.error(self.memory(self.good(x))))
        finally:
            for child in children:
                child.within = False
        return out


def faulty(batch_size: int, length: int) -> Tuple[nn.Module, torch.Tensor]:
    return Faulty(), torch.rand(batch_size, length)


def not_a_model(batch_size: int, length: int) -> int:
    return batch_size * length


class CallsOnce(nn.Module):
    """As Gate, but for its second call of the shared Linear."""

    def __init__(self) -> None:
        super().__init__()
        self.shared = nn.Linear(16, 16)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.shared(x)
        return out


def calls_once(batch_size: int, length: int) -> Tuple[nn.Module, torch.Tensor]:
    return CallsOnce(), torch.rand(batch_size, length, 16)


class Talkative(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        print("talk")
        os.write(1, b"more talk\n")
        return torch.tanh(x)


def talkative(batch_size: int, length: int) -> Tuple[nn.Module, torch.Tensor]:
    return Talkative(), torch.rand(batch_size, length)


def never(batch_size: int, length: int) -> Tuple[nn.Module, torch.Tensor]:
    time.sleep(3600)
    return talkative(batch_size, length)
