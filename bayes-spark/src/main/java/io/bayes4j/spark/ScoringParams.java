package io.bayes4j.spark;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.uncertainty.RefusalCriterion;
import io.bayes4j.core.uncertainty.RefusalRule;
import io.bayes4j.layers.Mode;
import java.io.Serial;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;

/**
 * Parameters of {@link BayesianModel}: what is read, how often networks are drawn, and which
 * columns are added. A column whose name is set to the empty text is not computed.
 *
 * <p>Each parameter is a method of its name; Spark finds them so, and Python sets them by name.
 */
public abstract sealed class ScoringParams extends Transformer permits BayesianModel {
  @Serial private static final long serialVersionUID = 1;

  private final String uid;
  private final Param<String> savedStage;
  private final Param<String> inputCol;
  private final IntArrayParam inputShape;
  private final Param<String> task;
  private final IntParam draws;
  private final LongParam seed;
  private final IntParam batchSize;
  private final Param<String> precision;
  private final Param<String> mode;
  private final DoubleParam noise;
  private final Param<String> handleInvalid;
  private final Param<String> problemCol;
  private final Param<String> refusal;
  private final DoubleParam refusalThreshold;
  private final Param<String> conformalScore;
  private final DoubleArrayParam conformalThresholds;
  private final DoubleParam conformalPenalty;
  private final IntParam conformalFreeRanks;
  private final LongParam conformalSeed;
  private final Map<Output, Param<String>> columns = new EnumMap<>(Output.class);

  ScoringParams(String uid) {
    this.uid = uid;
    savedStage = text("savedStage", "folder of a saved stage that has the model", "");
    inputCol = text("inputCol", "column of the examples", "features");
    inputShape = new IntArrayParam(this, "inputShape", "shape of an example, without the batch");
    task = word("task", "what the outputs mean", Task.words(), Task.CLASSIFICATION.word());
    draws = new IntParam(this, "draws", "how many networks are drawn", ParamValidators.gt(0));
    setDefault(draws, 30);
    seed = new LongParam(this, "seed", "of the draws");
    setDefault(seed, 0L);
    batchSize = new IntParam(this, "batchSize", "examples at a time", ParamValidators.gt(0));
    setDefault(batchSize, 256);
    precision = word("precision", "of products", names(Precision.values()), Precision.F32.name());
    mode = word("mode", "what is random", names(Mode.values()), Mode.SAMPLE.name());
    noise = notNegative("noise", "standard deviation of observations; 0: the network says it", 0);
    handleInvalid =
        word("handleInvalid", "what becomes of bad rows", BadRows.words(), BadRows.ERROR.word());
    problemCol = text("problemCol", "column of what is wrong with a bad row", "");
    refusal =
        word(
            "refusal",
            "what must pass a threshold for an answer",
            names(RefusalCriterion.values()),
            RefusalCriterion.MEDIAN_ABOVE.name());
    refusalThreshold =
        new DoubleParam(this, "refusalThreshold", "for an answer", ParamValidators.gtEq(0));
    conformalScore = word("conformalScore", "of sets of classes", Conformal.KINDS, "lac");
    conformalThresholds =
        new DoubleArrayParam(this, "conformalThresholds", "limits of sets: one, or one a class");
    conformalPenalty = notNegative("conformalPenalty", "of RAPS", 0.01);
    conformalFreeRanks =
        new IntParam(this, "conformalFreeRanks", "of RAPS", ParamValidators.gtEq(0));
    setDefault(conformalFreeRanks, 5);
    conformalSeed = new LongParam(this, "conformalSeed", "of APS and RAPS");
    setDefault(conformalSeed, 0L);
    column(Output.PROBABILITY, "probability");
    column(Output.PREDICTION, "prediction");
    column(Output.ENTROPY, "entropy");
    column(Output.EXPECTED_ENTROPY, "");
    column(Output.MUTUAL_INFORMATION, "mutualInformation");
    column(Output.ANSWER, "answer");
    column(Output.CONFORMAL_SET, "conformalSet");
    column(Output.MEAN, "mean");
    column(Output.VARIANCE, "variance");
    column(Output.EPISTEMIC_VARIANCE, "epistemicVariance");
    column(Output.ALEATORIC_VARIANCE, "");
  }

  private Param<String> text(String name, String doc, String standard) {
    Param<String> param = new Param<>(this, name, doc);
    setDefault(param, standard);
    return param;
  }

  private Param<String> word(String name, String doc, List<String> words, String standard) {
    Param<String> param =
        new Param<>(this, name, doc + ", one of " + words, ParamValidators.inArray(words));
    setDefault(param, standard);
    return param;
  }

  private DoubleParam notNegative(String name, String doc, double standard) {
    DoubleParam param = new DoubleParam(this, name, doc, ParamValidators.gtEq(0));
    setDefault(param, standard);
    return param;
  }

  private void column(Output output, String standard) {
    columns.put(output, text(output.column(), "column of this name; empty: none", standard));
  }

  private static List<String> names(Enum<?>... values) {
    return Arrays.stream(values).map(Enum::name).toList();
  }

  /** What messages and files call this stage. */
  @Override
  public String uid() {
    return uid;
  }

  /** Folder of a saved stage that stands in where this one has no model; empty unless set. */
  public final Param<String> savedStage() {
    return savedStage;
  }

  /** Column of the examples: ML vectors, arrays of numbers, or images; "features" unless set. */
  public final Param<String> inputCol() {
    return inputCol;
  }

  /** Shape of an example, without the axis that counts examples; must be set. */
  public final IntArrayParam inputShape() {
    return inputShape;
  }

  /** What the outputs mean, a {@link Task} in lower case; "classification" unless set. */
  public final Param<String> task() {
    return task;
  }

  /** Number of networks that are drawn; 30 unless set. */
  public final IntParam draws() {
    return draws;
  }

  /** Seed of the draws: the same seed gives the same numbers; 0 unless set. */
  public final LongParam seed() {
    return seed;
  }

  /** Most examples that a task takes through the networks at once; 256 unless set. */
  public final IntParam batchSize() {
    return batchSize;
  }

  /** What is multiplied, a {@link Precision}; "F32" unless set. */
  public final Param<String> precision() {
    return precision;
  }

  /** What is random, a {@link Mode}; "SAMPLE" unless set. */
  public final Param<String> mode() {
    return mode;
  }

  /** Standard deviation of a regression's observations; 0, as unless set: the network says it. */
  public final DoubleParam noise() {
    return noise;
  }

  /** What becomes of bad rows, a {@link BadRows} in lower case; "error" unless set. */
  public final Param<String> handleInvalid() {
    return handleInvalid;
  }

  /** Column of what is wrong with a row, null where nothing is; none unless set. */
  public final Param<String> problemCol() {
    return problemCol;
  }

  /** What is looked at to refuse, a {@link RefusalCriterion}; "MEDIAN_ABOVE" unless set. */
  public final Param<String> refusal() {
    return refusal;
  }

  /** Threshold of the refusal; without one there is no column of answers. */
  public final DoubleParam refusalThreshold() {
    return refusalThreshold;
  }

  /** Score of the conformal sets: "lac", which it is unless set, "aps" or "raps". */
  public final Param<String> conformalScore() {
    return conformalScore;
  }

  /** Limits of a fitted conformal classifier; without them there is no column of sets. */
  public final DoubleArrayParam conformalThresholds() {
    return conformalThresholds;
  }

  /** Penalty of RAPS; 0.01 unless set. */
  public final DoubleParam conformalPenalty() {
    return conformalPenalty;
  }

  /** Ranks without a penalty in RAPS; 5 unless set. */
  public final IntParam conformalFreeRanks() {
    return conformalFreeRanks;
  }

  /** Seed of APS and RAPS; 0 unless set. */
  public final LongParam conformalSeed() {
    return conformalSeed;
  }

  private Param<String> column(Output output) {
    return Require.entry(columns, output);
  }

  /** Column of the mean probabilities, a vector; "probability" unless set. */
  public final Param<String> probabilityCol() {
    return column(Output.PROBABILITY);
  }

  /** Column of the most probable class, a double as Spark's evaluators like it. */
  public final Param<String> predictionCol() {
    return column(Output.PREDICTION);
  }

  /** Column of the entropy of the mean probabilities, in nats; "entropy" unless set. */
  public final Param<String> entropyCol() {
    return column(Output.ENTROPY);
  }

  /** Column of the mean of the draws' entropies, in nats; none unless set. */
  public final Param<String> expectedEntropyCol() {
    return column(Output.EXPECTED_ENTROPY);
  }

  /** Column of the mutual information of class and weights, in nats. */
  public final Param<String> mutualInformationCol() {
    return column(Output.MUTUAL_INFORMATION);
  }

  /** Column of the class, or -1 for "I don't know"; "answer" unless set. */
  public final Param<String> answerCol() {
    return column(Output.ANSWER);
  }

  /** Column of the classes that are not ruled out; "conformalSet" unless set. */
  public final Param<String> conformalSetCol() {
    return column(Output.CONFORMAL_SET);
  }

  /** Column of a regression's means, a vector; "mean" unless set. */
  public final Param<String> meanCol() {
    return column(Output.MEAN);
  }

  /** Column of a regression's variances, noise included; "variance" unless set. */
  public final Param<String> varianceCol() {
    return column(Output.VARIANCE);
  }

  /** Column of the variance of the means over the draws; "epistemicVariance" unless set. */
  public final Param<String> epistemicVarianceCol() {
    return column(Output.EPISTEMIC_VARIANCE);
  }

  /** Column of the mean of the draws' variances; none unless set. */
  public final Param<String> aleatoricVarianceCol() {
    return column(Output.ALEATORIC_VARIANCE);
  }

  /** Name of the column of an output, empty if it is not asked for. */
  final String columnOf(Output output) {
    boolean wanted =
        output.fits(Task.of(getOrDefault(task)))
            && (output != Output.ANSWER || isDefined(refusalThreshold))
            && (output != Output.CONFORMAL_SET || conformal().isThere());
    return wanted ? getOrDefault(columns.get(output)) : "";
  }

  /** What is asked of predictions. */
  final Scoring scoring(List<Output> outputs) {
    RefusalCriterion criterion = RefusalCriterion.valueOf(getOrDefault(refusal));
    double threshold = 0;
    if (outputs.contains(Output.ANSWER)) {
      threshold = new RefusalRule(criterion, (Double) getOrDefault(refusalThreshold)).threshold();
    }
    return new Scoring(
        Task.of(getOrDefault(task)),
        (Double) getOrDefault(noise),
        criterion,
        threshold,
        conformal(),
        outputs);
  }

  final Conformal conformal() {
    return new Conformal(
        getOrDefault(conformalScore),
        (Double) getOrDefault(conformalPenalty),
        (Integer) getOrDefault(conformalFreeRanks),
        (Long) getOrDefault(conformalSeed),
        isDefined(conformalThresholds)
            ? Arrays.stream(getOrDefault(conformalThresholds)).boxed().toList()
            : List.of());
  }
}
