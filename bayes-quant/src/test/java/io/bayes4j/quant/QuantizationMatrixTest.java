package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.convert.ConversionOptions;
import io.bayes4j.convert.DnnToBnn;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.LayerQuantization.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every kind of layer, in every rank, with every estimator and every way to calibrate, on normal
 * data: the output is close to the float layer's, and so is its spread over draws.
 */
class QuantizationMatrixTest {
  private static final Init INIT = Init.seeded(3);
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.05);

  /** Weights and inputs of 8 bits whose range is 4 to 5 standard deviations. */
  private static final double LEAST_DECIBELS = 28;

  /** What is cut off to make steps finer costs some where data are few. */
  private static final double LEAST_DECIBELS_CUT = 20;

  /** The same draws, but for rounding: see {@link LayerCheck}. */
  private static final double SPREAD = 0.03;

  /**
   * Transposed convolutions and recurrent layers draw other numbers: the error of a standard
   * deviation of 16 draws.
   */
  private static final double SPREAD_OF_OTHER_DRAWS = 0.15;

  /** Numbers of words, and how many words there are. */
  private static final int WORDS = 20;

  /**
   * A kind of layer.
   *
   * @param plain makes it, deterministic
   * @param drawn whether there are only estimators that draw weights
   * @param parts how many layers are quantized
   * @param shapeX of its input; of whole numbers if the layer looks them up
   */
  @SuppressWarnings("ArrayRecordComponent") // Kinds are never compared.
  private record Kind(
      String name, Supplier<Layer> plain, boolean drawn, int parts, long... shapeX) {
    Kind(AffineOp op, long... shapeX) {
      this(op.toString(), () -> ofOperation(op), false, 1, shapeX);
    }

    List<Estimator> estimators() {
      List<Estimator> all = new ArrayList<>(Arrays.asList(Estimator.values()));
      if (drawn) {
        all.remove(Estimator.LOCAL_REPARAMETERIZATION);
      }
      return all;
    }

    boolean looksUp() {
      return plain.get() instanceof Embedding;
    }

    boolean drawsOtherNumbers() {
      Layer layer = plain.get();
      return layer instanceof Recurrent
          || (layer instanceof Affine affine && affine.op() instanceof AffineOp.ConvTranspose);
    }

    INDArray x() {
      INDArray x = Noise.seeded(5).normals(shapeX);
      if (!looksUp()) {
        return x;
      }
      float[] words = new float[Math.toIntExact(x.length())];
      for (int i = 0; i < words.length; i++) {
        words[i] = i * 7 % WORDS;
      }
      return Detached.of(words, shapeX);
    }
  }

  private static Layer ofOperation(AffineOp op) {
    return VariationalLayers.plain(
            VariationalLayers.fresh(op, Estimator.FLIPOUT, VariationalSpec.defaults(), INIT))
        .orElseThrow();
  }

  /** A case of the matrix; without an estimator the layer is deterministic. */
  private record Case(Kind kind, Estimator estimator, ActivationRange range) {
    Layer layer() {
      Layer layer = kind.plain().get();
      return estimator == null
          ? layer
          : DnnToBnn.convert(layer, ConversionOptions.of(estimator).withSpec(SPEC)).model();
    }

    @Override
    public String toString() {
      return kind.name() + " " + estimator + " " + range;
    }
  }

  private static final List<Kind> KINDS =
      List.of(
          new Kind(new AffineOp.Dense(60, 9, true), 40, 60),
          new Kind(new AffineOp.Dense(60, 9, false), 10, 7, 60),
          new Kind(new AffineOp.Conv(ConvSpec.conv1d(6, 5, 3).withPadding(1)), 12, 6, 20),
          new Kind(
              new AffineOp.Conv(ConvSpec.conv1d(6, 4, 3).withGroups(2).withSamePadding()),
              12,
              6,
              20),
          new Kind(
              new AffineOp.Conv(ConvSpec.conv2d(5, 8, 3).withStride(2).withPadding(1)),
              8,
              5,
              11,
              10),
          new Kind(
              new AffineOp.Conv(
                  ConvSpec.conv2d(6, 6, 3).withGroups(6).withDilation(2).withoutBias()),
              8,
              6,
              11,
              10),
          new Kind(new AffineOp.Conv(ConvSpec.conv3d(4, 5, 2).withPadding(1)), 4, 4, 5, 6, 5),
          new Kind(
              new AffineOp.ConvTranspose(
                  ConvSpec.conv1d(6, 5, 3).withStride(2).withOutputPadding(1)),
              12,
              6,
              11),
          new Kind(
              new AffineOp.ConvTranspose(
                  ConvSpec.conv2d(6, 4, 3).withStride(2, 1).withPadding(1).withGroups(2)),
              6,
              6,
              7,
              6),
          new Kind(
              new AffineOp.ConvTranspose(
                  ConvSpec.conv2d(4, 3, 3)
                      .withDilation(2)
                      .withStride(2)
                      .withPadding(5)
                      .withoutBias()),
              6,
              4,
              9,
              8),
          new Kind(
              new AffineOp.ConvTranspose(ConvSpec.conv3d(3, 4, 2).withStride(2)), 4, 3, 4, 3, 4),
          new Kind("LSTM", () -> new Lstm(6, 9, INIT), true, 1, 30, 7, 6),
          new Kind("GRU", () -> new Gru(6, 9, INIT), true, 1, 30, 7, 6),
          new Kind("LSTM both ways", () -> new Lstm(deep(), INIT), true, 1, 30, 7, 6),
          new Kind("GRU both ways", () -> new Gru(deep(), INIT), true, 1, 30, 7, 6),
          new Kind(
              "Embedding", () -> new Embedding(EmbeddingOp.of(WORDS, 8), INIT), false, 1, 10, 6),
          new Kind(
              "Attention",
              () -> new MultiheadAttention(AttentionSpec.of(12, 3), INIT),
              false,
              4,
              10,
              6,
              12));

  private static RecurrentSpec deep() {
    return RecurrentSpec.of(6, 9).withLayers(2).withBidirectional();
  }

  static Stream<Case> cases() {
    List<Case> all = new ArrayList<>();
    for (Kind kind : KINDS) {
      for (ActivationRange range :
          List.of(
              ActivationRange.minMax(),
              ActivationRange.percentile(),
              ActivationRange.squaredError(),
              ActivationRange.entropy())) {
        all.add(new Case(kind, null, range));
        kind.estimators().forEach(estimator -> all.add(new Case(kind, estimator, range)));
      }
    }
    return all.stream();
  }

  /** A file holds all that a layer computes with: each kind, plain and drawn, to the last bit. */
  @ParameterizedTest
  @MethodSource("casesToSave")
  void isTheSameOnceLoaded(Case c, @TempDir Path folder) throws IOException {
    Path file = folder.resolve("model.safetensors");
    Layer made =
        Quantizer.calibrate(Sequential.of(c.layer()), c.kind().x())
            .quantizeInPlace(QuantizationOptions.defaults())
            .model();
    Quantizer.save(made, file);
    Layer loaded = Quantizer.load(() -> Sequential.of(c.layer()), file);
    INDArray x = c.kind().x();
    assertThat(Doubles.of(MonteCarlo.of(loaded).samples(2).outputs(x)))
        .isEqualTo(Doubles.of(MonteCarlo.of(made).samples(2).outputs(x)));
    assertThat(Doubles.of(MonteCarlo.atMean(loaded).outputs(x)))
        .isEqualTo(Doubles.of(MonteCarlo.atMean(made).outputs(x)));
  }

  static Stream<Case> casesToSave() {
    return cases()
        .filter(c -> c.range().toString().equals("min-max"))
        .filter(c -> c.estimator() == null || c.estimator() == Estimator.REPARAMETERIZATION);
  }

  static Stream<Case> casesThatMultiplyTheirInput() {
    return cases().filter(c -> !c.kind().looksUp());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void staysCloseAndKeepsItsSpread(Case c) {
    Quantization done =
        Quantizer.calibrate(Sequential.of(c.layer()), c.kind().x())
            .quantizeInPlace(QuantizationOptions.defaults().withRange(c.range()));

    assertThat(done.report().entries()).hasSize(c.kind().parts());
    boolean minMax = c.range().toString().equals("min-max");
    double bound = c.kind().drawsOtherNumbers() ? SPREAD_OF_OTHER_DRAWS : SPREAD;
    for (LayerQuantization entry : done.report().entries()) {
      assertThat(entry.outcome()).isEqualTo(Outcome.QUANTIZED);
      assertThat(entry.signalToNoise().orElseThrow())
          .as("%s", entry)
          .isGreaterThan(minMax ? LEAST_DECIBELS : LEAST_DECIBELS_CUT);
      assertThat(entry.spreadRatio().isPresent()).isEqualTo(c.estimator() != null);
      entry
          .spreadRatio()
          .ifPresent(ratio -> assertThat(ratio).as("%s", entry).isBetween(1 - bound, 1 + bound));
      assertThat(entry.input().isPresent()).isEqualTo(!c.kind().looksUp());
      entry
          .input()
          .ifPresent(in -> assertThat(minMax && in.clipped() > 0).as("%s", entry).isFalse());
    }
  }

  @ParameterizedTest
  @MethodSource("casesThatMultiplyTheirInput")
  void afterAReluNumbersHaveNoSign(Case c) {
    INDArray x = Detached.copy(c.kind().x());
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, Math.max(0, x.getFloat(i)));
    }
    LayerQuantization entry =
        Quantizer.calibrate(Sequential.of(c.layer()), x)
            .quantizeInPlace(QuantizationOptions.defaults().withRange(c.range()))
            .report()
            .entries()
            .get(0);
    assertThat(entry.input().orElseThrow().signed()).isFalse();
    assertThat(entry.signalToNoise().orElseThrow()).as("%s", entry).isGreaterThan(20);
  }
}
