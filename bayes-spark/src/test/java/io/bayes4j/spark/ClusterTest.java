package io.bayes4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.predict.Prediction;
import io.bayes4j.layers.train.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

/** On workers that are JVMs of their own, one of which is killed while it works. */
class ClusterTest {
  private static final int COUNT = 400;
  private static final int PARTITIONS = 4;

  @TempDir private static Path folder;

  /** With Kryo; the tests of one JVM use Java's serialization. */
  @Test
  void numbersAreThoseOfOneJvmThoughAWorkerIsKilled() throws IOException {
    INDArray inputs = Examples.inputs(COUNT);
    Prediction expected = MonteCarlo.of(Examples.network()).samples(8).seed(3).classify(inputs);
    try (SparkSession spark = Sessions.cluster("KryoSerializer", 2)) {
      Dataset<Row> frame = Examples.frame(spark, inputs).repartition(PARTITIONS);
      BayesianModel model = Examples.model(folder);
      assertNumbers(model.transform(frame), expected);
      Path marker = folder.resolve("killed");
      Dataset<Row> deadly =
          frame.map(dying(marker.toString(), COUNT / 2), Encoders.row(frame.schema()));
      assertNumbers(model.transform(deadly), expected);
      assertThat(marker).exists();
      assertTrainingGoesOn(spark);
      assertEnsembleGoesOn(spark);
      assertThat(Files.readString(marker))
          .isNotEqualTo(Long.toString(ProcessHandle.current().pid()));
    }
  }

  /** Training that loses an executor in a round gives the numbers of training that does not. */
  private static void assertTrainingGoesOn(SparkSession spark) throws IOException {
    Dataset<Row> rows =
        Examples.frame(spark, Examples.inputs(60))
            .withColumn("label", functions.col("id").mod(4))
            .repartition(2);
    ModelState undisturbed = ModelState.of(training("").fit(rows).model());
    Path marker = folder.resolve("killed-training");
    ModelState disturbed = ModelState.of(training(marker.toString()).fit(rows).model());
    assertThat(marker).exists();
    assertThat(disturbed.mean()).isEqualTo(undisturbed.mean());
    assertThat(disturbed.sigma()).isEqualTo(undisturbed.sigma());
  }

  /** Members that were trained where an executor died are those of a run without a death. */
  private static void assertEnsembleGoesOn(SparkSession spark) throws IOException {
    Dataset<Row> rows =
        Examples.frame(spark, Examples.inputs(60)).withColumn("label", functions.col("id").mod(4));
    List<Layer> undisturbed = training("").fitEnsemble(rows, 2);
    Path marker = folder.resolve("killed-member");
    List<Layer> disturbed = training(marker.toString()).fitEnsemble(rows, 2);
    assertThat(marker).exists();
    for (int member = 0; member < 2; member++) {
      assertThat(ModelState.of(disturbed.get(member)).mean())
          .isEqualTo(ModelState.of(undisturbed.get(member)).mean());
    }
  }

  private static DistributedTraining training(String marker) {
    return DistributedTraining.of(
            SmallNetwork.class,
            (model, data) -> {
              if (!marker.isEmpty() && !Files.exists(Path.of(marker))) {
                die(marker);
              }
              return Trainer.of(model, Losses.crossEntropy(), data).epochs(1).batchSize(16);
            })
        .inputShape(SmallNetwork.INPUTS)
        .classes(4)
        .merging(Merging.PARTITIONED)
        .rounds(2);
  }

  private static void die(String marker) {
    try {
      Files.writeString(Path.of(marker), Long.toString(ProcessHandle.current().pid()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().halt(137);
  }

  /** Kills the first process that meets a row of this number. */
  static MapFunction<Row, Row> dying(String marker, int number) {
    return row -> {
      Path file = Path.of(marker);
      if (row.getInt(0) == number && !Files.exists(file)) {
        die(marker);
      }
      return row;
    };
  }

  private static void assertNumbers(Dataset<Row> scored, Prediction expected) {
    List<Row> rows = Examples.byId(scored);
    float[] mean = FloatMemory.numbers(expected.mean(), "mean");
    float[] information = FloatMemory.numbers(expected.mutualInformation(), "information");
    int classes = mean.length / COUNT;
    assertThat(rows).hasSize(COUNT);
    for (int i = 0; i < COUNT; i++) {
      double[] found = rows.get(i).<Vector>getAs("probability").toArray();
      for (int k = 0; k < classes; k++) {
        assertThat((float) found[k]).isEqualTo(mean[i * classes + k]);
      }
      assertThat(rows.get(i).<Double>getAs("mutualInformation")).isEqualTo((double) information[i]);
    }
  }
}
