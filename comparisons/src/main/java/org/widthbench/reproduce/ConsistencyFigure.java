package org.widthbench.reproduce;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.widthbench.consistency.Claim;
import org.widthbench.consistency.ConsistencyReport;
import org.widthbench.consistency.ConsistencyStudy;
import org.widthbench.consistency.StudyResult;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.data.DataSource;
import org.widthbench.core.data.GaussianSource;
import org.widthbench.core.data.NpzSource;
import org.widthbench.experiment.CheckpointFile;
import org.widthbench.experiment.ConsistencySpec;
import org.widthbench.experiment.SweepSpec;
import org.widthbench.report.Report;

/**
 * One claim of Vyas et al. (2023). Teachers learned by MLPs take the place of the paper's CIFAR-5m, and with {@code --data} images
 * learned by CNNs; sizes are for two cores. All claims share the networks that lie in the folder: the second figure finds them
 * there.
 */
final class ConsistencyFigure implements ReproducibleFigure {
    /** Height and width of images. */
    private static final int SIDE = 8;

    private final Claim claim;

    private ConsistencyFigure(Claim claim) {
        this.claim = claim;
    }

    /** A figure per claim. */
    static List<ConsistencyFigure> all() {
        return Arrays.stream(Claim.values()).map(ConsistencyFigure::new).toList();
    }

    @Override
    public String name() {
        return claim.figure();
    }

    @Override
    public String summary() {
        return claim.summary() + " (Vyas et al. 2023)";
    }

    @Override
    public String folder() {
        return "consistency";
    }

    @Override
    public Prepared prepare(FigureOptions options) {
        ConsistencySpec standard = standard(options.data());
        ConsistencySpec sized = options.quick() ? standard.quick() : standard;
        int[] widths = options.widths().orElse(sized.sweep().widths());
        InvalidInputException.require(
                widths.length >= 2, "--widths", Arrays.toString(widths), "at least two widths to compare");
        int seeds = options.seeds().orElse(sized.sweep().seeds());
        ConsistencySpec spec = sized.withSweep(new SweepSpec(widths, seeds));
        return new Prepared(spec.toMap(), Optional.of("consistency"), true, study -> reproduce(spec, study));
    }

    private static ConsistencySpec standard(Optional<DataSource> named) {
        if (named.isEmpty() || named.get() instanceof GaussianSource) {
            return ConsistencySpec.standard();
        }
        InvalidInputException.require(
                !(named.get() instanceof NpzSource),
                "--data",
                "npz",
                "gaussian, textures, cifar10:DIR or mnist:DIR: test points of an archive have no targets");
        return ConsistencySpec.images((points, testPoints) -> FigureImages.of(named, SIDE, points, testPoints));
    }

    private Report reproduce(ConsistencySpec spec, FigureStudy study) {
        Set<Claim> one = EnumSet.of(claim);
        CheckpointFile.Interval kept = CheckpointFile.Interval.standard();
        StudyResult result = new ConsistencyStudy(
                        spec, study.backend(), study.folder(), true, false, kept, study.reporter())
                .run(one);
        Map<String, Object> summary = Map.of("backend", study.backend().description());
        return ConsistencyReport.write(study.folder(), result, one, claim.figure() + "-exponents.csv", summary);
    }
}
