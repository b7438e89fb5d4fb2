package org.widthbench.training;

import java.util.ArrayList;
import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Images;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.problem.OrderParameters;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.CoordinateHistory;
import org.widthbench.core.weights.Coordinates;
import org.widthbench.core.weights.Realization;

/**
 * Keeps phi and g of every recorded time on the backend, in coordinates, and makes kernels of them at the end, {@code
 * docs/theory.md} section 2; of images, kernels of phi's mean and of g's sum over pixels.
 */
final class Recorder implements AutoCloseable {
    /** Neurons whose h and z are kept as samples of the densities; more would not show in a histogram. */
    private static final int SAMPLES = 4096;

    private final Backend backend;
    private final int networks;
    private final int recorded;
    private final int outputs;
    private final int pixels;
    private final int samples;
    private final Problem problem;
    /** Null of vectors, where kernels of fields tell it. */
    private final TangentKernel tangents;

    private final List<Tensor> tangentKernels = new ArrayList<>();
    /** Features of single pixels at the last recorded time; empty if nobody asks. */
    private final List<CoordinateHistory> pixelFeatures = new ArrayList<>();

    /** Of the layers' weights. */
    private double[] factors = {};

    private final List<CoordinateHistory> features = new ArrayList<>();
    private final List<CoordinateHistory> gradients = new ArrayList<>();
    private final List<List<Tensor>> preactivations = new ArrayList<>();
    private final List<List<Tensor>> pullbacks = new ArrayList<>();

    /**
     * @param neurons per layer
     * @param pixelKernels whether the kernels of single pixels are wanted too
     */
    Recorder(Problem problem, int neurons, Realization realization, boolean pixelKernels) {
        this.problem = problem;
        this.backend = realization.backend();
        this.networks = realization.networks();
        this.recorded = problem.training().record().length;
        this.outputs = problem.outputs();
        Images images =
                problem.network().architecture().images(problem.dataset().inputs());
        boolean vectors = !problem.network().architecture().takesImages();
        this.pixels = images.pixels();
        this.samples = (int) Math.min((long) neurons * pixels, SAMPLES);
        int layers = problem.network().layers();
        int points = PointSchedule.of(problem).rows();
        for (int l = 0; l < layers; l++) {
            features.add(new CoordinateHistory(backend, networks, recorded, points));
            gradients.add(new CoordinateHistory(backend, networks, recorded, points * outputs));
            if (pixelKernels) {
                pixelFeatures.add(new CoordinateHistory(backend, networks, points, pixels));
            }
        }
        for (int b = 0; b < networks; b++) {
            preactivations.add(zeros(layers, points));
            pullbacks.add(zeros(layers, points * outputs));
            tangentKernels.add(vectors ? null : Tensor.zeros(recorded, points, points));
        }
        this.tangents = vectors ? null : new TangentKernel(problem, networks, backend, pixels, tangentKernels);
    }

    private List<Tensor> zeros(int layers, int rows) {
        List<Tensor> zeros = new ArrayList<>();
        for (int l = 0; l < layers; l++) {
            zeros.add(Tensor.zeros(2, rows, samples));
        }
        return zeros;
    }

    /**
     * Takes over the fields of the points presented, after a backward pass of all of them, as part of recorded time number {@code
     * slot}.
     *
     * @param first row of the first of them
     * @param count how many there are
     */
    void record(int slot, int first, int count, Program program) {
        factors = program.sites().stream().mapToDouble(Site::factor).toArray();
        if (tangents != null) {
            tangents.take(first, count, program);
        }
        for (int l = 0; l < features.size(); l++) {
            Site site = program.sites().get(l);
            features.get(l).put(slot, first, site.featureCoordinates());
            gradients.get(l).put(slot, first * outputs, site.gradientCoordinates());
            for (int i = 0; slot == recorded - 1 && i < count && l < pixelFeatures.size(); i++) {
                Matrix phi = site.activations().value().rows(i * pixels, pixels);
                pixelFeatures.get(l).put(first + i, 0, Coordinates.of(phi));
            }
            for (int time = 0; time < 2; time++) {
                if (slot == time * (recorded - 1)) {
                    sample(site.preactivations().value(), first, l, time, preactivations);
                    sample(site.pullbacks().value(), first * outputs, l, time, pullbacks);
                }
            }
        }
    }

    /** Ends recorded time number {@code slot}, once all points are in. */
    void finish(int slot) {
        if (tangents != null) {
            tangents.finish(slot);
        }
    }

    /** Neurons (of images: and pixels) spread evenly; all of them, or the first ones, of vectors. */
    private void sample(Matrix field, int first, int layer, int time, List<List<Tensor>> into) {
        int neurons = field.columns();
        int read = pixels == 1 ? samples : neurons;
        double[] values = new double[Math.multiplyExact(networks * field.rows(), read)];
        backend.download(field.block(0, field.rows(), 0, read), values);
        int rows = field.rows() / pixels;
        long length = (long) read * pixels;
        for (int b = 0; b < networks; b++) {
            Tensor tensor = into.get(b).get(layer);
            for (int row = 0; row < rows; row++) {
                long from = (long) (b * rows + row) * length;
                for (int i = 0; i < samples; i++) {
                    tensor.set(values[(int) (from + i * length / samples)], time, first + row, i);
                }
            }
        }
    }

    /** The order parameters of every network. */
    List<OrderParameters> results(List<ResidualHistory> histories) {
        List<List<Tensor>> featureKernels = kernels(features);
        List<List<Tensor>> gradientKernels = kernels(gradients);
        List<OrderParameters> results = new ArrayList<>();
        for (int b = 0; b < networks; b++) {
            List<Tensor> phi = featureKernels.get(b);
            List<Tensor> g = gradientKernels.get(b);
            Tensor ntk = tangents == null
                    ? OrderParameters.neuralTangentKernel(problem, phi, g, factors)
                    : withReadOut(tangentKernels.get(b), phi.get(phi.size() - 1));
            ResidualHistory history = histories.get(b);
            results.add(OrderParameters.of(
                    problem.training().record(),
                    history.losses(),
                    history.residuals(),
                    history.predictions(),
                    phi,
                    g,
                    ntk,
                    preactivations.get(b),
                    pullbacks.get(b)));
        }
        return results;
    }

    /** Adds the share of the read-out weights, {@code Phi^L}. */
    private static Tensor withReadOut(Tensor ntk, Tensor last) {
        for (int t = 0; t < ntk.size(0); t++) {
            for (int mu = 0; mu < ntk.size(1); mu++) {
                for (int al = 0; al < ntk.size(2); al++) {
                    ntk.set(ntk.get(t, mu, al) + last.get(t, mu, t, al), t, mu, al);
                }
            }
        }
        return ntk;
    }

    /** {@code Phi^l} of single pixels at the last recorded time, per network L tensors {@code (Q, pixels, Q, pixels)}, or none. */
    List<List<Tensor>> pixelFeatureKernels() {
        return kernels(pixelFeatures);
    }

    private List<List<Tensor>> kernels(List<CoordinateHistory> histories) {
        List<List<Tensor>> kernels = new ArrayList<>();
        for (int b = 0; b < networks; b++) {
            kernels.add(new ArrayList<>());
        }
        for (CoordinateHistory history : histories) {
            List<Tensor> own = history.kernels();
            for (int b = 0; b < networks; b++) {
                kernels.get(b).add(own.get(b));
            }
        }
        return kernels;
    }

    @Override
    public void close() {
        features.forEach(CoordinateHistory::close);
        gradients.forEach(CoordinateHistory::close);
        pixelFeatures.forEach(CoordinateHistory::close);
        if (tangents != null) {
            tangents.close();
        }
    }
}
