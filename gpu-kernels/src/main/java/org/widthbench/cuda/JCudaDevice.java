package org.widthbench.cuda;

import static org.widthbench.cuda.CudaFailure.check;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import jcuda.Pointer;
import jcuda.driver.CUcontext;
import jcuda.driver.CUdevice;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.CUresult;
import jcuda.driver.CUstream;
import jcuda.driver.CUstream_flags;
import jcuda.driver.JCudaDriver;
import org.widthbench.core.WidthbenchException;
import org.widthbench.core.backend.FieldPrecision;

/** A GPU through the CUDA driver interface: its primary context, one queue, one module of kernels, a pool of memory. */
final class JCudaDevice implements Device {
    private final CudaDriver.Gpu gpu;
    private final FieldPrecision precision;
    private final CUdevice device = new CUdevice();
    private final CUcontext context = new CUcontext();
    /** A stream whose address can be told. */
    private static final class Stream extends CUstream {
        long address() {
            return getNativePointer();
        }
    }

    private final Stream stream = new Stream();
    private final CUmodule module = new CUmodule();
    private final Map<String, CUfunction> functions = new HashMap<>();
    private final MemoryPool pool = new MemoryPool(new DriverMemory());
    private final StagingRing staging = new StagingRing(stream, () -> this.lastLaunch);
    private CublasLibrary cublas;
    private Thread owner;
    private Arguments bound;
    private Pointer parameters;
    private String lastLaunch = "no kernel yet";

    /** @throws org.widthbench.core.SolverException if the device cannot be used, with the reason in one line */
    JCudaDevice(CudaDriver.Gpu gpu, FieldPrecision precision, KernelCompiler compiler) {
        this.gpu = gpu;
        this.precision = precision;
        byte[] image = compiler.image(gpu.capability(), precision);
        check(JCudaDriver.cuDeviceGet(device, gpu.number()), "cuDeviceGet");
        check(JCudaDriver.cuDevicePrimaryCtxRetain(context, device), "cuDevicePrimaryCtxRetain on " + gpu);
        try {
            enter();
            check(JCudaDriver.cuStreamCreate(stream, CUstream_flags.CU_STREAM_NON_BLOCKING), "cuStreamCreate");
            check(
                    JCudaDriver.cuModuleLoadData(module, image),
                    "cuModuleLoadData of the kernels for sm_" + gpu.capability());
            cublas = CublasLibrary.load(stream.address(), precision);
        } catch (WidthbenchException failure) {
            close();
            throw failure;
        }
    }

    /** A context belongs to the thread that made it current; a backend may be handed from one thread to another. */
    private void enter() {
        if (owner != Thread.currentThread()) {
            check(JCudaDriver.cuCtxSetCurrent(context), "cuCtxSetCurrent");
            owner = Thread.currentThread();
        }
    }

    /** Memory as the driver gives it. */
    private static final class DriverMemory implements MemoryPool.Source {
        @Override
        public long allocate(long bytes) {
            DeviceAddress address = new DeviceAddress();
            int status = JCudaDriver.cuMemAlloc(address, bytes);
            if (status == CUresult.CUDA_ERROR_OUT_OF_MEMORY) {
                return 0;
            }
            check(status, "cuMemAlloc of " + bytes + " bytes");
            return address.value();
        }

        @Override
        public void free(long address) {
            JCudaDriver.cuMemFree(new DeviceAddress(address));
        }
    }

    @Override
    public String description() {
        return gpu + ", " + precision.name().toLowerCase(Locale.ROOT) + " fields, "
                + (cublas == null ? "own products" : "cuBLAS " + cublas.version()) + ", driver for CUDA "
                + CudaDriver.get().version();
    }

    @Override
    public FieldPrecision precision() {
        return precision;
    }

    @Override
    public long allocate(long bytes, String what) {
        enter();
        long address = pool.allocate(bytes);
        if (address == 0) {
            long[] free = new long[1];
            long[] total = new long[1];
            JCudaDriver.cuMemGetInfo(free, total);
            throw CudaFailure.outOfMemory(what, bytes, free[0], total[0]);
        }
        return address;
    }

    @Override
    public void free(long address) {
        pool.free(address);
    }

    @Override
    public void zero(long address, long bytes) {
        enter();
        check(
                JCudaDriver.cuMemsetD8Async(new DeviceAddress(address), (byte) 0, bytes, stream),
                "cuMemsetD8Async of " + bytes + " bytes");
    }

    @Override
    public ByteBuffer staging(int bytes) {
        enter();
        return staging.next(bytes);
    }

    @Override
    public void write(ByteBuffer staged, long address) {
        enter();
        check(
                JCudaDriver.cuMemcpyHtoDAsync(new DeviceAddress(address), staging.pointer(), staged.limit(), stream),
                "cuMemcpyHtoDAsync of " + staged.limit() + " bytes");
        staging.queued();
    }

    @Override
    public void read(long address, ByteBuffer staged) {
        enter();
        check(
                JCudaDriver.cuMemcpyDtoHAsync(staging.pointer(), new DeviceAddress(address), staged.limit(), stream),
                "cuMemcpyDtoHAsync of " + staged.limit() + " bytes");
        // Kernels fail here, not where they are launched.
        check(JCudaDriver.cuStreamSynchronize(stream), "cuStreamSynchronize after " + lastLaunch);
    }

    @Override
    public void launch(Launch launch, Arguments arguments) {
        enter();
        bind(arguments);
        lastLaunch = launch.toString();
        check(
                JCudaDriver.cuLaunchKernel(
                        function(launch.kernel()),
                        launch.gridX(),
                        launch.gridY(),
                        launch.gridZ(),
                        launch.blockX(),
                        launch.blockY(),
                        1,
                        0,
                        stream,
                        parameters,
                        null),
                "cuLaunchKernel of " + launch);
    }

    /** Points the driver at the slots of the arguments, once: they are read anew at every launch. */
    private void bind(Arguments arguments) {
        if (bound != arguments) {
            Pointer slots = Pointer.to(arguments.slots());
            Pointer[] each = new Pointer[Arguments.PARAMETERS];
            for (int i = 0; i < each.length; i++) {
                each[i] = slots.withByteOffset((long) i * Long.BYTES);
            }
            parameters = Pointer.to(each);
            bound = arguments;
        }
    }

    private CUfunction function(String kernel) {
        return functions.computeIfAbsent(kernel, name -> {
            CUfunction function = new CUfunction();
            check(JCudaDriver.cuModuleGetFunction(function, module, name), "cuModuleGetFunction of " + name);
            return function;
        });
    }

    @Override
    public boolean hasProducts() {
        return cublas != null;
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
        enter();
        if (!cublas.product(alpha, a, transposeA, b, transposeB, beta, c, inner)) {
            return false;
        }
        lastLaunch = "a cuBLAS product into " + c;
        return true;
    }

    @Override
    public void close() {
        // Return codes no longer matter: after a failure every call fails, and the context frees all there is.
        JCudaDriver.cuCtxSetCurrent(context);
        owner = null;
        if (cublas != null) {
            cublas.close();
        }
        pool.close();
        staging.close();
        JCudaDriver.cuModuleUnload(module);
        JCudaDriver.cuStreamDestroy(stream);
        JCudaDriver.cuDevicePrimaryCtxRelease(device);
    }
}
