package org.widthbench.figure;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.Arrays;

/** A matrix as an image in the diverging colour map. */
final class MapImage {
    /** Side of the embedded image in pixels: viewers smooth small images when they enlarge them. */
    private static final int SIDE = 300;

    private MapImage() {}

    /** The map, framed; {@code limit} has the last colour, {@code -limit} the first. */
    static void draw(Graphics2D g, double[][] map, double limit, Rectangle2D place, Style style) {
        drawImage(g, image(map, limit), place);
        g.setColor(style.foreground());
        g.setStroke(new BasicStroke((float) (0.7 * style.axisWidth())));
        g.draw(place);
    }

    private static void drawImage(Graphics2D g, BufferedImage image, Rectangle2D place) {
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR);
        g.drawImage(
                image, (int) place.getX(), (int) place.getY(), (int) place.getWidth(), (int) place.getHeight(), null);
    }

    /** The colours themselves from the largest value down, to zero or, signed, to its negative. */
    static void drawRamp(Graphics2D g, boolean signed, Rectangle2D place, Style style) {
        double[][] ramp = new double[ColorMap.LEVELS][1];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i][0] = 1 - (signed ? 2.0 : 1.0) * i / (ramp.length - 1);
        }
        draw(g, ramp, 1, place, style);
    }

    private static BufferedImage image(double[][] map, double limit) {
        int tall = Math.max(1, (SIDE + map.length - 1) / map.length);
        int wide = Math.max(1, (SIDE + map[0].length - 1) / map[0].length);
        BufferedImage image = new BufferedImage(
                map[0].length * wide,
                map.length * tall,
                BufferedImage.TYPE_BYTE_INDEXED,
                ColorMap.DIVERGING.colorModel());
        byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        for (int i = 0; i < map.length; i++) {
            int first = i * tall * image.getWidth();
            for (int j = 0; j < map[0].length; j++) {
                byte level = (byte) ColorMap.level(0.5 + 0.5 * map[i][j] / limit);
                Arrays.fill(pixels, first + j * wide, first + (j + 1) * wide, level);
            }
            for (int copy = 1; copy < tall; copy++) {
                System.arraycopy(pixels, first, pixels, first + copy * image.getWidth(), image.getWidth());
            }
        }
        return image;
    }
}
