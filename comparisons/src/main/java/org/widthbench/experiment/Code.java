package org.widthbench.experiment;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.io.IoFailure;
import org.widthbench.core.io.Sha256;
import org.widthbench.core.problem.Problem;
import org.widthbench.cuda.CudaBackendProvider;
import org.widthbench.training.NetworkTrainer;

/**
 * The program's own code as it runs, whatever version or commit it calls itself: its classes and kernels in the jars or folders
 * that they were loaded from, and the libraries of linear algebra by version. What draws pictures and pages moves no number, so
 * that it is left out.
 */
public final class Code {
    private static final String OURS = "org/widthbench/";
    private static final Set<String> DRAWING = Set.of("figure", "report", "runs", "bench");
    /** One class of every module. */
    private static final Class<?>[] MODULES = {
        Code.class, Problem.class, CudaBackendProvider.class, NetworkTrainer.class
    };

    private Code() {}

    private static final class Once {
        static final String HASH = hash(places());
    }

    /** SHA-256 over names, sizes and checksums of the classes; the same for a folder and the jar made of it. */
    public static String hash() {
        return Once.HASH;
    }

    private static Collection<Path> places() {
        TreeSet<Path> places = new TreeSet<>();
        for (Class<?> module : MODULES) {
            try {
                places.add(Path.of(module.getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI()));
            } catch (URISyntaxException e) {
                throw new IllegalStateException("the class path holds no files", e);
            }
        }
        return places;
    }

    /** Of what lies in jars and folders. */
    static String hash(Collection<Path> places) {
        TreeMap<String, String> entries = new TreeMap<>();
        for (Path place : places) {
            try {
                if (Files.isDirectory(place)) {
                    addFolder(place, entries);
                } else {
                    addJar(place, entries);
                }
            } catch (IOException e) {
                throw new InvalidInputException(
                        "cannot read the program's own " + place + ": " + IoFailure.reason(e), e);
            }
        }
        entries.put("openblas", Provenance.libraryVersion("org.bytedeco", "openblas"));
        entries.put("nd4j", Provenance.libraryVersion("org.nd4j", "nd4j-api"));
        return Sha256.of(entries.toString());
    }

    /** From the jar's list of contents alone: nothing is unpacked. */
    private static void addJar(Path jar, Map<String, String> entries) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : zip.stream().toList()) {
                if (counts(entry.getName())) {
                    entries.put(entry.getName(), entry.getSize() + " " + Long.toHexString(entry.getCrc()));
                }
            }
        }
    }

    private static void addFolder(Path folder, Map<String, String> entries) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String name = folder.relativize(file).toString().replace('\\', '/');
                if (counts(name)) {
                    CRC32 crc = new CRC32();
                    try (InputStream in = new CheckedInputStream(Files.newInputStream(file), crc)) {
                        in.transferTo(OutputStream.nullOutputStream());
                    }
                    entries.put(name, Files.size(file) + " " + Long.toHexString(crc.getValue()));
                }
            }
        }
    }

    private static boolean counts(String name) {
        if (!name.startsWith(OURS) || name.endsWith("/")) {
            return false;
        }
        String rest = name.substring(OURS.length());
        return !DRAWING.contains(rest.substring(0, Math.max(0, rest.indexOf('/'))));
    }
}
