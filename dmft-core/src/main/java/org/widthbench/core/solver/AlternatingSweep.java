package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.ImpulseResponse;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.NoiseBasis;

/**
 * The guess of {@link AlternatingSolver} and one pass over it. Forward fields have the n = TQ rows {@code (t,mu)}, backward
 * ones the m = TQC rows {@code (t,mu,c)} of C outputs. Passes go up and down the layers in turn, so that news travels
 * through the network both ways.
 */
final class AlternatingSweep {
    /** Kernels of this size mean that the guess has run away. */
    private static final double RUNAWAY = 1e12;

    private final Problem problem;
    private final AlternatingSolver settings;
    private final Backend backend;
    private final int depth;
    private final int points;
    private final int outputs;
    private final int times;
    private final int n;
    private final int m;
    /** What trainable biases add to {@code Phi^{l-1}} of every hidden layer: 1, or 0 without. */
    private final double bias;

    private final ImpulseResponse response;
    private final double[] decay;

    /** {@code Phi^0..Phi^L}, (n x n), those of layers below the last with what biases add. */
    private final double[][] features;

    /** {@code G^1..G^{L+1}} at indices 0..L, (m x m). */
    private final double[][] gradients;

    /** {@code A^1..A^{L-1}} at their own index, (n x m); null where the theory has none. */
    private final double[][] featureResponses;

    /** {@code B^2..B^L} at index l-1, (m x n); null where the theory has none. */
    private final double[][] gradientResponses;

    /** Noise of u, (n x S), and of r, (m x S), for each layer. */
    private final double[][] noiseU;

    private final double[][] noiseR;
    private final SingleSite[] sites;
    private Trajectory trajectory;

    /** Read-out {@code f (T x Q x C)} of the last pass over layer L. */
    private final double[] readout;

    private double largestChange;
    private String mostChanged;
    private double clipped;

    AlternatingSweep(Problem problem, AlternatingSolver settings, Backend backend) {
        this.problem = problem;
        this.settings = settings;
        this.backend = backend;
        this.depth = problem.network().depth();
        this.trajectory = new Trajectory(problem, AlternatingSolver.NAME, Trajectory.Knows.FULLY_CONNECTED);
        PointSchedule schedule = PointSchedule.of(problem);
        this.points = schedule.rows();
        this.outputs = problem.outputs();
        this.times = problem.training().steps();
        this.n = times * points;
        this.m = n * outputs;
        this.bias = problem.network().bias() ? 1 : 0;
        this.response = trajectory.response();
        this.decay = trajectory.decay();
        this.features = new double[depth + 1][];
        this.gradients = new double[depth + 1][];
        this.featureResponses = new double[depth][];
        this.gradientResponses = new double[depth][];
        this.noiseU = new double[depth][];
        this.noiseR = new double[depth][];
        this.sites = new SingleSite[depth];
        this.readout = new double[m];
        StaticKernels initial = StaticKernels.of(problem);
        int[] all = IntStream.range(0, times).toArray();
        for (int l = 0; l <= depth; l++) {
            double[] kernel = l < depth ? initial.covariances()[l] : initial.features()[l];
            features[l] = Recorded.constantKernel(kernel, schedule, 1, all).data();
            gradients[l] = Recorded.constantKernel(initial.gradients()[l], schedule, outputs, all)
                    .data();
        }
        for (int l = 0; l < depth; l++) {
            featureResponses[l] = l == 0 ? null : new double[n * m];
            gradientResponses[l] = l == 0 ? null : new double[m * n];
            sites[l] = new SingleSite(problem.network().activation(), points, outputs, settings.samples(), decay);
            drawNoise(l);
        }
        // Nothing drives the trajectory yet, so this marches the static kernels.
        trajectory = predict(new double[m], 0);
    }

    /**
     * Orthonormal noise, rotated once and for all so that its first rows, from a Sobol sequence, drive the directions that
     * the initial kernels have: all others are their null space.
     */
    private void drawNoise(int l) {
        try (NoiseBasis basis = new CausalSolver(settings.samples(), settings.seed()).noise(backend, l + 1)) {
            // Static kernels have one direction per point.
            NoiseBasis.Part u = basis.part();
            NoiseBasis.Part r = basis.part();
            u.extend(points, 0);
            r.extend(l == depth - 1 ? outputs : points * outputs, 0);
            u.extend(n - u.rows().rows(), 0);
            r.extend(m - r.rows().rows(), 0);
            noiseU[l] = rotated(DenseMath.frame(features[l], n), u.rows());
            noiseR[l] = rotated(DenseMath.frame(gradients[l + 1], m), r.rows());
        }
    }

    /** {@code V^T E} of vectors in rows, one row per row of the noise. */
    private double[] rotated(double[] vectors, Matrix noise) {
        int rows = noise.rows();
        double[] result = new double[rows * settings.samples()];
        try (Matrix v = backend.allocate(1, rows, rows);
                Matrix rotated = backend.allocate(1, rows, settings.samples())) {
            backend.upload(vectors, v);
            backend.gemm(1, v, true, noise, false, 0, rotated);
            backend.download(rotated, result);
        }
        return result;
    }

    /** One pass over the layers, then new predictions. */
    AlternatingSolver.Iteration iterate(int number) {
        largestChange = 0;
        mostChanged = "Phi^1";
        clipped = 0;
        for (int i = 0; i < depth; i++) {
            int l = number % 2 == 1 ? i : depth - 1 - i;
            renew(l, number);
        }
        double[] before = trajectory.f().data().clone();
        trajectory = predict(readout, number);
        double change = 0;
        for (int i = 0; i < m; i++) {
            change = Math.max(change, Math.abs(trajectory.f().data()[i] - before[i]));
        }
        return new AlternatingSolver.Iteration(number, largestChange, mostChanged, change, clipped);
    }

    /** Samples layer {@code l+1} under the present guess and moves its kernels and responses. */
    private void renew(int l, int number) {
        double[] u = fields(features[l], noiseU[l], n, "Phi^" + l);
        double[] r = fields(gradients[l + 1], noiseR[l], m, "G^" + (l + 2));
        double[] c = forwardCoupling(featureResponses[l], features[l]);
        double[] d = backwardCoupling(l + 1 < depth ? gradientResponses[l + 1] : null, gradients[l + 1]);
        SingleSite site = sites[l];
        SingleSite.Responses responses = site.solve(u, r, c, d, l + 1 < depth, l > 0);
        if (l == depth - 1) {
            readOut(site, r);
        }
        move(features, l + 1, average(site.phi, n, l + 1 < depth ? bias : 0), "Phi^" + (l + 1), number);
        move(gradients, l, average(site.g, m, 0), "G^" + (l + 1), number);
        if (l + 1 < depth) {
            blend(responses.feature(), featureResponses[l + 1]);
        }
        if (l > 0) {
            blend(responses.gradient(), gradientResponses[l]);
        }
    }

    /** {@code (S x rows)} samples of GP(0, K) from fixed noise. */
    private double[] fields(double[] kernel, double[] noise, int rows, String what) {
        KernelRoot root = KernelRoot.of(kernel, rows, what);
        clipped = Math.max(clipped, root.negative());
        double[] result = new double[settings.samples() * rows];
        try (Matrix e = backend.allocate(1, rows, settings.samples());
                Matrix factor = backend.allocate(1, rows, rows);
                Matrix field = backend.allocate(1, settings.samples(), rows)) {
            backend.upload(noise, e);
            backend.upload(root.symmetric(), factor);
            backend.gemm(1, e, true, factor, false, 0, field);
            backend.download(field, result);
        }
        return result;
    }

    /** {@code C = c(t) A + a kappa(t,s) b Delta_{al,c}(s) Phi_{mu,al}(t,s)}, (n x m), over times s < t. */
    private double[] forwardCoupling(double[] responses, double[] kernel) {
        double[] coupling = new double[n * m];
        for (int row = 0; row < n; row++) {
            int t = row / points;
            double[] weights = trajectory.weights(t);
            for (int col = 0; col < weights.length; col++) {
                coupling[row * m + col] = weights[col] * kernel[row * n + col / outputs];
            }
            if (responses != null) {
                Dense.axpy(decay[t], responses, row * m, coupling, row * m, weights.length);
            }
        }
        return coupling;
    }

    /**
     * {@code D = c(t) B + a sum_c kappa(t,s) b Delta_{al,c}(s) G_{.,(al,c)}(t,s)}, (m x n), over times s < t; the response at
     * s = t too.
     */
    private double[] backwardCoupling(double[] responses, double[] kernel) {
        double[] coupling = new double[m * n];
        for (int row = 0; row < m; row++) {
            int t = row / (points * outputs);
            double[] weights = trajectory.weights(t);
            for (int col = 0; col < weights.length; col++) {
                coupling[row * n + col / outputs] += weights[col] * kernel[row * m + col];
            }
            if (responses != null) {
                Dense.axpy(decay[t], responses, row * n, coupling, row * n, (t + 1) * points);
            }
        }
        return coupling;
    }

    /** {@code <v v^T> + constant} over samples of {@code v (S x rows)}. */
    private double[] average(double[] field, int rows, double constant) {
        double[] kernel = new double[rows * rows];
        Arrays.fill(kernel, constant);
        try (Matrix v = backend.allocate(1, settings.samples(), rows);
                Matrix gram = backend.allocate(1, rows, rows)) {
            backend.upload(field, v);
            backend.upload(kernel, gram);
            backend.gemm(1.0 / settings.samples(), v, true, v, false, 1, gram);
            backend.download(gram, kernel);
        }
        return kernel;
    }

    private void move(double[][] kernels, int index, double[] fresh, String name, int number) {
        double difference = 0;
        double size = 0;
        for (int i = 0; i < fresh.length; i++) {
            difference += (fresh[i] - kernels[index][i]) * (fresh[i] - kernels[index][i]);
            size += fresh[i] * fresh[i];
        }
        if (!(size < RUNAWAY * fresh.length)) {
            throw diverged(number, name);
        }
        double change = Math.sqrt(difference / Math.max(size, Double.MIN_NORMAL));
        if (change > largestChange) {
            largestChange = change;
            mostChanged = name;
        }
        blend(fresh, kernels[index]);
    }

    private SolverException diverged(int number, String name) {
        Training training = problem.training();
        String where = "the alternating solver diverged at iteration " + number + " in " + name + " at gamma0 = "
                + training.gamma0() + "; ";
        String remedy = number == 0
                ? "the loss under the static kernels, where it starts, is no longer finite: lower training.eta (now "
                        + training.eta() + ")"
                // Measured: where one damping diverges all do.
                : "lower training.gamma0, training.eta or training.steps";
        return new SolverException(where + remedy + ", or use theory.solver causal");
    }

    private void blend(double[] fresh, double[] guess) {
        for (int i = 0; i < fresh.length; i++) {
            guess[i] += settings.damping() * (fresh[i] - guess[i]);
        }
    }

    /** {@code f_{mu,c}(t) = [ <z_c phi(h)> - <c r_c phi(c u)> ] / gamma0} at layer L. */
    private void readOut(SingleSite site, double[] r) {
        Arrays.fill(readout, 0);
        double scale = 1.0 / settings.samples() / problem.training().gamma0();
        for (int sample = 0; sample < settings.samples(); sample++) {
            for (int row = 0; row < m; row++) {
                int forward = sample * n + row / outputs;
                int backward = sample * m + row;
                double free = decay[row / outputs / points] * r[backward] * site.freePhi[forward];
                readout[row] += scale * (site.z[backward] * site.phi[forward] - free);
            }
        }
    }

    /**
     * Predictions under the new kernels. Flow marches with the NTK. Descent takes the sampled read-out, which the old
     * residuals produced, and corrects it to first order for the new ones,
     * {@code f(t) = readout(t) + (eta/P) sum_{s<t} kappa(t,s) NTK(t,s) b [Delta(s) - Delta_old(s)]}: the fixed point is
     * that of the read-out, without the NTK's error.
     *
     * @param sampled {@code (T x Q x C)}, what the present trajectory led to
     * @param number of the iteration, 0 before the first
     */
    private Trajectory predict(double[] sampled, int number) {
        Trajectory next = new Trajectory(problem, AlternatingSolver.NAME, Trajectory.Knows.FULLY_CONNECTED);
        boolean flow = problem.training().dynamics() == Training.Dynamics.FLOW;
        double scale = problem.training().eta() / problem.trainingPoints();
        int rows = points * outputs;
        for (int t = 0; t < times; t++) {
            double[] f = new double[rows];
            if (flow) {
                f = t == 0 ? f : next.flow(t - 1, tangentBlock(t - 1, t - 1));
            } else {
                System.arraycopy(sampled, t * rows, f, 0, rows);
                for (int s = 0; s < t; s++) {
                    double[] drive = next.drive(s);
                    Dense.axpy(-1, trajectory.drive(s), 0, drive, 0, drive.length);
                    double[] ntk = tangentBlock(t, s);
                    for (int row = 0; row < rows; row++) {
                        f[row] += scale * response.kappa(t, s) * Dense.dot(ntk, row * rows, drive, 0, drive.length);
                    }
                }
            }
            try {
                next.predict(t, f);
            } catch (SolverException runaway) {
                throw diverged(number, "the read-out of layer " + depth + " at step " + t);
            }
        }
        return next;
    }

    /** {@code NTK(t,s)}, (QC x QC). */
    private double[] tangentBlock(int t, int s) {
        int rows = points * outputs;
        double[] ntk = new double[rows * rows];
        for (int l = 0; l <= depth; l++) {
            for (int i = 0; i < ntk.length; i++) {
                int row = t * rows + i / rows;
                int col = s * rows + i % rows;
                ntk[i] += gradients[l][row * m + col] * features[l][row / outputs * n + col / outputs];
            }
        }
        return ntk;
    }

    OrderParameters collect() {
        int[] record = problem.training().record();
        List<Tensor> phi = new ArrayList<>();
        List<Tensor> g = new ArrayList<>();
        List<Tensor> preactivations = new ArrayList<>();
        List<Tensor> pullbacks = new ArrayList<>();
        for (int l = 0; l < depth; l++) {
            double[] kernel = features[l + 1].clone();
            for (int i = 0; i < kernel.length; i++) {
                kernel[i] -= l + 1 < depth ? bias : 0;
            }
            phi.add(Recorded.kernel(kernel, times, points, record));
            g.add(Recorded.kernel(gradients[l], times, points * outputs, record));
            preactivations.add(ends(sites[l].h, points, record));
            pullbacks.add(ends(sites[l].z, points * outputs, record));
        }
        return trajectory.results(phi, g, null, preactivations, pullbacks);
    }

    /** {@code (2,rows,S)} at the first and last recorded time, of a field with so many rows at a time. */
    private Tensor ends(double[] field, int rows, int... record) {
        int samples = settings.samples();
        Tensor result = Tensor.zeros(2, rows, samples);
        for (int row = 0; row < 2 * rows; row++) {
            int t = row < rows ? record[0] : record[record.length - 1];
            for (int i = 0; i < samples; i++) {
                result.data()[row * samples + i] = field[(i * times + t) * rows + row % rows];
            }
        }
        return result;
    }
}
