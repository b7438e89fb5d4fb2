package org.widthbench.core.solver;

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

    private static GaussianProcess.Extension extend(GaussianProcess law, double[][] kernel, int block) {
        double[] cross = new double[law.count() * BLOCK];
        double[] own = new double[BLOCK * BLOCK];
        for (int i = 0; i < BLOCK; i++) {
            for (int j = 0; j < law.count(); j++) {
                cross[i * law.count() + j] = kernel[law.pivot(j)][block * BLOCK + i];
            }
            System.arraycopy(kernel[block * BLOCK + i], block * BLOCK, own, i * BLOCK, BLOCK);
        }
        return law.extend(block * BLOCK, cross, own);
    }

    @Test
    void factorReproducesTheKernelOfEveryPairOfRows() {
        int rank = 100;
        double[][] kernel = kernel(rank);
        GaussianProcess law = new GaussianProcess(1e-12);
        double[][] rows = new double[BLOCK * BLOCKS][rank];
        for (int block = 0; block < BLOCKS; block++) {
            double[] factor = extend(law, kernel, block).factor();
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
        GaussianProcess law = new GaussianProcess(1e-9);
        for (int block = 0; block < BLOCKS; block++) {
            extend(law, kernel, block);
        }
        assertThat(law.count()).isEqualTo(7);
    }

    /** 120 nearly equal rows that differ by 1% of their variance, and room for 30 pivots. */
    @Test
    void spreadPivotsLeaveLaterTimesAsManyAsEarlierOnes() {
        double[][] kernel = new double[BLOCK * BLOCKS][BLOCK * BLOCKS];
        for (int i = 0; i < kernel.length; i++) {
            java.util.Arrays.fill(kernel[i], 0.99);
            kernel[i][i] = 1;
        }
        GaussianProcess law = new GaussianProcess(1e-9, 30);
        law.spread(BLOCKS);
        int[] counts = new int[BLOCKS];
        for (int block = 0; block < BLOCKS; block++) {
            extend(law, kernel, block);
            counts[block] = law.count();
        }
        assertThat(counts[0]).isEqualTo(BLOCK);
        // 27 are left for 39 blocks.
        assertThat(counts[20]).isBetween(15, 25);
        assertThat(counts[BLOCKS - 1]).isEqualTo(30);
        assertThat(law.captured()).isGreaterThan(0.98);
    }

    /** 120 independent rows: every pivot explains one of them and nothing else, whenever it comes. */
    @Test
    void rowsThatEarlierPivotsDoNotExplainAtAllTakeWhatIsLeft() {
        double[][] kernel = new double[BLOCK * BLOCKS][BLOCK * BLOCKS];
        for (int i = 0; i < kernel.length; i++) {
            kernel[i][i] = 1;
        }
        GaussianProcess law = new GaussianProcess(1e-9, 30);
        law.spread(BLOCKS);
        for (int block = 0; block < 10; block++) {
            extend(law, kernel, block);
            assertThat(law.count()).isEqualTo((block + 1) * BLOCK);
        }
    }

    @Test
    void residualIsTheConditionalVarianceThatPivotsLeave() {
        double[][] kernel = kernel(100);
        GaussianProcess law = new GaussianProcess(0.5);
        for (int block = 0; block < BLOCKS; block++) {
            GaussianProcess.Extension extension = extend(law, kernel, block);
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
        assertThat(law.count()).isBetween(10, 100);
    }

    @Test
    void zeroKernelNeedsNoPivot() {
        GaussianProcess law = new GaussianProcess(1e-5);
        assertThat(law.extend(0, new double[0], new double[9]).newPivots()).isEmpty();
    }
}
