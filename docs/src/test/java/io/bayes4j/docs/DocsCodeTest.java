package io.bayes4j.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every block of Java in the documentation is code that compiles and that a test runs. */
class DocsCodeTest {
  @TestFactory
  Stream<DynamicTest> everyBlockIsPartOfACompiledClass() throws IOException {
    List<String> compiled = Snippets.compiled();
    return Documents.all().stream()
        .flatMap(document -> document.blocks("java").stream())
        .map(
            block ->
                DynamicTest.dynamicTest(
                    block.place(), () -> assertThat(compiled).contains(block.text())));
  }

  @Test
  void everyRegionIsShownSomewhere() throws IOException {
    List<String> shown =
        Documents.all().stream()
            .flatMap(document -> document.blocks("java").stream())
            .map(Documents.Block::text)
            .toList();

    assertThat(shown).containsAll(Snippets.regions());
  }

  @Test
  void theReadmeShowsTheWholeProgram() throws IOException {
    Documents.Block first = Documents.named("README.md").blocks("java").get(0);

    assertThat(first.text()).contains("public static void main").isIn(Snippets.programs());
  }
}
