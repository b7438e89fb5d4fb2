package org.widthbench.cli;

import java.io.File;
import java.io.IOException;
import java.util.zip.ZipFile;

/** What the launcher runs once after a build: opens every jar of the class path, of which Java skips damaged ones in silence. */
final class Installation {
    private Installation() {}

    /** Prints the first jar that cannot be read, and ends with 3; else loads what every command loads. */
    public static void main(String[] args) {
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            try (ZipFile jar = new ZipFile(entry)) {
                if (jar.size() == 0) {
                    throw new IOException("it is empty");
                }
            } catch (IOException e) {
                System.err.println(entry + " is missing or damaged ("
                        + Failure.of(e).message() + "); delete it and start again, which downloads or builds it anew");
                System.exit(Main.MACHINE);
            }
        }
        // The whole way that every command goes, so that the archive holds it.
        Main.main(new String[] {"--help"});
    }
}
