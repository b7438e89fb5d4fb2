package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.widthbench.core.Progress;
import org.widthbench.core.Tensor;
import org.widthbench.core.Training;
import org.widthbench.core.architecture.Network;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.ImpulseResponse;
import org.widthbench.core.optimize.LinearOptimizer;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Coordinates;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.GaussianProcess;
import org.widthbench.core.weights.MeanFieldWeights;
import org.widthbench.core.weights.NoiseBasis;
import org.widthbench.core.weights.SampledProcess;
import org.widthbench.core.weights.SampledWeights;

/**
 * The sweep over time of {@link CausalSolver}: at each time the forward pass runs up the layers, the backward pass down, the
 * read-out closes the step. Fields have rows for the points of one time, in a CNN for each of their pixels, backward ones also for
 * each output ({@code docs/theory.md} 4.5 and 6); Q counts the points. A fully connected network is one of images of one pixel.
 */
final class CausalSweep implements AutoCloseable {
    private final Problem problem;
    private final CausalSolver settings;
    private final Backend backend;
    private final Training training;
    private final ImpulseResponse response;
    private final FilterShifts shifts;
    private final int points;
    private final int outputs;
    private final int rows;
    private final int depth;
    private final boolean flow;
    private final CausalLayer[] layers;
    private final InputWeights inputWeights;
    private final ReadoutWeights readoutWeights;
    /** Between layers l and l+1, at index {@code l-1}. */
    private final SampledWeights[] weights;
    /** Kernel form of a CNN only. */
    private Matrix workspace;

    private final Trajectory trajectory;
    /** {@code K^x} of all rows; empty for online data, which has other points at every time. */
    private final double[] inputKernel;
    /** {@code (n, n)}; CNN and FLOW only. */
    private final double[] readoutKernel;
    /** FLOW only: the predictions that the coming time will have. */
    private double[] flowed;

    private final FieldRecord[] features;
    private final FieldRecord[] gradients;
    /** Of a CNN, whose kernels are of pooled fields. */
    private final Tensor ntk;

    private final List<Tensor> pixelKernels = new ArrayList<>();
    private final List<Tensor> preactivations = new ArrayList<>();
    private final List<Tensor> pullbacks = new ArrayList<>();

    CausalSweep(Problem problem, CausalSolver settings, Backend backend) {
        Network network = problem.network();
        boolean images = network.architecture().takesImages();
        this.problem = problem;
        this.settings = settings;
        this.backend = backend;
        this.training = problem.training();
        this.trajectory =
                images ? Trajectory.ofImages(problem, settings.name()) : new Trajectory(problem, settings.name(), true);
        this.response = trajectory.response();
        this.points = PointSchedule.of(problem).rows();
        this.outputs = problem.outputs();
        this.depth = network.depth();
        this.flow = training.dynamics() == Training.Dynamics.FLOW;
        this.flowed = new double[points];
        Tensor inputs = problem.dataset().inputs();
        this.shifts = images
                ? new FilterShifts(
                        inputs.size(1), inputs.size(2), network.architecture().kernel())
                : FilterShifts.NONE;
        this.rows = points * shifts.pixels();
        this.inputKernel = images
                ? shifts.inputKernel(inputs)
                : training.online() ? new double[0] : problem.inputKernel().data();
        this.readoutKernel = images || flow ? new double[Math.multiplyExact(rows, rows)] : new double[0];
        Arrays.fill(readoutKernel, 1.0 / (shifts.pixels() * shifts.pixels()));
        int samples = settings.samples();
        int recorded = training.record().length;
        this.ntk = images ? Tensor.zeros(recorded, points, points) : null;
        this.layers = new CausalLayer[depth];
        this.features = new FieldRecord[depth];
        this.gradients = new FieldRecord[depth];
        StaticKernels initial = initialKernels(images);
        for (int l = 1; l <= depth; l++) {
            CausalLayer layer = new CausalLayer(backend, l, depth, settings, network.activation(), rows, outputs);
            if (network.bias()) {
                layer.addBias(training);
            }
            if (initial != null) {
                layer.startExactly(initial.features()[l], initial.gradients()[l - 1]);
            }
            layers[l - 1] = layer;
            features[l - 1] = new FieldRecord(backend, recorded, points, shifts.pixels(), 1.0 / shifts.pixels());
            gradients[l - 1] = new FieldRecord(backend, recorded, points * outputs, shifts.pixels(), 1);
            preactivations.add(Tensor.zeros(2, points, samples));
            pullbacks.add(Tensor.zeros(2, points * outputs, samples));
        }
        this.weights = new SampledWeights[depth - 1];
        for (int l = 1; l < depth; l++) {
            weights[l - 1] = images ? filters(l) : meanField(l);
        }
        InputBasis basis = images ? InputBasis.of(shifts.patches(inputs), inputKernel) : InputBasis.of(problem);
        this.inputWeights = new InputWeights(
                backend,
                problem,
                forwardProcess(1),
                basis,
                CausalSolver.isGeneral(problem) ? null : inputKernel,
                new GaussianProcess(settings.toleranceU(), settings.pivotLimit(problem)),
                rows,
                samples);
        this.readoutWeights =
                new ReadoutWeights(backend, training, backwardProcess(depth), rows, outputs, shifts.pixels(), samples);
    }

    /** Null where the kernels at t = 0 are left as they are sampled: a stream has other points at every time. */
    private StaticKernels initialKernels(boolean images) {
        if (images) {
            return ConvolutionalCost.startsExactly(settings, rows)
                    ? StaticKernels.of(problem.network(), inputKernel, readoutKernel, shifts)
                    : null;
        }
        return settings.exactStart() && !training.online() ? StaticKernels.of(problem) : null;
    }

    private SampledProcess forwardProcess(int l) {
        return process(layers[l - 1].noise.u(), Streams.residualU(l));
    }

    private SampledProcess backwardProcess(int l) {
        return process(layers[l - 1].noise.r(), Streams.residualR(l));
    }

    private SampledProcess process(NoiseBasis.Part noise, long stream) {
        return new SampledProcess(backend, noise, settings.seed(), stream, settings.residualNoise());
    }

    /** Between layers l and l+1 of a fully connected network. */
    private SampledWeights meanField(int l) {
        int limit = settings.pivotLimit(problem);
        return new MeanFieldWeights(
                backend,
                settings.samples(),
                forwardProcess(l + 1),
                new MeanFieldWeights.Law(settings.toleranceU(), limit),
                backwardProcess(l),
                new MeanFieldWeights.Law(settings.toleranceR(), limit),
                LinearOptimizer.of(training),
                settings.form() == CausalSolver.Form.ACCUMULATOR);
    }

    /** Between layers l and l+1 of a CNN. */
    private SampledWeights filters(int l) {
        int limit = settings.pivotLimit(problem);
        ConvolutionalWeights.Side right = new ConvolutionalWeights.Side(
                forwardProcess(l + 1), new GaussianProcess(settings.toleranceU(), limit), training.steps());
        ConvolutionalWeights.Side left = new ConvolutionalWeights.Side(
                backwardProcess(l), new GaussianProcess(settings.toleranceR(), limit), training.steps());
        if (ConvolutionalCost.of(problem, settings, backend).form() == CausalSolver.Form.ACCUMULATOR) {
            return new AccumulatorConvolution(
                    backend,
                    shifts,
                    trajectory,
                    right,
                    left,
                    training,
                    rows,
                    problem.trainingPoints() * shifts.pixels(),
                    settings.samples());
        }
        if (workspace == null) {
            workspace = backend.allocate(1, rows, training.steps() * rows);
        }
        return new KernelConvolution(backend, shifts, trajectory, right, left, settings.samples(), workspace);
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
            double[] tangent = flow || (slot >= 0 && ntk != null) ? tangentKernel() : new double[0];
            readOut(t, tangent);
            if (slot >= 0) {
                record(slot, tangent, singlePixels && slot == recorded.length - 1);
            }
            learn(t);
            if (slot == 0) {
                sampleFields(0);
            }
            if (slot == recorded.length - 1) {
                sampleFields(1);
            }
            PivotReport.requireEnough(settings, pivots(), t);
            progress.step(t + 1, training.steps());
        }
        List<Tensor> featureKernels =
                Arrays.stream(features).map(FieldRecord::kernel).toList();
        List<Tensor> gradientKernels =
                Arrays.stream(gradients).map(FieldRecord::kernel).toList();
        return trajectory.results(featureKernels, gradientKernels, ntk, preactivations, pullbacks);
    }

    /** How many pivots the processes took, after {@link #run}. */
    PivotReport pivots() {
        return PivotReport.of(
                Stream.concat(
                                Stream.of(inputWeights.process()),
                                Arrays.stream(weights).map(SampledWeights::right))
                        .toList(),
                Stream.concat(Arrays.stream(weights).map(SampledWeights::left), Stream.of(readoutWeights.process()))
                        .toList());
    }

    /** {@code Phi^l_{mu a, alpha b}} at the last recorded time, L tensors {@code (Q, pixels, Q, pixels)}. */
    List<Tensor> pixelFeatureKernels() {
        return pixelKernels;
    }

    /** {@code h^l(t) = c(t) [u^l + b^l(0) + A^{l-1} g^l] + memory}, then {@code phi(h^l)}. */
    private void forward(int t, int l) {
        CausalLayer layer = layers[l - 1];
        double decay = response.decay(t);
        double keep = layer.beginForward(decay);
        boolean moved = true;
        if (l == 1) {
            moved = inputWeights.forward(t, decay, keep, layer.h);
        } else {
            CausalLayer below = layers[l - 2];
            weights[l - 2].forward(responding(below.phi), 1, keep, layer.h);
        }
        layer.activate(t, moved);
    }

    /** {@code z^l(t) = c(t) [r^l + B^{l+1} phi^l] + memory}, then {@code g^l = phi'(h^l) z^l}. */
    private void backward(int t, int l) {
        CausalLayer layer = layers[l - 1];
        if (l == depth) {
            readoutWeights.backward(t, response.decay(t), layer.z);
        } else {
            CausalLayer above = layers[l];
            weights[l - 1].backward(responding(above.g), 1, 0, layer.z);
        }
        layer.pullBack(t);
    }

    /** The field, which nothing responds to without its companion. */
    private Field responding(Field field) {
        return settings.responses() ? field : Field.of(field.value());
    }

    private void readOut(int t, double[] tangent) {
        if (flow) {
            trajectory.predict(t, flowed);
            flowed = trajectory.flow(t, tangent);
            return;
        }
        double[] readout = CausalLayer.readout(layers);
        double[] prediction = new double[points * outputs];
        for (int row = 0; row < readout.length; row++) {
            prediction[row / outputs / shifts.pixels() * outputs + row % outputs] += readout[row] / training.gamma0();
        }
        trajectory.predict(t, prediction);
    }

    /**
     * {@code NTK(t,t)} of a network of one output, {@code Phi^L of means + sum_l sum_{a,b} G^{l+1}_{a b} S(Phi^l)_{a b}},
     * {@code (Q,Q)}.
     */
    private double[] tangentKernel() {
        double[] total = new double[points * points];
        double[] below = inputKernel;
        for (CausalLayer layer : layers) {
            addPixelSums(equalTime(layer.g.value()), below, total);
            double[] kernel = equalTime(layer.phi.value());
            if (layer == layers[depth - 1]) {
                // The kernel of the read-out is the mean over both pixels.
                addPixelSums(readoutKernel, kernel, total);
            }
            below = shifts.average(kernel, rows);
        }
        return total;
    }

    /** {@code <v v^T>} of the rows of one time. */
    private double[] equalTime(Matrix field) {
        return backend.kernelBlock(1.0 / field.columns(), field, field);
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

    private void record(int slot, double[] tangent, boolean singlePixels) {
        if (ntk != null) {
            System.arraycopy(tangent, 0, ntk.data(), slot * tangent.length, tangent.length);
        }
        for (int l = 0; l < depth; l++) {
            CausalLayer layer = layers[l];
            features[l].put(
                    slot, layer.phi.value(), l < depth - 1 ? weights[l].features() : Coordinates.of(layer.phi.value()));
            gradients[l].put(
                    slot, layer.g.value(), l > 0 ? weights[l - 1].gradients() : Coordinates.of(layer.g.value()));
            if (singlePixels) {
                int pixels = shifts.pixels();
                pixelKernels.add(new Tensor(new int[] {points, pixels, points, pixels}, equalTime(layer.phi.value())));
            }
        }
    }

    /** Takes in the gradient of the step from t to t+1, {@code a b_al(t) Delta_al(t)} on every pixel of its image. */
    private void learn(int t) {
        double[] trained = trajectory.drive(t);
        double[] drive = new double[rows * outputs];
        int pixels = shifts.pixels();
        for (int row = 0; row < trained.length * pixels; row++) {
            int point = row / outputs / pixels;
            drive[row] = problem.updateScale() * trained[point * outputs + row % outputs];
        }
        inputWeights.learn(t, drive, layers[0].g.value());
        readoutWeights.learn(t, drive, layers[depth - 1].phi.value());
        for (CausalLayer layer : layers) {
            layer.learn(t, drive);
        }
        for (int l = 1; l < depth; l++) {
            weights[l - 1].learn(layers[l].pointOf(), drive, training.rateFactor(t));
        }
    }

    private void sampleFields(int slot) {
        for (int l = 0; l < depth; l++) {
            sample(layers[l].h.value(), preactivations.get(l), slot);
            sample(layers[l].z.value(), pullbacks.get(l), slot);
        }
    }

    /** Of images one pixel of every sample, spread evenly. */
    private void sample(Matrix field, Tensor target, int slot) {
        int samples = settings.samples();
        double[] values = new double[field.rows() * samples];
        backend.download(field, values);
        int pixels = shifts.pixels();
        for (int row = 0; row < target.size(1); row++) {
            for (int i = 0; i < samples; i++) {
                int source = row * pixels + (int) ((long) i * pixels / samples);
                target.data()[(slot * target.size(1) + row) * samples + i] = values[source * samples + i];
            }
        }
    }

    @Override
    public void close() {
        for (int l = 0; l < depth; l++) {
            layers[l].close();
            features[l].close();
            gradients[l].close();
        }
        for (SampledWeights between : weights) {
            between.close();
        }
        if (workspace != null) {
            workspace.close();
        }
        inputWeights.close();
        readoutWeights.close();
    }
}
