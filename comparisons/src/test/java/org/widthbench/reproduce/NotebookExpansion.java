package org.widthbench.reproduce;

import java.util.Random;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.widthbench.comparison.Alignment;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/**
 * Feature kernels of the printed expansion of a deep linear network, {@code H^l = K + l gamma0^2 [(K v(t)) (K v(s))^T + K V(t) K + (K V(s)
 * K)^T]}, with the integrals v and V in the eigenbasis of the NTK {@code (L+1) K = sum_k lambda_k psi_k psi_k^T}, {@code e_k(t) = 1 - exp(-lambda_k t)}:
 *
 * <pre>
 *   v_k   = y_k e_k / lambda_k
 *   V_kl  = y_k y_l / lambda_l [ e_k / lambda_k - e_kl / (lambda_k + lambda_l) ]                right
 *   V_kl  = y_k y_l / lambda_l [ y_k e_k / lambda_k + e_kl / (lambda_k + lambda_l) ]            the authors' notebook
 * </pre>
 *
 * <p>The factor {@code y_k} too many changes sign with {@code psi_k}, whose sign means nothing.
 */
final class NotebookExpansion {
    private final Problem problem;
    private final RealMatrix[] kv;
    private final RealMatrix[] kvk;

    /** @param signs draws the eigenvectors' signs; null leaves them */
    NotebookExpansion(Problem problem, boolean asInNotebook, Random signs) {
        this.problem = problem;
        int points = problem.trainingPoints();
        RealMatrix kernel = kernel(problem);
        EigenDecomposition decomposition =
                new EigenDecomposition(kernel.scalarMultiply(problem.network().depth() + 1));
        double[] lambda = decomposition.getRealEigenvalues();
        RealMatrix psi = decomposition.getV();
        for (int k = 0; k < points && signs != null; k++) {
            psi.setColumnVector(k, psi.getColumnVector(k).mapMultiply(signs.nextBoolean() ? 1 : -1));
        }
        double[] y = psi.preMultiply(problem.dataset().targets());
        int[] recorded = problem.training().record();
        kv = new RealMatrix[recorded.length];
        kvk = new RealMatrix[recorded.length];
        for (int t = 0; t < recorded.length; t++) {
            double time = problem.training().eta() * recorded[t] / points;
            RealMatrix v = new Array2DRowRealMatrix(points, 1);
            RealMatrix pairs = new Array2DRowRealMatrix(points, points);
            for (int k = 0; k < points; k++) {
                double single = -Math.expm1(-lambda[k] * time) / lambda[k];
                v.setEntry(k, 0, y[k] * single);
                for (int l = 0; l < points; l++) {
                    double both = -Math.expm1(-(lambda[k] + lambda[l]) * time) / (lambda[k] + lambda[l]);
                    double inner = asInNotebook ? y[k] * single + both : single - both;
                    pairs.setEntry(k, l, y[k] * y[l] / lambda[l] * inner);
                }
            }
            kv[t] = kernel.multiply(psi).multiply(v);
            kvk[t] = kernel.multiply(psi)
                    .multiply(pairs)
                    .multiply(psi.transpose())
                    .multiply(kernel);
        }
    }

    private static RealMatrix kernel(Problem problem) {
        int points = problem.trainingPoints();
        RealMatrix kernel = new Array2DRowRealMatrix(points, points);
        for (int mu = 0; mu < points; mu++) {
            for (int al = 0; al < points; al++) {
                kernel.setEntry(mu, al, problem.inputKernel().get(mu, al));
            }
        }
        return kernel;
    }

    /** With the network's feature kernels over all times and points, mean over layers. */
    double alignment(OrderParameters network) {
        double sum = 0;
        for (int layer = 1; layer <= network.depth(); layer++) {
            sum += Alignment.of(feature(layer), network.featureKernels().get(layer - 1));
        }
        return sum / network.depth();
    }

    private Tensor feature(int layer) {
        int points = problem.trainingPoints();
        double gamma0 = problem.training().gamma0();
        RealMatrix input = kernel(problem);
        Tensor kernel = Tensor.zeros(kv.length, points, kv.length, points);
        int at = 0;
        for (int t = 0; t < kv.length; t++) {
            for (int mu = 0; mu < points; mu++) {
                for (int s = 0; s < kv.length; s++) {
                    for (int al = 0; al < points; al++) {
                        double second = kv[t].getEntry(mu, 0) * kv[s].getEntry(al, 0)
                                + kvk[t].getEntry(mu, al)
                                + kvk[s].getEntry(al, mu);
                        kernel.data()[at++] = input.getEntry(mu, al) + layer * gamma0 * gamma0 * second;
                    }
                }
            }
        }
        return kernel;
    }
}
