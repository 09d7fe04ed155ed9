package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalAffine;
import io.bayes4j.layers.variational.VariationalAffineLayer;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What moments share a sweep or a kernel in equals what they are one by one. */
class JoinedMomentsTest {
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.2);

  /** Rows shorter and longer than a chunk, one channel, lengths that no chunk divides. */
  static List<long[]> shapes() {
    return List.of(
        new long[] {7},
        new long[] {3, 5},
        new long[] {2, 700},
        new long[] {1100, 3},
        new long[] {2, 3, 4, 5},
        new long[] {2, 1, 30, 31},
        new long[] {3, 16, 9, 7},
        new long[] {2, 515, 2, 1},
        new long[] {40, 3, 19, 23},
        new long[] {2, 5, 3, 4, 2},
        new long[] {2, 48, 13});
  }

  static Stream<GaussianMoments> moments() {
    return shapes().stream()
        .flatMap(
            shape ->
                Stream.of(Layout.values())
                    .map(
                        layout ->
                            new GaussianMoments(
                                Var.constant(Samples.normals(layout, 1, shape)),
                                // In the other layout than the means.
                                Var.constant(Samples.positive(2, shape)))));
  }

  private static double[] squares(GaussianMoments in) {
    float[] m = in.mean().value().dup('c').data().asFloat();
    float[] v = Objects.requireNonNull(in.variance()).value().dup('c').data().asFloat();
    double[] squares = new double[m.length];
    Arrays.setAll(squares, i -> m[i] * m[i] + v[i]);
    return squares;
  }

  private static void assertStacked(INDArray stacked, GaussianMoments of) {
    long[] shape = of.mean().shape();
    Var variance = Objects.requireNonNull(of.variance());
    assertThat(Doubles.of(StackedMoments.variances(Var.constant(stacked), shape).value()))
        .isEqualTo(Doubles.of(variance.value()));
    if (shape.length > 1) {
      long channels = shape[1];
      Var all = Var.constant(stacked);
      assertThat(Doubles.of(Ops.slice(all, 1, 0, channels).value())).isEqualTo(squares(of));
      assertThat(Doubles.of(Ops.slice(all, 1, channels, 2 * channels).value()))
          .isEqualTo(Doubles.of(variance.value()));
    }
  }

  @ParameterizedTest
  @MethodSource("moments")
  void squaresAndVariancesAreStacked(GaussianMoments in) {
    assertStacked(in.stacked().value(), in);
  }

  @ParameterizedTest
  @MethodSource("moments")
  void rectifiedOnesAreTheSameInEveryLayout(GaussianMoments in) {
    GaussianMoments out = in.relu();
    Var stacked = out.stacked();
    assertStacked(stacked.value(), out);
    int n = Math.toIntExact(in.mean().value().length());
    GaussianMoments flat =
        new GaussianMoments(
                Ops.reshape(Var.constant(in.mean().value().dup('c')), n, 1),
                Ops.reshape(Objects.requireNonNull(in.variance()), n, 1))
            .relu();
    assertThat(Doubles.of(out.mean().value())).isEqualTo(Doubles.of(flat.mean().value()));
    assertThat(Doubles.of(Objects.requireNonNull(out.variance()).value()))
        .isEqualTo(Doubles.of(Objects.requireNonNull(flat.variance()).value()));
  }

  static List<AffineOp> operations() {
    ConvSpec odd = ConvSpec.conv2d(3, 5, 3);
    return List.of(
        AffineOp.Dense.of(7, 4),
        AffineOp.Dense.of(7, 4).withoutBias(),
        new AffineOp.Conv(odd.withPadding(1)),
        new AffineOp.Conv(odd.withStride(2, 1).withDilation(1, 2).withoutBias()),
        new AffineOp.Conv(ConvSpec.of(3, 2, List.of(2, 4)).withSamePadding()),
        new AffineOp.Conv(odd.withPadding(2).withPaddingMode(PaddingMode.CIRCULAR)),
        new AffineOp.Conv(ConvSpec.conv2d(4, 6, 3).withGroups(2)),
        new AffineOp.Conv(ConvSpec.conv1d(3, 4, 3).withPadding(1)),
        new AffineOp.ConvTranspose(ConvSpec.conv2d(3, 4, 3).withStride(2)));
  }

  private static GaussianMoments input(AffineOp op) {
    long[] shape = {2, op.inputs()};
    if (op instanceof AffineOp.Convolutional conv) {
      shape = new long[] {2, op.inputs(), 8, 7};
      shape = Arrays.copyOf(shape, conv.spec().rank() + 2);
    }
    return new GaussianMoments(
        Var.constant(Samples.normals(3, shape)), Var.constant(Samples.positive(4, shape)));
  }

  /** Of E x^2 by the variances of the weights, and of the variances by the squares of the means. */
  @ParameterizedTest
  @MethodSource("operations")
  void sumsHaveTheVarianceOfTheirTwoTerms(AffineOp op) {
    VariationalAffine layer =
        new VariationalAffineLayer(op, Estimator.REPARAMETERIZATION, SPEC, Init.seeded(1));
    Map<String, VariationalParameter> weights = layer.distributions();
    VariationalParameter weight = Objects.requireNonNull(weights.get("weight"));
    VariationalParameter bias = weights.get("bias");
    GaussianMoments in = input(op);
    Var kernel = Ops.square(weight.posterior().standardDeviation());
    Var shift = bias == null ? null : Ops.square(bias.posterior().standardDeviation());
    Var terms =
        Ops.add(
            op.apply(in.squares(), new Weights(kernel, shift)),
            op.apply(
                Objects.requireNonNull(in.variance()),
                new Weights(Ops.square(weight.posterior().mean()), null)));
    GaussianMoments out = MomentPropagation.through(layer, List.of(in));
    assertClose(Objects.requireNonNull(out.variance()).value(), terms.value(), 2e-6);
  }

  private static void assertClose(INDArray actual, INDArray expected, double tolerance) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double[] numbers = Doubles.of(expected);
    double size = Arrays.stream(numbers).map(Math::abs).max().orElseThrow();
    double[] got = Doubles.of(actual);
    for (int i = 0; i < got.length; i++) {
      assertThat(got[i]).isCloseTo(numbers[i], within(tolerance * size));
    }
  }

  /** Provider of the kernels. */
  private enum By {
    BEST,
    PORTABLE
  }

  private static Layer residual() {
    Layer model =
        Zoo.cifarResNet(
            LayerFactory.variational(
                Estimator.REPARAMETERIZATION,
                VariationalSpec.defaults().withInitialSigma(0.02),
                Init.seeded(1)),
            8,
            10);
    Noise noise = Noise.seeded(7);
    Layers.buffers(model)
        .forEach(
            (path, buffer) -> {
              INDArray normals = noise.split(path).normals(buffer.shape());
              buffer.addi(path.endsWith("running_var") ? normals.mul(normals) : normals.mul(0.1));
            });
    Layers.parameters(model)
        .forEach(
            (path, parameter) -> {
              if (path.contains("bn")) {
                INDArray value = parameter.value();
                value.addi(noise.split(path).normals(value.shape()).mul(0.2));
              }
            });
    return model;
  }

  /** Operations that wait become fewer kernels: normalisations and sums are the convolutions'. */
  @ParameterizedTest
  @EnumSource
  void aResidualNetworkHasTheMomentsOfItsLayersOneByOne(By by) {
    Layer model = residual();
    INDArray x = Noise.seeded(3).normals(3, 3, 32, 32);
    Kernels.with(
        by == By.BEST ? Kernels.provider() : Kernels.portable(),
        () -> {
          GaussianMoments start = new GaussianMoments(Var.constant(x), null);
          GaussianMoments oneByOne =
              Gradients.off(() -> MomentPropagation.through(model, List.of(start)));
          MomentPropagation.Moments moments = MomentPropagation.of(model).of(x);
          assertClose(moments.mean(), oneByOne.mean().value(), 2e-5);
          assertClose(
              moments.variance(), Objects.requireNonNull(oneByOne.variance()).value(), 2e-5);
          return true;
        });
  }

  /** Pieces are computed by several threads, and an example's numbers do not depend on others. */
  @Test
  void anExampleHasTheSameMomentsInEveryPiece() {
    Layer model = residual();
    INDArray x = Noise.seeded(3).normals(70, 3, 32, 32);
    MomentPropagation moments = MomentPropagation.of(model);
    MomentPropagation.Moments all = moments.of(x);
    for (long i : new long[] {0, 34, 35, 69}) {
      MomentPropagation.Moments one = moments.of(x.get(NDArrayIndex.interval(i, i + 1)));
      assertThat(Doubles.of(one.mean())).isEqualTo(Doubles.of(all.mean().slice(i)));
      assertThat(Doubles.of(one.variance())).isEqualTo(Doubles.of(all.variance().slice(i)));
    }
  }

  @Test
  void whatComesBehindAReluMayReadItsMomentsInAnyOrder() {
    GaussianMoments in =
        new GaussianMoments(
            Var.constant(Samples.normals(1, 2, 3, 4, 5)),
            Var.constant(Samples.positive(2, 2, 3, 4, 5)));
    GaussianMoments first = MomentPropagation.through(Activation.RELU, List.of(in));
    double[] variance = Doubles.of(Objects.requireNonNull(first.variance()).value());
    double[] stacked = Doubles.of(first.stacked().value());
    double[] mean = Doubles.of(first.mean().value());
    GaussianMoments second = MomentPropagation.through(Activation.RELU, List.of(in));
    assertThat(Doubles.of(second.mean().value())).isEqualTo(mean);
    assertThat(Doubles.of(second.stacked().value())).isEqualTo(stacked);
    assertThat(Doubles.of(Objects.requireNonNull(second.variance()).value())).isEqualTo(variance);
  }

  @Test
  void twoResultsAreComputedTogetherWhicheverIsAskedForFirst() {
    AtomicInteger times = new AtomicInteger();
    Var x = Var.constant(Samples.normals(1, 2));
    long[] shape = {2};
    Supplier<List<Var>> both =
        () ->
            TwoResults.of(
                List.of(x),
                shape,
                shape,
                () ->
                    List.of(
                        x.value().mul(1 << times.getAndIncrement()),
                        x.value().mul(-(1 << (times.get() - 1)))));
    double[] numbers = Doubles.of(x.value());
    List<Var> atOnce = both.get();
    assertThat(Doubles.of(atOnce.get(0).value())).isEqualTo(numbers);
    assertThat(Doubles.of(Ops.neg(atOnce.get(1)).value())).isEqualTo(numbers);
    assertThat(times).hasValue(1);
    Var later =
        Plan.scope(
            () -> {
              List<Var> results = both.get();
              return Ops.sub(Ops.sub(results.get(1), results.get(0)), results.get(1));
            });
    assertThat(times).hasValue(2);
    assertThat(Doubles.of(Ops.scale(later, -0.5).value())).isEqualTo(numbers);
    Var second = Plan.scope(() -> both.get().get(1));
    assertThat(times).hasValue(3);
    assertThat(Doubles.of(Ops.scale(second, -0.25).value())).isEqualTo(numbers);
  }
}
