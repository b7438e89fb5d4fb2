package org.widthbench.sweep;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * One process at work on a shared folder.
 *
 * @param id nobody else's, also its file's name
 * @param host for people
 * @param machine the same for two processes exactly if they see each other's process numbers
 * @param pid process number on that machine
 * @param ticks when that process began, in ticks since the machine did, so that a number used again is noticed
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Owner(String id, String host, String machine, long pid, long ticks) {
    private static final Path PROC = Path.of("/proc");

    /** Ticks of a process that there is none of. */
    private static final long NONE = -1;

    /** Position of the start among the fields of {@code /proc/PID/stat} that follow the process's name. */
    private static final int START_FIELD = 19;

    /** This process, under a new name. */
    static Owner current() {
        long pid = ProcessHandle.current().pid();
        return new Owner(UUID.randomUUID().toString(), hostName(), machineName(), pid, ticks(pid));
    }

    /** Whether this owner's process can be seen from here, running or not. */
    boolean isOnThisMachine() {
        return machineName().equals(machine);
    }

    /** Whether the process still runs; only of use on the same machine. */
    boolean runs() {
        return ticks != NONE && ticks(pid) == ticks;
    }

    /** Whether the process is held by a signal or a debugger; only of use on the same machine. */
    boolean isStopped() {
        String[] fields = stat(pid);
        return fields.length > 0 && (fields[0].equals("T") || fields[0].equals("t"));
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "unknown";
        }
    }

    /** One boot of one kernel, and in it one numbering of processes: containers have their own. */
    private static String machineName() {
        try {
            return Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip() + " "
                    + Files.readSymbolicLink(PROC.resolve("self/ns/pid"));
        } catch (IOException | UnsupportedOperationException e) {
            // Then nobody is taken for a neighbour, and silence alone tells who is gone.
            return UUID.randomUUID().toString();
        }
    }

    private static long ticks(long pid) {
        String[] fields = stat(pid);
        // Z and X are processes that have ended and whose parents have not noticed.
        return fields.length <= START_FIELD || fields[0].equals("Z") || fields[0].equals("X")
                ? NONE
                : Long.parseLong(fields[START_FIELD]);
    }

    /** Fields of {@code /proc/PID/stat} from the process's state on; none of a process that there is none of. */
    private static String[] stat(long pid) {
        try {
            String stat = Files.readString(PROC.resolve(pid + "/stat"));
            // The name, in parentheses, may itself hold anything.
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        } catch (IOException | RuntimeException e) {
            return new String[0];
        }
    }
}
