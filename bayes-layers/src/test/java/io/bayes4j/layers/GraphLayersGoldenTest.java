package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares the layers of imported networks with PyTorch, and their gradients with differences. */
final class GraphLayersGoldenTest {
  private static final double TOLERANCE = 2e-6;

  private static final Map<String, Layer> LAYERS = layers();

  private static Map<String, Layer> layers() {
    Map<String, Layer> all = new HashMap<>();
    all.put("relu6", Activation.RELU6);
    all.put("hardswish", Activation.HARDSWISH);
    all.put("hardsigmoid", Activation.HARDSIGMOID);
    all.put("mish", Activation.MISH);
    all.put("gelu", Activation.GELU_EXACT);
    all.put("leaky", new LeakyRelu(0.2));
    all.put("elu", new Elu(0.5));
    all.put("clamp", new Clamp(-0.25, 1.25));
    all.put("prelu", with(new Prelu(3), Map.of("weight", vector(0.25, -0.5, 0.125))));
    all.put("softmax last", new Softmax(-1));
    all.put("softmax 1", new Softmax(1));
    Map<String, INDArray> affine =
        Map.of("weight", vector(1.5, -0.75, 0.5), "bias", vector(0.25, 0.5, -1.0));
    all.put("instance", with(new InstanceNorm(3, 1e-5, true), affine));
    all.put("channel", with(new ChannelNorm(3), affine));
    all.put("adaptive", AdaptiveAvgPool.of(3, 2));
    all.put("adaptive up", AdaptiveAvgPool.of(5));
    all.put("adaptive max", AdaptiveMaxPool.of(3, 2));
    all.put("adaptive max up", AdaptiveMaxPool.of(5));
    all.put("adaptive max even", AdaptiveMaxPool.of(3, 2, 1));
    all.put("nearest", Resize.nearest(2, 2));
    all.put(
        "nearest size",
        new Resize(Resize.Mode.NEAREST_FLOOR, Resize.Places.ASYMMETRIC, List.of(), List.of(5, 3)));
    all.put("linear", Resize.linear(2, 2));
    all.put(
        "linear corners",
        new Resize(Resize.Mode.LINEAR, Resize.Places.ALIGNED_CORNERS, List.of(), List.of(5, 7)));
    all.put(
        "linear 1d",
        new Resize(Resize.Mode.LINEAR, Resize.Places.HALF_PIXEL, List.of(1.5), List.of()));
    all.put("pad", new Pad(List.of(0, 0, 0, 1), List.of(0, 0, 3, 2), PaddingMode.ZEROS, 0.5));
    all.put(
        "pad negative", new Pad(List.of(0, 0, 1, -1), List.of(0, 0, -2, 2), PaddingMode.ZEROS, 0));
    all.put(
        "pad reflect", new Pad(List.of(0, 0, 2, 1), List.of(0, 0, 0, 2), PaddingMode.REFLECT, 0));
    all.put(
        "pad replicate",
        new Pad(List.of(0, 0, 2, 1), List.of(0, 0, 0, 2), PaddingMode.REPLICATE, 0));
    all.put("slice", new Slice(2, 1, -1, 2));
    all.put("slice whole", Slice.of(1, 1, Long.MAX_VALUE));
    all.put("flip", new Slice(-1, -1, Long.MIN_VALUE, -1));
    all.put("pick", new Pick(1, List.of(2, 0, -1)));
    all.put("mean", new Reduce(Reduce.Kind.MEAN, List.of(2, 3), false));
    all.put("sum", new Reduce(Reduce.Kind.SUM, List.of(1, -1), true));
    return all;
  }

  private static Layer with(Layer layer, Map<String, INDArray> values) {
    values.forEach((name, value) -> layer.parameters().get(name).assign(value));
    return layer;
  }

  private static INDArray vector(double... numbers) {
    return Samples.array(new long[] {numbers.length}, numbers);
  }

  /** What PyTorch made of an input. */
  record Golden(String name, INDArray x, INDArray y, INDArray g, INDArray grad) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Golden> cases() throws IOException {
    try (InputStream in = GraphLayersGoldenTest.class.getResourceAsStream("graph-layers.json")) {
      List<Golden> all = new ArrayList<>();
      for (JsonNode node : new ObjectMapper().readTree(in)) {
        all.add(
            new Golden(
                node.get("name").asText(),
                tensor(node.get("x")),
                tensor(node.get("y")),
                tensor(node.get("g")),
                tensor(node.get("grad"))));
      }
      assertThat(all).extracting(Golden::name).containsExactlyInAnyOrderElementsOf(LAYERS.keySet());
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

  @ParameterizedTest
  @MethodSource("cases")
  void computesWhatPyTorchDoesInBothLayouts(Golden golden) {
    Layer layer = LAYERS.get(golden.name);
    for (Layout layout : Layout.values()) {
      Var x = Var.leaf(Samples.in(layout, golden.x));
      Var y = Pass.train(Noise.seeded(1)).run(layer, x);
      Doubles.assertClose("y", y.value(), golden.y, TOLERANCE);
      INDArray gradient = Gradients.of(y, golden.g).get(x);
      Doubles.assertClose("gradient", gradient, golden.grad, TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsEqualFiniteDifferences(Golden golden) {
    Layer layer = LAYERS.get(golden.name);
    Var x = Var.leaf(golden.x.dup());
    List<Var> leaves = new ArrayList<>(List.of(x));
    layer.parameters().values().stream().map(Parameter::var).forEach(leaves::add);
    GradientCheck.of(() -> layer.forward(x, Pass.train(Noise.seeded(1))))
        .elements(10)
        .run(leaves.toArray(Var[]::new));
  }
}
