"""The module to trace or run: a configuration of this project, a Hugging Face ``config.json``, or a function of one's own.

Weights are random: neither operators nor their time depend on them, and nothing is downloaded.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ContextManager, Mapping, Sequence, cast

import torch

#: The authors' ids are uniform in 0…999 (research: protocol of the published data).
_FIRST_IDS = 1000

#: What a configuration's dimensions are called in transformers, by family.
_NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(
        ("bert", "roberta"),
        {
            "hidden": ("hidden_size",),
            "layers": ("num_hidden_layers",),
            "heads": ("num_attention_heads",),
            "intermediate": ("intermediate_size",),
            "vocabulary": ("vocab_size",),
            "positions": ("max_position_embeddings",),
            "types": ("type_vocab_size",),
        },
    ),
    "distilbert": {
        "hidden": ("dim",),
        "layers": ("n_layers",),
        "heads": ("n_heads",),
        "intermediate": ("hidden_dim",),
        "vocabulary": ("vocab_size",),
        "positions": ("max_position_embeddings",),
    },
    **dict.fromkeys(
        ("gpt2", "openai-gpt"),
        {
            "hidden": ("n_embd",),
            "layers": ("n_layer",),
            "heads": ("n_head",),
            "intermediate": ("n_inner",),
            "vocabulary": ("vocab_size",),
            "positions": ("n_positions", "n_ctx"),
        },
    ),
}


class ModelError(Exception):
    """A model that cannot be built as it was asked for; the message says why and what to do."""


@dataclass(frozen=True)
class Example:
    """A module in evaluation with the arguments it is called with."""

    module: torch.nn.Module
    args: Sequence[object]
    kwargs: Mapping[str, object]


def build(model: str, batch_size: int, length: int, device: torch.device) -> Example:
    """A model by name, by file or by ``file.py:function``, on a device. Raises ModelError.

    ``file.py:function`` names a function of batch size and length that returns the module and its example inputs, a
    tuple or a mapping by name.
    """
    if ".py:" in model:
        return _of_function(model, batch_size, length, device)
    config = _of_json(Path(model)) if model.endswith(".json") else _of_configuration(model)
    return _of_config(config, batch_size, length, device)


def _of_function(model: str, batch_size: int, length: int, device: torch.device) -> Example:
    file, _, name = model.rpartition(":")
    path = Path(file)
    if not path.exists():
        raise ModelError(f"{file}: there is no such file; expected file.py:function")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec and spec.loader
    namespace = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(namespace)
    function = getattr(namespace, name, None)
    if not callable(function):
        functions = [key for key, value in vars(namespace).items() if callable(value)]
        raise ModelError(f"{file} has no function {name}; it has {', '.join(functions) or 'none'}")
    result = function(batch_size, length)
    if not (isinstance(result, tuple) and len(result) == 2):
        raise ModelError(f"{model}: expected (module, inputs), found {type(result).__name__}")
    module, inputs = result
    if not isinstance(module, torch.nn.Module):
        raise ModelError(f"{model}: expected a torch.nn.Module, found {type(module).__name__}")
    module = module.to(device).eval()
    if isinstance(inputs, Mapping):
        return Example(module, (), {key: _moved(value, device) for key, value in inputs.items()})
    args = inputs if isinstance(inputs, (tuple, list)) else (inputs,)
    return Example(module, tuple(_moved(value, device) for value in args), {})


def _moved(value: object, device: torch.device) -> object:
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, (tuple, list)):
        return type(value)(_moved(item, device) for item in value)
    return value


def _of_configuration(name: str) -> dict[str, Any]:
    """A YAML file in the form of data/models/configurations, by its path or by the model's name."""
    yaml: Any = importlib.import_module("yaml")
    file = Path(name)
    if file.suffix not in (".yaml", ".yml"):
        folders = [Path("data/models"), Path(__file__).parents[3] / "data" / "models"]
        files = [
            folder / "configurations" / f"{name.replace('/', '--')}.yaml" for folder in folders
        ]
        found = [candidate for candidate in files if candidate.exists()]
        if not found:
            raise ModelError(
                f"unknown model {name}; expected the name of a file in {files[-1].parent}"
            )
        file = found[0]
    if not file.exists():
        raise ModelError(f"{file}: there is no such file")
    configuration = yaml.safe_load(file.read_text())
    family, dimensions = configuration["family"], configuration["dimensions"]
    if family not in _NAMES:
        raise ModelError(
            f"{file}: family {family} has no module in transformers; name a file.py:function"
        )
    names = _NAMES[family]
    if family == "openai-gpt" and dimensions["intermediate"] != 4 * dimensions["hidden"]:
        raise ModelError(
            f"{file}: transformers builds openai-gpt with intermediate = 4 × hidden only"
        )
    sizes = {key: value for name, value in dimensions.items() for key in names[name]}
    return {"model_type": family, **sizes}


def _of_json(file: Path) -> dict[str, Any]:
    if not file.exists():
        raise ModelError(f"{file}: there is no such file")
    try:
        config = json.loads(file.read_text())
    except json.JSONDecodeError as error:
        raise ModelError(f"{file}: it is no JSON: {error}") from error
    if not isinstance(config, dict) or "model_type" not in config:
        raise ModelError(f"{file}: expected a Hugging Face configuration with its model_type")
    return config


def _of_config(
    config: dict[str, Any], batch_size: int, length: int, device: torch.device
) -> Example:
    try:
        transformers: Any = importlib.import_module("transformers")
    except ImportError as error:
        raise ModelError(
            f"transformers cannot be imported ({error}); pip install transformers"
        ) from error
    sizes = {key: value for key, value in config.items() if key != "model_type"}
    try:
        settings = transformers.AutoConfig.for_model(config["model_type"], **sizes)
    except (KeyError, ValueError) as error:
        raise ModelError(f"transformers {transformers.__version__}: {error}") from error
    # Products and softmax as such, not a fused kernel; older versions know nothing else.
    settings._attn_implementation = "eager"
    if hasattr(transformers, "DynamicCache"):
        # A cache that is an object grows with each call: what is called again would not be the same work.
        settings.use_cache = False
    with _made_on(device):
        module = transformers.AutoModel.from_config(settings)
    ids = torch.randint(0, min(_FIRST_IDS, settings.vocab_size), (batch_size, length), device="cpu")
    return Example(module.to(device).eval(), (ids.to(device),), {})


def _made_on(device: torch.device) -> ContextManager[object]:
    """On the meta device weights need never exist; PyTorch before 2.0 makes them first."""
    if device.type == "meta" and int(torch.__version__.split(".")[0]) >= 2:
        context: Any = torch.device("meta")
        return cast(ContextManager[object], context)
    return nullcontext()
