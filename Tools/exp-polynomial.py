#!/usr/bin/env python3
"""The polynomial of `short_exp` in Sources/CVectorKernels/gates.inc.

    python Tools/exp-polynomial.py

exp(r) is approximated by 1 + r + c2 r^2 + ... + c5 r^5 for |r| <= ln 2 / 2. Least squares on
Chebyshev nodes, repeatedly reweighted by the remaining error (Lawson 1961), converge to the
coefficients with the smallest maximum relative error. Prints them as C literals, and the maximum
relative error after they are rounded to float.
"""
import numpy as np

HALF, POWERS, NODES = np.log(2) / 2, range(2, 6), 4000

r = HALF * np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)
terms = np.stack([r**k for k in POWERS], axis=1) * np.exp(-r)[:, None]
wanted = (np.exp(r) - 1 - r) * np.exp(-r)
weights = np.ones(NODES)
for _ in range(400):
    c = np.linalg.lstsq(terms * weights[:, None], wanted * weights, rcond=None)[0]
    error = np.abs(terms @ c - wanted)
    weights *= (1e-3 + error / error.max()) ** 0.15
    weights /= weights.max()

rounded = c.astype(np.float32).astype(float)
for k, value in zip(POWERS, rounded):
    print(f"c{k} = {value.hex().replace('0000000p', 'p')}f")
dense = np.linspace(-HALF, HALF, 200_001)
value = 1 + dense + sum(ck * dense**k for k, ck in zip(POWERS, rounded))
print(f"relative error {np.max(np.abs(value / np.exp(dense) - 1)):.3g}")
