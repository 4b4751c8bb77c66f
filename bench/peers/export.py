"""Writes the models of `adjoint bench infer_` as ONNX files, each with what it is given.

export.py FOLDER   makes infer_gpt.onnx and infer_gpt.json, and so on
"""
import json
import sys
from pathlib import Path

import torch

import models


def text(batch):
    return torch.randint(65, batch)


MODELS = {
    "infer_gpt": (models.Gpt, lambda: text((1, 128))),
    "infer_lstm": (lambda: models.Recurrent(1, 256), lambda: text((128, 32))),
    "infer_cnn": (models.cnn, lambda: torch.randn(64, 1, 28, 28)),
    "infer_mlp": (models.classifier, lambda: torch.randn(64, 784)),
    "infer_speech": (models.Encoder, lambda: torch.randn(1, 80, 500)),
}


def main():
    folder = Path(sys.argv[1])
    torch.manual_seed(0)
    for name, (make, given) in MODELS.items():
        x = given()
        torch.onnx.export(make().eval(), (x,), str(folder / f"{name}.onnx"), opset_version=17, input_names=["x"], output_names=["y"])
        below = None if x.is_floating_point() else int(x.max()) + 1
        (folder / f"{name}.json").write_text(json.dumps({"shape": list(x.shape), "below": below}))


main()
