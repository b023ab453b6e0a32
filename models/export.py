"""python -m models.export --checkpoint FOLDER/checkpoint.pt --encoder FOLDER --out models/weights/NAME [--name NAME]

Turns a trained checkpoint into a spaCy pipeline folder that runs on onnxruntime alone: the encoder in int8, the heads
as they are, the name lists, the tokenizer, and a manifest with the hash of every file. Thresholds are those of the
untrained judge until ``python -m models.calibrate`` sets them.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
from pathlib import Path

import numpy as np
import onnx
import torch
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
from extract.narrative.narrative import MANIFEST, component, file_hashes
from extract.narrative.tokenizer import WordTokenizer
from extract.narrative.words import SHAPE_SIZES
from models.joint import Joint
from models.network import KEY, MENTION, WORD, Heads
from models.train import load

PIPELINE = Path(__file__).resolve().parents[1] / "extract" / "narrative" / "pipeline.cfg"
VERSION = "0.1.0"
_OPSET = 17


class _EncoderGraph(nn.Module):
    def __init__(self, encoder: nn.Module):
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state


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
        quantize_dynamic(
            plain, small, per_channel=True, weight_type=QuantType.QInt8,
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
        "relations", heads.relations,
        {
            "entities": (f32(e, MENTION), "e"), "roles": (f32(e, 7), "e"), "mentions": (f32(m, MENTION), "m"),
            "words": (f32(n, WORD), "n"), "since": (whole(9, e, n), "e n"), "a": (whole(e, p), "p"),
            "b": (whole(e, p), "p"), "near_a": (whole(m, p), "p"), "near_b": (whole(m, p), "p"),
            "distance": (whole(12, p), "p"), "features": (f32(p, RELATION_FEATURES), "p"),
        },
        {"score": "p"},
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
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--encoder", type=Path, required=True, help="configuration and tokenizer of the encoder")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", help="name of the pipeline; by default that of the folder")
    parser.add_argument("--precision", choices=("int8", "fp32"), default="int8")
    a = parser.parse_args(argv)
    np.random.seed(1)
    torch.manual_seed(1)
    model, _ = load(a.checkpoint, a.encoder)
    nlp = build(model, a.encoder, Gazetteer.read(a.checkpoint.parent / "names.gz"), a.precision)
    write(nlp, a.out, a.name or a.out.name, {"precision": a.precision})
    total = sum(f.stat().st_size for f in a.out.rglob("*") if f.is_file())
    print(f"{a.out}: {total / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
