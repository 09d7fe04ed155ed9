package io.bayes4j.spark;

import static org.apache.spark.sql.functions.col;

import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.train.Trainer;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.UserDefinedFunction;

/** What docs/spark.md shows; each region is a block of code there. */
public final class SparkSnippets {
  private SparkSnippets() {}

  // region network
  public static final class DigitNetwork implements SeededNetworkFactory {
    @Override
    public Layer create(long seed) {
      VariationalSpec spec = VariationalSpec.defaults();
      return Zoo.mlp(
          LayerFactory.variational(Estimator.FLIPOUT, spec, Init.seeded(seed)), 784, 50, 10);
    }
  }

  // endregion

  static Dataset<Row> scored(String checkpoint, Dataset<Row> digits) throws IOException {
    // region scoring
    BayesianModel model =
        BayesianModel.of(DigitNetwork.class, checkpoint)
            .setInputShape(784)
            .setDraws(30)
            .setRefusal(RefusalRule.medianAbove(0.9))
            .setHandleInvalid(BadRows.KEEP)
            .setProblemCol("problem");
    Dataset<Row> scored = model.transform(digits);
    // endregion
    return scored;
  }

  static Dataset<Row> evaluated(Dataset<Row> scored) {
    // region evaluation
    UserDefinedFunction scores = Evaluation.classification(15);
    Dataset<Row> perClass =
        scored
            .groupBy("label")
            .agg(scores.apply(col("probability"), col("label")).as("scores"))
            .select("label", "scores.*");
    // endregion
    return perClass;
  }

  static TrainedNetwork trained(Dataset<Row> digits, String runs, Path file) throws IOException {
    // region training
    LocalTraining local =
        (network, data) ->
            Trainer.of(network, Losses.crossEntropy(), data).epochs(2).learningRate(2e-3);
    TrainedNetwork trained =
        DistributedTraining.of(DigitNetwork.class, local)
            .inputShape(784)
            .classes(10)
            .rounds(2)
            .merging(Merging.AVERAGE)
            .checkpoint(runs)
            .fit(digits);
    Checkpoint.save(trained.model(), file);
    // endregion
    return trained;
  }
}
