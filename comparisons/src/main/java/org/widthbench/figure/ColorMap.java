package org.widthbench.figure;

import java.awt.Color;
import java.awt.image.IndexColorModel;

/**
 * Colour maps computed in Oklab (B. Ottosson, 2020), a space in which equal distances look equally different.
 *
 * <p>{@link #DIVERGING} runs blue, white, red with equal lightness on both sides of the middle; {@link #SEQUENTIAL} runs
 * violet, green, yellow with lightness rising in equal steps. Both stay ordered for colour-blind readers.
 */
public enum ColorMap {
    /** For signed values: white at zero. */
    DIVERGING {
        @Override
        double[] oklch(double position) {
            double s = Math.abs(2 * position - 1);
            double lightness = 0.985 - 0.60 * Math.pow(s, 1.15);
            double chroma = 0.19 * Math.pow(Math.sin(Math.PI * Math.min(s, 1) * 0.62), 0.9);
            return new double[] {lightness, s == 0 ? 0 : chroma, Math.toRadians(position < 0.5 ? 253 : 27)};
        }
    },
    /** For values with a beginning and an end. */
    SEQUENTIAL {
        @Override
        double[] oklch(double position) {
            return new double[] {0.30 + 0.60 * position, 0.135, Math.toRadians(300 - 190 * position)};
        }
    };

    /** Colours in the table: as many as an 8-bit image indexes; odd, so that zero has its own entry. */
    static final int LEVELS = 255;

    /** Lightness, chroma and hue in radians at a position in [0, 1]. */
    abstract double[] oklch(double position);

    /** @param position 0 to 1; what lies outside takes the end's colour */
    public Color at(double position) {
        return inGamut(oklch(level(position) / (LEVELS - 1.0)));
    }

    /** Index of a position in {@link #colorModel()}. */
    static int level(double position) {
        return (int) Math.round(Math.min(1, Math.max(0, position)) * (LEVELS - 1));
    }

    /** The table for 8-bit images. */
    IndexColorModel colorModel() {
        byte[][] channels = new byte[3][LEVELS];
        for (int i = 0; i < LEVELS; i++) {
            Color color = at(i / (LEVELS - 1.0));
            channels[0][i] = (byte) color.getRed();
            channels[1][i] = (byte) color.getGreen();
            channels[2][i] = (byte) color.getBlue();
        }
        return new IndexColorModel(8, LEVELS, channels[0], channels[1], channels[2]);
    }

    // Lowers chroma, never lightness or hue, until sRGB can show the colour.
    private static Color inGamut(double[] lch) {
        double shown = 0;
        double refused = 2 * lch[1];
        for (double chroma = lch[1]; refused - shown > 1e-5; chroma = (shown + refused) / 2) {
            double[] rgb = linearRgb(lch[0], chroma * Math.cos(lch[2]), chroma * Math.sin(lch[2]));
            double least = Math.min(rgb[0], Math.min(rgb[1], rgb[2]));
            double most = Math.max(rgb[0], Math.max(rgb[1], rgb[2]));
            if (least < 0 || most > 1) {
                refused = chroma;
            } else {
                shown = chroma;
                if (chroma == lch[1]) {
                    break;
                }
            }
        }
        double[] rgb = linearRgb(lch[0], shown * Math.cos(lch[2]), shown * Math.sin(lch[2]));
        return new Color(gamma(rgb[0]), gamma(rgb[1]), gamma(rgb[2]));
    }

    private static double[] linearRgb(double lightness, double a, double b) {
        double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
        double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
        double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
        return new double[] {
            4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
            -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
            -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
        };
    }

    private static double cube(double x) {
        return x * x * x;
    }

    private static int gamma(double linear) {
        double x = Math.min(1, Math.max(0, linear));
        double srgb = x <= 0.0031308 ? 12.92 * x : 1.055 * Math.pow(x, 1 / 2.4) - 0.055;
        return (int) Math.round(255 * srgb);
    }
}
