package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.io.SafeTensors;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TorchStateDict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares attention with numbers that PyTorch computed in double precision. */
class AttentionGoldenTest {
  private static final double TOLERANCE = 2e-5;
  private static final INDArray PADDING = Samples.array(new long[] {2, 3}, 0, 0, 1, 0, 1, 0);

  /** A case: a module's options, state, inputs, output and gradients. */
  record Golden(String name, String kind, JsonNode config, Map<String, INDArray> tensors) {
    INDArray tensor(String tensor) {
      return tensors.get(tensor).dup();
    }

    /** The tensors whose names begin so, by the rest of the name. */
    Map<String, INDArray> with(String prefix) {
      Map<String, INDArray> found = new LinkedHashMap<>();
      tensors.forEach(
          (tensor, array) -> {
            if (tensor.startsWith(prefix)) {
              found.put(tensor.substring(prefix.length()), array);
            }
          });
      return found;
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static List<Golden> cases() throws IOException {
    try (InputStream in = AttentionGoldenTest.class.getResourceAsStream("attention.json")) {
      List<Golden> all = new ArrayList<>();
      for (JsonNode node : new ObjectMapper().readTree(in)) {
        Map<String, INDArray> tensors = new LinkedHashMap<>();
        node.get("tensors")
            .properties()
            .forEach(field -> tensors.put(field.getKey(), tensor(field.getValue())));
        String name = node.get("case").asText();
        all.add(new Golden(name, node.get("kind").asText(), node.get("config"), tensors));
      }
      return all;
    }
  }

  private static INDArray tensor(JsonNode node) {
    long[] shape =
        StreamSupport.stream(node.get("shape").spliterator(), false)
            .mapToLong(JsonNode::asLong)
            .toArray();
    double[] data =
        StreamSupport.stream(node.get("data").spliterator(), false)
            .mapToDouble(JsonNode::asDouble)
            .toArray();
    return Samples.array(shape, data);
  }

  private static Layer model(Golden golden) {
    JsonNode config = golden.config();
    Init init = Init.seeded(1);
    if (golden.kind().equals("attention")) {
      AttentionSpec spec =
          AttentionSpec.of(4, 2)
              .withInputs(config.path("kdim").asInt(4), config.path("vdim").asInt(4));
      return new MultiheadAttention(
          config.path("bias").asBoolean(true) ? spec : spec.withoutBias(), init);
    }
    TransformerSpec spec =
        TransformerSpec.of(4, 2)
            .withFeedforward(5)
            .withDropout(0)
            .withEpsilon(config.path("layer_norm_eps").asDouble(1e-5));
    if (config.path("activation").asText("relu").equals("gelu")) {
      spec = spec.withActivation(Activation.GELU_EXACT);
    }
    if (config.path("norm_first").asBoolean(false)) {
      spec = spec.withNormFirst();
    }
    int depth = config.get("depth").asInt();
    return depth == 0
        ? new TransformerEncoderLayer(spec, init)
        : new TransformerEncoder(spec, depth, true, init);
  }

  private static Var run(Golden golden, Layer model, Map<String, Var> x) {
    boolean masked = golden.config().path("mask").asBoolean(false);
    AttentionMask padding = AttentionMask.none().withKeyPadding(PADDING);
    if (model instanceof TransformerEncoder encoder) {
      return encoder.encode(x.get("x"), masked ? padding : AttentionMask.none(), Pass.mean());
    }
    if (model instanceof TransformerEncoderLayer layer && masked) {
      return layer.encode(x.get("x"), AttentionMask.causal(), Pass.mean());
    }
    if (golden.name().equals("self-causal-padding")) {
      AttentionMask both = AttentionMask.causal().withKeyPadding(PADDING);
      return ((MultiheadAttention) model)
          .attend(x.get("x"), x.get("x"), x.get("x"), both, Pass.mean());
    }
    if (golden.name().startsWith("cross")) {
      AttentionMask mask = golden.name().contains("padding") ? padding : AttentionMask.none();
      return ((MultiheadAttention) model)
          .attend(x.get("query"), x.get("key"), x.get("value"), mask, Pass.mean());
    }
    return model.forward(x.get("x"), Pass.mean());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputAndGradients(Golden golden) {
    Layer model = model(golden);
    TorchStateDict.load(model, golden.with("state."));
    Map<String, Var> inputs = new LinkedHashMap<>();
    for (String name : List.of("x", "query", "key", "value")) {
      if (golden.tensors().containsKey(name)) {
        inputs.put(name, Var.leaf(golden.tensor(name)));
      }
    }

    Var y = run(golden, model, inputs);

    assertClose(golden + " y", y.value(), golden.tensor("y"));
    Gradients gradients = Gradients.of(y, golden.tensor("g"));
    inputs.forEach(
        (name, x) ->
            assertClose(golden + " " + name, gradients.get(x), golden.tensor("grad_" + name)));
    Map<String, Parameter> parameters = Layers.parameters(model);
    // Loaded like a state, PyTorch's gradients get our names and shapes.
    Layer expected = model(golden);
    TorchStateDict.load(expected, golden.with("grad_state."));
    Map<String, INDArray> byName = StateDict.of(expected);
    assertThat(byName.keySet()).isEqualTo(parameters.keySet());
    parameters.forEach(
        (name, p) -> assertClose(golden + " " + name, gradients.get(p), byName.get(name)));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void isSavedAsPyTorchWouldSaveIt(Golden golden, @TempDir Path folder) throws IOException {
    Layer model = model(golden);
    TorchStateDict.load(model, golden.with("state."));
    Path file = folder.resolve("saved.safetensors");

    TorchStateDict.save(model, file);

    assertThat(SafeTensors.read(file).tensors()).isEqualTo(golden.with("state."));
  }

  /** Relative to the largest; a gradient that is zero in theory may be as large as rounding. */
  private static void assertClose(String what, INDArray actual, INDArray expected) {
    if (what.endsWith("k_proj.bias")) {
      // A shift of all scores of a query changes no softmax.
      assertThat(actual.amaxNumber().doubleValue()).isLessThan(1e-5);
      return;
    }
    Doubles.assertClose(what, actual, expected, TOLERANCE);
  }
}
