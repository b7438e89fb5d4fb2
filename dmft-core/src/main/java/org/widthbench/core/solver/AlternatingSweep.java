package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.ImpulseResponse;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.SolverException;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The guess of {@link AlternatingSolver} and one pass over it. Kernels and responses are (n x n) over the n = TQ rows
 * {@code (t,mu)}. Passes go up and down the layers in turn, so that news travels through the network both ways.
 */
final class AlternatingSweep {
    /** Kernels of this size mean that the guess has run away. */
    private static final double RUNAWAY = 1e12;

    private final Problem problem;
    private final AlternatingSolver settings;
    private final Backend backend;
    private final int depth;
    private final int points;
    private final int times;
    private final int n;
    private final ImpulseResponse response;
    private final double[] decay;

    /** {@code Phi^0..Phi^L}. */
    private final double[][] features;

    /** {@code G^1..G^{L+1}} at indices 0..L. */
    private final double[][] gradients;

    /** {@code A^1..A^{L-1}} at their own index, {@code B^2..B^L} at index l-1; null where the theory has none. */
    private final double[][] featureResponses;

    private final double[][] gradientResponses;

    /** Noise of u and r, (n x S) for each layer. */
    private final double[][] noiseU;

    private final double[][] noiseR;
    private final SingleSite[] sites;
    private Trajectory trajectory;

    /** Read-out {@code f (T x Q)} of the last pass over layer L. */
    private final double[] readout;

    private double largestChange;
    private String mostChanged;
    private double clipped;

    AlternatingSweep(Problem problem, AlternatingSolver settings, Backend backend) {
        this.problem = problem;
        this.settings = settings;
        this.backend = backend;
        this.depth = problem.network().depth();
        this.points = problem.points();
        this.times = problem.training().steps();
        this.n = times * points;
        this.trajectory = new Trajectory(problem, AlternatingSolver.NAME);
        this.response = trajectory.response();
        this.decay = trajectory.decay();
        this.features = new double[depth + 1][];
        this.gradients = new double[depth + 1][];
        this.featureResponses = new double[depth][];
        this.gradientResponses = new double[depth][];
        this.noiseU = new double[depth][];
        this.noiseR = new double[depth][];
        this.sites = new SingleSite[depth];
        this.readout = new double[n];
        StaticKernels initial = StaticKernels.of(problem);
        Activation activation = problem.network().activation();
        for (int l = 0; l <= depth; l++) {
            features[l] = Recorded.constantKernel(initial.features()[l], points, times)
                    .data();
            gradients[l] = Recorded.constantKernel(initial.gradients()[l], points, times)
                    .data();
        }
        for (int l = 0; l < depth; l++) {
            featureResponses[l] = l == 0 ? null : new double[n * n];
            gradientResponses[l] = l == 0 ? null : new double[n * n];
            sites[l] = new SingleSite(activation, points, settings.samples(), decay);
            drawNoise(l);
        }
        // Nothing drives the trajectory yet, so this marches the static kernels.
        trajectory = predict(new double[n]);
    }

    /**
     * Orthonormal noise, rotated once and for all so that its first rows, from a Sobol sequence, drive the leading
     * directions of the initial kernels.
     */
    private void drawNoise(int l) {
        KernelRoot rootU = KernelRoot.of(features[l], n, "Phi^" + l);
        KernelRoot rootR = KernelRoot.of(gradients[l + 1], n, "G^" + (l + 2));
        try (NoiseBasis basis = new NoiseBasis(backend, l + 1, new CausalSolver(settings.samples(), settings.seed()))) {
            // Static kernels have one direction per point.
            basis.u().extend(points, 0);
            basis.r().extend(l == depth - 1 ? 1 : points, 0);
            basis.u().extend(n - basis.u().rows().rows(), 0);
            basis.r().extend(n - basis.r().rows().rows(), 0);
            noiseU[l] = product(rootU.vectors(), basis.u().rows());
            noiseR[l] = product(rootR.vectors(), basis.r().rows());
        }
    }

    /** {@code V E}, (n x S). */
    private double[] product(double[] vectors, Matrix noise) {
        double[] result = new double[n * settings.samples()];
        try (Matrix v = backend.allocate(1, n, n);
                Matrix rotated = backend.allocate(1, n, settings.samples())) {
            backend.upload(vectors, v);
            backend.gemm(1, v, false, noise, false, 0, rotated);
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
        try {
            trajectory = predict(readout);
        } catch (SolverException runaway) {
            throw diverged(number, "the predictions");
        }
        double change = 0;
        for (int i = 0; i < n; i++) {
            change = Math.max(change, Math.abs(trajectory.f().data()[i] - before[i]));
        }
        return new AlternatingSolver.Iteration(number, largestChange, mostChanged, change, clipped);
    }

    /** Samples layer {@code l+1} under the present guess and moves its kernels and responses. */
    private void renew(int l, int number) {
        double[] u = fields(features[l], noiseU[l], "Phi^" + l);
        double[] r = fields(gradients[l + 1], noiseR[l], "G^" + (l + 2));
        double[] c = coupling(featureResponses[l], features[l], false);
        double[] d = coupling(l + 1 < depth ? gradientResponses[l + 1] : null, gradients[l + 1], true);
        SingleSite site = sites[l];
        SingleSite.Responses responses = site.solve(u, r, c, d, l + 1 < depth, l > 0);
        if (l == depth - 1) {
            readOut(site, r);
        }
        move(features, l + 1, average(site.phi), "Phi^" + (l + 1), number);
        move(gradients, l, average(site.g), "G^" + (l + 1), number);
        if (l + 1 < depth) {
            blend(responses.feature(), featureResponses[l + 1]);
        }
        if (l > 0) {
            blend(responses.gradient(), gradientResponses[l]);
        }
    }

    /** {@code (S x n)} samples of GP(0, K) from fixed noise. */
    private double[] fields(double[] kernel, double[] noise, String what) {
        KernelRoot root = KernelRoot.of(kernel, n, what);
        clipped = Math.max(clipped, root.negative());
        double[] result = new double[settings.samples() * n];
        try (Matrix e = backend.allocate(1, n, settings.samples());
                Matrix factor = backend.allocate(1, n, n);
                Matrix field = backend.allocate(1, settings.samples(), n)) {
            backend.upload(noise, e);
            backend.upload(root.symmetric(), factor);
            backend.gemm(1, e, true, factor, false, 0, field);
            backend.download(field, result);
        }
        return result;
    }

    /** {@code c(t) response(t,s) + a kappa(t,s) b Delta(s) kernel(t,s)}, causal; the equal-time block only if asked. */
    private double[] coupling(double[] responses, double[] kernel, boolean equalTime) {
        double[] coupling = new double[n * n];
        for (int t = 0; t < times; t++) {
            double[] weights = trajectory.weights(t);
            int past = t * points;
            for (int row = past; row < past + points; row++) {
                for (int col = 0; col < past; col++) {
                    coupling[row * n + col] = weights[col] * kernel[row * n + col];
                }
                if (responses != null) {
                    int known = equalTime ? past + points : past;
                    Dense.axpy(decay[t], responses, row * n, coupling, row * n, known);
                }
            }
        }
        return coupling;
    }

    /** {@code <v v^T>} over samples of {@code v (S x n)}. */
    private double[] average(double[] field) {
        double[] kernel = new double[n * n];
        try (Matrix v = backend.allocate(1, settings.samples(), n);
                Matrix gram = backend.allocate(1, n, n)) {
            backend.upload(field, v);
            backend.gemm(1.0 / settings.samples(), v, true, v, false, 0, gram);
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
        return new SolverException("the alternating solver diverged at iteration " + number + " in " + name
                + " at gamma0 = " + problem.training().gamma0() + "; lower theory.damping (now " + settings.damping()
                + ") or training.gamma0, or use theory.solver causal");
    }

    private void blend(double[] fresh, double[] guess) {
        for (int i = 0; i < fresh.length; i++) {
            guess[i] += settings.damping() * (fresh[i] - guess[i]);
        }
    }

    /** {@code f(t) = [ <z phi(h)> - <c r phi(c u)> ] / gamma0} at layer L. */
    private void readOut(SingleSite site, double[] r) {
        Arrays.fill(readout, 0);
        double scale = 1.0 / settings.samples() / problem.training().gamma0();
        for (int at = 0; at < site.phi.length; at += n) {
            for (int row = 0; row < n; row++) {
                double free = decay[row / points] * r[at + row] * site.freePhi[at + row];
                readout[row] += scale * (site.z[at + row] * site.phi[at + row] - free);
            }
        }
    }

    /**
     * Predictions under the new kernels. Flow marches with the NTK. Descent takes the sampled read-out, which the old
     * residuals produced, and corrects it to first order for the new ones,
     * {@code f(t) = readout(t) + (eta/P) sum_{s<t} kappa(t,s) NTK(t,s) b [Delta(s) - Delta_old(s)]}: the fixed point is
     * that of the read-out, without the NTK's error.
     *
     * @param sampled {@code (T x Q)}, what the present trajectory led to
     */
    private Trajectory predict(double[] sampled) {
        Trajectory next = new Trajectory(problem, AlternatingSolver.NAME);
        boolean flow = problem.training().dynamics() == Training.Dynamics.FLOW;
        double scale = problem.training().eta() / problem.trainingPoints();
        for (int t = 0; t < times; t++) {
            double[] f = new double[points];
            if (flow) {
                f = t == 0 ? f : next.flow(t - 1, tangentBlock(t - 1, t - 1));
            } else {
                System.arraycopy(sampled, t * points, f, 0, points);
                for (int s = 0; s < t; s++) {
                    double[] drive = next.drive(s);
                    Dense.axpy(-1, trajectory.drive(s), 0, drive, 0, drive.length);
                    double[] ntk = tangentBlock(t, s);
                    for (int mu = 0; mu < points; mu++) {
                        f[mu] += scale * response.kappa(t, s) * Dense.dot(ntk, mu * points, drive, 0, drive.length);
                    }
                }
            }
            next.predict(t, f);
        }
        return next;
    }

    /** {@code NTK(t,s)}, (Q x Q). */
    private double[] tangentBlock(int t, int s) {
        double[] ntk = new double[points * points];
        for (int l = 0; l <= depth; l++) {
            for (int mu = 0; mu < points; mu++) {
                int at = (t * points + mu) * n + s * points;
                for (int al = 0; al < points; al++) {
                    ntk[mu * points + al] += gradients[l][at + al] * features[l][at + al];
                }
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
            phi.add(Recorded.kernel(features[l + 1], times, points, record));
            g.add(Recorded.kernel(gradients[l], times, points, record));
            preactivations.add(ends(sites[l].h, record));
            pullbacks.add(ends(sites[l].z, record));
        }
        Tensor ntk = OrderParameters.neuralTangentKernel(problem.inputKernel(), phi, g);
        return new OrderParameters(
                record, trajectory.loss(), trajectory.delta(), trajectory.f(), phi, g, ntk, preactivations, pullbacks);
    }

    /** {@code (2,Q,S)} at the first and last recorded time. */
    private Tensor ends(double[] field, int... record) {
        int samples = settings.samples();
        Tensor result = Tensor.zeros(2, points, samples);
        for (int row = 0; row < 2 * points; row++) {
            int t = row < points ? record[0] : record[record.length - 1];
            for (int i = 0; i < samples; i++) {
                result.data()[row * samples + i] = field[i * n + t * points + row % points];
            }
        }
        return result;
    }
}
