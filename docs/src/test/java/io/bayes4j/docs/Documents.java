package io.bayes4j.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The Markdown files of the project. */
final class Documents {
  /** Surefire runs a module's tests in the module's folder. */
  static final Path ROOT = Path.of("").toAbsolutePath().getParent();

  private static final String FENCE = "```";

  private Documents() {}

  /**
   * A block of code.
   *
   * @param place file and line
   */
  record Block(String place, String language, String text) {}

  /** A file and its lines. */
  record Document(Path file, List<String> lines) {
    List<Block> blocks(String language) {
      List<Block> blocks = new ArrayList<>();
      List<String> open = null;
      String place = "";
      String info = "";
      for (int i = 0; i < lines.size(); i++) {
        String line = lines.get(i);
        if (open != null && line.strip().equals(FENCE)) {
          blocks.add(new Block(place, info, Snippets.dedent(open)));
          open = null;
        } else if (open != null) {
          open.add(line);
        } else if (line.strip().startsWith(FENCE)) {
          open = new ArrayList<>();
          info = line.strip().substring(FENCE.length());
          place = ROOT.relativize(file) + ":" + (i + 1);
        }
      }
      return blocks.stream().filter(block -> block.language().equals(language)).toList();
    }

    /** The text without blocks of code. */
    String prose() {
      boolean code = false;
      List<String> prose = new ArrayList<>();
      for (String line : lines) {
        boolean fence = line.strip().startsWith(FENCE);
        code ^= fence;
        if (!code && !fence) {
          prose.add(line);
        }
      }
      return String.join("\n", prose);
    }

    /** The anchors of the headings, as GitHub makes them. */
    List<String> anchors() {
      return prose()
          .lines()
          .filter(line -> line.startsWith("#"))
          .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
          .map(title -> title.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
          .toList();
    }
  }

  static Document named(String name) throws IOException {
    Path file = ROOT.resolve(name);
    return new Document(file, Files.readAllLines(file));
  }

  static List<Document> all() throws IOException {
    Pattern hidden = Pattern.compile("(^|/)(\\.[^/]+|target|node_modules)(/|$)");
    List<Path> files;
    try (Stream<Path> tree = Files.walk(ROOT)) {
      files =
          tree.filter(file -> file.toString().endsWith(".md"))
              .filter(file -> !hidden.matcher(unixPath(ROOT.relativize(file))).find())
              .sorted()
              .collect(Collectors.toList());
    }
    List<Document> documents = new ArrayList<>();
    for (Path file : files) {
      documents.add(new Document(file, Files.readAllLines(file)));
    }
    return documents;
  }

  private static String unixPath(Path file) {
    return file.toString().replace('\\', '/');
  }
}
