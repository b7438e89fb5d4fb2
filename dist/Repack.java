import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * {@code java Repack.java FOLDER JAR...} copies jars into a folder: without what is never read here, in the order of names, and all but
 * native libraries uncompressed, since an archive of everything packs classes better than each jar alone. Of every file that is kept
 * the content and the date are those of the library's own jar.
 */
final class Repack {
    /** Native code that nothing loads, files for compilers, fonts of other families, tables of other alphabets. */
    private static final Pattern UNUSED = Pattern.compile(String.join(
            "|",
            "lib/libJNvPTXCompiler-.*",
            "com/sun/jna/(?!linux-x86-64/)[^/]*/(lib)?jnidispatch\\..*",
            "org/bytedeco/openblas/.*/libjniopenblas_full\\.so",
            "org/bytedeco/.*/(include|lib)/.*",
            "liberation/Liberation(Mono|Serif)-.*\\.ttf",
            "org/apache/fontbox/cmap/(?!Identity)[^/.]+",
            "org/jline/nativ/(?!Linux/(x86_64|arm64)/).*/.*"));

    private static final Pattern NATIVE = Pattern.compile(".*\\.so(\\.[0-9]+)*");
    /** Names of symbol versions lie in a library as text. */
    private static final Pattern GLIBC = Pattern.compile("GLIBC_2\\.([0-9]+)");

    /** The newest 2.x that a native library asks for. */
    private static int newest;

    /** Prints the version of glibc that the native libraries of all jars need. */
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        for (String jar : List.of(args).subList(1, args.length)) {
            copy(Path.of(jar), folder.resolve(Path.of(jar).getFileName()));
        }
        System.out.println("2." + newest);
    }

    private static void glibc(byte[] library) {
        Matcher version = GLIBC.matcher(new String(library, StandardCharsets.ISO_8859_1));
        while (version.find()) {
            newest = Math.max(newest, Integer.parseInt(version.group(1)));
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (ZipFile in = new ZipFile(from.toFile())) {
            List<? extends ZipEntry> entries = in.stream()
                    .filter(entry -> !UNUSED.matcher(entry.getName()).matches())
                    .sorted(Comparator.comparing((ZipEntry entry) -> !entry.getName().equals("META-INF/MANIFEST.MF"))
                            .thenComparing(ZipEntry::getName))
                    .toList();
            boolean natives = false;
            for (ZipEntry entry : entries) {
                if (isNative(entry)) {
                    natives = true;
                    glibc(in.getInputStream(entry).readAllBytes());
                }
            }
            if (natives && entries.size() == in.size()) {
                // Nothing to gain, and half a minute for ND4J's 365 MB.
                Files.copy(from, to);
            } else {
                write(in, entries, to);
            }
        }
    }

    private static boolean isNative(ZipEntry entry) {
        return NATIVE.matcher(entry.getName()).matches();
    }

    private static void write(ZipFile in, List<? extends ZipEntry> entries, Path to) throws IOException {
        try (OutputStream file = Files.newOutputStream(to);
                ZipOutputStream out = new ZipOutputStream(file)) {
            out.setLevel(Deflater.BEST_COMPRESSION);
            for (ZipEntry entry : entries) {
                byte[] content = in.getInputStream(entry).readAllBytes();
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTimeLocal(entry.getTimeLocal());
                if (isNative(entry)) {
                    copy.setMethod(ZipEntry.DEFLATED);
                } else {
                    copy.setMethod(ZipEntry.STORED);
                    copy.setSize(content.length);
                    copy.setCrc(entry.getCrc());
                }
                out.putNextEntry(copy);
                out.write(content);
                out.closeEntry();
            }
        }
    }
}
