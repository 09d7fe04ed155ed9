package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkException;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class BayesianModelTest extends LocalSpark {
  private static final int COUNT = 133;
  private static final INDArray INPUTS = Examples.inputs(COUNT);

  private static Prediction expected() {
    return MonteCarlo.of(Examples.network()).samples(8).seed(3).classify(INPUTS);
  }

  private static List<Row> byId(Dataset<Row> rows) {
    return Examples.byId(rows);
  }

  private static void assertColumn(List<Row> rows, String column, INDArray expected) {
    float[] numbers = FloatMemory.numbers(expected, column);
    for (int i = 0; i < numbers.length; i++) {
      assertThat(rows.get(i).<Double>getAs(column)).isEqualTo((double) numbers[i]);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16})
  void numbersAreThoseOfMonteCarloWhateverThePartitions(int partitions) throws IOException {
    BayesianModel model = Examples.model(folder).setRefusal(RefusalRule.meanAbove(0.5));
    Dataset<Row> frame = Examples.frame(spark, INPUTS).repartition(partitions);
    List<Row> rows = byId(model.transform(frame));
    Prediction expected = expected();
    assertThat(rows).hasSize(COUNT);
    assertThat(Examples.vectors(rows, "probability"))
        .isEqualTo(FloatMemory.numbers(expected.mean(), "mean"));
    assertColumn(rows, "entropy", expected.predictiveEntropy());
    assertColumn(rows, "mutualInformation", expected.mutualInformation());
    int[] decisions = expected.decide(RefusalRule.meanAbove(0.5));
    int[] classes = expected.classes();
    for (int i = 0; i < COUNT; i++) {
      assertThat(rows.get(i).<Integer>getAs("answer")).isEqualTo(decisions[i]);
      assertThat(rows.get(i).<Double>getAs("prediction")).isEqualTo((double) classes[i]);
    }
    assertThat(decisions).contains(RefusalRule.REFUSED).contains(classes[0]);
  }

  @Test
  void sumsOverPartitionsNeedNoColumnThatIsNotAskedFor() throws IOException {
    BayesianModel model = Examples.model(folder);
    model.set(model.entropyCol(), "");
    model.set(model.expectedEntropyCol(), "aleatoric");
    StructType schema = model.transform(Examples.frame(spark, INPUTS)).schema();
    assertThat(schema.fieldNames())
        .containsExactly(
            "id", "features", "probability", "prediction", "aleatoric", "mutualInformation");
  }

  @Test
  void pipelinesKeepParametersAndWeights() throws IOException {
    BayesianModel model =
        Examples.model(folder).setRefusal(RefusalRule.meanAbove(0.5)).setConformal("aps", 0.8);
    Dataset<Row> frame = Examples.frame(spark, INPUTS);
    PipelineModel pipeline = new Pipeline().setStages(new PipelineStage[] {model}).fit(frame);
    String path = folder.resolve("pipeline").toUri().toString();
    pipeline.write().overwrite().save(path);
    PipelineModel read = PipelineModel.load(path);
    assertThat(byId(read.transform(frame))).isEqualTo(byId(model.transform(frame)));
    try (Stream<Path> files = Files.walk(folder.resolve("pipeline"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("checkpoint.safetensors", "network.txt", "metadata")
          .noneMatch(name -> name.endsWith(".tmp"));
    }
  }

  @Test
  void badRowsFailTheJobByName() throws IOException {
    Dataset<Row> scored = Examples.model(folder).transform(Examples.withBadRows(spark).coalesce(1));
    assertThatThrownBy(scored::count)
        .isInstanceOf(SparkException.class)
        .hasMessageContaining("column features is null");
  }

  @Test
  void badRowsAreKeptWithTheReason() throws IOException {
    BayesianModel model =
        Examples.model(folder).setHandleInvalid(BadRows.KEEP).setProblemCol("problem");
    List<Row> rows = byId(model.transform(Examples.withBadRows(spark)));
    assertThat(rows.stream().map(row -> row.<String>getAs("problem")))
        .containsExactly(
            null,
            "column features is null",
            "column features number 2 must be finite as a float, got NaN",
            "column features must have 6 numbers for shape [6], got 2",
            "column features number 5 must be finite as a float, got 1.0E300",
            null);
    assertThat(rows.stream().map(row -> row.getAs("entropy") == null))
        .containsExactly(false, true, true, true, true, false);
    assertThat(rows.get(5).<Double>getAs("entropy"))
        .isEqualTo(rows.get(0).<Double>getAs("entropy"));
  }

  @Test
  void badRowsAreLeftOutAndCounted() throws IOException {
    BayesianModel model = Examples.model(folder).setHandleInvalid(BadRows.SKIP);
    List<Row> rows = model.transform(Examples.withBadRows(spark)).collectAsList();
    assertThat(rows.stream().map(row -> row.<Integer>getAs("id"))).containsExactly(0, 5);
    assertThat(model.badRows()).isEqualTo(4);
    assertThat(model.copy(ParamMap.empty()).transform(Examples.withBadRows(spark)).count())
        .isEqualTo(2);
    assertThat(model.badRows()).isEqualTo(8);
  }

  @Test
  void mistakesAreNamedBeforeAnythingRuns() throws IOException {
    Dataset<Row> frame = Examples.frame(spark, INPUTS);
    assertThatThrownBy(() -> new BayesianModel().transform(frame))
        .hasMessageContaining("there is no model");
    assertThatThrownBy(() -> Examples.model(folder).setInputCol("pixels").transform(frame))
        .hasMessageContaining("inputCol must be one of the columns [id, features], got pixels");
    assertThatThrownBy(() -> Examples.model(folder).setInputCol("id").transform(frame))
        .hasMessageContaining("column id must be an ML vector, an array of numbers or an image");
    Dataset<Row> scored = Examples.model(folder).transform(frame);
    assertThatThrownBy(() -> Examples.model(folder).transform(scored))
        .hasMessageContaining("column probability is there already");
    assertThatThrownBy(() -> BayesianModel.of("java.lang.String", Examples.checkpoint(folder)))
        .hasMessageContaining("network must be a class that implements");
    assertThatThrownBy(() -> BayesianModel.of("no.such.Net", Examples.checkpoint(folder)))
        .hasMessageContaining("driver and executors have (--jars), got no.such.Net");
    assertThatThrownBy(() -> Examples.model(folder).setDraws(0)).hasMessageContaining("draws");
  }

  @Test
  void predictorsAreSharedAndThoseOfTheLongestAgoClosed() throws IOException {
    Dataset<Row> frame = Examples.frame(spark, INPUTS).repartition(4);
    for (int seed = 0; seed < 4; seed++) {
      assertThat(Examples.model(folder).setSeed(seed).transform(frame).count()).isEqualTo(COUNT);
    }
    assertThat(Engines.count()).isEqualTo(2);
  }
}
