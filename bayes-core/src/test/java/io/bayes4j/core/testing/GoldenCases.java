package io.bayes4j.core.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.bayes4j.core.kernels.ConvGeometry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Reads the reference cases that lie beside this class as JSON. */
public final class GoldenCases {
  /** The kinds of layers that there are cases of. */
  public static final List<String> KINDS =
      List.of(
          "linear",
          "conv1d",
          "conv2d",
          "conv3d",
          "conv_transpose1d",
          "conv_transpose2d",
          "conv_transpose3d",
          "lstm",
          "gru",
          "embedding",
          "layer_norm",
          "group_norm",
          "batch_norm");

  /** The first cases, and those with other options. */
  private static final List<String> FOLDERS = List.of("golden/", "golden/other/");

  private GoldenCases() {}

  /** All cases of all kinds. */
  public static List<GoldenCase> all() {
    return KINDS.stream().flatMap(kind -> of(kind).stream()).toList();
  }

  /**
   * The cases of a kind.
   *
   * @throws IllegalArgumentException if there are none
   */
  public static List<GoldenCase> of(String kind) {
    if (!KINDS.contains(kind)) {
      throw new IllegalArgumentException("kind must be one of " + KINDS + ", got " + kind);
    }
    List<GoldenCase> cases = new ArrayList<>();
    for (String folder : FOLDERS) {
      for (JsonNode node : parse(folder + kind + ".json")) {
        cases.add(new GoldenCase(header(node), tensors(node.required("tensors"))));
      }
    }
    if (cases.isEmpty()) {
      throw new IllegalStateException("no cases of " + kind + " are on the test class path");
    }
    return List.copyOf(cases);
  }

  /** What a file holds; nothing if there is none. */
  static JsonNode parse(String resource) {
    try (InputStream in = GoldenCases.class.getResourceAsStream(resource)) {
      if (in == null) {
        return MissingNode.getInstance();
      }
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static GoldenCase.Header header(JsonNode node) {
    ConvGeometry geometry = node.path("kernel").isArray() ? geometry(node) : null;
    return new GoldenCase.Header(
        node.required("case").asText(),
        node.required("kind").asText(),
        node.required("case").asText().replaceFirst(".*/", ""),
        node.required("in").asInt(),
        (node.has("out") ? node.get("out") : node.required("hidden")).asInt(),
        geometry,
        geometry == null ? List.of() : numbers(node, "output_padding", geometry.rank(), 0),
        node.required("bias").asBoolean(),
        node.required("prior_mu").asDouble(),
        node.required("prior_sigma").asDouble(),
        node.required("kl_sum").asDouble(),
        node.path("layers").asInt(0),
        node.path("bidirectional").asBoolean(false),
        options(node.path("config")));
  }

  private static Map<String, String> options(JsonNode config) {
    Map<String, String> options = new HashMap<>();
    config.properties().forEach(field -> options.put(field.getKey(), field.getValue().asText()));
    return options;
  }

  private static ConvGeometry geometry(JsonNode node) {
    List<Integer> kernel = list(node.get("kernel"));
    int rank = kernel.size();
    return new ConvGeometry(
        kernel,
        numbers(node, "stride", rank, 1),
        numbers(node, "padding", rank, 0),
        numbers(node, "dilation", rank, 1),
        node.required("config").path("groups").asInt(1));
  }

  private static List<Integer> numbers(JsonNode node, String name, int rank, int otherwise) {
    JsonNode given = node.required("config").path(name);
    return given.isArray() ? list(given) : Collections.nCopies(rank, otherwise);
  }

  static List<Integer> list(JsonNode array) {
    List<Integer> list = new ArrayList<>();
    array.forEach(number -> list.add(number.asInt()));
    return List.copyOf(list);
  }

  private static Map<String, INDArray> tensors(JsonNode node) {
    Map<String, INDArray> tensors = new HashMap<>();
    node.properties().forEach(field -> tensors.put(field.getKey(), tensor(field.getValue())));
    return tensors;
  }

  static INDArray tensor(JsonNode node) {
    JsonNode shape = node.required("shape");
    long[] lengths = new long[shape.size()];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = shape.get(i).asLong();
    }
    JsonNode data = node.required("data");
    double[] elements = new double[data.size()];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = data.get(i).asDouble();
    }
    return Samples.array(lengths, elements);
  }
}
