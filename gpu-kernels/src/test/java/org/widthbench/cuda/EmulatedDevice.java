package org.widthbench.cuda;

import com.sun.jna.Function;
import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.widthbench.core.backend.FieldPrecision;

/** A device whose kernels are the {@code .cu} files compiled by g++ under the shim and called through JNA. */
final class EmulatedDevice implements Device {
    /** In which order the threads of a block run between barriers. */
    enum Order {
        FORWARD(0),
        REVERSED(1),
        SHUFFLED(2);

        /** What the shim calls it. */
        final int code;

        Order(int code) {
            this.code = code;
        }
    }

    /** RTLD_LAZY without RTLD_GLOBAL: the libraries of the two formats define the same names. */
    private static final int LOCAL_SYMBOLS = 1;

    private static final byte GARBAGE = (byte) 0xFF;

    private final NativeLibrary library;
    private final FieldPrecision precision;
    private final Map<Long, Memory> allocations = new HashMap<>();
    private final Set<String> launched = new TreeSet<>();
    private long calls;

    EmulatedDevice(FieldPrecision precision, Order order) {
        this(NativeBuild.emulatedKernels(precision), precision, order);
    }

    EmulatedDevice(Path kernels, FieldPrecision precision, Order order) {
        this.library = NativeLibrary.getInstance(kernels.toString(), Map.of(Library.OPTION_OPEN_FLAGS, LOCAL_SYMBOLS));
        this.precision = precision;
        library.getFunction("shimSetOrder").invokeVoid(new Object[] {order.code});
    }

    /** Names of the kernels that have run. */
    Set<String> launched() {
        return launched;
    }

    /** Launches, copies and fills so far: what a driver would have been called for. */
    long calls() {
        return calls;
    }

    /** Number of allocations not given back. */
    int allocated() {
        return allocations.size();
    }

    @Override
    public String description() {
        return "emulated " + precision;
    }

    @Override
    public FieldPrecision precision() {
        return precision;
    }

    @Override
    public long allocate(long bytes, String what) {
        Memory memory = new Memory(bytes);
        memory.setMemory(0, bytes, GARBAGE);
        long address = Pointer.nativeValue(memory);
        allocations.put(address, memory);
        return address;
    }

    @Override
    public void free(long address) {
        allocations.remove(address).close();
    }

    @Override
    public void zero(long address, long bytes) {
        calls++;
        new Pointer(address).setMemory(0, bytes, (byte) 0);
    }

    @Override
    public ByteBuffer staging(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void write(ByteBuffer staged, long address) {
        calls++;
        new Pointer(address).getByteBuffer(0, staged.limit()).put(staged.rewind());
    }

    @Override
    public void read(long address, ByteBuffer staged) {
        calls++;
        staged.clear()
                .put(new Pointer(address).getByteBuffer(0, staged.limit()))
                .rewind();
    }

    @Override
    public void launch(Launch launch, Arguments arguments) {
        launched.add(launch.kernel());
        calls++;
        Pointer slots = Native.getDirectBufferPointer(arguments.slots());
        try (Memory parameters = new Memory((long) Arguments.PARAMETERS * Native.POINTER_SIZE)) {
            for (int i = 0; i < Arguments.PARAMETERS; i++) {
                parameters.setPointer((long) i * Native.POINTER_SIZE, slots.share((long) i * Long.BYTES));
            }
            Function kernel = library.getFunction("cpu_" + launch.kernel());
            int line = kernel.invokeInt(new Object[] {
                launch.gridX(), launch.gridY(), launch.gridZ(), launch.blockX(), launch.blockY(), 1, 0, parameters
            });
            if (line != 0) {
                throw new AssertionError(launch + ": not all threads reached the barrier in line " + line);
            }
        }
    }

    @Override
    public boolean hasProducts() {
        return false;
    }

    @Override
    public boolean product(
            double alpha,
            CudaMatrix a,
            boolean transposeA,
            CudaMatrix b,
            boolean transposeB,
            double beta,
            CudaMatrix c,
            int inner) {
        return false;
    }

    @Override
    public void close() {
        allocations.values().forEach(Memory::close);
        allocations.clear();
    }
}
