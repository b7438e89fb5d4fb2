package org.widthbench.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.widthbench.core.backend.FieldPrecision;

/**
 * Work for a device that is planned first and queued then: all host numbers go there in one copy, tasks of one group for
 * the same kernel in one launch, and what is read back comes in one copy, which waits.
 */
final class Submission {
    private static final int INITIAL_BYTES = 1 << 12;

    private final Device device;
    private final HostTransfer transfer;
    private final boolean single;
    private final Arguments arguments;
    private final List<Runnable> steps = new ArrayList<>();
    private final List<LaunchStep> launches = new ArrayList<>();
    private final Map<String, LaunchStep> group = new LinkedHashMap<>();
    private final List<Long> scratch = new ArrayList<>();
    private final List<Reception> receptions = new ArrayList<>();
    private ByteBuffer parcel = ByteBuffer.allocate(0);
    private long received;
    /** Device address of the parcel. */
    private long sent;

    /** @param arguments memory for the parameters of a launch */
    Submission(Device device, HostTransfer transfer, Arguments arguments) {
        this.device = device;
        this.transfer = transfer;
        this.single = device.precision() == FieldPrecision.FLOAT32;
        this.arguments = arguments;
    }

    /** Numbers that the device writes, at {@code offset} of what is received, and where the host wants them. */
    private record Reception(long offset, double[] target, int count, boolean field) {}

    /** Tasks of one launch. */
    private static final class LaunchStep {
        private final List<Task> tasks = new ArrayList<>();
        /** Offset of the table in the parcel, if there are several tasks. */
        private int table;

        Launch launch(long depth) {
            Task first = tasks.get(0);
            int rows = tasks.stream().mapToInt(Task::rows).max().orElseThrow();
            long columns = tasks.stream().mapToLong(Task::columns).max().orElseThrow();
            return first.geometry().launch(first.kernel(), tasks.size() * depth, rows, columns);
        }
    }

    /** Sends numbers along. */
    long send(double[] values, int count) {
        int offset = reserve((long) count * Double.BYTES);
        at(offset).asDoubleBuffer().put(values, 0, count);
        return offset;
    }

    /** Sends integers along. */
    long send(long[] values) {
        int offset = reserve((long) values.length * Long.BYTES);
        at(offset).asLongBuffer().put(values);
        return offset;
    }

    /** Sends numbers along in the format of the fields. */
    long sendField(double[] values, int count) {
        if (!single) {
            return send(values, count);
        }
        int offset = reserve((long) count * Float.BYTES);
        for (int i = 0; i < count; i++) {
            parcel.putFloat(offset + i * Float.BYTES, (float) values[i]);
        }
        return offset;
    }

    private ByteBuffer at(int offset) {
        return parcel.duplicate().order(ByteOrder.nativeOrder()).position(offset);
    }

    private int reserve(long bytes) {
        int offset = parcel.position();
        int end = Math.toIntExact(aligned(offset + bytes));
        if (end > parcel.capacity()) {
            int capacity = (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(INITIAL_BYTES, 2L * end));
            ByteBuffer larger = ByteBuffer.allocate(capacity).order(ByteOrder.nativeOrder());
            parcel = larger.put(parcel.flip());
        }
        parcel.position(end);
        return offset;
    }

    private static long aligned(long bytes) {
        return (bytes + Long.BYTES - 1) / Long.BYTES * Long.BYTES;
    }

    /** Offset of {@code count} float64 numbers that the device will write for the host. */
    long receive(double[] target, int count) {
        return receive(target, count, false);
    }

    /** The same for numbers in the format of the fields. */
    long receiveField(double[] target, int count) {
        return receive(target, count, single);
    }

    private long receive(double[] target, int count, boolean field) {
        long offset = received;
        receptions.add(new Reception(offset, target, count, field));
        received = aligned(received + (long) count * (field ? Float.BYTES : Double.BYTES));
        return offset;
    }

    /** Device memory that is given back when the work is queued. */
    long scratch(long bytes, String what) {
        long address = device.allocate(bytes, what);
        scratch.add(address);
        return address;
    }

    /** Adds work for a kernel; it shares its launch with other work of the group for the same kernel. */
    void task(Task task) {
        if (!task.isEmpty()) {
            group.computeIfAbsent(task.kernel(), kernel -> {
                        LaunchStep step = new LaunchStep();
                        launches.add(step);
                        steps.add(() -> launch(step));
                        return step;
                    })
                    .tasks
                    .add(task);
        }
    }

    /** Adds work that is queued by itself, after what was added before. */
    void step(Runnable work) {
        steps.add(work);
    }

    /** What is added from now on comes after what was added before. */
    void endGroup() {
        group.clear();
    }

    /** Queues everything; waits only if something is read back. */
    void run() {
        try {
            for (LaunchStep step : launches) {
                if (step.tasks.size() > 1) {
                    step.table =
                            reserve((long) step.tasks.size() * step.tasks.get(0).bytes());
                }
            }
            long results = received == 0 ? 0 : scratch(received, received + " bytes of results");
            ship(results);
            steps.forEach(Runnable::run);
            if (received > 0) {
                read(results);
            }
        } finally {
            scratch.forEach(device::free);
        }
    }

    /** Places all tasks and sends the parcel, tables included. */
    private void ship(long results) {
        int bytes = parcel.position();
        sent = bytes == 0 ? 0 : scratch(bytes, bytes + " bytes of parameters");
        for (LaunchStep step : launches) {
            step.tasks.forEach(task -> task.place(sent, results));
            if (step.tasks.size() > 1) {
                ByteBuffer table = at(step.table);
                step.tasks.forEach(task -> task.writeTo(table));
            }
        }
        if (bytes > 0) {
            transfer.writeBytes(at(0).limit(bytes), sent);
        }
    }

    private void launch(LaunchStep step) {
        long depth = step.tasks.stream().mapToLong(Task::depth).max().orElseThrow();
        if (step.tasks.size() == 1) {
            arguments.one(step.tasks.get(0));
        } else {
            arguments.many(sent + step.table, step.tasks.size(), depth);
        }
        device.launch(step.launch(depth), arguments);
    }

    /** Queues one task at once; it must not point into what is sent or received. */
    void launchNow(Task task) {
        LaunchStep step = new LaunchStep();
        step.tasks.add(task);
        launch(step);
    }

    private void read(long results) {
        if (received > HostTransfer.PIECE_BYTES) {
            for (Reception r : receptions) {
                if (r.field()) {
                    transfer.readField(results + r.offset(), r.target(), r.count());
                } else {
                    transfer.readDoubles(results + r.offset(), r.target(), r.count());
                }
            }
            return;
        }
        ByteBuffer staged = device.staging((int) received);
        device.read(results, staged);
        for (Reception r : receptions) {
            int offset = (int) r.offset();
            if (r.field()) {
                for (int i = 0; i < r.count(); i++) {
                    r.target()[i] = staged.getFloat(offset + i * Float.BYTES);
                }
            } else {
                staged.asDoubleBuffer().get(offset / Double.BYTES, r.target(), 0, r.count());
            }
        }
    }
}
