package org.widthbench.training;

/** Who computes convolutions. */
enum ConvolutionEngine {
    /** ND4J's own operations. */
    ONEDNN {
        @Override
        Convolution bind(Convolution.Operands operands, Precision precision) {
            return new OneDnnConvolution(operands, precision);
        }
    },
    /** Matrix products with patches. */
    COLUMNS {
        @Override
        Convolution bind(Convolution.Operands operands, Precision precision) {
            return new ColumnConvolution(operands, precision);
        }
    };

    /** From here on filters of 3 x 3 outgrow a second-level cache. */
    private static final int MANY_CHANNELS = 256;

    private static final int FEW_COLUMNS = 1024;

    abstract Convolution bind(Convolution.Operands operands, Precision precision);

    /**
     * The faster one on a CPU: oneDNN, which has no convolution in float64 and takes 1.1 to 1.4 times as long as products
     * where weights are many and pixels few.
     *
     * @param columns images times pixels that pass at a time
     */
    static ConvolutionEngine of(Precision precision, int channels, int columns) {
        boolean manyWeights = channels >= MANY_CHANNELS && columns < FEW_COLUMNS;
        return precision == Precision.FLOAT32 && !manyWeights ? ONEDNN : COLUMNS;
    }
}
