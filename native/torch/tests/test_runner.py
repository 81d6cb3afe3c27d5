"""The node runner: what it runs, how it times, and that no mistake of a node ends more than its own process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Iterator

import pytest
import torch

from irene_torch.isolate import NotReached, isolate
from irene_torch.models import build
from irene_torch.rounds import burst, calibrate, measure_round, warm_up
from irene_torch.runner import Runner, _kind
from irene_torch.tracer import trace_model
from irene_torch.tree import Node

HERE = Path(__file__).parent
SMALL = HERE / "small_models.py"
TINY = str(HERE / "tiny_bert.json")
CPU = torch.device("cpu")


def nodes_of(model: str, batch_size: int = 3, length: int = 5) -> list[Node]:
    return [node for node, _ in trace_model(model, batch_size, length)[0].walk()]


def find(nodes: list[Node], scope: str, type_name: str, which: int = 0) -> Node:
    return [node for node in nodes if (node.scope, node.type) == (scope, type_name)][which]


@pytest.mark.parametrize("model", [f"{SMALL}:gate", TINY])
def test_every_node_runs_on_its_own(model: str) -> None:
    example = build(model, 3, 5, CPU)
    for node in nodes_of(model):
        with torch.no_grad():
            isolate(node, example, CPU)()


def test_a_module_sees_what_the_model_gave_it() -> None:
    """Run in isolation the last block gives the model's own output."""
    torch.manual_seed(1)
    example = build(TINY, 2, 4, CPU)
    with torch.no_grad():
        whole = example.module(*example.args)
        last = find(nodes_of(TINY, 2, 4), "encoder.1", "BertLayer")
        alone: Any = isolate(last, example, CPU)()
    hidden = alone if isinstance(alone, torch.Tensor) else alone[0]
    assert torch.equal(hidden, whole[0])


def test_the_second_call_of_a_module_has_its_own_inputs() -> None:
    model = f"{SMALL}:gate"
    example = build(model, 3, 5, CPU)
    first, second = (find(nodes_of(model), "shared", "Linear", which) for which in (0, 1))
    with torch.no_grad():
        a: Any = isolate(first, example, CPU)()
        b: Any = isolate(second, example, CPU)()
        whole = example.module(**example.kwargs)
    assert not torch.equal(a, b)
    assert torch.equal(b, whole)


def test_a_function_has_operands_of_the_traced_shapes() -> None:
    nodes = nodes_of(TINY, 2, 4)
    example = build(TINY, 2, 4, CPU)
    scores: Any = isolate(find(nodes, "encoder.0.attention.self", "MatMul", 0), example, CPU)()
    context: Any = isolate(find(nodes, "encoder.0.attention.self", "MatMul", 1), example, CPU)()
    softmax: Any = isolate(find(nodes, "encoder.0.attention.self", "Softmax"), example, CPU)()
    assert scores.shape == (2, 2, 4, 4)
    assert context.shape == (2, 2, 4, 8)
    assert torch.allclose(softmax.sum(-1), torch.ones(2, 2, 4))


def test_isolating_leaves_the_model_as_it_was() -> None:
    example = build(TINY, 2, 4, CPU)
    isolate(find(nodes_of(TINY, 2, 4), "encoder.1", "BertLayer"), example, CPU)
    assert all("forward" not in vars(module) for module in example.module.modules())


def test_a_call_that_never_comes_is_said() -> None:
    nodes = nodes_of(f"{SMALL}:gate")
    second = find(nodes, "shared", "Linear", 1)
    other = build(f"{SMALL}:calls_once", 3, 5, CPU)
    with pytest.raises(NotReached, match="shared was called 1 times, not 2"):
        isolate(second, other, CPU)


def test_a_round_is_its_repeats_between_two_stamps() -> None:
    calls: list[int] = []

    def run() -> None:
        calls.append(1)
        time.sleep(0.001)

    before = time.monotonic_ns() // 1000
    stamps = measure_round(run, 20, CPU)
    after = time.monotonic_ns() // 1000
    assert len(calls) == 20
    assert before <= stamps.start_mono_us < stamps.end_mono_us <= after
    assert stamps.end_mono_us - stamps.start_mono_us >= 20_000
    utc = stamps.end_utc_us - stamps.start_utc_us
    assert abs(utc - (stamps.end_mono_us - stamps.start_mono_us)) < 10_000


def test_calibration_finds_the_repeats_of_a_round() -> None:
    repeats, latency_s = calibrate(lambda: time.sleep(0.002), 1.0, CPU)
    assert latency_s >= 0.002
    assert repeats == -(-1.0 // latency_s)


def test_a_run_that_is_longer_than_a_round_is_run_once() -> None:
    assert calibrate(lambda: time.sleep(0.05), 0.02, CPU)[0] == 1


def test_warm_up_runs_at_least_once() -> None:
    calls: list[int] = []
    assert warm_up(lambda: calls.append(1), 0, CPU) == len(calls) == 1


def test_a_burst_holds_its_steps() -> None:
    steps = burst([(0.10, 0.05), (0.20, 0.02)], CPU)
    lengths = [step.end_mono_us - step.start_mono_us for step in steps]
    assert lengths[0] >= 100_000 and lengths[1] >= 200_000
    assert steps[1].start_mono_us - steps[0].end_mono_us >= 50_000


@pytest.mark.parametrize(
    "error, kind",
    [
        (MemoryError(), "out_of_memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate"), "out_of_memory"),
        (RuntimeError("CUDA error: an illegal memory access was encountered"), "device_lost"),
        (ValueError("expected more"), "failed"),
    ],
)
def test_kinds_of_errors(error: Exception, kind: str) -> None:
    assert _kind(error) == kind


@pytest.mark.parametrize(
    "request_, expected",
    [
        ({"do": "dance"}, "unknown request 'dance'; known: load, prepare"),
        ({"do": "load"}, "model: expected a text, found None"),
        (
            {"do": "load", "model": "x", "batch_size": 0},
            "batch_size: expected a whole number from 1",
        ),
        ({"do": "load", "model": "x", "batch_size": 1, "length": 1}, "unknown model x"),
        ({"do": "prepare", "node_id": 0}, "no model is loaded"),
        ({"do": "round", "repeats": 1}, "no node is prepared"),
        ({"do": "burst", "steps": [1]}, "steps: expected a list of {on_s, off_s}"),
        ({"do": "burst", "steps": [{"on_s": -1}]}, "on_s: expected seconds, found -1"),
    ],
)
def test_a_wrong_request_is_a_reply(request_: dict[str, Any], expected: str) -> None:
    reply = Runner(CPU).reply({"id": 7, **request_})
    assert reply["id"] == 7
    assert reply["error"]["kind"] == "usage"
    assert reply["error"]["message"].startswith(expected)


def test_a_node_that_is_not_the_one_meant_is_refused() -> None:
    runner = Runner(CPU)
    runner.reply({"id": 1, "do": "load", "model": TINY, "batch_size": 1, "length": 4})
    reply = runner.reply({"id": 2, "do": "prepare", "node_id": 1, "scope": "pooler"})
    assert reply["error"]["message"] == "node 1: expected scope 'pooler', found 'embeddings'"
    reply = runner.reply({"id": 3, "do": "prepare", "node_id": 1000})
    assert reply["error"]["message"].startswith("there is no node 1000; the model has")


class Process:
    """A runner in a process of its own."""

    def __init__(self) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "irene_torch.runner", "--device", "cpu"],
            cwd=HERE.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.read()["ok"]["protocol"] == 1

    def read(self) -> dict[str, Any]:
        assert self.popen.stdout
        line = self.popen.stdout.readline()
        reply: dict[str, Any] = json.loads(line) if line else {"dead": self.popen.wait()}
        return reply

    def ask(self, **request: Any) -> dict[str, Any]:
        assert self.popen.stdin
        self.popen.stdin.write(json.dumps({"id": 1, **request}) + "\n")
        self.popen.stdin.flush()
        return self.read()


@pytest.fixture
def process() -> Iterator[Process]:
    process = Process()
    yield process
    process.popen.kill()
    process.popen.wait()


def test_failures_of_nodes_are_replies_and_death_is_seen(process: Process) -> None:
    loaded = process.ask(do="load", model=f"{SMALL}:faulty", batch_size=2, length=3)["ok"]
    ids = {row["scope"]: row["node_id"] for row in loaded["nodes"]}
    memory = process.ask(do="prepare", node_id=ids["memory"])
    assert memory["error"]["kind"] == "out_of_memory"
    error = process.ask(do="prepare", node_id=ids["error"])
    assert error["error"] == {"kind": "failed", "message": "ValueError: expected more"}
    assert process.ask(do="prepare", node_id=ids["good"])["ok"]["type"] == "Tanh"
    assert process.ask(do="round", repeats=3)["ok"]["repeats"] == 3
    assert process.ask(do="prepare", node_id=ids["death"]) == {"dead": -signal.SIGABRT}


def test_what_a_model_prints_is_no_reply(process: Process) -> None:
    loaded = process.ask(do="load", model=f"{SMALL}:talkative", batch_size=2, length=3)
    assert loaded["ok"]["nodes"][0]["type"] == "Talkative"


def test_ctrl_c_is_the_callers_and_the_end_of_requests_is_the_end(process: Process) -> None:
    os.kill(process.popen.pid, signal.SIGINT)
    assert process.ask(do="release") == {"id": 1, "ok": {}}
    assert process.popen.stdin
    process.popen.stdin.close()
    assert process.popen.wait(timeout=60) == 0


def test_a_runner_does_not_outlive_its_caller() -> None:
    """Its caller dies in the middle of a burst of ten minutes."""
    program = (
        "import subprocess, sys, os, signal, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'irene_torch.runner', '--device', 'cpu'],\n"
        "    stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n"
        "child.stdout.readline()\n"
        'child.stdin.write(\'{"do": "burst", "steps": [{"on_s": 600, "off_s": 0}]}\\n\')\n'
        "child.stdin.flush()\n"
        "print(child.pid, flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    caller = subprocess.run(
        [sys.executable, "-c", program], cwd=HERE.parent, capture_output=True, text=True
    )
    runner = int(caller.stdout)
    deadline = time.monotonic() + 60
    while _alive(runner) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not _alive(runner)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_device_that_is_not_there_ends_at_once() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "irene_torch.runner", "--device", "cuda:99"],
        cwd=HERE.parent,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 4
    assert json.loads(done.stdout)["error"]["kind"] == "unavailable"
