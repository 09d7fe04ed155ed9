package io.bayes4j.spark;

import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import io.bayes4j.layers.zoo.Zoo;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.executor.TaskMetrics;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * Not a test: how long one worker of one core, and two, take to score CIFAR's pictures with a
 * ResNet-20, which computes a thousand times as much for a row as {@link ClusterRates} does. Says
 * where the time goes, and fails if a bit differs.
 *
 * <p>The arguments: the folder of CIFAR's {@code data_batch_1.bin}, the number of pictures, and of
 * draws. Run it as {@link ClusterRates}.
 */
final class ScalingRates {
  private static final int[] SHAPE = {3, 32, 32};
  private static final int PIXELS = 3 * 32 * 32;
  private static final int RECORD = PIXELS + 1;
  private static final float GREATEST_BYTE = 255;
  private static final int PARTITIONS = 8;
  private static final int PASSES = 3;

  private final String folder;
  private final int count;
  private final int draws;
  private List<Row> expected = List.of();

  private ScalingRates(String... arguments) {
    folder = arguments[0];
    count = Integer.parseInt(arguments[1]);
    draws = Integer.parseInt(arguments[2]);
  }

  /** A ResNet-20 with seeded weights. */
  public static final class PictureNetwork implements SeededNetworkFactory {
    @Override
    public Layer create(long seed) {
      VariationalSpec spec = VariationalSpec.defaults();
      return Zoo.cifarResNet(
          LayerFactory.variational(Estimator.REPARAMETERIZATION, spec, Init.seeded(seed)), 20, 10);
    }
  }

  public static void main(String[] arguments) throws IOException {
    ScalingRates rates = new ScalingRates(arguments);
    Path file = Files.createTempFile("scaling", ".safetensors");
    try {
      Checkpoint.save(new PictureNetwork().create(1), file);
      double one = rates.cluster(1, file);
      double two = rates.cluster(2, file);
      say("one worker over two: %.2f", one / two);
    } finally {
      Files.delete(file);
    }
  }

  /** What tasks say of themselves, and what the driver's processors do meanwhile. */
  private static final class Spent extends SparkListener {
    private long run;
    private long processor;
    private long collecting;
    private long driver = driverProcessor();

    @Override
    public synchronized void onTaskEnd(SparkListenerTaskEnd end) {
      TaskMetrics metrics = end.taskMetrics();
      run += metrics.executorRunTime();
      processor += metrics.executorCpuTime();
      collecting += metrics.jvmGCTime();
    }

    /** And begins anew. */
    synchronized String report() {
      String report =
          String.format(
              Locale.ROOT,
              "tasks ran %.1f s, computed %.1f s, waited for the garbage collector %.1f s;"
                  + " the driver's process computed %.1f s",
              run / 1e3,
              processor / 1e9,
              collecting / 1e3,
              (driverProcessor() - driver) / 1e9);
      run = 0;
      processor = 0;
      collecting = 0;
      driver = driverProcessor();
      return report;
    }

    private static long driverProcessor() {
      return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }
  }

  private double cluster(int workers, Path file) throws IOException {
    try (SparkSession spark = Sessions.cluster("JavaSerializer", workers)) {
      Spent spent = new Spent();
      spark.sparkContext().addSparkListener(spent);
      Dataset<Row> pictures = pictures(spark).cache();
      pictures.count();
      BayesianModel model =
          BayesianModel.of(PictureNetwork.class, file.toString())
              .setInputShape(SHAPE)
              .setBatchSize(32)
              .setDraws(draws);
      Dataset<Row> scored = model.transform(pictures).drop("features");
      requireSameBits(scored);
      double fastest = Double.POSITIVE_INFINITY;
      for (int pass = 1; pass <= PASSES; pass++) {
        report(spark, spent);
        long begin = System.nanoTime();
        scored.write().format("noop").mode("overwrite").save();
        double seconds = (System.nanoTime() - begin) / 1e9;
        say("workers %d, pass %d: %.2f s; %s", workers, pass, seconds, report(spark, spent));
        fastest = Math.min(fastest, seconds);
      }
      return fastest;
    }
  }

  /** What was spent since the last report, once all tasks have said so. */
  private static String report(SparkSession spark, Spent spent) {
    try {
      spark.sparkContext().listenerBus().waitUntilEmpty();
    } catch (TimeoutException e) {
      throw new IllegalStateException("Spark does not say what its tasks did", e);
    }
    return spent.report();
  }

  /** The first pass, which also compiles and draws. */
  private void requireSameBits(Dataset<Row> scored) {
    List<Row> found =
        scored.select("id", "probability", "entropy", "mutualInformation").collectAsList().stream()
            .sorted((a, b) -> Integer.compare(a.getInt(0), b.getInt(0)))
            .toList();
    for (Row row : found) {
      for (double probability : row.<Vector>getAs("probability").toArray()) {
        if (!Double.isFinite(probability)) {
          throw new AssertionError("picture " + row.getInt(0) + " has no probabilities: " + row);
        }
      }
    }
    if (found.size() != count || (!expected.isEmpty() && !expected.equals(found))) {
      throw new AssertionError("two workers give other numbers than one");
    }
    expected = found;
  }

  /** The first pictures, which each task reads of the file itself. */
  private Dataset<Row> pictures(SparkSession spark) {
    String file = Path.of(folder, "data_batch_1.bin").toString();
    return spark
        .range(0, count, 1, PARTITIONS)
        .mapPartitions(
            (MapPartitionsFunction<Long, Row>)
                ids -> {
                  List<Row> rows = new ArrayList<>();
                  while (ids.hasNext()) {
                    int picture = ids.next().intValue();
                    rows.add(RowFactory.create(picture, Vectors.dense(read(file, picture))));
                  }
                  return rows.iterator();
                },
            Encoders.row(Examples.SCHEMA));
  }

  private static double[] read(String file, int picture) throws IOException {
    double[] pixels = new double[PIXELS];
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      in.skipNBytes((long) RECORD * picture + 1);
      byte[] bytes = in.readNBytes(PIXELS);
      for (int k = 0; k < PIXELS; k++) {
        pixels[k] = (bytes[k] & 0xff) / GREATEST_BYTE;
      }
    }
    return pixels;
  }

  private static void say(String template, Object... values) {
    System.out.printf(Locale.ROOT, template + "%n", values);
  }
}
