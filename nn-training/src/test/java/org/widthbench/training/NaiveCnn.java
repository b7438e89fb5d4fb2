package org.widthbench.training;

import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Cnn;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.InitialWeights;

/** Weights and forward pass of the network of docs/theory.md section 6 in plain loops. */
final class NaiveCnn {
    private final Problem problem;
    private final Cnn architecture;
    private final int n;
    final double[][] weights;
    private final double[] initial;

    NaiveCnn(Problem problem, int channels, long seed) {
        this.problem = problem;
        this.architecture = (Cnn) problem.network().architecture();
        this.n = channels;
        int depth = problem.network().layers();
        int taps = architecture.kernel() * architecture.kernel();
        weights = new double[depth + 1][];
        for (int l = 0; l <= depth; l++) {
            int size = l == depth
                    ? n
                    : taps * n * (l == 0 ? problem.dataset().inputs().size(3) : n);
            weights[l] = new double[size];
            InitialWeights.fill(weights[l], 0, size, seed, n, l, 0);
        }
        initial = outputs();
    }

    /** {@code (1/2P) sum (y - f)^2}, f centred. */
    double loss() {
        double[] outputs = outputs();
        double[] y = problem.dataset().targets();
        double loss = 0;
        for (int mu = 0; mu < y.length; mu++) {
            double residual = y[mu] - (outputs[mu] - initial[mu]);
            loss += residual * residual / (2 * y.length);
        }
        return loss;
    }

    private double[] outputs() {
        Tensor x = problem.dataset().inputs();
        int height = x.size(1);
        int width = x.size(2);
        int depth = problem.network().layers();
        int k = architecture.kernel();
        boolean notebook = architecture.scaling() == Cnn.Scaling.NOTEBOOK;
        double[] outputs = new double[problem.points()];
        for (int mu = 0; mu < outputs.length; mu++) {
            int fed = x.size(3);
            double[] phi =
                    java.util.Arrays.copyOfRange(x.data(), mu * height * width * fed, (mu + 1) * height * width * fed);
            double[] h = null;
            for (int l = 0; l < depth; l++) {
                double scale = 1 / Math.sqrt(notebook ? (l == 0 ? 1 : n) : k * k * fed);
                boolean branch = architecture.residual().exists() && l > 0;
                if (branch) {
                    scale *= architecture.residual().beta()
                            / Math.sqrt(problem.network().depth());
                }
                double[] next = branch ? h.clone() : new double[height * width * n];
                for (int a = 0; a < height * width; a++) {
                    for (int d = 0; d < k * k; d++) {
                        int row = a / width + d / k - k / 2;
                        int column = a % width + d % k - k / 2;
                        if (row < 0 || row >= height || column < 0 || column >= width) {
                            continue;
                        }
                        for (int i = 0; i < n; i++) {
                            for (int j = 0; j < fed; j++) {
                                next[a * n + i] += scale
                                        * weights[l][(i * k * k + d) * fed + j]
                                        * phi[(row * width + column) * fed + j];
                            }
                        }
                    }
                }
                h = next;
                phi = new double[h.length];
                problem.network().activation().apply(h, phi, null, h.length);
                fed = n;
            }
            for (int a = 0; a < height * width; a++) {
                for (int i = 0; i < n; i++) {
                    outputs[mu] += weights[depth][i]
                            * phi[a * n + i]
                            / (height * width * problem.training().gamma0() * n);
                }
            }
        }
        return outputs;
    }
}
