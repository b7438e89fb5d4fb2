package org.widthbench.core.data.fetch;

/** An attempt to download that failed in a way that may pass. */
final class TransferException extends Exception {
    private static final long serialVersionUID = 1L;

    TransferException(String message) {
        super(message);
    }
}
