package org.widthbench.core.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.measure.Observable.Measurement;
import org.widthbench.core.measure.Observable.Setting;

/** Measures several observables of a program. */
public final class Recorder implements AutoCloseable {
    private final Setting setting;
    private final List<Measurement> measurements = new ArrayList<>();

    /** Begins to measure. */
    public Recorder(Setting setting, List<Observable> observables) {
        this.setting = setting;
        observables.forEach(observable -> measurements.add(observable.measurement(setting)));
    }

    /**
     * Takes the points presented, after a backward pass of all of them, as part of recorded time number {@code slot}.
     *
     * @param first row of the first of them
     * @param count how many there are
     */
    public void record(int slot, int first, int count, Program program) {
        measurements.forEach(measurement -> measurement.take(slot, first, count, program.sites()));
    }

    /** Ends recorded time number {@code slot}, once all points are in. */
    public void finish(int slot) {
        measurements.forEach(measurement -> measurement.finish(slot));
    }

    /** What was measured, by name, of each network. */
    public List<Map<String, Tensor>> arrays() {
        List<Map<String, Tensor>> arrays = new ArrayList<>();
        for (int b = 0; b < setting.networks(); b++) {
            arrays.add(new LinkedHashMap<>());
        }
        for (Measurement measurement : measurements) {
            List<Map<String, Tensor>> own = measurement.arrays();
            for (int b = 0; b < setting.networks(); b++) {
                arrays.get(b).putAll(own.get(b));
            }
        }
        return arrays;
    }

    /** Arrays of every layer, as {@link Measurement#arrays} returns them. */
    static List<Map<String, Tensor>> byNetwork(
            Setting setting, String name, BiFunction<Integer, Integer, Tensor> ofLayerAndNetwork) {
        List<Map<String, Tensor>> arrays = new ArrayList<>();
        for (int b = 0; b < setting.networks(); b++) {
            Map<String, Tensor> own = new LinkedHashMap<>();
            for (int l = 0; l < setting.layers(); l++) {
                own.put(name + "_" + (l + 1), ofLayerAndNetwork.apply(l, b));
            }
            arrays.add(own);
        }
        return arrays;
    }

    @Override
    public void close() {
        measurements.forEach(Measurement::close);
    }
}
