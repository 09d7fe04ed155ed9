package io.bayes4j.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.BatchNorm;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalAffine;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.quant.LayerQuantization.Outcome;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A normalisation becomes part of a layer of any kind: its factors multiply means and, without
 * their sign, spreads.
 */
class NormFoldsTest {
  private static final QuantizationOptions USUAL =
      QuantizationOptions.defaults().withoutBiasCorrection();

  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  private record Case(AffineOp op, boolean affine, long... shapeX) {
    VariationalAffine layer() {
      VariationalAffine layer =
          VariationalLayers.fresh(
              op, Estimator.REPARAMETERIZATION, VariationalSpec.defaults(), Init.seeded(1));
      // Spreads that differ, so that each is seen to be at its place.
      layer
          .distributions()
          .values()
          .forEach(
              weights -> {
                INDArray rho = weights.posterior().rho().value();
                rho.assign(Noise.seeded(8).normals(rho.shape()).mul(0.5).sub(3));
              });
      return layer;
    }

    BatchNorm norm() {
      BatchNormSpec spec = BatchNormSpec.of(op.units());
      BatchNorm norm = BatchNorm.of(affine ? spec : spec.withoutAffine());
      Noise noise = Noise.seeded(7);
      long units = op.units();
      if (affine) {
        norm.parameters().get("weight").value().assign(noise.split(1).normals(units));
        norm.parameters().get("bias").value().assign(noise.split(2).normals(units));
      }
      norm.buffers().get("running_mean").assign(noise.split(3).normals(units));
      norm.buffers().get("running_var").assign(noise.split(4).normals(units).mul(0.2).add(1));
      return norm;
    }

    INDArray x() {
      return Noise.seeded(5).normals(shapeX);
    }

    @Override
    public String toString() {
      return op + (affine ? "" : " before a normalisation without factors of its own");
    }
  }

  static Stream<Case> cases() {
    AffineOp conv1d = new AffineOp.Conv(ConvSpec.conv1d(4, 6, 3).withGroups(2));
    return Stream.of(
        new Case(new AffineOp.Dense(12, 5, true), true, 16, 12),
        new Case(new AffineOp.Dense(12, 5, true), false, 16, 12),
        new Case(conv1d, true, 8, 4, 9),
        new Case(conv1d, false, 8, 4, 9),
        new Case(new AffineOp.Conv(ConvSpec.conv3d(3, 4, 2).withoutBias()), true, 4, 3, 4, 5, 4),
        new Case(
            new AffineOp.ConvTranspose(ConvSpec.conv1d(4, 6, 3).withGroups(2).withStride(2)),
            true,
            8,
            4,
            7),
        new Case(
            new AffineOp.ConvTranspose(ConvSpec.conv2d(3, 4, 3).withPadding(1)), true, 4, 3, 5, 6),
        new Case(
            new AffineOp.ConvTranspose(ConvSpec.conv3d(3, 4, 2).withStride(2)),
            true,
            4,
            3,
            3,
            4,
            3));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void foldsMeansAndSpreads(Case c) {
    INDArray x = c.x();
    Sequential model = Sequential.of(c.layer(), c.norm());
    double[] exact = Doubles.of(Pass.mean().run(model, Var.constant(x)).value());

    Quantization done = Quantizer.calibrate(model, x).quantizeInPlace(USUAL);

    assertThat(done.report().entries())
        .extracting(LayerQuantization::outcome)
        .containsExactly(Outcome.QUANTIZED, Outcome.FOLDED);
    assertThat(model.slots().get(1).layer()).isInstanceOf(Identity.class);
    double[] rounded = Doubles.of(Pass.mean().run(model, Var.constant(x)).value());
    double error = 0;
    double signal = 0;
    for (int i = 0; i < exact.length; i++) {
      error += Math.pow(exact[i] - rounded[i], 2);
      signal += exact[i] * exact[i];
    }
    assertThat(10 * Math.log10(signal / error)).isGreaterThan(28);
    requireFolded(c, model.slots().get(0).layer().buffers());
  }

  private static void requireFolded(Case c, Map<String, INDArray> folded) {
    double[] factors = factors(c.norm());
    double[] steps = Doubles.of(Require.entry(folded, "weight.scale"));
    INDArray whole = Require.entry(folded, "weight.int8");
    INDArray codes = Require.entry(folded, "weight.sigma");
    GaussianPosterior weights = Require.entry(c.layer().distributions(), "weight").posterior();
    INDArray mu = weights.mu().value();
    INDArray sigma = weights.sigma();
    for (long i = 0; i < whole.length(); i++) {
      long[] at = index(whole.shape(), i);
      int unit = (int) at[0];
      long[] from = c.op() instanceof AffineOp.ConvTranspose t ? before(t.spec(), at) : at;
      assertThat(whole.getDouble(at) * steps[unit])
          .isCloseTo(mu.getDouble(from) * factors[unit], within(0.501 * steps[unit]));
      double spread = RoundingSpread.steps((byte) (int) codes.getDouble(at)) * steps[unit];
      assertThat(spread / (sigma.getDouble(from) * Math.abs(factors[unit])))
          .isCloseTo(1, within(0.022));
    }
    requireBias(c, folded, factors);
  }

  private static void requireBias(Case c, Map<String, INDArray> folded, double[] factors) {
    BatchNorm norm = c.norm();
    double[] means = Doubles.of(norm.buffers().get("running_mean"));
    double[] shifts =
        c.affine() ? Doubles.of(norm.parameters().get("bias").value()) : new double[means.length];
    boolean biased = c.layer().distributions().containsKey("bias");
    double[] mu = new double[means.length];
    if (biased) {
      GaussianPosterior bias = c.layer().distributions().get("bias").posterior();
      mu = Doubles.of(bias.mu().value());
      double[] sigma = Doubles.of(bias.sigma());
      double[] spread = Doubles.of(Require.entry(folded, "bias.sigma"));
      for (int unit = 0; unit < spread.length; unit++) {
        assertThat(spread[unit]).isCloseTo(sigma[unit] * Math.abs(factors[unit]), within(1e-6));
      }
    }
    assertThat(folded.containsKey("bias.sigma")).isEqualTo(biased);
    double[] bias = Doubles.of(Require.entry(folded, "bias"));
    for (int unit = 0; unit < bias.length; unit++) {
      assertThat(bias[unit])
          .isCloseTo((mu[unit] - means[unit]) * factors[unit] + shifts[unit], within(1e-5));
    }
  }

  private static double[] factors(BatchNorm norm) {
    double[] factors = Doubles.of(norm.buffers().get("running_var"));
    for (int unit = 0; unit < factors.length; unit++) {
      double scale =
          norm.spec().affine() ? norm.parameters().get("weight").value().getDouble(unit) : 1;
      factors[unit] = scale / Math.sqrt(factors[unit] + norm.spec().epsilon());
    }
    return factors;
  }

  private static long[] index(long[] shape, long number) {
    long[] at = new long[shape.length];
    long rest = number;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = rest % shape[axis];
      rest /= shape[axis];
    }
    return at;
  }

  /** Where a transposed convolution's own kernel [channels, units / groups, ...] has an element. */
  private static long[] before(ConvSpec spec, long[] at) {
    long[] from = at.clone();
    long units = spec.outChannels() / spec.groups();
    long channels = spec.inChannels() / spec.groups();
    from[0] = at[0] / units * channels + at[1];
    from[1] = at[0] % units;
    for (int axis = 0; axis < spec.rank(); axis++) {
      from[axis + 2] = spec.kernel().get(axis) - 1 - at[axis + 2];
    }
    return from;
  }

  @Test
  void saysWhyANormalisationStays() {
    Case c = cases().toList().get(0);
    Layer apart = Sequential.of(c.layer(), Activation.TANH, c.norm());
    assertThat(Quantizer.calibrate(apart, c.x()).quantizeInPlace(USUAL).report().entries())
        .extracting(LayerQuantization::detail)
        .containsExactly(
            "is a QuantizedAffine now",
            "a layer of this kind computes in floats",
            "it is not the only reader of one affine 8-bit layer");
    BatchNorm ofBatches = BatchNorm.of(BatchNormSpec.of(c.op().units()).withoutRunningStatistics());
    Layer batches = Sequential.of(c.layer(), ofBatches);
    assertThat(Quantizer.calibrate(batches, c.x()).quantizeInPlace(USUAL).report().toString())
        .endsWith("it takes the statistics of each batch");
    Layer dynamic = Sequential.of(c.layer(), c.norm());
    assertThat(Quantizer.quantizeInPlace(dynamic, USUAL).report().toString())
        .endsWith("only a calibration sees what is in front of it");
  }
}
