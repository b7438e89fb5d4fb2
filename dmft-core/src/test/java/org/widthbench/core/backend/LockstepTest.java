package org.widthbench.core.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.widthbench.core.Dataset;
import org.widthbench.core.DeviceMemoryException;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Lockstep.Outcome;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.random.Threefry;
import org.widthbench.core.solver.CausalSolver;
import org.widthbench.core.solver.Solution;
import org.widthbench.core.solver.SolverBatch;

@Timeout(60)
class LockstepTest {
    private static final int STEPS = 6;

    private static Problem problem(String activation, double gamma0, int steps) {
        return new Problem(
                new Dataset(Threefry.normal(0, 6, 4), new double[] {-1, -1, 1, 1}),
                Network.mlp(2, Activation.of(activation, 1)),
                Training.descent(gamma0, 0.3, steps));
    }

    private static Function<Backend, OrderParameters> solve(CausalSolver solver, Problem problem) {
        return backend -> solver.solve(problem, backend).results();
    }

    private static void requireSame(OrderParameters actual, OrderParameters expected) {
        assertThat(actual.loss()).isEqualTo(expected.loss());
        for (int l = 0; l < expected.depth(); l++) {
            assertThat(actual.featureKernels().get(l).data())
                    .isEqualTo(expected.featureKernels().get(l).data());
            assertThat(actual.gradientKernels().get(l).data())
                    .isEqualTo(expected.gradientKernels().get(l).data());
            assertThat(actual.preactivations().get(l).data())
                    .isEqualTo(expected.preactivations().get(l).data());
        }
    }

    /** Different gamma0, seeds, activations, lengths and forms: different pivots, shapes and numbers of operations. */
    @Test
    void solvesSideBySideGiveTheBitsOfEachAloneByFarFewerCalls() {
        List<CausalSolver> solvers = List.of(
                new CausalSolver(128, 1),
                new CausalSolver(128, 2),
                new CausalSolver(96, 3).withForm(CausalSolver.Form.ACCUMULATOR),
                new CausalSolver(64, 4).withForm(CausalSolver.Form.KERNEL),
                new CausalSolver(128, 5));
        List<Problem> problems = List.of(
                problem("tanh", 1, STEPS),
                problem("tanh", 0.2, STEPS),
                problem("tanh", 1, STEPS),
                problem("relu", 1, STEPS),
                problem("erf", 2, STEPS - 2));
        try (Backend backend = new CpuBackend()) {
            Lockstep lockstep = new Lockstep(backend);
            List<Function<Backend, OrderParameters>> solves = new ArrayList<>();
            for (int i = 0; i < solvers.size(); i++) {
                solves.add(solve(solvers.get(i), problems.get(i)));
            }
            List<Outcome<OrderParameters>> together = lockstep.run(solves);
            for (int i = 0; i < solvers.size(); i++) {
                requireSame(
                        together.get(i).orThrow(),
                        solvers.get(i).solve(problems.get(i), backend).results());
            }
            assertThat(lockstep.calls()).isLessThan(lockstep.operations() / 2);
        }
    }

    @Test
    void fiveEqualSolvesCostTheCallsOfOne() {
        try (Backend backend = new CpuBackend()) {
            Function<Backend, OrderParameters> solve = solve(new CausalSolver(128, 1), problem("tanh", 1, STEPS));
            Lockstep one = new Lockstep(backend);
            one.run(List.of(solve));
            Lockstep five = new Lockstep(backend);
            five.run(List.of(solve, solve, solve, solve, solve));
            assertThat(one.calls()).isEqualTo(one.operations());
            assertThat(five.calls()).isEqualTo(one.calls());
            assertThat(five.operations()).isEqualTo(5 * one.operations());
        }
    }

    @Test
    void aSolveThatCannotGoOnFailsAloneAndAllMemoryComesBack() {
        AtomicInteger matrices = new AtomicInteger();
        Backend backend = watched(matrices, Integer.MAX_VALUE, null);
        Problem problem = problem("tanh", 1, STEPS);
        List<Outcome<OrderParameters>> outcomes = new Lockstep(backend)
                .run(List.of(
                        solve(new CausalSolver(128, 1), problem),
                        solve(
                                new CausalSolver(16, 1)
                                        .withTolerances(1e-9, 1e-9)
                                        .withForm(CausalSolver.Form.KERNEL),
                                problem),
                        solve(new CausalSolver(128, 2), problem)));
        assertThat(outcomes.get(1).failure())
                .isInstanceOf(SolverException.class)
                .hasMessageContaining("16 samples cannot carry");
        try (Backend cpu = new CpuBackend()) {
            requireSame(
                    outcomes.get(0).orThrow(),
                    new CausalSolver(128, 1).solve(problem, cpu).results());
            requireSame(
                    outcomes.get(2).orThrow(),
                    new CausalSolver(128, 2).solve(problem, cpu).results());
        }
        assertThat(matrices).hasValue(0);
    }

    @Test
    void aFailureOfTheBackendFailsAllWithItsMessage() {
        AtomicInteger matrices = new AtomicInteger();
        Backend backend = watched(matrices, 200, new SolverException("the device is gone"));
        Function<Backend, OrderParameters> solve = solve(new CausalSolver(128, 1), problem("tanh", 1, STEPS));
        List<Outcome<OrderParameters>> outcomes = new Lockstep(backend).run(List.of(solve, solve, solve));
        assertThat(outcomes).hasSize(3).allSatisfy(outcome -> assertThatThrownBy(outcome::orThrow)
                .hasMessage("the device is gone"));
        assertThat(matrices).hasValue(0);
    }

    @Test
    void problemsThatDoNotFitSideBySideAreSolvedOneByOne() {
        AtomicInteger matrices = new AtomicInteger();
        // One solve needs some 55 matrices at a time.
        Backend backend = watched(matrices, Integer.MAX_VALUE, null, 70);
        Problem problem = problem("tanh", 1, STEPS);
        List<CausalSolver> solvers =
                List.of(new CausalSolver(128, 1), new CausalSolver(128, 2), new CausalSolver(128, 3));
        assertThat(new Lockstep(backend)
                        .run(solvers.stream()
                                .map(solver -> solve(solver, problem))
                                .toList()))
                .anySatisfy(outcome -> assertThat(outcome.failure()).isInstanceOf(DeviceMemoryException.class));
        assertThat(matrices).hasValue(0);
        List<Outcome<Solution>> outcomes =
                SolverBatch.trySolveAll(solvers, List.of(problem, problem, problem), backend, Progress.NONE);
        try (Backend cpu = new CpuBackend()) {
            for (int i = 0; i < solvers.size(); i++) {
                requireSame(
                        outcomes.get(i).orThrow().results(),
                        solvers.get(i).solve(problem, cpu).results());
            }
        }
    }

    @Test
    void anInterruptedCallerStopsAllLanes() throws InterruptedException {
        CountDownLatch running = new CountDownLatch(2);
        AtomicInteger ended = new AtomicInteger();
        Function<Backend, Object> endless = lane -> {
            try (Matrix matrix = lane.allocate(1, 1, 1)) {
                running.countDown();
                while (true) {
                    lane.rowDot(matrix, matrix);
                }
            } finally {
                ended.incrementAndGet();
            }
        };
        List<Throwable> seen = new ArrayList<>();
        Thread caller = new Thread(() -> {
            try (Backend backend = new CpuBackend()) {
                new Lockstep(backend).run(List.of(endless, endless));
            } catch (SolverException e) {
                seen.add(e);
            }
        });
        caller.start();
        assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        caller.join();
        assertThat(seen).singleElement().satisfies(e -> assertThat(e).hasMessage("interrupted"));
        assertThat(ended).hasValue(2);
    }

    @Test
    void anErrorInOneLaneIsThrownAndTheOthersEnd() {
        AtomicInteger ended = new AtomicInteger();
        try (Backend backend = new CpuBackend()) {
            assertThatThrownBy(() -> new Lockstep(backend)
                            .run(List.<Function<Backend, Object>>of(
                                    lane -> {
                                        throw new StackOverflowError("planted");
                                    },
                                    lane -> {
                                        try (Matrix matrix = lane.allocate(1, 1, 1)) {
                                            ended.incrementAndGet();
                                            return lane.rowDot(matrix, matrix);
                                        }
                                    })))
                    .isInstanceOf(StackOverflowError.class);
        }
        assertThat(ended).hasValue(1);
    }

    @Test
    void alignmentKeepsEveryOrderAndGroupsOneKind() {
        Random random = new Random(1);
        for (int trial = 0; trial < 200; trial++) {
            List<List<Operation>> sequences = new ArrayList<>();
            for (int s = 0; s < 1 + random.nextInt(4); s++) {
                List<Operation> sequence = new ArrayList<>();
                for (int i = 0; i < random.nextInt(8); i++) {
                    sequence.add(anOperation(random.nextInt(3)));
                }
                sequences.add(sequence);
            }
            List<List<Operation>> groups = Alignment.of(sequences);
            for (List<Operation> sequence : sequences) {
                List<Operation> found = new ArrayList<>();
                for (List<Operation> group : groups) {
                    List<Operation> own = group.stream()
                            .filter(o -> sequence.stream().anyMatch(p -> p == o))
                            .toList();
                    assertThat(own).hasSizeLessThanOrEqualTo(1);
                    found.addAll(own);
                    assertThat(group.stream().map(Operation::getClass).distinct())
                            .hasSize(1);
                }
                assertThat(found).hasSameSizeAs(sequence);
                for (int i = 0; i < found.size(); i++) {
                    assertThat(found.get(i)).isSameAs(sequence.get(i));
                }
            }
            int longest = sequences.stream().mapToInt(List::size).max().orElseThrow();
            int all = sequences.stream().mapToInt(List::size).sum();
            assertThat(groups).hasSizeBetween(longest, all);
        }
    }

    /** A new one each time: records are equal by value, identity tells them apart. */
    private static Operation anOperation(int kind) {
        return switch (kind) {
            case 0 -> new Operation.Zero(null);
            case 1 -> new Operation.Copy(null, null);
            default -> new Operation.RowDot(null, null, null);
        };
    }

    private static Backend watched(AtomicInteger matrices, int operations, RuntimeException failure) {
        return watched(matrices, operations, failure, Integer.MAX_VALUE);
    }

    /**
     * The CPU, saying that 8 problems at once are worth it.
     *
     * @param matrices counts those in use
     * @param operations after which it fails
     * @param limit of matrices in use
     */
    private static Backend watched(AtomicInteger matrices, int operations, RuntimeException failure, int limit) {
        Backend cpu = new CpuBackend();
        AtomicInteger done = new AtomicInteger();
        return (Backend) Proxy.newProxyInstance(
                Backend.class.getClassLoader(), new Class<?>[] {Backend.class}, (proxy, method, arguments) -> {
                    return switch (method.getName()) {
                        case "problemsAtOnce" -> 8;
                        case "submit" -> {
                            for (Object group : (List<?>) arguments[0]) {
                                ((List<?>) group).forEach(o -> ((Operation) o).on((Backend) proxy));
                            }
                            yield null;
                        }
                        case "allocate", "allocateUnset" -> {
                            if (matrices.get() >= limit) {
                                throw new DeviceMemoryException("full");
                            }
                            matrices.incrementAndGet();
                            yield counted((Matrix) invoke(method, cpu, arguments), true, matrices);
                        }
                        default -> {
                            if (done.incrementAndGet() > operations) {
                                throw failure;
                            }
                            yield invoke(method, cpu, unwrapped(arguments));
                        }
                    };
                });
    }

    private static Object invoke(java.lang.reflect.Method method, Object target, Object... arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static Object[] unwrapped(Object[] arguments) {
        return arguments == null
                ? null
                : Arrays.stream(arguments)
                        .map(a -> a instanceof Counted counted ? counted.inner() : a)
                        .toArray();
    }

    /** A matrix whose owner is counted. */
    private interface Counted extends Matrix {
        Matrix inner();
    }

    private static Counted counted(Matrix matrix, boolean owner, AtomicInteger matrices) {
        return (Counted) Proxy.newProxyInstance(
                Counted.class.getClassLoader(), new Class<?>[] {Counted.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("inner")) {
                        return matrix;
                    }
                    if (method.getName().equals("close") && owner) {
                        matrices.decrementAndGet();
                    }
                    Object result = invoke(method, matrix, arguments);
                    return result instanceof Matrix view ? counted(view, false, matrices) : result;
                });
    }
}
