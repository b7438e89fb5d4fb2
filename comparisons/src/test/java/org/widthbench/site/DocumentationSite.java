package org.widthbench.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.commonmark.Extension;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.AbstractVisitor;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.text.TextContentRenderer;

/**
 * Turns every Markdown page of a folder into a page of a static site that needs no network. The table of contents beside each
 * is the front page {@code README.md}, whose lists of links are the only place where the order of pages is written down.
 */
final class DocumentationSite {
    private static final List<Extension> EXTENSIONS =
            List.of(TablesExtension.create(), HeadingAnchorExtension.create());
    private static final String FRONT = "README.md";
    private static final Pattern PLACE = Pattern.compile("\\{\\{(\\w+)}}");

    private final Path docs;
    private final Path site;
    private final Parser parser = Parser.builder().extensions(EXTENSIONS).build();
    private final HtmlRenderer renderer =
            HtmlRenderer.builder().extensions(EXTENSIONS).build();
    private final Set<Path> others = new TreeSet<>();

    /**
     * @param docs folder of Markdown pages
     * @param site folder to write; what is there under the same names is replaced
     */
    DocumentationSite(Path docs, Path site) {
        this.docs = docs.toAbsolutePath().normalize();
        this.site = site.toAbsolutePath().normalize();
    }

    /** Writes all pages and the files that they link to. */
    List<Path> build() throws IOException {
        List<Path> pages;
        try (Stream<Path> files = Files.walk(docs)) {
            pages = files.filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
        List<Path> written = new java.util.ArrayList<>();
        for (Path page : pages) {
            written.add(write(page));
        }
        for (Path other : others) {
            Path target = site.resolve(inSite(other));
            Files.createDirectories(target.getParent());
            Files.copy(other, target, StandardCopyOption.REPLACE_EXISTING);
        }
        return written;
    }

    private Path write(Path page) throws IOException {
        Node content = parser.parse(Files.readString(page));
        Node contents = parser.parse(Files.readString(docs.resolve(FRONT)));
        Path target = site.resolve(inSite(page));
        redirect(content, page, target);
        redirect(contents, docs.resolve(FRONT), target);
        // The heading and the sentence below it are for the front page alone.
        while (contents.getFirstChild() != null && !isSection(contents.getFirstChild())) {
            contents.getFirstChild().unlink();
        }
        String title = title(content);
        String html = fill(
                "title",
                title,
                "style",
                resource("site.css"),
                "home",
                target.getParent().relativize(site.resolve("index.html")).toString(),
                "contents",
                renderer.render(contents).replaceAll(" id=\"[^\"]*\"", ""),
                "content",
                // What is wider than a phone scrolls by itself, by keyboard too.
                renderer.render(content)
                        .replace("<table>", "<div class=\"scroll\" tabindex=\"0\"><table>")
                        .replace("</table>", "</table></div>")
                        .replace("<pre>", "<pre tabindex=\"0\">")
                        .replace("<th></th>", "<td></td>"));
        Files.createDirectories(target.getParent());
        Files.writeString(target, html);
        return target;
    }

    private static boolean isSection(Node node) {
        return node instanceof Heading heading && heading.getLevel() == 2;
    }

    private static String title(Node page) {
        String[] title = {"widthbench"};
        page.accept(new AbstractVisitor() {
            @Override
            public void visit(Heading heading) {
                if (heading.getLevel() == 1) {
                    title[0] = TextContentRenderer.builder()
                            .build()
                            .render(heading)
                            .strip();
                }
            }
        });
        return title[0];
    }

    // Links between pages lead to pages of the site; everything else that they lead to is copied beside them.
    private void redirect(Node page, Path from, Path target) {
        page.accept(new AbstractVisitor() {
            @Override
            public void visit(Link link) {
                link.setDestination(address(link.getDestination(), from, target));
                visitChildren(link);
            }

            @Override
            public void visit(Image image) {
                image.setDestination(address(image.getDestination(), from, target));
            }
        });
    }

    private String address(String destination, Path from, Path target) {
        if (destination.contains("://") || destination.startsWith("#") || destination.startsWith("mailto:")) {
            return destination;
        }
        int mark = destination.indexOf('#');
        String file = mark < 0 ? destination : destination.substring(0, mark);
        Path linked = from.resolveSibling(file).normalize();
        if (!file.endsWith(".md") || !linked.startsWith(docs)) {
            others.add(linked);
        }
        String address =
                target.getParent().relativize(site.resolve(inSite(linked))).toString();
        return mark < 0 ? address : address + destination.substring(mark);
    }

    private Path inSite(Path file) {
        if (!file.startsWith(docs)) {
            return Path.of("files").resolve(docs.getParent().relativize(file));
        }
        String name = docs.relativize(file).toString();
        return Path.of(name.equals(FRONT) ? "index.html" : name.replaceFirst("\\.md$", ".html"));
    }

    private static String fill(String... parts) throws IOException {
        java.util.Map<String, String> values = new java.util.HashMap<>();
        for (int i = 0; i < parts.length; i += 2) {
            values.put(parts[i], parts[i + 1]);
        }
        return PLACE.matcher(resource("site.html"))
                .replaceAll(place -> Matcher.quoteReplacement(values.get(place.group(1))));
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = DocumentationSite.class.getResourceAsStream(name)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
