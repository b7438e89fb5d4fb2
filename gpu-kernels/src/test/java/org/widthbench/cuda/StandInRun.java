package org.widthbench.cuda;

import java.util.List;
import org.widthbench.core.Dataset;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.WidthbenchException;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Backends;
import org.widthbench.core.backend.CpuBackend;
import org.widthbench.core.backend.FieldPrecision;
import org.widthbench.core.backend.Lockstep.Outcome;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.NormalNoise;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.Solution;
import org.widthbench.core.solver.SolverBatch;
import org.widthbench.training.NetworkTrainer;

/** A process that finds the stand-in libraries in place of NVIDIA's: unmodified JCuda, the whole CUDA backend. */
final class StandInRun {
    private static final int SAMPLES = 128;
    private static final int STEPS = 8;
    private static final int WIDTH = 90;

    private StandInRun() {}

    /** Runs tasks in turn; each prints lines that start with its name. */
    public static void main(String[] tasks) {
        for (String task : tasks) {
            try {
                run(task);
            } catch (WidthbenchException failure) {
                System.out.println(task + ": " + failure.getMessage());
            }
        }
        System.out.println("done");
    }

    private static void run(String task) {
        switch (task) {
            case "report" -> Backends.report().forEach(line -> System.out.println("report: " + line));
            case "auto" -> {
                try (Backend backend = Backends.open("auto")) {
                    System.out.println("auto: " + backend.description());
                }
            }
            case "toolkit" -> System.out.println("toolkit: " + CudaBackendProvider.toolkit());
            case "agreement" -> {
                for (FieldPrecision precision : FieldPrecision.values()) {
                    try (Backend backend = open(precision)) {
                        new BackendAgreement(backend, precision, 3).all(33);
                        System.out.println("agreement: " + precision);
                    }
                }
            }
            case "solve" -> {
                for (FieldPrecision precision : FieldPrecision.values()) {
                    try (Backend backend = open(precision)) {
                        for (String activation : List.of("tanh", "relu")) {
                            compare(precision, activation, backend);
                        }
                    }
                }
            }
            case "batch" -> {
                for (FieldPrecision precision : FieldPrecision.values()) {
                    try (Backend backend = open(precision)) {
                        batch(precision, backend);
                    }
                }
            }
            case "failing-batch" -> {
                try (Backend backend = open(FieldPrecision.FLOAT64)) {
                    for (Outcome<Solution> outcome :
                            SolverBatch.trySolveAll(solvers(), problems(), backend, Progress.NONE)) {
                        System.out.println("failing-batch: "
                                + (outcome.failure() == null
                                        ? "solved"
                                        : outcome.failure().getMessage()));
                    }
                }
            }
            case "train" -> {
                for (FieldPrecision precision : FieldPrecision.values()) {
                    try (Backend backend = open(precision)) {
                        train(precision, backend);
                    }
                }
            }
            case "one" -> {
                try (Backend backend = open(FieldPrecision.FLOAT64);
                        Matrix number = backend.allocate(1, 1, 1)) {
                    double[] value = {1};
                    backend.upload(value, number);
                    backend.add(2, number, 1, number);
                    backend.download(number, value);
                    System.out.println("one: " + value[0]);
                }
            }
            case "failing" -> {
                try (Backend backend = open(FieldPrecision.FLOAT64)) {
                    new CausalSolver(SAMPLES, 1).solve(problem("tanh"), backend).results();
                }
            }
            default -> throw new IllegalArgumentException(task);
        }
    }

    /** The device, or an error: never the CPU in its place. */
    private static Backend open(FieldPrecision precision) {
        return new CudaBackendProvider().open(0, precision);
    }

    private static List<CausalSolver> solvers() {
        return List.of(
                new CausalSolver(SAMPLES, 1),
                new CausalSolver(SAMPLES, 2),
                // Fails alone: more pivots than samples.
                new CausalSolver(16, 1).withTolerances(1e-9, 1e-9).withForm(CausalSolver.Form.KERNEL),
                new CausalSolver(SAMPLES, 1));
    }

    private static List<Problem> problems() {
        Problem tanh = problem("tanh");
        return List.of(tanh, tanh.withGamma0(0.3), tanh, problem("relu"));
    }

    /** Side by side against each alone on the same device. */
    private static void batch(FieldPrecision precision, Backend backend) {
        List<Outcome<Solution>> outcomes = SolverBatch.trySolveAll(solvers(), problems(), backend, Progress.NONE);
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i).failure() != null) {
                System.out.println("batch: " + outcomes.get(i).failure().getMessage());
            } else {
                print(
                        "batch: " + precision + " " + i,
                        outcomes.get(i).result().results(),
                        solvers().get(i).solve(problems().get(i), backend).results());
            }
        }
    }

    private static void train(FieldPrecision precision, Backend backend) {
        long[] seeds = {5, 6};
        Problem problem = problem("tanh");
        List<OrderParameters> expected =
                NetworkTrainer.trainEnsemble(problem, WIDTH, seeds, new CpuBackend(), Progress.NONE);
        List<OrderParameters> actual = NetworkTrainer.trainEnsemble(problem, WIDTH, seeds, backend, Progress.NONE);
        for (int b = 0; b < seeds.length; b++) {
            print("train: " + precision + " " + seeds[b], actual.get(b), expected.get(b));
        }
    }

    private static void compare(FieldPrecision precision, String activation, Backend backend) {
        CausalSolver solver = new CausalSolver(SAMPLES, 1);
        print(
                "solve: " + precision + " " + activation,
                solver.solve(problem(activation), backend).results(),
                solver.solve(problem(activation), new CpuBackend()).results());
    }

    /** Largest differences in the loss and in any kernel. */
    private static void print(String what, OrderParameters actual, OrderParameters expected) {
        double loss = distance(actual.loss(), expected.loss());
        double kernels = 0;
        for (int l = 0; l < expected.depth(); l++) {
            kernels = Math.max(
                    kernels,
                    distance(
                            actual.featureKernels().get(l).data(),
                            expected.featureKernels().get(l).data()));
            kernels = Math.max(
                    kernels,
                    distance(
                            actual.gradientKernels().get(l).data(),
                            expected.gradientKernels().get(l).data()));
        }
        System.out.println(what + " " + loss + " " + kernels);
    }

    private static double distance(double[] a, double[] b) {
        double largest = 0;
        for (int i = 0; i < b.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    /** Four points in six dimensions, two hidden layers, a loss that falls by about half. */
    static Problem problem(String activation) {
        int dimension = 6;
        int points = 4;
        double[] inputs = new double[dimension * points];
        NormalNoise.fill(inputs, 0, inputs.length, 3, 0, 0);
        Dataset dataset = new Dataset(new Tensor(new int[] {dimension, points}, inputs), new double[] {-1, -1, 1, 1});
        return new Problem(dataset, Network.mlp(2, Activation.of(activation, 1)), Training.descent(1, 0.3, STEPS));
    }
}
