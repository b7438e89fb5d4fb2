package org.widthbench.consistency;

import java.util.List;

/** The claims of the paper's abstract, in its order; a figure shows each. */
public enum Claim {
    /** Loss curves. */
    LOSS("loss", "loss curves of networks of growing width agree"),
    /** Predictions on test points. */
    PREDICTIONS("predictions", "point-wise predictions agree, the better the wider"),
    /** Kernels. */
    REPRESENTATIONS("representations", "feature, gradient and tangent kernels agree"),
    /** Distributions of preactivations. */
    PREACTIVATIONS("preactivations", "preactivations have the same distribution"),
    /** Sharpness under full-batch descent. */
    EDGE("edge", "the sharpness rises to 2 / eta at every width"),
    /** Large learning rates. */
    RATES("rates", "large learning rates do the same at every width"),
    /** Ensembles against one wide network. */
    ENSEMBLES("ensembles", "ensembles of narrow networks keep the bias of their width"),
    /** Spectrum of the final tangent kernel. */
    SPECTRA("spectra", "the final tangent kernel has the same spectrum");

    private static final String PREFIX = "consistency-";

    private final String word;
    private final String summary;

    Claim(String word, String summary) {
        this.word = word;
        this.summary = summary;
    }

    /** Name of the figure and its files, such as {@code consistency-loss}. */
    public String figure() {
        return PREFIX + word;
    }

    /** One line: what the figure shows. */
    public String summary() {
        return summary;
    }

    /** Whether it is about full-batch descent at several learning rates rather than about the tasks. */
    boolean isAboutRates() {
        return this == EDGE || this == RATES;
    }

    ClaimFigure draw(StudyResult result, List<TaskView> tasks) {
        return switch (this) {
            case LOSS -> PredictionClaims.loss(tasks);
            case PREDICTIONS -> PredictionClaims.predictions(tasks);
            case REPRESENTATIONS -> RepresentationClaims.representations(tasks);
            case PREACTIVATIONS -> RepresentationClaims.preactivations(tasks);
            case EDGE -> new EdgeClaims(result).edge();
            case RATES -> new EdgeClaims(result).rates();
            case ENSEMBLES -> EnsembleClaim.of(tasks);
            case SPECTRA -> SpectrumClaim.of(tasks);
        };
    }
}
