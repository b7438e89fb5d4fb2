package org.widthbench.core.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Site;
import org.widthbench.core.backend.Matrix;
import org.widthbench.core.weights.CoordinateHistory;
import org.widthbench.core.weights.Coordinates;

/** Feature kernels {@code Phi^l_{mu a, alpha b}} of single pixels at the last recorded time, {@code (Q, pixels, Q, pixels)}. */
final class PixelKernels implements Observable {
    @Override
    public String name() {
        return "PhiPixels";
    }

    @Override
    public Measurement measurement(Setting setting) {
        List<CoordinateHistory> histories = new ArrayList<>();
        for (int l = 0; l < setting.layers(); l++) {
            histories.add(
                    new CoordinateHistory(setting.backend(), setting.networks(), setting.points(), setting.pixels()));
        }
        return new Measurement() {
            @Override
            public void take(int slot, int first, int count, List<? extends Site> sites) {
                for (int l = 0; slot == setting.times() - 1 && l < sites.size(); l++) {
                    for (int i = 0; i < count; i++) {
                        Matrix phi = sites.get(l).activations().value();
                        Matrix own = phi.rows(i * setting.pixels(), setting.pixels());
                        histories.get(l).put(first + i, 0, Coordinates.of(own));
                    }
                }
            }

            @Override
            public List<Map<String, Tensor>> arrays() {
                List<List<Tensor>> layers =
                        histories.stream().map(CoordinateHistory::kernels).toList();
                return Recorder.byNetwork(
                        setting, name(), (l, b) -> layers.get(l).get(b));
            }

            @Override
            public void close() {
                histories.forEach(CoordinateHistory::close);
            }
        };
    }
}
