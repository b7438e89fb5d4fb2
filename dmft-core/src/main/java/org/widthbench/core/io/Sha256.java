package org.widthbench.core.io;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.widthbench.core.Tensor;

/** SHA-256 in hexadecimal. */
public final class Sha256 {
    private static final int BUFFER_BYTES = 1 << 16;

    private Sha256() {}

    /** Of a text in UTF-8. */
    public static String of(String text) {
        return HexFormat.of().formatHex(digest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Of the bits of the numbers. */
    public static String of(double[] numbers) {
        MessageDigest digest = digest();
        update(digest, numbers);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of the names, shapes and bits of arrays, in whatever order they come. */
    public static String of(Map<String, Tensor> arrays) {
        MessageDigest digest = digest();
        new TreeMap<>(arrays).forEach((name, array) -> {
            // The name's length comes first, so that no other name and shape make the same bytes.
            String head = name.length() + " " + name + " " + Arrays.toString(array.shape()) + "\n";
            digest.update(head.getBytes(StandardCharsets.UTF_8));
            update(digest, array.data());
        });
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Of a file's bytes. */
    public static String of(Path file) throws IOException {
        MessageDigest digest = digest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void update(MessageDigest digest, double[] numbers) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        int most = BUFFER_BYTES / Double.BYTES;
        for (int at = 0; at < numbers.length; at += most) {
            int count = Math.min(most, numbers.length - at);
            buffer.clear().asDoubleBuffer().put(numbers, at, count);
            digest.update(buffer.limit(Double.BYTES * count));
        }
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
