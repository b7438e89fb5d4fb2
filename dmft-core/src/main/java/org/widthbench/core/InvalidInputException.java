package org.widthbench.core;

/** Configuration or data that cannot be used; raised before any work starts. */
public final class InvalidInputException extends WidthbenchException {
    private static final long serialVersionUID = 1L;

    /** @param message one line that names the key or file, the value found and what is allowed */
    public InvalidInputException(String message) {
        super(message);
    }

    /** As {@link #InvalidInputException(String)}, keeping the failure underneath for a debugger. */
    public InvalidInputException(String message, Throwable cause) {
        super(message, cause);
    }

    /**
     * A value outside what its key allows.
     *
     * @param key dotted path in the configuration, such as {@code training.eta}
     * @param value what was found
     * @param allowed what would be accepted, such as {@code "a number > 0"}
     */
    public static InvalidInputException key(String key, Object value, String allowed) {
        return new InvalidInputException(key + ": " + value + " is not allowed; expected " + allowed);
    }

    /** @throws InvalidInputException naming {@code key} unless the number lies in {@code 1..most} */
    public static void requireCount(String key, long value, long most) {
        require(value >= 1, key, value, "a whole number >= 1");
        require(value <= most, key, value, "a whole number in 1.." + most);
    }

    /** @throws InvalidInputException naming {@code key} unless {@code ok} */
    public static void require(boolean ok, String key, Object value, String allowed) {
        if (!ok) {
            throw key(key, value, allowed);
        }
    }
}
