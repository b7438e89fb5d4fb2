package org.widthbench.core.solver;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.ZipFile;
import org.widthbench.core.SharedFiles;
import org.widthbench.core.Tensor;

/** Reads floating-point reference arrays of {@code ../shared/golden}, independently of the product's own reader. */
final class Golden {
    private Golden() {}

    static Tensor array(String file, String name) throws IOException {
        try (ZipFile zip = new ZipFile(SharedFiles.require("golden/" + file).toFile())) {
            ByteBuffer bytes = ByteBuffer.wrap(
                            zip.getInputStream(zip.getEntry(name + ".npy")).readAllBytes())
                    .order(ByteOrder.LITTLE_ENDIAN);
            int headerLength = bytes.getShort(8);
            String header = new String(bytes.array(), 10, headerLength, StandardCharsets.ISO_8859_1);
            String shape = header.substring(header.indexOf('(') + 1, header.indexOf(')'));
            int[] sizes = Arrays.stream(shape.split(","))
                    .map(String::strip)
                    .filter(size -> !size.isEmpty())
                    .mapToInt(Integer::parseInt)
                    .toArray();
            bytes.position(10 + headerLength);
            double[] values = new double[Tensor.zeros(sizes).data().length];
            for (int i = 0; i < values.length; i++) {
                values[i] = header.contains("<f4") ? bytes.getFloat() : bytes.getDouble();
            }
            return new Tensor(sizes, values);
        }
    }
}
