"""python -m models.train --data DIR --out FOLDER [--encoder FOLDER] [--config FILE]

Trains the joint model on every annotated document of DIR that is not held out (models.corpus.is_dev), and leaves
``checkpoint.pt`` and ``names.gz`` in FOLDER. The same seed on the same machine gives the same weights. What is
learned here is turned into the files that ship by ``python -m models.export``.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # spinning threads cost ten times the work on a shared machine

import numpy as np
import torch
from thinc.api import Config
from torch import nn
from torch.utils.data import DataLoader, Dataset

from extract.narrative.gazetteer import Gazetteer
from models.augment import NamePools, augmented
from models.corpus import example, is_dev, read_documents
from models.gazetteer import compile_gazetteer
from models.joint import Joint, Plan

_CONFIGS = Path(__file__).parent / "config"


class Masters:
    """The encoder computes in bfloat16; the optimiser moves 32-bit copies of its weights, and all weights are averaged.

    On the two cores that this is trained on, bfloat16 halves the time of an epoch; without 32-bit copies the steps
    would be smaller than its precision.
    """

    def __init__(self, model: Joint, average: float):
        self.model, self.average, self.steps = model, average, 0
        model.encoder.to(torch.bfloat16)
        self.master: dict[str, nn.Parameter] = {}
        self.live: dict[str, nn.Parameter] = {}
        for name, p in model.named_parameters():
            if p.requires_grad:
                self.live[name] = p
                self.master[name] = nn.Parameter(p.detach().float()) if p.dtype == torch.bfloat16 else p
        self.mean = {name: p.detach().clone() for name, p in self.master.items()}

    @torch.no_grad()
    def step(self, optimizer: torch.optim.Optimizer) -> None:
        for name, p in self.live.items():
            q = self.master[name]
            if q is not p:
                q.grad, p.grad = (None if p.grad is None else p.grad.float()), None
        torch.nn.utils.clip_grad_norm_(list(self.master.values()), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        for name, p in self.live.items():
            if self.master[name] is not p:
                p.copy_(self.master[name])
        self.steps += 1
        old = min(self.average, self.steps / (9 + self.steps))
        torch._foreach_lerp_(list(self.mean.values()), list(self.master.values()), 1 - old)

    def averaged(self) -> dict[str, torch.Tensor]:
        """The 32-bit state of the model with the averaged weights."""
        state = {k: v.float() if v.is_floating_point() else v for k, v in self.model.state_dict().items()}
        return {**state, **{k: v.clone() for k, v in self.mean.items()}}


class Teacher:
    """A trained model that a smaller one learns from: it reads the same documents, told in the same way."""

    def __init__(self, checkpoint: Path, encoder: Path, overlap: int):
        self.model, _ = load(checkpoint, encoder)
        self.model.encoder.to(torch.bfloat16)
        self.overlap = overlap

    @torch.no_grad()
    def answers(self, plans: list[Plan]) -> list[dict[str, torch.Tensor]]:
        pooled = self.model.pooled([p.example.words for p in plans], self.overlap)
        return [self.model.answers(p, v) for p, v in zip(plans, pooled, strict=True)]


def parameter_groups(model: Joint, masters: Masters, t: dict[str, Any]) -> list[dict]:
    """Layers of the encoder learn slower the lower they lie; the heads learn fast."""
    depth = len(model.encoder.encoder.layer)
    groups: dict[float, list[nn.Parameter]] = {}
    for name, p in masters.master.items():
        if name.startswith("encoder.encoder.layer."):
            rate = t["encoder_rate"] * t["layer_decay"] ** (depth - 1 - int(name.split(".")[3]))
        elif name.startswith("encoder."):
            rate = t["encoder_rate"] * t["layer_decay"] ** depth
        else:
            rate = t["head_rate"]
        groups.setdefault(rate, []).append(p)
    return [{"params": ps, "lr": rate} for rate, ps in groups.items()]


def batches(documents: list[dict], size: int, rng: random.Random) -> list[list[dict]]:
    """Shuffled documents in groups of about ``size`` windows."""
    documents = documents[:]
    rng.shuffle(documents)
    out: list[list[dict]] = [[]]
    filled = 0
    for d in documents:
        n = max(1, round(len(d["text"].split()) * 1.4 / 200))
        if out[-1] and filled + n > size:
            out.append([])
            filled = 0
        out[-1].append(d)
        filled += n
    return out


class _Prepared(Dataset):
    """The batches of an epoch as plans, each document told as chance will have it; the same for the same seed."""

    def __init__(
        self, groups: list[list[dict]], pools: NamePools, chances: dict[str, float], names: Gazetteer,
        most_pairs: int, seed: tuple[int, int],
    ):  # fmt: skip
        self.groups, self.pools, self.chances, self.names = groups, pools, chances, names
        self.most_pairs, self.seed = most_pairs, seed

    def __len__(self) -> int:
        return len(self.groups)

    def __getitem__(self, k: int) -> list[Plan]:
        rng = random.Random(f"{self.seed} {k}")
        told = (augmented(d, self.pools, self.chances, rng) for d in self.groups[k])
        return [Plan(example(d, self.names), rng, self.most_pairs) for d in told]


def train(
    config: Config,
    data: Path,
    encoder: Path,
    out: Path,
    documents: list[dict] | None = None,
    start: Path | None = None,
    teacher: Teacher | None = None,
    until: int | None = None,
) -> Joint:
    """Train on ``documents`` (all of ``data`` that are not held out), from the weights of the checkpoint ``start`` or
    from the pre-trained encoder, and from what ``teacher`` says of them; ``until``: stop after this epoch of
    the schedule. Returns the model with its averaged weights."""
    t, chances = config["training"], config["augment"]
    torch.manual_seed(t["seed"])
    np.random.seed(t["seed"])
    rng = random.Random(t["seed"])
    out.mkdir(parents=True, exist_ok=True)
    names = compile_gazetteer(data)
    names.write(out / "names.gz")
    pools = NamePools(data, names)
    if documents is None:
        documents = [d for d in read_documents(data) if not is_dev(d["id"])]
    e = config["encoder"]
    model = Joint(encoder, e["layers"], e["frozen"], e["dropout"])
    if start:
        model.load_state_dict(torch.load(start, weights_only=True)["state"])
    masters = Masters(model, t["average"])
    optimizer = torch.optim.AdamW(parameter_groups(model, masters, t), weight_decay=t["weight_decay"], fused=True)
    base = [g["lr"] for g in optimizer.param_groups]
    total = t["epochs"] * len(batches(documents, t["windows"], random.Random(t["seed"])))
    step = 0
    began = time.time()
    print(f"{len(documents)} documents, about {total} steps", flush=True)
    for epoch in range(1, t["epochs"] + 1):
        model.train()
        sums: dict[str, list[float]] = {}
        epoch_batches = _Prepared(
            batches(documents, t["windows"], rng), pools, chances, names, t["pairs_of_entities"], (t["seed"], epoch)
        )
        # another process prepares the documents of the next steps
        for plans in DataLoader(epoch_batches, batch_size=None, num_workers=1, prefetch_factor=4):
            rate = min(1.0, (step + 1) / (t["warm_up"] * total)) * max(0.02, 1 - step / total)
            for group, r in zip(optimizer.param_groups, base, strict=True):
                group["lr"] = r * rate
            taught = teacher.answers(plans) if teacher else [None] * len(plans)
            pooled = model.pooled([p.example.words for p in plans], t["overlap"], t["masked"], rng)
            loss = torch.zeros(())
            for plan, vectors, lesson in zip(plans, pooled, taught, strict=True):
                answers = model.answers(plan, vectors)
                for task, value in plan.losses(answers, lesson, config["teacher"]["share"]).items():
                    loss = loss + config["loss"][task] * value
                    sums.setdefault(task, []).append(value.item())
            (loss / len(plans)).backward()
            masters.step(optimizer)
            step += 1
            if step % 20 == 0:
                recent = " ".join(f"{k} {np.mean(v[-60:]):.3f}" for k, v in sums.items())
                print(f"epoch {epoch} step {step}/{total} {time.time() - began:.0f} s  {recent}", flush=True)
        save(masters.averaged(), config, out)
        if epoch == until:
            break
    model.encoder.float()
    model.load_state_dict(masters.averaged())
    model.eval()
    return model


def save(state: dict[str, torch.Tensor], config: Config, out: Path) -> None:
    part = out / "checkpoint.pt.part"
    torch.save({"state": state, "config": config.to_str()}, part)
    part.replace(out / "checkpoint.pt")


def load(checkpoint: Path, encoder: Path) -> tuple[Joint, Config]:
    """The model of a checkpoint; ``encoder`` gives the configuration and the tokenizer only."""
    saved = torch.load(checkpoint, weights_only=True)
    config = Config().from_str(saved["config"])
    model = Joint(encoder, config["encoder"]["layers"], config["encoder"]["frozen"], pretrained=False)
    model.load_state_dict(saved["state"])
    return model.eval(), config


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m models.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with annotation/statements, data/names, tools")
    parser.add_argument("--out", type=Path, required=True, help="where the checkpoint is left")
    parser.add_argument("--encoder", type=Path, required=True, help="transformers folder of the encoder")
    parser.add_argument("--config", type=Path, default=_CONFIGS / "minilm.cfg")
    parser.add_argument("--more", type=Path, help="a folder of further annotated documents, such as annotation/data")
    parser.add_argument("--start", type=Path, help="checkpoint to go on from")
    parser.add_argument("--teacher", type=Path, help="checkpoint of a larger model to learn from")
    parser.add_argument("--teacher-encoder", type=Path, help="transformers folder of the teacher's encoder")
    parser.add_argument(
        "--set", nargs="*", default=[], metavar="KEY=VALUE", help="other values than the configuration's, such as "
        "training.epochs=2"
    )  # fmt: skip
    parser.add_argument("--until", type=int, help="stop after this epoch, to go on with --start and more documents")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=int, help="only so many documents, for a try")
    a = parser.parse_args(argv)
    torch.set_num_threads(a.threads)
    documents = [d for d in read_documents(a.data, a.more) if not is_dev(d["id"])][: a.limit]
    other = {key: json.loads(value) for key, value in (pair.split("=", 1) for pair in a.set)}
    config = Config().from_disk(a.config, overrides=other)
    teacher = None
    if a.teacher:
        teacher = Teacher(a.teacher, a.teacher_encoder or a.encoder, config["training"]["overlap"])
    train(config, a.data, a.encoder, a.out, documents, a.start, teacher, a.until)


if __name__ == "__main__":
    main()
