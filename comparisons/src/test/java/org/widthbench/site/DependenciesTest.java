package org.widthbench.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * The libraries that the program runs with are those of {@code dependencies.sha256}, byte by byte, and {@code NOTICE} names all of
 * them with their licences. After a change of libraries {@code -Dwidthbench.dependencies=write} writes both files anew
 * (docs/reference/licences.md).
 */
class DependenciesTest {
    private static final Path ROOT = Path.of("..");
    private static final Path HASHES = ROOT.resolve("dependencies.sha256");
    private static final Path NOTICE = ROOT.resolve("NOTICE");
    private static final Path CLASS_PATH = Path.of("target", "classpath.txt");
    private static final boolean WRITE = "write".equals(System.getProperty("widthbench.dependencies"));

    /** What -Pcuda and other platforms bring; their hashes are not known here. */
    private static final String ELSEWHERE = "nd4j-cuda-.*|.*-(linux|macosx|windows)-.*|cuda-.*|cudnn.*";

    /** Names that POMs use for licences, and what they are. A name that is not here is one to think about. */
    private static final Map<String, String> LICENCES = Map.ofEntries(
            Map.entry("Apache License, Version 2.0", "Apache-2.0"),
            Map.entry("Apache-2.0", "Apache-2.0"),
            Map.entry("Apache License V2.0", "Apache-2.0"),
            Map.entry("The Apache Software License, Version 2.0", "Apache-2.0"),
            Map.entry("The Apache Software License, version 2.0", "Apache-2.0"),
            Map.entry("MIT", "MIT"),
            Map.entry("The MIT License", "MIT"),
            Map.entry("The BSD License", "BSD-3-Clause"),
            Map.entry("GNU Lesser General Public Licence", "LGPL-2.1-or-later"),
            Map.entry("GPLv2 with Classpath Exception", "GPL-2.0-or-later WITH Classpath-exception-2.0"));

    /** Where a POM offers several, or says less than there is. */
    private static final Map<String, String> CHOSEN = Map.of(
            "org.bytedeco:javacpp", "Apache-2.0",
            "org.bytedeco:openblas", "Apache-2.0; OpenBLAS itself: BSD-3-Clause",
            "net.java.dev.jna:jna", "Apache-2.0",
            "com.github.librepdf:openpdf-fonts-extra", "MPL-2.0; its Liberation fonts: OFL-1.1");

    /** Of each library one licence allows to pass it on, unchanged, beside a program under any licence. */
    private static final Set<String> ALLOWED = Set.of(
            "Apache-2.0",
            "MIT",
            "BSD-3-Clause",
            "LGPL-2.1-or-later",
            "GPL-2.0-or-later WITH Classpath-exception-2.0",
            "MPL-2.0");

    private static List<Path> jars() throws IOException {
        assumeTrue(Files.exists(CLASS_PATH), "target/classpath.txt is written by Maven");
        return Stream.of(Files.readString(CLASS_PATH).strip().split(":", -1))
                .map(Path::of)
                .sorted(Comparator.comparing(jar -> jar.getFileName().toString()))
                .toList();
    }

    @Test
    void everyLibraryIsTheOneThatWasCommitted() throws Exception {
        Map<String, String> found = new TreeMap<>();
        for (Path jar : jars()) {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
            found.put(jar.getFileName().toString(), HexFormat.of().formatHex(hash));
        }
        if (WRITE) {
            Files.writeString(
                    HASHES,
                    found.entrySet().stream()
                            .map(entry -> entry.getValue() + "  " + entry.getKey() + "\n")
                            .collect(Collectors.joining()));
        }
        Map<String, String> committed = new TreeMap<>();
        for (String line : Files.readAllLines(HASHES)) {
            committed.put(line.substring(66), line.substring(0, 64));
        }
        found.forEach((name, hash) -> {
            if (committed.containsKey(name) || !name.matches(ELSEWHERE)) {
                assertThat(hash)
                        .as("SHA-256 of %s; if it is meant, see docs/reference/licences.md", name)
                        .isEqualTo(committed.get(name));
            }
        });
        Set<String> gone = new TreeSet<>(committed.keySet());
        gone.removeAll(found.keySet());
        gone.removeIf(name -> name.matches(ELSEWHERE));
        assertThat(gone).as("listed, but no longer used").isEmpty();
    }

    @Test
    void theNoticeNamesEveryLibraryWithALicenceThatLetsTheWholeBeApache() throws Exception {
        Set<String> lines = new TreeSet<>();
        for (Path jar : jars()) {
            if (!jar.getFileName().toString().startsWith("nd4j-cuda")) {
                lines.add(line(jar));
            }
        }
        String notice = Files.readString(NOTICE);
        String start = notice.substring(0, notice.indexOf("\n\n    ") + 2);
        String all = start + lines.stream().map(line -> "    " + line + "\n").collect(Collectors.joining());
        if (WRITE) {
            Files.writeString(NOTICE, all);
        } else {
            assertThat(notice).isEqualTo(all);
        }
    }

    /** Of two the class path decides which is loaded, and nobody sees it: a library for AVX2 was there with one for no AVX at all. */
    @Test
    void noNativeLibraryComesTwice() throws Exception {
        Map<String, Path> holders = new TreeMap<>();
        for (Path jar : jars()) {
            try (ZipFile zip = new ZipFile(jar.toFile())) {
                for (String entry : zip.stream()
                        .map(ZipEntry::getName)
                        .filter(name -> name.matches(".*\\.so(\\.[0-9]+)*|.*\\.(dylib|dll)"))
                        .filter(name -> !name.matches(".*/(FreeBSD|Linux|Mac|Windows)/.*"))
                        .toList()) {
                    Path other = holders.put(entry.substring(entry.lastIndexOf('/') + 1), jar);
                    // One jar may hold those of many platforms.
                    assertThat(other).as("%s of %s lies here too", entry, jar).isIn(null, jar);
                }
            }
        }
        assertThat(holders).containsKeys("libopenblas.so.0", "libnd4jcpu.so");
    }

    /** {@code group:artifact version, licence}. */
    private static String line(Path jar) throws Exception {
        Path pom = jar.resolveSibling(jar.getParent().getParent().getFileName() + "-"
                + jar.getParent().getFileName() + ".pom");
        String artifact =
                inherited(pom, "groupId") + ":" + jar.getParent().getParent().getFileName();
        String licence = CHOSEN.getOrDefault(artifact, null);
        if (licence == null) {
            List<String> names = licences(pom);
            assertThat(names).as("licences of " + artifact).hasSize(1);
            licence = LICENCES.get(names.get(0));
        }
        assertThat(licence).as("licence of " + artifact).isNotNull();
        assertThat(ALLOWED).as("licences that bind nothing else").contains(licence.replaceFirst(";.*", ""));
        return artifact + " " + jar.getParent().getFileName() + ", " + licence;
    }

    private static Element project(Path pom) throws Exception {
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new java.io.ByteArrayInputStream(
                        Files.readString(pom, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8)));
        return document.getDocumentElement();
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    private static String text(Element parent, String name) {
        List<Element> found = children(parent, name);
        return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
    }

    private static String inherited(Path pom, String name) throws Exception {
        Element project = project(pom);
        String own = text(project, name);
        return own.isEmpty() ? text(children(project, "parent").get(0), name) : own;
    }

    /** Those of the POM or of the nearest parent that names any. */
    private static List<String> licences(Path pom) throws Exception {
        Element project = project(pom);
        for (Element licences : children(project, "licenses")) {
            List<String> names = children(licences, "license").stream()
                    .map(licence -> text(licence, "name"))
                    .toList();
            if (!names.isEmpty()) {
                return names;
            }
        }
        List<Element> parents = children(project, "parent");
        if (parents.isEmpty()) {
            return List.of();
        }
        Element parent = parents.get(0);
        String group = inherited(pom, "groupId");
        // .../repository/group/artifact/version/file.pom
        Path repository = pom.getParent().getParent().getParent();
        for (int i = 0; i < group.split("\\.", -1).length; i++) {
            repository = repository.getParent();
        }
        String version = text(parent, "version");
        String artifact = text(parent, "artifactId");
        return licences(repository
                .resolve(text(parent, "groupId").replace('.', '/'))
                .resolve(artifact)
                .resolve(version)
                .resolve(artifact + "-" + version + ".pom"));
    }
}
