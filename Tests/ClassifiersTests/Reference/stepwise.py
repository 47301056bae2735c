"""What PyTorch lacks, in NumPy: peepholes and truncated gradients.

One direction of one layer over one document, forward and backward, written out by hand step by step.
`Stepwise` wraps it as a PyTorch module with PyTorch's names of weights. Shapes: T steps, inputs of width D,
states of width H, G gates: weight_ih G·H×D, weight_hh G·H×H, both biases G·H, peepholes 3×H.
"""
import numpy
import torch

GATES = {"rnn": 1, "gru": 3, "lstm": 4, "peephole": 4}


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


# A forward step takes the contributions of input and state to the gates (G·H each) and the previous state h'
# and memory c'; it returns state, memory and the values that the backward step reads. A backward step takes
# the gradients of state and memory, and (state, memory) before and after; it returns the gradients of
# from_input, from_state, h' (without the part that passes through the product), c' and the peepholes.


def rnn_forward(from_input, from_state, state, memory, peepholes):
    return numpy.tanh(from_input + from_state), memory, None


def rnn_backward(d_state, d_memory, kept, before, after, peepholes):
    d_gates = d_state * (1 - after[0] ** 2)
    return d_gates, d_gates, numpy.zeros_like(d_state), d_memory, None


def gru_forward(from_input, from_state, state, memory, peepholes):
    """n = tanh(in + r·hn), h = (1 - z)·n + z·h' (Cho et al. 2014; r after the product, as in cuDNN)."""
    (ir, iz, in_), (hr, hz, hn) = numpy.split(from_input, 3), numpy.split(from_state, 3)
    r, z = sigmoid(ir + hr), sigmoid(iz + hz)
    n = numpy.tanh(in_ + r * hn)
    return (1 - z) * n + z * state, memory, (r, z, n, hn)


def gru_backward(d_state, d_memory, kept, before, after, peepholes):
    r, z, n, hn = kept
    d_n = d_state * (1 - z) * (1 - n ** 2)
    d_z = d_state * (before[0] - n) * z * (1 - z)
    d_r = d_n * hn * r * (1 - r)
    from_input = numpy.concatenate([d_r, d_z, d_n])
    from_state = numpy.concatenate([d_r, d_z, d_n * r])
    return from_input, from_state, d_state * z, d_memory, None


def lstm_forward(from_input, from_state, state, memory, peepholes):
    """Diagonal peepholes p (Graves 2013, formulas 7 to 11): i and f see c', o sees c."""
    i, f, g, o = numpy.split(from_input + from_state, 4)
    i, f = sigmoid(i + peepholes[0] * memory), sigmoid(f + peepholes[1] * memory)
    g = numpy.tanh(g)
    c = f * memory + i * g
    o = sigmoid(o + peepholes[2] * c)
    return o * numpy.tanh(c), c, (i, f, g, o)


def lstm_backward(d_state, d_memory, kept, before, after, peepholes):
    (i, f, g, o), c_before, c = kept, before[1], after[1]
    d_o = d_state * numpy.tanh(c) * o * (1 - o)
    d_c = d_memory + d_state * o * (1 - numpy.tanh(c) ** 2) + d_o * peepholes[2]
    d_i, d_f = d_c * g * i * (1 - i), d_c * c_before * f * (1 - f)
    d_gates = numpy.concatenate([d_i, d_f, d_c * i * (1 - g ** 2), d_o])
    d_before = d_c * f + d_i * peepholes[0] + d_f * peepholes[1]
    d_peepholes = numpy.stack([d_i * c_before, d_f * c_before, d_o * c])
    return d_gates, d_gates, numpy.zeros_like(d_state), d_before, d_peepholes


STEPS = {
    "rnn": (rnn_forward, rnn_backward), "gru": (gru_forward, gru_backward),
    "lstm": (lstm_forward, lstm_backward), "peephole": (lstm_forward, lstm_backward)}


class Direction(torch.autograd.Function):
    """T×H states of T×D inputs, in the order of the inputs."""

    @staticmethod
    def forward(context, cell, truncate, inputs, weight_ih, weight_hh, bias_ih, bias_hh, peepholes):
        x, w_ih, w_hh, b_ih, b_hh, p = (
            t.detach().numpy() for t in (inputs, weight_ih, weight_hh, bias_ih, bias_hh, peepholes))
        step, _ = STEPS[cell]
        passed, kept = [(numpy.zeros(w_hh.shape[1]),) * 2], []
        for token in x:
            state, memory, gates = step(
                w_ih @ token + b_ih, w_hh @ passed[-1][0] + b_hh, *passed[-1], p)
            passed.append((state, memory))
            kept.append(gates)
        context.settings = cell, truncate, x, w_ih, w_hh, p, passed, kept
        return torch.from_numpy(numpy.stack([state for state, _ in passed[1:]]))

    @staticmethod
    def backward(context, given):
        cell, truncate, x, w_ih, w_hh, p, passed, kept = context.settings
        _, step = STEPS[cell]
        d_x, d_ih, d_hh = numpy.zeros_like(x), numpy.zeros_like(w_ih), numpy.zeros_like(w_hh)
        d_b_ih, d_b_hh, d_p = numpy.zeros(len(w_ih)), numpy.zeros(len(w_ih)), numpy.zeros_like(p)
        d_state, d_memory = (numpy.zeros(w_hh.shape[1]) for _ in range(2))
        for number in reversed(range(len(x))):
            from_input, from_state, d_state, d_memory, d_peepholes = step(
                given[number].numpy() + d_state, d_memory, kept[number], passed[number],
                passed[number + 1], p)
            d_x[number] = w_ih.T @ from_input
            d_ih += numpy.outer(from_input, x[number])
            d_hh += numpy.outer(from_state, passed[number][0])
            d_b_ih += from_input
            d_b_hh += from_state
            d_p += 0 if d_peepholes is None else d_peepholes
            d_state = d_state + w_hh.T @ from_state
            # The state continues over the cut, the gradient does not.
            if truncate and number % truncate == 0:
                d_state, d_memory = numpy.zeros_like(d_state), numpy.zeros_like(d_memory)
        gradients = (d_x, d_ih, d_hh, d_b_ih, d_b_hh, d_p)
        return (None, None) + tuple(torch.from_numpy(gradient) for gradient in gradients)


class Stepwise(torch.nn.Module):
    """One layer over one document; the gradient is cut every `truncate` steps (0: never)."""

    def __init__(self, cell, input_width, width, directions, truncate):
        super().__init__()
        self.cell, self.width, self.truncate = cell, width, truncate
        self.suffixes = ["_l0", "_l0_reverse"][:directions]
        rows = GATES[cell] * width
        shapes = {"weight_ih": (rows, input_width), "weight_hh": (rows, width),
                  "bias_ih": (rows,), "bias_hh": (rows,)}
        if cell == "peephole":
            shapes["weight_peephole"] = (3, width)
        for suffix in self.suffixes:
            for name, shape in shapes.items():
                self.register_parameter(name + suffix, torch.nn.Parameter(torch.zeros(shape)))

    def forward(self, vectors):
        """Returns the states of all steps in token order, and the last state of each direction."""
        aligned, last = [], []
        for suffix in self.suffixes:
            is_reverse = suffix.endswith("reverse")
            weights = [
                getattr(self, name + suffix)
                for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
            none = torch.zeros(3, self.width)
            states = Direction.apply(
                self.cell, self.truncate, vectors.flip(0) if is_reverse else vectors, *weights,
                getattr(self, "weight_peephole" + suffix, none))
            last.append(states[-1])
            aligned.append(states.flip(0) if is_reverse else states)
        return torch.cat(aligned, dim=1), torch.cat(last)
