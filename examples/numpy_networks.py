"""Networks of one hidden layer in NumPy alone: numbers of docs/figures.md and docs/theory.md 5.1 that owe nothing to widthbench.

python3 examples/numpy_networks.py fig6|fig3|fixed-points [--quick]      (seconds; a minute; minutes)
"""

import os
import statistics
import sys

# These products are too small for several threads, which only spin beside other work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy


def normals(seed, *shape):
    """jax.random.normal(PRNGKey(seed), shape) up to float32 rounding: threefry2x32 with 20 rounds."""
    n = int(numpy.prod(shape))
    word = numpy.uint32
    x, y = numpy.arange(n + n % 2, dtype=word).reshape(2, -1)
    y[n // 2 :] = 0 if n % 2 else y[n // 2 :]
    keys = [word(seed >> 32), word(seed & 0xFFFFFFFF), word(seed >> 32 ^ seed & 0xFFFFFFFF ^ 0x1BD11BDA)]
    x, y = x + keys[0], y + keys[1]
    for group in range(5):
        for turn in ((13, 15, 26, 6), (17, 29, 16, 24))[group % 2]:
            x = x + y
            y = (y << word(turn) | y >> word(32 - turn)) ^ x
        x, y = x + keys[(group + 1) % 3], y + keys[(group + 2) % 3] + word(group + 1)
    fraction = (numpy.concatenate([x, y])[:n] >> word(9)) / 2.0**23
    quantile = statistics.NormalDist().inv_cdf
    return numpy.array([quantile(f + 2.0**-25) for f in fraction]).reshape(shape)


class Network:
    """One hidden layer of N neurons on gaussian points, docs/theory.md section 1; labels +1 for the first half (rounded down)."""

    def __init__(self, width, seed, gamma0, dimension, points, linear=False, centred=True, labels=None):
        self.x = normals(0, dimension, points) / numpy.sqrt(dimension)
        self.y = numpy.where(numpy.arange(points) < points // 2, 1.0, -1.0) if labels is None else labels
        # The authors' notebook draws all weights from one key.
        own = seed == "notebook"
        random = numpy.random.default_rng(0 if own else seed)
        self.weights = normals(0, width, dimension) if own else random.standard_normal((width, dimension))
        self.readout = normals(0, width) if own else random.standard_normal(width)
        self.gamma0, self.linear = gamma0, linear
        self.forward()
        self.start = self.f if centred else 0 * self.f
        self.delta = self.y - (self.f - self.start)

    def forward(self):
        h = self.weights @ self.x
        self.slopes = numpy.ones_like(h) if self.linear else (h > 0) * 1.0
        self.phi = h * self.slopes
        self.g = self.slopes * self.readout[:, None]
        self.f = self.readout @ self.phi / (self.gamma0 * len(self.readout))

    def tangent(self, g):
        """Phi + G * K^x, the G of the gradients given."""
        return (self.phi.T @ self.phi + g.T @ g * (self.x.T @ self.x)) / len(self.readout)

    def step(self, eta, decay=0.0, march=False):
        """One step of gradient descent; march: Delta follows the tangent kernel, as in the notebook's theory."""
        rate = self.gamma0 * eta / len(self.y)
        following = self.delta - eta / len(self.y) * self.tangent(self.g) @ self.delta if march else None
        change = rate * (self.g * self.delta) @ self.x.T
        self.readout = (1 - eta * decay) * self.readout + rate * self.phi @ self.delta
        self.weights = (1 - eta * decay) * self.weights + change
        self.forward()
        self.delta = following if march else self.y - (self.f - self.start)

    def loss(self):
        return (self.delta**2).mean()


def fig6(quick):
    """Losses at the last step of Figure 6, and what could move them."""
    gammas, width, seeds = (0.2, 1, 2, 3), 200 if quick else 2000, range(2 if quick else 6)

    def losses(seed, march=False, **options):
        row = []
        for gamma0 in gammas:
            network = Network(3000 if seed == "notebook" else width, seed, gamma0, 40, 25, **options)
            for _ in range(199):
                network.step(0.075, march=march)
            row.append(network.loss())
        return row

    def show(name, rows):
        rows = numpy.array(rows)
        print(f"| {name} |", " | ".join(f"{v:.4f}" for v in rows.mean(0)), "|")
        if len(rows) > 1:
            print("| standard deviation of one |", " | ".join(f"{v:.4f}" for v in rows.std(0, ddof=1)), "|", flush=True)

    print("| gamma0 |", " | ".join(f"{g}" for g in gammas), "|\n| --- | --- | --- | --- | --- |")
    show(f"networks, N = {width}", [losses(seed) for seed in seeds])
    show("not centred", [losses(seed, centred=False) for seed in seeds])
    shuffled = [numpy.random.default_rng(seed).permutation(numpy.repeat([1.0, -1.0], [12, 13])) for seed in seeds]
    show("labels shuffled", [losses(seed, labels=y) for seed, y in zip(seeds, shuffled)])
    show("Delta marched with the NTK", [losses(seed, march=True) for seed in seeds])
    show("the notebook's own network, N = 3000", [losses("notebook", centred=False)])


def fig3(quick):
    """Figure 3 at gamma0 = 0.5: what centring does to networks under weight decay."""
    print("| N | centred | loss, each seed | alignment of the last Phi with the labels |\n| --- | --- | --- | --- |")
    for width in (100,) if quick else (500, 2000):
        for centred in (False, True):
            ends = []
            for seed in range(2 if quick else 4):
                network = Network(width, seed, 0.5, 25, 10, centred=centred)
                for _ in range(99 if quick else 1999):
                    network.step(0.2, decay=0.1)
                kernel = network.phi.T @ network.phi
                aligned = network.y @ kernel @ network.y / (network.y @ network.y * numpy.linalg.norm(kernel))
                ends.append((network.loss(), aligned))
            loss, aligned = (" ".join(f"{value:.4f}" for value in column) for column in zip(*ends))
            print(f"| {width} | {centred} | {loss} | {aligned} |", flush=True)


def fixed_points(quick):
    """Distances of f from the kernel machines of docs/theory.md 5.1 after training under weight decay."""
    print("| activation, gamma0, eta, T, N | Phi, last step | NTK, mean slopes | NTK, last step | kappa = 1 | switching |")
    print("| --- | --- | --- | --- | --- | --- |")
    cases = [
        (False, 0.5, 0.2, 800, 4000, 100),
        (False, 1, 0.2, 800, 4000, 100),
        (False, 4, 0.2, 800, 4000, 100),
        (False, 0.5, 0.2, 6000, 1000, 100),
        (False, 4, 0.05, 3200, 1000, 400),
        (True, 1, 0.2, 6000, 1000, 100),
        (True, 4, 0.2, 6000, 1000, 100),
    ]
    for linear, gamma0, eta, steps, width, window in [(c[0], c[1], c[2], 120, 100, 20) for c in cases] if quick else cases:
        network = Network(width, 0, gamma0, 25, 10, linear=linear, centred=False)
        g, slopes = 0, 0
        for t in range(1, steps):
            network.step(eta, decay=0.1)
            if t >= steps - window:
                g, slopes = g + network.g / window, slopes + network.slopes / window

        def distance(kernel, kappa):
            machine = kernel @ numpy.linalg.solve(kernel + kappa * numpy.eye(10), network.y)
            return numpy.sqrt(((network.f - machine) ** 2).mean())

        features = network.phi.T @ network.phi / width
        columns = [distance(features, 1), distance(network.tangent(g), 2), distance(network.tangent(network.g), 2)]
        columns.append(distance(network.tangent(g), 1))
        name = f"{'linear' if linear else 'ReLU'}, {gamma0}, {eta}, {steps}, {width}"
        switching = ((slopes > 1e-9) & (slopes < 1 - 1e-9)).mean()
        print(f"| {name} |", " | ".join(f"{value:.1e}" for value in columns), f"| {switching:.2f} |", flush=True)


if __name__ == "__main__":
    commands = {"fig6": fig6, "fig3": fig3, "fixed-points": fixed_points}
    words = [word for word in sys.argv[1:] if word != "--quick"]
    if len(words) != 1 or words[0] not in commands:
        sys.exit(__doc__)
    commands[words[0]]("--quick" in sys.argv)
