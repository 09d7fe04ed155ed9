package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.LayerQuantization.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Every kind of affine layer, in every rank, with every estimator and every way to calibrate, on
 * normal data: the output is close to the float layer's, and so is its spread over draws.
 */
class QuantizationMatrixTest {
  /** Weights and inputs of 8 bits whose range is 4 to 5 standard deviations. */
  private static final double LEAST_DECIBELS = 28;

  /** What is cut off to make steps finer costs some where data are few. */
  private static final double LEAST_DECIBELS_CUT = 20;

  /** The same draws, but for rounding: see {@link LayerCheck}. */
  private static final double SPREAD = 0.03;

  /** Transposed convolutions draw other numbers: the error of a standard deviation of 16 draws. */
  private static final double SPREAD_OF_OTHER_DRAWS = 0.15;

  @SuppressWarnings("ArrayRecordComponent") // Cases are never compared.
  record Case(AffineOp op, long[] shapeX, Estimator estimator, ActivationRange range) {
    @Override
    public String toString() {
      return op + " " + estimator + " " + range;
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // Kinds are never compared.
  private record Kind(AffineOp op, long... shapeX) {}

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
              new AffineOp.ConvTranspose(ConvSpec.conv3d(3, 4, 2).withStride(2)), 4, 3, 4, 3, 4));

  static Stream<Case> cases() {
    List<Case> all = new ArrayList<>();
    for (Kind kind : KINDS) {
      for (ActivationRange range :
          List.of(
              ActivationRange.minMax(),
              ActivationRange.percentile(),
              ActivationRange.squaredError(),
              ActivationRange.entropy())) {
        all.add(new Case(kind.op(), kind.shapeX(), null, range));
        for (Estimator estimator : Estimator.values()) {
          all.add(new Case(kind.op(), kind.shapeX(), estimator, range));
        }
      }
    }
    return all.stream();
  }

  private static Layer layer(Case c) {
    Estimator estimator = c.estimator() == null ? Estimator.FLIPOUT : c.estimator();
    VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.05);
    var bayesian = VariationalLayers.fresh(c.op(), estimator, spec, Init.seeded(3));
    return c.estimator() == null ? VariationalLayers.plain(bayesian).orElseThrow() : bayesian;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void staysCloseAndKeepsItsSpread(Case c) {
    INDArray x = Noise.seeded(5).normals(c.shapeX());

    Quantization done =
        Quantizer.calibrate(Sequential.of(layer(c)), x)
            .quantizeInPlace(QuantizationOptions.defaults().withRange(c.range()));

    LayerQuantization entry = done.report().entries().get(0);
    assertThat(entry.outcome()).isEqualTo(Outcome.QUANTIZED);
    boolean minMax = c.range().toString().equals("min-max");
    assertThat(entry.signalToNoise().orElseThrow())
        .as("%s", entry)
        .isGreaterThan(minMax ? LEAST_DECIBELS : LEAST_DECIBELS_CUT);
    assertThat(entry.spreadRatio().isPresent()).isEqualTo(c.estimator() != null);
    double bound = c.op() instanceof AffineOp.ConvTranspose ? SPREAD_OF_OTHER_DRAWS : SPREAD;
    entry
        .spreadRatio()
        .ifPresent(ratio -> assertThat(ratio).as("%s", entry).isBetween(1 - bound, 1 + bound));
    assertThat(entry.input().orElseThrow().clipped() == 0)
        .isEqualTo(minMax || done.report().clipped() == 0);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void afterAReluNumbersHaveNoSign(Case c) {
    INDArray x = Detached.copy(Noise.seeded(5).normals(c.shapeX()));
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, Math.max(0, x.getFloat(i)));
    }
    LayerQuantization entry =
        Quantizer.calibrate(Sequential.of(layer(c)), x)
            .quantizeInPlace(QuantizationOptions.defaults().withRange(c.range()))
            .report()
            .entries()
            .get(0);
    assertThat(entry.input().orElseThrow().signed()).isFalse();
    assertThat(entry.signalToNoise().orElseThrow()).as("%s", entry).isGreaterThan(20);
  }
}
