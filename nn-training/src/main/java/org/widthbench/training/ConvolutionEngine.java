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

    abstract Convolution bind(Convolution.Operands operands, Precision precision);

    /** oneDNN has no convolution in float64. */
    static ConvolutionEngine of(Precision precision) {
        return precision == Precision.FLOAT32 ? ONEDNN : COLUMNS;
    }
}
