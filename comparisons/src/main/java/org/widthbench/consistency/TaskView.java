package org.widthbench.consistency;

import java.util.List;
import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.widthbench.comparison.Alignment;
import org.widthbench.core.Tensor;
import org.widthbench.figure.Ink;

/** One task's networks by width, and what they are compared with. */
final class TaskView {
    private final StudyResult.TaskResult task;
    private final List<WidthGroup> groups;

    TaskView(StudyResult.TaskResult task) {
        this.task = task;
        this.groups = WidthGroup.of(task);
    }

    static List<TaskView> of(StudyResult result) {
        return result.tasks().stream().map(TaskView::new).toList();
    }

    /** The task without one seed after the other; as many as there are seeds, none if there is one seed. */
    List<TaskView> withoutEachSeed() {
        List<Long> seeds = widest().runs().stream().map(NetworkRun::seed).toList();
        return seeds.size() == 1
                ? List.of()
                : seeds.stream().map(seed -> new TaskView(task.without(seed))).toList();
    }

    String name() {
        return task.name();
    }

    List<WidthGroup> groups() {
        return groups;
    }

    WidthGroup widest() {
        return groups.get(groups.size() - 1);
    }

    /** Null where it is left out, or ends before the last step. */
    Observed theory() {
        return theoryEnd() == times()[last()] ? task.theory() : null;
    }

    /** Last step that the theory reached; -1 without it. */
    int theoryEnd() {
        return task.theory() == null ? -1 : task.theory().times()[task.theory().last()];
    }

    int[] times() {
        return widest().times();
    }

    int last() {
        return widest().last();
    }

    double[] widths() {
        return groups.stream().mapToDouble(WidthGroup::width).toArray();
    }

    Ink ink(int index) {
        return Ink.ordered(index, groups.size());
    }

    String label(int index) {
        return "$N=" + groups.get(index).width() + "$";
    }

    /** A number per width. */
    double[] perWidth(java.util.function.ToDoubleFunction<WidthGroup> value) {
        return groups.stream().mapToDouble(value).toArray();
    }

    /** A number per recorded time. */
    double[] perTime(IntToDoubleFunction value) {
        return IntStream.rangeClosed(0, last()).mapToDouble(value).toArray();
    }

    /** Loss of the theory on the test points at the recorded times that it reached; empty without it. */
    double[] theoryLoss() {
        Observed theory = task.theory();
        return theory == null
                ? new double[0]
                : IntStream.rangeClosed(0, theory.last())
                        .mapToDouble(slot -> Decomposition.meanSquare(theory.predictions(slot), task.targets()))
                        .toArray();
    }

    /** Mean square distance of the seed-averaged predictions from those of the widest, less what the seeds contribute. */
    double meanDistance(WidthGroup group, int slot) {
        if (group.width() == widest().width()) {
            return 0;
        }
        Decomposition narrow = group.decomposition(slot);
        Decomposition wide = widest().decomposition(slot);
        double raw = Decomposition.meanSquare(group.meanPrediction(slot), widest().meanPrediction(slot));
        return raw - narrow.seedVariance() / narrow.members() - wide.seedVariance() / wide.members();
    }

    /** Mean square distance of one network from another of the largest width, mean over pairs of different seeds. */
    double pairDistance(WidthGroup group, int slot) {
        List<double[]> wide = widest().predictions(slot);
        List<double[]> narrow = group.predictions(slot);
        boolean same = group.width() == widest().width();
        double sum = 0;
        int pairs = 0;
        for (int a = 0; a < narrow.size(); a++) {
            for (int b = 0; b < wide.size(); b++) {
                if (!same || a != b) {
                    sum += Decomposition.meanSquare(narrow.get(a), wide.get(b));
                    pairs++;
                }
            }
        }
        return pairs == 0 ? 0 : sum / pairs;
    }

    /** Alignment of every network's kernel with the theory's, or without one with the mean of {@link #others}. */
    double[] alignments(WidthGroup group, WidthGroup.Kernel kernel, int slot) {
        return group.runs().stream()
                .mapMultiToDouble((run, alignments) -> {
                    Tensor reference = reference(run, kernel, slot);
                    if (reference != null) {
                        alignments.accept(Alignment.of(reference, kernel.at(run.observed(), slot)));
                    }
                })
                .toArray();
    }

    private Tensor reference(NetworkRun run, WidthGroup.Kernel kernel, int slot) {
        if (theory() != null) {
            return kernel.at(theory(), slot);
        }
        WidthGroup others = others(run);
        return others == null ? null : others.mean(kernel, slot);
    }

    /**
     * What a network is compared with where there is no theory: the widest of the other seeds, equally many at every width. With one
     * seed, the widest for the others; null for itself.
     */
    WidthGroup others(NetworkRun run) {
        WidthGroup wide = widest();
        List<NetworkRun> others =
                wide.runs().stream().filter(other -> other.seed() != run.seed()).toList();
        if (others.isEmpty()) {
            return run.width() == wide.width() ? null : wide;
        }
        return new WidthGroup(wide.width(), others, wide.targets());
    }

    String referenceName() {
        return theory() != null ? "DMFT" : "the mean of N = " + widest().width();
    }

    List<WidthGroup.Kernel> kernels() {
        return WidthGroup.Kernel.all(widest().depth());
    }

    /** Last recorded step up to which a number stays below its bound from the start on, -1 if it never does. */
    int agreesUntil(IntToDoubleFunction value, IntToDoubleFunction bound) {
        int until = -1;
        for (int slot = 0; slot <= last(); slot++) {
            if (!(value.applyAsDouble(slot) <= bound.applyAsDouble(slot))) {
                return until;
            }
            until = times()[slot];
        }
        return until;
    }

    /** "at N >= 64 ... until step 400" over the narrower widths; {@code until} gives the last step per group. */
    String agreement(java.util.function.ToIntFunction<WidthGroup> until, String what) {
        int end = times()[last()];
        List<WidthGroup> narrower = groups.subList(0, groups.size() - 1);
        int best = -1;
        for (int i = narrower.size() - 1; i >= 0 && until.applyAsInt(narrower.get(i)) >= end; i--) {
            best = i;
        }
        if (best >= 0) {
            return String.format(
                    Locale.ROOT,
                    "%s: at N >= %d %s until the last step, %d",
                    name(),
                    narrower.get(best).width(),
                    what,
                    end);
        }
        WidthGroup next = narrower.get(narrower.size() - 1);
        int step = until.applyAsInt(next);
        return step < 0
                ? String.format(Locale.ROOT, "%s: at no width below N = %d %s", name(), widest().width(), what)
                : String.format(
                        Locale.ROOT, "%s: at N = %d %s until step %d, not later", name(), next.width(), what, step);
    }
}
