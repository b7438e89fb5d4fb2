package org.widthbench.experiment;

/** The two sides of every comparison and what their files are called. */
public enum ResultKind {
    /** Infinite width. */
    THEORY("theory.npz", "solveSeconds"),
    /** One network of finite width. */
    NETWORK("network.npz", "trainSeconds");

    private final String file;
    private final String secondsKey;

    ResultKind(String file, String secondsKey) {
        this.file = file;
        this.secondsKey = secondsKey;
    }

    /** Name of the archive. */
    public String file() {
        return file;
    }

    /** Key of the time that the numerical work took, in {@code summary.json}. */
    public String secondsKey() {
        return secondsKey;
    }
}
