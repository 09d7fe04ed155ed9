package io.bayes4j.layers.loss;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.CheckedWeights;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Probabilities;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Classification;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cross entropy of logits and class numbers, in nats: PyTorch's {@code CrossEntropyLoss}, summed
 * over the places of an example and averaged over the examples.
 *
 * <p>Outputs are logits [N, K] for labels [N], or [N, K, places...] for labels [N, places...]: [N,
 * K, T] for sequences, [N, K, H, W] for images, [N, K, D, H, W] for volumes. They go in as they
 * leave the last layer, without a softmax.
 *
 * <p>The sum over places is the negative log-likelihood of an example, and what KL / N belongs
 * beside; PyTorch's default divides by the number of places too. Weights of classes and examples
 * multiply the likelihood, and the average is over the number of examples N, where PyTorch's
 * default divides by the sum of the weights: the value is that of {@code reduction='sum'} over N.
 * Dividing by a sum that changes from batch to batch would estimate no bound.
 */
@CheckReturnValue
public final class CrossEntropy implements Loss {
  private static final Logger LOG = LoggerFactory.getLogger(CrossEntropy.class);

  private final float @Nullable [] classWeights;
  private final int ignored;
  private final SoftLabels soft;

  /** Whether it has been said that outputs look like probabilities. */
  private final AtomicBoolean warned = new AtomicBoolean();

  CrossEntropy(float @Nullable [] classWeights, int ignored, SoftLabels soft) {
    this.classWeights = classWeights;
    this.ignored = ignored;
    this.soft = soft;
  }

  /**
   * The same with classes that count more or less often, such as rare ones.
   *
   * @param weights one for each class
   * @throws IllegalArgumentException if there is none, or one is negative or not finite
   */
  public CrossEntropy withClassWeights(double... weights) {
    return new CrossEntropy(CheckedWeights.floats("classWeights", weights), ignored, soft);
  }

  /**
   * The same with a label that counts for nothing: places that nobody has labelled, or those after
   * the end of a sequence. PyTorch's is -100 unless told otherwise; here none is.
   */
  public CrossEntropy withIgnoredLabel(int label) {
    Require.argument(
        label != Classification.NONE_IGNORED, "label must be above %d", Integer.MIN_VALUE);
    return new CrossEntropy(classWeights, label, soft);
  }

  /**
   * The same with smoothed labels (Szegedy et al. 2016): the share 1 - smoothing goes to the label,
   * the rest to all classes in equal parts; PyTorch's {@code label_smoothing}. Class weights are
   * those of the class that a share goes to.
   *
   * <p>It is no likelihood of the labels: what is learned are probabilities that are less sure than
   * the data, and the divergence of a posterior beside it weighs something else.
   *
   * @throws IllegalArgumentException if smoothing is not in [0, 1), or there is a focus
   */
  public CrossEntropy withLabelSmoothing(double smoothing) {
    return new CrossEntropy(classWeights, ignored, new SoftLabels(smoothing, soft.gamma()));
  }

  /**
   * The same with examples that count by (1 - p)^gamma, where p is the probability of the label:
   * the focal loss (Lin et al. 2017; Mukhoti et al. 2020, "Calibrating Deep Neural Networks using
   * Focal Loss"). It is no likelihood either.
   *
   * @param gamma 0 changes nothing, 2 is usual
   * @throws IllegalArgumentException if gamma is not in [0, 100], or labels are smoothed
   */
  public CrossEntropy withFocus(double gamma) {
    return new CrossEntropy(classWeights, ignored, new SoftLabels(soft.smoothing(), gamma));
  }

  @Override
  public Var of(Var output, INDArray targets) {
    return weighted(output, targets, null);
  }

  @Override
  public Var weighted(Var output, INDArray targets, @Nullable INDArray weights) {
    Require.open(output, "output");
    int[] labels = labels(output.value(), targets);
    if (Probabilities.sumToOne(output.value(), 1) && warned.compareAndSet(false, true)) {
      LOG.warn(
          "the outputs given to crossEntropy look like probabilities, since each example's sum to"
              + " one; it applies softmax itself: let the model return logits, without a softmax");
    }
    float[] own = CheckedWeights.ofExamples(weights, output.size(0));
    return soft.equals(SoftLabels.NONE)
        ? Classification.crossEntropy(output, labels, ignored, classWeights, own)
        : soft.loss(output, labels, ignored, classWeights, own);
  }

  @Override
  public Map<String, Double> metrics(INDArray output, INDArray targets) {
    int[] labels = labels(output, targets);
    int[] answers = Detached.argMax(output);
    int right = 0;
    int counted = 0;
    for (int i = 0; i < labels.length; i++) {
      boolean counts = labels[i] != ignored;
      counted += counts ? 1 : 0;
      right += counts && labels[i] == answers[i] ? 1 : 0;
    }
    return counted == 0 ? Map.of() : Map.of("accuracy", (double) right / counted);
  }

  private static int[] labels(INDArray output, INDArray targets) {
    Require.open(output, "output");
    Require.open(targets, "targets");
    long[] shape = output.shape();
    Require.argument(
        shape.length >= 2,
        "output must be logits [N, K] or [N, K, places...], got shape %s; for one logit an example"
            + " there is binaryCrossEntropy",
        Require.text(shape));
    Require.argument(
        shape[1] > 1,
        "output must have 2 or more classes, got shape %s; for one logit an example there is"
            + " binaryCrossEntropy",
        Require.text(shape));
    long[] places = new long[shape.length - 1];
    places[0] = shape[0];
    System.arraycopy(shape, 2, places, 1, shape.length - 2);
    Require.argument(
        Arrays.equals(targets.shape(), places),
        "targets must be one class number a row%s, %s for outputs %s with classes on axis 1, got"
            + " shape %s",
        shape.length > 2 ? " and place" : "",
        Require.text(places),
        Require.text(shape),
        Require.text(targets.shape()));
    return wholeNumbers(targets);
  }

  /** Class numbers, one a row. */
  static int[] labels(INDArray targets) {
    Require.open(targets, "targets");
    Require.argument(
        targets.rank() == 1,
        "targets must be one class number a row, got shape %s",
        Require.text(targets.shape()));
    return wholeNumbers(targets);
  }

  private static int[] wholeNumbers(INDArray targets) {
    float[] numbers = Detached.copy(targets).data().asFloat();
    int[] labels = new int[numbers.length];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (int) numbers[i];
      Require.argument(
          labels[i] == numbers[i], "targets[%d] must be a whole number, got %s", i, numbers[i]);
    }
    return labels;
  }

  @Override
  public String toString() {
    return "CrossEntropy(class weights "
        + Arrays.toString(classWeights)
        + ", ignored "
        + ignored
        + (soft.smoothing() == 0 ? "" : ", label smoothing " + soft.smoothing())
        + (soft.gamma() == 0 ? "" : ", focus " + soft.gamma())
        + ")";
  }
}
