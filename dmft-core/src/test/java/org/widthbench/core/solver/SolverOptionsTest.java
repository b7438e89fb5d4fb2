package org.widthbench.core.solver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;

/** Which solver takes which option; {@code docs/reference/configuration.md} has the same table. */
class SolverOptionsTest {
    private static final Backend BACKEND = new CpuBackend();
    private static final String TAKEN = "";

    @AfterAll
    static void close() {
        BACKEND.close();
    }

    private static Solver solver(String name) {
        return switch (name) {
            case "causal" -> new CausalSolver(64, 0);
            case "alternating" -> new AlternatingSolver(64, 0);
            case "linear" -> new LinearSolver(4, 0);
            case "one-hidden-layer" -> new OneHiddenLayerSolver(64, 0);
            case "static-ntk" -> new StaticKernelSolver(4, 0);
            case "gradient-independence" -> new CausalSolver(64, 0).withoutResponses();
            case "as-published" -> new PerturbationSolver(PerturbationSolver.Form.AS_PUBLISHED, 64, 0);
            default -> new PerturbationSolver(PerturbationSolver.Form.CORRECTED, 64, 0);
        };
    }

    private static Problem problem(String option) {
        boolean online = option.equals("online");
        boolean cnn = option.equals("cnn");
        int outputs = option.equals("outputs") ? 2 : 1;
        Training training = new Training(
                0.5,
                0.1,
                3,
                option.equals("momentum") ? 0.5 : 0,
                option.equals("decay") ? 0.1 : 0,
                online || option.equals("batch") ? 1 : 0,
                option.equals("flow") ? Training.Dynamics.FLOW : Training.Dynamics.DESCENT,
                null);
        double[] targets = new double[3 * outputs];
        Arrays.setAll(targets, i -> Math.cos(2 * i));
        boolean kink = option.endsWith("relu");
        Activation activation = Activation.of(kink ? "relu" : option.equals("tanh") ? "tanh" : "linear", 1);
        int depth = option.startsWith("deep") ? 2 : 1;
        Network network = cnn
                ? Network.cnn(depth, activation, 3)
                : Network.mlp(depth, activation).withBias(option.equals("bias"));
        double[] numbers = Threefry.normal(1, 5, 3 * (cnn ? 4 : 1)).data();
        Tensor inputs = cnn ? new Tensor(new int[] {3, 2, 2, 5}, numbers) : new Tensor(new int[] {5, 3}, numbers);
        return new Problem(
                new Dataset(inputs, targets, outputs), network, online ? training.withOnlineBatch(1) : training);
    }

    /** Columns: what the solver says about biases, several outputs, streams, CNNs, weight decay, tanh, relu, two hidden layers, and both. */
    @ParameterizedTest
    @CsvSource(nullValues = "-", emptyValue = TAKEN, textBlock = """
            # solver               bias            outputs           online           cnn                   decay                 tanh                relu                depth         deep relu
            causal,                '',             '',               '',              '',                   '',                   '',                 '',                 '',            ''
            alternating,           '',             '',               '',              network.architecture, '',                   '',                 '',                 '',            network.activation
            linear,                '',             '',               '',              network.architecture, '',                   network.activation, network.activation, '',            network.activation
            one-hidden-layer,      '',             data.y,           training.online, network.architecture, '',                   '',                 '',                 network.depth, network.depth
            static-ntk,            '',             '',               '',              network.architecture, training.weightDecay, '',                 '',                 '',            ''
            gradient-independence, theory.solver,  theory.solver,    theory.solver,   '',                   training.weightDecay, '',                 '',                 '',            ''
            perturbation,          '',             '',               '',              network.architecture, training.weightDecay, '',                 network.activation, '',            network.activation
            as-published,          theory.expansion, theory.expansion, theory.expansion, network.architecture, training.weightDecay, '', network.activation, '',            network.activation
            """)
    void everySolverTakesAnOptionOrNamesItsKeyAndTheSolverThatDoes(
            String name,
            String bias,
            String outputs,
            String online,
            String cnn,
            String decay,
            String tanh,
            String relu,
            String depth,
            String deepRelu) {
        requireTakenOrRefused(name, "bias", bias);
        requireTakenOrRefused(name, "outputs", outputs);
        requireTakenOrRefused(name, "online", online);
        requireTakenOrRefused(name, "cnn", cnn);
        requireTakenOrRefused(name, "decay", decay);
        requireTakenOrRefused(name, "tanh", tanh);
        requireTakenOrRefused(name, "relu", relu);
        requireTakenOrRefused(name, "deep", depth);
        requireTakenOrRefused(name, "deep relu", deepRelu);
    }

    private static void requireTakenOrRefused(String name, String option, String key) {
        if (key.equals(TAKEN)) {
            OrderParameters solved =
                    solver(name).solve(problem(option), BACKEND).results();
            assertThat(solved.loss()).as(name + " " + option).hasSize(3).doesNotContain(Double.NaN);
            return;
        }
        assertThatThrownBy(() -> solver(name).solve(problem(option), BACKEND))
                .as(name + " " + option)
                .isInstanceOf(InvalidInputException.class)
                .message()
                .startsWith(key + ": ")
                .contains(" is not allowed; expected ", "theory.solver", configured(name))
                .doesNotContain("\n");
    }

    private static String configured(String name) {
        return name.equals("as-published") ? "perturbation" : name;
    }

    /** A learning rate at which every one of them diverges: two over the largest eigenvalue of NTK/P is below 5. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "causal",
                "alternating",
                "linear",
                "one-hidden-layer",
                "static-ntk",
                "gradient-independence",
                "perturbation",
                "as-published"
            })
    void aDivergingSolverNamesItselfAndTheStep(String name) {
        Problem problem = problem("plain");
        Problem wild = new Problem(problem.dataset(), problem.network(), Training.descent(0.5, 1000, 8));
        assertThatThrownBy(() -> solver(name).solve(wild, BACKEND))
                .isInstanceOf(SolverException.class)
                .message()
                .startsWith("the " + configured(name) + " solver")
                .contains("diverged at ", "lower training.")
                .doesNotContain("\n");
    }

    /** Its kernels come from two causal solves, whose names mean nothing to who asked for an expansion. */
    @Test
    void aDivergingExpansionOfATanhNetworkNamesPerturbation() {
        Problem problem = problem("tanh");
        Problem wild = new Problem(problem.dataset(), problem.network(), Training.descent(0.5, 1000, 8));
        assertThatThrownBy(() -> solver("perturbation").solve(wild, BACKEND))
                .isInstanceOf(SolverException.class)
                .message()
                .startsWith("the perturbation solver")
                .contains("diverged at step", "lower training.eta");
    }

    /** Two steps of about (1 - 1000 NTK / 3)^2: some 1e10 times the start. */
    @Test
    void aRunawayLossThatIsStillFiniteIsADivergence() {
        Problem problem = problem("plain");
        Problem wild = new Problem(problem.dataset(), problem.network(), Training.descent(0.5, 1000, 3));
        assertThatThrownBy(() -> solver("static-ntk").solve(wild, BACKEND))
                .isInstanceOf(SolverException.class)
                .message()
                .contains("diverged at step 2: the loss is ", "more than 1e+06 times that at the start");
    }
}
