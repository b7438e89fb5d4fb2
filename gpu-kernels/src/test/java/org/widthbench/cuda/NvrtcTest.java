package org.widthbench.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.widthbench.core.backend.FieldPrecision;

/** NVIDIA's own NVRTC, which compiles without a GPU, where it is on {@code LD_LIBRARY_PATH}. */
class NvrtcTest {
    private static final int HOPPER = 90;

    @BeforeAll
    static void requireNvrtc() {
        boolean there;
        try {
            there = ToolkitLibrary.load("nvrtc").call("nvrtcVersion", new int[1], new int[1]) == 0;
        } catch (LinkageError missing) {
            there = false;
        }
        if (!there) {
            System.out.println("SKIPPED: needs libnvrtc.so.13 or 12, which is not here");
        }
        Assumptions.assumeTrue(there, "needs NVRTC");
    }

    @ParameterizedTest
    @EnumSource
    void kernelsCompileForTheDeviceAndComeFromTheCacheThen(FieldPrecision precision, @TempDir Path folder) {
        KernelCompiler compiler = new KernelCompiler(new KernelCache(folder));
        byte[] image = compiler.image(HOPPER, precision);
        String symbols = new String(image, StandardCharsets.ISO_8859_1);
        assertThat(symbols).startsWith("\u007fELF");
        for (String source : KernelSources.files().values()) {
            for (String kernel : KernelSources.kernels(source)) {
                assertThat(symbols).contains(".text." + kernel);
            }
        }
        assertThat(folder).isNotEmptyDirectory();
        assertThat(compiler.image(HOPPER, precision)).isEqualTo(image);
    }
}
