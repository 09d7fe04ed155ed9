package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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

/** A release is built with maven.test.skip, which makes no test jars: nothing may ask for one. */
class ReleaseTest {
  static List<Path> poms() throws IOException {
    try (Stream<Path> folders = Files.list(Documents.ROOT)) {
      return folders.map(folder -> folder.resolve("pom.xml")).filter(Files::exists).toList();
    }
  }

  @Test
  void allModulesAreLookedAt() throws IOException {
    assertThat(poms()).hasSizeGreaterThan(10);
  }

  @ParameterizedTest
  @MethodSource("poms")
  void testJarsAreAskedForWithTestsAlone(Path pom)
      throws IOException, SAXException, ParserConfigurationException {
    Document document =
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
    NodeList types = document.getElementsByTagName("type");
    for (int i = 0; i < types.getLength(); i++) {
      if (types.item(i).getTextContent().equals("test-jar")) {
        assertThat(activation(types.item(i))).as("%s", pom).contains("!maven.test.skip");
      }
    }
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
