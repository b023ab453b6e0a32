"""python -m models.export --data DIR --checkpoint FOLDER/checkpoint.pt --encoder FOLDER --out models/weights/NAME

Turns a trained checkpoint into a spaCy pipeline folder that runs on onnxruntime alone: the encoder in int8, the heads
as they are, the name lists, the tokenizer, and a manifest with the hash of every file. Thresholds are those of the
untrained judge until ``python -m models.calibrate`` sets them.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnxruntime.quantization import QuantType, quantize_dynamic
from spacy.language import Language
from spacy.util import load_model_from_config
from thinc.api import Config
from torch import nn

from extract.narrative.encoder import Encoder
from extract.narrative.entities import ENTITY_FEATURES, OWNER_FEATURES, RELATION_FEATURES
from extract.narrative.gazetteer import Gazetteer
from extract.narrative.graphs import Graph, GraphComponent
from extract.narrative.mentions import PAIR_FEATURES
from extract.narrative.narrative import component
from extract.narrative.tokenizer import WordTokenizer
from extract.narrative.windows import OVERLAP
from extract.narrative.words import SHAPE_SIZES, Words
from extract.weights import MANIFEST, file_hashes
from models.corpus import is_dev, read_documents
from models.joint import Joint
from models.network import KEY, MENTION, WORD, Heads, RelationHead
from models.train import load

PIPELINE = Path(__file__).resolve().parents[1] / "extract" / "narrative" / "pipeline.cfg"
VERSION = "0.1.0"
_OPSET = 17
#: Channels of each layer that are computed apart from the 8 bits, and documents by which they are found.
OUTLIERS = 8
_SCALE_TEXTS = 24


class _EncoderGraph(nn.Module):
    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state


class _Apart(nn.Module):
    """A linear layer whose few input channels with outliers are computed apart, in full precision.

    In a transformer some channels are twenty times larger than the rest for a few pieces; in 8 bits with one scale for
    all, the rest would be lost (Dettmers et al. 2022, LLM.int8).
    """

    def __init__(self, linear: nn.Linear, large: torch.Tensor, keep: nn.Parameter):
        super().__init__()
        self.register_buffer("large", large)
        self.keep = keep
        weight = linear.weight.detach().clone()
        self.few = nn.Parameter(weight[:, large].T.contiguous(), requires_grad=False)
        weight[:, large] = 0
        self.weight, self.bias = nn.Parameter(weight, requires_grad=False), linear.bias

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.linear(x * self.keep, self.weight, self.bias) + x[..., self.large] @ self.few


@torch.no_grad()
def set_apart(model: Joint, texts: list[Words]) -> None:
    """Make the encoder fit for 8 bits: compute the largest channels that its linear layers see in ``texts`` apart."""
    layers = {n: m for n, m in model.encoder.encoder.named_modules() if isinstance(m, nn.Linear)}
    if model.encoder.config.model_type == "bert":  # whose attention onnxruntime fuses only as it stands
        layers = {n: m for n, m in layers.items() if n.endswith("output.dense") and "attention" not in n}
    largest: dict[str, torch.Tensor] = {}

    def watch(name: str) -> Callable:
        def see(_: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
            seen = inputs[0].abs().flatten(0, -2).amax(0)
            largest[name] = torch.maximum(largest[name], seen) if name in largest else seen

        return see

    hooks = [m.register_forward_pre_hook(watch(n)) for n, m in layers.items()]
    model.pooled(texts, OVERLAP)
    for hook in hooks:
        hook.remove()
    shared: list[tuple[torch.Tensor, torch.Tensor, nn.Parameter]] = []
    for name, layer in layers.items():
        # layers that read the same input (query, key, value) share what is done to it
        known = next((s for s in shared if torch.equal(s[0], largest[name])), None)
        if known is None:
            large = largest[name].topk(OUTLIERS).indices.sort().values
            keep = torch.ones_like(largest[name])
            keep[large] = 0
            known = (largest[name], large, nn.Parameter(keep, requires_grad=False))
            shared.append(known)
        parent, _, last = name.rpartition(".")
        setattr(model.encoder.encoder.get_submodule(parent), last, _Apart(layer, *known[1:]))


class _OfHeads(nn.Module):
    def __init__(self, head: RelationHead):
        super().__init__()
        self.head = head

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        return self.head.of_heads(*inputs)


def to_onnx(
    module: nn.Module, inputs: dict[str, torch.Tensor], axes: dict[str, dict[int, str]], outputs: list[str]
) -> bytes:
    """``module`` as an ONNX model whose named axes are free."""
    buffer = io.BytesIO()
    torch.onnx.export(
        module.eval(), tuple(inputs.values()), buffer, dynamo=False, opset_version=_OPSET,
        input_names=list(inputs), output_names=outputs, dynamic_axes=axes,
    )  # fmt: skip
    return buffer.getvalue()


def encoder_graph(model: Joint, precision: str) -> bytes:
    """The encoder, fused for onnxruntime, with weights of 8 bits (``int8``) or 32 (``fp32``)."""
    from onnxruntime.transformers import optimizer

    config = model.encoder.config
    model.encoder.set_attn_implementation("eager")  # the fusing optimiser knows this form
    ids = torch.randint(1000, 20_000, (2, 64))
    mask = torch.ones_like(ids)
    mask[1, 40:] = 0
    graph = to_onnx(
        _EncoderGraph(model.encoder), {"ids": ids, "mask": mask},
        {n: {0: "windows", 1: "pieces"} for n in ("ids", "mask", "vectors")}, ["vectors"],
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "plain.onnx", Path(folder) / "small.onnx"
        plain.write_bytes(graph)
        fused = optimizer.optimize_model(
            str(plain), model_type="bert", num_heads=config.num_attention_heads, hidden_size=config.hidden_size,
            opt_level=1, use_gpu=False,
        )  # fmt: skip
        fused.save_model_to_file(str(plain))
        if precision == "fp32":
            return plain.read_bytes()
        graph_ = onnx.load(plain).graph
        few = {i.name for i in graph_.initializer if len(i.dims) == 2 and i.dims[0] == OUTLIERS}
        quantize_dynamic(
            plain, small, per_channel=True, weight_type=QuantType.QInt8,
            nodes_to_exclude=[n.name for n in graph_.node if n.op_type == "MatMul" and n.input[1] in few],
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )  # fmt: skip
        return small.read_bytes()


def head_graphs(heads: Heads, hidden: int) -> dict[str, bytes]:
    """The heads as ONNX models, by the name under which their component asks for them."""
    n, m, e, p, d = 7, 5, 3, 4, 2  # words, mentions, entities, pairs, details of the example that is traced
    f32 = torch.rand
    whole = lambda high, *shape: torch.randint(0, high, shape)  # noqa: E731
    out: dict[str, bytes] = {}

    def export(
        name: str, module: nn.Module, inputs: dict[str, tuple[torch.Tensor, str]], outputs: dict[str, str]
    ) -> None:
        axes = {
            key: {k: a for k, a in enumerate(axis.split()) if a != "."}
            for key, axis in [*((k, a) for k, (_, a) in inputs.items()), *outputs.items()]
        }
        out[name] = to_onnx(module, {k: t for k, (t, _) in inputs.items()}, axes, list(outputs))

    export(
        "words", heads.words,
        {"pooled": (f32(n, hidden), "n"), "shape": (torch.zeros(n, len(SHAPE_SIZES), dtype=torch.long), "n")},
        {"vectors": "n", "tags": "n", "occupations": "n"},
    )  # fmt: skip
    export(
        "mentions", heads.mentions,
        {
            **{k: (f32(m, WORD), "m") for k in ("span", "left", "right", "sentence")},
            "kind": (whole(4, m), "m"),
        },
        {"vectors": "m", "roles": "m", "keys": "m"},
    )  # fmt: skip
    export(
        "pairs", heads.pairs,
        {"a": (f32(p, KEY), "p"), "b": (f32(p, KEY), "p"), "features": (f32(p, PAIR_FEATURES), "p")},
        {"score": "p"},
    )  # fmt: skip
    member = torch.tensor([[1.0, 0, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 0, 1, 1]])
    export(
        "entities", heads.entities,
        {
            "mentions": (f32(m, MENTION), "m"), "member": (member, "e m"), "features": (f32(e, ENTITY_FEATURES), "e"),
            "words": (f32(n, WORD), "n"), "since": (whole(9, e, n), "e n"), "latest": (whole(2, e, n), "e n"),
        },
        {"vectors": "e", "roles": "e"},
    )  # fmt: skip
    export(
        "relations", _OfHeads(heads.relations),
        {
            "entities": (f32(e, MENTION), "e"), "roles": (f32(e, 7), "e"), "mentions": (f32(m, MENTION), "m"),
            "words": (f32(n, WORD), "n"), "since": (whole(9, e, n), "e n"), "heads": (whole(e, 2), "h"),
            "near_a": (whole(m, 2, e), "h e"), "near_b": (whole(m, 2, e), "h e"),
            "distance": (whole(12, 2, e), "h e"), "features": (f32(2, e, RELATION_FEATURES), "h e"),
        },
        {"score": "h e"},
    )  # fmt: skip
    export(
        "attributes", heads.attributes,
        {
            "span": (f32(d, WORD), "d"), "sentence": (f32(d, WORD), "d"), "label": (whole(12, d), "d"),
            "entities": (f32(e, MENTION), "e"), "roles": (f32(e, 7), "e"), "mentions": (f32(m, MENTION), "m"),
            "distance": (whole(18, d, e), "d e"), "near": (whole(m, d, e), "d e"), "has": (f32(d, e), "d e"),
            "since": (whole(9, d, e), "d e"), "features": (f32(d, e, OWNER_FEATURES), "d e"),
        },
        {"score": "d e"},
    )  # fmt: skip
    return out


def build(model: Joint, encoder: Path, names: Gazetteer, precision: str = "int8") -> Language:
    """The spaCy pipeline of a trained model."""
    import extract.narrative  # noqa: F401  registers the components

    nlp = load_model_from_config(Config().from_disk(PIPELINE), auto_fill=True)
    nlp.tokenizer = WordTokenizer(nlp.vocab, names)
    graphs = {"encoder": encoder_graph(model, precision), **head_graphs(model.heads, model.encoder.config.hidden_size)}
    for _, part in nlp.pipeline:
        if isinstance(part, GraphComponent):
            part.graphs = {name: Graph(graphs[name]) for name in part.graph_names}
    component(nlp, Encoder).tokenizer = (encoder / "tokenizer.json").read_text(encoding="utf-8")
    return nlp


def write(nlp: Language, out: Path, name: str, more: dict | None = None) -> None:
    """Save the pipeline with the manifest that ``extract.narrative.load`` checks."""
    nlp.meta.update(
        name=name, version=VERSION, description="Narratives of T and U visa packets", license="CC BY-SA 4.0"
    )
    out.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(out)
    manifest = {"name": name, "version": VERSION, **(more or {}), "files": file_hashes(out)}
    (out / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m models.export", description=__doc__)
    parser.add_argument("--data", type=Path, help="folder of training documents, by which 8 bits lose the least")
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True, help="configuration and tokenizer of the encoder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", help="name of the pipeline; by default that of the folder")
    parser.add_argument("--precision", choices=("int8", "fp32"), default="int8")
    a = parser.parse_args(argv)
    np.random.seed(1)
    torch.manual_seed(1)
    model, _ = load(a.checkpoint, a.encoder)
    names = Gazetteer.read(a.checkpoint.parent / "names.gz")
    if a.precision == "int8" and a.data:
        documents = [d for d in read_documents(a.data) if not is_dev(d["id"])]
        set_apart(model, [Words.of(d["text"], names) for d in documents[:: len(documents) // _SCALE_TEXTS]])
    nlp = build(model, a.encoder, names, a.precision)
    write(nlp, a.out, a.name or a.out.name, {"precision": a.precision})
    total = sum(f.stat().st_size for f in a.out.rglob("*") if f.is_file())
    print(f"{a.out}: {total / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
