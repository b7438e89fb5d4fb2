package org.widthbench.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.widthbench.bench.FuzzStudy.Verdict;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.TheorySettings.Method;

class FuzzStudyTest {
    /** A configuration of a second. */
    private static Map<String, Object> small(String solver, double gamma0) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("data", Map.of("dimension", 8, "points", 4));
        map.put("network", Map.of("depth", 2, "beta", 1));
        map.put("training", Map.of("gamma0", gamma0, "eta", 0.5, "steps", 12, "record", new int[] {0, 11}));
        map.put("theory", Map.of("solver", solver, "samples", 1024));
        return map;
    }

    /** Solver, activation and architecture that the issue asks for all come up, and the program's own reader takes each. */
    @Test
    void everyConfigurationIsValidAndEveryKindComesUp() {
        Set<Object> kinds = new HashSet<>();
        for (int i = 0; i < 150; i++) {
            Experiment experiment = FuzzStudy.experiment(FuzzedConfiguration.draw(0, i));
            assertThat(experiment.problem().points()).isPositive();
            kinds.add(experiment.theory().method());
            kinds.add(experiment.network().activation().name());
            kinds.add(experiment.network().architecture().word());
            kinds.add(experiment.training().loss());
        }
        assertThat(kinds)
                .contains((Object[]) Method.values())
                .contains("mlp", "cnn")
                .contains("linear", "relu", "tanh", "erf", "softplus");
        assertThat(FuzzedConfiguration.draw(0, 7))
                .isEqualTo(FuzzedConfiguration.draw(0, 7))
                .isNotEqualTo(FuzzedConfiguration.draw(1, 7));
    }

    /** Static kernels are the theory of gamma0 = 0: at gamma0 = 3 they are wrong, and the causal solver is right. */
    @Test
    void aWrongTheoryLiesBeyondTheLimitAndTheRightOneWithin() {
        try (CpuBackend backend = new CpuBackend()) {
            FuzzStudy study = new FuzzStudy(0, backend);
            for (String solver : List.of("causal", "static-ntk")) {
                Experiment experiment = FuzzStudy.experiment(small(solver, 3));
                double distance = study.distance(experiment, experiment.problem(), FuzzStudy.FIRST_LOOK, true);
                if (solver.equals("causal")) {
                    assertThat(distance).isLessThan(FuzzStudy.LIMIT);
                } else {
                    assertThat(distance).isGreaterThan(FuzzStudy.LIMIT);
                }
            }
        }
    }

    @Test
    void whatASolverRefusesIsRefusedAndNotAFailure() {
        Map<String, Object> drawn = small("linear", 1);
        try (CpuBackend backend = new CpuBackend()) {
            FuzzStudy.Outcome outcome = new FuzzStudy(0, backend).judge(7, drawn);
            assertThat(outcome.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(outcome.message()).contains("network.activation");
            assertThat(outcome.configuration()).contains("\"solver\":\"linear\"");
        }
    }
}
