package org.widthbench.figure;

import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferInt;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * PNG with its print size. Written by hand because ImageIO tries five filters a row, which is slow and gains nothing on
 * line art.
 */
final class PngFile {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final double INCHES_PER_METRE = 1 / 0.0254;
    /** Fast: line art is mostly repeated background. */
    private static final int COMPRESSION = 3;
    /** Filter 2, difference from the row above: most rows of a figure repeat the one before. */
    private static final int FILTER_UP = 2;

    private PngFile() {}

    static BufferedImage draw(Figure figure, double dpi) {
        double scale = dpi / PageWidth.POINTS_PER_INCH;
        BufferedImage image = new BufferedImage(
                (int) Math.round(figure.width() * scale),
                (int) Math.round(figure.height() * scale),
                BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        try {
            // The page may end within the last pixels.
            g.setColor(figure.background());
            g.fillRect(0, 0, image.getWidth(), image.getHeight());
            g.scale(scale, scale);
            figure.draw(g);
        } finally {
            g.dispose();
        }
        return image;
    }

    static byte[] encode(BufferedImage image, int dpi) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream file = new DataOutputStream(bytes);
        file.write(SIGNATURE);
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        DataOutputStream fields = new DataOutputStream(header);
        fields.writeInt(image.getWidth());
        fields.writeInt(image.getHeight());
        // 8 bits a channel, colour type 2 (RGB), the only compression, the only filter method, not interlaced.
        fields.write(new byte[] {8, 2, 0, 0, 0});
        chunk(file, "IHDR", header.toByteArray());
        header.reset();
        int perMetre = (int) Math.round(dpi * INCHES_PER_METRE);
        fields.writeInt(perMetre);
        fields.writeInt(perMetre);
        fields.write(1);
        chunk(file, "pHYs", header.toByteArray());
        chunk(file, "IDAT", compressed(image));
        chunk(file, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static byte[] compressed(BufferedImage image) throws IOException {
        int[] pixels = ((DataBufferInt) image.getRaster().getDataBuffer()).getData();
        int width = image.getWidth();
        byte[] row = new byte[3 * width + 1];
        Deflater deflater = new Deflater(COMPRESSION);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DeflaterOutputStream stream = new DeflaterOutputStream(bytes, deflater, 1 << 16)) {
            row[0] = FILTER_UP;
            for (int y = 0; y < image.getHeight(); y++) {
                for (int x = 0; x < width; x++) {
                    int here = pixels[y * width + x];
                    int above = y == 0 ? 0 : pixels[(y - 1) * width + x];
                    row[3 * x + 1] = (byte) ((here >> 16) - (above >> 16));
                    row[3 * x + 2] = (byte) ((here >> 8) - (above >> 8));
                    row[3 * x + 3] = (byte) (here - above);
                }
                stream.write(row);
            }
        } finally {
            deflater.end();
        }
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream file, String type, byte[] data) throws IOException {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 checksum = new CRC32();
        checksum.update(name);
        checksum.update(data);
        file.writeInt(data.length);
        file.write(name);
        file.write(data);
        file.writeInt((int) checksum.getValue());
    }
}
