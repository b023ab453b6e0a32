"""The joint model in torch: reads documents, and says how wrong it was about each of its seven tasks."""

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

    def losses(self, x: Example, pooled: Tensor, rng: random.Random, most_pairs: int) -> dict[str, Tensor]:
        """The loss of each task on one document, with its gold mentions (their clusters sometimes torn, as they
        will be at run time)."""
        h = self.heads
        out: dict[str, Tensor] = {}
        v, tag, occupation = h.words(pooled, torch.from_numpy(x.words.shape))
        out["tags"] = F.cross_entropy(tag, torch.from_numpy(x.tags), label_smoothing=0.02)
        clean = not x.document.get("noisy")
        if clean:
            weight = torch.tensor([1.0, 2.0, 2.0])
            out["occupations"] = F.cross_entropy(occupation, torch.from_numpy(x.occupations), weight=weight)
        if not x.mentions:
            return out
        sentence = sentence_means(v, x.words)
        m, mention_role, key = h.mentions(*mention_inputs(v, sentence, x.words, x.mentions))
        named = len(x.entity_of)
        document = x.document
        if named:
            roles = torch.tensor([role_index(document, e) for e in x.entity_of])
            out["mention_roles"] = F.cross_entropy(mention_role[:named], roles)
        a, b, f = pair_features(x.words, x.mentions[:named])
        if len(a):
            same = torch.tensor([float(x.entity_of[i] == x.entity_of[j]) for i, j in zip(a, b, strict=True)])
            logit = h.pairs(key[a], key[b], torch.from_numpy(f))
            loss = F.binary_cross_entropy_with_logits(logit, same, reduction="none")
            out["pairs"] = (loss * (1 + same)).mean()

        entities, clusters = torn(*clusters_of(x.entity_of), rng)
        members = slots(clusters, x.mentions)
        ids = ["e0", *entities]
        since_, latest = recency(x.words, x.mentions, members)
        since = torch.from_numpy(since_)
        e, role = h.entities(
            m,
            torch.from_numpy(membership(members, len(x.mentions))),
            torch.from_numpy(entity_features(x.words, x.mentions, members)),
            v, since, torch.from_numpy(latest),
        )  # fmt: skip
        if entities:
            gold = torch.tensor([role_index(document, i) for i in entities])
            out["roles"] = F.cross_entropy(role[1:], gold, label_smoothing=0.03)
        types = entity_types(x.mentions, members)

        if len(members) > 1:
            grid = np.arange(len(members))
            a, b = (g[~np.eye(len(members), dtype=bool)] for g in np.meshgrid(grid, grid, indexing="ij"))
            y, counts = relation_targets(document, ids, a, b)
            a, b, y, counts = fewer_pairs(a, b, y, counts, most_pairs, rng)
            gap, which = nearest(x.mentions, members)
            logits = h.relations(
                e, role.detach(), m, v, since, *map(torch.from_numpy, (a, b, which[a, b], which[b, a], gap[a, b])),
                torch.from_numpy(relation_features(since_, types, a, b)),
            )  # fmt: skip
            loss = F.binary_cross_entropy_with_logits(
                logits, torch.from_numpy(y), reduction="none", pos_weight=torch.full((len(RELATIONS),), 2.0)
            ).sum(-1)
            out["relations"] = (loss * torch.from_numpy(counts)).sum() / max(3 * len(members), 6)

        if x.details and clean:
            distance, near, has, of = owner_features(x.words, x.mentions, members, x.details, types)
            at = np.array([d[0] for d in x.details])
            logits = h.attributes(
                span_means(v, x.details), sentence[torch.from_numpy(x.words.sentence[at])],
                torch.tensor([ATTRIBUTE_LABELS.index(d[2]) for d in x.details]), e, role.detach(), m,
                *map(torch.from_numpy, (distance, near, has)), since[:, torch.from_numpy(at)].T, torch.from_numpy(of),
            )  # fmt: skip
            y_ = torch.zeros_like(logits)
            w_ = torch.ones_like(logits)
            for d, owner in enumerate(x.owners):
                for s, i in enumerate(ids):
                    if i in owner:
                        y_[d, s], w_[d, s] = float(owner[i]), float(owner[i])
            loss = F.binary_cross_entropy_with_logits(logits, y_, reduction="none")
            out["attributes"] = (loss * w_).sum() / len(x.details)
        return out


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
