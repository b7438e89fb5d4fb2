package org.widthbench.core.io;

import java.io.IOException;

/** An array that cannot be read; the message continues a sentence that begins with the array's name. */
final class NpyFormatException extends IOException {
    private static final long serialVersionUID = 1L;

    NpyFormatException(String message) {
        super(message);
    }
}
