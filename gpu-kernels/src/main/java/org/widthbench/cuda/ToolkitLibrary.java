package org.widthbench.cuda;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.widthbench.core.MachineException;
import org.widthbench.core.io.NativeLibraries;

/**
 * A library of the CUDA toolkit, of version 13 or 12, whichever is there and the driver serves: looked for by name as the system does
 * ({@code LD_LIBRARY_PATH}, {@code ldconfig}), where toolkits are installed, and in the files of {@code -Pcuda-redist}. Called through
 * JNA: the functions that are used here are the same in both versions.
 */
final class ToolkitLibrary {
    /** Major versions, the newest first. */
    private static final List<Integer> VERSIONS = List.of(13, 12);

    private static final String DISPATCH = "libjnidispatch.so";
    private static boolean prepared;

    private final NativeLibrary library;
    private final String place;

    private ToolkitLibrary(NativeLibrary library, String place) {
        this.library = library;
        this.place = place;
    }

    /**
     * Finds a library.
     *
     * @param name such as {@code nvrtc}
     * @throws UnsatisfiedLinkError with what was looked for and where, if there is none
     * @throws MachineException if the library that calls others cannot be unpacked
     */
    static ToolkitLibrary load(String name) {
        prepare();
        StringBuilder broken = new StringBuilder();
        for (String file : names(name)) {
            for (String candidate : candidates(file)) {
                try {
                    return new ToolkitLibrary(
                            NativeLibrary.getInstance(candidate, Map.of(Library.OPTION_STRING_ENCODING, "UTF-8")),
                            candidate);
                } catch (UnsatisfiedLinkError missing) {
                    if (candidate.startsWith("/")) {
                        broken.append("; ").append(candidate).append(" cannot be loaded");
                    }
                }
            }
        }
        throw new UnsatisfiedLinkError("looked for " + String.join(" and ", names(name))
                + " on LD_LIBRARY_PATH, in the system's folders and in " + String.join(", ", folders()) + broken);
    }

    /** What was found, or what was looked for and where. */
    static String report(String name) {
        try {
            return load(name).place;
        } catch (UnsatisfiedLinkError | MachineException none) {
            return "none, " + none.getMessage();
        }
    }

    /** A status; arrays are filled. */
    int call(String function, Object... arguments) {
        return library.getFunction(function).invokeInt(arguments);
    }

    /** The text that a function makes of a status. */
    String text(String function, int status) {
        return library.getFunction(function).invokeString(new Object[] {status}, false);
    }

    /** The file names, newest version first. What is newer than the driver makes code that it may refuse. */
    private static List<String> names(String name) {
        String driver = CudaDriver.get().version();
        int newest = driver.isEmpty() ? VERSIONS.get(0) : Integer.parseInt(driver.substring(0, driver.indexOf('.')));
        return VERSIONS.stream()
                .filter(version -> version <= newest)
                .map(version -> "lib" + name + ".so." + version)
                .toList();
    }

    private static List<String> candidates(String file) {
        List<String> candidates = new ArrayList<>(List.of(file));
        for (String folder : folders()) {
            Path path = Path.of(folder, file);
            if (Files.exists(path)) {
                candidates.add(path.toString());
            }
        }
        redistributed(file, candidates);
        return candidates;
    }

    /** Where NVIDIA's installers and packages put them. */
    private static List<String> folders() {
        return Stream.concat(
                        Stream.of("CUDA_HOME", "CUDA_PATH", "CONDA_PREFIX")
                                .map(System::getenv)
                                .filter(home -> home != null && home.startsWith("/"))
                                .flatMap(home -> Stream.of(home + "/lib64", home + "/lib")),
                        Stream.of("/usr/local/cuda/lib64", "/usr/local/cuda-13/lib64", "/usr/local/cuda-12/lib64"))
                .distinct()
                .toList();
    }

    /** JavaCPP unpacks a whole folder: libraries load others that lie beside them. */
    private static void redistributed(String file, List<String> candidates) {
        String folder = "/org/bytedeco/cuda/" + org.bytedeco.javacpp.Loader.getPlatform();
        if (ToolkitLibrary.class.getResource(folder + "/" + file) == null) {
            return;
        }
        try {
            NativeLibraries.require("cuda");
            Path unpacked = org.bytedeco.javacpp.Loader.cacheResource(folder).toPath();
            candidates.add(unpacked.resolve(file).toString());
        } catch (IOException e) {
            throw new MachineException("the libraries of CUDA cannot be unpacked: " + e.getMessage(), e);
        }
    }

    /** JNA by itself would unpack into the temporary folder, where others may write. */
    private static synchronized void prepare() {
        if (prepared) {
            return;
        }
        String resource = "/com/sun/jna/" + com.sun.jna.Platform.RESOURCE_PREFIX + "/" + DISPATCH;
        try (InputStream content = com.sun.jna.Platform.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new UnsatisfiedLinkError("no " + resource + " on the class path");
            }
            System.setProperty(
                    "jna.boot.library.path",
                    NativeLibraries.unpack(DISPATCH, content).toString());
            System.setProperty("jna.nounpack", "true");
            System.setProperty("jna.noclasspath", "true");
            prepared = true;
        } catch (IOException e) {
            throw new MachineException("the library that calls others cannot be read: " + e.getMessage(), e);
        }
    }
}
