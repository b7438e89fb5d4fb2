package org.widthbench.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.widthbench.sweep.CheckSet;

class CheckSetTest {
    @Test
    void setHasTheProblemsThatNeedNoFiles() {
        assertThat(CheckSet.experiments(null).keySet())
                .containsExactly("tanh", "relu", "linear", "weight-decay", "momentum");
        assertThat(CheckSet.experiments(null).get("momentum").training().momentum())
                .isPositive();
        assertThat(CheckSet.experiments(null).get("weight-decay").training().weightDecay())
                .isPositive();
    }

    @Test
    void problemsOfTheSetCannotBeChanged() {
        Run run = Run.of("check", CheckSet.NAME, "--set", "training.eta=1");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--set").contains("fixed");
    }

    @Test
    void imagesBelongToTheSetAlone() {
        Run run = Run.of("check", "some.yaml", "--images", "cifar10");
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("--images").contains(CheckSet.NAME);
    }

    @Test
    void missingImagesAreRefusedInOneLineBeforeAnyWork(@TempDir Path folder) {
        Run run = Run.of("check", CheckSet.NAME, "--images", folder.resolve("none"), "--out", folder.resolve("out"));
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err().lines()).singleElement().asString().contains("none");
        assertThat(run.out()).isEmpty();
        assertThat(folder.resolve("out")).doesNotExist();
    }
}
