package io.bayes4j.report;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.uncertainty.RegressionEvaluator;
import io.bayes4j.layers.predict.RegressionPrediction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Predicted numbers [draws, N, D], places counted among the D, and their parts. */
final class Regressed {
  private final String name;
  private final RegressionPrediction prediction;
  private final float[] mean;
  private final float[] epistemic;
  private final float[] aleatoric;

  /** Null until it is asked for: several parts of a page show its figures. */
  private @Nullable RegressionEvaluator evaluator;

  private Regressed(String name, RegressionPrediction prediction) {
    this.name = name;
    this.prediction = prediction;
    mean = FloatMemory.numbers(prediction.mean(), "mean");
    epistemic = FloatMemory.numbers(prediction.epistemicVariance(), "epistemicVariance");
    aleatoric = FloatMemory.numbers(prediction.aleatoricVariance(), "aleatoricVariance");
  }

  static Regressed of(String name, RegressionPrediction prediction) {
    return new Regressed(
        name,
        new RegressionPrediction(
            flat(prediction.means()), flat(prediction.variances()), prediction.dependentDraws()));
  }

  private static INDArray flat(INDArray all) {
    return all.rank() == 3
        ? all
        : Detached.reshape(Detached.copy(all), all.size(0), all.size(1), -1);
  }

  /** Its scores on the report's targets, which are made once. */
  RegressionEvaluator evaluated(Supplier<RegressionEvaluator> make) {
    if (evaluator == null) {
      evaluator = make.get();
    }
    return evaluator;
  }

  String name() {
    return name;
  }

  RegressionPrediction prediction() {
    return prediction;
  }

  int count() {
    return Math.toIntExact(prediction.means().size(1));
  }

  int outputs() {
    return Math.toIntExact(prediction.means().size(2));
  }

  double mean(int example, int output) {
    return mean[example * outputs() + output];
  }

  double epistemicDeviation(int example, int output) {
    return Math.sqrt(epistemic[example * outputs() + output]);
  }

  double aleatoricDeviation(int example, int output) {
    return Math.sqrt(aleatoric[example * outputs() + output]);
  }

  double deviation(int example, int output) {
    int at = example * outputs() + output;
    return Math.sqrt(epistemic[at] + (double) aleatoric[at]);
  }

  /** Some examples alone. */
  RegressionPrediction few(int... examples) {
    return new RegressionPrediction(
        few(prediction.means(), examples),
        few(prediction.variances(), examples),
        prediction.dependentDraws());
  }

  private static INDArray few(INDArray all, int... examples) {
    int width = Math.toIntExact(all.size(2));
    INDArray few = Detached.create(DataType.FLOAT, all.size(0), examples.length, width);
    FloatMemory from = FloatMemory.reading(all, "all");
    FloatMemory to = FloatMemory.of(few, "few");
    float[] row = new float[width];
    for (int draw = 0; draw < all.size(0); draw++) {
      for (int i = 0; i < examples.length; i++) {
        from.read((draw * all.size(1) + examples[i]) * width, row, width);
        to.write((draw * (long) examples.length + i) * width, row, width);
      }
    }
    return few;
  }
}
