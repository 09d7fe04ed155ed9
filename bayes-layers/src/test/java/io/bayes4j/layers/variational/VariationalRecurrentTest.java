package io.bayes4j.layers.variational;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.GradientCheck;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentOutput;
import io.bayes4j.layers.RecurrentRuns;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.RecurrentState;
import io.bayes4j.layers.Sequential;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What a Bayesian network over sequences is, and what Bayesian-Torch's LSTM is not. */
class VariationalRecurrentTest {
  private static final RecurrentSpec SPEC = RecurrentSpec.of(3, 4);

  static Stream<Recurrent> bayesian() {
    return RecurrentRuns.bayesian(SPEC);
  }

  static Stream<Recurrent> everyOption() {
    return RecurrentRuns.bayesian();
  }

  private static Var steps(Var x, long from, long to) {
    return Ops.slice(x, 1, from, to);
  }

  @ParameterizedTest
  @MethodSource("bayesian")
  void oneDrawOfTheWeightsServesTheWholeSequence(Recurrent layer) {
    Var x = RecurrentRuns.normals(1, 2, 4, 3);
    RecurrentState zeros = layer.op().zeros(2);
    GaussianPosterior q =
        ((VariationalLayer) layer).distributions().get("weight_hh_l0").posterior();
    // The gradient of rho is that of fixed noise, and one step at a time gives the same numbers.
    GradientCheck.of(() -> layer.run(x, zeros, RecurrentRuns.sample()).output())
        .elements(8)
        .run(q.rho().var());

    double[] whole = Doubles.of(layer.forward(x, RecurrentRuns.sample()).value());
    Pass pass = RecurrentRuns.sample();
    Var[] outputs = new Var[4];
    RecurrentState state = zeros;
    for (int t = 0; t < outputs.length; t++) {
      RecurrentOutput run = layer.run(steps(x, t, t + 1), state, pass);
      outputs[t] = run.output();
      state = run.last();
    }
    Doubles.assertClose("steps", Ops.concat(1, outputs).value(), new long[] {2, 4, 4}, whole, 1e-6);
  }

  @ParameterizedTest
  @MethodSource("everyOption")
  void divergenceIsTheSumOverTheTensorsEachOnce(Recurrent layer) {
    double sum = 0;
    for (VariationalParameter weights : ((VariationalLayer) layer).distributions().values()) {
      sum += Gradients.off(() -> weights.kl(Noise.seeded(0)).item());
    }
    assertThat(Kl.value(Sequential.of(layer))).isCloseTo(sum, within(1e-6 * sum)).isPositive();
    layer.forward(
        RecurrentRuns.normals(1, 2, 4, layer.op().spec().inputs()), RecurrentRuns.sample());
    assertThat(Kl.value(Sequential.of(layer, layer))).isCloseTo(sum, within(1e-6 * sum));
  }

  @ParameterizedTest
  @MethodSource("bayesian")
  void finalStatesCanBeFedBack(Recurrent layer) {
    Var x = RecurrentRuns.normals(1, 3, 6, 3);
    RecurrentOutput whole = layer.run(x, Pass.mean());
    RecurrentOutput first = layer.run(steps(x, 0, 2), Pass.mean());
    RecurrentOutput second = layer.run(steps(x, 2, 6), first.last(), Pass.mean());
    Doubles.assertClose(
        "second half",
        RecurrentRuns.flat(second).value(),
        RecurrentRuns.flat(new RecurrentOutput(steps(whole.output(), 2, 6), whole.last())).value(),
        1e-6);
  }

  @ParameterizedTest
  @MethodSource("everyOption")
  void anExampleIsPredictedTheSameInAnyBatch(Recurrent layer) {
    INDArray x = Samples.normals(1, 5, 4, layer.op().spec().inputs());
    Var whole = layer.forward(Var.constant(x), RecurrentRuns.sample());
    INDArray tail = x.get(NDArrayIndex.interval(3, 5)).dup('c');
    Var part = layer.forward(Var.constant(tail), Pass.sample(Noise.seeded(7)).forExamplesFrom(3));
    Doubles.assertClose("tail", part.value(), Ops.slice(whole, 0, 3, 5).value(), 1e-6);
  }

  @Test
  void inTrainingFlipoutGivesEveryExampleADrawOfItsOwn() {
    VariationalSpec wide = VariationalSpec.defaults().withInitialSigma(0.3);
    Var one = RecurrentRuns.normals(1, 1, 4, 3);
    Var twice = Ops.concat(0, one, one);
    LstmFlipout flipout = new LstmFlipout(3, 4, wide, Init.seeded(1));
    Pass training = Pass.train(Noise.seeded(7));
    double[] apart = Doubles.of(flipout.forward(twice, training).value());
    assertThat(apart[0]).isNotCloseTo(apart[16], within(1e-4));
    double[] again = Doubles.of(flipout.forward(twice, training).value());
    assertThat(again).as("used twice in a pass, it is one network").isEqualTo(apart);
    LstmReparameterization shared = new LstmReparameterization(3, 4, wide, Init.seeded(1));
    for (Recurrent layer : List.of(flipout, shared)) {
      double[] same = Doubles.of(layer.forward(twice, RecurrentRuns.sample()).value());
      assertThat(same[0]).isEqualTo(same[16]);
    }
  }

  @Test
  void estimatorsHaveTheSameMarginals() {
    VariationalSpec wide = VariationalSpec.defaults().withInitialSigma(0.3);
    LstmReparameterization first = new LstmReparameterization(3, 4, wide, Init.seeded(1));
    double[] shared = moments(first, Mode.SAMPLE);
    double[] flipped = moments(new LstmFlipout(first.op(), first.distributions()), Mode.TRAIN);
    // Standard errors from 600 draws: 4 % for the mean, 3 % for the standard deviation, each twice.
    assertThat(flipped[0]).isCloseTo(shared[0], within(0.2 * shared[1]));
    assertThat(flipped[1]).isCloseTo(shared[1], within(0.15 * shared[1]));
  }

  /** Mean and standard deviation of one number of the last step's output. */
  private static double[] moments(Recurrent layer, Mode mode) {
    int draws = 600;
    Var x = RecurrentRuns.normals(1, 1, 4, 3);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < draws; i++) {
      Pass pass = Pass.of(mode, Noise.seeded(3).split(i));
      double y = Gradients.off(() -> layer.run(x, pass).last().hidden().value().getDouble(0));
      sum += y;
      squares += y * y;
    }
    double mean = sum / draws;
    return new double[] {mean, Math.sqrt(squares / draws - mean * mean)};
  }

  @Test
  void atTheMeanItIsThePlainLayer() {
    RecurrentSpec spec = SPEC.withLayers(2).withBidirectional();
    Lstm plain = new Lstm(spec, Init.seeded(1));
    LstmFlipout bayesian =
        new LstmFlipout(
            plain.op(),
            plain
                .op()
                .byName(
                    part -> distribution(plain, part.weight()),
                    part -> distribution(plain, part.bias())));
    Var x = RecurrentRuns.normals(1, 2, 3, 3);
    assertThat(Doubles.of(bayesian.forward(x, Pass.mean()).value()))
        .isEqualTo(Doubles.of(plain.forward(x, Pass.mean()).value()));
  }

  private static VariationalParameter distribution(Lstm plain, String name) {
    return new VariationalParameter(
        GaussianPosterior.ofRho(plain.parameters().get(name).value(), -3), GaussianPrior.of(0, 1));
  }

  @Test
  void refusesDistributionsThatAreNotTheOperations() {
    LstmFlipout one = new LstmFlipout(3, 4, VariationalSpec.defaults(), Init.seeded(1));
    RecurrentOp other = new RecurrentOp(RecurrentCell.LSTM, SPEC.withoutBias());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VariationalLayers.of(other, Estimator.FLIPOUT, one.distributions()))
        .withMessageContaining("must be those of [weight_ih_l0, weight_hh_l0], got [");
    RecurrentOp gru = new RecurrentOp(RecurrentCell.GRU, SPEC);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VariationalLayers.of(gru, Estimator.FLIPOUT, one.distributions()))
        .withMessage("distribution of weight_ih_l0 must have shape [12, 3], got [16, 3]");
  }
}
