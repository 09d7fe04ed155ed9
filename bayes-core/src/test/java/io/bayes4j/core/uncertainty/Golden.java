package io.bayes4j.core.uncertainty;

import static io.bayes4j.core.uncertainty.Predictions.array;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A case whose values another library gave, or its definition. */
record Golden(JsonNode node) {
  double[] numbers(String name) {
    return StreamSupport.stream(node.required(name).spliterator(), false)
        .mapToDouble(JsonNode::asDouble)
        .toArray();
  }

  int[] whole(String name) {
    return Arrays.stream(numbers(name)).mapToInt(x -> (int) x).toArray();
  }

  double number(String name) {
    return node.required(name).asDouble();
  }

  INDArray rows(String name, String width) {
    double[] all = numbers(name);
    int columns = node.required(width).asInt();
    return array(all, all.length / columns, columns);
  }

  /** [samples, batch, outputs]. */
  INDArray cube(String name) {
    return array(numbers(name), Arrays.stream(whole("shape")).asLongStream().toArray());
  }

  /** [batch, outputs]. */
  INDArray table(String name) {
    int[] shape = whole("shape");
    return array(numbers(name), shape[1], shape[2]);
  }

  void check(String name, double ours, double tolerance) {
    JsonNode expected = node.path(name);
    if (!expected.isMissingNode() && !expected.isNull()) {
      assertThat(ours).as(name).isCloseTo(expected.asDouble(), within(tolerance));
    }
  }

  @Override
  public String toString() {
    return node.required("case").asText();
  }

  /** The cases of a kind in a file of this package. */
  static List<Golden> cases(String file, String kind) throws IOException {
    try (InputStream in = Golden.class.getResourceAsStream(file)) {
      JsonNode all = new ObjectMapper().readTree(in).required(kind);
      return StreamSupport.stream(all.spliterator(), false).map(Golden::new).toList();
    }
  }
}
