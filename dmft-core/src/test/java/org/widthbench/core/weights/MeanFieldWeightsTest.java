package org.widthbench.core.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.optimize.LinearOptimizer;

/**
 * Averages over samples are exact where fields are linear functions of the layers' orthonormal noise, as those of linear networks
 * are: so are the fields here.
 */
class MeanFieldWeightsTest extends WeightsContract {
    private static final int SAMPLES = 64;
    /** Rows of noise that know nothing of the weights, of which fields are made. */
    private static final int OWN = 12;

    private static final MeanFieldWeights.Law WHOLE = new MeanFieldWeights.Law(1e-12, Integer.MAX_VALUE);

    private final List<NoiseBasis> bases = new ArrayList<>();

    MeanFieldWeightsTest() {
        super(SAMPLES, SAMPLES);
    }

    /** Whether C lives among the samples from the start. */
    boolean amongSamples() {
        return false;
    }

    @AfterEach
    void closeBases() {
        bases.forEach(NoiseBasis::close);
    }

    private NoiseBasis basis(int layer) {
        NoiseBasis basis = new NoiseBasis(backend, layer, 7, layer, new double[SAMPLES][0]);
        bases.add(basis);
        return basis;
    }

    private double[] ofOwnNoise(int layer, int rows) {
        double[] noise = new double[OWN * SAMPLES];
        NoiseBasis.Part own = basis(layer).part();
        own.extend(OWN, 0);
        backend.download(own.rows(), noise);
        double[] fields = new double[rows * SAMPLES];
        double[] shares = normals(rows * OWN);
        for (int i = 0; i < fields.length; i++) {
            for (int j = 0; j < OWN; j++) {
                fields[i] += shares[i / SAMPLES * OWN + j] * noise[j * SAMPLES + i % SAMPLES] / Math.sqrt(OWN);
            }
        }
        return fields;
    }

    @Override
    double[] features(int rows) {
        return ofOwnNoise(1, rows);
    }

    @Override
    double[] gradients(int rows) {
        return ofOwnNoise(2, rows);
    }

    /** Nothing of it is free of responses. */
    @Override
    Field field(Matrix value) {
        return new Field(value, backend.allocate(1, value.rows(), value.columns()));
    }

    @Override
    Weights weights(long seed, LinearOptimizer optimizer) {
        SampledProcess right = new SampledProcess(backend, process(2), seed, 3, false);
        SampledProcess left = new SampledProcess(backend, process(1), seed, 4, false);
        return new MeanFieldWeights(backend, SAMPLES, right, WHOLE, left, WHOLE, optimizer, amongSamples(), true);
    }

    /** Room beside the rows that fields are made of. */
    private NoiseBasis.Part process(int layer) {
        NoiseBasis basis = basis(layer);
        basis.part().extend(OWN, 0);
        return basis.part();
    }

    /** The kernel of a Gaussian process is that of what drives it: exactly, for the noise is orthonormal. */
    @Test
    void imagesHaveTheKernelOfTheFields() {
        try (Weights weights = weights(0, PLAIN)) {
            double[] x = features(3);
            double[] y = gradients(3);
            requireKernel(forward(weights, x, 3), x);
            requireKernel(backward(weights, y, 3), y);
        }
    }

    private static void requireKernel(double[] image, double[] field) {
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                assertThat(dot(row(image, i, SAMPLES), row(image, j, SAMPLES)))
                        .isCloseTo(dot(row(field, i, SAMPLES), row(field, j, SAMPLES)), within(1e-9));
            }
        }
    }

    @Test
    void theFreeCompanionOfAnImageIsAddedToThatWhichIsKept() {
        double[] keptFree = gradients(1);
        try (Weights weights = weights(0, PLAIN)) {
            double[] x = features(1);
            // Nothing was pulled back yet: there is nothing to respond to.
            double[] alone = forward(weights, x, 1);
            Field target = new Field(matrix(gradients(1), 1), matrix(keptFree, 1));
            weights.forward(field(matrix(x, 1)), 0.5, 2, target);
            double[] free = new double[SAMPLES];
            backend.download(target.free(), free);
            for (int i = 0; i < SAMPLES; i++) {
                assertThat(free[i]).isCloseTo(alone[i] / 2 + 2 * keptFree[i], within(1e-9));
            }
        }
    }
}
