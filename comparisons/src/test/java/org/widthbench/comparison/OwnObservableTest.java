package org.widthbench.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Linear;
import org.widthbench.core.activation.Tanh;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.measure.Observable;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.LinearSolver;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.Settings;
import org.widthbench.training.NetworkTrainer;

/** An observable that this project does not know is measured, written and compared like its own. */
class OwnObservableTest {
    private static final int STEPS = 5;

    @TempDir
    private Path folder;

    private final Problem problem = new Problem(
            new GaussianSource(6, 4, 0).load(),
            Network.mlp(2, new Tanh(0.8)),
            Training.descent(1, 0.3, STEPS).withRecord(0, 2, 4));

    /** Root mean square of every layer's features over the neurons, {@code (R,Q)}. */
    public static final class FeatureSize implements Observable {
        @Override
        public String name() {
            return "rms";
        }

        @Override
        public Measurement measurement(Setting setting) {
            List<Tensor> sizes = new ArrayList<>();
            for (int l = 0; l < setting.layers(); l++) {
                sizes.add(Tensor.zeros(setting.times(), setting.points()));
            }
            return new Measurement() {
                @Override
                public void take(int slot, int first, int count, List<? extends Site> sites) {
                    for (int l = 0; l < sites.size(); l++) {
                        var phi = sites.get(l).activations().value();
                        double[] squares = setting.backend().rowDot(phi, phi);
                        for (int i = 0; i < count; i++) {
                            sizes.get(l).set(Math.sqrt(squares[i] / phi.columns()), slot, first + i);
                        }
                    }
                }

                @Override
                public List<Map<String, Tensor>> arrays() {
                    Map<String, Tensor> arrays = new LinkedHashMap<>();
                    sizes.forEach(size -> arrays.put("rms_" + (arrays.size() + 1), size));
                    return List.of(arrays);
                }
            };
        }

        @Override
        public double distance(Tensor a, Tensor b) {
            return Math.abs(a.get(0, 0) - b.get(0, 0));
        }
    }

    /** Expected: the root of the feature kernel's diagonal, which another observable measures. */
    private static void requireDiagonals(OrderParameters results) {
        for (int l = 0; l < 2; l++) {
            Tensor sizes = results.layers("rms").get(l);
            Tensor phi = results.featureKernels().get(l);
            assertThat(sizes.shape()).containsExactly(3, 4);
            for (int i = 0; i < 12; i++) {
                assertThat(sizes.get(i / 4, i % 4))
                        .isCloseTo(Math.sqrt(phi.get(i / 4, i % 4, i / 4, i % 4)), within(1e-12));
            }
        }
    }

    private Map<String, Tensor> written(String name, OrderParameters results) {
        Path file = folder.resolve(name);
        ResultFiles.writeArchive(file, results, problem.dataset(), Settings.of("solve", Map.of()));
        assertThat(ResultFiles.read(file).layers("rms")).isEqualTo(results.layers("rms"));
        return ResultFiles.arrays(ResultFiles.read(file));
    }

    @Test
    void aRegisteredObservableIsMeasuredWrittenAndComparedOfTheoryAndNetworkAlike() throws IOException {
        Path services = Files.createDirectories(folder.resolve("META-INF/services"));
        Files.writeString(services.resolve(Observable.class.getName()), FeatureSize.class.getName() + "\n");
        ClassLoader ours = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader more = new URLClassLoader(new URL[] {folder.toUri().toURL()}, ours);
                Backend backend = new CpuBackend()) {
            Thread.currentThread().setContextClassLoader(more);
            OrderParameters theory =
                    new CausalSolver(128, 1).solve(problem, backend).results();
            OrderParameters network = new NetworkTrainer(64, 2, backend).train(problem);
            requireDiagonals(theory);
            requireDiagonals(network);
            SharedArrays shared = SharedArrays.of(written("theory.npz", theory), written("network.npz", network), null);
            double apart = Math.abs(theory.layers("rms").get(0).get(0, 0)
                    - network.layers("rms").get(0).get(0, 0));
            assertThat(shared.others()).containsOnlyKeys("rms_1", "rms_2").containsEntry("rms_1", apart);
        } finally {
            Thread.currentThread().setContextClassLoader(ours);
        }
    }

    @Test
    void oneThatIsAskedForIsMeasuredAndRefusedBySolversWithoutAProgram() {
        Problem observed = problem.observing(new FeatureSize());
        try (Backend backend = new CpuBackend()) {
            requireDiagonals(new NetworkTrainer(32, 2, backend).train(observed));
            assertThat(new NetworkTrainer(32, 2, backend).train(problem).layers("rms"))
                    .isEmpty();
        }
        Problem linear = new Problem(problem.dataset(), Network.mlp(2, new Linear()), problem.training())
                .observing(new FeatureSize());
        assertThatThrownBy(() -> new LinearSolver(4, 0).solve(linear, null))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContainingAll("theory.solver", "linear", "causal", "rms");
    }
}
