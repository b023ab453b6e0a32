"""The network: an encoder and seven small heads, each of which is exported as one ONNX graph.

Every head is a function of tensors only. Which words, mentions and pairs to look at is decided in numpy by
``extract.narrative`` (``words``, ``mentions``, ``entities``), the same code in training and in the product.

Shapes: n words, m mentions, e entity slots (0 = the narrator), p pairs, d details.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from extract.narrative.entities import (
    ENTITY_FEATURES,
    NO_DISTANCE,
    OWNER_DISTANCES,
    OWNER_FEATURES,
    RECENCY_VALUES,
    RELATION_FEATURES,
)
from extract.narrative.mentions import PAIR_FEATURES
from extract.narrative.scheme import ATTRIBUTE_LABELS, MENTION_KINDS, RELATIONS, ROLES, TAGS
from extract.narrative.words import SHAPE_SIZES

WORD, MENTION, KEY = 384, 256, 128
ATTENTION_HEADS = 4
DROPOUT = 0.15


def mlp(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(inputs, hidden), nn.GELU(), nn.Dropout(DROPOUT), nn.Linear(hidden, outputs))


class WordHead(nn.Module):
    """Encoder vectors of the words and what the words look like -> word vectors and tags."""

    def __init__(self, hidden: int):
        super().__init__()
        self.shapes = nn.ModuleList([nn.Embedding(size, 12) for size in SHAPE_SIZES])
        self.around = nn.Conv1d(12 * len(SHAPE_SIZES), 64, 5, padding=2)
        self.join = nn.Linear(hidden + 64, WORD)
        self.norm = nn.LayerNorm(WORD)
        self.dropout = nn.Dropout(DROPOUT)
        self.tag = mlp(WORD, WORD, len(TAGS))
        self.occupation = mlp(WORD, 192, 3)

    def forward(self, pooled: Tensor, shape: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """pooled [n, hidden], shape [n, 6] -> vectors [n, WORD], tag scores [n, 69], occupation scores [n, 3]."""
        looks = torch.cat([table(shape[:, k]) for k, table in enumerate(self.shapes)], -1)
        looks = F.gelu(self.around(looks.T[None])[0].T)
        v = self.dropout(self.norm(self.join(torch.cat([pooled, looks], -1))))
        return v, self.tag(v), self.occupation(v)


class MentionHead(nn.Module):
    """A mention: its own words, its neighbours, its sentence, its kind."""

    def __init__(self) -> None:
        super().__init__()
        self.kind = nn.Embedding(len(MENTION_KINDS), 32)
        self.read = nn.Sequential(nn.Linear(4 * WORD + 32, MENTION), nn.GELU(), nn.Dropout(DROPOUT))
        self.role = nn.Linear(MENTION, len(ROLES))
        self.key = nn.Linear(MENTION, KEY)

    def forward(
        self, span: Tensor, left: Tensor, right: Tensor, sentence: Tensor, kind: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """four [m, WORD] and kinds [m] -> vectors [m, MENTION], role scores [m, 7], keys [m, KEY] for pairs."""
        m = self.read(torch.cat([span, left, right, sentence, self.kind(kind)], -1))
        return m, self.role(m), self.key(m)


class PairHead(nn.Module):
    """Are two mentions one entity?"""

    def __init__(self) -> None:
        super().__init__()
        self.score = mlp(2 * KEY + PAIR_FEATURES, 160, 1)

    def forward(self, a: Tensor, b: Tensor, features: Tensor) -> Tensor:
        """keys [p, KEY] twice, features [p, PAIR_FEATURES] -> logits [p]."""
        return self.score(torch.cat([a * b, (a - b).abs(), features], -1))[:, 0]


class Layer(nn.Module):
    """A transformer layer over the entities of one document (pre-norm), written out so that it exports plainly."""

    def __init__(self, size: int, heads: int, hidden: int):
        super().__init__()
        self.heads = heads
        self.before, self.after = nn.LayerNorm(size), nn.LayerNorm(size)
        self.qkv, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.feed = mlp(size, hidden, size)
        self.dropout = nn.Dropout(0.1)

    def forward(self, x: Tensor) -> Tensor:
        size = x.shape[-1]
        q, k, v = self.qkv(self.before(x)).view(-1, 3, self.heads, size // self.heads).permute(1, 2, 0, 3)
        attention = torch.softmax(q @ k.transpose(1, 2) * (size // self.heads) ** -0.5, -1)
        x = x + self.dropout(self.out((attention @ v).transpose(0, 1).reshape(-1, size)))
        return x + self.dropout(self.feed(self.after(x)))


class EntityHead(nn.Module):
    """Who plays which part, decided for all entities of a document together.

    An entity is its mentions, pooled, and what it finds when it attends to all words of the document with a bias
    for the words that follow its mentions. Then the entities look at each other.
    """

    def __init__(self) -> None:
        super().__init__()
        h = ATTENTION_HEADS
        self.weigh = nn.Linear(MENTION, h)
        self.narrator = nn.Parameter(torch.zeros(MENTION))
        self.read = nn.Sequential(nn.Linear(2 * MENTION + ENTITY_FEATURES, MENTION), nn.GELU(), nn.LayerNorm(MENTION))
        self.query, self.key, self.value = nn.Linear(MENTION, 128), nn.Linear(WORD, 128), nn.Linear(WORD, 256)
        self.since, self.latest = nn.Embedding(RECENCY_VALUES, h), nn.Embedding(2, h)
        self.mix = nn.Sequential(nn.Linear(MENTION + 256, MENTION), nn.GELU(), nn.LayerNorm(MENTION))
        self.document = nn.Linear(WORD, MENTION)
        self.layers = nn.ModuleList([Layer(MENTION, 4, 512) for _ in range(2)])
        self.role = mlp(MENTION, MENTION, len(ROLES))

    def forward(
        self, m: Tensor, member: Tensor, features: Tensor, v: Tensor, since: Tensor, latest: Tensor
    ) -> tuple[Tensor, Tensor]:
        """mentions [m, MENTION], membership [e, m], features [e, 20], words [n, WORD], two [e, n]
        -> entity vectors [e, MENTION], role scores [e, 7]."""
        h = ATTENTION_HEADS
        e = member.shape[0]
        score = self.weigh(m).T[None] + (member[:, None] - 1) * 1e4
        # a slot without mentions spreads evenly over all of them: the empty flag takes that away again
        some = (member.sum(-1, keepdim=True) > 0).float()
        weight = torch.softmax(score, -1)
        pooled = torch.einsum("ehm,mhd->ehd", weight, m.view(-1, h, MENTION // h)).reshape(e, MENTION) * some
        mean = member @ m / member.sum(-1, keepdim=True).clamp(min=1)
        x = self.read(torch.cat([pooled, mean + self.narrator * features[:, 4:5], features], -1))
        q, k = self.query(x).view(e, h, 32), self.key(v).view(-1, h, 32)
        score = torch.einsum("ehd,nhd->ehn", q, k) * 32**-0.5
        score = score + (self.since(since) + self.latest(latest)).permute(0, 2, 1)
        read = torch.einsum("ehn,nhd->ehd", torch.softmax(score, -1), self.value(v).view(-1, h, 64)).reshape(e, 256)
        x = torch.cat([self.document(v.mean(0))[None], self.mix(torch.cat([x, read], -1))])
        for layer in self.layers:
            x = layer(x)
        x = x[1:]
        return x, self.role(x)


class RelationHead(nn.Module):
    """What one entity does to another: both attend to the words together, and their nearest mentions speak."""

    def __init__(self) -> None:
        super().__init__()
        h = ATTENTION_HEADS
        self.head_query, self.tail_query = nn.Linear(MENTION, 128), nn.Linear(MENTION, 128)
        self.key, self.value = nn.Linear(WORD, 128), nn.Linear(WORD, 256)
        self.head_since, self.tail_since = nn.Embedding(RECENCY_VALUES, h), nn.Embedding(RECENCY_VALUES, h)
        self.both_here = nn.Parameter(torch.zeros(h))
        self.head, self.tail = nn.Linear(MENTION, 192), nn.Linear(MENTION, 192)
        self.head_mention, self.tail_mention = nn.Linear(MENTION, 96), nn.Linear(MENTION, 96)
        self.distance = nn.Embedding(NO_DISTANCE + 1, 16)
        inputs = 3 * 192 + 256 + 3 * 96 + 16 + RELATION_FEATURES + 2 * len(ROLES)
        self.score = mlp(inputs, 288, len(RELATIONS))

    def forward(
        self, x: Tensor, role: Tensor, m: Tensor, v: Tensor, since: Tensor,
        a: Tensor, b: Tensor, near_a: Tensor, near_b: Tensor, distance: Tensor, features: Tensor,
    ) -> Tensor:  # fmt: skip
        """entities [e, MENTION], role scores [e, 7], mentions, words, recency [e, n]; for each pair head a, tail b,
        their nearest mentions, distance bucket and features [p, 8] -> logits [p, 10]."""
        head, tail, value = self._looks(x, v, since)
        here = (since == 0).float()
        score = head[a] + tail[b] + (here[a] * here[b])[:, None] * self.both_here[None, :, None]
        read = torch.einsum("phn,nhd->phd", torch.softmax(score, -1), value).reshape(-1, 256)
        return self._score(x, role, m, read, a, b, near_a, near_b, distance, features)

    def of_heads(
        self, x: Tensor, role: Tensor, m: Tensor, v: Tensor, since: Tensor,
        heads: Tensor, near_a: Tensor, near_b: Tensor, distance: Tensor, features: Tensor,
    ) -> Tensor:  # fmt: skip
        """The same for some heads [h] and every entity as their tail: nearest mentions and distance [h, e], features
        [h, e, 8] -> logits [h, e, 10]. The softmax of a sum is computed as a product of factors: less work."""
        head, tail, value = self._looks(x, v, since)
        here = (since == 0).float()
        head, tail = (torch.exp(s - s.amax(-1, keepdim=True)).permute(1, 0, 2) for s in (head[heads], tail))
        together = torch.exp(self.both_here) - 1
        head_here = (head * here[heads] * together[:, None, None])[:, :, None]
        weight = head[:, :, None] * tail[:, None] + head_here * (tail * here)[:, None]
        h, e = heads.shape[0], x.shape[0]
        value = torch.cat([value, torch.ones_like(value[..., :1])], -1).permute(1, 0, 2)
        read = weight.reshape(ATTENTION_HEADS, h * e, -1) @ value
        read = (read[..., :-1] / read[..., -1:].clamp(min=1e-30)).permute(1, 0, 2).reshape(h * e, 256)
        a, b = heads[:, None].expand(h, e).reshape(-1), torch.arange(e)[None].expand(h, e).reshape(-1)
        near_a, near_b, distance = near_a.reshape(-1), near_b.reshape(-1), distance.reshape(-1)
        features = features.reshape(h * e, -1)
        return self._score(x, role, m, read, a, b, near_a, near_b, distance, features).view(h, e, len(RELATIONS))

    def _looks(self, x: Tensor, v: Tensor, since: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """How much each entity looks at each word as head and as tail [e, heads, n], and what the words say."""
        h = ATTENTION_HEADS
        e = x.shape[0]
        k, value = self.key(v).view(-1, h, 32), self.value(v).view(-1, h, 64)
        head = torch.einsum("ehd,nhd->ehn", self.head_query(x).view(e, h, 32), k) * 32**-0.5
        tail = torch.einsum("ehd,nhd->ehn", self.tail_query(x).view(e, h, 32), k) * 32**-0.5
        return head + self.head_since(since).permute(0, 2, 1), tail + self.tail_since(since).permute(0, 2, 1), value

    def _score(
        self, x: Tensor, role: Tensor, m: Tensor, read: Tensor,
        a: Tensor, b: Tensor, near_a: Tensor, near_b: Tensor, distance: Tensor, features: Tensor,
    ) -> Tensor:  # fmt: skip
        near = (distance < NO_DISTANCE).float()[:, None]
        hm, tm = self.head_mention(m)[near_a] * near, self.tail_mention(m)[near_b] * near
        hx, tx = self.head(x)[a], self.tail(x)[b]
        p = torch.softmax(role, -1)
        return self.score(
            torch.cat([hx, tx, hx * tx, read, hm, tm, hm * tm, self.distance(distance), features, p[a], p[b]], -1)
        )


class AttributeHead(nn.Module):
    """Whose age, address, phone … a detail of the text is."""

    def __init__(self) -> None:
        super().__init__()
        self.label = nn.Embedding(len(ATTRIBUTE_LABELS), 32)
        self.read = nn.Sequential(nn.Linear(2 * WORD + 32, MENTION), nn.GELU())
        self.mention, self.detail = nn.Linear(MENTION, 96), nn.Linear(MENTION, 96)
        self.owner, self.owned = nn.Linear(MENTION, 128), nn.Linear(MENTION, 128)
        self.distance, self.since = nn.Embedding(OWNER_DISTANCES, 24), nn.Embedding(RECENCY_VALUES, 8)
        self.score = mlp(3 * 128 + 2 * 96 + 24 + 8 + OWNER_FEATURES + len(ROLES), 192, 1)

    def forward(
        self, span: Tensor, sentence: Tensor, label: Tensor, x: Tensor, role: Tensor, m: Tensor,
        distance: Tensor, near: Tensor, has: Tensor, since: Tensor, features: Tensor,
    ) -> Tensor:  # fmt: skip
        """details [d, WORD] twice and labels [d]; entities [e, …], mentions; for [d, e] distance bucket, nearest
        mention, whether there is one, recency at the detail, features [d, e, 6] -> logits [d, e]."""
        d, e = distance.shape
        s = self.read(torch.cat([span, sentence, self.label(label)], -1))
        mention = self.mention(m)[near] * has[..., None]
        left = self.owned(s)[:, None].expand(d, e, 128)
        right = self.owner(x)[None].expand(d, e, 128)
        p = torch.softmax(role, -1)[None].expand(d, e, len(ROLES))
        z = [
            left,
            right,
            left * right,
            mention,
            mention * self.detail(s)[:, None],
            self.distance(distance),
            self.since(since),
            features,
            p,
        ]
        return self.score(torch.cat(z, -1))[..., 0]


class Heads(nn.Module):
    def __init__(self, hidden: int):
        super().__init__()
        self.words = WordHead(hidden)
        self.mentions = MentionHead()
        self.pairs = PairHead()
        self.entities = EntityHead()
        self.relations = RelationHead()
        self.attributes = AttributeHead()
