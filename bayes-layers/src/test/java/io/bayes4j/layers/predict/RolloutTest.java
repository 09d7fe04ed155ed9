package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.NativeMemory;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Conv1d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.RecurrentMemory;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.TransformerEncoderLayer;
import io.bayes4j.layers.TransformerSpec;
import io.bayes4j.layers.variational.GruFlipout;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Forecasts in which each draw of the weights is one network from the first step to the last. */
class RolloutTest {
  private static final VariationalSpec WIDE = VariationalSpec.defaults().withInitialSigma(0.2);
  private static final Init INIT = Init.seeded(1);
  private static final long MIB = 1 << 20;

  private static Sequential lstm() {
    return Sequential.of(
        new LstmReparameterization(RecurrentSpec.of(2, 5).withLayers(2), WIDE, INIT),
        Activation.TANH,
        new LinearReparameterization(5, 2, WIDE, INIT));
  }

  /** Two recurrent layers, of which one runs twice; returns its last step alone. */
  private static final class LastStep extends Block {
    private final Slot<Gru> first = slot("first", Gru.class, new Gru(2, 2, INIT));
    private final Slot<Layer> second =
        slot("second", new GruFlipout(RecurrentSpec.of(2, 3), WIDE, INIT));
    private final Slot<Layer> head = slot("head", new LinearFlipout(3, 2, WIDE, INIT));

    @Override
    public Var forward(Var x, Pass pass) {
      Var twice = first.forward(first.forward(x, pass), pass);
      Var y = second.forward(twice, pass);
      long steps = y.size(1);
      Var last = Ops.reshape(Ops.slice(y, 1, steps - 1, steps), y.size(0), y.size(2));
      return head.forward(last, pass);
    }
  }

  @Test
  void stepByStepGivesTheNumbersOfTheWholeSequence() {
    INDArray x = Samples.normals(1, 3, 12, 2);
    Sequential model = lstm();
    Doubles.assertClose(
        "paths",
        Rollout.of(model).samples(6).seed(3).over(x),
        MonteCarlo.of(model).samples(6).seed(3).outputs(x),
        1e-5);
    Doubles.assertClose(
        "path", Rollout.atMean(model).over(x), MonteCarlo.atMean(model).outputs(x), 1e-5);
  }

  /** Whoever draws anew in each step has another network in each. */
  @Test
  void aForecastFeedsEachDrawsOwnOutputsBack() {
    for (Layer model : List.of(lstm(), new LastStep())) {
      INDArray history = Samples.normals(2, 3, 6, 2);
      INDArray paths = Rollout.of(model).samples(4).seed(7).forecast(history, 5);
      assertThat(paths.shape()).containsExactly(4, 3, 5, 2);
      for (int s = 0; s < 4; s++) {
        INDArray sequence = history;
        for (int k = 0; k < 5; k++) {
          Noise noise = Noise.seeded(7).split("predict").split(s);
          Var y = Pass.sample(noise).run(model, Var.constant(sequence));
          INDArray last =
              y.rank() == 2
                  ? y.value()
                  : y.value().get(NDArrayIndex.all(), NDArrayIndex.point(y.size(1) - 1)).dup();
          INDArray path =
              paths.get(NDArrayIndex.point(s), NDArrayIndex.all(), NDArrayIndex.point(k));
          Doubles.assertClose("draw " + s + ", step " + k, path.dup('c'), last, 2e-5);
          sequence = Nd4j.concat(1, sequence, last.dup('c').reshape(3, 1, 2));
        }
      }
    }
  }

  @Test
  void theNumbersDoNotDependOnThreads() {
    INDArray history = Samples.normals(2, 2, 3, 2);
    Rollout rollout = Rollout.of(lstm()).samples(5);
    int threads = Parallel.threads();
    double[] expected = Doubles.of(rollout.forecast(history, 4));
    try {
      Parallel.setThreads(1);
      assertThat(Doubles.of(rollout.forecast(history, 4))).isEqualTo(expected);
    } finally {
      Parallel.setThreads(threads);
    }
    assertThat(Doubles.of(rollout.seed(1).forecast(history, 4))).isNotEqualTo(expected);
  }

  @Test
  void gaussianFeedbackHasTheNoiseOfTheObservations() {
    Sequential model =
        Sequential.of(new Lstm(1, 3, INIT), new Linear(3, 2, INIT)); // mean and spread
    INDArray history = Samples.normals(2, 4, 3, 1);
    Rollout rollout = Rollout.of(model).samples(200);
    INDArray paths = rollout.forecast(history, 3, Rollout.Feedback.gaussian());
    assertThat(paths.shape()).containsExactly(200, 4, 3, 2);
    INDArray first = paths.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(0));
    INDArray second = paths.get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.point(1));
    assertThat(first.dup('c').std(0).maxNumber().doubleValue()).isLessThan(1e-5);
    assertThat(second.dup('c').std(0).minNumber().doubleValue()).isGreaterThan(1e-3);
    assertThat(Doubles.of(rollout.forecast(history, 3, Rollout.Feedback.gaussian())))
        .isEqualTo(Doubles.of(paths));
  }

  @Test
  void inputsThatAreKnownAheadTakePart() {
    Sequential model = Sequential.of(new Gru(3, 4, INIT), new Linear(4, 1, INIT));
    INDArray history = Samples.normals(2, 2, 4, 3);
    INDArray known = Samples.normals(3, 5, 2, 2);
    Rollout.Feedback feedback =
        step -> Nd4j.concat(1, step.output(), known.slice(step.index()).dup());
    assertThat(Rollout.atMean(model).forecast(history, 5, feedback).shape())
        .containsExactly(1, 2, 5, 1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rollout.atMean(model).forecast(history, 5))
        .withMessageContaining("[2, 4, 3] without its axis 1, got [2, 1]");
  }

  @Test
  void aPassHandsStatesOn() {
    Sequential model = lstm();
    INDArray x = Samples.normals(1, 2, 7, 2);
    Var whole = Pass.sample(Noise.seeded(9)).run(model, Var.constant(x));
    Pass draw = Pass.sample(Noise.seeded(9));
    RecurrentMemory memory = new RecurrentMemory();
    assertThat(memory.isEmpty()).isTrue();
    Var[] parts = new Var[3];
    int[] cuts = {0, 3, 4, 7};
    for (int i = 0; i < 3; i++) {
      INDArray part = x.get(NDArrayIndex.all(), NDArrayIndex.interval(cuts[i], cuts[i + 1]));
      parts[i] = memory.next(draw).run(model, Var.constant(part.dup('c')));
    }
    Doubles.assertClose("parts", Ops.concat(1, parts).value(), whole.value(), 1e-5);
  }

  /** Adds the mean over all steps, which no state hands on. */
  private static final class Peeking extends Block {
    private final Slot<Layer> body = slot("body", new Gru(2, 2, INIT));

    @Override
    public Var forward(Var x, Pass pass) {
      return Ops.add(body.forward(x, pass), Ops.mean(x, 1));
    }
  }

  @Test
  void refusesModelsThatDoNotReadStepByStep() {
    Layer both = new Lstm(RecurrentSpec.of(2, 2).withBidirectional(), INIT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rollout.of(both))
        .withMessageContaining("reads backwards too");
    Layer attention = new TransformerEncoderLayer(TransformerSpec.of(2, 1), INIT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rollout.of(Sequential.of(new Gru(2, 2, INIT), attention)))
        .withMessageContaining("attends to all steps");
    Layer convolution = new Conv1d(ConvSpec.conv1d(2, 2, 3), INIT);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rollout.of(Sequential.of(convolution)))
        .withMessageContaining("must have a recurrent layer");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rollout.of(new Peeking()).forecast(Samples.normals(1, 2, 4, 2), 2))
        .withMessageContaining("same numbers step by step");
    INDArray x = Samples.normals(1, 2, 4, 2);
    assertThatIllegalArgumentException().isThrownBy(() -> Rollout.of(lstm()).forecast(x, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> Rollout.of(lstm()).samples(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Rollout.of(lstm()).over(Samples.normals(1, 4)))
        .withMessageContaining("[N, T, ...]");
  }

  /** A step needs no more than the one before: nothing of a path is kept but its outputs. */
  @Test
  void memoryDoesNotGrowWithTheSteps() {
    Map<Integer, NativeMemory.Held> held = new ConcurrentHashMap<>();
    Rollout.of(lstm())
        .samples(1)
        .forecast(
            Samples.normals(1, 2, 3, 2),
            2600,
            step -> {
              if (step.index() % 1000 == 500) {
                held.put(step.index(), NativeMemory.settled());
              }
              return step.output();
            });
    assertThat(held).containsOnlyKeys(500, 1500, 2500);
    NativeMemory.Held before = held.get(500);
    for (int index : new int[] {1500, 2500}) {
      assertThat(held.get(index).bytes()).as("bytes").isLessThan(before.bytes() + MIB);
      assertThat(held.get(index).arrays()).as("arrays").isLessThan(before.arrays() + 50);
    }
  }
}
