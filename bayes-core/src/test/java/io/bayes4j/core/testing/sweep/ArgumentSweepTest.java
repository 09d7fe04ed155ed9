package io.bayes4j.core.testing.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.testing.sweep.careless.Careless;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That a sweep finds what it looks for. */
final class ArgumentSweepTest {
  private static Examples examples() {
    return new Examples()
        .put("double", () -> 0.5)
        .put("INDArray", () -> Samples.normals(1, 2, 3))
        .put("List<Integer>", () -> List.of(1))
        .put("int", () -> 1)
        .put("long", () -> 1L)
        .put("String", () -> "words")
        .put("Careless", () -> new Careless(0.5));
  }

  private static ArgumentSweep sweep() {
    return new ArgumentSweep(Careless.class, examples())
        .ofPackages(Careless.class.getPackageName())
        .waiting(1)
        .allow("Careless.largest(array) content*", "a maximum")
        .allow("Careless.zeros(count) huge", "an array that fits this heap");
  }

  @Test
  void findsWhatHasNoNameNoCheckOrNoEnd() {
    List<String> findings = sweep().withoutHugeSizes().allow("*) -1", "any").run().findings();

    assertThat(findings)
        .anyMatch(line -> line.equals("Careless.new(rate) NaN: accepted"))
        .anyMatch(line -> line.startsWith("Careless.largest(array) null: NullPointerException"))
        .anyMatch(line -> line.startsWith("Careless.largest(array) closed: "))
        .anyMatch(line -> line.startsWith("Careless.length(numbers) null: IllegalArgumentExc"))
        .anyMatch(line -> line.startsWith("Careless.length(numbers) null element: IllegalArg"))
        .anyMatch(line -> line.startsWith("Careless.zeros(count) -1: NegativeArraySize"))
        .noneMatch(line -> line.startsWith("Careless.text("));
  }

  @Test
  void findsCallsThatDoNotEnd() {
    List<String> findings = sweep().run().findings();

    assertThat(findings).anyMatch(line -> line.startsWith("Careless.sleep(milliseconds) huge: Ti"));
  }

  @Test
  void findsExceptionsAndExamplesThatNothingNeeds() {
    Examples examples = examples().put("float", () -> 1f);
    List<String> findings =
        new ArgumentSweep(Careless.class, examples)
            .ofPackages(Careless.class.getPackageName())
            .withoutHugeSizes()
            .allow("Careless.text(words) *", "nothing of the kind is accepted")
            .run()
            .findings();

    assertThat(findings)
        .anyMatch(line -> line.startsWith("an exception that nothing needs: "))
        .contains("example that is never asked for: float");
  }

  @Test
  void wantsExamplesThatWork() {
    Examples examples = examples().put("Careless.text.words", () -> "");
    List<String> findings =
        new ArgumentSweep(Careless.class, examples)
            .ofPackages(Careless.class.getPackageName())
            .withoutHugeSizes()
            .run()
            .findings();

    assertThat(findings)
        .anyMatch(line -> line.startsWith("Careless.text[String]: the examples do not work"));
  }

  @Test
  void starsDoNotAllowWhatCannotBeUsed() {
    List<String> findings =
        sweep().withoutHugeSizes().allow("Careless.*", "anything").run().findings();

    assertThat(findings).anyMatch(line -> line.startsWith("Careless.largest(array) null"));
  }

  @Test
  void wantsReasons() {
    assertThatThrownBy(() -> sweep().allow("Careless.new(rate) NaN", " "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("reason");
  }
}
