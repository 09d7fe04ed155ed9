package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.TransformerEncoder;
import io.bayes4j.layers.TransformerEncoderLayer;
import io.bayes4j.layers.TransformerSpec;
import io.bayes4j.layers.io.StateDict;
import io.bayes4j.layers.io.TorchStateDict;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.VariationalAffine;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The matrix of kinds and options of attention and estimators; a new kind adds a row. */
class AttentionConversionTest {
  private static final TransformerSpec ENCODER =
      TransformerSpec.of(4, 2).withFeedforward(3).withActivation(Activation.GELU_EXACT);

  /** A layer and an estimator. */
  record Row(String name, Function<Init, Layer> plain, Estimator estimator) {
    Layer bayesian() {
      ConversionOptions options = ConversionOptions.of(estimator);
      return DnnToBnn.convert(plain.apply(Init.seeded(1)), options).model();
    }

    @Override
    public String toString() {
      return name + " " + estimator;
    }
  }

  static Stream<Row> rows() {
    Map<String, Function<Init, Layer>> kinds = new LinkedHashMap<>();
    kinds.put("attention", init -> new MultiheadAttention(AttentionSpec.of(4, 2), init));
    kinds.put(
        "attention dropout no bias",
        init ->
            new MultiheadAttention(AttentionSpec.of(4, 4).withDropout(0.3).withoutBias(), init));
    kinds.put("encoder layer", init -> new TransformerEncoderLayer(ENCODER, init));
    kinds.put(
        "encoder layer norm first",
        init -> new TransformerEncoderLayer(ENCODER.withNormFirst(), init));
    kinds.put("encoder", init -> new TransformerEncoder(ENCODER.withNormFirst(), 1, true, init));
    List<Row> rows = new ArrayList<>();
    for (Estimator estimator : Estimator.values()) {
      kinds.forEach((name, kind) -> rows.add(new Row(name, kind, estimator)));
    }
    return rows.stream();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void gradientsEqualFiniteDifferences(Row row) {
    Layer layer = row.bayesian();
    List<Var> leaves = new ArrayList<>(List.of(Var.leaf(Samples.normals(3, 2, 3, 4))));
    // In theory a shift of all keys changes nothing: its gradient is nothing but rounding.
    Layers.parameters(layer)
        .forEach(
            (name, p) -> {
              if (!name.contains("k_proj.bias")) {
                leaves.add(p.var());
              }
            });
    // A draw without gradients so small that differences of floats no longer find them.
    GradientCheck.of(() -> layer.forward(leaves.get(0), Pass.train(Noise.seeded(5))))
        .elements(2)
        .tolerance(2e-3)
        .run(leaves.toArray(Var[]::new));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyProjectionConvertsAndTheMeanComputesWhatThePlainLayerDid(Row row) {
    Var x = Var.constant(Samples.normals(3, 2, 3, 4));
    Layer plain = row.plain().apply(Init.seeded(1));
    double[] before = Doubles.of(plain.forward(x, Pass.mean()).value());
    Conversion conversion = DnnToBnn.convert(plain, ConversionOptions.of(row.estimator()));
    assertThat(conversion.model()).isSameAs(plain);
    assertThat(conversion.report().with(Outcome.REFUSED)).isEmpty();
    assertThat(conversion.report().with(Outcome.CONVERTED))
        .hasSizeGreaterThanOrEqualTo(4)
        .allSatisfy(entry -> assertThat(entry.path()).containsAnyOf("_proj", "linear"));
    assertThat(conversion.report().with(Outcome.KEPT))
        .allSatisfy(entry -> assertThat(entry.path()).contains("norm"));
    assertThat(Doubles.of(plain.forward(x, Pass.mean()).value())).isEqualTo(before);
    Pass draw = Pass.sample(Noise.seeded(1));
    assertThat(Doubles.of(plain.forward(x, draw).value())).isNotEqualTo(before);
    assertThat(Kl.value(plain)).isPositive();
  }

  /** Of the two steps of an example, a shared weight makes the same of the same. */
  @ParameterizedTest
  @EnumSource(names = {"REPARAMETERIZATION", "FLIPOUT"})
  void stepsOfAnExampleShareTheirDrawAndExamplesOnlyWithoutFlipout(Estimator estimator) {
    Layer layer =
        new Row("", i -> new MultiheadAttention(AttentionSpec.of(4, 2), i), estimator).bayesian();
    Layer queries = layer.slots().get(0).layer();
    assertThat(queries).isInstanceOf(VariationalAffine.class);
    INDArray x = Nd4j.tile(Samples.normals(1, 1, 1, 4), 2, 3, 1);
    Var y = queries.forward(Var.constant(x.dup('c')), Pass.train(Noise.seeded(2)));
    double[] first = Doubles.of(Ops.slice(Ops.slice(y, 0, 0, 1), 1, 0, 1).value());
    double[] step = Doubles.of(Ops.slice(Ops.slice(y, 0, 0, 1), 1, 2, 3).value());
    double[] example = Doubles.of(Ops.slice(Ops.slice(y, 0, 1, 2), 1, 0, 1).value());
    for (int i = 0; i < first.length; i++) {
      assertThat(step[i]).isCloseTo(first[i], within(1e-6));
    }
    if (estimator == Estimator.FLIPOUT) {
      assertThat(example[0]).isNotCloseTo(first[0], within(1e-4));
    } else {
      assertThat(example[0]).isCloseTo(first[0], within(1e-6));
    }
  }

  @Test
  void pytorchsPackedWeightsBecomeTheMeansAndComeBackFrozen() {
    Layer bayesian =
        new Row("", i -> new MultiheadAttention(AttentionSpec.of(4, 2), i), Estimator.FLIPOUT)
            .bayesian();
    Map<String, INDArray> torch = new LinkedHashMap<>();
    torch.put("in_proj_weight", Samples.normals(1, 12, 4));
    torch.put("in_proj_bias", Samples.normals(2, 12));
    torch.put("out_proj.weight", Samples.normals(3, 4, 4));
    torch.put("out_proj.bias", Samples.normals(4, 4));
    TorchStateDict.load(bayesian, torch);
    Map<String, Parameter> means = Layers.parameters(bayesian);
    double[] all = Doubles.of(torch.get("in_proj_weight"));
    assertThat(means.get("k_proj.weight.mu").value())
        .isEqualTo(Samples.array(new long[] {4, 4}, Arrays.copyOfRange(all, 16, 32)));

    Layer plain = BnnToDnn.freeze(bayesian);

    assertThat(StateDict.of(plain).keySet())
        .contains("q_proj.weight", "v_proj.bias", "out_proj.bias");
    assertThat(StateDict.of(plain).get("out_proj.weight")).isEqualTo(torch.get("out_proj.weight"));
  }
}
