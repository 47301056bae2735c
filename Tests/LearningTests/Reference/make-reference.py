"""Writes optimizers.json and schedules.json: the results of PyTorch's optimizers and schedules.

Every document pulls each parameter towards the number of its label, and each of its tokens pulls the
vector of its word towards 1, as in SpringNetwork.swift. All documents are one batch and every word
occurs, so order and lazy rows do not matter. Computed in double precision.

Run: python Tests/LearningTests/Reference/make-reference.py   (with PyTorch; made with 2.13)
"""

import json
import os

import torch

DOCUMENTS = [[0, 1, 1], [2], [3, 0], [], [4, 4, 4, 0], [5, 2]]
LABELS = [0, 1, 2, 0, 1, 2]
STEPS = 25
WIDTH = 3

CASES = [
    {"name": "momentum", "optimizer": "sgd", "learningRate": 0.1, "momentum": 0.9},
    {"name": "Nesterov", "optimizer": "sgd", "learningRate": 0.1, "momentum": 0.9, "nesterov": True},
    {"name": "Nesterov with decay", "optimizer": "sgd", "learningRate": 0.1, "momentum": 0.7,
     "nesterov": True, "weightDecay": 0.05},
    {"name": "momentum with decay", "optimizer": "sgd", "learningRate": 0.1, "momentum": 0.5,
     "weightDecay": 0.1},
    {"name": "Adam", "optimizer": "adam", "learningRate": 0.02},
    {"name": "Adam with decay", "optimizer": "adam", "learningRate": 0.02, "weightDecay": 0.1},
    {"name": "AdamW", "optimizer": "adamw", "learningRate": 0.02, "weightDecay": 0.1},
    {"name": "AdamW without decay", "optimizer": "adamw", "learningRate": 0.02},
    {"name": "Adagrad", "optimizer": "adagrad", "learningRate": 0.1},
    {"name": "Adagrad with decay", "optimizer": "adagrad", "learningRate": 0.1, "weightDecay": 0.1},
    {"name": "clipping by value", "optimizer": "sgd", "learningRate": 0.1, "momentum": 0.9,
     "clipValue": 0.2},
    {"name": "clipping by value, then by norm", "optimizer": "sgd", "learningRate": 0.1,
     "momentum": 0.9, "clipValue": 0.2, "clip": 0.5},
    {"name": "clipping and decay", "optimizer": "adamw", "learningRate": 0.02, "weightDecay": 0.1,
     "clipValue": 0.2, "clip": 0.5},
]


def optimizer(case, parameters):
    rate, decay = case["learningRate"], case.get("weightDecay", 0)
    if case["optimizer"] == "sgd":
        return torch.optim.SGD(parameters, lr=rate, momentum=case["momentum"], weight_decay=decay,
                               nesterov=case.get("nesterov", False))
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "adagrad": torch.optim.Adagrad}
    return kinds[case["optimizer"]](parameters, lr=rate, weight_decay=decay)


def run(case):
    torch.manual_seed(5)
    start = (torch.rand(5).double() * 2 - 1).float().double()
    rows = (torch.rand(6, WIDTH).double() * 2 - 1).float().double()
    case["parameters"] = start.tolist()
    case["vectors"] = rows.flatten().tolist()
    parameters, vectors = start.clone().requires_grad_(), rows.clone().requires_grad_()
    steps = optimizer(case, [parameters, vectors])
    for _ in range(STEPS):
        steps.zero_grad()
        loss = sum(
            ((parameters - label) ** 2).sum() / 2
            + sum(((vectors[word] - 1) ** 2).sum() / 2 for word in document)
            for document, label in zip(DOCUMENTS, LABELS)) / len(DOCUMENTS)
        loss.backward()
        if case.get("clipValue"):
            torch.nn.utils.clip_grad_value_([parameters, vectors], case["clipValue"])
        if case.get("clip"):
            torch.nn.utils.clip_grad_norm_([parameters, vectors], case["clip"])
        steps.step()
    case["trained"] = parameters.tolist() + vectors.flatten().tolist()
    return case


def one_cycle(steps, warmup):
    weight = torch.zeros(1, requires_grad=True)
    descent = torch.optim.SGD([weight], lr=1)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        descent, max_lr=1, total_steps=steps, pct_start=warmup, cycle_momentum=False)
    rates = []
    for _ in range(steps):
        rates.append(descent.param_groups[0]["lr"])
        descent.step()
        if len(rates) < steps:
            schedule.step()
    return {"steps": steps, "warmup": warmup, "rates": rates}


def plateau(losses, factor, patience):
    weight = torch.zeros(1, requires_grad=True)
    descent = torch.optim.SGD([weight], lr=1)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(descent, factor=factor, patience=patience,
                                                          eps=0)
    rates = []
    for loss in losses:
        rates.append(descent.param_groups[0]["lr"])
        schedule.step(loss)
    return {"losses": losses, "factor": factor, "patience": patience, "rates": rates}


def write(name, value):
    folder = os.path.dirname(os.path.abspath(__file__))
    with open(os.path.join(folder, name), "w") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


write("optimizers.json", {
    "documents": DOCUMENTS, "labels": LABELS, "steps": STEPS, "width": WIDTH,
    "cases": [run(dict(case)) for case in CASES]})
LOSSES = [1, 0.8, 0.79999, 0.9, 0.7, 0.71, 0.72, 0.73, 0.74, 0.6, 0.61, 0.62, 0.60001, 0.59]
write("schedules.json", {
    "onecycle": [one_cycle(10, 0.3), one_cycle(37, 0.3), one_cycle(20, 0.55)],
    "plateau": [plateau(LOSSES, 0.5, 1), plateau(LOSSES, 0.1, 0), plateau(LOSSES, 0.5, 2)]})
