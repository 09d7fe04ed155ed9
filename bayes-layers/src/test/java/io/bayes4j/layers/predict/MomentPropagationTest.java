package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.NormalCdf;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AdaptiveAvgPool;
import io.bayes4j.layers.AdaptiveMaxPool;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.AvgPool1d;
import io.bayes4j.layers.AvgPool2d;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerNorm;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.MaxPool1d;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.Pool;
import io.bayes4j.layers.PoolSpec;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.variational.Conv2dReparameterization;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Compares with many draws. */
class MomentPropagationTest {
  private static final int DRAWS = 4000;
  private static final VariationalSpec SPEC = VariationalSpec.defaults().withInitialSigma(0.2);

  private static Layer dense(long inputs, long units, int seed) {
    return new LinearReparameterization(inputs, units, SPEC, Init.seeded(seed));
  }

  /** Greatest error of a mean, in standard deviations, and of a deviation, relative to it. */
  private static double[] errors(Layer model, INDArray x) {
    INDArray draws = MonteCarlo.of(model).samples(DRAWS).seed(5).outputs(x);
    MomentPropagation.Moments moments = MomentPropagation.of(model).of(x);
    double[] means = Doubles.of(draws.mean(0));
    double[] deviations = Doubles.of(draws.std(0));
    double[] mean = Doubles.of(moments.mean());
    double[] variance = Doubles.of(moments.variance());
    assertThat(mean).hasSameSizeAs(means);
    double[] worst = new double[2];
    for (int i = 0; i < means.length; i++) {
      worst[0] = Math.max(worst[0], Math.abs(mean[i] - means[i]) / deviations[i]);
      worst[1] = Math.max(worst[1], Math.abs(Math.sqrt(variance[i]) / deviations[i] - 1));
    }
    return worst;
  }

  /** Of one hidden layer the moments are exact; 4,000 draws have errors of 1.6 % and 1.1 %. */
  @ParameterizedTest
  @EnumSource(names = {"RELU", "TANH", "SIGMOID", "GELU_EXACT"})
  void areExactOfOneHiddenLayer(Activation activation) {
    Layer model = Sequential.of(dense(4, 20, 1), activation, dense(20, 3, 2));
    double[] errors = errors(model, Noise.seeded(3).normals(5, 4));
    assertThat(errors[0]).isLessThan(0.065);
    assertThat(errors[1]).isLessThan(0.045);
  }

  @Test
  void ofThreeLayersTheyAreNear() {
    Layer model =
        Sequential.of(
            dense(4, 30, 1),
            Activation.RELU,
            dense(30, 30, 2),
            Activation.RELU,
            new Linear(30, 2, Init.seeded(3)));
    double[] errors = errors(model, Noise.seeded(3).normals(5, 4));
    assertThat(errors[0]).isLessThan(0.065);
    assertThat(errors[1]).isLessThan(0.07);
  }

  @Test
  void goThroughConvolutionsNormsGraphsAndSums() {
    Layer conv =
        new Conv2dReparameterization(ConvSpec.conv2d(2, 4, 3).withPadding(1), SPEC, Init.seeded(1));
    BatchNorm2d norm = new BatchNorm2d(4);
    norm.buffers().get("running_var").addi(3);
    norm.parameters().get("weight").value().addi(1);
    Layer model =
        Graph.from("x")
            .add("conv", conv, "x")
            .add("norm", norm, "conv")
            .add(
                "other",
                new Conv2dReparameterization(ConvSpec.conv2d(2, 4, 1), SPEC, Init.seeded(2)),
                "x")
            .add("sum", Arithmetic.ADD, "norm", "other")
            .add("flat", new Flatten(), "sum")
            .build("flat");
    double[] errors = errors(model, Noise.seeded(3).normals(2, 2, 4, 4));
    assertThat(errors[0]).isLessThan(0.065);
    assertThat(errors[1]).isLessThan(0.045);
  }

  /** Of two independent Gaussians the greater is known exactly. */
  @Test
  void theGreaterOfTwoIsExact() {
    Layer model =
        Sequential.of(
            dense(4, 12, 1), Reshape.of(0, 3, 4), new MaxPool1d(PoolSpec.of(2)), new Flatten());
    double[] errors = errors(model, Noise.seeded(3).normals(1, 4));
    assertThat(errors[0]).isLessThan(0.065);
    assertThat(errors[1]).isLessThan(0.045);
  }

  @Test
  void theGreatestOfManyIsNear() {
    Layer model =
        Sequential.of(
            dense(4, 2 * 6 * 6, 1), Reshape.of(0, 2, 6, 6), new MaxPool2d(3, 2, 1), new Flatten());
    double[] errors = errors(model, Noise.seeded(3).normals(2, 4));
    assertThat(errors[0]).isLessThan(0.1);
    assertThat(errors[1]).isLessThan(0.1);
  }

  /** Windows of one number or two, of one dense layer, whose numbers are independent. */
  @Test
  void theGreaterOfTwoIsExactInAdaptiveWindows() {
    Layer model =
        Sequential.of(
            dense(4, 15, 1), Reshape.of(0, 1, 3, 5), AdaptiveMaxPool.of(3, 4), new Flatten());
    double[] errors = errors(model, Noise.seeded(3).normals(1, 4));
    assertThat(errors[0]).isLessThan(0.065);
    assertThat(errors[1]).isLessThan(0.045);
  }

  @Test
  void adaptiveWindowsThatShareOutEvenlyAreOrdinaryOnes() {
    Layer before = Sequential.of(dense(4, 2 * 6 * 4, 1), Reshape.of(0, 2, 6, 4));
    INDArray x = Noise.seeded(3).normals(2, 4);
    MomentPropagation.Moments adaptive =
        MomentPropagation.of(Sequential.of(before, AdaptiveMaxPool.of(3, 4))).of(x);
    MomentPropagation.Moments ordinary =
        MomentPropagation.of(Sequential.of(before, new MaxPool2d(PoolSpec.of(2, 1)))).of(x);
    assertThat(adaptive.mean()).isEqualTo(ordinary.mean());
    assertThat(adaptive.variance()).isEqualTo(ordinary.variance());
  }

  static List<Layer> averages() {
    PoolSpec three = PoolSpec.of(3, 2).withStride(2, 1).withPadding(1, 0);
    return List.of(
        new AvgPool2d(2),
        new AvgPool2d(three),
        new AvgPool2d(three.withCeilMode()),
        new AvgPool2d(three.withCeilMode().withoutCountingPadding()),
        new AvgPool2d(three.withDivisor(4)),
        AdaptiveAvgPool.of(3, 4),
        new GlobalAvgPool());
  }

  /** Numbers of one dense layer are independent: their averages have exactly these moments. */
  @ParameterizedTest
  @MethodSource
  void averages(Layer pool) {
    Layer model =
        Sequential.of(dense(4, 2 * 5 * 6, 1), Reshape.of(0, 2, 5, 6), pool, new Flatten());
    double[] errors = errors(model, Noise.seeded(3).normals(1, 4));
    assertThat(errors[0]).isLessThan(0.065);
    assertThat(errors[1]).isLessThan(0.045);
  }

  /** By hand: windows of the first number and of the two others; adaptive ones share the second. */
  @Test
  void variancesOfAveragesAreDividedByTheSquareOfTheDivisor() {
    PoolSpec spec = PoolSpec.of(2).withPadding(1).withCeilMode();
    double[] variances = {4, 2, 6};
    assertThat(variances(new AvgPool1d(spec), variances)).containsExactly(1, 2);
    assertThat(variances(new AvgPool1d(spec.withoutCountingPadding()), variances))
        .containsExactly(4, 2);
    assertThat(variances(new AvgPool1d(spec.withDivisor(4)), variances)).containsExactly(0.25, 0.5);
    assertThat(variances(AdaptiveAvgPool.of(2), variances)).containsExactly(1.5, 2);
  }

  private static double[] variances(Layer pool, double... variances) {
    INDArray spread = Samples.array(new long[] {1, 1, variances.length}, variances);
    GaussianMoments in = new GaussianMoments(Var.constant(spread.mul(-3)), Var.constant(spread));
    GaussianMoments out =
        pool instanceof AdaptiveAvgPool adaptive
            ? AveragedMoments.of(adaptive, in)
            : AveragedMoments.of((Pool) pool, in);
    return Doubles.of(Objects.requireNonNull(out.variance()).value());
  }

  /** Of independent layers, one of them certain, and before a layer that adds all up. */
  @ParameterizedTest
  @ValueSource(ints = {1, -1})
  void goThroughConcatenations(int axis) {
    Layer model =
        Graph.from("x")
            .add("one", dense(4, 3, 1), "x")
            .add("other", dense(4, 5, 2), "x")
            .add("all", new Concat(axis), "one", "x", "other")
            .add("sum", dense(12, 3, 3), "all")
            .build("sum");
    double[] errors = errors(model, Noise.seeded(3).normals(5, 4));
    assertThat(errors[0]).isLessThan(0.065);
    assertThat(errors[1]).isLessThan(0.045);
    Layer certain = Graph.from("x").add("twice", new Concat(axis), "x", "x").build("twice");
    INDArray x = Noise.seeded(3).normals(2, 4);
    assertThat(Doubles.of(MomentPropagation.of(certain).of(x).variance())).containsOnly(0);
  }

  @Test
  void aMaxPoolOfWhatIsCertainIsOne() {
    Layer pool = new MaxPool2d(PoolSpec.of(3, 2).withStride(2, 1).withPadding(1, 0).withCeilMode());
    Layer model = Sequential.of(new Linear(5, 60, Init.seeded(1)), Reshape.of(0, 2, 5, 6), pool);
    Layer spread =
        Sequential.of(
            new LinearReparameterization(
                5, 60, VariationalSpec.defaults().withInitialSigma(1e-6), Init.seeded(1)),
            Reshape.of(0, 2, 5, 6),
            pool);
    INDArray x = Noise.seeded(3).normals(2, 5);
    assertThat(Doubles.of(MomentPropagation.of(spread).of(x).mean()))
        .containsExactly(Doubles.of(MonteCarlo.atMean(model).outputs(x)), offset(1e-4));
  }

  /** Where the spreads are narrow, sums and averages of what goes together are the only error. */
  @Test
  void goesThroughTheZoosResidualNetworks() {
    Layer model =
        Zoo.cifarResNet(
            LayerFactory.variational(
                Estimator.REPARAMETERIZATION,
                VariationalSpec.defaults().withInitialSigma(1e-4),
                Init.seeded(1)),
            20,
            10);
    INDArray x = Noise.seeded(3).normals(2, 3, 32, 32);
    double[] atMean = Doubles.of(MonteCarlo.atMean(model).outputs(x));
    MomentPropagation.Moments moments = MomentPropagation.of(model).of(x);
    double size = Arrays.stream(atMean).map(Math::abs).max().orElseThrow();
    assertThat(Doubles.of(moments.mean())).containsExactly(atMean, offset(0.01 * size));
    double[] drawn = Doubles.of(MonteCarlo.of(model).samples(30).outputs(x).std(0));
    double[] variance = Doubles.of(moments.variance());
    for (int i = 0; i < drawn.length; i++) {
      assertThat(Math.sqrt(variance[i])).isBetween(0.1 * drawn[i], 2 * drawn[i]);
    }
  }

  /** By the exact distribution function; the error is one of the deviation, and of the variance. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-12, 1e-3, 1, 30, 1e4})
  void aRectifiedGaussianIsExactToSixDigits(double s) {
    int n = 2401;
    float[] m = new float[n];
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      m[i] = (float) (s * (i - 1200) / 60);
      v[i] = (float) (s * s);
    }
    GaussianMoments out =
        new GaussianMoments(Var.constant(Detached.of(m)), Var.constant(Detached.of(v))).relu();
    double[] means = Doubles.of(out.mean().value());
    double[] variances = Doubles.of(Objects.requireNonNull(out.variance()).value());
    for (int i = 0; i < n; i++) {
      double z = m[i] / Math.sqrt(v[i]);
      double density = Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
      double mean = z * NormalCdf.of(z) + density;
      double variance = (z * z + 1) * NormalCdf.of(z) + z * density - mean * mean;
      assertThat(means[i]).isCloseTo(s * mean, within(s * (1e-6 + 2e-7 * Math.abs(z))));
      assertThat(variances[i]).isCloseTo(s * s * variance, within(2e-6 * s * s));
      assertThat(variances[i]).isNotNegative();
    }
  }

  /** Denormal numbers slow every kernel behind down. */
  @Test
  void farBelowZeroARectifiedGaussianIsZeroAndNotDenormal() {
    int n = 3000;
    float[] m = new float[n];
    float[] v = new float[n];
    for (int i = 0; i < n; i++) {
      m[i] = -1e-3f * i / 100;
      v[i] = 1e-6f;
    }
    GaussianMoments out =
        new GaussianMoments(Var.constant(Detached.of(m)), Var.constant(Detached.of(v))).relu();
    for (Var var : List.of(out.mean(), Objects.requireNonNull(out.variance()))) {
      double[] numbers = Doubles.of(var.value());
      assertThat(Arrays.stream(numbers)).allMatch(x -> x == 0 || x >= Float.MIN_NORMAL);
      assertThat(Arrays.copyOfRange(numbers, 800, n)).containsOnly(0);
      assertThat(Arrays.stream(numbers, 0, 400)).allMatch(x -> x > 0);
    }
  }

  @Test
  void rectifiesWhatIsCertainOrNoNumber() {
    INDArray m = Detached.of(new float[] {-2, 0, 3, Float.NaN, -1e30f, 1e30f});
    INDArray v = Detached.of(new float[] {0, 0, 0, 1, 1, 1});
    GaussianMoments out = new GaussianMoments(Var.constant(m), Var.constant(v)).relu();
    double[] means = Doubles.of(out.mean().value());
    assertThat(means).containsExactly(new double[] {0, 0, 3, Double.NaN, 0, 1e30f}, within(1e-12));
    double[] variances = Doubles.of(Objects.requireNonNull(out.variance()).value());
    assertThat(variances[3]).isNaN();
    variances[3] = 0;
    assertThat(variances).containsExactly(new double[] {0, 0, 0, 0, 0, 1}, within(1e-6));
  }

  @Test
  void probitIsLessSureThanTheMean() {
    Layer model = Sequential.of(dense(4, 20, 1), Activation.RELU, dense(20, 3, 2));
    INDArray x = Noise.seeded(3).normals(40, 4);
    double doubt =
        MomentPropagation.of(model)
            .probit()
            .classify(x)
            .predictiveEntropy()
            .meanNumber()
            .doubleValue();
    double atMean =
        MonteCarlo.atMean(model).classify(x).predictiveEntropy().meanNumber().doubleValue();
    double drawn =
        MonteCarlo.of(model)
            .samples(500)
            .classify(x)
            .predictiveEntropy()
            .meanNumber()
            .doubleValue();
    assertThat(doubt).isGreaterThan(atMean).isCloseTo(drawn, within(0.05));
  }

  @Test
  void aPlainModelIsCertain() {
    Layer model = Sequential.of(new Linear(3, 4, Init.seeded(1)), Activation.TANH);
    INDArray x = Noise.seeded(3).normals(2, 3);
    MomentPropagation.Moments moments = MomentPropagation.of(model).of(x);
    assertThat(Doubles.of(moments.variance())).containsOnly(0);
    assertThat(Doubles.of(moments.mean()))
        .isEqualTo(Doubles.of(MonteCarlo.atMean(model).outputs(x)));
  }

  @Test
  void unknownLayersAreListedTogether() {
    Layer model = Sequential.of(new LayerNorm(3), dense(3, 3, 1), Arithmetic.SUB);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MomentPropagation.of(model))
        .withMessage(
            "model must be of layers that moments can be propagated through; these are none:"
                + " 0: LayerNorm, 2: Arithmetic");
  }

  @Test
  void theGreatestOfSomeIsNoNumberIfOneIsNone() {
    for (int at = 0; at < 3; at++) {
      for (double variance : new double[] {0, 1}) {
        double[] greatest = {0, PooledMoments.NONE};
        for (int i = 0; i < 3; i++) {
          PooledMoments.join(i == at ? Double.NaN : i, variance, greatest);
        }
        assertThat(greatest[0]).isNaN();
      }
    }
    double[] one = {7, PooledMoments.NONE};
    PooledMoments.join(-3, 2, one);
    assertThat(one).containsExactly(-3, 2);
  }
}
