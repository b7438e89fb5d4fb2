package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.ImpulseResponse;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;

/**
 * The sweep over time of {@link ConvolutionalCausalSolver}: as {@link CausalSweep}, on fields that carry a pixel index ({@code
 * n = Q pixels} rows a time) and couple to the next layer through the shifts of the filter.
 */
final class ConvolutionalSweep implements AutoCloseable {
    private final Problem problem;
    private final Training training;
    private final CausalSolver settings;
    private final Backend backend;
    private final FilterShifts shifts;
    private final Trajectory trajectory;
    private final ImpulseResponse response;
    private final int points;
    private final int rows;
    private final int depth;
    private final double[] inputKernel;
    private final double[] readoutKernel;
    private final CausalLayer[] layers;
    private final PooledKernels[] pooled;
    private final StaticMemory firstMemory;
    private final StaticMemory lastMemory;
    /** Between layers l and l+1, at index {@code l-1}. */
    private final ConvolutionalLink[] links;

    private final Matrix workspace;
    private final Tensor ntk;
    private final List<Tensor> preactivations = new ArrayList<>();
    private final List<Tensor> pullbacks = new ArrayList<>();
    /** FLOW only: the predictions that the coming time will have. */
    private double[] flowed;

    ConvolutionalSweep(Problem problem, CausalSolver settings, Backend backend) {
        Tensor images = problem.dataset().inputs();
        this.problem = problem;
        this.training = problem.training();
        this.settings = settings;
        this.backend = backend;
        this.trajectory = Trajectory.ofImages(problem, settings.name());
        ConvolutionalCost cost = ConvolutionalCost.of(problem, settings, backend);
        cost.requireFits();
        boolean accumulates = cost.form() == CausalSolver.Form.ACCUMULATOR;
        this.response = trajectory.response();
        this.shifts = new FilterShifts(
                images.size(1), images.size(2), problem.network().architecture().kernel());
        this.points = problem.points();
        this.rows = points * shifts.pixels();
        this.depth = problem.network().depth();
        this.inputKernel = shifts.inputKernel(images);
        this.readoutKernel = new double[Math.multiplyExact(rows, rows)];
        Arrays.fill(readoutKernel, 1.0 / (shifts.pixels() * shifts.pixels()));
        this.flowed = new double[points];
        int steps = training.steps();
        int samples = settings.samples();
        int recorded = training.record().length;
        this.ntk = Tensor.zeros(recorded, points, points);
        // Fields with a pixel index have far more rows than samples, so the cap applies whatever the form.
        int pivotLimit = settings.pivotLimit(false);
        StaticKernels initial = ConvolutionalCost.startsExactly(settings, rows)
                ? StaticKernels.of(problem.network(), inputKernel, readoutKernel, shifts)
                : null;
        this.layers = new CausalLayer[depth];
        this.pooled = new PooledKernels[depth];
        for (int l = 1; l <= depth; l++) {
            layers[l - 1] = new CausalLayer(
                    backend,
                    l,
                    settings,
                    pivotLimit,
                    problem.network().activation(),
                    rows,
                    history(accumulates),
                    history(accumulates));
            if (initial != null) {
                layers[l - 1].startExactly(initial.features()[l], initial.gradients()[l - 1]);
            }
            pooled[l - 1] = new PooledKernels(backend, layers[l - 1], points, shifts.pixels(), samples, recorded);
            preactivations.add(Tensor.zeros(2, points, samples));
            pullbacks.add(Tensor.zeros(2, points, samples));
        }
        this.workspace = accumulates ? null : backend.allocate(1, rows, steps * rows);
        this.links = new ConvolutionalLink[depth - 1];
        for (int l = 1; l < depth; l++) {
            layers[l].uProcess.spreadPivots(steps);
            layers[l - 1].rProcess.spreadPivots(steps);
            links[l - 1] = accumulates
                    ? new AccumulatorLink(
                            backend,
                            shifts,
                            training,
                            layers[l - 1],
                            layers[l],
                            problem.trainingPoints() * shifts.pixels())
                    : new KernelLink(backend, shifts, trajectory, layers[l - 1], layers[l], workspace);
        }
        this.firstMemory = new StaticMemory(backend, inputKernel, training, rows, samples);
        this.lastMemory = new StaticMemory(backend, readoutKernel, training, rows, samples);
    }

    /** One field; what is recorded of it is pooled first. */
    private FieldHistory history(boolean accumulates) {
        return accumulates
                ? new ShiftedHistory(backend, shifts, rows, settings.samples())
                : new FullHistory(backend, training.steps(), rows, settings.samples(), new int[0], false);
    }

    /**
     * Runs all times.
     *
     * @param singlePixels whether the kernels of single pixels at the last recorded time are wanted
     */
    OrderParameters run(boolean singlePixels, Progress progress) {
        int[] recorded = training.record();
        for (int t = 0; t < training.steps(); t++) {
            for (int l = 1; l <= depth; l++) {
                forward(t, l);
            }
            for (int l = depth; l >= 1; l--) {
                backward(t, l);
            }
            int slot = Arrays.binarySearch(recorded, t);
            double[] tangent = flows() || slot >= 0 ? tangentKernel(t) : new double[0];
            readOut(t, tangent);
            if (slot >= 0) {
                System.arraycopy(tangent, 0, ntk.data(), slot * tangent.length, tangent.length);
                for (int l = 0; l < depth; l++) {
                    pooled[l].record(slot, t, singlePixels);
                }
            }
            double[] drive = drive(t);
            firstMemory.update(t, layers[0].gradients.at(t), drive);
            lastMemory.update(t, layers[depth - 1].features.at(t), drive);
            for (ConvolutionalLink link : links) {
                link.learn(t, drive);
            }
            if (t == recorded[0]) {
                sampleFields(0);
            }
            if (t == recorded[recorded.length - 1]) {
                sampleFields(1);
            }
            PivotReport.requireEnough(settings, pivots(), t);
            progress.step(t + 1, training.steps());
        }
        return new OrderParameters(
                recorded,
                trajectory.loss(),
                trajectory.delta(),
                trajectory.f(),
                Arrays.stream(pooled).map(PooledKernels::featureKernel).toList(),
                Arrays.stream(pooled).map(PooledKernels::gradientKernel).toList(),
                ntk,
                preactivations,
                pullbacks);
    }

    /** How many pivots the processes took, after {@link #run}. */
    PivotReport pivots() {
        return PivotReport.of(layers);
    }

    /** {@code Phi^l_{mu a, alpha b}} at the last recorded time, L tensors {@code (Q, pixels, Q, pixels)}. */
    List<Tensor> pixelFeatureKernels() {
        return Arrays.stream(pooled).map(PooledKernels::pixelFeatureKernel).toList();
    }

    /** {@code h^l(t) = c(t) [u^l + S(A^{l-1}) g^l] + memory}, then {@code phi(h^l)}. */
    private void forward(int t, int l) {
        CausalLayer layer = layers[l - 1];
        double decay = response.decay(t);
        if (l == 1) {
            if (t == 0) {
                layer.uProcess.drawStatic(inputKernel, layer.u);
            }
            backend.add(decay, layer.u, 0, layer.h);
            backend.add(1, firstMemory.sum(), 1, layer.h);
        } else {
            CausalLayer below = layers[l - 2];
            links[l - 2].drawForward(t, layer.u);
            backend.add(decay, layer.u, 0, layer.h);
            try (Matrix a = settings.responses() ? below.featureResponse(t, decay) : null) {
                links[l - 2].addForward(t, a, layer.h);
            }
        }
        layer.activate(t, decay, l > 1 || t == 0 || decay != response.decay(t - 1));
    }

    /** {@code z^l(t) = c(t) [r^l + S(B^{l+1}) phi^l] + memory}, then {@code g^l = phi'(h^l) z^l}. */
    private void backward(int t, int l) {
        CausalLayer layer = layers[l - 1];
        double decay = response.decay(t);
        if (l == depth) {
            if (t == 0) {
                layer.rProcess.drawStatic(readoutKernel, layer.r);
            }
            backend.add(decay, layer.r, 0, layer.z);
            backend.add(1, lastMemory.sum(), 1, layer.z);
        } else {
            CausalLayer above = layers[l];
            links[l - 1].drawBackward(t, layer.r);
            backend.add(decay, layer.r, 0, layer.z);
            try (Matrix b = settings.responses() ? above.gradientResponse(t, decay) : null) {
                links[l - 1].addBackward(t, b, layer.z);
            }
        }
        layer.pullBack(t);
    }

    /** {@code a b_al(t) Delta_al(t)} on every pixel of its image, zero for test points, length n. */
    private double[] drive(int t) {
        double[] drive = trajectory.drive(t);
        double[] spread = new double[rows];
        for (int al = 0; al < drive.length; al++) {
            int first = al * shifts.pixels();
            Arrays.fill(spread, first, first + shifts.pixels(), problem.updateScale() * drive[al]);
        }
        return spread;
    }

    private boolean flows() {
        return training.dynamics() == Training.Dynamics.FLOW;
    }

    private void readOut(int t, double[] tangent) {
        if (flows()) {
            trajectory.predict(t, flowed);
            flowed = trajectory.flow(t, tangent);
            return;
        }
        double[] readout = CausalLayer.readout(layers, t, response.decay(t));
        double[] prediction = new double[points];
        for (int row = 0; row < rows; row++) {
            prediction[row / shifts.pixels()] += readout[row] / training.gamma0();
        }
        trajectory.predict(t, prediction);
    }

    /** {@code NTK(t,t) = Phi^L of means + sum_l sum_{a,b} G^{l+1}_{a b} S(Phi^l)_{a b}}, {@code (Q,Q)}. */
    private double[] tangentKernel(int t) {
        double[] total = new double[points * points];
        double[] below = inputKernel;
        for (CausalLayer layer : layers) {
            addPixelSums(layer.gradients.equalTime(t), below, total);
            below = shifts.average(layer.features.equalTime(t), rows);
        }
        // The kernel of the read-out is the mean over both pixels.
        addPixelSums(readoutKernel, layers[depth - 1].features.equalTime(t), total);
        return total;
    }

    /** {@code total_{mu alpha} += sum_{a,b} x_{mu a, alpha b} y_{mu a, alpha b}}. */
    private void addPixelSums(double[] x, double[] y, double[] total) {
        int pixels = shifts.pixels();
        for (int row = 0; row < rows; row++) {
            for (int al = 0; al < points; al++) {
                int at = row * rows + al * pixels;
                total[row / pixels * points + al] += Dense.dot(x, at, y, at, pixels);
            }
        }
    }

    /** One pixel of every sample, spread evenly over the image. */
    private void sampleFields(int slot) {
        int samples = settings.samples();
        double[] values = new double[rows * samples];
        for (int l = 0; l < depth; l++) {
            backend.download(layers[l].h, values);
            pick(values, slot, preactivations.get(l));
            backend.download(layers[l].z, values);
            pick(values, slot, pullbacks.get(l));
        }
    }

    private void pick(double[] values, int slot, Tensor target) {
        int samples = settings.samples();
        for (int mu = 0; mu < points; mu++) {
            for (int i = 0; i < samples; i++) {
                int row = mu * shifts.pixels() + (int) ((long) i * shifts.pixels() / samples);
                target.set(values[row * samples + i], slot, mu, i);
            }
        }
    }

    @Override
    public void close() {
        for (int l = 0; l < depth; l++) {
            layers[l].close();
            pooled[l].close();
        }
        for (ConvolutionalLink link : links) {
            link.close();
        }
        if (workspace != null) {
            workspace.close();
        }
        firstMemory.close();
        lastMemory.close();
    }
}
