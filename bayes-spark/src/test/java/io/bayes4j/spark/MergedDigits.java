package io.bayes4j.spark;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.runtime.Threads;
import io.bayes4j.core.uncertainty.ClassificationEvaluator;
import io.bayes4j.core.uncertainty.ClassificationScores;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.loss.Losses;
import io.bayes4j.layers.predict.MonteCarlo;
import io.bayes4j.layers.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Not a test: how well MNIST's test digits are told apart after each round of training in 8 parts,
 * and after training on all, which takes as many steps.
 *
 * <p>The arguments: MNIST's folder; how the digits are dealt out: {@code all}, {@code example},
 * {@code class} (sorted by label, then cut) or {@code mixed} (those parts after {@code
 * Dataset.repartition}); a {@link Merging}; rounds; epochs a round; learning rate; damping;
 * examples of a batch, 128 unless given.
 */
final class MergedDigits {
  private static final int PARTS = 8;
  private static final int CLASSES = 10;
  private static final int DRAWS = 30;

  private static final StructType SCHEMA =
      new StructType()
          .add("features", SQLDataTypes.VectorType())
          .add("label", DataTypes.IntegerType);

  private final Path folder;
  private final String dealing;
  private final int rounds;
  private final int epochs;
  private final double rate;
  private final int batch;

  private MergedDigits(String... arguments) {
    folder = Path.of(arguments[0]);
    dealing = arguments[1];
    rounds = Integer.parseInt(arguments[3]);
    epochs = Integer.parseInt(arguments[4]);
    rate = Double.parseDouble(arguments[5]);
    batch = arguments.length > 7 ? Integer.parseInt(arguments[7]) : 128;
  }

  public static void main(String[] arguments) throws IOException {
    Threads.setCount(1);
    MergedDigits run = new MergedDigits(arguments);
    if (run.dealing.equals("all")) {
      run.alone();
    } else {
      run.merged(Merging.valueOf(arguments[2]), Double.parseDouble(arguments[6]));
    }
  }

  private void alone() throws IOException {
    Digits digits = Digits.read(folder, true);
    int[] labels = new int[digits.count()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = digits.label(i);
    }
    INDArray x = Detached.of(digits.floats(0, labels.length), labels.length, Digits.PIXELS);
    Layer network = new SparkSnippets.DigitNetwork().create(1);
    Trainer.of(
            network, Losses.crossEntropy(), io.bayes4j.layers.train.Dataset.of(x, labels, CLASSES))
        .epochs(rounds * epochs)
        .batchSize(batch)
        .learningRate(rate)
        .seed(1)
        .build()
        .fit();
    say("all digits, " + rounds * epochs + " epochs", network);
  }

  private void merged(Merging rule, double damping) throws IOException {
    Path runs = Files.createTempDirectory("merged-digits");
    try (SparkSession spark = Sessions.local()) {
      Dataset<Row> digits = digits(spark);
      int ownEpochs = epochs;
      double ownRate = rate;
      int ownBatch = batch;
      DistributedTraining training =
          DistributedTraining.of(
                  SparkSnippets.DigitNetwork.class,
                  (model, data) ->
                      Trainer.of(model, Losses.crossEntropy(), data)
                          .epochs(ownEpochs)
                          .batchSize(ownBatch)
                          .learningRate(ownRate))
              .inputShape(Digits.PIXELS)
              .classes(CLASSES)
              .merging(rule)
              .damping(damping)
              .seed(1)
              .checkpoint(runs.toUri().toString());
      for (int round = 1; round <= rounds; round++) {
        say(dealing + " " + rule + " round " + round, training.rounds(round).fit(digits).model());
      }
    }
  }

  /** Each part reads its rows itself: rows of a list would go out again in every step's tasks. */
  private Dataset<Row> digits(SparkSession spark) throws IOException {
    String data = folder.toString();
    boolean sorted = !dealing.equals("example");
    List<Integer> numbers = IntStream.range(0, PARTS).boxed().toList();
    Dataset<Row> parts =
        spark.createDataFrame(
            JavaSparkContext.fromSparkContext(spark.sparkContext())
                .parallelize(numbers, PARTS)
                .flatMap(part -> rows(Path.of(data), sorted, part).iterator()),
            SCHEMA);
    Dataset<Row> dealt = dealing.equals("mixed") ? parts.repartition(PARTS) : parts;
    if (dealt.rdd().getNumPartitions() != PARTS) {
      throw new AssertionError(dealt.rdd().getNumPartitions() + " parts");
    }
    return dealt;
  }

  private static List<Row> rows(Path data, boolean sorted, int part) throws IOException {
    Digits digits = Digits.read(data, true);
    int count = digits.count();
    IntStream all = IntStream.range(0, count);
    List<Integer> order =
        sorted
            ? all.boxed().sorted(Comparator.comparing(digits::label)).toList()
            : all.boxed().toList();
    List<Row> rows = new ArrayList<>();
    for (int i : order.subList(part * count / PARTS, (part + 1) * count / PARTS)) {
      rows.add(RowFactory.create(digits.vector(i), digits.label(i)));
    }
    return rows;
  }

  private void say(String what, Layer network) throws IOException {
    Digits test = Digits.read(folder, false);
    int[] labels = new int[test.count()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = test.label(i);
    }
    INDArray x = Detached.of(test.floats(0, labels.length), labels.length, Digits.PIXELS);
    ClassificationScores scores =
        new ClassificationEvaluator(15)
            .add(MonteCarlo.of(network).samples(DRAWS).classify(x).mean(), labels)
            .scores();
    System.out.printf(
        Locale.ROOT,
        "%s: accuracy %.2f %%, NLL %.4f, ECE %.4f%n",
        what,
        100 * scores.accuracy(),
        scores.nll(),
        scores.ece());
  }
}
