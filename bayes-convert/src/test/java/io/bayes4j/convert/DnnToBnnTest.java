package io.bayes4j.convert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.convert.ConversionReport.Outcome;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.ScaleMixturePrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.Conv3d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.ConvTranspose1d;
import io.bayes4j.layers.ConvTranspose2d;
import io.bayes4j.layers.ConvTranspose3d;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerChange;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PassControl;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.Kl;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalAffine;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class DnnToBnnTest {
  private static final Init INIT = Init.seeded(1);
  private static final ConversionOptions FLIPOUT = ConversionOptions.flipout();

  /** Doubles a dense layer's output; its slot takes no other class. */
  private static final class Twice extends Block {
    private final Slot<Linear> inner;

    Twice(Linear linear) {
      inner = slot("inner", Linear.class, linear);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return Ops.scale(inner.forward(x, pass), 2);
    }
  }

  /** Adds what any layer makes of the input. */
  private static final class Residual extends Block {
    private final Slot<Layer> branch;

    Residual(Layer branch) {
      this.branch = slot("branch", branch);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return Ops.add(x, branch.forward(x, pass));
    }
  }

  /** A user's layer with a weight of its own. */
  private static final class Gain implements Layer {
    private final Parameter gain = new Parameter(Samples.normals(1, 3));

    @Override
    public Var forward(Var x, Pass pass) {
      return Ops.mul(x, gain.var());
    }

    @Override
    public Map<String, Parameter> parameters() {
      return Map.of("gain", gain);
    }

    @Override
    public String toString() {
      return "Gain";
    }
  }

  private static double[] mean(Layer model, INDArray x) {
    return Doubles.of(model.forward(Var.constant(x), Pass.mean()).value());
  }

  private static Sequential chain() {
    return Sequential.of(
        new Linear(3, 4, INIT),
        new BatchNorm1d(4),
        Activation.RELU,
        new Residual(new Linear(4, 4, INIT)),
        new Linear(4, 2, false, INIT));
  }

  private static Stream<String> converted(ConversionReport report) {
    return report.with(Outcome.CONVERTED).stream().map(LayerChange::path);
  }

  static Stream<Arguments> kinds() {
    ConvSpec one = ConvSpec.conv1d(2, 4, 3).withStride(2);
    ConvSpec two = ConvSpec.conv2d(2, 4, 3).withGroups(2);
    ConvSpec three = ConvSpec.conv3d(2, 4, 2);
    ConvSpec padded = two.withPadding(1).withPaddingMode(PaddingMode.REFLECT).withoutBias();
    return Stream.of(
            Arguments.of(new Linear(5, 3, INIT), new long[] {2, 5}),
            Arguments.of(new Linear(5, 3, false, INIT), new long[] {2, 4, 5}),
            Arguments.of(new Conv1d(one, INIT), new long[] {2, 2, 7}),
            Arguments.of(new Conv2d(padded, INIT), new long[] {2, 2, 5, 4}),
            Arguments.of(new Conv3d(three.withSamePadding(), INIT), new long[] {1, 2, 3, 2, 3}),
            Arguments.of(new ConvTranspose1d(one.withOutputPadding(1), INIT), new long[] {2, 2, 4}),
            Arguments.of(new ConvTranspose2d(two.withDilation(2), INIT), new long[] {2, 2, 3, 2}),
            Arguments.of(new ConvTranspose3d(three, INIT), new long[] {1, 2, 2, 3, 2}))
        .flatMap(
            row ->
                Arrays.stream(Estimator.values())
                    .map(e -> Arguments.of(row.get()[0], row.get()[1], e)));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aKindKeepsItsOptionsAndComputesTheSameAtTheMean(
      Affine plain, long[] shape, Estimator estimator) {
    INDArray x = Samples.normals(3, shape);
    double[] before = mean(plain, x);
    Conversion conversion = DnnToBnn.convert(plain, ConversionOptions.of(estimator));

    VariationalAffine bayesian = (VariationalAffine) conversion.model();
    assertThat(bayesian.op()).isEqualTo(plain.op());
    assertThat(bayesian.estimator()).isEqualTo(estimator);
    assertThat(bayesian.getClass().getSimpleName())
        .isEqualTo(plain.getClass().getSimpleName() + suffix(estimator));
    assertThat(bayesian.distributions().keySet()).isEqualTo(plain.parameters().keySet());
    assertThat(mean(bayesian, x)).isEqualTo(before);
    Pass sample = Pass.sample(Noise.seeded(2));
    assertThat(Doubles.of(bayesian.forward(Var.constant(x), sample).value())).isNotEqualTo(before);
    assertThat(conversion.report().with(Outcome.CONVERTED)).hasSize(1);
  }

  private static String suffix(Estimator estimator) {
    return switch (estimator) {
      case REPARAMETERIZATION -> "Reparameterization";
      case FLIPOUT -> "Flipout";
      case LOCAL_REPARAMETERIZATION -> "LocalReparameterization";
    };
  }

  @Test
  void mopedCentresPriorAndPosteriorOnCopiesOfTheWeights() {
    Linear plain = new Linear(3, 2, INIT);
    INDArray w = plain.parameters().get("weight").value();
    VariationalSpec spec = VariationalSpec.defaults().withPrior(GaussianPrior.of(9, 0.5));
    Moped moped = new Moped(0.2, true, 1e-3);
    VariationalAffine layer = moped(plain, spec, moped);
    for (String name : new String[] {"weight", "bias"}) {
      double[] trained = Doubles.of(plain.parameters().get(name).value());
      VariationalParameter q = layer.distributions().get(name);
      GaussianPrior prior = (GaussianPrior) q.prior();
      assertThat(Doubles.of(q.posterior().mu().value())).isEqualTo(trained);
      assertThat(Doubles.of(prior.mean())).isEqualTo(trained);
      assertThat(Doubles.of(prior.sigma())).containsOnly(0.5);
      double[] sigma = Doubles.of(q.posterior().sigma());
      for (int i = 0; i < sigma.length; i++) {
        double expected = Math.max(0.2 * Math.abs(trained[i]), 1e-3);
        assertThat(sigma[i]).isCloseTo(expected, within(1e-5 * expected));
      }
    }
    VariationalParameter kernel = layer.distributions().get("weight");
    double[] before = Doubles.of(w);
    kernel.posterior().mu().value().assign(7);
    assertThat(Doubles.of(w)).isEqualTo(before);
    w.assign(8);
    assertThat(Doubles.of(((GaussianPrior) kernel.prior()).mean())).isEqualTo(before);
  }

  private static VariationalAffine moped(Linear plain, VariationalSpec spec, Moped moped) {
    ConversionOptions options = FLIPOUT.withSpec(spec).withMoped(moped);
    return (VariationalAffine) DnnToBnn.convert(plain, options).model();
  }

  @Test
  void mopedMayKeepAnyPriorAndRefusesToCentreAMixture() {
    ScaleMixturePrior mixture = new ScaleMixturePrior(0.5, 1, 0.1);
    VariationalSpec spec = VariationalSpec.defaults().withPrior(mixture);
    VariationalAffine kept = moped(new Linear(3, 2, INIT), spec, Moped.of(0.1).keepingPrior());
    assertThat(kept.distributions().get("weight").prior()).isEqualTo(mixture);

    Sequential model = chain();
    ConversionOptions centring = FLIPOUT.withSpec(spec).withMoped(Moped.of(0.1));
    assertThatThrownBy(() -> DnnToBnn.convert(model, centring.including("3.*")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3.branch")
        .hasMessageContaining("keepingPrior()");
    assertThat(model.slots().get(0).layer()).isInstanceOf(Linear.class);
    assertThat(Kl.distributions(model)).isEmpty();
    assertThatThrownBy(() -> Moped.of(0)).hasMessageContaining("delta");
    assertThatThrownBy(() -> new Moped(0.1, true, Double.NaN)).hasMessageContaining("leastSigma");
  }

  @Test
  void filtersByPathAndType() {
    assertThat(converted(DnnToBnn.convert(chain(), FLIPOUT.including("3\\..*")).report()))
        .containsExactly("3.branch");
    assertThat(converted(DnnToBnn.convert(chain(), FLIPOUT.excluding("0|4")).report()))
        .containsExactly("3.branch");
    assertThat(converted(DnnToBnn.convert(chain(), FLIPOUT.excluding(Affine.class)).report()))
        .isEmpty();
    ConversionOptions both = FLIPOUT.including(Linear.class).excluding("0");
    assertThat(converted(DnnToBnn.convert(chain(), both).report()))
        .containsExactly("3.branch", "4");
  }

  @Test
  void theReportTellsOfEveryLayerWithWeights() {
    ConversionReport report = DnnToBnn.convert(chain(), FLIPOUT.excluding("4")).report();
    assertThat(report.toString().lines().map(line -> line.replaceAll("\\(.*\\)", "()")))
        .containsExactly(
            "converted 0 Linear(): is a LinearFlipout now",
            "kept 1 BatchNorm1d(): normalisation stays deterministic",
            "converted 3.branch Linear(): is a LinearFlipout now",
            "kept 4 Linear(): is left out by the options");
    assertThat(DnnToBnn.convert(new Linear(3, 2, INIT), FLIPOUT).report().toString())
        .startsWith("converted (root) Linear(");
  }

  static Stream<BatchNormSpec> normalisations() {
    BatchNormSpec four = BatchNormSpec.of(4);
    return Stream.of(
        four.withEpsilon(0.5).withMomentum(0.3),
        four.withCumulativeAverage().withoutAffine(),
        four.withoutRunningStatistics());
  }

  @ParameterizedTest
  @MethodSource("normalisations")
  void batchNormalisationKeepsItsOptionsThereAndBack(BatchNormSpec spec) {
    BatchNorm1d norm = new BatchNorm1d(spec);
    Sequential model = Sequential.of(new Linear(3, 4, INIT), norm, new Linear(4, 2, INIT));
    INDArray x = Samples.normals(5, 6, 3);
    Pass pass = Pass.train(Noise.seeded(1));
    pass.run(model, Var.constant(x));
    PassControl.commit(pass);
    double[] before = mean(model, x);
    Layer bayesian = DnnToBnn.convert(model, FLIPOUT).model();
    assertThat(Kl.distributions(bayesian).keySet())
        .containsExactly("0.weight", "0.bias", "2.weight", "2.bias");
    assertThat(mean(bayesian, x)).isEqualTo(before);
    Layer frozen = BnnToDnn.freeze(bayesian);
    assertThat(mean(frozen, x)).isEqualTo(before);
    assertThat(frozen.slots().get(1).layer()).isSameAs(norm);
  }

  @Test
  void aNestedBlockComputesTheSameAndASecondConversionChangesNothing() {
    Sequential model = chain();
    INDArray x = Samples.normals(5, 4, 3);
    double[] before = mean(model, x);
    assertThat(DnnToBnn.convert(model, FLIPOUT).model()).isSameAs(model);
    assertThat(mean(model, x)).isEqualTo(before);
    double kl = Kl.value(model);
    Layer head = model.slots().get(4).layer();
    ConversionReport again =
        DnnToBnn.convert(model, ConversionOptions.reparameterization().withMoped(Moped.of(1)))
            .report();
    assertThat(model.slots().get(4).layer()).isSameAs(head);
    assertThat(Kl.value(model)).isEqualTo(kl);
    assertThat(again.with(Outcome.KEPT)).hasSize(4);
    assertThat(again.entries().get(0).detail()).isEqualTo("is Bayesian already");
  }

  @Test
  void aTiedLayerStaysTiedAndIsCountedOnce() {
    Linear shared = new Linear(3, 3, INIT);
    Sequential model = Sequential.of(shared, Activation.RELU, new Residual(shared));
    double alone = Kl.value(DnnToBnn.convert(shared, FLIPOUT).model());
    ConversionReport report = DnnToBnn.convert(model, FLIPOUT).report();
    Layer first = model.slots().get(0).layer();
    assertThat(first).isInstanceOf(LinearFlipout.class);
    assertThat(model.slots().get(2).layer().slots().get(0).layer()).isSameAs(first);
    assertThat(report.entries()).hasSize(1);
    assertThat(Kl.value(model)).isEqualTo(alone).isPositive();
  }

  @Test
  void frozenWeightsStayFrozen() {
    Linear plain = new Linear(3, 2, INIT);
    plain.parameters().get("weight").setTrainable(false);
    Map<String, Parameter> all = DnnToBnn.convert(plain, FLIPOUT).model().parameters();
    assertThat(all.get("weight.mu").trainable()).isFalse();
    assertThat(all.get("weight.rho").trainable()).isFalse();
    assertThat(all.get("bias.mu").trainable()).isTrue();
    assertThat(all.get("bias.rho").trainable()).isTrue();
  }

  @Test
  void aSlotThatCannotHoldTheResultIsRefusedInWordsEvenIfTheLayerIsTied() {
    Linear shared = new Linear(3, 3, INIT);
    Twice twice = new Twice(shared);
    Sequential model = Sequential.of(twice, shared, new Linear(3, 1, INIT));
    ConversionReport report =
        DnnToBnn.convert(model, ConversionOptions.reparameterization()).report();
    assertThat(report.with(Outcome.REFUSED))
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.path()).isEqualTo("0.inner");
              assertThat(entry.detail())
                  .isEqualTo("its slot does not accept a LinearReparameterization");
            });
    assertThat(twice.inner.layer()).isSameAs(shared);
    assertThat(model.slots().get(1).layer()).isSameAs(shared);
    assertThat(model.slots().get(2).layer()).isInstanceOf(LinearReparameterization.class);
  }

  @Test
  void aUsersLayerWithWeightsIsRefusedAndLeft() {
    Gain gain = new Gain();
    Sequential model = Sequential.of(gain, new Linear(3, 2, INIT));
    ConversionReport report = DnnToBnn.convert(model, FLIPOUT).report();
    assertThat(report.with(Outcome.REFUSED))
        .extracting(LayerChange::toString)
        .containsExactly("refused 0 Gain: has no Bayesian counterpart");
    assertThat(model.slots().get(0).layer()).isSameAs(gain);
    assertThat(converted(report)).containsExactly("1");
  }
}
