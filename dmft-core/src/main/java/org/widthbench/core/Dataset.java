package org.widthbench.core;

import java.util.Arrays;

/**
 * Inputs and labels. The first P points are trained on, the other {@code Q - P} are test points.
 *
 * @param inputs {@code (D, Q)} columns for an MLP, {@code (Q, height, width, channels)} for a CNN
 * @param targets y, {@code (P, C)} row-major, {@code P <= Q}
 * @param outputs number C of network outputs, 1 unless there are several classes
 */
public record Dataset(Tensor inputs, double[] targets, int outputs) {

    /** @throws InvalidInputException if the shapes do not fit or an entry is not finite */
    public Dataset {
        if (inputs.rank() != 2 && inputs.rank() != 4) {
            throw new InvalidInputException(
                    "data: X has " + inputs.rank() + " axes; expected (D,Q) or (Q,height,width,channels)");
        }
        int points = inputs.rank() == 2 ? inputs.size(1) : inputs.size(0);
        InvalidInputException.require(outputs >= 1, "data.y", outputs + " outputs", "at least one");
        int labels = targets.length / outputs;
        if (labels < 1 || labels > points || targets.length % outputs != 0) {
            throw new InvalidInputException(
                    "data: y has " + labels + " labels for " + points + " points; expected 1.." + points);
        }
        requireFinite("X", inputs.data());
        requireFinite("y", targets);
    }

    /** Data for networks of one output. */
    public Dataset(Tensor inputs, double[] targets) {
        this(inputs, targets, 1);
    }

    /** Number Q of points, training and test. */
    public int points() {
        return inputs.rank() == 2 ? inputs.size(1) : inputs.size(0);
    }

    /** Number P of training points. */
    public int trainingPoints() {
        return targets.length / outputs;
    }

    /** The sizes in words, such as {@code D = 25, 10 training points (5 of class -1, 5 of class 1), 2 test points, 1 output}. */
    public String description() {
        String size = inputs.rank() == 2
                ? "D = " + inputs.size(0)
                : "images of " + inputs.size(1) + " x " + inputs.size(2) + " pixels and " + inputs.size(3)
                        + (inputs.size(3) == 1 ? " channel" : " channels");
        return size + ", " + trainingPoints() + " training points" + classes() + ", " + (points() - trainingPoints())
                + " test points, " + outputs + (outputs == 1 ? " output" : " outputs");
    }

    private String classes() {
        long negative = Arrays.stream(targets).filter(y -> y == -1).count();
        long positive = Arrays.stream(targets).filter(y -> y == 1).count();
        return outputs == 1 && negative + positive == targets.length
                ? " (" + negative + " of class -1, " + positive + " of class 1)"
                : "";
    }

    private static void requireFinite(String name, double[] values) {
        for (int i = 0; i < values.length; i++) {
            if (!Double.isFinite(values[i])) {
                throw new InvalidInputException("data: " + name + " holds " + values[i] + " at flat index " + i
                        + "; every entry must be finite");
            }
        }
    }
}
