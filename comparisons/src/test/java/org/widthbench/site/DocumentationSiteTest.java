package org.widthbench.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.widthbench.Browser;

/** Builds the site of {@code docs/} in {@code target/site} and looks at what came out. */
class DocumentationSiteTest {
    private static final Path SITE = Path.of("target/site").toAbsolutePath();
    private static final Pattern ADDRESS = Pattern.compile("(?:href|src)=\"([^\"]*)\"");

    private static List<Path> pages;

    @BeforeAll
    static void build() throws IOException {
        pages = new DocumentationSite(Path.of("../docs"), SITE).build();
    }

    private static List<String> addresses(String html) {
        return ADDRESS.matcher(html)
                .results()
                .map((MatchResult m) -> m.group(1))
                .toList();
    }

    @Test
    void everyPageIsReachedFromEveryOther() throws IOException {
        for (Path page : pages) {
            List<Path> reached = addresses(Files.readString(page)).stream()
                    .filter(address -> !address.contains(":"))
                    .map(address ->
                            page.resolveSibling(address.replaceFirst("#.*", "")).normalize())
                    .toList();
            assertThat(reached).as(page.toString()).containsAll(pages);
        }
    }

    @Test
    void everyAddressLeadsToAFileAndAnAnchorInIt() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : pages) {
            for (String address : addresses(Files.readString(page))) {
                int mark = address.indexOf('#');
                String file = mark < 0 ? address : address.substring(0, mark);
                Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
                if (address.contains("://") || address.startsWith("data:")) {
                    continue;
                }
                boolean whole = Files.exists(target)
                        && (mark < 0
                                || Files.readString(target).contains("id=\"" + address.substring(mark + 1) + "\""));
                if (!whole) {
                    broken.add(SITE.relativize(page) + " -> " + address);
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void pagesNeedNoNetwork() throws IOException {
        for (Path page : pages) {
            assertThat(Files.readString(page))
                    .doesNotContain("src=\"http", "<script", "<link rel=\"stylesheet\" href=\"http");
        }
    }

    @Test
    void pagesWorkOnLaptopPhoneAndInTheDark() throws IOException, InterruptedException {
        List<Path> shown = Stream.of("index.html", "concepts/causal-solver.html", "reference/configuration.html")
                .map(SITE::resolve)
                .toList();
        assertThat(Browser.problems(shown)).isEqualTo("[]");
    }

    @Test
    void markdownIsRendered() throws IOException {
        assertThat(Files.readString(SITE.resolve("reference/configuration.html")))
                .contains("<table>", "<td><code>gamma0</code></td>")
                .doesNotContain("| --- |");
        assertThat(Files.readString(SITE.resolve("theory.html"))).contains("<h2 id=\"");
    }
}
