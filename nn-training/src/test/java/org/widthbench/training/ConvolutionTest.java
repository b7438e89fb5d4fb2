package org.widthbench.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.widthbench.core.random.NormalNoise;

class ConvolutionTest {

    @ParameterizedTest(name = "{0} {1}, {2} images {3}x{4}, {5} to {6} channels, k={7}")
    @CsvSource({
        "COLUMNS,FLOAT64,5,4,6,3,7,3",
        "COLUMNS,FLOAT64,1,2,3,2,1,5",
        "COLUMNS,FLOAT64,9,1,1,4,3,1",
        "COLUMNS,FLOAT32,6,5,5,3,4,3",
        "ONEDNN,FLOAT32,5,4,6,3,7,3",
        "ONEDNN,FLOAT32,1,7,3,1,16,5",
        "ONEDNN,FLOAT32,4,8,8,16,8,3",
        "ONEDNN,FLOAT32,3,1,1,4,3,1",
        "ONEDNN,FLOAT64,2,4,3,2,3,3"
    })
    void everyEngineConvolvesAsTheDefinitionSays(
            ConvolutionEngine engine,
            Precision precision,
            int images,
            int height,
            int width,
            int channels,
            int outputs,
            int kernel) {
        ImageBatch batch = new ImageBatch(images, height, width);
        int fanIn = kernel * kernel * channels;
        int pixels = batch.columns();
        double[] w = normals(fanIn * outputs, 1);
        double[] x = normals(channels * pixels, 2);
        double[] g = normals(outputs * pixels, 3);
        double[] y = new double[outputs * pixels];
        double[] xGradient = new double[x.length];
        double[] wGradient = new double[w.length];
        int reach = kernel / 2;
        for (int a = 0; a < pixels; a++) {
            int row = a / width % height;
            int column = a % width;
            for (int d = 0; d < kernel * kernel; d++) {
                int dRow = d / kernel - reach;
                int dColumn = d % kernel - reach;
                if (row + dRow < 0 || row + dRow >= height || column + dColumn < 0 || column + dColumn >= width) {
                    continue;
                }
                int b = a + dRow * width + dColumn;
                for (int i = 0; i < outputs; i++) {
                    for (int j = 0; j < channels; j++) {
                        int tap = i * fanIn + d * channels + j;
                        y[a * outputs + i] += w[tap] * x[b * channels + j];
                        xGradient[b * channels + j] += w[tap] * g[a * outputs + i];
                        wGradient[tap] += g[a * outputs + i] * x[b * channels + j];
                    }
                }
            }
        }
        try (NativeMatrix weights = matrix(precision, fanIn, outputs, w);
                NativeMatrix input = matrix(precision, channels, pixels, x);
                NativeMatrix output = NativeMatrix.zeros(precision, outputs, pixels);
                NativeMatrix outputGradient = matrix(precision, outputs, pixels, g);
                NativeMatrix inputGradient = NativeMatrix.zeros(precision, channels, pixels);
                NativeMatrix weightGradient = NativeMatrix.zeros(precision, fanIn, outputs);
                Convolution convolution = engine.bind(
                        new Convolution.Operands(
                                batch, kernel, weights, input, output, outputGradient, inputGradient, weightGradient),
                        precision);
                Convolution dataLayer = engine.bind(
                        new Convolution.Operands(
                                batch, kernel, weights, input, output, outputGradient, null, weightGradient),
                        precision)) {
            double tolerance = precision == Precision.FLOAT64 ? 1e-11 : 1e-3;
            convolution.forward();
            assertThat(distance(output, y)).isLessThan(tolerance);
            convolution.backward();
            assertThat(distance(inputGradient, xGradient)).isLessThan(tolerance);
            assertThat(distance(weightGradient, wGradient)).isLessThan(tolerance);
            weightGradient.array().assign(0);
            dataLayer.backward();
            assertThat(distance(weightGradient, wGradient)).isLessThan(tolerance);
        }
    }

    private static double[] normals(int n, long stream) {
        double[] normals = new double[n];
        NormalNoise.fill(normals, 0, n, 5, stream, 0);
        return normals;
    }

    private static NativeMatrix matrix(Precision precision, int rows, int columns, double[] entries) {
        NativeMatrix matrix = NativeMatrix.allocate(precision, rows, columns);
        matrix.write(0, entries, 0, entries.length);
        return matrix;
    }

    private static double distance(NativeMatrix matrix, double[] expected) {
        double[] found = new double[expected.length];
        matrix.read(0, found, 0, found.length);
        double largest = 0;
        for (int i = 0; i < found.length; i++) {
            largest = Math.max(largest, Math.abs(found[i] - expected[i]));
        }
        return largest;
    }
}
