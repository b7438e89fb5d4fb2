package org.widthbench.core.data;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.widthbench.core.Dataset;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Npz;

/**
 * Arrays {@code X}, of shape {@code (D,Q)} for an MLP or {@code (Q,height,width,channels)} for a CNN unless another layout is
 * named, and {@code y}, of shape {@code (P)}, in a NumPy archive. The points after the first P are test points. Other arrays
 * are not read.
 *
 * @param path the archive
 * @param layout of {@code X}
 */
public record NpzSource(Path path, Layout layout) implements DataSource {
    /** More channels than that are rare in images, fewer pixels than that across too. */
    private static final int MANY_CHANNELS = 4;

    /** The axes of {@code X}. */
    public enum Layout {
        /** Nobody said: {@link #DIMENSION_FIRST} for two axes, {@link #NHWC} for four. */
        UNSTATED(0),
        /** {@code (D,Q)}. */
        DIMENSION_FIRST(2),
        /** {@code (Q,D)}. */
        POINTS_FIRST(2),
        /** {@code (Q,height,width,channels)}. */
        NHWC(4),
        /** {@code (Q,channels,height,width)}. */
        NCHW(4);

        private final int rank;

        Layout(int rank) {
            this.rank = rank;
        }

        /** The word in a configuration. */
        public String word() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** An archive in the layout that its number of axes means. */
    public NpzSource(Path path) {
        this(path, Layout.UNSTATED);
    }

    @Override
    public Dataset load() {
        Tensor inputs;
        Tensor targets;
        try {
            inputs = Npz.readArray(path, "X");
            targets = Npz.readArray(path, "y");
        } catch (InvalidInputException e) {
            throw new InvalidInputException("data.path: " + e.getMessage(), e);
        }
        if (inputs.rank() != 2 && inputs.rank() != 4) {
            throw shape("X", inputs, "(D,Q) for an mlp or (Q,height,width,channels) for a cnn");
        }
        if (Arrays.stream(inputs.shape()).anyMatch(size -> size == 0)) {
            throw shape("X", inputs, "sizes >= 1");
        }
        InvalidInputException.require(
                layout.rank == 0 || layout.rank == inputs.rank(),
                "data.layout",
                layout.word(),
                (inputs.rank() == 2 ? "dimension-first or points-first" : "nhwc or nchw") + ", since X in " + path
                        + " has " + inputs.rank() + " axes");
        inputs = canonical(inputs);
        int points = inputs.size(inputs.rank() == 2 ? 1 : 0);
        boolean several = targets.rank() == 2 && targets.size(1) >= 2;
        if ((targets.rank() != 1 && !several) || targets.size(0) < 1 || targets.size(0) > points) {
            throw shape(
                    "y",
                    targets,
                    "(P), or (P,C) for C > 1 outputs, with P in 1.." + points + ", the number of points in X"
                            + (layout == Layout.UNSTATED && inputs.rank() == 2 && targets.size(0) <= inputs.size(0)
                                    ? " (X is read as (D,Q); is it data.layout: points-first?)"
                                    : ""));
        }
        requireFinite("X", inputs);
        requireFinite("y", targets);
        return new Dataset(inputs, targets.data(), several ? targets.size(1) : 1);
    }

    /** {@code X} with axes (D,Q) or (Q,height,width,channels). */
    private Tensor canonical(Tensor stored) {
        double[] from = stored.data();
        double[] to = new double[from.length];
        if (layout == Layout.POINTS_FIRST) {
            int points = stored.size(0);
            int dimension = stored.size(1);
            for (int i = 0; i < from.length; i++) {
                to[i % dimension * points + i / dimension] = from[i];
            }
            return new Tensor(new int[] {dimension, points}, to);
        }
        if (layout == Layout.NCHW) {
            int channels = stored.size(1);
            int pixels = stored.size(2) * stored.size(3);
            for (int i = 0; i < from.length; i++) {
                int image = i / (channels * pixels);
                int channel = i / pixels % channels;
                to[(image * pixels + i % pixels) * channels + channel] = from[i];
            }
            return new Tensor(new int[] {stored.size(0), stored.size(2), stored.size(3), channels}, to);
        }
        return stored;
    }

    @Override
    public String axes() {
        return switch (layout) {
            case UNSTATED -> "";
            default -> ", layout " + layout.word();
        };
    }

    @Override
    public Optional<String> doubt(Dataset loaded) {
        if (layout != Layout.UNSTATED) {
            return Optional.empty();
        }
        int[] shape = loaded.inputs().shape();
        if (shape.length == 2) {
            boolean labelledRows = loaded.trainingPoints() == shape[0] && shape[0] != shape[1];
            return labelledRows
                    ? Optional.of(doubt(
                            shape,
                            "(D,Q)",
                            "y has as many entries as X has rows",
                            Layout.POINTS_FIRST,
                            Layout.DIMENSION_FIRST))
                    : Optional.empty();
        }
        boolean channelsFirst = shape[3] > MANY_CHANNELS && shape[1] <= MANY_CHANNELS;
        return channelsFirst
                ? Optional.of(doubt(
                        shape,
                        "(Q,height,width,channels)",
                        "it has few rows and many channels",
                        Layout.NCHW,
                        Layout.NHWC))
                : Optional.empty();
    }

    private String doubt(int[] shape, String read, String why, Layout other, Layout same) {
        return "warning: data.path: X of shape " + Arrays.toString(shape) + " is read as " + read + ", but " + why
                + "; write data.layout: " + other.word() + " if so, data.layout: " + same.word() + " if not";
    }

    private InvalidInputException shape(String name, Tensor array, String allowed) {
        return new InvalidInputException("data.path: " + path + ": array '" + name + "' has shape "
                + Arrays.toString(array.shape()) + "; expected " + allowed);
    }

    private void requireFinite(String name, Tensor array) {
        for (double entry : array.data()) {
            if (!Double.isFinite(entry)) {
                throw new InvalidInputException("data.path: " + path + ": array '" + name + "' holds " + entry
                        + "; every entry must be finite");
            }
        }
    }
}
