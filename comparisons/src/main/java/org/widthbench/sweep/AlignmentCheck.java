package org.widthbench.sweep;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.widthbench.comparison.SeedStatistics;
import org.widthbench.core.InvalidInputException;
import org.widthbench.experiment.Json;
import org.widthbench.experiment.SweepSpec;

/**
 * The regression check: no network from some width on, or no mean over its seeds, may be aligned with the theory by less than a
 * threshold, or have a kernel whose norm is another than the theory's by more than a factor.
 *
 * @param name of the problem that was checked
 * @param threshold smallest alignment that passes
 * @param normFactor largest factor between the norms of two kernels that passes; an alignment does not see one
 * @param judged what has to reach them
 * @param cases one per width, kernel and layer
 */
public record AlignmentCheck(String name, double threshold, double normFactor, Judged judged, List<Case> cases) {
    /** What of a case has to reach the threshold. */
    public enum Judged {
        /** Every network: of 30 ReLU networks of N = 500 at gamma0 = 2 one kernel had a norm 1.43 times the theory's. */
        SMALLEST(2),
        /** The mean over seeds: of eight networks of N = 500 at most 1.06, with standard error .06. */
        MEAN(1.25);

        private final double normFactor;

        Judged(double normFactor) {
            this.normFactor = normFactor;
        }

        /** The largest factor between norms that chance leaves, with a wide margin. */
        public double normFactor() {
            return normFactor;
        }

        double of(Case judged) {
            return this == MEAN ? judged.mean : judged.smallest;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * One width, kernel and layer.
     *
     * @param width N
     * @param kernel Phi or G
     * @param layer from 1
     * @param smallest alignment over the seeds
     * @param mean alignment over the seeds
     * @param standardError of the mean; 0 for one seed, which has none
     * @param seed that has the smallest
     * @param normRatio norm of the network's kernel over that of the theory's: of the seed that is farthest from 1, or where means
     *     are judged their mean
     */
    public record Case(
            int width,
            AlignmentTable.Kernel kernel,
            int layer,
            double smallest,
            double mean,
            double standardError,
            long seed,
            double normRatio) {
        String name() {
            return "N=" + width + " A(" + kernel.word() + "_" + layer + ")";
        }

        /** The c of the law {@code A = 1 - c/N} by which kernels of width N fluctuate; about the same at every width. */
        double lawConstant() {
            return width * (1 - mean);
        }
    }

    /**
     * The widths that a check trains.
     *
     * @throws InvalidInputException if the sweep has none that wide, the threshold is no alignment, or the factor below 1
     */
    public static SweepSpec widths(SweepSpec sweep, int minimum, double threshold, double normFactor) {
        InvalidInputException.require(
                threshold > 0 && threshold <= 1, "--threshold", threshold, "a number above 0, at most 1");
        InvalidInputException.require(normFactor >= 1, "--norm-factor", normFactor, "a number >= 1");
        InvalidInputException.require(minimum >= 1, "--min-width", minimum, "a whole number >= 1");
        InvalidInputException.require(
                sweep.widest() >= minimum,
                "--min-width",
                minimum,
                "at most the widest network of the sweep, " + sweep.widest() + "; else nothing is checked");
        return sweep.atLeast(minimum);
    }

    /** Judges every network of a table. */
    public static AlignmentCheck of(String name, AlignmentTable table, double threshold) {
        return of(name, table, threshold, Judged.SMALLEST.normFactor(), Judged.SMALLEST);
    }

    /** Judges a table. */
    public static AlignmentCheck of(
            String name, AlignmentTable table, double threshold, double normFactor, Judged judged) {
        List<Case> cases = new ArrayList<>();
        for (AlignmentTable.Kernel kernel : AlignmentTable.Kernel.values()) {
            for (int layer = 1; layer <= table.depth(); layer++) {
                for (int width : table.widths()) {
                    SeedStatistics seeds = table.statistics(kernel, layer, width);
                    cases.add(new Case(
                            width,
                            kernel,
                            layer,
                            seeds.smallest(),
                            seeds.mean(),
                            seeds.deviation() / Math.sqrt(seeds.seeds()),
                            worstSeed(table, kernel, layer, width),
                            normRatio(table, kernel, layer, width, judged)));
                }
            }
        }
        cases.sort(Comparator.comparingInt(Case::width));
        return new AlignmentCheck(name, threshold, normFactor, judged, List.copyOf(cases));
    }

    /** Whether every alignment reaches the threshold, and every norm is within the factor. */
    public boolean passed() {
        return failures().isEmpty();
    }

    /** The cases below the threshold or beyond the factor. */
    public List<Case> failures() {
        return cases.stream().filter(this::fails).toList();
    }

    private boolean fails(Case judgedCase) {
        return judged.of(judgedCase) < threshold || normFails(judgedCase);
    }

    private boolean normFails(Case judgedCase) {
        return judgedCase.normRatio > normFactor || judgedCase.normRatio < 1 / normFactor;
    }

    /** A line per case, failures marked. */
    public String text() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "%8s%8s%7s%12s%7s%12s%10s%9s%9s%n",
                "N",
                "kernel",
                "layer",
                "smallest",
                "seed",
                "mean",
                "s.e.",
                "N(1-A)",
                "norm"));
        for (Case c : cases) {
            text.append(String.format(
                    Locale.ROOT,
                    "%8d%8s%7d%12.6f%7d%12.6f%10s%9.2f%9.3g%s%s%n",
                    c.width,
                    c.kernel.word(),
                    c.layer,
                    c.smallest,
                    c.seed,
                    c.mean,
                    c.standardError > 0 ? String.format(Locale.ROOT, "%.6f", c.standardError) : "-",
                    c.lawConstant(),
                    c.normRatio,
                    judged.of(c) < threshold ? "  BELOW " + threshold : "",
                    normFails(c) ? "  NORM BEYOND A FACTOR OF " + normFactor : ""));
        }
        return text.toString();
    }

    /** The verdict for programs. */
    public Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", name);
        map.put("passed", passed());
        map.put("threshold", threshold);
        map.put("normFactor", normFactor);
        map.put("judged", judged.word());
        List<Map<String, Object>> list = new ArrayList<>();
        for (Case c : cases) {
            Map<String, Object> entry = Json.map(Json.tree(c));
            entry.put("kernel", c.kernel.word());
            entry.put("passed", !fails(c));
            list.add(entry);
        }
        map.put("cases", list);
        return map;
    }

    /** Without the characters that no XML may hold, such as a bell or an escape in a file's name. */
    private static String xml(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints().forEach(c -> {
            boolean allowed = (c >= 0x20 && c <= 0xD7FF) || (c >= 0xE000 && c <= 0xFFFD) || c >= 0x10000;
            clean.appendCodePoint(allowed ? c : '?');
        });
        return clean.toString();
    }

    /** The verdict as JUnit XML, which every CI system reads. */
    public String junitXml() {
        StringWriter xml = new StringWriter();
        try {
            XMLStreamWriter out = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(xml);
            out.writeStartDocument("UTF-8", "1.0");
            out.writeStartElement("testsuite");
            out.writeAttribute("name", "widthbench check " + xml(name));
            out.writeAttribute("tests", String.valueOf(cases.size()));
            out.writeAttribute("failures", String.valueOf(failures().size()));
            out.writeAttribute("errors", "0");
            out.writeAttribute("skipped", "0");
            for (Case c : cases) {
                out.writeStartElement("testcase");
                out.writeAttribute("classname", "widthbench.check." + xml(name));
                out.writeAttribute("name", c.name());
                if (fails(c)) {
                    out.writeStartElement("failure");
                    out.writeAttribute("message", message(c));
                    out.writeEndElement();
                }
                out.writeEndElement();
            }
            out.writeEndElement();
            out.writeEndDocument();
            out.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing to memory failed", e);
        }
        return xml + "\n";
    }

    private String message(Case failed) {
        String low = failed.name() + " is " + judgedText(failed) + ", below " + threshold;
        String norm = "the norm of " + failed.kernel.word() + "_" + failed.layer + " at N=" + failed.width + " is "
                + failed.normRatio + " times the theory's, beyond a factor of " + normFactor;
        return !normFails(failed) ? low : judged.of(failed) < threshold ? low + "; " + norm : norm;
    }

    private String judgedText(Case failed) {
        return judged == Judged.MEAN
                ? failed.mean + " in the mean (standard error " + failed.standardError + ")"
                : failed.smallest + " for seed " + failed.seed;
    }

    private static double normRatio(
            AlignmentTable table, AlignmentTable.Kernel kernel, int layer, int width, Judged judged) {
        double[] ratios = table.results().stream()
                .filter(result -> result.width() == width)
                .mapToDouble(result -> kernel.normRatio(result, layer))
                .toArray();
        return judged == Judged.MEAN
                ? Arrays.stream(ratios).average().orElseThrow()
                : Arrays.stream(ratios)
                        .boxed()
                        .max(Comparator.comparingDouble(ratio -> Math.abs(Math.log(ratio))))
                        .orElseThrow();
    }

    private static long worstSeed(AlignmentTable table, AlignmentTable.Kernel kernel, int layer, int width) {
        return table.results().stream()
                .filter(result -> result.width() == width)
                .min(Comparator.comparingDouble(result -> kernel.alignment(result, layer)))
                .orElseThrow()
                .seed();
    }
}
