package org.widthbench.figure;

import java.awt.Font;
import java.awt.FontFormatException;
import java.awt.font.FontRenderContext;
import java.io.IOException;
import java.io.InputStream;
import org.widthbench.core.InvalidInputException;

/** Liberation Sans (metrics of Arial and Helvetica), carried along so that a figure looks the same on every machine. */
enum Typeface {
    REGULAR("/liberation/LiberationSans-Regular.ttf"),
    BOLD("/liberation/LiberationSans-Bold.ttf");

    /** Layout is measured without hinting and in fractions, so that it does not depend on the output format. */
    static final FontRenderContext METRICS = new FontRenderContext(null, true, true);

    private final String resource;

    // Loaded on first use: an enum that fails to start up would hide the reason.
    @SuppressWarnings("ImmutableEnumChecker")
    private Font font;

    Typeface(String resource) {
        this.resource = resource;
    }

    /** @param size in points */
    Font at(double size) {
        return font().deriveFont((float) size);
    }

    /** Name by which Java and the PDF writer know the font. */
    String fontName() {
        return font().getFontName();
    }

    private synchronized Font font() {
        if (font == null) {
            font = load(resource);
        }
        return font;
    }

    /** The font file. */
    InputStream open() {
        return Typeface.class.getResourceAsStream(resource);
    }

    // Java's font system fails with unchecked exceptions or errors where the machine has no fontconfig.
    private static Font load(String resource) {
        try (InputStream stream = Typeface.class.getResourceAsStream(resource)) {
            return Font.createFont(Font.TRUETYPE_FONT, stream);
        } catch (IOException | FontFormatException | RuntimeException | LinkageError | InternalError e) {
            throw new InvalidInputException(
                    "figures need the system's font library (Debian: apt-get install libfontconfig1 libfreetype6"
                            + " fonts-dejavu-core): " + e.getMessage(),
                    e);
        }
    }
}
