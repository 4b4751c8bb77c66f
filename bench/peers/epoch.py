"""One epoch of Fashion-MNIST in PyTorch, as `adjoint train fashion-mlp` and `fashion-cnn` train it.

epoch.py mlp|cnn FOLDER THREADS   prints {"seconds": ..., "loss": ...}
The images lie in one tensor in memory, normalised before the clock starts; a batch is taken by index. Images of the network with convolutions
are flipped and shifted here batch by batch, which is cheaper than one by one.
"""
import gzip
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


def images(folder):
    with gzip.open(Path(folder) / "train-images-idx3-ubyte.gz") as file:
        pixels = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 1, 28, 28)
    with gzip.open(Path(folder) / "train-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    x = (torch.from_numpy(pixels.copy()).float() / 255 - 0.2860) / 0.3530
    return x[:54000], torch.from_numpy(labels.copy()).long()[:54000]


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 512), nn.ReLU(), nn.Linear(512, 10)), 128


def cnn():
    def stage(i, o):
        return [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU()]
    return nn.Sequential(*stage(1, 32), nn.MaxPool2d(2), *stage(32, 64), nn.MaxPool2d(2), *stage(64, 64), nn.Flatten(),
                         nn.Linear(64 * 49, 128), nn.ReLU(), nn.Dropout(0.4), nn.Linear(128, 10)), 64


def shifted(x):
    if torch.rand(()) < 0.5:
        x = x.flip(3)
    down, right = np.random.randint(-1, 2, 2)
    return F.pad(x, (1, 1, 1, 1))[:, :, 1 + down:29 + down, 1 + right:29 + right]


def main():
    kind, folder, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    x, label = images(folder)
    model, batch = mlp() if kind == "mlp" else cnn()
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.01)

    def step(at):
        given = x[at] if kind == "mlp" else shifted(x[at])
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(given), label[at])
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(5):
        step(torch.arange(batch))
    start, total = time.perf_counter(), 0.0
    for at in torch.randperm(len(x)).split(batch):
        total += step(at) * len(at)
    print(json.dumps({"seconds": time.perf_counter() - start, "loss": total / len(x)}))


main()
