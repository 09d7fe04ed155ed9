package io.bayes4j.spark;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Layer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.storage.StorageLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Variational training where the data are: in every round each partition trains a network on its
 * own rows, and the posteriors are merged.
 *
 * <pre>{@code
 * TrainedNetwork trained =
 *     DistributedTraining.of(DigitNetwork.class, local)
 *         .inputShape(1, 28, 28)
 *         .classes(10)
 *         .rounds(10)
 *         .checkpoint("hdfs:///runs/digits")
 *         .fit(digits.repartition(8));
 * }</pre>
 *
 * <p>The same seed and partitions give the same numbers, also when a task was run again on another
 * executor, or the run was stopped and resumed. The rows of a partition are held in memory.
 */
public final class DistributedTraining {
  private static final Logger LOG = LoggerFactory.getLogger(DistributedTraining.class);

  private final String factory;
  private final LocalTraining local;
  private String featuresCol = "features";
  private String labelCol = "label";
  private long[] inputShape = {};
  private int classes;
  private int rounds = 10;
  private Merging merging = Merging.AVERAGE;

  /** Zero: one over the number of parts. */
  private double damping;

  private double beta = 1;
  private BadRows badRows = BadRows.ERROR;
  private long seed;
  private String checkpoint = "";

  private DistributedTraining(String factory, LocalTraining local) {
    this.factory = factory;
    this.local = local;
  }

  /**
   * Starts to describe a run.
   *
   * @param network a public class with a public constructor without arguments; its networks' priors
   *     must be Gaussian unless the merging is {@link Merging#GRADIENTS}
   * @param local how a part trains in a round
   */
  public static DistributedTraining of(
      Class<? extends NetworkFactory> network, LocalTraining local) {
    Require.nonNull(network, "network");
    Require.nonNull(local, "local");
    return new DistributedTraining(network.getName(), local);
  }

  /** Columns of the examples and of classes or targets; "features" and "label" unless set. */
  public DistributedTraining columns(String features, String label) {
    featuresCol = Require.nonNull(features, "features");
    labelCol = Require.nonNull(label, "label");
    return this;
  }

  /** Shape of an example, without the axis that counts examples. */
  public DistributedTraining inputShape(long... shape) {
    inputShape = Require.nonNull(shape, "shape").clone();
    return this;
  }

  /** Number of classes; 0, as unless set: the label is a regression's target. */
  public DistributedTraining classes(int number) {
    classes = (int) Require.notNegative((long) number, "classes");
    return this;
  }

  /** How often all parts train and are merged; 10 unless set. */
  public DistributedTraining rounds(int number) {
    rounds = (int) Require.positive((long) number, "rounds");
    return this;
  }

  /** How posteriors are merged; {@link Merging#AVERAGE} unless set. */
  public DistributedTraining merging(Merging rule) {
    merging = Require.nonNull(rule, "rule");
    return this;
  }

  /**
   * Share of a part's new factor that replaces its old one with {@link Merging#PARTITIONED}, in (0,
   * 1]; one over the number of parts unless set. Parts that train at the same time do not know of
   * each other's step: networks of many weights overshoot with more than that, until they are worse
   * than before. Linear models bear 0.5, and are done in fewer rounds with it.
   */
  public DistributedTraining damping(double share) {
    Require.argument(share > 0 && share <= 1, "damping must be in (0, 1], got %s", share);
    damping = share;
    return this;
  }

  /** Weight of the divergence; 1 unless set. */
  public DistributedTraining beta(double weight) {
    beta = Require.notNegative(weight, "beta");
    return this;
  }

  /**
   * What becomes of rows whose input is null, of another length or not finite, or whose label is
   * none: {@link BadRows#ERROR}, as unless set, or {@link BadRows#SKIP}, which leaves them out and
   * counts them.
   *
   * @throws IllegalArgumentException if it is {@link BadRows#KEEP}
   */
  public DistributedTraining badRows(BadRows rule) {
    Require.nonNull(rule, "rule");
    Require.argument(
        rule != BadRows.KEEP, "badRows must be ERROR or SKIP where one trains, got %s", rule);
    badRows = rule;
    return this;
  }

  /** Seed of all that is random; 0 unless set. */
  public DistributedTraining seed(long number) {
    seed = number;
    return this;
  }

  /**
   * A folder, on any file system that Hadoop knows, where each round is kept, or each member of an
   * ensemble. A run that finds some there goes on from them: a lost driver loses a round at most.
   */
  public DistributedTraining checkpoint(String folder) {
    checkpoint = Require.nonNull(folder, "folder");
    return this;
  }

  /**
   * Trains, one part for each partition of the frame.
   *
   * @throws IllegalArgumentException if a column is missing, a partition is empty, a prior is not
   *     Gaussian and the merging not {@link Merging#GRADIENTS}, the network or a setting is none
   *     that the merging works with, or the folder is another run's
   * @throws IOException if a checkpoint cannot be read or written
   */
  public TrainedNetwork fit(Dataset<Row> data) throws IOException {
    PartTraining training = training(data);
    JavaRDD<PartData> parts = parts(data, training.reading());
    try {
      return rounds(training, parts);
    } finally {
      parts.unpersist();
    }
  }

  /**
   * Trains members of an ensemble, one for each task, on all rows: these are sent to every
   * executor, and have to fit into the driver's memory. Make a {@code Ensemble} of the members. How
   * many bad rows are left out is logged.
   *
   * @param members their number
   * @return the members, in their order
   * @throws IllegalArgumentException if a column is missing, there are no rows, or the network's
   *     class makes networks that all begin alike, being no {@link SeededNetworkFactory}
   * @throws IOException if a member cannot be read or written
   */
  public List<Layer> fitEnsemble(Dataset<Row> data, int members) throws IOException {
    Require.positive((long) members, "members");
    PartTraining training = training(data);
    ModelSource.requireSeeded(factory);
    PartData all =
        training
            .reading()
            .all(
                data.select(functions.col(featuresCol), functions.col(labelCol)).toLocalIterator());
    Require.argument(all.count() > 0, "data must have rows");
    if (all.bad() > 0) {
      LOG.warn(
          "the ensemble learns from {} rows; {} bad ones are left out", all.count(), all.bad());
    }
    List<EnsembleRun.Member> tasks = new ArrayList<>();
    for (int number = 0; number < members; number++) {
      long own = Noise.seeded(seed).split("member").split(number).key();
      tasks.add(new EnsembleRun.Member(number, own));
    }
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(data.sparkSession().sparkContext());
    return new EnsembleRun(spark, training, checkpoint).run(all, tasks);
  }

  private TrainedNetwork rounds(PartTraining training, JavaRDD<PartData> data) throws IOException {
    long bad = data.map(PartData::bad).collect().stream().mapToLong(Long::longValue).sum();
    long[] counts = counts(data);
    Layer model = training.network(seed);
    requireCurved(model);
    Round round = round(training, new Parts(data, counts), model);
    // Not kept in the model, whose own form of a spread would round it anew after a resumption.
    ModelState state = ModelState.of(model);
    @Nullable RoundFiles files = null;
    List<RoundRecord> records = new ArrayList<>();
    if (!checkpoint.isEmpty()) {
      files = new RoundFiles(checkpoint, data.context().hadoopConfiguration());
      Optional<RoundFiles.Progress> before = files.read(settings(counts));
      if (before.isPresent()) {
        state = before.get().state();
        round.resume(before.get().sites());
        records.addAll(before.get().records());
      }
    }
    while (records.size() < rounds) {
      int number = records.size() + 1;
      Noise noise = Noise.seeded(seed).split("round").split(number);
      Round.Result result = round.run(number, state, noise);
      state = result.state();
      records.add(result.figures());
      if (files != null) {
        files.write(new RoundFiles.Progress(state, round.sites(), records), settings(counts));
      }
    }
    state.writeTo(model);
    return new TrainedNetwork(model, records, bad);
  }

  /** Whoever adds up natural parameters needs Gaussians; the driver alone knows any prior. */
  private Round round(PartTraining training, Parts parts, Layer model) {
    if (merging == Merging.GRADIENTS) {
      return new SteppedRound(training, parts);
    }
    int number = parts.number();
    Merger merger = new Merger(merging, share(number), ModelState.prior(model), number);
    return new MergedRound(training, parts, merger);
  }

  /** What {@link Merging#CURVATURE} needs. */
  private void requireCurved(Layer model) {
    if (merging == Merging.CURVATURE) {
      Require.argument(classes > 0, "merging %s needs classes, got a regression", merging);
      Require.argument(beta > 0, "merging %s needs beta above zero, got %s", merging, beta);
      Curvature.layersOf(model);
    }
  }

  private PartTraining training(Dataset<Row> data) {
    Require.nonNull(data, "data");
    Require.argument(inputShape.length > 0, "inputShape must be set");
    for (String name : List.of(featuresCol, labelCol)) {
      Require.argument(
          Arrays.asList(data.columns()).contains(name),
          "data must have a column %s, got %s",
          name,
          Arrays.toString(data.columns()));
    }
    InputReader.requireReadable(featuresCol, data.schema().apply(featuresCol).dataType());
    DataType label = data.schema().apply(labelCol).dataType();
    Require.argument(
        label instanceof NumericType || (classes == 0 && label.equals(SQLDataTypes.VectorType())),
        "column %s must be a number%s, got %s",
        labelCol,
        classes == 0 ? " or an ML vector" : ", the class",
        label.simpleString());
    InputReader reader = new InputReader(0, inputShape);
    return new PartTraining(factory, local, new PartData.Reading(reader, classes, badRows), beta);
  }

  private JavaRDD<PartData> parts(Dataset<Row> data, PartData.Reading reading) {
    return data.select(functions.col(featuresCol), functions.col(labelCol))
        .toJavaRDD()
        .mapPartitions(rows -> List.of(reading.all(rows)).iterator())
        .persist(StorageLevel.MEMORY_AND_DISK());
  }

  private static long[] counts(JavaRDD<PartData> parts) {
    long[] counts =
        parts.map(PartData::count).collect().stream().mapToLong(Integer::longValue).toArray();
    for (int part = 0; part < counts.length; part++) {
      Require.argument(
          counts[part] > 0, "data must have rows in every partition, partition %d has none", part);
    }
    return counts;
  }

  private double share(int parts) {
    return damping > 0 ? damping : 1.0 / parts;
  }

  /** What a resumed run must share. */
  private Map<String, String> settings(long... counts) {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("network", factory);
    words.put("merging", merging.name());
    words.put("damping", Double.toString(share(counts.length)));
    words.put("beta", Double.toString(beta));
    words.put("seed", Long.toString(seed));
    words.put("counts", Arrays.toString(counts));
    return words;
  }
}
