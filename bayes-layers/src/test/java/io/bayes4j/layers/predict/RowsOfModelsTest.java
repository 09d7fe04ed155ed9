package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.posterior.Ensemble;
import io.bayes4j.layers.posterior.SwagCollector;
import io.bayes4j.layers.train.EpochRecord;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A model that does not return a row for each example it was given. */
class RowsOfModelsTest {
  private static INDArray x(int n) {
    return Noise.seeded(1).normals(n, 3);
  }

  private static Linear linear() {
    return new Linear(3, 2, Init.seeded(1));
  }

  /** Leaves out the last rows of a batch of more than so many. */
  private static Layer fewer(int than) {
    return (x, pass) -> x.size(0) > than ? Ops.slice(x, 0, 0, than) : x;
  }

  private static Layer twice() {
    return (x, pass) -> Ops.concat(0, x, x);
  }

  @Test
  void bothNumbersAreNamed() {
    assertThatThrownBy(() -> MonteCarlo.of(Sequential.of(linear(), fewer(5))).outputs(x(8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("5 rows for 8 examples");
    assertThatThrownBy(() -> MonteCarlo.of(Sequential.of(linear(), twice())).classify(x(8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16 rows for 8 examples");
    Layer sum = (x, pass) -> Ops.sum(x);
    assertThatThrownBy(() -> MonteCarlo.atMean(sum).outputs(x(8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 rows for 8 examples");
  }

  @Test
  void everyPieceIsChecked() {
    AtomicInteger batches = new AtomicInteger();
    Layer last = (x, pass) -> batches.incrementAndGet() < 3 ? x : Ops.slice(x, 0, 0, x.size(0) - 1);
    Sequential model = Sequential.of(linear(), new Dropout(0.5), last);
    assertThatThrownBy(() -> MonteCarlo.of(model).samples(1).batchSize(4).outputs(x(12)))
        .hasMessageContaining("3 rows for 4 examples");
    assertThatThrownBy(
            () -> MonteCarlo.of(Sequential.of(linear(), fewer(5))).batchSize(6).outputs(x(11)))
        .hasMessageContaining("5 rows for 6 examples");
  }

  @Test
  void rowsOfAnotherShapeAreRefused() {
    AtomicInteger runs = new AtomicInteger();
    Layer changing =
        (x, pass) -> {
          pass.noise();
          long width = runs.getAndIncrement() == 0 ? 2 : 1;
          return Ops.slice(x, 1, 0, width);
        };
    Sequential model = Sequential.of(linear(), changing);
    assertThatThrownBy(() -> MonteCarlo.of(model).samples(3).outputs(x(4)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[2] and [1]");
    runs.set(0);
    // Two pieces, perhaps on two threads, of which either may be done first.
    assertThatThrownBy(() -> MonteCarlo.of(model).samples(1).batchSize(2).outputs(x(4)))
        .message()
        .containsAnyOf("[2] and [1]", "[1] and [2]");
  }

  @Test
  void otherPredictorsTellToo() {
    Layer few = Sequential.of(linear(), fewer(5));
    assertThatThrownBy(() -> Ensemble.of(List.of(few, other(fewer(5)))).classify(x(8)))
        .hasMessageContaining("5 rows for 8 examples");
    Ensemble unlike = Ensemble.of(List.of(other((x, pass) -> x), other(RowsOfModelsTest::half)));
    assertThatThrownBy(() -> unlike.outputs(x(8))).hasMessageContaining("one shape");
    assertThatThrownBy(() -> MonteCarloDropout.of(dropping()).outputs(x(8)))
        .hasMessageContaining("5 rows for 8 examples");
    SwagCollector collector = SwagCollector.of(few).rank(0);
    for (int epoch = 1; epoch < 3; epoch++) {
      collector.epoch(new EpochRecord(epoch, 0, 0, 0, 0, 0, 0, Map.of(), Map.of()));
    }
    assertThatThrownBy(() -> collector.posterior().samples(2).outputs(x(8)))
        .hasMessageContaining("5 rows for 8 examples");
  }

  private static Layer dropping() {
    return Sequential.of(linear(), new Dropout(0.5), fewer(5));
  }

  private static Layer other(Layer behind) {
    return Sequential.of(new Linear(3, 2, Init.seeded(2)), behind);
  }

  private static Var half(Var x, io.bayes4j.layers.Pass pass) {
    return Ops.slice(x, 1, 0, 1);
  }

  @Test
  void predictorsOfOthersAreChecked() {
    Predictor own = x -> x.reshape(1, x.size(0), x.size(1)).repeat(1, 2);
    assertThat(own.outputs(x(3)).shape()).containsExactly(1, 6, 3);
    assertThatThrownBy(() -> own.classify(x(3))).hasMessageContaining("3 examples");
    assertThatThrownBy(() -> own.regress(x(3), 1)).hasMessageContaining("[1, 6, 3]");
    assertThatThrownBy(() -> own.regress(x(3))).hasMessageContaining("[1, 6, 3]");
  }
}
