"""The reference network in PyTorch: embedding, recurrent layers, pooling, one linear layer."""
import torch

from stepwise import Stepwise

# The cells of PyTorch; the others are in stepwise.py.
CELLS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}


class Network(torch.nn.Module):
    """Embedding, recurrent layers over exact lengths, pooling, one linear layer."""

    def __init__(self, case):
        super().__init__()
        self.pooling, self.cell, self.width = case["pooling"], case["cell"], case["width"]
        self.directions = case["directions"]
        self.embedding = torch.nn.Embedding(case["rows"], case["vectorWidth"])
        self.is_stepwise = self.cell == "peephole" or case["truncate"] > 0
        if self.is_stepwise:
            assert case["layers"] == 1
            recurrent = Stepwise(
                self.cell, case["vectorWidth"], self.width, self.directions, case["truncate"])
        else:
            recurrent = CELLS[self.cell](
                case["vectorWidth"], self.width, num_layers=case["layers"],
                bidirectional=self.directions == 2)
        self.prefix = "lstm" if self.cell == "peephole" else self.cell
        setattr(self, self.prefix, recurrent)
        states = self.directions * self.width
        self.pooled = 2 * states if self.pooling == "meanmax" else states
        if self.pooling == "attention":
            self.attention = torch.nn.Linear(states, self.width)
            self.attention.vector = torch.nn.Parameter(torch.zeros(1, self.width))
        self.classifier = torch.nn.Linear(self.pooled, case["labelCount"])

    def forward(self, documents):
        # PyTorch refuses documents of length 0; ours have a pooled vector of zeros.
        pooled = [torch.zeros(self.pooled)] * len(documents)
        running = [number for number, document in enumerate(documents) if document]
        vectors = [self.embedding(torch.tensor(documents[number])) for number in running]
        for number, (steps, last) in zip(running, self.states(vectors)):
            pooled[number] = self.pool(steps, last)
        return self.classifier(torch.stack(pooled))

    def states(self, vectors):
        recurrent = getattr(self, self.prefix)
        if self.is_stepwise or not vectors:
            return [recurrent(document) for document in vectors]
        packed = torch.nn.utils.rnn.pack_sequence(vectors, enforce_sorted=False)
        states, last = recurrent(packed)
        padded, lengths = torch.nn.utils.rnn.pad_packed_sequence(states)
        last = last[0] if isinstance(last, tuple) else last
        return [
            (padded[: lengths[place], place], last[-self.directions:, place].reshape(-1))
            for place in range(len(vectors))]

    def pool(self, steps, last):
        if self.pooling == "max":
            return steps.max(dim=0).values
        if self.pooling == "mean":
            return steps.mean(dim=0)
        if self.pooling == "meanmax":
            return torch.cat([steps.mean(dim=0), steps.max(dim=0).values])
        if self.pooling == "attention":
            scores = torch.tanh(self.attention(steps)) @ self.attention.vector[0]
            return scores.softmax(dim=0) @ steps
        return last
