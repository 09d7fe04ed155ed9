package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Pass;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** One declared matrix of kinds, ranks, options and estimators; a new layer adds a row. */
class AffineMatrixTest {
  private static final int DRAWS = 250;

  /** A layer and an input for it. */
  @SuppressWarnings("ArrayRecordComponent") // Rows are never compared.
  record Row(String name, AffineOp op, Estimator estimator, Layout layout, long... inputShape) {
    VariationalAffine layer() {
      VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.3);
      return VariationalLayers.fresh(op, estimator, spec, Init.seeded(5));
    }

    INDArray input() {
      return Samples.normals(layout, 3, inputShape);
    }

    @Override
    public String toString() {
      return name + " " + estimator + " " + layout;
    }
  }

  static Stream<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Estimator estimator : Estimator.values()) {
      for (Layout layout : Layout.values()) {
        add(rows, estimator, layout);
      }
    }
    return rows.stream();
  }

  private static void add(List<Row> rows, Estimator e, Layout l) {
    if (l == Layout.ROW_MAJOR) {
      rows.add(new Row("dense", new AffineOp.Dense(5, 3, true), e, l, 4, 5));
      rows.add(new Row("dense no bias", new AffineOp.Dense(5, 3, false), e, l, 1, 5));
      rows.add(new Row("dense sequence", new AffineOp.Dense(4, 3, true), e, l, 2, 3, 4));
    }
    ConvSpec one = ConvSpec.conv1d(2, 3, 3);
    ConvSpec two = ConvSpec.conv2d(2, 4, 3);
    ConvSpec three = ConvSpec.conv3d(2, 2, 2);
    rows.add(new Row("conv1d stride", conv(one.withStride(2)), e, l, 2, 2, 7));
    rows.add(new Row("conv2d", conv(two), e, l, 2, 2, 5, 4));
    rows.add(new Row("conv2d groups", conv(two.withGroups(2).withPadding(1, 0)), e, l, 2, 2, 4, 5));
    rows.add(new Row("conv2d same", conv(two.withSamePadding().withDilation(2)), e, l, 1, 2, 4, 4));
    ConvSpec even = ConvSpec.conv2d(2, 2, 2).withSamePadding();
    rows.add(new Row("conv2d same even", conv(even), e, l, 2, 2, 3, 4));
    for (PaddingMode mode : PaddingMode.values()) {
      ConvSpec padded = two.withPadding(2).withPaddingMode(mode).withoutBias();
      rows.add(new Row("conv2d " + mode, conv(padded), e, l, 1, 2, 4, 3));
    }
    rows.add(new Row("conv3d", conv(three.withPadding(1)), e, l, 1, 2, 3, 2, 3));
    rows.add(
        new Row(
            "transposed 1d", transposed(one.withStride(2).withOutputPadding(1)), e, l, 2, 2, 4));
    rows.add(
        new Row("transposed 2d", transposed(two.withStride(2).withGroups(2)), e, l, 2, 2, 3, 2));
    rows.add(new Row("transposed 3d", transposed(three), e, l, 1, 2, 2, 3, 2));
  }

  private static AffineOp conv(ConvSpec spec) {
    return new AffineOp.Conv(spec);
  }

  private static AffineOp transposed(ConvSpec spec) {
    return new AffineOp.ConvTranspose(spec);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void gradientsEqualFiniteDifferences(Row row) {
    VariationalAffine layer = row.layer();
    List<Var> leaves = new ArrayList<>(List.of(Var.leaf(row.input())));
    layer.parameters().values().forEach(parameter -> leaves.add(parameter.var()));
    GradientCheck.of(() -> layer.forward(leaves.get(0), Pass.train(Noise.seeded(9))))
        .elements(6)
        .run(leaves.toArray(Var[]::new));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void meanPassUsesTheMeans(Row row) {
    VariationalAffine layer = row.layer();
    Var x = Var.constant(row.input());
    Var expected = row.op().apply(x, weights(layer, q -> q.mean()));
    Doubles.assertClose("y", layer.forward(x, Pass.mean()).value(), expected.value(), 0);
  }

  /** Of y = A(x; w) + b with independent Gaussian w: E y = A(x; mu), Var y = A(x^2; sigma^2). */
  @ParameterizedTest
  @MethodSource("rows")
  void momentsOfTheOutputAreThoseOfALinearMap(Row row) {
    if (row.layout() == Layout.CHANNELS_LAST || row.name().contains("REFLECT")) {
      return; // The layout changes no number that row-major rows do not check.
    }
    VariationalAffine layer = row.layer();
    INDArray x = row.input();
    Var mean = row.op().apply(Var.constant(x), weights(layer, GaussianPosterior::mean));
    Var variance =
        row.op()
            .apply(
                Var.constant(x.mul(x)),
                weights(layer, q -> Var.constant(q.sigma().mul(q.sigma()))));
    double[] sum = new double[(int) mean.value().length()];
    double[] squares = new double[sum.length];
    Gradients.off(
        () -> {
          for (int draw = 0; draw < DRAWS; draw++) {
            Pass pass = Pass.train(Noise.seeded(1).split(draw));
            double[] y = Doubles.of(layer.forward(Var.constant(x), pass).value());
            for (int i = 0; i < y.length; i++) {
              sum[i] += y[i];
              squares[i] += y[i] * y[i];
            }
          }
          return null;
        });
    double[] means = Doubles.of(mean.value());
    double[] variances = Doubles.of(variance.value());
    for (int i = 0; i < sum.length; i++) {
      double m = sum[i] / DRAWS;
      double v = squares[i] / DRAWS - m * m;
      // Five standard errors of a mean and of a variance of Gaussian draws.
      assertThat(m).isCloseTo(means[i], within(5 * Math.sqrt(variances[i] / DRAWS) + 1e-5));
      assertThat(v)
          .isCloseTo(variances[i], within(5 * variances[i] * Math.sqrt(2.0 / DRAWS) + 1e-5));
    }
  }

  private static Weights weights(VariationalAffine layer, Function<GaussianPosterior, Var> part) {
    VariationalParameter bias = layer.distributions().get("bias");
    return new Weights(
        part.apply(layer.distributions().get("weight").posterior()),
        bias == null ? null : part.apply(bias.posterior()));
  }
}
