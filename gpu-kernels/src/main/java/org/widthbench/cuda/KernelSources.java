package org.widthbench.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.widthbench.core.backend.FieldPrecision;

/** The {@code .cu} files of this module: one program, compiled once per format of the fields. */
final class KernelSources {
    private static final String PROGRAM = "widthbench.cu";
    private static final String COMMON = "common.cuh";
    private static final Pattern INCLUDE = Pattern.compile("#include \"([^\"]+)\"");
    private static final Pattern KERNEL =
            Pattern.compile("__global__ void (?:__launch_bounds__\\([^)]*\\)\\s+)?(\\w+)\\(");

    private KernelSources() {}

    /** Source of the whole program; it includes the {@link #files}. */
    static String program() {
        return read(PROGRAM);
    }

    /** The files that the program includes, by name. */
    static Map<String, String> files() {
        Map<String, String> files = new LinkedHashMap<>();
        files.put(COMMON, read(COMMON));
        Matcher include = INCLUDE.matcher(program());
        while (include.find()) {
            files.put(include.group(1), read(include.group(1)));
        }
        return files;
    }

    /** The compiler option that chooses the format of the fields. */
    static String option(FieldPrecision precision) {
        return "-DREAL=" + (precision == FieldPrecision.FLOAT32 ? "float" : "double");
    }

    /** Names of the kernels in one file. */
    static List<String> kernels(String source) {
        List<String> names = new ArrayList<>();
        Matcher kernel = KERNEL.matcher(source);
        while (kernel.find()) {
            names.add(kernel.group(1));
        }
        return names;
    }

    private static String read(String name) {
        try (InputStream in = KernelSources.class.getResourceAsStream("kernels/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks kernels/" + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
