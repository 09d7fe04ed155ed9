package io.bayes4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalLayers;
import io.bayes4j.layers.variational.VariationalSpec;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Noise is independent wherever and however often it is used in a pass; weights are one draw. */
class NoiseOfActivationsTest {
  private static final INDArray ONES = Samples.normals(1, 400, 50).assign(1);

  /** Twice the same dropout, or two of them at one place, as in fields without slots. */
  private record Chain(Dropout first, Dropout second) implements Layer {
    @Override
    public Var forward(Var x, Pass pass) {
      return second.forward(first.forward(x, pass), pass);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"TRAIN", "DROPOUT_SAMPLE"})
  void dropoutsAtOnePlaceKeepTheMeanOfOnes(Mode mode) {
    Dropout half = new Dropout(0.5);
    for (Chain chain : new Chain[] {new Chain(half, half), new Chain(half, new Dropout(0.5))}) {
      int draws = mode == Mode.TRAIN ? 1 : 400;
      double sum = 0;
      for (int draw = 0; draw < draws; draw++) {
        Pass pass = Pass.of(mode, Noise.seeded(1).split(draw));
        sum += mean(chain.forward(Var.constant(ONES), pass));
      }
      // An element is 4 with probability 1/4; 20,000 independent ones in either mode.
      assertThat(sum / draws).isCloseTo(1, within(5 * Math.sqrt(3 / 20_000.0)));
    }
  }

  @Test
  void inAPredictionAllExamplesLoseTheSameElements() {
    Dropout half = new Dropout(0.5);
    Pass pass = Pass.of(Mode.DROPOUT_SAMPLE, Noise.seeded(1));
    double[] first = Doubles.of(half.forward(Var.constant(ONES), pass).value());
    for (int row = 1; row < 400; row++) {
      assertThat(Arrays.copyOfRange(first, 50 * row, 50 * row + 50))
          .isEqualTo(Arrays.copyOf(first, 50));
    }
    assertThat(first).contains(0, 2);
    double[] again = Doubles.of(half.forward(Var.constant(ONES), pass).value());
    assertThat(again).as("a second use in the pass").isNotEqualTo(first);
    Pass later = Pass.of(Mode.DROPOUT_SAMPLE, Noise.seeded(1)).forExamplesFrom(7);
    assertThat(Doubles.of(half.forward(Var.constant(ONES), later).value())).isEqualTo(first);
  }

  /** Two layers of one weight each, called past their slots: both are at the block's own path. */
  private static final class PastItsSlots extends Block {
    private final Slot<Layer> a;
    private final Slot<Layer> b;

    PastItsSlots(Estimator estimator) {
      VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(1);
      AffineOp op = new AffineOp.Dense(1, 1, false);
      a = slot("a", VariationalLayers.fresh(op, estimator, spec, Init.seeded(1)));
      b = slot("b", VariationalLayers.fresh(op, estimator, spec, Init.seeded(2)));
      Layers.parameters(this).entrySet().stream()
          .filter(parameter -> parameter.getKey().endsWith("mu"))
          .forEach(parameter -> parameter.getValue().value().assign(0));
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return Ops.add(a.layer().forward(x, pass), b.layer().forward(x, pass));
    }
  }

  @ParameterizedTest
  @EnumSource(Estimator.class)
  void bayesianLayersAtOnePlaceHaveIndependentDraws(Estimator estimator) {
    PastItsSlots model = new PastItsSlots(estimator);
    Var one = Var.constant(Samples.array(new long[] {1, 1}, 1));
    for (Mode mode : new Mode[] {Mode.TRAIN, Mode.SAMPLE}) {
      int draws = 2000;
      double squares = 0;
      for (int draw = 0; draw < draws; draw++) {
        Pass pass = Pass.of(mode, Noise.seeded(3).split(draw));
        squares += Math.pow(pass.run(model, one).value().getDouble(0), 2);
      }
      assertThat(squares / draws)
          .as("variance in mode %s", mode)
          .isCloseTo(2, within(5 * 2 * Math.sqrt(2.0 / draws)));
    }
  }

  private static double mean(Var y) {
    return Arrays.stream(Doubles.of(y.value())).average().orElseThrow();
  }
}
