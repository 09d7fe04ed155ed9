package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.runtime.Threads;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.predict.MonteCarlo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Not a test: how long it takes to score examples of the size of MNIST's digits with 30 draws, in
 * one JVM with one thread, and on one and two workers of one core. Fails if a bit differs.
 *
 * <p>Run it as {@link ClusterTest}, on a quiet machine, with {@code -Dexecutor.options=-server};
 * the argument is the number of examples.
 */
final class ClusterRates {
  private static final int PIXELS = 784;
  private static final int DRAWS = 30;
  private static final int CLASSES = 10;

  private static final StructType SCHEMA =
      new StructType().add("id", DataTypes.LongType).add("features", SQLDataTypes.VectorType());

  private ClusterRates() {}

  public static void main(String[] arguments) throws IOException {
    int count = Integer.parseInt(arguments[0]);
    Path file = Files.createTempFile("rates", ".safetensors");
    Layer network = new SparkSnippets.DigitNetwork().create(1);
    Checkpoint.save(network, file);
    float[] expected = alone(network, count);
    for (int workers = 1; workers <= 2; workers++) {
      try (SparkSession spark = Sessions.cluster("JavaSerializer", workers)) {
        score(spark, workers, file, count, expected);
      }
    }
    Files.delete(file);
  }

  private static double[] example(long id) {
    float[] pixels = new float[PIXELS];
    Noise.seeded(id).uniforms(pixels, 0, PIXELS, 0);
    double[] numbers = new double[PIXELS];
    Arrays.setAll(numbers, k -> pixels[k]);
    return numbers;
  }

  private static float[] alone(Layer network, int count) {
    Threads.setCount(1);
    float[] pixels = new float[count * PIXELS];
    for (int i = 0; i < count; i++) {
      double[] own = example(i);
      for (int k = 0; k < PIXELS; k++) {
        pixels[i * PIXELS + k] = (float) own[k];
      }
    }
    float[] mean = {};
    for (int run = 0; run < 2; run++) {
      long begin = System.nanoTime();
      mean =
          FloatMemory.numbers(
              MonteCarlo.of(network)
                  .samples(DRAWS)
                  .classify(Detached.of(pixels, count, PIXELS))
                  .mean(),
              "mean");
      say("one JVM, one thread, run " + run, begin, count);
    }
    return mean;
  }

  private static void score(
      SparkSession spark, int workers, Path file, int count, float... expected) throws IOException {
    Dataset<Row> frame =
        spark
            .range(0, count, 1, 16)
            .map(
                (MapFunction<Long, Row>) id -> RowFactory.create(id, Vectors.dense(example(id))),
                Encoders.row(SCHEMA))
            .cache();
    frame.count();
    BayesianModel model =
        BayesianModel.of(SparkSnippets.DigitNetwork.class, file.toString()).setInputShape(PIXELS);
    for (int partitions : new int[] {16, 16, 3, 1}) {
      long begin = System.nanoTime();
      List<Row> rows =
          model
              .transform(frame.coalesce(partitions))
              .select("id", "probability", "entropy", "mutualInformation")
              .collectAsList();
      say(workers + " workers, " + partitions + " partitions", begin, count);
      for (Row row : rows) {
        double[] found = row.<Vector>getAs("probability").toArray();
        for (int k = 0; k < CLASSES; k++) {
          if ((float) found[k] != expected[(int) row.getLong(0) * CLASSES + k]) {
            throw new AssertionError("example " + row.getLong(0) + " differs");
          }
        }
      }
      if (rows.size() != count) {
        throw new AssertionError(rows.size() + " rows");
      }
    }
  }

  private static void say(String what, long begin, int count) {
    System.out.printf(
        Locale.ROOT, "%s: %.2f s for %d%n", what, (System.nanoTime() - begin) / 1e9, count);
  }
}
