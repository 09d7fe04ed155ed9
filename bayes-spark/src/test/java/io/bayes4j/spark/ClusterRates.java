package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.runtime.Threads;
import io.bayes4j.core.uncertainty.Uncertainty;
import io.bayes4j.core.uncertainty.UncertaintySplit;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.io.Checkpoint;
import io.bayes4j.layers.predict.MonteCarlo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.bytedeco.javacpp.Pointer;

/**
 * Not a test: how long it takes to score MNIST's digits with 30 draws, in one JVM with one thread,
 * and on one and two workers of one core, of which one is killed at the end. Fails if a bit
 * differs. With a number of minutes instead: what an executor holds while it scores for so long.
 *
 * <p>Run it as {@link ClusterTest}, on a quiet machine, with {@code -Dexecutor.options=-server
 * -Dexecutor.memory=1500}; the arguments are MNIST's folder, the number of digits, and minutes.
 */
final class ClusterRates {
  private static final int DRAWS = 30;
  private static final int CLASSES = 10;
  private static final int RUNS = 3;
  private static final int WARM_UPS = 2;
  private static final int PARTITIONS = 16;
  private static final int MINUTES = 2;
  private static final double MIB = 1 << 20;

  private final String folder;
  private final int count;
  private final Path file;

  private ClusterRates(String folder, int count) throws IOException {
    this.folder = folder;
    this.count = count;
    this.file = Files.createTempFile("rates", ".safetensors");
  }

  public static void main(String[] arguments) throws IOException {
    ClusterRates rates = new ClusterRates(arguments[0], Integer.parseInt(arguments[1]));
    try {
      Checkpoint.save(new SparkSnippets.DigitNetwork().create(1), rates.file);
      if (arguments.length > MINUTES) {
        rates.memory(Integer.parseInt(arguments[MINUTES]));
      } else {
        rates.compare();
      }
    } finally {
      Files.delete(rates.file);
    }
  }

  /** Numbers of all digits, and the time of the fastest run. */
  private static final class Result {
    final float[] mean;
    final float[] entropy;
    final float[] information;
    final double seconds;

    Result(UncertaintySplit split, double seconds) {
      this.mean = FloatMemory.numbers(split.mean(), "mean");
      this.entropy = FloatMemory.numbers(split.predictiveEntropy(), "entropy");
      this.information = FloatMemory.numbers(split.mutualInformation(), "information");
      this.seconds = seconds;
    }
  }

  private void compare() throws IOException {
    Result alone = alone();
    double one = cluster(1, alone);
    double two = cluster(2, alone);
    say("one worker over one JVM %.2f, one worker over two %.2f", one / alone.seconds, one / two);
  }

  private Result alone() throws IOException {
    Threads.setCount(1);
    Layer network = new SparkSnippets.DigitNetwork().create(1);
    float[] pixels = Digits.read(Path.of(folder), true).floats(0, count);
    Result fastest = null;
    for (int run = 0; run < WARM_UPS + RUNS; run++) {
      long begin = System.nanoTime();
      UncertaintySplit split =
          Uncertainty.split(
              MonteCarlo.of(network)
                  .samples(DRAWS)
                  .classify(Detached.of(pixels, count, Digits.PIXELS))
                  .probabilities());
      Result result = new Result(split, seconds(begin));
      say("one JVM, one thread: %.2f s", result.seconds);
      fastest = fastest == null || result.seconds < fastest.seconds ? result : fastest;
    }
    return fastest;
  }

  private double cluster(int workers, Result expected) throws IOException {
    try (SparkSession spark = Sessions.cluster("JavaSerializer", workers)) {
      Dataset<Row> frame = Digits.frame(spark, folder, count, PARTITIONS).cache();
      frame.count();
      for (int run = 0; run < WARM_UPS; run++) {
        score(workers + " workers, warming up", frame, expected);
      }
      double fastest = Double.POSITIVE_INFINITY;
      for (int partitions : new int[] {16, 3, 1}) {
        for (int run = 0; run < RUNS - 1; run++) {
          String what = workers + " workers, " + partitions + " partitions";
          double seconds = score(what, frame.coalesce(partitions), expected);
          fastest = Math.min(fastest, partitions >= workers ? seconds : fastest);
        }
      }
      if (workers > 1) {
        Path marker = Path.of(file + ".killed");
        Dataset<Row> deadly =
            frame.map(
                ClusterTest.dying(marker.toString(), count / 2), Encoders.row(frame.schema()));
        score("a worker killed on its way", deadly, expected);
        Files.delete(marker);
      }
      return fastest;
    }
  }

  private BayesianModel model() throws IOException {
    return BayesianModel.of(SparkSnippets.DigitNetwork.class, file.toString())
        .setInputShape(Digits.PIXELS)
        .setDraws(DRAWS);
  }

  private double score(String what, Dataset<Row> frame, Result expected) throws IOException {
    long begin = System.nanoTime();
    List<Row> rows =
        model()
            .transform(frame)
            .select("id", "probability", "entropy", "mutualInformation")
            .collectAsList();
    double seconds = seconds(begin);
    say("%s: %.2f s", what, seconds);
    for (Row row : rows) {
      int digit = row.getInt(0);
      double[] found = row.<Vector>getAs("probability").toArray();
      boolean same =
          (float) row.getDouble(2) == expected.entropy[digit]
              && (float) row.getDouble(3) == expected.information[digit];
      for (int k = 0; k < CLASSES; k++) {
        same &= (float) found[k] == expected.mean[digit * CLASSES + k];
      }
      if (!same) {
        throw new AssertionError("digit " + digit + " differs");
      }
    }
    if (rows.stream().mapToInt(row -> row.getInt(0)).distinct().count() != count) {
      throw new AssertionError(rows.size() + " rows");
    }
    return seconds;
  }

  /** Says once a minute what the executor holds, and in the end how that has grown. */
  private void memory(int minutes) throws IOException {
    long begin = System.nanoTime();
    List<Double> resident = new ArrayList<>();
    try (SparkSession spark = Sessions.cluster("JavaSerializer", 1)) {
      Dataset<Row> frame = Digits.frame(spark, folder, count, PARTITIONS).cache();
      long scored = 0;
      while (resident.size() <= minutes) {
        if (seconds(begin) >= TimeUnit.MINUTES.toSeconds(resident.size())) {
          String held =
              frame
                  .limit(1)
                  .map((MapFunction<Row, String>) ClusterRates::held, Encoders.STRING())
                  .first();
          say("after %.0f s, %d digits scored: %s", seconds(begin), scored, held);
          resident.add(Double.parseDouble(held.split(" ", -1)[0]));
        }
        model().transform(frame).write().format("noop").mode("overwrite").save();
        scored += count;
      }
    }
    int half = resident.size() / 2;
    List<Double> later = resident.subList(half, resident.size());
    say(
        "resident from minute %d to %d: %.0f to %.0f MiB, the last %.0f",
        half,
        minutes,
        later.stream().min(Double::compare).orElseThrow(),
        later.stream().max(Double::compare).orElseThrow(),
        later.get(later.size() - 1));
  }

  private static String held(Row any) throws IOException {
    Runtime.getRuntime().gc();
    String resident =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS"))
            .findAny()
            .orElseThrow();
    long heap = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    return String.format(
        Locale.ROOT,
        "%.1f MiB resident (process %s), heap in use %.0f MiB, native arrays %.1f MiB",
        Long.parseLong(resident.replaceAll("\\D", "")) / 1024.0,
        ProcessHandle.current().pid(),
        heap / MIB,
        Pointer.totalBytes() / MIB);
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void say(String template, Object... values) {
    System.out.printf(Locale.ROOT, template + "%n", values);
  }
}
