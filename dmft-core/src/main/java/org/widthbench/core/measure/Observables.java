package org.widthbench.core.measure;

import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.widthbench.core.Tensor;
import org.widthbench.core.architecture.Site;

/**
 * The observables that there are, {@code docs/theory.md} section 2, and those that {@link ServiceLoader} finds: classes with a public
 * constructor without parameters that are named in {@code META-INF/services/org.widthbench.core.measure.Observable}.
 */
public final class Observables {
    /** {@code Phi^l}, of images the kernel of features averaged over pixels. */
    public static final Observable FEATURE_KERNELS =
            new FieldKernels("Phi", false, site -> site.activations().value(), Site::featureCoordinates);

    /** {@code G^l}, of images the kernel of gradients summed over pixels. */
    public static final Observable GRADIENT_KERNELS =
            new FieldKernels("G", true, site -> site.gradients().value(), Site::gradientCoordinates);

    /** The neural tangent kernel of images, which those of pooled fields do not tell; of networks only. */
    public static final Observable TANGENT_KERNEL = new TangentKernel();

    /** {@code Phi^l_{mu a, alpha b}} of single pixels at the last recorded time, {@code (Q, pixels, Q, pixels)}: on request. */
    public static final Observable PIXEL_KERNELS = new PixelKernels();

    private static final List<Observable> ALWAYS = List.of(
            FEATURE_KERNELS,
            GRADIENT_KERNELS,
            new FieldSamples("h", false, site -> site.preactivations().value()),
            new FieldSamples("z", true, site -> site.pullbacks().value()));

    private Observables() {}

    /** Those that are measured of every program, registered ones among them, and some more. */
    public static List<Observable> with(List<Observable> more) {
        return Stream.of(ALWAYS.stream(), registered(), more.stream())
                .flatMap(some -> some)
                .toList();
    }

    private static Stream<Observable> registered() {
        return ServiceLoader.load(Observable.class).stream().map(ServiceLoader.Provider::get);
    }

    /** The distance of two arrays as the registered observable of that name takes it, relative where there is none. */
    public static double distance(String array, Tensor a, Tensor b) {
        String name = array.replaceFirst("_\\d+$", "");
        return registered()
                .filter(observable -> observable.name().equals(name))
                .findFirst()
                .orElse(PIXEL_KERNELS)
                .distance(a, b);
    }
}
