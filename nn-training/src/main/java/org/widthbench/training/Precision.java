package org.widthbench.training;

import org.nd4j.linalg.api.buffer.DataType;

/** Floating-point format of the weights and fields of a network; losses and read-outs are always summed in float64. */
public enum Precision {
    /** 24-bit significand: half the memory traffic, loss curves within 1e-4 of {@link #FLOAT64}. */
    FLOAT32(DataType.FLOAT),
    /** 53-bit significand, for checks. */
    FLOAT64(DataType.DOUBLE);

    private final DataType type;

    Precision(DataType type) {
        this.type = type;
    }

    DataType type() {
        return type;
    }

    int bytes() {
        return type.width();
    }
}
