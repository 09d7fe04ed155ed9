package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Four parts that see one class each: clouds at the corners of a square. */
class SortedClassesTest extends LocalSpark {
  private static final int CLASSES = 4;
  private static final int EACH = 100;
  private static final float[] NUMBERS =
      FloatMemory.numbers(Noise.seeded(2).normals(CLASSES * EACH, 2), "numbers");

  /** Two numbers in, four classes out. */
  public static final class Corners implements SeededNetworkFactory {
    @Override
    public Layer create(long seed) {
      VariationalSpec spec = VariationalSpec.defaults();
      return Zoo.mlp(
          LayerFactory.variational(Estimator.FLIPOUT, spec, Init.seeded(seed + 1)), 2, 16, CLASSES);
    }
  }

  private static double x(int row, int axis) {
    int corner = ((row / EACH) >> axis) & 1;
    return 2 * corner - 1 + 0.4 * NUMBERS[2 * row + axis];
  }

  private static Dataset<Row> sorted() {
    List<Row> rows = new ArrayList<>();
    for (int row = 0; row < CLASSES * EACH; row++) {
      rows.add(RowFactory.create(Vectors.dense(x(row, 0), x(row, 1)), row / EACH));
    }
    StructType schema =
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.IntegerType);
    return spark.createDataFrame(
        JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(rows, CLASSES), schema);
  }

  private static DistributedTraining training(Merging rule) {
    // Of all rows together, where a step is theirs.
    int batch = rule == Merging.GRADIENTS ? 20 * CLASSES : 20;
    return DistributedTraining.of(
            Corners.class,
            (model, data) ->
                Trainer.of(model, Losses.crossEntropy(), data)
                    .epochs(5)
                    .batchSize(batch)
                    .learningRate(0.02))
        .inputShape(2)
        .classes(CLASSES)
        .merging(rule)
        .rounds(4)
        .seed(1);
  }

  private static double accuracy(Layer network) {
    float[] numbers = new float[NUMBERS.length];
    for (int row = 0; row < CLASSES * EACH; row++) {
      numbers[2 * row] = (float) x(row, 0);
      numbers[2 * row + 1] = (float) x(row, 1);
    }
    INDArray inputs = Detached.of(numbers, CLASSES * EACH, 2);
    int[] found = MonteCarlo.of(network).samples(10).classify(inputs).classes();
    int right = 0;
    for (int row = 0; row < found.length; row++) {
      right += found[row] == row / EACH ? 1 : 0;
    }
    return right / (double) found.length;
  }

  /** Clouds of spread 0.4 around corners 1 from the axes: 1.2 % of each axis are beyond. */
  @ParameterizedTest
  @EnumSource(
      value = Merging.class,
      names = {"CURVATURE", "GRADIENTS"})
  void aPartRemembersClassesThatItDoesNotSee(Merging rule) throws IOException {
    Dataset<Row> rows = sorted();
    TrainedNetwork whole = training(rule).fit(rows);
    assertThat(accuracy(whole.model())).isGreaterThan(0.95);
    String runs = folder.resolve("sorted" + rule).toUri().toString();
    training(rule).rounds(2).checkpoint(runs).fit(rows);
    TrainedNetwork resumed = training(rule).checkpoint(runs).fit(rows);
    assertThat(ModelState.of(resumed.model()).mean())
        .isEqualTo(ModelState.of(whole.model()).mean());
  }

  /** A network of another kind of layer. */
  public static final class Convolved implements NetworkFactory {
    @Override
    public Layer create() {
      return Zoo.cifarResNet(
          LayerFactory.variational(Estimator.FLIPOUT, VariationalSpec.defaults(), Init.seeded(1)),
          20,
          CLASSES);
    }
  }

  @Test
  void whatTheRuleDoesNotWorkWithIsNamed() {
    Dataset<Row> rows = sorted();
    assertThatThrownBy(() -> training(Merging.CURVATURE).classes(0).fit(rows))
        .hasMessage("merging CURVATURE needs classes, got a regression");
    assertThatThrownBy(() -> training(Merging.CURVATURE).beta(0).fit(rows))
        .hasMessage("merging CURVATURE needs beta above zero, got 0.0");
    assertThatThrownBy(
            () ->
                DistributedTraining.of(Convolved.class, (model, data) -> null)
                    .inputShape(2)
                    .classes(CLASSES)
                    .merging(Merging.CURVATURE)
                    .fit(rows))
        .hasMessageStartingWith(
            "merging CURVATURE needs Bayesian layers that are dense, got Conv2d");
  }
}
