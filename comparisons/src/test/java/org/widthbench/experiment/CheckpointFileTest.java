package org.widthbench.experiment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.core.backend.Backend;
import org.widthbench.core.backend.Checkpoint;
import org.widthbench.core.backend.CpuBackend;

class CheckpointFileTest {
    @TempDir
    private Path folder;

    private static String identity(Experiment experiment, String code) {
        return Settings.of("solve", experiment.toMap()).with("code", code).text();
    }

    private String said(String there, String here) {
        Path file = folder.resolve("checkpoint.npz");
        new Checkpoint(0, new double[0], Map.of()).write(file, there);
        List<String> said = new ArrayList<>();
        try (Backend backend = new CpuBackend()) {
            new CheckpointFile(file, here, CheckpointFile.Interval.standard(), said::add)
                    .run(backend, true, (checkpointing, checkpoints) -> 0);
        }
        assertThat(file).doesNotExist();
        return String.join("\n", said);
    }

    @Test
    void aCheckpointOfOtherSettingsIsRefusedByWhatDiffers() {
        Experiment all = Experiment.standard();
        Experiment few =
                new Experiment(all.data(), all.network(), all.training().withRecord(0, 3), all.theory(), all.sweep());
        assertThat(said(identity(all, "a"), identity(few, "a")))
                .contains("of another configuration: training.record [0,3], there all; starting anew");
        assertThat(said(identity(all, "a"), identity(all, "b"))).contains("the code has changed; starting anew");
        assertThat(said(identity(all, "a") + "\nfloat32", identity(all, "a") + "\nfloat64"))
                .contains("other code, precision or backend");
    }

    /** Fifty times what one costs, a second at least: two per cent of the time at most. */
    @Test
    void checkpointsComeAsOftenAsCostsNextToNothing() {
        CheckpointFile.Interval.Auto auto = new CheckpointFile.Interval.Auto();
        assertThat(auto.after(Duration.ZERO)).isEqualTo(Duration.ofSeconds(1));
        assertThat(auto.after(Duration.ofMillis(10))).isEqualTo(Duration.ofSeconds(1));
        assertThat(auto.after(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(100));
    }
}
