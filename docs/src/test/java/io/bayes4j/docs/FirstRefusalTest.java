package io.bayes4j.docs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class FirstRefusalTest {
  @Test
  void answersOnBothSidesAndRefusesOnTheBorder() throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, UTF_8));
    try {
      FirstRefusal.main(new String[0]);
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(UTF_8))
        .contains("entropy [")
        .contains("answers [0, 1, -1], where -1 is \"I don't know\"");
  }
}
