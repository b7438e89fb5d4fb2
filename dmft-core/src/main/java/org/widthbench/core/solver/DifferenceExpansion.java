package org.widthbench.core.solver;

import java.util.LinkedHashMap;
import java.util.Map;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.Problem;

/**
 * Leading order in gamma0 for any activation, {@code docs/theory.md} section 5: two causal solves at small gamma0 with
 * the same noise, whose sampling errors cancel in the difference,
 *
 * <pre>q_2 = (q(FAR) - q(NEAR)) / (FAR^2 - NEAR^2),  q(gamma0) = q_0 + gamma0^2 q_2</pre>
 *
 * with {@code q_0} from the exact static kernels. Samples of fields are carried to first order in gamma0.
 */
final class DifferenceExpansion {
    /** The fourth order spoils q_2 by about this squared, 1%; a smaller value would divide sampling noise by less. */
    private static final double FAR = 0.1;
    /** Far enough below FAR that the difference is nearly all of it. */
    private static final double NEAR = 0.01;

    private final Problem problem;
    private final double gammaSquared;

    DifferenceExpansion(Problem problem) {
        this.problem = problem;
        gammaSquared = problem.training().gamma0() * problem.training().gamma0();
    }

    OrderParameters solve(CausalSolver solver, Backend backend, Progress progress) {
        int steps = problem.training().steps();
        OrderParameters lazy = PerturbationSolver.named(
                () -> new StaticKernelSolver(1, 0).solve(problem.withGamma0(NEAR), backend, Progress.NONE));
        OrderParameters near = PerturbationSolver.named(
                () -> solver.solve(problem.withGamma0(NEAR), backend, (done, total) -> progress.step(done, 2 * steps)));
        OrderParameters far = PerturbationSolver.named(() -> solver.solve(
                problem.withGamma0(FAR), backend, (done, total) -> progress.step(steps + done, 2 * steps)));
        Tensor f = expand(lazy.f(), near.f(), far.f());
        Trajectory trajectory = new Trajectory(problem, PerturbationSolver.NAME, Trajectory.Knows.FULLY_CONNECTED);
        int rows = f.data().length / steps;
        for (int t = 0; t < steps; t++) {
            trajectory.predict(t, java.util.Arrays.copyOfRange(f.data(), t * rows, (t + 1) * rows));
        }
        Map<String, Tensor> arrays = new LinkedHashMap<>();
        lazy.arrays().forEach((name, zeroth) -> {
            Tensor first = near.arrays().get(name);
            Tensor second = far.arrays().get(name);
            arrays.put(name, OrderParameters.isSampled(name) ? carry(first, second) : expand(zeroth, first, second));
        });
        arrays.put("loss", Tensor.vector(trajectory.loss()));
        arrays.put("delta", trajectory.delta());
        return new OrderParameters(near.times(), arrays);
    }

    private Tensor expand(Tensor lazy, Tensor near, Tensor far) {
        double[] result = lazy.data().clone();
        double scale = gammaSquared / (FAR * FAR - NEAR * NEAR);
        Dense.axpy(scale, far.data(), 0, result, 0, result.length);
        Dense.axpy(-scale, near.data(), 0, result, 0, result.length);
        return new Tensor(lazy.shape(), result);
    }

    /** {@code x(gamma0) = x(NEAR) + (gamma0 - NEAR) dx/dgamma0}, sample by sample. */
    private Tensor carry(Tensor near, Tensor far) {
        double scale = (problem.training().gamma0() - NEAR) / (FAR - NEAR);
        double[] carried = near.data().clone();
        Dense.axpy(scale, far.data(), 0, carried, 0, carried.length);
        Dense.axpy(-scale, near.data(), 0, carried, 0, carried.length);
        return new Tensor(near.shape(), carried);
    }
}
