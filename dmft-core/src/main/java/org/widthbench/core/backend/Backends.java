package org.widthbench.core.backend;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.widthbench.core.InvalidInputException;
import org.widthbench.core.WidthbenchException;

/**
 * Opens the backend that {@code --device} asks for. A GPU that cannot be used costs one log line with the reason; the
 * same problem is then solved on the CPU, with the same noise.
 */
public final class Backends {
    private static final Logger LOG = LoggerFactory.getLogger(Backends.class);
    private static final String AUTO = "auto";
    private static final Pattern REQUEST = Pattern.compile("([a-z]+)(?::([0-9]{1,4}))?");

    private final List<BackendProvider> providers;

    /** @param providers at least the CPU's */
    Backends(List<BackendProvider> providers) {
        this.providers = providers.stream()
                .sorted(Comparator.comparingInt(BackendProvider::preference).reversed())
                .toList();
    }

    /** The providers on the class path. */
    private static Backends installed() {
        List<BackendProvider> found = new ArrayList<>();
        ServiceLoader.load(BackendProvider.class).forEach(found::add);
        return new Backends(found);
    }

    /** {@link #open(String, FieldPrecision)} in the precision that suits the device: float32 on a GPU, float64 on the CPU. */
    public static Backend open(String request) {
        return installed().select(request, null);
    }

    /**
     * Opens a device; the caller closes it.
     *
     * @param request {@code auto}, {@code cpu}, {@code cuda} or {@code cuda:n} for the n-th device
     * @param precision of the fields
     * @throws InvalidInputException if there is no such backend, or a backend has devices but not that one
     */
    public static Backend open(String request, FieldPrecision precision) {
        return installed().select(request, precision);
    }

    /** One line per backend for people: its devices, or why it has none. */
    public static List<String> report() {
        return installed().lines();
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        for (BackendProvider provider : providers) {
            List<String> devices = provider.devices();
            if (devices.isEmpty()) {
                lines.add(provider.name() + ": not used, " + provider.obstacle());
            }
            for (int device = 0; device < devices.size(); device++) {
                String number = devices.size() > 1 ? ":" + device : "";
                lines.add(provider.name() + number + ": " + devices.get(device));
            }
        }
        return lines;
    }

    /** @param precision of the fields; null for what suits the device */
    Backend select(String request, FieldPrecision precision) {
        Matcher parts = REQUEST.matcher(request);
        List<BackendProvider> wanted = !parts.matches()
                ? List.of()
                : providers.stream()
                        .filter(p -> p.name().equals(parts.group(1))
                                || (AUTO.equals(parts.group(1)) && parts.group(2) == null))
                        .toList();
        if (wanted.isEmpty()) {
            throw InvalidInputException.key("--device", request, "one of " + allowed());
        }
        int device = parts.group(2) == null ? 0 : Integer.parseInt(parts.group(2));
        BackendProvider last = providers.get(providers.size() - 1);
        for (BackendProvider provider : wanted) {
            String reason = provider.obstacle();
            int devices = provider.devices().size();
            if (devices > 0) {
                InvalidInputException.require(
                        device < devices, "--device", request, "a device number below " + devices);
                if (provider == last) {
                    break;
                }
                try {
                    return open(provider, device, precision);
                } catch (WidthbenchException failure) {
                    reason = failure.getMessage();
                }
            }
            // On a machine without a GPU, auto is not a request for one.
            Level level = devices == 0 && AUTO.equals(request) ? Level.INFO : Level.WARN;
            LOG.atLevel(level).log("{} is not used, {} computes instead: {}", provider.name(), last.name(), reason);
        }
        return open(last, 0, precision);
    }

    private static Backend open(BackendProvider provider, int device, FieldPrecision precision) {
        return provider.open(device, precision == null ? provider.usual() : precision);
    }

    private String allowed() {
        return AUTO + ", "
                + providers.stream()
                        .map(p -> p.preference() == 0 ? p.name() : p.name() + ", " + p.name() + ":n")
                        .collect(Collectors.joining(", "));
    }
}
