package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.uncertainty.ConformalClassifier;
import io.bayes4j.core.uncertainty.ConformalScore;
import io.bayes4j.core.uncertainty.PredictionSets;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Columns out, each against what one JVM says. */
class ScoredColumnsTest extends LocalSpark {
  private static final int COUNT = 60;
  private static final INDArray INPUTS = Examples.inputs(COUNT);

  @Test
  void regressionGivesMeansAndVariances() throws IOException {
    BayesianModel model = Examples.model(folder).setTask(Task.REGRESSION);
    List<Row> rows = Examples.byId(model.transform(Examples.frame(spark, INPUTS)));
    RegressionPrediction expected =
        MonteCarlo.of(Examples.network()).samples(8).seed(3).regress(INPUTS);
    assertThat(Examples.vectors(rows, "mean"))
        .isEqualTo(FloatMemory.numbers(expected.mean(), "mean"));
    assertThat(Examples.vectors(rows, "variance"))
        .isEqualTo(FloatMemory.numbers(expected.totalVariance(), "variance"));
    assertThat(Examples.vectors(rows, "epistemicVariance"))
        .isEqualTo(FloatMemory.numbers(expected.epistemicVariance(), "variance"));
  }

  @Test
  void setsAreThoseOfTheClassifier() throws IOException {
    INDArray mean = MonteCarlo.of(Examples.network()).samples(8).seed(3).classify(INPUTS).mean();
    Map<String, ConformalScore> scores =
        Map.of(
            "lac", ConformalScore.lac(),
            "aps", ConformalScore.aps(11),
            "raps", ConformalScore.raps(0.2, 1, 11));
    for (Map.Entry<String, ConformalScore> score : scores.entrySet()) {
      BayesianModel model = Examples.model(folder).setConformal(score.getKey(), 0.6);
      model.set(model.conformalSeed(), 11L);
      model.set(model.conformalPenalty(), 0.2);
      model.set(model.conformalFreeRanks(), 1);
      List<Row> rows = Examples.byId(model.transform(Examples.frame(spark, INPUTS).coalesce(1)));
      PredictionSets sets = ConformalClassifier.ofThresholds(score.getValue(), 4, 0.6).sets(mean);
      for (int i = 0; i < COUNT; i++) {
        assertThat(rows.get(i).<Integer>getList(rows.get(i).fieldIndex("conformalSet")))
            .isEqualTo(Arrays.stream(sets.labels(i)).boxed().toList());
      }
    }
  }

  /** One logit. */
  public static final class YesOrNo implements NetworkFactory {
    @Override
    public Layer create() {
      VariationalSpec spec = VariationalSpec.defaults().withInitialSigma(0.3);
      return Zoo.mlp(
          LayerFactory.variational(Estimator.FLIPOUT, spec, Init.seeded(1)),
          SmallNetwork.INPUTS,
          8,
          1);
    }
  }

  @Test
  void oneLogitGivesTwoClasses() throws IOException {
    Path file = folder.resolve("binary.safetensors");
    Checkpoint.save(new YesOrNo().create(), file);
    BayesianModel model =
        BayesianModel.of(YesOrNo.class, file.toString())
            .setInputShape(SmallNetwork.INPUTS)
            .setTask(Task.BINARY)
            .setDraws(8)
            .setRefusal(RefusalRule.medianAbove(0.7));
    List<Row> rows = Examples.byId(model.transform(Examples.frame(spark, INPUTS)));
    Prediction expected = MonteCarlo.of(new YesOrNo().create()).samples(8).classifyBinary(INPUTS);
    assertThat(Examples.vectors(rows, "probability"))
        .isEqualTo(FloatMemory.numbers(expected.mean(), "mean"));
    assertThat(rows.stream().mapToInt(row -> row.<Integer>getAs("answer")))
        .containsExactly(
            Arrays.stream(expected.decide(RefusalRule.medianAbove(0.7)))
                .boxed()
                .toArray(Integer[]::new));
  }
}
