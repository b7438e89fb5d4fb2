package org.widthbench.comparison;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.activation.Activation;
import org.widthbench.core.measure.Observable;
import org.widthbench.core.measure.Observables;

/**
 * Two results side by side as far as both have the arrays: kernels at the times that both recorded, curves as far as both go.
 *
 * @param times that both recorded
 * @param kernels by name ({@code Phi_1}, {@code G_1}, {@code ntk})
 * @param densities of the fields {@code h_1..} and {@code z_1..}, Kolmogorov distance at the first and the last recorded time
 * @param others distances of further arrays of both, as their {@link Observable} takes them
 * @param lossDistance largest difference of the two loss curves, null if one lacks it
 * @param predictionDistance root mean square of {@code f - f'}, null if one lacks it
 * @param left what could not be compared, and why
 */
public record SharedArrays(
        int[] times,
        Map<String, KernelDistance> kernels,
        Map<String, double[]> densities,
        Map<String, Double> others,
        Double lossDistance,
        Double predictionDistance,
        List<String> left) {

    private static final String TIMES = "times";

    /** Arrays that are compared in ways of their own, or are no results. */
    private static final Pattern KNOWN = Pattern.compile("times|loss|delta|f|ntk|X|y|(Phi|G|h|z|phi|g)_.*");

    /**
     * Two kernels.
     *
     * @param alignment cosine of the angle, which does not see a common factor
     * @param normRatio {@code |B| / |A|}, null if A is zero
     * @param distance {@code |A - B| / |A|}, null if A is zero and B is not
     */
    public record KernelDistance(double alignment, Double normRatio, Double distance) {
        static KernelDistance of(Tensor a, Tensor b) {
            double normA = Alignment.norm(a.data());
            double normB = Alignment.norm(b.data());
            double[] difference = new double[a.data().length];
            Arrays.setAll(difference, i -> a.data()[i] - b.data()[i]);
            boolean zeros = normA == 0 && normB == 0;
            Double ratio = zeros ? Double.valueOf(1) : normA == 0 ? null : Double.valueOf(normB / normA);
            Double distance =
                    zeros ? Double.valueOf(0) : normA == 0 ? null : Double.valueOf(Alignment.norm(difference) / normA);
            return new KernelDistance(Alignment.of(a, b), ratio, distance);
        }
    }

    /**
     * Compares.
     *
     * @param first arrays by name, as the files reference names them, or raw samples {@code phi_1..}, {@code g_1..}
     * @param second likewise
     * @param activation of both, for those that have samples {@code h_1..} alone; null if nothing tells
     * @throws InvalidInputException if one lacks {@code times}, or they do not go up, or none was recorded in both, or if an array holds
     *     a NaN or an infinity
     */
    public static SharedArrays of(Map<String, Tensor> first, Map<String, Tensor> second, Activation activation) {
        requireTimes("the first", first);
        requireTimes("the second", second);
        double[] timesA = first.get(TIMES).data();
        double[] timesB = second.get(TIMES).data();
        Map<String, Tensor> a = FieldSamples.withKernels(first, timesA.length, activation);
        Map<String, Tensor> b = FieldSamples.withKernels(second, timesB.length, activation);
        requireFinite("the first", a);
        requireFinite("the second", b);
        int[] slotsA = slots(timesA, timesB);
        int[] slotsB = slots(timesB, timesA);
        if (slotsA.length == 0 || slotsA.length != slotsB.length) {
            throw new InvalidInputException("no recorded time in common: times " + brief(timesA) + " and "
                    + brief(timesB) + "; give both runs times in common (training.record)");
        }
        List<String> left = new ArrayList<>();
        Map<String, KernelDistance> kernels = new LinkedHashMap<>();
        for (String name : names(a, b, "Phi_", "G_", "ntk")) {
            Tensor x = a.get(name);
            Tensor y = b.get(name);
            int rank = name.equals("ntk") ? 3 : 4;
            if (x == null || y == null) {
                left.add(onlyIn(x == null, name));
            } else if (x.rank() != rank
                    || y.rank() != rank
                    || x.size(0) != timesA.length
                    || y.size(0) != timesB.length) {
                left.add(name + ": shapes " + shape(x) + " and " + shape(y) + " do not fit the times");
            } else {
                Tensor shared = chosen(x, slotsA);
                Tensor other = chosen(y, slotsB);
                if (Arrays.equals(shared.shape(), other.shape())) {
                    kernels.put(name, KernelDistance.of(shared, other));
                } else {
                    left.add(name + ": shapes " + shape(x) + " and " + shape(y) + " differ");
                }
            }
        }
        Map<String, double[]> densities = densities(a, b, left);
        Double loss = curve("loss", 1, a, b, left);
        Double predictions = curve("f", a.containsKey("f") ? a.get("f").rank() : 2, a, b, left);
        int[] times = Arrays.stream(slotsA).map(slot -> (int) timesA[slot]).toArray();
        Map<String, Double> others = others(a, b, slotsA, slotsB, left);
        return new SharedArrays(times, kernels, densities, others, loss, predictions, left);
    }

    /** Distances of arrays of further observables, at the times in common where they have a row per recorded time. */
    private static Map<String, Double> others(
            Map<String, Tensor> a, Map<String, Tensor> b, int[] slotsA, int[] slotsB, List<String> left) {
        Map<String, Double> others = new LinkedHashMap<>();
        a.forEach((name, x) -> {
            if (b.containsKey(name) && !KNOWN.matcher(name).matches()) {
                Tensor shared = rows(x, a.get(TIMES).data().length, slotsA);
                Tensor other = rows(b.get(name), b.get(TIMES).data().length, slotsB);
                if (Arrays.equals(shared.shape(), other.shape())) {
                    others.put(name, Observables.distance(name, shared, other));
                } else {
                    left.add(name + ": shapes " + shape(x) + " and " + shape(b.get(name)) + " differ");
                }
            }
        });
        return others;
    }

    /** Some rows of an array that has one per recorded time, else all of it. */
    private static Tensor rows(Tensor array, int times, int[] slots) {
        if (array.rank() == 0 || array.size(0) != times) {
            return array;
        }
        int[] shape = array.shape().clone();
        shape[0] = slots.length;
        Tensor rows = Tensor.zeros(shape);
        int length = array.data().length / times;
        for (int i = 0; i < slots.length; i++) {
            System.arraycopy(array.data(), slots[i] * length, rows.data(), i * length, length);
        }
        return rows;
    }

    private static void requireTimes(String which, Map<String, Tensor> arrays) {
        if (!arrays.containsKey(TIMES) || arrays.get(TIMES).rank() != 1) {
            throw new InvalidInputException("no array times (R) in " + which + "; it holds " + arrays.keySet());
        }
        double[] times = arrays.get(TIMES).data();
        for (int i = 1; i < times.length; i++) {
            if (!(times[i] > times[i - 1])) {
                throw new InvalidInputException("times of " + which + " hold " + times[i] + " after " + times[i - 1]
                        + "; expected steps that go up");
            }
        }
    }

    private static void requireFinite(String which, Map<String, Tensor> arrays) {
        arrays.forEach((name, array) -> IntStream.range(0, array.data().length)
                .filter(i -> !Double.isFinite(array.data()[i]))
                .findFirst()
                .ifPresent(i -> {
                    throw new InvalidInputException(name + " of " + which + " holds " + array.data()[i]
                            + " at flat index " + i + "; only finite numbers can be compared");
                }));
    }

    /** Distances of the fields of which both have samples at the same first and last time. */
    private static Map<String, double[]> densities(Map<String, Tensor> a, Map<String, Tensor> b, List<String> left) {
        Map<String, double[]> densities = new LinkedHashMap<>();
        double[] timesA = a.get(TIMES).data();
        double[] timesB = b.get(TIMES).data();
        boolean meet = timesA[0] == timesB[0] && timesA[timesA.length - 1] == timesB[timesB.length - 1];
        for (String name : names(a, b, "h_", "z_")) {
            Tensor x = a.get(name);
            Tensor y = b.get(name);
            if (x == null || y == null) {
                left.add(onlyIn(x == null, name));
            } else if (!meet) {
                left.add(name + ": samples of other times, " + brief(timesA) + " and " + brief(timesB));
            } else if (x.rank() != 3
                    || y.rank() != 3
                    || x.size(1) != y.size(1)
                    || x.data().length == 0
                    || y.data().length == 0) {
                left.add(name + ": shapes " + shape(x) + " and " + shape(y) + " differ");
            } else {
                densities.put(name, new double[] {
                    FieldSamples.densityDistance(x, y, false), FieldSamples.densityDistance(x, y, true)
                });
            }
        }
        return densities;
    }

    private static String onlyIn(boolean second, String name) {
        return name + ": in " + (second ? "the second" : "the first") + " only";
    }

    /** Arrays of these kinds that either has, layer by layer. */
    private static List<String> names(Map<String, Tensor> a, Map<String, Tensor> b, String... kinds) {
        TreeSet<String> all = new TreeSet<>(a.keySet());
        all.addAll(b.keySet());
        List<String> names = new ArrayList<>();
        for (String kind : kinds) {
            Stream.concat(Stream.of(kind), IntStream.rangeClosed(1, all.size()).mapToObj(l -> kind + l))
                    .filter(all::contains)
                    .forEach(names::add);
        }
        return names;
    }

    /** Distance of two curves (T,...) over the steps of the shorter; the largest for rank 1, else the root mean square. */
    private static Double curve(
            String name, int rank, Map<String, Tensor> a, Map<String, Tensor> b, List<String> left) {
        Tensor x = a.get(name);
        Tensor y = b.get(name);
        if (x == null || y == null) {
            if (x != null || y != null) {
                left.add(onlyIn(x == null, name));
            }
            return null;
        }
        if (x.rank() != rank
                || y.rank() != rank
                || !Arrays.equals(x.shape(), 1, rank, y.shape(), 1, rank)
                || x.data().length == 0
                || y.data().length == 0) {
            left.add(name + ": shapes " + shape(x) + " and " + shape(y) + " differ");
            return null;
        }
        if (x.size(0) != y.size(0)) {
            left.add(name + ": of " + x.size(0) + " and " + y.size(0) + " steps, beyond the shorter");
        }
        int count = Math.min(x.data().length, y.data().length);
        double[] differences = IntStream.range(0, count)
                .mapToDouble(i -> Math.abs(x.data()[i] - y.data()[i]))
                .toArray();
        return rank == 1
                ? Arrays.stream(differences).max().orElseThrow()
                : Math.sqrt(Arrays.stream(differences).map(d -> d * d).average().orElseThrow());
    }

    private static int[] slots(double[] times, double[] others) {
        return IntStream.range(0, times.length)
                .filter(slot -> Arrays.stream(others).anyMatch(t -> t == times[slot]))
                .toArray();
    }

    /** The kernel at some of its times: axis 0, and axis 2 of four. */
    private static Tensor chosen(Tensor kernel, int[] slots) {
        if (kernel.size(0) == slots.length) {
            return kernel;
        }
        int[] shape = kernel.shape().clone();
        shape[0] = slots.length;
        boolean pairs = kernel.rank() == 4;
        if (pairs) {
            shape[2] = slots.length;
        }
        Tensor chosen = Tensor.zeros(shape);
        int block = pairs ? kernel.size(3) : kernel.size(1) * kernel.size(2);
        int rows = pairs ? kernel.size(1) : 1;
        int at = 0;
        for (int slot : slots) {
            for (int mu = 0; mu < rows; mu++) {
                for (int other : pairs ? slots : new int[] {0}) {
                    int from = pairs ? ((slot * rows + mu) * kernel.size(2) + other) * block : slot * block;
                    System.arraycopy(kernel.data(), from, chosen.data(), at, block);
                    at += block;
                }
            }
        }
        return chosen;
    }

    private static String shape(Tensor tensor) {
        return Arrays.toString(tensor.shape());
    }

    private static String brief(double[] times) {
        return times.length == 0 ? "none" : (int) times[0] + ".." + (int) times[times.length - 1];
    }
}
