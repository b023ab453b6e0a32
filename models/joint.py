"""The joint model in torch: reads documents, and answers seven tasks; a plan says how wrong the answers are."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from extract.narrative.entities import (
    entity_features,
    entity_types,
    membership,
    nearest,
    owner_features,
    recency,
    relation_features,
    slots,
)
from extract.narrative.mentions import Mention, pair_features
from extract.narrative.scheme import ATTRIBUTE_LABELS, RELATIONS
from extract.narrative.windows import Pieces, windows
from extract.narrative.words import Words
from models.corpus import Example, clusters_of, relation_targets, role_index
from models.network import Heads

#: Windows of one pass through the encoder.
_CHUNK = 12


class Joint(nn.Module):
    def __init__(self, folder: Path, layers: int = 0, frozen: int = 0, dropout: float = 0.1, pretrained: bool = True):
        """``folder`` holds a transformers encoder (config.json, tokenizer.json, weights); only its lowest
        ``layers`` layers are kept (0: all), of which ``frozen`` stay as they were pre-trained."""
        super().__init__()
        from transformers import AutoConfig, AutoModel

        config = AutoConfig.from_pretrained(folder)
        config.attention_probs_dropout_prob = 0.0
        config.hidden_dropout_prob = dropout
        if layers:
            config.num_hidden_layers = layers
        attention = "eager" if config.model_type == "mpnet" else "sdpa"
        if pretrained:
            self.encoder = AutoModel.from_pretrained(folder, config=config, attn_implementation=attention).float()
        else:
            self.encoder = AutoModel.from_config(config, attn_implementation=attention)
        self.encoder.pooler = None
        self.encoder.get_input_embeddings().weight.requires_grad_(False)
        if frozen:
            still = [self.encoder.embeddings, *self.encoder.encoder.layer[:frozen]]
            bias = getattr(self.encoder.encoder, "relative_attention_bias", None)
            for part in [*still, *([bias] if bias is not None else [])]:
                part.requires_grad_(False)
        self.pieces = Pieces.read(Path(folder) / "tokenizer.json")
        self.heads = Heads(config.hidden_size)

    def pooled(
        self, texts: list[Words], overlap: int, masked: float = 0.0, rng: random.Random | None = None
    ) -> list[Tensor]:
        """The mean encoder vector of every word's pieces, a tensor [words, hidden] for each text."""
        rows: list[list[int]] = []
        owners: list[list[int]] = []
        offset, total = [], 0
        p = self.pieces
        for words in texts:
            offset.append(total)
            ids = [p.of(w) for w in words.forms]
            sizes = np.array([len(x) for x in ids], dtype=np.int64)
            cut, owner = windows(sizes, overlap=overlap, first=rng.randrange(128, 254) if rng else None)
            for k, (low, high) in enumerate(cut):
                row, of = [p.begin], [-1]
                for w in range(low, high):
                    hidden = rng is not None and rng.random() < masked
                    row += [p.mask] * len(ids[w]) if hidden else ids[w]
                    of += [total + w if owner[w] == k else -1] * len(ids[w])
                rows.append([*row, p.end])
                owners.append([*of, -1])
            total += len(words)
        order = sorted(range(len(rows)), key=lambda r: -len(rows[r]))
        vectors: list[Tensor] = []
        places: list[Tensor] = []
        for c in range(0, len(order), _CHUNK):
            part = order[c : c + _CHUNK]
            longest = len(rows[part[0]])
            ids_ = torch.full((len(part), longest), p.padding)
            mask = torch.zeros((len(part), longest), dtype=torch.long)
            at = torch.full((len(part), longest), -1)
            for r, i in enumerate(part):
                n = len(rows[i])
                ids_[r, :n], mask[r, :n], at[r, :n] = torch.tensor(rows[i]), 1, torch.tensor(owners[i])
            h = self.encoder(input_ids=ids_, attention_mask=mask).last_hidden_state.float()
            keep = at.reshape(-1) >= 0
            vectors.append(h.reshape(-1, h.shape[-1])[keep])
            places.append(at.reshape(-1)[keep])
        at = torch.cat(places)
        summed = torch.zeros(total, vectors[0].shape[-1]).index_add(0, at, torch.cat(vectors))
        mean = summed / torch.bincount(at, minlength=total).clamp(min=1)[:, None]
        return [mean[o : o + len(w)] for o, w in zip(offset, texts, strict=True)]

    def answers(self, plan: Plan, pooled: Tensor) -> dict[str, Tensor]:
        """What the network says to every task of ``plan``, as scores before softmax or sigmoid."""
        h, x = self.heads, plan.example
        v, tag, occupation = h.words(pooled, torch.from_numpy(x.words.shape))
        out = {"tags": tag, "occupations": occupation}
        if not x.mentions:
            return out
        sentence = sentence_means(v, x.words)
        m, mention_role, key = h.mentions(*mention_inputs(v, sentence, x.words, x.mentions))
        named = len(x.entity_of)
        if named:
            out["mention_roles"] = mention_role[:named]
        a, b, f = plan.mention_pairs
        if len(a):
            out["pairs"] = h.pairs(key[a], key[b], f)
        e, role = h.entities(m, plan.member, plan.entity_features, v, plan.since, plan.latest)
        if len(plan.ids) > 1:
            out["roles"] = role[1:]
            out["relations"] = h.relations(e, role.detach(), m, v, plan.since, *plan.entity_pairs)
        if x.details:
            at = np.array([d[0] for d in x.details])
            distance, near, has, features = plan.owners
            out["attributes"] = h.attributes(
                span_means(v, x.details), sentence[torch.from_numpy(x.words.sentence[at])],
                torch.tensor([ATTRIBUTE_LABELS.index(d[2]) for d in x.details]), e, role.detach(), m,
                distance, near, has, plan.since[:, torch.from_numpy(at)].T, features,
            )  # fmt: skip
        return out


class Plan:
    """What is asked about one document: its gold mentions (their clusters sometimes torn, as they will be at run
    time), which pairs, and the features that every encoder's heads get of them."""

    def __init__(self, x: Example, rng: random.Random, most_pairs: int):
        self.example = x
        a, b, f = pair_features(x.words, x.mentions[: len(x.entity_of)])
        self.mention_pairs = a, b, torch.from_numpy(f)
        entities, clusters = torn(*clusters_of(x.entity_of), rng)
        members = slots(clusters, x.mentions)
        self.ids = ["e0", *entities]
        since, latest = recency(x.words, x.mentions, members)
        self.since, self.latest = torch.from_numpy(since), torch.from_numpy(latest)
        self.member = torch.from_numpy(membership(members, len(x.mentions)))
        self.entity_features = torch.from_numpy(entity_features(x.words, x.mentions, members))
        types = entity_types(x.mentions, members)
        if entities:
            grid = np.arange(len(members))
            a, b = (g[~np.eye(len(members), dtype=bool)] for g in np.meshgrid(grid, grid, indexing="ij"))
            y, counts = relation_targets(x.document, self.ids, a, b)
            a, b, y, counts = fewer_pairs(a, b, y, counts, most_pairs, rng)
            gap, which = nearest(x.mentions, members)
            self.entity_pairs = (
                *map(torch.from_numpy, (a, b, which[a, b], which[b, a], gap[a, b])),
                torch.from_numpy(relation_features(since, types, a, b)),
            )
            self.related, self.counts = torch.from_numpy(y), torch.from_numpy(counts)
        if x.details:
            self.owners = tuple(map(torch.from_numpy, owner_features(x.words, x.mentions, members, x.details, types)))

    def losses(self, answers: dict[str, Tensor], taught: dict[str, Tensor] | None, share: float) -> dict[str, Tensor]:
        """How wrong the answers are, task by task. With a teacher's answers ``taught``, ``share`` of the loss of each
        task is the distance from what the teacher says."""
        x = self.example
        out: dict[str, Tensor] = {}
        clean = not x.document.get("noisy")
        for task, answer in answers.items():
            if task in ("occupations", "attributes") and not clean:
                continue
            loss = getattr(self, f"_{task}")(answer)
            if taught:
                loss = (1 - share) * loss + share * self._distance(task, answer, taught[task])
            out[task] = loss
        return out

    def _tags(self, answer: Tensor) -> Tensor:
        return F.cross_entropy(answer, torch.from_numpy(self.example.tags), label_smoothing=0.02)

    def _occupations(self, answer: Tensor) -> Tensor:
        return F.cross_entropy(answer, torch.from_numpy(self.example.occupations), weight=torch.tensor([1.0, 2.0, 2.0]))

    def _mention_roles(self, answer: Tensor) -> Tensor:
        x = self.example
        return F.cross_entropy(answer, torch.tensor([role_index(x.document, e) for e in x.entity_of]))

    def _pairs(self, answer: Tensor) -> Tensor:
        of = self.example.entity_of
        a, b, _ = self.mention_pairs
        same = torch.tensor([float(of[i] == of[j]) for i, j in zip(a, b, strict=True)])
        return (F.binary_cross_entropy_with_logits(answer, same, reduction="none") * (1 + same)).mean()

    def _roles(self, answer: Tensor) -> Tensor:
        gold = torch.tensor([role_index(self.example.document, i) for i in self.ids[1:]])
        return F.cross_entropy(answer, gold, label_smoothing=0.03)

    def _relations(self, answer: Tensor, gold: Tensor | None = None) -> Tensor:
        weight = torch.full((len(RELATIONS),), 2.0)
        gold = self.related if gold is None else gold
        loss = F.binary_cross_entropy_with_logits(answer, gold, reduction="none", pos_weight=weight).sum(-1)
        return (loss * self.counts).sum() / max(3 * len(self.ids), 6)

    def _attributes(self, answer: Tensor) -> Tensor:
        gold, weight = torch.zeros_like(answer), torch.ones_like(answer)
        for d, owner in enumerate(self.example.owners):
            for s, i in enumerate(self.ids):
                if i in owner:
                    gold[d, s], weight[d, s] = float(owner[i]), float(owner[i])
        loss = F.binary_cross_entropy_with_logits(answer, gold, reduction="none")
        return (loss * weight).sum() / len(self.example.details)

    def _distance(self, task: str, answer: Tensor, taught: Tensor) -> Tensor:
        if task == "relations":
            return self._relations(answer, taught.sigmoid())
        if task == "pairs":
            gold = taught.sigmoid()
            return (F.binary_cross_entropy_with_logits(answer, gold, reduction="none") * (1 + gold)).mean()
        if task == "attributes":
            loss = F.binary_cross_entropy_with_logits(answer, taught.sigmoid(), reduction="none")
            return loss.sum() / len(answer)
        return F.cross_entropy(answer, taught.softmax(-1))


def sentence_means(v: Tensor, words: Words) -> Tensor:
    """Mean word vector of every sentence [sentences, WORD]."""
    at = torch.from_numpy(words.sentence)
    n = int(at[-1]) + 1
    return torch.zeros(n, v.shape[1]).index_add(0, at, v) / torch.bincount(at, minlength=n).clamp(min=1)[:, None]


def span_means(v: Tensor, spans: list) -> Tensor:
    """Mean word vector of each ``(first word, last word, …)``."""
    return torch.stack([v[s[0] : s[1] + 1].mean(0) for s in spans])


def mention_inputs(v: Tensor, sentence: Tensor, words: Words, mentions: list[Mention]) -> tuple[Tensor, ...]:
    """What ``MentionHead`` reads of each mention."""
    edge = torch.zeros(1, v.shape[1])
    around = torch.cat([edge, v, edge])
    i = torch.tensor([m[0] for m in mentions])
    j = torch.tensor([m[1] for m in mentions])
    kind = torch.tensor([m[2] for m in mentions])
    return span_means(v, mentions), around[i], around[j + 2], sentence[torch.from_numpy(words.sentence)[i]], kind


def torn(entities: list[str], clusters: list[list[int]], rng: random.Random) -> tuple[list[str], list[list[int]]]:
    """Gold clusters, now and then without some mentions or in two pieces: coreference will not be perfect either."""
    ids, out = [], []
    for e, whole in zip(entities, clusters, strict=True):
        ks = whole
        if len(ks) > 1 and rng.random() < 0.15:
            ks = [k for k in ks if rng.random() > 0.3] or ks[:1]
        if len(ks) > 1 and rng.random() < 0.12:
            ks = ks[:]
            if rng.random() < 0.5:
                rng.shuffle(ks)
            cut = rng.randrange(1, len(ks))
            ids.append(e)
            out.append(sorted(ks[:cut]))
            ks = sorted(ks[cut:])
        ids.append(e)
        out.append(ks)
    return ids, out


def fewer_pairs(
    a: np.ndarray, b: np.ndarray, y: np.ndarray, counts: np.ndarray, most: int, rng: random.Random
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """At most ``most`` pairs: all that have a relation and a sample of the others, which weigh more for it."""
    if len(a) <= most:
        return a, b, y, counts
    related = y.any(1)
    others = np.flatnonzero(~related)
    some = np.array(
        sorted(rng.sample(others.tolist(), max(most - int(related.sum()), min(50, len(others))))), dtype=np.int64
    )
    counts = counts.copy()
    counts[some] *= len(others) / len(some)
    keep = np.sort(np.concatenate([np.flatnonzero(related), some]))
    return a[keep], b[keep], y[keep], counts[keep]
