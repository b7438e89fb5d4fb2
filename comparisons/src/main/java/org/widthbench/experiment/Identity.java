package org.widthbench.experiment;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.widthbench.core.Tensor;
import org.widthbench.core.io.Sha256;

/**
 * What a result is, as SHA-256 in hexadecimal; archive and summary both carry it, so that files of two runs that lie side by side
 * are told from those of one.
 *
 * @param problem data, network and training, which theory and networks share
 * @param configuration all settings that determine the numbers
 * @param code the classes that computed them
 * @param arrays names, shapes and numbers of the archive's arrays
 */
public record Identity(String problem, String configuration, String code, String arrays) {
    /** Name of the array in an archive. */
    public static final String ARRAY = "identity";

    private static final int BYTES = 32;

    /** The identity of a result that this program computed just now. */
    public static Identity of(Settings settings, Map<String, Tensor> arrays) {
        return new Identity(Sha256.of(settings.problem()), Sha256.of(settings.text()), Code.hash(), Sha256.of(arrays));
    }

    /** Of everything together. */
    public String whole() {
        return Sha256.of(problem + configuration + code + arrays);
    }

    /** {@code (5,32)} bytes: the four parts and the whole. */
    Tensor toTensor() {
        Tensor tensor = Tensor.zeros(5, BYTES);
        int at = 0;
        for (String hash : List.of(problem, configuration, code, arrays, whole())) {
            for (byte b : HexFormat.of().parseHex(hash)) {
                tensor.data()[at++] = Byte.toUnsignedInt(b);
            }
        }
        return tensor;
    }

    /** Takes the identity out of the arrays of an archive; empty if there is none or it is not whole. */
    static Optional<Identity> takenOutOf(Map<String, Tensor> arrays) {
        Tensor tensor = arrays.remove(ARRAY);
        if (tensor == null || !Arrays.equals(tensor.shape(), new int[] {5, BYTES})) {
            return Optional.empty();
        }
        String[] hashes = new String[5];
        for (int row = 0; row < hashes.length; row++) {
            byte[] bytes = new byte[BYTES];
            for (int i = 0; i < BYTES; i++) {
                bytes[i] = (byte) tensor.get(row, i);
            }
            hashes[row] = HexFormat.of().formatHex(bytes);
        }
        Identity identity = new Identity(hashes[0], hashes[1], hashes[2], hashes[3]);
        return identity.whole().equals(hashes[4]) ? Optional.of(identity) : Optional.empty();
    }

    /** The parts, for {@code summary.json}. */
    Map<String, Object> parts() {
        return Json.map(Json.tree(this));
    }
}
