package org.widthbench.training;

import org.widthbench.core.Loss;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.BatchSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.InitialWeights;

/** The network of docs/theory.md section 1 in plain loops, one neuron and one point at a time. */
final class NaiveMlp {
    final double[] loss;
    final double[][] predictions;
    /** {@code [t][layer][mu][neuron]}. */
    final double[][][][] phi;

    final double[][][][] g;

    NaiveMlp(Problem problem, int width, long seed) {
        Tensor x = problem.dataset().inputs();
        double[] y = problem.dataset().targets();
        int q = problem.points();
        int depth = problem.network().depth();
        int steps = problem.training().steps();
        double gamma0 = problem.training().gamma0();
        double eta = problem.training().eta();
        double lambda = problem.training().weightDecay();
        BatchSchedule batches = BatchSchedule.of(problem);
        double[][][] w = new double[depth + 1][][];
        double[][][] v = new double[depth + 1][][];
        for (int l = 0; l <= depth; l++) {
            int rows = l == depth ? 1 : width;
            int columns = l == 0 ? x.size(0) : width;
            w[l] = new double[rows][columns];
            v[l] = new double[rows][columns];
            for (int i = 0; i < rows; i++) {
                InitialWeights.fill(w[l][i], 0, columns, seed, width, l, (long) i * columns);
            }
        }
        loss = new double[steps];
        predictions = new double[steps][q];
        phi = new double[steps][depth][q][];
        g = new double[steps][depth][q][width];
        double[] initial = new double[q];
        for (int t = 0; t < steps; t++) {
            double[][][] fed = new double[depth + 1][q][];
            double[][][] slope = new double[depth][q][width];
            double[] mask = batches.weights(t);
            for (int mu = 0; mu < q; mu++) {
                fed[0][mu] = new double[x.size(0)];
                for (int d = 0; d < x.size(0); d++) {
                    fed[0][mu][d] = x.get(d, mu);
                }
                for (int l = 0; l < depth; l++) {
                    double[] h = times(w[l], fed[l][mu], 1 / Math.sqrt(fed[l][mu].length));
                    fed[l + 1][mu] = new double[width];
                    problem.network().activation().apply(h, fed[l + 1][mu], slope[l][mu], width);
                    phi[t][l][mu] = fed[l + 1][mu];
                }
                predictions[t][mu] = times(w[depth], fed[depth][mu], 1 / (gamma0 * width))[0];
                initial[mu] = t == 0 ? predictions[t][mu] : initial[mu];
                predictions[t][mu] -= initial[mu];
            }
            double[][][] gradient = new double[depth + 1][][];
            for (int l = 0; l <= depth; l++) {
                gradient[l] = new double[w[l].length][w[l][0].length];
            }
            for (int mu = 0; mu < q; mu++) {
                double residual = 0;
                if (mu < y.length && problem.training().loss() == Loss.LOGISTIC) {
                    residual = y[mu] / (1 + Math.exp(y[mu] * predictions[t][mu]));
                    loss[t] += Math.log(1 + Math.exp(-y[mu] * predictions[t][mu])) / y.length;
                } else if (mu < y.length) {
                    residual = y[mu] - predictions[t][mu];
                    loss[t] += residual * residual / y.length;
                }
                double force = mu < y.length ? gamma0 / y.length * mask[mu] * residual : 0;
                add(gradient[depth], new double[] {1}, fed[depth][mu], force);
                for (int l = depth - 1; l >= 0; l--) {
                    double[] z = l == depth - 1
                            ? w[depth][0]
                            : transposedTimes(w[l + 1], g[t][l + 1][mu], 1 / Math.sqrt(width));
                    for (int i = 0; i < width; i++) {
                        g[t][l][mu][i] = slope[l][mu][i] * z[i];
                    }
                    add(gradient[l], g[t][l][mu], fed[l][mu], force / Math.sqrt(fed[l][mu].length));
                }
            }
            for (int l = 0; l <= depth; l++) {
                for (int i = 0; i < w[l].length; i++) {
                    for (int j = 0; j < w[l][i].length; j++) {
                        v[l][i][j] =
                                problem.training().momentum() * v[l][i][j] + gradient[l][i][j] - lambda * w[l][i][j];
                        w[l][i][j] += eta * problem.training().rateFactor(t) * v[l][i][j];
                    }
                }
            }
        }
    }

    private static double[] times(double[][] matrix, double[] vector, double scale) {
        double[] product = new double[matrix.length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < vector.length; j++) {
                product[i] += scale * matrix[i][j] * vector[j];
            }
        }
        return product;
    }

    private static double[] transposedTimes(double[][] matrix, double[] vector, double scale) {
        double[] product = new double[matrix[0].length];
        for (int i = 0; i < matrix.length; i++) {
            for (int j = 0; j < product.length; j++) {
                product[j] += scale * matrix[i][j] * vector[i];
            }
        }
        return product;
    }

    private static void add(double[][] matrix, double[] left, double[] right, double scale) {
        for (int i = 0; i < left.length; i++) {
            for (int j = 0; j < right.length; j++) {
                matrix[i][j] += scale * left[i] * right[j];
            }
        }
    }
}
