package org.widthbench.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import jcuda.JCudaVersion;
import jcuda.LibUtils;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.widthbench.core.io.NativeLibraries;

/**
 * Loads JCuda's native parts. JCuda itself unpacks them under names that anybody knows into {@code java.io.tmpdir}, and loads whatever
 * lies there already; so they are put beforehand, checked, into a folder that nobody else can write to, and that property names it while JCuda loads.
 */
final class JCudaLibraries {
    private static final String TEMPORARY = "java.io.tmpdir";

    private JCudaLibraries() {}

    /** Whether the system finds a library, such as {@code libcuda.so.1}: JCuda is not touched without. */
    static boolean systemHas(String library) {
        NativeLibraries.require("javacpp");
        try {
            // Loads JavaCPP's own library.
            Pointer.maxBytes();
            Loader.loadGlobal(library);
            return true;
        } catch (UnsatisfiedLinkError missing) {
            return false;
        }
    }

    /**
     * Loads the native part of a class, before it is first used.
     *
     * @param type whose static initializer loads it
     * @param part as JCuda names it, such as {@code JCudaDriver}
     * @throws LinkageError if it, or a library of NVIDIA's that it needs, cannot be loaded
     * @throws org.widthbench.core.MachineException if it cannot be unpacked
     */
    static synchronized void load(Class<?> type, String part) {
        String name =
                LibUtils.createLibraryFileName(LibUtils.createPlatformLibraryName(part + "-" + JCudaVersion.get()));
        try (InputStream content = type.getResourceAsStream("/lib/" + name)) {
            if (content == null) {
                throw new UnsatisfiedLinkError("no " + name + " on the class path");
            }
            Path place = NativeLibraries.unpack(name, content);
            String temporary = System.getProperty(TEMPORARY);
            System.setProperty(TEMPORARY, place.toString());
            try {
                Class.forName(type.getName(), true, type.getClassLoader());
            } finally {
                System.setProperty(TEMPORARY, temporary);
            }
        } catch (IOException | ClassNotFoundException e) {
            throw new UnsatisfiedLinkError(name + ": " + e.getMessage());
        }
    }
}
