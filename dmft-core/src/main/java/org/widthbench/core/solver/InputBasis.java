package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.Problem;

/**
 * A factor of the input kernel, {@code K^x = B B^T}, with as few columns as its rank and the largest first: independent
 * standard normal noise {@code E} then gives {@code u^1 = B E}, and one weight per column moves each neuron of layer 1.
 *
 * @param columns rank k, at most min(D, Q)
 * @param rows {@code B (Q, k)}, row-major
 */
record InputBasis(int columns, double[] rows) {
    /** Directions whose variance is below this fraction of the largest are rounding errors. */
    private static final double RANK_TOLERANCE = 1e-13;

    static InputBasis of(Problem problem) {
        Tensor inputs = problem.dataset().inputs();
        int dimension = inputs.size(0);
        int q = inputs.size(1);
        if (q > dimension) {
            return ofFewDimensions(inputs.data(), q, dimension);
        }
        KernelRoot root = KernelRoot.of(problem.inputKernel().data(), q, "the input kernel K^x");
        double[] factor = root.factor();
        int rank = rank(root);
        double[] rows = new double[q * rank];
        for (int mu = 0; mu < q; mu++) {
            System.arraycopy(factor, mu * q, rows, mu * rank, rank);
        }
        return new InputBasis(rank, rows);
    }

    /** Inputs {@code X (k, Q)} of the same kernel, {@code X^T X / k = K^x}. */
    Tensor inputs() {
        int q = rows.length / columns;
        double scale = Math.sqrt(columns);
        double[] x = new double[rows.length];
        for (int mu = 0; mu < q; mu++) {
            for (int k = 0; k < columns; k++) {
                x[k * q + mu] = scale * rows[mu * columns + k];
            }
        }
        return new Tensor(new int[] {columns, q}, x);
    }

    /** With biases a last column of ones, so that {@code B B^T = K^x + 1}; else this basis. */
    InputBasis withBias(boolean bias) {
        if (!bias) {
            return this;
        }
        int wide = columns + 1;
        double[] extended = new double[rows.length / columns * wide];
        Arrays.fill(extended, 1);
        for (int i = 0; i < rows.length; i++) {
            extended[i / columns * wide + i % columns] = rows[i];
        }
        return new InputBasis(wide, extended);
    }

    /** {@code B = X^T V / sqrt(D)} with V the eigenvectors of the covariance {@code X X^T / D}. */
    private static InputBasis ofFewDimensions(double[] x, int q, int dimension) {
        double[] covariance = new double[dimension * dimension];
        for (int i = 0; i < covariance.length; i++) {
            covariance[i] = Dense.dot(x, i / dimension * q, x, i % dimension * q, q) / dimension;
        }
        KernelRoot root = KernelRoot.of(covariance, dimension, "the input covariance");
        int rank = rank(root);
        double[] rows = new double[q * rank];
        for (int d = 0; d < dimension; d++) {
            for (int mu = 0; mu < q; mu++) {
                double entry = x[d * q + mu] / Math.sqrt(dimension);
                Dense.axpy(entry, root.vectors(), d * dimension, rows, mu * rank, rank);
            }
        }
        return new InputBasis(rank, rows);
    }

    private static int rank(KernelRoot root) {
        // Inputs that are all zero still make a network; one column of zeros stands for them.
        return Math.max(1, root.rank(RANK_TOLERANCE));
    }
}
