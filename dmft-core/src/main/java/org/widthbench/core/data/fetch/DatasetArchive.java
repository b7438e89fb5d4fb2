package org.widthbench.core.data.fetch;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.Progress;

/**
 * The archives that {@code widthbench data fetch} knows. After a fetch the folder can be given as {@code data.dir}. The
 * archives stay beside what was unpacked from them: a second fetch only checks them, and an archive that was brought to a
 * machine without network by other means is used as it is.
 *
 * <p>The places themselves publish MD5 only. The SHA-256 are those that TensorFlow Datasets and other loaders of the same files
 * pin, which agree with each other.
 */
public enum DatasetArchive {
    /** CIFAR-10, binary version (A. Krizhevsky, 2009). */
    CIFAR10(
            "https://www.cs.toronto.edu/~kriz/",
            List.of(new RemoteFile(
                    "cifar-10-binary.tar.gz",
                    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
                    true))),

    /** MNIST (LeCun, Cortes, Burges, 1998), from the mirror that PyTorch keeps, since the original page is closed. */
    MNIST(
            "https://ossci-datasets.s3.amazonaws.com/mnist/",
            List.of(
                    new RemoteFile(
                            "train-images-idx3-ubyte.gz",
                            "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
                            false),
                    new RemoteFile(
                            "train-labels-idx1-ubyte.gz",
                            "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
                            false),
                    new RemoteFile(
                            "t10k-images-idx3-ubyte.gz",
                            "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
                            false),
                    new RemoteFile(
                            "t10k-labels-idx1-ubyte.gz",
                            "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
                            false)));

    private final URI base;
    // List.of cannot change, which the compiler's check does not see.
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<RemoteFile> files;

    DatasetArchive(String base, List<RemoteFile> files) {
        this.base = URI.create(base);
        this.files = files;
    }

    /**
     * The archive of a name as given on the command line.
     *
     * @throws InvalidInputException if there is none
     */
    public static DatasetArchive named(String name) {
        return Arrays.stream(values())
                .filter(archive -> archive.label().equals(name))
                .findFirst()
                .orElseThrow(() -> InvalidInputException.key(
                        "data fetch",
                        name,
                        Arrays.stream(values()).map(DatasetArchive::label).collect(Collectors.joining(" or "))));
    }

    /** The name on the command line. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Where the files are fetched from unless told otherwise. */
    public URI base() {
        return base;
    }

    /**
     * Fetches, verifies and unpacks into a folder.
     *
     * @param mirror address of the folder, http or https, that holds files of the official place's names and checksums
     * @param progress hears of the bytes received of each file
     * @throws InvalidInputException naming the address or file and the reason if that fails
     */
    public void fetch(Path dir, URI mirror, HttpSettings settings, Progress progress) {
        new Fetch(mirror, settings, progress).into(dir, files);
    }
}
