package io.bayes4j.layers.predict;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Doubles;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.LinearFlipout;
import io.bayes4j.layers.variational.LstmFlipout;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** What is drawn for an example does not depend on the others, nor on its place among them. */
class ExampleInABatchTest {
  private static final VariationalSpec WIDE = VariationalSpec.defaults().withInitialSigma(0.2);

  /** A dense layer over all steps, which it sees as examples. */
  private static final class FoldedTime extends Block {
    private final Slot<Layer> inner;

    FoldedTime(Layer inner) {
      this.inner = slot("inner", inner);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      Var rows = Ops.reshape(x, x.size(0) * x.size(1), x.size(2));
      Var y = inner.forward(rows, pass);
      return Ops.reshape(y, x.size(0), x.size(1), y.size(1));
    }
  }

  private static List<Layer> models() {
    Init init = Init.seeded(1);
    RecurrentSpec twoLayers = RecurrentSpec.of(6, 5).withLayers(2).withDropout(0.4);
    return List.of(
        Sequential.of(new LinearFlipout(6, 3, WIDE, init), new Dropout(0.5)),
        new FoldedTime(Sequential.of(new LinearFlipout(6, 3, WIDE, init), new Dropout(0.5))),
        new LstmFlipout(twoLayers, WIDE, init));
  }

  @Test
  void theSameQuestionThreeTimesInABatchGetsTheSameAnswer() {
    INDArray x = Noise.seeded(2).normals(64, 4, 6);
    INDArray question = x.get(NDArrayIndex.interval(5, 6)).dup('c');
    for (int row : new int[] {20, 63}) {
      x.get(NDArrayIndex.interval(row, row + 1)).assign(question);
    }
    for (Layer model : models()) {
      for (Mode mode : new Mode[] {Mode.SAMPLE, Mode.DROPOUT_SAMPLE}) {
        MonteCarlo predictor = MonteCarlo.of(model).mode(mode).samples(6);
        double[] expected = row(predictor.outputs(x), 5);
        for (int batchSize : new int[] {1, 7, 256}) {
          INDArray all = predictor.batchSize(batchSize).outputs(x);
          assertThat(List.of(row(all, 20), row(all, 63)))
              .as("%s, %s, batches of %d", model, mode, batchSize)
              .allSatisfy(other -> assertThat(other).containsExactly(expected, CLOSE));
        }
        assertThat(row(predictor.outputs(question), 0)).containsExactly(expected, CLOSE);
      }
    }
  }

  @Test
  void estimatorsAgreeOnAPrediction() {
    INDArray x = Noise.seeded(2).normals(9, 1, 28, 28);
    double[] shared = cnn(Estimator.REPARAMETERIZATION, x);
    assertThat(cnn(Estimator.FLIPOUT, x)).isEqualTo(shared);
    assertThat(cnn(Estimator.LOCAL_REPARAMETERIZATION, x)).isEqualTo(shared);
  }

  private static double[] cnn(Estimator estimator, INDArray x) {
    Layer model = Zoo.mnistCnn(LayerFactory.variational(estimator, WIDE, Init.seeded(1)));
    return Doubles.of(MonteCarlo.of(model).samples(2).outputs(x));
  }

  /** Rounding of kernels may depend on the batch here; draws that did would differ by tenths. */
  private static final Offset<Double> CLOSE = Offset.offset(1e-5);

  /** One example under all draws. */
  private static double[] row(INDArray outputs, long row) {
    INDArray one = outputs.get(NDArrayIndex.all(), NDArrayIndex.interval(row, row + 1));
    return Doubles.of(Layout.ROW_MAJOR.ensure(one));
  }
}
