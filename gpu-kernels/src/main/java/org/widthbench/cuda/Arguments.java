package org.widthbench.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The parameters of one launch, eight bytes each: a table of tasks, their number and depth, then one task's members. */
final class Arguments {
    /** Parameters of every kernel; the last is a task, passed by value. */
    static final int PARAMETERS = 4;

    private final ByteBuffer slots = ByteBuffer.allocateDirect((PARAMETERS - 1 + Task.CAPACITY) * Long.BYTES)
            .order(ByteOrder.nativeOrder());

    /** One task. */
    Arguments one(Task task) {
        slots.clear();
        slots.putLong(0).putLong(1).putLong(task.depth());
        task.writeTo(slots);
        return this;
    }

    /** Several tasks, from a table in device memory. */
    Arguments many(long table, int count, long depth) {
        slots.clear();
        slots.putLong(table).putLong(count).putLong(depth);
        return this;
    }

    /** All slots, in native memory. */
    ByteBuffer slots() {
        return slots;
    }
}
