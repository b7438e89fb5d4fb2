package org.widthbench.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.widthbench.core.OrderParameters;
import org.widthbench.core.Problem;
import org.widthbench.core.Solver;
import org.widthbench.core.backend.Backend;
import org.widthbench.experiment.Experiment;
import org.widthbench.experiment.OutputFolder;
import org.widthbench.experiment.Provenance;
import org.widthbench.experiment.ResultFiles;
import org.widthbench.experiment.ResultKind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "solve",
        mixinStandardHelpOptions = true,
        header = "Solve the infinite-width theory of a configuration.",
        description = {
            "",
            "Writes DIR/theory.npz, a NumPy archive with the arrays times, loss, delta, f, Phi_1.., G_1.., ntk, h_1..,"
                    + " z_1.., and DIR/summary.json with the final loss, the time and where the numbers came from.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  widthbench solve examples/tanh.yaml --out theory",
            "  widthbench solve examples/tanh.yaml --out lazy --set training.gamma0=0.2",
            "  widthbench solve examples/tanh.yaml --out ntk --set theory.solver=static-ntk",
            "  python3 -c \"import numpy; print(numpy.load('theory/theory.npz')['loss'])\""
        })
final class SolveCommand extends Subcommand {
    @Mixin
    private ExperimentOptions experimentOptions;

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "Folder for the results.")
    private Path folder;

    @Mixin
    private DeviceOption device;

    @Override
    public Integer call() {
        return experimentOptions.naming(this::run);
    }

    private int run() {
        Experiment experiment = experimentOptions.read();
        OutputFolder.requireUsable(folder);
        Provenance provenance = Provenance.begin(commandLine(), experiment.toMap());
        Problem problem = experiment.problem();
        Solver solver = experiment.theory().solver();
        try (Backend backend = device.open()) {
            long started = System.nanoTime();
            OrderParameters theory = reporter()
                    .stage(
                            "theory (" + experiment.theory().method().word() + ")",
                            progress -> solver.solve(problem, backend, progress));
            double seconds = (System.nanoTime() - started) / 1e9;
            Map<String, Object> details = new LinkedHashMap<>();
            details.put("backend", backend.description());
            details.put("solver", experiment.theory().method().word());
            details.put("seed", experiment.theory().seed());
            ResultFiles.write(folder, ResultKind.THEORY, theory, seconds, details, provenance);
            out().printf(
                            Locale.ROOT,
                            "%s: final loss %.6g, solved in %.2f s%n",
                            folder.resolve(ResultKind.THEORY.file()),
                            theory.finalLoss(),
                            seconds);
        }
        return Main.OK;
    }
}
