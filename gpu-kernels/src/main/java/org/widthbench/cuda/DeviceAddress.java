package org.widthbench.cuda;

import jcuda.driver.CUdeviceptr;

/** A JCuda device pointer whose value is known. */
final class DeviceAddress extends CUdeviceptr {
    /** A null pointer, for a call that sets it. */
    DeviceAddress() {}

    /** A pointer to a known address. */
    DeviceAddress(long address) {
        super(new CUdeviceptr(), address);
    }

    /** The address as a number. */
    long value() {
        return getNativePointer() + getByteOffset();
    }
}
