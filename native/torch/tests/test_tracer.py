"""The tracer: trees of small modules, counts against plain arithmetic, what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from irene_torch.counting import count
from irene_torch.graph import trace
from irene_torch.models import ModelError, build
from irene_torch.tensor import Tensor, contiguous
from irene_torch.tracer import document, main, trace_model

HERE = Path(__file__).parent
SMALL = HERE / "small_models.py"
TINY = str(HERE / "tiny_bert.json")


def traced(function: str, batch_size: int = 3, length: int = 5) -> dict[str, Any]:
    return document(f"{SMALL}:{function}", function, [(batch_size, length)])


def operators_of(tree: dict[str, Any], node_id: int) -> list[str]:
    rows = [row for row in tree["operators"] if row["node_id"] == node_id]
    return [f"{row['operator']} {row['inputs']} -> {row['output']}" for row in rows]


def test_nodes_are_calls_and_functions_in_order_of_execution() -> None:
    nodes = traced("gate")["nodes"]
    assert [(row["scope"], row["type"], row["level"], row["parent_id"]) for row in nodes] == [
        ("", "Gate", "model", None),
        ("shared", "Linear", "ml", 0),
        ("", "MatMul", "ml", 0),
        ("", "Softmax", "ml", 0),
        ("0", "Sequential", "module", 0),
        ("0.0", "Linear", "ml", 4),
        ("0.1", "ReLU", "module", 4),
        ("", "MatMul", "ml", 0),
        ("shared", "Linear", "ml", 0),
    ]


def test_operators_are_those_of_the_families() -> None:
    tree = traced("gate")
    assert operators_of(tree, 0) == ["mul (3,5,16)(16) -> (3,5,16)"]
    assert operators_of(tree, 1) == [
        "matmul (3,5,16)(16,16) -> (3,5,16)",
        "add_ (3,5,16)(16) -> (3,5,16)",
    ]
    assert operators_of(tree, 6) == ["relu (3,5,16) -> (3,5,16)"]


def test_counts_of_a_node_are_its_own_and_all_below() -> None:
    tree = traced("gate")
    nodes, operators = tree["nodes"], tree["operators"]
    assert nodes[0]["flops"] == sum(row["flops"] for row in operators)
    assert nodes[0]["mem_bytes"] == sum(row["mem_bytes"] for row in operators)
    assert nodes[1]["flops"] == 3 * 5 * 16 * (2 * 16 + 1)
    assert nodes[1]["num_parameters"] == 16 * 16 + 16
    assert nodes[1]["shapes"] == "(3,5,16)(16,16)(16)"
    assert nodes[1]["signature"] == "Linear(3,5,16)(16,16)(16) float32 parameters=272"


def test_equal_work_has_equal_signatures_and_other_work_another() -> None:
    nodes = traced("gate")["nodes"]
    assert nodes[1]["signature"] == nodes[8]["signature"]
    assert nodes[0]["signature"] == traced("gate")["nodes"][0]["signature"]
    assert nodes[0]["signature"] != traced("gate", length=6)["nodes"][0]["signature"]


def test_a_permuted_operand_of_a_batched_product_is_copied_first() -> None:
    tree = document(TINY, "tiny", [(2, 3)])
    attention = next(row for row in tree["nodes"] if row["type"] == "BertSelfAttention")
    texts = operators_of(tree, attention["node_id"])
    assert [text for text in texts if text.startswith("contiguous")] == [
        "contiguous (2,2,3,8) -> (2,2,3,8)",
        "contiguous (2,2,8,3) -> (2,2,8,3)",
        "contiguous (2,2,3,8) -> (2,2,3,8)",
        "contiguous (2,3,2,8) -> (2,3,2,8)",
    ]


def test_a_shared_module_bears_the_name_that_its_caller_has_for_it() -> None:
    scopes = [row["scope"] for row in traced("siblings")["nodes"] if row["type"] == "Tanh"]
    assert scopes == ["first.act", "second.act"]


def test_a_product_by_letters_is_a_batched_product() -> None:
    nodes = traced("einsum")["nodes"]
    assert [(row["type"], row["flops"]) for row in nodes[1:]] == [("MatMul", 2 * 3 * 2 * 5 * 5 * 4)]


def test_fused_attention_is_its_mathematical_form() -> None:
    if not hasattr(torch.nn.functional, "scaled_dot_product_attention"):
        with pytest.raises(AttributeError):  # there is none before PyTorch 2.0
            traced("fused")
        return
    tree = traced("fused")
    assert [row["type"] for row in tree["nodes"]] == ["Fused", "MatMul", "Softmax", "MatMul"]
    assert operators_of(tree, 0) == [
        "mul (3,2,5,5) -> (3,2,5,5)",
        "add (3,2,5,5)(1,1,5,5) -> (3,2,5,5)",
    ]


def test_a_module_that_looks_at_its_data_is_traced_on_the_cpu() -> None:
    assert traced("needs_data")["traced"]["device"] == "cpu"
    assert traced("gate")["traced"]["device"] == "meta"


def test_tracing_leaves_the_module_as_it_was() -> None:
    example = build(f"{SMALL}:gate", 2, 3, torch.device("cpu"))
    trace(example.module, example.args, example.kwargs)
    for module in example.module.modules():
        assert "forward" not in vars(module)


def test_a_class_that_only_bears_a_primitives_name_is_none() -> None:
    levels = {row["type"]: row["level"] for row in traced("namesake")["nodes"]}
    assert levels == {"Namesake": "model", "LayerNorm": "module"}


def test_half_precision_halves_the_bytes_and_tells_in_the_signature() -> None:
    full, half = traced("gate")["nodes"][1], traced("half")["nodes"][1]
    assert half["type"] == "Linear"
    assert 2 * half["mem_bytes"] == full["mem_bytes"]
    assert half["signature"].endswith("(3,5,16)(16,16)(16) float16 parameters=272")


@pytest.mark.parametrize(
    "name, inputs, output, flops, mem_bytes, moved_bytes",
    [
        ("add", [(2, 3), (3,)], (2, 3), 6, 2 * 24, 24 + 12 + 24),
        ("mul", [(2, 3)], (2, 3), 6, 3 * 24, 48),
        ("gelu", [(4,)], (4,), 24, 32, 32),
        ("softmax", [(2, 3)], (2, 3), 30, 72, 48),
        ("matmul", [(2, 3, 4), (4, 5)], (2, 3, 5), 240, 2 * 4 * (12 + 20 + 15), 4 * (24 + 20 + 30)),
        ("addmm", [(3, 4), (4, 5), (5,)], (3, 5), 120, 4 * (12 + 20 + 15), 4 * (12 + 20 + 5 + 15)),
        ("contiguous", [(2, 3)], (2, 3), 0, 0, 48),
        ("add", [(), ()], (), 1, 8, 0),
    ],
)
def test_rules_of_counting(
    name: str,
    inputs: list[tuple[int, ...]],
    output: tuple[int, ...],
    flops: int,
    mem_bytes: int,
    moved_bytes: int,
) -> None:
    counts = count(name, [contiguous(sizes) for sizes in inputs], contiguous(output))
    assert (counts.flops, counts.mem_bytes, counts.moved_bytes) == (flops, mem_bytes, moved_bytes)
    assert counts.kernels == (1 if moved_bytes else 0)


def test_an_expanded_dimension_is_stored_once() -> None:
    assert Tensor((8, 12, 5, 5), (5, 0, 0, 1), "bool").stored.sizes == (8, 1, 1, 5)


@pytest.mark.parametrize(
    "model, expected",
    [
        ("no-such-model", "unknown model no-such-model"),
        ("nowhere.py:make", "nowhere.py: there is no such file"),
        (f"{SMALL}:missing", "has no function missing; it has"),
        (f"{SMALL}:not_a_model", "expected (module, inputs), found int"),
        ("nowhere.json", "nowhere.json: there is no such file"),
        (str(SMALL.parent / "__init__.py") + "x.json", "there is no such file"),
    ],
)
def test_a_model_that_cannot_be_had_is_one_message(
    model: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([model, "--batch-sizes", "2", "--lengths", "3"]) == 2
    assert expected in capsys.readouterr().err
    with pytest.raises(ModelError):
        trace_model(model, 2, 3)


def test_a_file_that_is_no_configuration_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    file.write_text("{}")
    with pytest.raises(ModelError, match="expected a Hugging Face configuration"):
        trace_model(str(file), 2, 3)
    file.write_text("{")
    with pytest.raises(ModelError, match="it is no JSON"):
        trace_model(str(file), 2, 3)


def test_the_program_prints_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [TINY, "--batch-sizes", "1,2", "--lengths", "3", "--name", "tiny"]
    assert main(arguments) == 0
    tree = json.loads(capsys.readouterr().out)
    assert tree["model"] == "tiny"
    assert {row["batch_size"] for row in tree["nodes"]} == {1, 2}
    assert tree["traced"]["torch"] == torch.__version__
