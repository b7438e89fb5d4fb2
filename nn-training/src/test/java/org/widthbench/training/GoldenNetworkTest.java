package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.widthbench.core.Dataset;
import org.widthbench.core.SharedFiles;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.io.Npz;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/** Networks of width 1000 against those of an independent implementation, tanh(0.8 h)/0.8, L=3, P=10, T=50, eta=0.2. */
class GoldenNetworkTest {
    private static final int WIDTH = 1000;
    private static final int NETWORKS = 4;
    private static final int GOLDEN_NETWORKS = 16;

    private static Map<String, Tensor> golden;
    private static OrderParameters[] networks;

    @BeforeAll
    static void trainSeveralNetworks() {
        Path file = SharedFiles.require("golden/tanh_L3_P10_T50.npz");
        golden = Npz.read(file);
        Dataset dataset = new Dataset(golden.get("X"), golden.get("y").data());
        Problem problem = new Problem(dataset, Network.mlp(3, new Tanh(0.8)), Training.descent(1, 0.2, 50));
        networks = new OrderParameters[NETWORKS];
        for (int seed = 0; seed < NETWORKS; seed++) {
            networks[seed] = Problems.trained(problem, WIDTH, seed, FieldPrecision.FLOAT32);
        }
    }

    @Test
    void meanLossLiesWithinThreeStandardErrors() {
        double[] expected = golden.get("loss1000").data();
        double[] error = golden.get("se1000").data();
        for (int t = 0; t < expected.length; t++) {
            double mean = 0;
            for (OrderParameters network : networks) {
                mean += network.loss()[t] / NETWORKS;
            }
            // Spread of one network from the sixteen golden ones, then of both means.
            double combined = error[t] * Math.sqrt(1 + (double) GOLDEN_NETWORKS / NETWORKS);
            assertThat(mean).as("t = %d", t).isCloseTo(expected[t], within(3 * combined + 1e-6));
        }
    }

    @Test
    void finalKernelsAlignWithThoseOfWiderNetworks() {
        int last = 49;
        for (int l = 0; l < 3; l++) {
            double[] features = new double[100];
            double[] gradients = new double[100];
            for (OrderParameters network : networks) {
                for (int i = 0; i < 100; i++) {
                    features[i] += network.featureKernels().get(l).get(last, i / 10, last, i % 10);
                    gradients[i] += network.gradientKernels().get(l).get(last, i / 10, last, i % 10);
                }
            }
            assertThat(alignment(features, layer("nn4000_Phi_final", l))).isGreaterThan(0.995);
            assertThat(alignment(gradients, layer("nn4000_G_final", l))).isGreaterThan(0.995);
        }
    }

    private static double[] layer(String name, int l) {
        return java.util.Arrays.copyOfRange(golden.get(name).data(), 100 * l, 100 * (l + 1));
    }

    private static double alignment(double[] a, double[] b) {
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = 0; i < a.length; i++) {
            ab += a[i] * b[i];
            aa += a[i] * a[i];
            bb += b[i] * b[i];
        }
        return ab / Math.sqrt(aa * bb);
    }
}
