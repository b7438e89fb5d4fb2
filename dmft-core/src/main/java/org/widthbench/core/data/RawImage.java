package org.widthbench.core.data;

/**
 * A square image as it lies in a file.
 *
 * @param side height and width
 * @param channels 1 or 3 (red, green, blue)
 * @param bytes one plane per channel, rows within
 */
record RawImage(int side, int channels, byte[] bytes) {
    /** Brightness 0..255. */
    int at(int channel, int row, int column) {
        return bytes[(channel * side + row) * side + column] & 0xFF;
    }
}
