"""The models of `adjoint bench`, as a user of PyTorch writes them. tests/Adjoint.Tests/Cli/WorkloadTests.cs holds their parameter counts."""
import math

import torch
import torch.nn.functional as F
from torch import nn


# ---- attention

def attend(q, k, v, hidden=None):
    scores = (q @ k.transpose(-2, -1)) * (1 / math.sqrt(q.shape[-1]))
    if hidden is not None:
        scores = scores.masked_fill(hidden, -math.inf)
    return F.softmax(scores, -1) @ v


def later(length):
    return torch.ones(length, length, dtype=torch.bool).triu(1)


def split(x, heads):
    return x.view(x.shape[0], x.shape[1], heads, -1).transpose(1, 2)


def merged(x):
    return x.transpose(1, 2).reshape(x.shape[0], x.shape[2], -1)


# ---- images of 28 by 28

def mlp(*sizes):
    layers = []
    for before, after in zip(sizes, sizes[1:]):
        layers += [nn.ReLU()] if layers else []
        layers += [nn.Linear(before, after)]
    return nn.Sequential(*layers)


def classifier():
    return mlp(784, 512, 512, 10)


class Vae(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder, self.decoder = mlp(784, 600, 600, 100), mlp(50, 600, 600, 784)

    def loss(self, x):
        mu, logvar = self.encoder(x).chunk(2, 1)
        logits = self.decoder(mu + torch.exp(0.5 * logvar) * torch.randn_like(mu))
        divergence = -0.5 * (1 + logvar - mu * mu - logvar.exp()).sum()
        return (F.binary_cross_entropy_with_logits(logits, x, reduction="sum") + divergence) / x.shape[0]


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(8, 16, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(576, 320), nn.ReLU(), nn.Dropout(0.7), nn.Linear(320, 120), nn.Linear(120, 4))


def generator():
    return nn.Sequential(
        nn.ConvTranspose2d(100, 256, 7, bias=False), nn.BatchNorm2d(256), nn.ReLU(),
        nn.ConvTranspose2d(256, 128, 4, 2, 1, bias=False), nn.BatchNorm2d(128), nn.ReLU(),
        nn.ConvTranspose2d(128, 1, 4, 2, 1), nn.Tanh())


# A critic has no norm: its gradient is one of each image alone.
def judge(has_norm):
    norm = [nn.BatchNorm2d(128)] if has_norm else []
    return nn.Sequential(
        nn.Conv2d(1, 64, 4, 2, 1), nn.LeakyReLU(0.2), nn.Conv2d(64, 128, 4, 2, 1), *norm, nn.LeakyReLU(0.2),
        nn.Flatten(), nn.Linear(128 * 49, 1))


# ---- text

class Recurrent(nn.Module):
    def __init__(self, layers, width):
        super().__init__()
        self.table = nn.Embedding(65, 256)
        self.layers = nn.LSTM(256, width, layers)
        self.last = nn.Linear(width, 65)

    def forward(self, tokens):
        return self.last(self.layers(self.table(tokens))[0])


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.parts, self.together = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.wide, self.narrow = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, hidden=None):
        q, k, v = (split(part, self.heads) for part in self.parts(self.before(x)).split(x.shape[2], 2))
        x = x + self.together(merged(attend(q, k, v, hidden)))
        return x + self.narrow(F.gelu(self.wide(self.between(x))))


class Gpt(nn.Module):
    def __init__(self, width=256, layers=4, heads=4, length=128):
        super().__init__()
        self.table, self.places = nn.Embedding(65, width), nn.Parameter(torch.randn(length, width) * 0.02)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(layers))
        self.norm, self.last = nn.LayerNorm(width), nn.Linear(width, 65, bias=False)
        self.register_buffer("hidden", later(length))

    def forward(self, tokens):
        x = self.table(tokens) + self.places
        for block in self.blocks:
            x = block(x, self.hidden)
        return self.last(self.norm(x))


# ---- speech

class Encoder(nn.Module):
    def __init__(self, width=128, heads=4, layers=4):
        super().__init__()
        self.first, self.second = nn.Conv1d(80, width, 3, 2, 1), nn.Conv1d(width, width, 3, 2, 1)
        self.places = nn.Parameter(torch.randn(125, width) * 0.02)
        self.blocks, self.norm = nn.ModuleList(Block(width, heads) for _ in range(layers)), nn.LayerNorm(width)

    def forward(self, x):
        x = F.gelu(self.second(F.gelu(self.first(x)))).transpose(1, 2) + self.places
        for block in self.blocks:
            x = block(x)
        return self.norm(x)


class Source(nn.Module):
    """Attention of one sequence to another."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.query, self.pair, self.together = nn.Linear(width, width), nn.Linear(width, 2 * width), nn.Linear(width, width)

    def forward(self, x, said):
        k, v = self.pair(said).chunk(2, 2)
        seen = attend(split(self.query(x), self.heads), split(k, self.heads), split(v, self.heads))
        return self.together(merged(seen))


class RecurrentDecoder(nn.Module):
    def __init__(self, width=128, heads=4):
        super().__init__()
        self.table, self.before, self.layers = nn.Embedding(35, width), nn.LayerNorm(width), nn.LSTM(width, width, batch_first=True)
        self.source, self.after, self.last = Source(width, heads), nn.LayerNorm(width), nn.Linear(width, 35)

    def forward(self, written, said):
        x = self.layers(self.before(self.table(written)))[0]
        return self.last(self.after(x + self.source(x, said)))


class AttentionDecoder(nn.Module):
    def __init__(self, width=128, heads=4, length=100):
        super().__init__()
        self.heads = heads
        self.table, self.places = nn.Embedding(35, width), nn.Parameter(torch.randn(length, width) * 0.02)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.parts, self.together, self.source = nn.Linear(width, 3 * width), nn.Linear(width, width), Source(width, heads)
        self.wide, self.narrow, self.last = nn.Linear(width, 4 * width), nn.Linear(4 * width, width), nn.Linear(width, 35)
        self.register_buffer("hidden", later(length))

    def forward(self, written, said):
        x = self.table(written) + self.places
        q, k, v = (split(part, self.heads) for part in self.parts(self.norms[0](x)).chunk(3, 2))
        x = x + self.together(merged(attend(q, k, v, self.hidden)))
        x = x + self.source(self.norms[1](x), said)
        return self.last(x + self.narrow(F.gelu(self.wide(self.norms[2](x)))))


class Writer(nn.Module):
    def __init__(self, decoder):
        super().__init__()
        self.encoder, self.decoder = Encoder(), decoder

    def forward(self, x, written):
        return self.decoder(written, self.encoder(x))
