package org.widthbench.core.solver;

import java.util.Arrays;
import org.widthbench.core.Tensor;
import org.widthbench.core.problem.PointSchedule;

/** Selects recorded times out of kernels that are known at all times. */
final class Recorded {
    private Recorded() {}

    /** {@code (R,Q,R,Q)} out of a (TQ x TQ) kernel. */
    static Tensor kernel(double[] full, int times, int points, int... record) {
        int rows = times * points;
        Tensor selected = Tensor.zeros(record.length, points, record.length, points);
        int at = 0;
        for (int t : record) {
            for (int mu = 0; mu < points; mu++) {
                for (int s : record) {
                    System.arraycopy(full, (t * points + mu) * rows + s * points, selected.data(), at, points);
                    at += points;
                }
            }
        }
        return selected;
    }

    /** {@code (R,Q C,R,Q C)} out of a (TC x TC) kernel that is the same for every pair of points. */
    static Tensor pointlessKernel(double[] full, int times, int points, int outputs, int... record) {
        int rows = points * outputs;
        Tensor selected = Tensor.zeros(record.length, rows, record.length, rows);
        for (int at = 0; at < selected.data().length; at++) {
            int row = at / rows / record.length;
            int col = at % (rows * record.length);
            int from = record[row / rows] * outputs + row % outputs;
            int to = record[col / rows] * outputs + col % outputs;
            selected.data()[at] = full[from * times * outputs + to];
        }
        return selected;
    }

    /**
     * {@code (R,Q C,R,Q C)} out of a kernel between all points of the data that does not move; it is zero between different
     * outputs.
     *
     * @param schedule says which points have rows at each recorded time
     */
    static Tensor constantKernel(double[] kernel, PointSchedule schedule, int outputs, int... record) {
        int rows = schedule.rows() * outputs;
        int side = record.length * rows;
        int all = (int) Math.round(Math.sqrt(kernel.length));
        int[] present = Arrays.stream(record)
                .flatMap(t -> Arrays.stream(schedule.points(t)))
                .toArray();
        Tensor selected = Tensor.zeros(record.length, rows, record.length, rows);
        for (int row = 0; row < side; row++) {
            for (int col = row % outputs; col < side; col += outputs) {
                selected.data()[row * side + col] = kernel[present[row / outputs] * all + present[col / outputs]];
            }
        }
        return selected;
    }
}
