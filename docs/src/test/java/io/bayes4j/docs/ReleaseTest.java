package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * What the poms must be for builds other than ours. A release is built with maven.test.skip, which
 * makes no test jars: nothing may ask for one.
 */
class ReleaseTest {
  /** What names a version of Bayes4J, in programs' poms, ours and documents. */
  private static final List<Pattern> VERSIONS =
      Stream.of(
              "io\\.bayes4j:[a-z0-9-]+:(\\d[\\w.-]*)",
              "<groupId>io\\.bayes4j</groupId>\\s*<artifactId>[^<]*</artifactId>\\s*<version>([^<$]+)<",
              "<bayes4j\\.version>([^<]+)<")
          .map(Pattern::compile)
          .toList();

  static List<Path> poms() throws IOException {
    try (Stream<Path> folders = Files.list(Documents.ROOT)) {
      return Stream.concat(Stream.of(Documents.ROOT), folders)
          .map(folder -> folder.resolve("pom.xml"))
          .filter(Files::exists)
          .toList();
    }
  }

  @Test
  void allModulesAreLookedAt() throws IOException {
    assertThat(poms()).hasSizeGreaterThan(10).contains(Documents.ROOT.resolve("pom.xml"));
  }

  @ParameterizedTest
  @MethodSource("poms")
  void testJarsAreAskedForWithTestsAlone(Path pom)
      throws IOException, SAXException, ParserConfigurationException {
    NodeList types = read(pom).getElementsByTagName("type");
    for (int i = 0; i < types.getLength(); i++) {
      if (types.item(i).getTextContent().equals("test-jar")) {
        assertThat(activation(types.item(i))).as("%s", pom).contains("!maven.test.skip");
      }
    }
  }

  /** Ivy, by which spark-submit resolves, gives a managed scope to all jars of that artifact. */
  @ParameterizedTest
  @MethodSource("poms")
  void noScopeOfOurModulesIsManaged(Path pom)
      throws IOException, SAXException, ParserConfigurationException {
    NodeList managed = read(pom).getElementsByTagName("dependencyManagement");
    for (int i = 0; i < managed.getLength(); i++) {
      for (Element dependency : dependencies((Element) managed.item(i))) {
        if (text(dependency, "groupId").equals("io.bayes4j")) {
          assertThat(text(dependency, "scope"))
              .as("%s in %s", text(dependency, "artifactId"), pom)
              .isIn("", "import");
        }
      }
    }
  }

  /** Ivy reads none of the profiles by which ND4J picks a platform. */
  @Test
  void nativesOfSparkAreNamed() throws IOException, SAXException, ParserConfigurationException {
    Document pom = read(Documents.ROOT.resolve("bayes-spark/pom.xml"));
    assertThat(dependencies(pom.getDocumentElement()))
        .filteredOn(dependency -> text(dependency, "scope").equals("runtime"))
        .extracting(dependency -> text(dependency, "artifactId") + text(dependency, "classifier"))
        .contains(
            "nd4j-native",
            "nd4j-native${onednn.platform}",
            "openblas",
            "openblas${onednn.platform}");
  }

  @Test
  void oneVersionIsNamedEverywhere()
      throws IOException, SAXException, ParserConfigurationException {
    String version = text(read(Documents.ROOT.resolve("pom.xml")).getDocumentElement(), "version");
    List<Path> files = new ArrayList<>(poms());
    try (Stream<Path> programs = Files.list(Documents.ROOT.resolve("consumers"));
        Stream<Path> pages = Files.list(Documents.ROOT.resolve("docs"))) {
      programs.map(program -> program.resolve("pom.xml")).filter(Files::exists).forEach(files::add);
      pages.filter(page -> page.toString().endsWith(".md")).forEach(files::add);
    }
    files.add(Documents.ROOT.resolve("README.md"));
    int found = 0;
    for (Path file : files) {
      String content = Files.readString(file);
      for (Pattern pattern : VERSIONS) {
        for (MatchResult match : pattern.matcher(content).results().toList()) {
          assertThat(match.group(1)).as("%s in %s", match.group(), file).isEqualTo(version);
          found++;
        }
      }
    }
    // 14 poms of ours, 2 of programs, README, quickstart twice, report, and twice in spark.md.
    assertThat(found).isGreaterThanOrEqualTo(22);
  }

  private static Document read(Path pom)
      throws IOException, SAXException, ParserConfigurationException {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
  }

  private static List<Element> dependencies(Element of) {
    NodeList found = of.getElementsByTagName("dependency");
    return IntStream.range(0, found.getLength()).mapToObj(i -> (Element) found.item(i)).toList();
  }

  /** What an element of a dependency says, empty if there is none. */
  private static String text(Element dependency, String name) {
    NodeList found = dependency.getElementsByTagName(name);
    return found.getLength() == 0 ? "" : found.item(0).getTextContent();
  }

  /** What activates the profile that a node is in. */
  private static String activation(Node node) {
    for (Node at = node; at instanceof Element element; at = at.getParentNode()) {
      if (element.getTagName().equals("profile")) {
        return element.getElementsByTagName("activation").item(0).getTextContent();
      }
    }
    return "no profile";
  }
}
