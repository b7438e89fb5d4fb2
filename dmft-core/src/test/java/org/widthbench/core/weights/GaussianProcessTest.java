package org.widthbench.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class GaussianProcessTest {
    private static final int BLOCK = 3;
    private static final int BLOCKS = 40;

    /** A kernel of the given rank, positive semidefinite by construction. */
    private static double[][] kernel(int rank) {
        Random random = new Random(1);
        int n = BLOCK * BLOCKS;
        double[][] v = new double[n][rank];
        for (double[] row : v) {
            for (int j = 0; j < rank; j++) {
                row[j] = random.nextGaussian();
            }
        }
        double[][] k = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                for (int a = 0; a < rank; a++) {
                    k[i][j] += v[i][a] * v[j][a];
                }
            }
        }
        return k;
    }

    /** A law and, as fields would give it, the factor of every row shown so far. */
    private static final class Revealed {
        private final GaussianProcess law;
        private final double[][] kernel;
        /** {@code Lp^-1} of pivots is found row by row: pivot rows of F. */
        private final java.util.List<double[]> pivots = new java.util.ArrayList<>();

        private final java.util.List<Integer> places = new java.util.ArrayList<>();

        Revealed(double[][] kernel, double tolerance, int limit) {
            this.kernel = kernel;
            this.law = new GaussianProcess(tolerance, limit);
        }

        /** Forward substitution, one pivot at a time. */
        GaussianProcess.Extension extend(int block) {
            int known = law.count();
            double[] shares = new double[BLOCK * known];
            double[] own = new double[BLOCK * BLOCK];
            for (int i = 0; i < BLOCK; i++) {
                int row = block * BLOCK + i;
                for (int j = 0; j < known; j++) {
                    double rest = kernel[row][places.get(j)];
                    for (int a = 0; a < j; a++) {
                        rest -= shares[i * known + a] * pivots.get(j)[a];
                    }
                    shares[i * known + j] = rest / pivots.get(j)[j];
                }
                System.arraycopy(kernel[row], block * BLOCK, own, i * BLOCK, BLOCK);
            }
            GaussianProcess.Extension extension = law.extend(shares, own);
            int k = law.count();
            for (int pivot : extension.newPivots()) {
                pivots.add(java.util.Arrays.copyOfRange(extension.factor(), pivot * k, (pivot + 1) * k));
                places.add(block * BLOCK + pivot);
            }
            return extension;
        }
    }

    @Test
    void factorReproducesTheKernelOfEveryPairOfRows() {
        int rank = 100;
        double[][] kernel = kernel(rank);
        Revealed law = new Revealed(kernel, 1e-12, Integer.MAX_VALUE);
        double[][] rows = new double[BLOCK * BLOCKS][rank];
        for (int block = 0; block < BLOCKS; block++) {
            double[] factor = law.extend(block).factor();
            int k = factor.length / BLOCK;
            for (int i = 0; i < BLOCK; i++) {
                System.arraycopy(factor, i * k, rows[block * BLOCK + i], 0, k);
            }
        }
        for (int i = 0; i < rows.length; i++) {
            for (int j = 0; j < rows.length; j++) {
                double sum = 0;
                for (int a = 0; a < rank; a++) {
                    sum += rows[i][a] * rows[j][a];
                }
                assertThat(sum).isCloseTo(kernel[i][j], within(1e-8));
            }
        }
    }

    @Test
    void pivotsStopAtTheRankOfTheKernel() {
        double[][] kernel = kernel(7);
        Revealed law = new Revealed(kernel, 1e-9, Integer.MAX_VALUE);
        for (int block = 0; block < BLOCKS; block++) {
            law.extend(block);
        }
        assertThat(law.law.count()).isEqualTo(7);
    }

    /** 120 nearly equal rows that differ by 1% of their variance, and room for 30 pivots. */
    @Test
    void spreadPivotsLeaveLaterTimesAsManyAsEarlierOnes() {
        double[][] kernel = new double[BLOCK * BLOCKS][BLOCK * BLOCKS];
        for (int i = 0; i < kernel.length; i++) {
            java.util.Arrays.fill(kernel[i], 0.99);
            kernel[i][i] = 1;
        }
        Revealed law = new Revealed(kernel, 1e-9, 30);
        law.law.spread(BLOCKS);
        int[] counts = new int[BLOCKS];
        double captured = 1;
        for (int block = 0; block < BLOCKS; block++) {
            captured = Math.min(captured, law.extend(block).captured());
            counts[block] = law.law.count();
        }
        assertThat(counts[0]).isEqualTo(BLOCK);
        // 27 are left for 39 blocks.
        assertThat(counts[20]).isBetween(15, 25);
        assertThat(counts[BLOCKS - 1]).isEqualTo(30);
        assertThat(captured).isGreaterThan(0.98);
    }

    /** 120 independent rows: every pivot explains one of them and nothing else, whenever it comes. */
    @Test
    void rowsThatEarlierPivotsDoNotExplainAtAllTakeWhatIsLeft() {
        double[][] kernel = new double[BLOCK * BLOCKS][BLOCK * BLOCKS];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i][i] = 1;
        }
        Revealed law = new Revealed(kernel, 1e-9, 30);
        law.law.spread(BLOCKS);
        for (int block = 0; block < 10; block++) {
            law.extend(block);
            assertThat(law.law.count()).isEqualTo((block + 1) * BLOCK);
        }
    }

    @Test
    void residualIsTheConditionalVarianceThatPivotsLeave() {
        double[][] kernel = kernel(100);
        Revealed law = new Revealed(kernel, 0.5, Integer.MAX_VALUE);
        for (int block = 0; block < BLOCKS; block++) {
            GaussianProcess.Extension extension = law.extend(block);
            int k = extension.factor().length / BLOCK;
            for (int i = 0; i < BLOCK; i++) {
                double explained = 0;
                for (int a = 0; a < k; a++) {
                    explained += extension.factor()[i * k + a] * extension.factor()[i * k + a];
                }
                double variance = kernel[block * BLOCK + i][block * BLOCK + i];
                assertThat(explained + extension.residual()[i]).isCloseTo(variance, within(1e-9 * variance));
            }
        }
        assertThat(law.law.count()).isBetween(10, 100);
    }

    @Test
    void zeroKernelNeedsNoPivot() {
        GaussianProcess law = new GaussianProcess(1e-5, Integer.MAX_VALUE);
        assertThat(law.extend(new double[0], new double[9]).newPivots()).isEmpty();
    }
}
