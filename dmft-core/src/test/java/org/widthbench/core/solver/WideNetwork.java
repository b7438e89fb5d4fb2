package org.widthbench.core.solver;

import java.util.Random;
import org.widthbench.core.Training;
import org.widthbench.core.problem.Problem;

/**
 * The slow obvious width-N network of {@code docs/theory.md} section 1, loops only: what every solver here claims to
 * predict as N grows. Momentum and weight decay act on all weights as in section 3.
 */
final class WideNetwork {
    private final Problem problem;
    private final int width;
    private final int depth;
    private final int points;

    /** weights[l] is (N x fan-in), the read-out is weights[L] (1 x N); velocities likewise. */
    private final double[][] weights;

    private final double[][] velocities;

    /** Fields of the current weights: h, phi, g are (L) x (Q x N). */
    final double[][] h;

    final double[][] phi;
    final double[][] g;

    private final double[] outputAtStart;

    WideNetwork(Problem problem, int width, long seed) {
        this.problem = problem;
        this.width = width;
        depth = problem.network().depth();
        points = problem.points();
        weights = new double[depth + 1][];
        velocities = new double[depth + 1][];
        Random random = new Random(seed);
        int dimension = problem.dataset().inputs().size(0);
        for (int l = 0; l <= depth; l++) {
            int size = l == depth ? width : width * (l == 0 ? dimension : width);
            weights[l] =
                    random.doubles(size).map(ignored -> random.nextGaussian()).toArray();
            velocities[l] = new double[size];
        }
        h = new double[depth][points * width];
        phi = new double[depth][points * width];
        g = new double[depth][points * width];
        propagate();
        outputAtStart = output();
    }

    /** Centred predictions (Q). */
    double[] predictions() {
        double[] f = output();
        for (int mu = 0; mu < points; mu++) {
            f[mu] -= outputAtStart[mu];
        }
        return f;
    }

    void step() {
        double[] f = predictions();
        Training training = problem.training();
        double scale = training.gamma0() / problem.trainingPoints();
        double[] x = problem.dataset().inputs().data();
        int dimension = problem.dataset().inputs().size(0);
        for (int l = 0; l <= depth; l++) {
            double[] gradient = new double[weights[l].length];
            int fan = l == 0 ? dimension : width;
            for (int mu = 0; mu < problem.trainingPoints(); mu++) {
                double residual = problem.dataset().targets()[mu] - f[mu];
                double[] below = new double[fan];
                for (int j = 0; j < fan; j++) {
                    below[j] = l == 0 ? x[j * points + mu] : phi[l - 1][mu * width + j];
                }
                if (l == depth) {
                    Dense.axpy(scale * residual, below, 0, gradient, 0, width);
                    continue;
                }
                for (int i = 0; i < width; i++) {
                    double factor = scale * residual * g[l][mu * width + i] / Math.sqrt(fan);
                    Dense.axpy(factor, below, 0, gradient, i * fan, fan);
                }
            }
            for (int i = 0; i < gradient.length; i++) {
                velocities[l][i] =
                        training.momentum() * velocities[l][i] + gradient[i] - training.weightDecay() * weights[l][i];
                weights[l][i] += training.eta() * velocities[l][i];
            }
        }
        propagate();
    }

    private double[] output() {
        double[] f = new double[points];
        for (int mu = 0; mu < points; mu++) {
            f[mu] = Dense.dot(weights[depth], 0, phi[depth - 1], mu * width, width)
                    / (problem.training().gamma0() * width);
        }
        return f;
    }

    private void propagate() {
        int dimension = problem.dataset().inputs().size(0);
        double[] x = problem.dataset().inputs().data();
        double[][] slope = new double[depth][points * width];
        for (int l = 0; l < depth; l++) {
            int fan = l == 0 ? dimension : width;
            for (int mu = 0; mu < points; mu++) {
                double[] below = new double[fan];
                for (int j = 0; j < fan; j++) {
                    below[j] = l == 0 ? x[j * points + mu] : phi[l - 1][mu * width + j];
                }
                for (int i = 0; i < width; i++) {
                    h[l][mu * width + i] = Dense.dot(weights[l], i * fan, below, 0, fan) / Math.sqrt(fan);
                }
            }
            problem.network().activation().apply(h[l], phi[l], slope[l], points * width);
        }
        for (int l = depth - 1; l >= 0; l--) {
            for (int mu = 0; mu < points; mu++) {
                double[] z = new double[width];
                if (l == depth - 1) {
                    z = weights[depth].clone();
                } else {
                    for (int i = 0; i < width; i++) {
                        double factor = g[l + 1][mu * width + i] / Math.sqrt(width);
                        Dense.axpy(factor, weights[l + 1], i * width, z, 0, width);
                    }
                }
                for (int i = 0; i < width; i++) {
                    g[l][mu * width + i] = slope[l][mu * width + i] * z[i];
                }
            }
        }
    }
}
