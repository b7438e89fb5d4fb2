package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.List;
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
        Trajectory trajectory = new Trajectory(problem, PerturbationSolver.NAME, true);
        int rows = f.data().length / steps;
        for (int t = 0; t < steps; t++) {
            trajectory.predict(t, java.util.Arrays.copyOfRange(f.data(), t * rows, (t + 1) * rows));
        }
        return new OrderParameters(
                near.times(),
                trajectory.loss(),
                trajectory.delta(),
                f,
                expandAll(lazy.featureKernels(), near.featureKernels(), far.featureKernels()),
                expandAll(lazy.gradientKernels(), near.gradientKernels(), far.gradientKernels()),
                expand(lazy.ntk(), near.ntk(), far.ntk()),
                carryAll(near.preactivations(), far.preactivations()),
                carryAll(near.pullbacks(), far.pullbacks()));
    }

    private Tensor expand(Tensor lazy, Tensor near, Tensor far) {
        double[] result = lazy.data().clone();
        double scale = gammaSquared / (FAR * FAR - NEAR * NEAR);
        Dense.axpy(scale, far.data(), 0, result, 0, result.length);
        Dense.axpy(-scale, near.data(), 0, result, 0, result.length);
        return new Tensor(lazy.shape(), result);
    }

    private List<Tensor> expandAll(List<Tensor> lazy, List<Tensor> near, List<Tensor> far) {
        List<Tensor> result = new ArrayList<>();
        for (int l = 0; l < lazy.size(); l++) {
            result.add(expand(lazy.get(l), near.get(l), far.get(l)));
        }
        return result;
    }

    /** {@code x(gamma0) = x(NEAR) + (gamma0 - NEAR) dx/dgamma0}, sample by sample. */
    private List<Tensor> carryAll(List<Tensor> near, List<Tensor> far) {
        List<Tensor> result = new ArrayList<>();
        double scale = (problem.training().gamma0() - NEAR) / (FAR - NEAR);
        for (int l = 0; l < near.size(); l++) {
            double[] carried = near.get(l).data().clone();
            Dense.axpy(scale, far.get(l).data(), 0, carried, 0, carried.length);
            Dense.axpy(-scale, near.get(l).data(), 0, carried, 0, carried.length);
            result.add(new Tensor(near.get(l).shape(), carried));
        }
        return result;
    }
}
