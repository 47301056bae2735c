#!/usr/bin/env python3
"""The polynomial of `short_exp` in Sources/CVectorKernels/gates.inc.

    python Tools/exp-polynomial.py

exp(r) is taken as 1 + r + c2 r^2 + ... + c5 r^5 for |r| <= ln 2 / 2. Least squares on Chebyshev's nodes,
weighed again and again by the error that is left (Lawson 1961), come to the coefficients of least
greatest relative error. Prints them as C writes them, and that error once they are rounded to float.
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
