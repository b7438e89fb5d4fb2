package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.optimize.Optimizer;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Holding;
import org.widthbench.core.weights.Realization;
import org.widthbench.core.weights.ReweightedRealization;
import org.widthbench.core.weights.Reweighting;

/**
 * What theory says of networks of finite width N, to leading order in 1/N, {@code docs/theory.md} 4.7: the bootstrap of wide networks of
 * exact law over their neurons, another network for every draw. With q(xi) an observable when neuron i has the share {@code 1 + eps xi_i} in all averages,
 *
 * <pre>{@code
 * sqrt(N) std[q]         = sqrt(S) std_xi[ (q(xi) - q(-xi)) / (2 eps) ]
 * N (E[q] - q_infinity)  = S mean_xi[ (q(xi) + q(-xi) - 2 q(0)) / (2 eps^2) ]
 * N (1 - A)              = S mean_xi[ ( |dq|^2/|q|^2 - (dq.q)^2/|q|^4 ) / 2 ]      dq = (q(xi) - q(-xi)) / (2 eps)
 * }</pre>
 *
 * @param lossStd {@code sqrt(N)} times the standard deviation of the loss over seeds, {@code (T)}
 * @param lossBias N times mean loss less that of infinite width, {@code (T)}
 * @param predictionStd {@code sqrt(N)} times the root mean square over points of the predictions' standard deviation, {@code (T)}
 * @param tangentStd the same of the neural tangent kernel, over its entries at every recorded time, {@code (R)}
 * @param misalignmentFeatures {@code N (1 - A)} of {@code Phi^l} over all recorded times and points, {@code (L)}
 * @param misalignmentGradients the same of {@code G^l}
 * @param settings how it was computed
 */
public record WidthTheory(
        Estimate lossStd,
        Estimate lossBias,
        Estimate predictionStd,
        Estimate tangentStd,
        Estimate misalignmentFeatures,
        Estimate misalignmentGradients,
        Settings settings) {

    /**
     * Numbers and their standard errors over draws.
     *
     * @param value one per time or layer
     * @param error of each
     */
    public record Estimate(double[] value, double[] error) {}

    /**
     * How it is computed.
     *
     * @param samples number S of neurons of the network that is resampled
     * @param draws number of xi
     * @param eps size of the change of shares
     * @param second another one, from which with the first a part of the bias like {@code 1/eps^2} is taken out; 0 for none
     * @param seed of the networks, one for every draw, and of the changes
     */
    public record Settings(int samples, int draws, double eps, double second, long seed) {
        private static final int SMOOTH_SAMPLES = 1024;
        private static final int ROUGH_SAMPLES = 8192;
        private static final double SMOOTH_EPS = 0.1;
        /** Changing shares turns the many rough directions of kinked fields, which adds noise of relative size {@code K/(S eps^2)}. */
        private static final double ROUGH_EPS = 0.5;

        private static final double SECOND_EPS = 0.75;
        /** Draws unless told otherwise: a standard deviation is then known to 10%. */
        public static final int DRAWS = 48;

        /** @throws InvalidInputException naming the first value that is not allowed */
        public Settings {
            InvalidInputException.require(samples >= 16, "samples", samples, "a whole number >= 16");
            InvalidInputException.require(draws >= 2, "--draws", draws, "a whole number >= 2");
            InvalidInputException.require(eps > 0 && eps < 1, "eps", eps, "a number in (0, 1)");
            InvalidInputException.require(
                    second == 0 || (second > eps && second < 1), "second", second, "0 or a number in (eps, 1)");
        }

        /** Those that suit a problem. */
        public static Settings of(Problem problem, int draws, long seed) {
            return problem.network().activation().isSmooth()
                    ? new Settings(SMOOTH_SAMPLES, draws, SMOOTH_EPS, 0, seed)
                    : new Settings(ROUGH_SAMPLES, draws, ROUGH_EPS, SECOND_EPS, seed);
        }
    }

    /** The estimates under their names in {@code width.npz}, and their errors. */
    public Map<String, double[]> arrays() {
        Map<String, double[]> arrays = new LinkedHashMap<>();
        put(arrays, "lossStd", lossStd);
        put(arrays, "lossBias", lossBias);
        put(arrays, "predictionStd", predictionStd);
        put(arrays, "ntkStd", tangentStd);
        put(arrays, "misalignmentPhi", misalignmentFeatures);
        put(arrays, "misalignmentG", misalignmentGradients);
        return arrays;
    }

    private static void put(Map<String, double[]> arrays, String name, Estimate estimate) {
        arrays.put(name, estimate.value);
        arrays.put(name + "Error", estimate.error);
    }

    /**
     * What is kept of one draw: a sample of every estimate, or of its square, and none of the kernels that it is of.
     *
     * @param loss square of the loss's scatter, {@code (T)}
     * @param bend {@code (loss(xi) + loss(-xi) - 2 loss(0)) / (2 eps^2)} times S, {@code (T)}
     * @param predictions mean square of their scatter, {@code (T)}
     * @param tangents of the neural tangent kernel's, {@code (R)}
     * @param features misalignment, {@code (L)}
     * @param gradients likewise
     */
    private record Draw(
            double[] loss,
            double[] bend,
            double[] predictions,
            double[] tangents,
            double[] features,
            double[] gradients) {}

    /** A network, and what it is under xi and under -xi. */
    private record Triple(OrderParameters base, OrderParameters plus, OrderParameters minus) {}

    /** @throws InvalidInputException if the optimizer is not linear, or there are no steps */
    public static void requireTakes(Training training) {
        InvalidInputException.require(
                training.dynamics() == Training.Dynamics.DESCENT,
                "training.dynamics",
                "flow",
                "descent for theories of finite width");
        InvalidInputException.require(
                training.optimizer() == Training.Optimizer.SGD,
                "training.optimizer",
                "adam",
                "sgd for theories of finite width: Adam's steps are not of low rank");
    }

    /**
     * Trains {@code 3 draws} networks of S neurons, five a draw with a second size of change.
     *
     * @throws InvalidInputException if the optimizer is not linear
     * @throws SolverException if a network diverges
     */
    public static WidthTheory of(Problem problem, Settings settings, Backend backend, Progress progress) {
        requireTakes(problem.training());
        new NetworkTrainer(settings.samples, settings.seed, Holding.CONDITIONED, backend).requireFits(problem);
        List<Draw> draws = new ArrayList<>();
        for (int d = 0; d < settings.draws; d++) {
            draws.add(draw(problem, settings, settings.seed * settings.draws + d, backend));
            progress.step(d + 1, settings.draws);
        }
        return new WidthTheory(
                rootOf(over(draws, Draw::loss)),
                over(draws, Draw::bend),
                rootOf(over(draws, Draw::predictions)),
                rootOf(over(draws, Draw::tangents)),
                over(draws, Draw::features),
                over(draws, Draw::gradients),
                settings);
    }

    private static Draw draw(Problem problem, Settings settings, long number, Backend backend) {
        Reweighting reweighting = new Reweighting();
        OrderParameters base = train(problem, settings, number, reweighting, backend);
        Triple near = new Triple(
                base,
                train(problem, settings, number, reweighting, settings.eps, backend),
                train(problem, settings, number, reweighting, -settings.eps, backend));
        double[] bend = bend(settings.eps, base, near.plus, near.minus);
        if (settings.second > 0) {
            double[] wider = bend(
                    settings.second,
                    base,
                    train(problem, settings, number, reweighting, settings.second, backend),
                    train(problem, settings, number, reweighting, -settings.second, backend));
            double ratio = Math.pow(settings.second / settings.eps, 2);
            for (int t = 0; t < bend.length; t++) {
                bend[t] = (ratio * wider[t] - bend[t]) / (ratio - 1);
            }
        }
        double s = settings.samples;
        double slope = 1 / (2 * settings.eps);
        double square = s * slope * slope;
        int times = bend.length;
        return new Draw(
                scatter(times, near, square, solved -> Tensor.vector(solved.loss())),
                Arrays.stream(bend).map(value -> s * value).toArray(),
                scatter(times, near, square, OrderParameters::f),
                scatter(base.ntk().size(0), near, square, OrderParameters::ntk),
                misalignment(near, s, slope, OrderParameters::featureKernels),
                misalignment(near, s, slope, OrderParameters::gradientKernels));
    }

    private static double[] bend(double eps, OrderParameters base, OrderParameters plus, OrderParameters minus) {
        double[] bend = new double[base.loss().length];
        for (int t = 0; t < bend.length; t++) {
            bend[t] = (plus.loss()[t] + minus.loss()[t] - 2 * base.loss()[t]) / (2 * eps * eps);
        }
        return bend;
    }

    private static OrderParameters train(
            Problem problem, Settings settings, long seed, Reweighting reweighting, double eps, Backend backend) {
        reweighting.begin(eps, seed);
        return train(problem, settings, seed, reweighting, backend);
    }

    private static OrderParameters train(
            Problem problem, Settings settings, long seed, Reweighting reweighting, Backend backend) {
        int rows = PointSchedule.of(problem).rows();
        try (Realization realization = new ReweightedRealization(
                backend, seed, settings.samples, Optimizer.of(problem.training()), reweighting)) {
            return new NetworkTrainer(settings.samples, seed, Holding.CONDITIONED, backend)
                    .train(problem, realization, rows, Progress.NONE)
                    .get(0)
                    .results();
        }
    }

    /** Mean square over entries of what scatters, one a time. */
    private static double[] scatter(
            int times, Triple near, double factor, Function<OrderParameters, Tensor> observable) {
        double[] plus = observable.apply(near.plus).data();
        double[] minus = observable.apply(near.minus).data();
        int size = plus.length / times;
        double[] scatter = new double[times];
        for (int i = 0; i < size * times; i++) {
            scatter[i / size] += factor * (plus[i] - minus[i]) * (plus[i] - minus[i]) / size;
        }
        return scatter;
    }

    private static double[] misalignment(
            Triple near, double samples, double slope, Function<OrderParameters, List<Tensor>> kernels) {
        double[] misalignment = new double[near.base.depth()];
        for (int l = 0; l < misalignment.length; l++) {
            double[] q = kernels.apply(near.base).get(l).data();
            double[] plus = kernels.apply(near.plus).get(l).data();
            double[] minus = kernels.apply(near.minus).get(l).data();
            double square = 0;
            double moved = 0;
            double along = 0;
            for (int i = 0; i < q.length; i++) {
                double change = slope * (plus[i] - minus[i]);
                square += q[i] * q[i];
                moved += change * change;
                along += change * q[i];
            }
            misalignment[l] = samples / 2 * (moved / square - along * along / (square * square));
        }
        return misalignment;
    }

    /** Means over draws and their standard errors. */
    private static Estimate over(List<Draw> draws, Function<Draw, double[]> quantity) {
        int count = quantity.apply(draws.get(0)).length;
        double[] value = new double[count];
        double[] error = new double[count];
        int n = draws.size();
        for (int i = 0; i < count; i++) {
            double sum = 0;
            double squares = 0;
            for (Draw draw : draws) {
                double q = quantity.apply(draw)[i];
                sum += q;
                squares += q * q;
            }
            value[i] = sum / n;
            error[i] = Math.sqrt(Math.max(0, squares / n - value[i] * value[i]) / (n - 1));
        }
        return new Estimate(value, error);
    }

    private static Estimate rootOf(Estimate squares) {
        double[] value = new double[squares.value.length];
        double[] error = new double[value.length];
        for (int i = 0; i < value.length; i++) {
            value[i] = Math.sqrt(squares.value[i]);
            error[i] = value[i] > 0 ? squares.error[i] / (2 * value[i]) : 0;
        }
        return new Estimate(value, error);
    }
}
