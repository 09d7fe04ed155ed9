package io.bayes4j.report;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.predict.RegressionPrediction;
import io.bayes4j.report.Tables.Fact;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A report on a model of numbers, from {@link Report#of(RegressionPrediction, INDArray)}: bands,
 * whether they hold as many targets as they claim, where the uncertainty comes from.
 */
public final class RegressionReport extends Report<RegressionReport> {
  private final Regressed regressed;
  private final float @Nullable [] targets;
  private final List<Regressed> others = new ArrayList<>();
  private final RegressionBands.Labels labels = new RegressionBands.Labels();

  RegressionReport(RegressionPrediction prediction, @Nullable INDArray targets) {
    super("What this model predicts, and how sure it is");
    regressed = Regressed.of("this model", prediction);
    this.targets = targets == null ? null : numbers(prediction, targets);
  }

  private static float[] numbers(RegressionPrediction prediction, INDArray targets) {
    Require.floats(targets, "targets");
    long[] shape = Arrays.copyOfRange(prediction.means().shape(), 1, prediction.means().rank());
    Require.argument(
        Arrays.equals(targets.shape(), shape),
        "targets must have shape %s, got %s",
        Require.text(shape),
        Require.text(targets.shape()));
    Finite.require("targets", targets);
    return FloatMemory.numbers(targets, "targets");
  }

  /**
   * What the bands are drawn along: one number for each example, in any order. Without it they are
   * drawn along the predicted values.
   *
   * @param inputs one for each example
   * @param name of the axis, such as "year"
   * @throws IllegalArgumentException if there is not one for each example, or one is not finite
   */
  @CanIgnoreReturnValue
  public RegressionReport along(double[] inputs, String name) {
    requireFinite(inputs, "inputs");
    Require.argument(
        inputs.length == regressed.count(),
        "inputs must be one for each of %d examples, got %d",
        regressed.count(),
        inputs.length);
    labels.along(inputs.clone(), Require.text(name, "name"));
    return this;
  }

  /**
   * Names of the predicted numbers with their units, such as "CO2, ppm".
   *
   * @throws IllegalArgumentException if there is not one for each
   */
  @CanIgnoreReturnValue
  public RegressionReport outputs(List<String> names) {
    Require.elements(names, "names");
    Require.argument(
        names.size() == regressed.outputs(),
        "names must be one for each of %d outputs, got %d",
        regressed.outputs(),
        names.size());
    labels.outputs(List.copyOf(names));
    return this;
  }

  /**
   * What the model learned from, to be drawn beside the bands of a single output.
   *
   * @param inputs along the axis of {@link #along}
   * @param values the targets there
   * @throws IllegalArgumentException if their numbers differ, or one is not finite
   */
  @CanIgnoreReturnValue
  public RegressionReport learnedFrom(double[] inputs, double[] values) {
    requireFinite(inputs, "inputs");
    requireFinite(values, "values");
    Require.argument(
        inputs.length == values.length,
        "values must be one for each of %d inputs, got %d",
        inputs.length,
        values.length);
    labels.learnedFrom(inputs.clone(), values.clone());
    return this;
  }

  private static void requireFinite(double[] numbers, String name) {
    Require.nonNull(numbers, name);
    for (int i = 0; i < numbers.length; i++) {
      Require.argument(
          Double.isFinite(numbers[i]), "%s must be finite, got %s at %d", name, numbers[i], i);
    }
  }

  /**
   * What another predictor said about the same examples. Any number of them.
   *
   * @throws IllegalArgumentException if it is about other examples or outputs
   */
  @CanIgnoreReturnValue
  public RegressionReport compare(String name, RegressionPrediction prediction) {
    Require.text(name, "name");
    Regressed other = Regressed.of(name, Require.nonNull(prediction, "prediction"));
    Require.argument(
        other.count() == regressed.count() && other.outputs() == regressed.outputs(),
        "%s must be about the same %d examples and %d outputs, got %d and %d",
        name,
        regressed.count(),
        regressed.outputs(),
        other.count(),
        other.outputs());
    others.add(other);
    return this;
  }

  private RegressionSections build() {
    return new RegressionSections(regressed, targets, others, noun());
  }

  @Override
  RegressionReport self() {
    return this;
  }

  @Override
  String headline() {
    return build().headline();
  }

  @Override
  List<Section> sections() {
    List<Section> sections = new ArrayList<>();
    sections.add(new RegressionBands(regressed, targets, labels).section());
    if (targets != null) {
      sections.add(build().trust());
    }
    if (!others.isEmpty()) {
      sections.add(build().comparison());
    }
    return sections;
  }

  @Override
  Optional<Strips> strips() {
    return Optional.empty();
  }

  @Override
  List<Fact> facts() {
    return List.of(
        new Fact("Examples", Numbers.count(regressed.count())),
        new Fact("Numbers predicted for each", Numbers.count(regressed.outputs())),
        new Fact("Networks drawn for each example", Numbers.count(regressed.prediction().draws())));
  }

  @Override
  String words() {
    return Words.ofRegression();
  }
}
