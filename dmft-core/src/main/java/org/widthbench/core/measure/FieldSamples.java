package org.widthbench.core.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Matrix;

/**
 * Samples {@code (2,rows,S')} of a field of every layer at the first and the last recorded time: of different neurons as long as
 * there are any, and of images of pixels spread evenly.
 *
 * @param perOutput whether a point has a row for each output
 * @param field a row per point and pixel
 */
record FieldSamples(String name, boolean perOutput, Function<Site, Matrix> field) implements Observable {

    @Override
    public Measurement measurement(Setting setting) {
        List<Tensor> samples = new ArrayList<>();
        int outputs = perOutput ? setting.outputs() : 1;
        for (int i = 0; i < setting.layers() * setting.networks(); i++) {
            samples.add(Tensor.zeros(2, setting.points() * outputs, setting.samples()));
        }
        return new Measurement() {
            @Override
            public void take(int slot, int first, int count, List<? extends Site> sites) {
                for (int time = 0; time < 2; time++) {
                    for (int l = 0; slot == time * (setting.times() - 1) && l < sites.size(); l++) {
                        sample(setting, field.apply(sites.get(l)), l, time, first * outputs, samples);
                    }
                }
            }

            @Override
            public List<Map<String, Tensor>> arrays() {
                return Recorder.byNetwork(setting, name, (l, b) -> samples.get(l * setting.networks() + b));
            }
        };
    }

    private static void sample(Setting setting, Matrix field, int layer, int time, int first, List<Tensor> into) {
        int pixels = setting.pixels();
        int read = Math.min(field.columns(), setting.samples());
        double[] values = new double[Math.multiplyExact(setting.networks() * field.rows(), read)];
        setting.backend().download(field.block(0, field.rows(), 0, read), values);
        int rows = field.rows() / pixels;
        for (int row = 0; row < setting.networks() * rows; row++) {
            Tensor tensor = into.get(layer * setting.networks() + row / rows);
            for (int i = 0; i < setting.samples(); i++) {
                int pixel = (int) ((long) i * pixels / setting.samples());
                tensor.set(values[(row * pixels + pixel) * read + i % read], time, first + row % rows, i);
            }
        }
    }
}
