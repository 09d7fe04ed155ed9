package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Functions and their derivatives at zeros, at the ends of floats, at infinities and at NaN. */
final class MathFunctionTest {
  /** Relative; what rounds to a number without all its bits may be the next one. */
  private static final double TOLERANCE = 1e-6;

  private static JsonNode golden(MathFunction function) {
    try (InputStream in = MathFunctionTest.class.getResourceAsStream("math-functions.json")) {
      return StreamSupport.stream(new ObjectMapper().readTree(in).spliterator(), false)
          .filter(node -> node.get("name").asText().equals(function.name()))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static float[] floats(JsonNode texts) {
    float[] all = new float[texts.size()];
    for (int i = 0; i < all.length; i++) {
      String text = texts.get(i).asText();
      all[i] =
          switch (text) {
            case "inf" -> Float.POSITIVE_INFINITY;
            case "-inf" -> Float.NEGATIVE_INFINITY;
            case "nan" -> Float.NaN;
            default -> Float.parseFloat(text);
          };
    }
    return all;
  }

  private static void assertClose(String what, float[] x, float[] actual, float[] expected) {
    for (int i = 0; i < x.length; i++) {
      double room = Math.max(TOLERANCE * Math.abs(expected[i]), Float.MIN_VALUE);
      boolean same =
          Float.compare(actual[i], expected[i]) == 0
              || (actual[i] == 0 && expected[i] == 0)
              || Math.abs((double) actual[i] - expected[i]) <= room;
      assertThat(same).as("%s at %s: %s, NumPy %s", what, x[i], actual[i], expected[i]).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void computesWhatNumPyDoes(MathFunction function) {
    JsonNode golden = golden(function);
    float[] x = floats(golden.get("x"));
    Parameter parameter = new Parameter(Detached.of(x, x.length));

    Var y = function.forward(parameter.var(), Pass.mean());
    Gradients gradients = Gradients.of(y, Detached.full(1, x.length));

    assertClose("y", x, y.value().data().asFloat(), floats(golden.get("y")));
    assertClose(
        "gradient", x, gradients.get(parameter.var()).data().asFloat(), floats(golden.get("grad")));
  }

  /** Vectorized loops and their ends: the same for every place and length. */
  @ParameterizedTest
  @EnumSource
  void lengthDoesNotMatter(MathFunction function) {
    float[] x = floats(golden(function).get("x"));
    for (int length : List.of(1, 7, 16, x.length)) {
      for (int from = 0; from + length <= x.length; from++) {
        float[] part = Arrays.copyOfRange(x, from, from + length);
        float[] y =
            function
                .forward(Var.constant(Detached.of(part, length)), Pass.mean())
                .value()
                .data()
                .asFloat();
        float[] all = floats(golden(function).get("y"));
        assertClose("y", part, y, Arrays.copyOfRange(all, from, from + length));
      }
    }
  }
}
