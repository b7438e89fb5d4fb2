package org.widthbench.core.solver;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.LinearOptimizer;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Coordinates;
import org.widthbench.core.weights.Field;
import org.widthbench.core.weights.FieldSpace;
import org.widthbench.core.weights.GaussianProcess;
import org.widthbench.core.weights.MeanFieldWeights;
import org.widthbench.core.weights.Neurons;
import org.widthbench.core.weights.NoiseBasis;
import org.widthbench.core.weights.ReadOut;
import org.widthbench.core.weights.Realization;
import org.widthbench.core.weights.SampledInputWeights;
import org.widthbench.core.weights.SampledProcess;
import org.widthbench.core.weights.SampledReadOut;
import org.widthbench.core.weights.Weights;

/** Infinitely many neurons, S samples of which stand for all: what makes a program the theory, {@code docs/theory.md} 4.1. */
final class SampledRealization implements Realization {
    private final Problem problem;
    private final CausalSolver settings;
    private final Backend backend;
    private final FilterShifts shifts;
    private final LinearOptimizer optimizer;
    private final int rows;
    private final List<SampledNeurons> populations = new ArrayList<>();
    private final Map<Neurons, NoiseBasis> noise = new HashMap<>();
    private final List<SampledProcess> forward = new ArrayList<>();
    private final List<SampledProcess> backward = new ArrayList<>();
    private final List<Runnable> kept = new ArrayList<>();
    /** Kernel form of a CNN only. */
    private Matrix workspace;

    SampledRealization(Problem problem, CausalSolver settings, Backend backend) {
        this.problem = problem;
        this.settings = settings;
        this.backend = backend;
        this.shifts = FilterShifts.of(problem);
        this.optimizer = LinearOptimizer.of(problem.training());
        this.rows = PointSchedule.of(problem).rows() * shifts.pixels();
    }

    @Override
    public Backend backend() {
        return backend;
    }

    @Override
    public int networks() {
        return 1;
    }

    @Override
    public Neurons neurons(Activation activation) {
        SampledNeurons neurons = new SampledNeurons(backend, settings.samples(), activation);
        populations.add(neurons);
        NoiseBasis basis = settings.noise(backend, populations.size());
        noise.put(neurons, basis);
        kept.add(basis::close);
        kept.add(neurons::close);
        return neurons;
    }

    @Override
    public Field field(int count, int columns) {
        return new Field(matrix(count, columns), matrix(count, columns));
    }

    private Matrix matrix(int count, int columns) {
        Matrix matrix = backend.allocate(1, count, columns);
        kept.add(matrix::close);
        return matrix;
    }

    @Override
    public Weights weights(int layer, Neurons from, int inputs, Neurons to, Images images) {
        SampledProcess right = process(to, Streams.residualU(layer + 1));
        if (from != null || layer == 0) {
            forward.add(right);
        }
        Weights weights = from == null ? known(right, inputs, images) : between(right, layer, from);
        kept.add(weights::close);
        return weights;
    }

    /** Weights that read the data, or the ones of biases. */
    private Weights known(SampledProcess process, int channels, Images images) {
        GaussianProcess law = CausalSolver.isGeneral(problem) ? null : law(settings.toleranceU());
        boolean moving = problem.training().online();
        int dimension = channels * images.taps();
        Weights weights =
                new SampledInputWeights(backend, optimizer, process, law, moving, dimension, settings.samples());
        return images.isVector() ? weights : Weights.onPatches(backend, images, weights);
    }

    private Weights between(SampledProcess right, int layer, Neurons from) {
        SampledProcess left = process(from, Streams.residualR(layer));
        backward.add(left);
        return problem.network().architecture().takesImages() ? filters(right, left) : meanField(right, left);
    }

    private Weights meanField(SampledProcess right, SampledProcess left) {
        int limit = settings.pivotLimit(problem);
        return new MeanFieldWeights(
                backend,
                settings.samples(),
                right,
                new MeanFieldWeights.Law(settings.toleranceU(), limit),
                left,
                new MeanFieldWeights.Law(settings.toleranceR(), limit),
                optimizer,
                settings.form() == CausalSolver.Form.ACCUMULATOR,
                settings.responses());
    }

    private Weights filters(SampledProcess right, SampledProcess left) {
        int steps = problem.training().steps();
        ConvolutionalWeights.Side features = new ConvolutionalWeights.Side(right, law(settings.toleranceU()), steps);
        ConvolutionalWeights.Side gradients = new ConvolutionalWeights.Side(left, law(settings.toleranceR()), steps);
        if (ConvolutionalCost.of(problem, settings, backend).form() == CausalSolver.Form.ACCUMULATOR) {
            return new AccumulatorConvolution(
                    backend,
                    shifts,
                    optimizer,
                    features,
                    gradients,
                    settings.responses(),
                    rows,
                    problem.trainingPoints() * shifts.pixels(),
                    settings.samples());
        }
        if (workspace == null) {
            workspace = matrix(rows, steps * rows);
        }
        return new KernelConvolution(
                backend,
                shifts,
                problem.training(),
                features,
                gradients,
                settings.responses(),
                settings.samples(),
                workspace);
    }

    private GaussianProcess law(double tolerance) {
        return new GaussianProcess(tolerance, settings.pivotLimit(problem));
    }

    private SampledProcess process(Neurons neurons, long stream) {
        return new SampledProcess(
                backend, noise.get(neurons).part(), settings.seed(), stream, settings.residualNoise());
    }

    @Override
    public ReadOut readOut(int layer, Neurons from, int outputs) {
        SampledProcess process = process(from, Streams.residualR(layer));
        backward.add(process);
        ReadOut readOut = new SampledReadOut(backend, optimizer, process, outputs, settings.samples());
        kept.add(readOut::close);
        return readOut;
    }

    @Override
    public FieldSpace space(Neurons neurons) {
        return Coordinates::of;
    }

    /** Makes the kernels of time 0 exact: one population of neurons per layer, from the data up. */
    void startExactly(StaticKernels kernels) {
        int layer = 0;
        for (SampledNeurons neurons : populations) {
            neurons.startExactly(kernels.features()[layer + 1], kernels.gradients()[layer], problem.outputs());
            layer++;
        }
    }

    /** What exact starts add to {@code gamma0 f} at the present time, length {@code Q pixels C}. */
    double[] startCorrection() {
        double[] total = new double[rows * problem.outputs()];
        int layer = 0;
        for (SampledNeurons neurons : populations) {
            layer++;
            if (settings.responses() || layer == populations.size()) {
                neurons.addStartCorrection(total);
            }
        }
        return total;
    }

    /** How many pivots the processes took so far. */
    PivotReport pivots() {
        int most = noise.values().stream().mapToInt(NoiseBasis::rows).max().orElse(0);
        return PivotReport.of(forward, backward, most);
    }

    @Override
    public void close() {
        kept.forEach(Runnable::run);
    }
}
