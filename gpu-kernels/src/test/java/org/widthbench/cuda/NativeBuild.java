package org.widthbench.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.widthbench.core.backend.FieldPrecision;

/** Compiles what the tests run in place of a GPU; kept under target by the hash of everything that goes in. */
final class NativeBuild {
    private static final Path ROOT = Path.of("target", "native").toAbsolutePath();

    private NativeBuild() {}

    /** Skips the test, by name, unless the tool can be run. */
    static void requireTool(String... versionCommand) {
        boolean there;
        try {
            there = run(ROOT, List.of(versionCommand)).exitCode() == 0;
        } catch (UncheckedIOException e) {
            there = false;
        }
        if (!there) {
            System.out.println("SKIPPED: needs " + versionCommand[0] + ", which is not on the PATH");
        }
        Assumptions.assumeTrue(there, "needs " + versionCommand[0]);
    }

    /** What a process printed, standard error included. */
    record Output(int exitCode, String text) {}

    static Output run(Path folder, List<String> command) {
        return run(folder, command, Map.of());
    }

    static Output run(Path folder, List<String> command, Map<String, String> environment) {
        try {
            Files.createDirectories(folder);
            ProcessBuilder builder =
                    new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
            builder.environment().putAll(environment);
            Process process = builder.start();
            process.getOutputStream().close();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Output(process.waitFor(), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The kernels under the shim, as a shared library. */
    static Path emulatedKernels(FieldPrecision precision) {
        return emulatedKernels(KernelSources.files(), precision, List.of("-O2"));
    }

    /** As {@link #emulatedKernels(FieldPrecision)} from other sources, with other compiler options. */
    static Path emulatedKernels(Map<String, String> sources, FieldPrecision precision, List<String> options) {
        Map<String, String> files = new TreeMap<>(sources);
        files.put("shim.h", resource("shim.h"));
        StringBuilder program = new StringBuilder("#include \"shim.h\"\n" + KernelSources.program());
        sources.values().stream()
                .flatMap(source -> KernelSources.kernels(source).stream())
                .forEach(name -> program.append("ENTRY_POINT(").append(name).append(")\n"));
        files.put("program.cpp", program.toString());
        List<String> flags = new ArrayList<>(List.of(
                "-std=c++17", "-ffp-contract=off", "-Wno-unknown-pragmas", "-I.", KernelSources.option(precision)));
        flags.addAll(options);
        return sharedLibrary("libkernels.so", files, "program.cpp", flags);
    }

    /** Compiles and links one C++ file with its neighbours as headers. */
    static synchronized Path sharedLibrary(String name, Map<String, String> files, String source, List<String> flags) {
        List<String> command =
                new ArrayList<>(List.of("g++", "-shared", "-fPIC", "-Wl,-Bsymbolic", source, "-o", name));
        command.addAll(flags);
        Path folder = ROOT.resolve(hash(command + new TreeMap<>(files).toString()));
        Path library = folder.resolve(name);
        // Test classes run in several processes, which build the same.
        Path claim = folder.resolveSibling(folder.getFileName() + ".lock");
        try {
            Files.createDirectories(folder);
            try (FileChannel channel = FileChannel.open(claim, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                FileLock held = channel.lock();
                if (!Files.exists(library)) {
                    write(folder, files);
                    command.set(command.indexOf("-o") + 1, name + ".new");
                    Output output = run(folder, command);
                    if (output.exitCode() != 0) {
                        throw new AssertionError(String.join(" ", command) + "\n" + output.text());
                    }
                    move(folder.resolve(name + ".new"), library);
                }
                held.release();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return library;
    }

    static void write(Path folder, Map<String, String> files) {
        try {
            Files.createDirectories(folder);
            for (Map.Entry<String, String> file : files.entrySet()) {
                Files.writeString(folder.resolve(file.getKey()), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void move(Path from, Path to) {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Text of a file of the test resources. */
    static String resource(String name) {
        try (InputStream in = NativeBuild.class.getResourceAsStream("/emulation/" + name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
