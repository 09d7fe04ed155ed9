package io.bayes4j.spark;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.variational.Estimator;
import java.io.IOException;
import java.io.Serial;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A Bayesian network as a stage of Spark's pipelines: adds columns of what it predicts, and of how
 * sure it is.
 *
 * <pre>{@code
 * BayesianModel model =
 *     BayesianModel.of(DigitNetwork.class, "hdfs:///models/digits.safetensors")
 *         .setInputShape(1, 28, 28)
 *         .setDraws(30)
 *         .setRefusal(RefusalRule.medianAbove(0.9));
 * Dataset<Row> scored = model.transform(digits);
 * }</pre>
 *
 * <p>The bytes of the model go to each executor once, which keeps one predictor for all its tasks;
 * a task computes in one thread, a batch at a time. A row's numbers are those of {@code MonteCarlo}
 * in one JVM, bit for bit, with the same kernels on the same processor: whatever the partitions,
 * the executors, and however often a task is run again.
 *
 * <p>The class has the constructors that Spark wants; a stage made with them has no model.
 */
public final class BayesianModel extends ScoringParams implements DefaultParamsWritable {
  @Serial private static final long serialVersionUID = 1;

  private transient ModelSource source;
  private transient BadRowCount bad;

  /** For Spark: a stage without a model. */
  public BayesianModel() {
    this(Identifiable$.MODULE$.randomUID("bayesianModel"));
  }

  /** For Spark: a stage of a name without a model. */
  public BayesianModel(String uid) {
    super(Require.nonNull(uid, "uid"));
    source = ModelSource.NONE;
    bad = new BadRowCount();
  }

  /**
   * A network that a class makes, with the weights of a checkpoint.
   *
   * @param network a public class with a public constructor without arguments
   * @param checkpoint a safetensors file, on any file system that Hadoop knows
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if the class cannot be used, or the weights do not fit
   */
  public static BayesianModel of(Class<? extends NetworkFactory> network, String checkpoint)
      throws IOException {
    return of(Require.nonNull(network, "network").getName(), checkpoint);
  }

  /** The same by the name of the class, as Python has it. */
  public static BayesianModel of(String network, String checkpoint) throws IOException {
    Require.nonNull(network, "network");
    Require.nonNull(checkpoint, "checkpoint");
    byte[] bytes = ModelFolder.read(checkpoint);
    return checked(new ModelSource(network, ModelSource.AS_IT_IS, 0, new byte[0], bytes));
  }

  /**
   * A network that another library has trained (ONNX, Keras, Deeplearning4j, see {@link
   * io.bayes4j.imports.ModelFile}), as it is: random by its dropout, with the mode DROPOUT_SAMPLE.
   *
   * @param file on any file system that Hadoop knows
   * @throws IOException if the file cannot be read or is malformed
   */
  public static BayesianModel ofFile(String file) throws IOException {
    byte[] bytes = ModelFolder.read(Require.nonNull(file, "file"));
    return checked(file, new ModelSource("", ModelSource.AS_IT_IS, 0, bytes, new byte[0]));
  }

  /**
   * A network that another library has trained, made Bayesian.
   *
   * @param file on any file system that Hadoop knows
   * @param estimator name of an {@link Estimator} in lower case, such as "flipout"
   * @param moped share of a weight's size that its spread is set to; 0 for a fixed spread
   * @param checkpoint weights of the Bayesian network, trained further; empty: those that the
   *     conversion gives
   * @throws IOException if a file cannot be read or is malformed
   * @throws IllegalArgumentException if there is no such estimator, or the weights do not fit
   */
  public static BayesianModel ofFile(String file, String estimator, double moped, String checkpoint)
      throws IOException {
    Require.nonNull(file, "file");
    Require.nonNull(estimator, "estimator");
    Require.nonNull(checkpoint, "checkpoint");
    ModelSource.estimator(estimator);
    Require.notNegative(moped, "moped");
    byte[] weights = checkpoint.isEmpty() ? new byte[0] : ModelFolder.read(checkpoint);
    return checked(file, new ModelSource("", estimator, moped, ModelFolder.read(file), weights));
  }

  /** Says which file is meant: it is read from a copy under another name. */
  private static BayesianModel checked(String file, ModelSource source) throws IOException {
    try {
      return checked(source);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static BayesianModel checked(ModelSource source) throws IOException {
    source.build();
    return new BayesianModel().with(source);
  }

  BayesianModel with(ModelSource other) {
    source = other;
    return this;
  }

  ModelSource source() {
    return source;
  }

  /**
   * Sets the folder of a saved stage. Where this stage has no model, that one's is taken, with its
   * parameters but for those that are set here: a server of Spark Connect knows a stage by its
   * class and its parameters alone.
   */
  public BayesianModel setSavedStage(String path) {
    return (BayesianModel) set(savedStage(), Require.nonNull(path, "path"));
  }

  /** This, or the saved stage with what is set here. */
  private BayesianModel complete() {
    String saved = getOrDefault(savedStage());
    if (source.isThere() || saved.isEmpty()) {
      return this;
    }
    BayesianModel stage = SavedStages.read(saved);
    BayesianModel whole = new BayesianModel(uid()).with(stage.source);
    whole.bad = bad;
    stage.copyValues(whole, ParamMap.empty());
    return copyValues(whole, ParamMap.empty());
  }

  /** Sets the column of the examples. */
  public BayesianModel setInputCol(String name) {
    return (BayesianModel) set(inputCol(), Require.nonNull(name, "name"));
  }

  /** Sets the shape of an example, without the axis that counts examples. */
  public BayesianModel setInputShape(int... shape) {
    Require.nonNull(shape, "shape");
    return (BayesianModel) set(inputShape(), shape.clone());
  }

  /** Sets what the outputs mean. */
  public BayesianModel setTask(Task value) {
    return (BayesianModel) set(task(), Require.nonNull(value, "value").word());
  }

  /** Sets the number of networks that are drawn. */
  public BayesianModel setDraws(int number) {
    return (BayesianModel) set(draws(), number);
  }

  /** Sets the seed of the draws. */
  public BayesianModel setSeed(long number) {
    return (BayesianModel) set(seed(), number);
  }

  /** Sets the most examples that a task takes through the networks at once. */
  public BayesianModel setBatchSize(int number) {
    return (BayesianModel) set(batchSize(), number);
  }

  /** Sets what is multiplied. */
  public BayesianModel setPrecision(Precision value) {
    return (BayesianModel) set(precision(), Require.nonNull(value, "value").name());
  }

  /** Sets what is random. */
  public BayesianModel setMode(Mode value) {
    return (BayesianModel) set(mode(), Require.nonNull(value, "value").name());
  }

  /** Sets the standard deviation of a regression's observations. */
  public BayesianModel setNoise(double sigma) {
    return (BayesianModel) set(noise(), sigma);
  }

  /** Sets what becomes of bad rows. */
  public BayesianModel setHandleInvalid(BadRows value) {
    return (BayesianModel) set(handleInvalid(), Require.nonNull(value, "value").word());
  }

  /** Sets the column of what is wrong with a row. */
  public BayesianModel setProblemCol(String name) {
    return (BayesianModel) set(problemCol(), Require.nonNull(name, "name"));
  }

  /** Sets when to answer, and asks for a column of answers. */
  public BayesianModel setRefusal(RefusalRule rule) {
    Require.nonNull(rule, "rule");
    set(refusal(), rule.criterion().name());
    return (BayesianModel) set(refusalThreshold(), rule.threshold());
  }

  /**
   * Sets the limits of a fitted conformal classifier, and asks for a column of sets.
   *
   * @param score that they were fitted for: "lac", "aps" or "raps"
   * @param thresholds of {@code ConformalClassifier.thresholds}: one, or one for each class
   */
  public BayesianModel setConformal(String score, double... thresholds) {
    Require.nonNull(score, "score");
    Require.nonNull(thresholds, "thresholds");
    set(conformalScore(), score);
    return (BayesianModel) set(conformalThresholds(), thresholds.clone());
  }

  /**
   * How many bad rows this stage and its copies have left out or kept without numbers; Spark counts
   * a row again when its task runs again.
   */
  public long badRows() {
    return bad.value();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    return complete().columns(Require.nonNull(schema, "schema"));
  }

  private StructType columns(StructType schema) {
    String input = getOrDefault(inputCol());
    Require.argument(
        Arrays.asList(schema.fieldNames()).contains(input),
        "inputCol must be one of the columns %s, got %s",
        Arrays.toString(schema.fieldNames()),
        input);
    InputReader.requireReadable(input, schema.apply(input).dataType());
    StructType out = schema;
    for (Output output : outputs()) {
      out = with(out, columnOf(output), output.type());
    }
    String problem = getOrDefault(problemCol());
    return problem.isEmpty() ? out : with(out, problem, DataTypes.StringType);
  }

  private static StructType with(
      StructType schema, String name, org.apache.spark.sql.types.DataType type) {
    Require.argument(
        !Arrays.asList(schema.fieldNames()).contains(name),
        "column %s is there already: drop it, or name the new one otherwise",
        name);
    return schema.add(name, type, true);
  }

  private List<Output> outputs() {
    List<Output> wanted = new ArrayList<>();
    for (Output output : Output.values()) {
      if (!columnOf(output).isEmpty()) {
        wanted.add(output);
      }
    }
    return wanted;
  }

  /**
   * Adds the columns; lazy, as all of Spark's transformations are.
   *
   * @throws IllegalArgumentException if a column is missing, of another type or there already, or
   *     parameters do not fit
   * @throws IllegalStateException if there is no model or no input shape
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    return complete().scored(Require.nonNull(dataset, "dataset"));
  }

  private Dataset<Row> scored(Dataset<?> dataset) {
    Require.state(source.isThere(), "there is no model: make one with BayesianModel.of or ofFile");
    Require.state(isDefined(inputShape()), "inputShape must be set");
    Dataset<Row> rows = dataset.toDF();
    StructType schema = columns(rows.schema());
    SparkContext context = dataset.sparkSession().sparkContext();
    ModelSource.Sent model = source.send(context);
    long[] shape = Arrays.stream(getOrDefault(inputShape())).asLongStream().toArray();
    String input = getOrDefault(inputCol());
    ScorePartition scores =
        new ScorePartition(
            model.packed(),
            key(model.digest()),
            new InputReader(rows.schema().fieldIndex(input), shape),
            "column " + input,
            scoring(outputs()),
            BadRows.of(getOrDefault(handleInvalid())),
            !getOrDefault(problemCol()).isEmpty(),
            bad.in(context));
    return rows.mapPartitions(scores, Encoders.row(schema));
  }

  private Engines.Key key(String digest) {
    Mode drawn = Mode.valueOf(getOrDefault(mode()));
    return new Engines.Key(
        digest,
        drawn,
        Precision.valueOf(getOrDefault(precision())),
        drawn == Mode.MEAN ? 1 : (Integer) getOrDefault(draws()),
        (Integer) getOrDefault(batchSize()),
        (Long) getOrDefault(seed()));
  }

  @Override
  public BayesianModel copy(ParamMap extra) {
    BayesianModel copy = new BayesianModel(uid()).with(source);
    copy.bad = bad;
    return copyValues(copy, extra);
  }

  /** Writes parameters as JSON, and beside them the files of the model as they are. */
  @Override
  public MLWriter write() {
    return new ModelFolder.Writer((BayesianModel) complete().clear(savedStage()));
  }

  MLWriter parameterWriter() {
    return DefaultParamsWritable.super.write();
  }

  /** Reads what {@link #write} has written. */
  public static MLReader<BayesianModel> read() {
    return new ModelFolder.Reader();
  }

  /** Reads what {@link #write} has written. */
  public static BayesianModel load(String path) {
    return read().load(Require.nonNull(path, "path"));
  }
}
