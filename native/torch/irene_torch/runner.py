"""The node runner: one process for one model, told what to do by JSON lines (README.md, "The node runner").

python -m irene_torch.runner --device cpu
{"id": 1, "do": "load", "model": "gpt2", "batch_size": 8, "length": 32}
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import Any, Callable, Mapping, Optional, Sequence, TextIO

import torch

from .isolate import NotReached, Run, isolate
from .models import Example, ModelError, build
from .rounds import burst, calibrate, measure_round, synchronise, warm_up
from .tracer import node_rows, trace_model, versions
from .tree import Node

#: Grows when a request or a reply changes so that an old caller would misread it.
PROTOCOL = 1

#: Of the process, as the pipeline's: instrument not available.
UNAVAILABLE = 4

#: How long a caller may be dead before its runner ends, whatever it is doing.
_ORPHAN_POLL_S = 0.2


class RequestError(Exception):
    """A request that cannot be followed as it stands."""


@dataclass
class Loaded:
    example: Example
    nodes: list[Node]


class Runner:
    """The state between requests: a device, a model on it, and the node that is to be run."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._loaded: Optional[Loaded] = None
        self._run: Optional[Run] = None
        self._commands: Mapping[str, Callable[[Mapping[str, Any]], Mapping[str, Any]]] = {
            "load": self._load,
            "prepare": self._prepare,
            "warm_up": self._warm_up,
            "calibrate": self._calibrate,
            "round": self._round,
            "burst": self._burst,
            "release": self._release,
        }

    def reply(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """The reply to one request; an error is one too."""
        number = request.get("id")
        try:
            command = self._commands.get(str(request.get("do")))
            if command is None:
                known = ", ".join([*self._commands, "quit"])
                raise RequestError(f"unknown request {request.get('do')!r}; known: {known}")
            return {"id": number, "ok": command(request)}
        except Exception as error:  # whatever a node raises is the caller's to judge
            kind = _kind(error)
            if kind == "out_of_memory":
                self._release({})
            return _failure(number, kind, _message(error))

    def _load(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        model = _text(request, "model")
        batch_size, length = _count(request, "batch_size"), _count(request, "length")
        self._run = self._loaded = None
        tree, traced_on = trace_model(model, batch_size, length)
        example = build(model, batch_size, length, self._device)
        self._loaded = Loaded(example, [node for node, _ in tree.walk()])
        rows = [{"node_id": i, **row} for i, (row, _) in enumerate(node_rows(tree))]
        return {"nodes": rows, "traced_on": traced_on, **versions()}

    def _prepare(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        if self._loaded is None:
            raise RequestError("no model is loaded")
        number = _count(request, "node_id", least=0)
        nodes = self._loaded.nodes
        if number >= len(nodes):
            raise RequestError(f"there is no node {number}; the model has {len(nodes)}")
        node = nodes[number]
        for key, found in (("scope", node.scope), ("type", node.type)):
            if key in request and request[key] != found:
                raise RequestError(
                    f"node {number}: expected {key} {request[key]!r}, found {found!r}"
                )
        self._run = None
        self._run = isolate(node, self._loaded.example, self._device)
        with torch.no_grad():
            self._run()
        synchronise(self._device)
        return {"scope": node.scope, "type": node.type, "signature": node.signature}

    def _prepared(self) -> Run:
        if self._run is None:
            raise RequestError("no node is prepared")
        return self._run

    def _warm_up(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"runs": warm_up(self._prepared(), _seconds(request, "seconds"), self._device)}

    def _calibrate(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        repeats, latency_s = calibrate(self._prepared(), _seconds(request, "round_s"), self._device)
        return {"repeats": repeats, "latency_s": latency_s}

    def _round(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        repeats = _count(request, "repeats")
        stamps = measure_round(self._prepared(), repeats, self._device)
        return {"repeats": repeats, **asdict(stamps)}

    def _burst(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        steps = request.get("steps")
        if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
            raise RequestError("steps: expected a list of {on_s, off_s}")
        pairs = [(_seconds(step, "on_s"), _seconds(step, "off_s")) for step in steps]
        return {"steps": [asdict(stamps) for stamps in burst(pairs, self._device)]}

    def _release(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        self._run = None
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        return {}


def _failure(number: Optional[int], kind: str, message: str) -> dict[str, Any]:
    return {"id": number, "error": {"kind": kind, "message": message}}


def _text(request: Mapping[str, Any], key: str) -> str:
    value = request.get(key)
    if not isinstance(value, str):
        raise RequestError(f"{key}: expected a text, found {value!r}")
    return value


def _count(request: Mapping[str, Any], key: str, least: int = 1) -> int:
    value = request.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise RequestError(f"{key}: expected a whole number from {least} on, found {value!r}")
    return value


def _seconds(request: Mapping[str, Any], key: str) -> float:
    value = request.get(key)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or value < 0:
        raise RequestError(f"{key}: expected seconds, found {value!r}")
    return float(value)


def _kind(error: Exception) -> str:
    """usage, out_of_memory, device_lost (the process ends) or failed."""
    if isinstance(error, (RequestError, ModelError, NotReached)):
        return "usage"
    text = str(error)
    memory = ("out of memory", "can't allocate memory", "not enough memory")
    if isinstance(error, MemoryError) or any(word in text for word in memory):
        return "out_of_memory"
    return "device_lost" if "CUDA error" in text else "failed"


def _message(error: Exception) -> str:
    lines = str(error).strip().split("\n")
    named = isinstance(error, (RequestError, ModelError, NotReached))
    return lines[0] if named else f"{type(error).__name__}: {lines[0]}"


def _requests(source: TextIO, caller: int) -> "queue.Queue[Optional[str]]":
    """Lines as they come, None at the end. A runner whose caller has died ends at once, in the middle of a round too."""
    lines: "queue.Queue[Optional[str]]" = queue.Queue()

    def read() -> None:
        for line in source:
            lines.put(line)
        lines.put(None)
        while os.getppid() == caller:
            time.sleep(_ORPHAN_POLL_S)
        os._exit(0)

    threading.Thread(target=read, daemon=True).start()
    return lines


def serve(runner: Runner, source: TextIO, sink: TextIO, caller: int) -> None:
    """Answers requests, one line each, until there are no more or the caller is dead."""
    lines = _requests(source, caller)
    while (line := lines.get()) is not None:
        answer: dict[str, Any]
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ValueError("expected an object")
        except ValueError as error:
            answer = _failure(None, "usage", f"no JSON object: {error}")
        else:
            if request.get("do") == "quit":
                return
            answer = runner.reply(request)
        print(json.dumps(answer), file=sink, flush=True)
        if "error" in answer and answer["error"]["kind"] == "device_lost":
            return


def _device(name: str) -> torch.device:
    device = torch.device(name)
    if device.type == "cuda":
        if not torch.cuda.is_available():
            raise ModelError(f"PyTorch {torch.__version__} sees no CUDA device")
        if (device.index or 0) >= torch.cuda.device_count():
            raise ModelError(
                f"{name} is not there: PyTorch sees {torch.cuda.device_count()} devices"
            )
    elif device.type != "cpu":
        raise ModelError(f"{name}: expected cpu, cuda or cuda:N")
    return device


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="irene_torch.runner")
    parser.add_argument("--device", default="cuda", help="cpu, cuda or cuda:N; default cuda")
    parser.add_argument("--threads", type=int, help="of the CPU's operators; default PyTorch's")
    options = parser.parse_args(argv)
    # Asked for before the first line is out: the caller may die right after it.
    caller = os.getppid()
    # Ctrl-C is the caller's to answer. Standard output is the protocol's: what others print goes to standard error.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sink = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    try:
        device = _device(options.device)
    except (ModelError, RuntimeError) as error:
        reply = _failure(0, "unavailable", str(error).split("\n")[0])
        print(json.dumps(reply), file=sink, flush=True)
        return UNAVAILABLE
    if options.threads:
        torch.set_num_threads(options.threads)
    about = torch.cuda.get_device_name(device) if device.type == "cuda" else "CPU"
    hello = {"protocol": PROTOCOL, "pid": os.getpid(), "device": about, **versions()}
    print(json.dumps({"id": 0, "ok": hello}), file=sink, flush=True)
    serve(Runner(device), sys.stdin, sink, caller)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
