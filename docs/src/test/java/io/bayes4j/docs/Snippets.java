package io.bayes4j.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The code that documents may show: regions between the comments "region" and "endregion" of the
 * classes here, and whole programs without their package.
 */
final class Snippets {
  private static final Path SOURCES = Path.of("src/test/java/io/bayes4j/docs");

  /** Spark's code is compiled and run beside its module: here it would bring its logger along. */
  private static final Path SPARK = Path.of("../bayes-spark/src/test/java/io/bayes4j/spark");

  private Snippets() {}

  static List<String> compiled() throws IOException {
    List<String> all = new ArrayList<>(regions());
    all.addAll(programs());
    return all;
  }

  static List<String> regions() throws IOException {
    List<String> regions = new ArrayList<>();
    for (Path source : sources("Snippets.java")) {
      List<String> open = null;
      for (String line : Files.readAllLines(source)) {
        if (line.strip().startsWith("// region ")) {
          open = new ArrayList<>();
        } else if (line.strip().equals("// endregion")) {
          regions.add(dedent(open));
          open = null;
        } else if (open != null) {
          open.add(line);
        }
      }
    }
    return regions;
  }

  static List<String> programs() throws IOException {
    List<String> programs = new ArrayList<>();
    for (Path source : sources("FirstRefusal.java")) {
      programs.add(Files.readString(source).replaceFirst("^package .*;\n", "").strip());
    }
    return programs;
  }

  /** A blank last line would count as one without indentation. */
  static String dedent(List<String> lines) {
    return String.join("\n", lines).stripTrailing().stripIndent().strip();
  }

  private static List<Path> sources(String suffix) throws IOException {
    try (Stream<Path> docs = Files.list(SOURCES);
        Stream<Path> spark = Files.list(SPARK)) {
      return Stream.concat(docs, spark)
          .filter(file -> file.toString().endsWith(suffix))
          .sorted()
          .toList();
    }
  }
}
