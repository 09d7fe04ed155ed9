package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.SequenceLengths;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.EmbeddingReparameterization;
import io.bayes4j.layers.variational.GruFlipout;
import io.bayes4j.layers.variational.LstmFlipout;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.LayerQuantization.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Recurrent layers, embeddings, and the projections of attention. */
class RecurrentQuantizationTest {
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.05);

  private static RecurrentSpec deep() {
    return RecurrentSpec.of(6, 9).withLayers(2).withBidirectional();
  }

  private static Layer layer(int which, long seed) {
    Init init = Init.seeded(seed);
    return switch (which) {
      case 0 -> new Lstm(6, 9, init);
      case 1 -> new Gru(6, 9, init);
      case 2 -> new Lstm(deep(), init);
      case 3 -> new Gru(deep(), init);
      case 4 -> new LstmReparameterization(6, 9, SPEC, init);
      case 5 -> new LstmFlipout(deep(), SPEC, init);
      default -> new GruFlipout(deep(), SPEC, init);
    };
  }

  static Stream<Integer> layers() {
    return Stream.of(0, 1, 2, 3, 4, 5, 6);
  }

  @ParameterizedTest
  @MethodSource("layers")
  void staysCloseAndKeepsItsSpread(int which) {
    Sequential model = Sequential.of(layer(which, 1));
    Quantization done =
        Quantizer.calibrate(model, Noise.seeded(2).normals(30, 7, 6))
            .quantizeInPlace(QuantizationOptions.defaults());
    LayerQuantization entry = done.report().entries().get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.QUANTIZED);
    assertThat(model.slots().get(0).layer()).isInstanceOf(QuantizedRecurrent.class);
    assertThat(entry.signalToNoise().orElseThrow()).as("%s", entry).isGreaterThan(28);
    assertThat(entry.spreadRatio().isPresent()).isEqualTo(which >= 4);
    // Other draws than the float layer's: the error of a standard deviation of 16 draws.
    entry.spreadRatio().ifPresent(ratio -> assertThat(ratio).isBetween(0.85, 1.15));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void readsSequencesOfDifferentLengthsAndGoesOnWhereItWas(int which) {
    Recurrent exact = (Recurrent) layer(which, 1);
    INDArray x = Noise.seeded(2).normals(4, 7, 6);
    Recurrent int8 =
        (Recurrent)
            Quantizer.calibrate(layer(which, 1), x)
                .quantizeInPlace(QuantizationOptions.defaults())
                .model();
    SequenceLengths lengths = SequenceLengths.of(7, 1, 4, 6);
    var expected = exact.run(Var.constant(x), lengths, Pass.mean());
    var actual = int8.run(Var.constant(x), lengths, Pass.mean());
    assertClose(expected.output(), actual.output());
    assertClose(expected.last().hidden(), actual.last().hidden());
    if (expected.last().cell() != null) {
      assertClose(expected.last().cell(), actual.last().cell());
    }
    assertClose(
        exact.run(Var.constant(x), expected.last(), Pass.mean()).output(),
        int8.run(Var.constant(x), expected.last(), Pass.mean()).output());
  }

  private static void assertClose(Var expected, Var actual) {
    double[] a = Doubles.of(expected.value());
    double[] b = Doubles.of(actual.value());
    assertThat(b).hasSameSizeAs(a);
    for (int i = 0; i < a.length; i++) {
      assertThat(Math.abs(a[i] - b[i])).isLessThan(0.03);
      assertThat(b[i] == 0).isEqualTo(a[i] == 0);
    }
  }

  private static Sequential words(long seed, boolean bayesian) {
    Init init = Init.seeded(seed);
    EmbeddingOp op = EmbeddingOp.of(20, 8).withPaddingIndex(3);
    return Sequential.of(
        bayesian ? new EmbeddingReparameterization(op, SPEC, init) : new Embedding(op, init),
        bayesian ? new LstmFlipout(8, 6, SPEC, init) : new Lstm(8, 6, init),
        new MultiheadAttention(AttentionSpec.of(6, 2), init),
        new Linear(6, 4, init));
  }

  private static INDArray numbers() {
    float[] numbers = new float[60];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = i * 7 % 20;
    }
    return Detached.of(numbers, 10, 6);
  }

  @Test
  void aNetworkOfWordsIsQuantizedWholeAndSaved(@TempDir Path folder) throws IOException {
    for (boolean bayesian : new boolean[] {false, true}) {
      Sequential model = words(1, bayesian);
      double[] exact = Doubles.of(MonteCarlo.atMean(model).outputs(numbers()));
      Quantization done =
          Quantizer.calibrate(model, numbers()).quantizeInPlace(QuantizationOptions.defaults());
      assertThat(done.report().with(Outcome.QUANTIZED))
          .extracting(LayerQuantization::path)
          .containsExactly("0", "1", "2.q_proj", "2.k_proj", "2.v_proj", "2.out_proj", "3");
      double[] int8 = Doubles.of(MonteCarlo.atMean(model).outputs(numbers()));
      for (int i = 0; i < exact.length; i++) {
        assertThat(Math.abs(int8[i] - exact[i])).isLessThan(0.05);
      }
      Path file = folder.resolve(bayesian + ".safetensors");
      Quantizer.save(model, file);
      Layer loaded = Quantizer.load(() -> words(2, bayesian), file);
      MonteCarlo draws = MonteCarlo.of(loaded).samples(bayesian ? 4 : 1);
      double[] expected =
          Doubles.of(MonteCarlo.of(model).samples(bayesian ? 4 : 1).outputs(numbers()));
      assertThat(Doubles.of(draws.outputs(numbers()))).isEqualTo(expected);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Quantizer.load(() -> Sequential.of(layer(0, 1), layer(1, 1)), file))
          .withMessageContaining("0.ih_l0.weight.int8 is missing");
    }
  }

  @Test
  void tablesKeepTheirSpreadAndTheirPadding() {
    INDArray x = numbers();
    Layer model =
        new EmbeddingReparameterization(
            EmbeddingOp.of(20, 8).withPaddingIndex(3), SPEC, Init.seeded(1));
    Quantization done =
        Quantizer.calibrate(Sequential.of(model), x)
            .quantizeInPlace(QuantizationOptions.defaults());
    LayerQuantization entry = done.report().entries().get(0);
    assertThat(entry.signalToNoise().orElseThrow()).isGreaterThan(35);
    assertThat(entry.spreadRatio().orElseThrow()).isBetween(0.97, 1.03);
    INDArray padding = Detached.of(new float[] {3}, 1);
    assertThat(Doubles.of(MonteCarlo.of(done.model()).samples(2).outputs(padding))).containsOnly(0);
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> MonteCarlo.of(done.model()).samples(2).outputs(Detached.of(new float[] {20}, 1)))
        .withMessageContaining("x must hold whole numbers in [0, 20), got 20.0");
  }

  @Test
  void refusesWrongShapesByName() {
    Recurrent int8 =
        (Recurrent)
            Quantizer.quantizeInPlace(
                    new Lstm(6, 9, Init.seeded(1)), QuantizationOptions.defaults())
                .model();
    assertThat(int8.op().cell()).isEqualTo(RecurrentCell.LSTM);
    Var x = Var.constant(Noise.seeded(1).normals(2, 3, 6));
    for (long[] shape : List.of(new long[] {2, 3, 5}, new long[] {2, 6})) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> int8.run(Var.constant(Detached.zeros(shape)), Pass.mean()))
          .withMessageContaining("x must be [N, T, 6]");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> int8.run(x, int8.op().zeros(3), Pass.mean()))
        .withMessageContaining("initial hidden state must have shape [1, 2, 9]");
  }
}
