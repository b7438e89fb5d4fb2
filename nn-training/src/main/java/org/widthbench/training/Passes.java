package org.widthbench.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Program;
import org.widthbench.core.backend.Images;
import org.widthbench.core.problem.PointSchedule;
import org.widthbench.core.problem.Problem;
import org.widthbench.core.weights.Holding;

/** Points pass through a program some at a time, as many as its memory holds. */
final class Passes {
    /** Fields of a pass of images take about this much; more images go through one pass after another. */
    static final double BYTES = 256e6;
    /** Fields of one layer: h, phi, phi', g, z. */
    private static final int FIELDS = 5;

    private final Program program;
    private int[] present = {};

    Passes(Program program) {
        this.program = program;
    }

    /** What one point takes. */
    static double pointBytes(Problem problem, double width, Holding holding, double bytesPerNumber) {
        Tensor inputs = problem.dataset().inputs();
        Images images = problem.network().architecture().images(inputs);
        // Weights that are not drawn act on whole patches, forward and backward.
        int patches = images.taps() > 1 && holding != Holding.DENSE ? 2 * images.taps() : 0;
        double layers = problem.network().layers();
        double colours = problem.network().architecture().channels(inputs);
        return images.pixels() * bytesPerNumber * ((FIELDS + patches) * layers * width + colours);
    }

    /**
     * Points at a time when {@code count} have to pass: all of them if they are vectors, or if their directions would depend on how
     * they are cut.
     */
    static int atATime(Problem problem, int count, double pointBytes, Holding holding, double bytes) {
        boolean together = holding != Holding.DENSE
                || problem.network()
                                .architecture()
                                .images(problem.dataset().inputs())
                                .pixels()
                        == 1;
        int most = together ? count : (int) Math.max(1, bytes / pointBytes);
        int rounds = (count + most - 1) / most;
        return (count + rounds - 1) / rounds;
    }

    /** Whether all points evaluated at a time are held at once. */
    boolean holds(PointSchedule schedule) {
        return program.capacity() >= schedule.rows();
    }

    /** The points in groups of as many as can be held. */
    List<int[]> parts(int... points) {
        List<int[]> parts = new ArrayList<>();
        for (int first = 0; first < points.length; first += program.capacity()) {
            parts.add(Arrays.copyOfRange(points, first, Math.min(points.length, first + program.capacity())));
        }
        return parts;
    }

    /** Outputs of some points with the weights as they are, {@code (networks, points, C)}. */
    double[] forward(int... points) {
        if (!Arrays.equals(points, present)) {
            program.present(points);
            present = points.clone();
        }
        program.forward();
        return program.outputs();
    }
}
