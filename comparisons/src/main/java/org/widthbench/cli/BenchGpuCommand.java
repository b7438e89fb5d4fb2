package org.widthbench.cli;

import org.widthbench.bench.DeviceBenchmark;
import org.widthbench.bench.Roofline;
import org.widthbench.core.backend.Backend;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "gpu",
        header = "Measure a device's ceilings and how close solver and training come to them.",
        description =
                "Measures copy bandwidth and the rate of a large matrix product, then the solver's operations, a whole solve"
                        + " and a training as shares of what these ceilings allow; networks of 64 neurons trained side by"
                        + " side, and small problems solved so, with the calls of the backend that each costs; and the"
                        + " distance of the loss from the float64 CPU's. Without a GPU the CPU is measured.",
        footer = {"  widthbench bench gpu", "  widthbench bench gpu --quick --device cpu"})
final class BenchGpuCommand extends Benchmark {
    @Option(names = "--quick", description = "Small sizes: seconds on a CPU, but they do not fill a large GPU.")
    private boolean quick;

    @Override
    void requireOptions() {
        // Both values of the only one are good.
    }

    @Override
    int measure(Backend backend) {
        DeviceBenchmark.Result result =
                DeviceBenchmark.run(backend, quick ? DeviceBenchmark.Size.QUICK : DeviceBenchmark.Size.FULL);
        Roofline ceilings = result.ceilings();
        print(
                "ceilings: copy %.1f GB/s, product %.1f GFLOP/s%n%n",
                ceilings.bytesPerSecond() / 1e9, ceilings.flopsPerSecond() / 1e9);
        print("%-36s %10s %9s %10s  %5s  %s%n", "work", "ms", "GB/s", "GFLOP/s", "share", "bound");
        for (Roofline.Work work : result.work()) {
            print(
                    "%-36s %10.3f %9.1f %10.1f  %4.0f%%  %s%n",
                    work.name(),
                    work.seconds() * 1e3,
                    work.bytes() / work.seconds() / 1e9,
                    work.flops() / work.seconds() / 1e9,
                    100 * ceilings.share(work),
                    ceilings.limit(work));
        }
        print("%n%-36s %10s %9s%n", "networks of 64 neurons side by side", "ms each", "gain");
        double alone = result.ensembles().get(0).secondsPerNetwork();
        for (DeviceBenchmark.Ensemble ensemble : result.ensembles()) {
            print(
                    "%-36d %10.3f %9.1f%n",
                    ensemble.networks(), ensemble.secondsPerNetwork() * 1e3, alone / ensemble.secondsPerNetwork());
        }
        print("%n%-36s %10s %9s %10s%n", "problems solved side by side", "ms each", "gain", "calls each");
        double single = result.batches().get(0).secondsPerProblem();
        for (DeviceBenchmark.Batch batch : result.batches()) {
            print(
                    "%-36d %10.3f %9.1f %10.0f%n",
                    batch.problems(),
                    batch.secondsPerProblem() * 1e3,
                    single / batch.secondsPerProblem(),
                    batch.callsPerProblem());
        }
        print("%nloss: at most %.1e from the float64 CPU, same noise%n", result.lossError());
        return Main.OK;
    }
}
