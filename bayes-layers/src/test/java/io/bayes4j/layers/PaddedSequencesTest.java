package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.variational.GruFlipout;
import io.bayes4j.layers.variational.GruReparameterization;
import io.bayes4j.layers.variational.LstmFlipout;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Recurrent layers over sequences of different lengths, against PyTorch's pack_padded_sequence in
 * double precision (padded_golden.py) and against each sequence alone.
 */
class PaddedSequencesTest {
  private static final double TOLERANCE = 1e-5;

  /** A case. */
  record Golden(JsonNode node) {
    INDArray tensor(String name) {
      JsonNode tensor = node.get("tensors").get(name);
      return Samples.array(
          StreamSupport.stream(tensor.get("shape").spliterator(), false)
              .mapToLong(JsonNode::asLong)
              .toArray(),
          StreamSupport.stream(tensor.get("data").spliterator(), false)
              .mapToDouble(JsonNode::asDouble)
              .toArray());
    }

    SequenceLengths lengths() {
      return SequenceLengths.of(
          StreamSupport.stream(node.get("lengths").spliterator(), false)
              .mapToInt(JsonNode::asInt)
              .toArray());
    }

    boolean lstm() {
      return node.get("kind").asText().equals("lstm");
    }

    PlainRecurrent layer() {
      JsonNode config = node.get("config");
      RecurrentSpec spec = RecurrentSpec.of(3, 2).withLayers(config.get("layers").asInt());
      spec = config.get("bidirectional").asBoolean() ? spec.withBidirectional() : spec;
      Init init = Init.seeded(1);
      PlainRecurrent layer = lstm() ? new Lstm(spec, init) : new Gru(spec, init);
      layer.parameters().forEach((name, p) -> p.assign(tensor("state." + name)));
      return layer;
    }

    @Override
    public String toString() {
      return node.get("case").asText();
    }
  }

  static List<Golden> cases() throws IOException {
    try (InputStream in = PaddedSequencesTest.class.getResourceAsStream("padded.json")) {
      List<Golden> all = new ArrayList<>();
      new ObjectMapper().readTree(in).forEach(node -> all.add(new Golden(node)));
      return all;
    }
  }

  private static void assertClose(INDArray actual, INDArray expected) {
    Doubles.assertClose("numbers", actual, expected, TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputsStatesAndGradientsAreThoseOfPyTorchsPackedSequences(Golden golden) {
    PlainRecurrent layer = golden.layer();
    Var x = Var.leaf(golden.tensor("x"));
    Var h = Var.leaf(golden.tensor("h"));
    Var c = golden.lstm() ? Var.leaf(golden.tensor("c")) : null;
    RecurrentOutput out =
        layer.run(x, new RecurrentState(h, c), golden.lengths(), Pass.train(Noise.seeded(1)));
    assertClose(out.output().value(), golden.tensor("y"));
    assertClose(out.last().hidden().value(), golden.tensor("hn"));
    Var sum =
        Ops.add(
            Ops.sum(Ops.mul(out.output(), Var.constant(golden.tensor("g")))),
            Ops.sum(Ops.mul(out.last().hidden(), Var.constant(golden.tensor("gh")))));
    if (golden.lstm()) {
      assertClose(out.last().cell().value(), golden.tensor("cn"));
      sum = Ops.add(sum, Ops.sum(Ops.mul(out.last().cell(), Var.constant(golden.tensor("gc")))));
    }
    Gradients gradients = Gradients.of(sum);
    assertClose(gradients.get(x), golden.tensor("grad_x"));
    assertClose(gradients.get(h), golden.tensor("grad_h"));
    if (golden.lstm()) {
      assertClose(gradients.get(c), golden.tensor("grad_c"));
    }
    for (var entry : layer.parameters().entrySet()) {
      Parameter parameter = entry.getValue();
      assertClose(gradients.get(parameter.var()), golden.tensor("grad_state." + entry.getKey()));
    }
  }

  private static List<Recurrent> layers() {
    RecurrentSpec spec = RecurrentSpec.of(3, 4).withLayers(2).withBidirectional();
    VariationalSpec wide = VariationalSpec.defaults().withInitialSigma(0.3);
    Init init = Init.seeded(2);
    return List.of(
        new Lstm(spec, init),
        new Gru(spec, init),
        new LstmReparameterization(spec, wide, init),
        new LstmFlipout(spec, wide, init),
        new GruReparameterization(spec, wide, init),
        new GruFlipout(spec, wide, init));
  }

  /** Forty examples: more than a thread takes at once. */
  @ParameterizedTest
  @MethodSource("layers")
  void eachSequenceIsReadAsIfItWereAlone(Recurrent layer) {
    INDArray x = Samples.normals(3, 40, 5, 3);
    int[] lengths = new int[40];
    for (int n = 0; n < lengths.length; n++) {
      lengths[n] = 1 + n * 7 % 5;
    }
    for (Mode mode : List.of(Mode.TRAIN, Mode.SAMPLE, Mode.MEAN)) {
      Pass pass = Pass.of(mode, Noise.seeded(4));
      RecurrentOutput all = layer.run(Var.constant(x), SequenceLengths.of(lengths), pass);
      for (int n : new int[] {0, 1, 17, 33, 39}) {
        INDArray alone =
            x.get(NDArrayIndex.interval(n, n + 1), NDArrayIndex.interval(0, lengths[n])).dup('c');
        RecurrentOutput own =
            layer.run(Var.constant(alone), Pass.of(mode, Noise.seeded(4)).forExamplesFrom(n));
        INDArray y = all.output().value().get(NDArrayIndex.interval(n, n + 1));
        assertClose(
            y.get(NDArrayIndex.all(), NDArrayIndex.interval(0, lengths[n])).dup('c'),
            own.output().value());
        if (lengths[n] < 5) {
          INDArray rest = y.get(NDArrayIndex.all(), NDArrayIndex.interval(lengths[n], 5));
          assertThat(Doubles.of(rest.dup('c'))).containsOnly(0);
        }
        assertClose(
            all.last()
                .hidden()
                .value()
                .get(NDArrayIndex.all(), NDArrayIndex.interval(n, n + 1))
                .dup('c'),
            own.last().hidden().value());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void gradientsEqualFiniteDifferencesAndPaddingHasNone(Recurrent layer) {
    Var x = Var.leaf(Samples.normals(5, 3, 4, 3));
    SequenceLengths lengths = SequenceLengths.of(4, 1, 3);
    GradientCheck.of(() -> layer.run(x, lengths, Pass.train(Noise.seeded(6))).output())
        .tolerance(3e-3)
        .run(x);
    Var sum = Ops.sum(layer.run(x, lengths, Pass.train(Noise.seeded(6))).output());
    INDArray gradient = Gradients.of(sum).get(x);
    assertThat(Doubles.of(gradient.get(NDArrayIndex.point(1), NDArrayIndex.interval(1, 4)).dup()))
        .containsOnly(0);
  }

  @Test
  void whatIsInThePaddingMakesNoDifference() {
    for (Recurrent layer : layers()) {
      INDArray x = Samples.normals(3, 2, 4, 3);
      INDArray other = x.dup();
      other.get(NDArrayIndex.point(1), NDArrayIndex.interval(2, 4)).assign(1e30);
      SequenceLengths lengths = SequenceLengths.of(4, 2);
      List<double[]> seen = new ArrayList<>();
      for (INDArray input : List.of(x, other)) {
        Var leaf = Var.leaf(input);
        RecurrentOutput out = layer.run(leaf, lengths, Pass.train(Noise.seeded(1)));
        seen.add(Doubles.of(out.output().value()));
        seen.add(Doubles.of(out.last().hidden().value()));
        Gradients gradients = Gradients.of(Ops.sum(out.output()));
        seen.add(
            layer.parameters().values().stream()
                .filter(p -> gradients.reaches(p.var()))
                .mapToDouble(p -> gradients.get(p.var()).sumNumber().doubleValue())
                .toArray());
      }
      for (int i = 0; i < 3; i++) {
        assertThat(seen.get(i + 3)).usingComparatorWithPrecision(1e-5).containsExactly(seen.get(i));
      }
    }
  }

  @Test
  void lengthsOfMasksAndPadding() {
    INDArray ids = Samples.array(new long[] {3, 4}, 5, 0, 2, 0, 1, 1, 1, 1, 3, 0, 0, 0);
    assertThat(SequenceLengths.beforePadding(ids, 0).toArray()).containsExactly(3, 4, 1);
    INDArray mask = Samples.array(new long[] {2, 3}, 1, 1, 0, 1, 1, 1);
    SequenceLengths lengths = SequenceLengths.ofMask(mask);
    assertThat(lengths.toArray()).containsExactly(2, 3);
    assertThat(Doubles.of(lengths.padding(4))).containsExactly(0, 0, 1, 1, 0, 0, 0, 1);
    Var y = Var.leaf(Samples.normals(1, 2, 3, 2));
    for (int f = 0; f < 2; f++) {
      assertThat(lengths.last(y).value().getDouble(0, f)).isEqualTo(y.value().getDouble(0, 1, f));
      assertThat(lengths.last(y).value().getDouble(1, f)).isEqualTo(y.value().getDouble(1, 2, f));
      double mean = (y.value().getDouble(0, 0, f) + y.value().getDouble(0, 1, f)) / 2;
      assertThat(lengths.mean(y).value().getDouble(0, f)).isCloseTo(mean, within(1e-6));
    }
    GradientCheck.of(() -> lengths.mean(y)).run(y);
    GradientCheck.of(() -> lengths.last(y)).run(y);
  }

  @Test
  void refusesLengthsThatDoNotFit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceLengths.of(2, 0))
        .withMessage("lengths[1] must be at least 1 step, got 0");
    INDArray empty = Samples.array(new long[] {1, 2}, 7, 7);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceLengths.beforePadding(empty, 7))
        .withMessage("lengths[0] must be at least 1 step, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceLengths.ofMask(Samples.array(new long[] {1, 3}, 1, 0, 1)))
        .withMessage("mask must have ones and then zeros in every row, got 0.0 at [0, 1]");
    Recurrent lstm = new Lstm(3, 2, Init.seeded(1));
    Var x = Var.constant(Samples.normals(1, 2, 4, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.run(x, SequenceLengths.of(1), Pass.mean()))
        .withMessage("lengths must be 2, one for each example, got 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> lstm.run(x, SequenceLengths.of(4, 5), Pass.mean()))
        .withMessage("lengths[1] must be in [1, 4], got 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SequenceLengths.of(4, 5).mean(x))
        .withMessage("lengths[1] must be in [1, 4], got 5");
  }
}
