package org.widthbench.core.measure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.CoordinateHistory;
import org.widthbench.core.weights.Coordinates;

/**
 * Kernels {@code (R,rows,R,rows)} of a field of every layer over all recorded times. Their fields stay on the backend, in
 * coordinates.
 *
 * @param perOutput whether a point has a row for each output
 * @param field a row per point and pixel
 * @param coordinates of it, of images of its mean or sum over pixels
 */
record FieldKernels(
        String name, boolean perOutput, Function<Site, Matrix> field, Function<Site, Coordinates> coordinates)
        implements Observable {

    @Override
    public Measurement measurement(Setting setting) {
        return new Kept(setting);
    }

    private final class Kept implements Measurement {
        private final Setting setting;
        private final int outputs;
        private final int rows;
        private final List<CoordinateHistory> histories = new ArrayList<>();
        /** Blocks at equal times, per layer by the number of the time. */
        private final List<Map<Integer, double[]>> equalTimes = new ArrayList<>();

        Kept(Setting setting) {
            this.setting = setting;
            this.outputs = perOutput ? setting.outputs() : 1;
            this.rows = setting.points() * outputs;
            for (int l = 0; l < setting.layers(); l++) {
                histories.add(new CoordinateHistory(setting.backend(), setting.networks(), setting.times(), rows));
                equalTimes.add(new HashMap<>());
            }
        }

        @Override
        public void take(int slot, int first, int count, List<? extends Site> sites) {
            for (int l = 0; l < sites.size(); l++) {
                Coordinates own = coordinates.apply(sites.get(l));
                histories.get(l).put(slot, first * outputs, own);
                Matrix whole = field.apply(sites.get(l));
                if (setting.lossy() && own.rows().columns() != whole.columns()) {
                    equalTimes.get(l).put(slot, setting.backend().kernelBlock(1.0 / whole.columns(), whole, whole));
                }
            }
        }

        @Override
        public List<Map<String, Tensor>> arrays() {
            List<List<Tensor>> layers =
                    histories.stream().map(CoordinateHistory::kernels).toList();
            for (int l = 0; l < layers.size(); l++) {
                Tensor kernel = layers.get(l).get(0);
                equalTimes.get(l).forEach((slot, block) -> put(slot, block, kernel));
            }
            return Recorder.byNetwork(setting, name, (l, b) -> layers.get(l).get(b));
        }

        private void put(int slot, double[] block, Tensor kernel) {
            int side = setting.times() * rows;
            for (int i = 0; i < rows; i++) {
                System.arraycopy(block, i * rows, kernel.data(), (slot * rows + i) * side + slot * rows, rows);
            }
        }

        @Override
        public void close() {
            histories.forEach(CoordinateHistory::close);
        }
    }
}
