package io.bayes4j.core.uncertainty;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * {@link Uncertainty} of draws that come one by one, none of which is kept: the maps of an image of
 * many pixels need memory for two numbers of each class and one of each place, whatever the number
 * of draws.
 *
 * <pre>{@code
 * RunningUncertainty running = new RunningUncertainty();
 * for (int draw = 0; draw < 100; draw++) {
 *   running.add(MonteCarlo.of(model).samples(1).seed(draw).classify(images).mean());
 * }
 * INDArray unknown = running.mutualInformation(); // [N, H, W]
 * }</pre>
 *
 * <p>Sums are in double precision: another order of the draws, or merging, may change the last bits
 * of a float. Not safe for use by several threads: give each its own and merge them.
 */
public final class RunningUncertainty {
  private long count;
  private long[] shape = {};
  private double[] sum = {};
  private double[] squares = {};
  private double[] entropy = {};

  /** No draws yet. */
  public RunningUncertainty() {}

  /**
   * Adds a draw; one that is refused changes nothing.
   *
   * @param probabilities float32 [batch, classes] or [batch, classes, places...], classes summing
   *     to 1 within 1e-3
   * @return this
   * @throws IllegalArgumentException if they are not such, or of another shape than before
   */
  @CanIgnoreReturnValue
  public RunningUncertainty add(INDArray probabilities) {
    Require.open(probabilities, "probabilities");
    float[] rows =
        probabilities.rank() == 2
            ? Tensors.copyProbabilities(probabilities, Tensors.BATCH_CLASSES)
            : Tensors.copyPlaces(probabilities);
    begin(probabilities.shape());
    int classes = classes();
    for (int i = 0; i < rows.length; i++) {
      double p = rows[i];
      sum[i] += p;
      squares[i] += p * p;
      entropy[i / classes] += Uncertainty.entropyTerm(p);
    }
    count++;
    return this;
  }

  /**
   * Adds the draws of another.
   *
   * @return this
   * @throws IllegalArgumentException if they have another shape
   */
  @CanIgnoreReturnValue
  public RunningUncertainty merge(RunningUncertainty other) {
    Require.nonNull(other, "other");
    if (other.count > 0) {
      begin(other.shape);
      count += other.count;
      addAll(sum, other.sum);
      addAll(squares, other.squares);
      addAll(entropy, other.entropy);
    }
    return this;
  }

  private void begin(long... shapeOfDraw) {
    if (shape.length == 0) {
      shape = shapeOfDraw.clone();
      int numbers = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
      sum = new double[numbers];
      squares = new double[numbers];
      entropy = new double[numbers / classes()];
    }
    Require.argument(
        Arrays.equals(shape, shapeOfDraw),
        "probabilities must have the same shape %s in every draw, got %s",
        Require.text(shape),
        Require.text(shapeOfDraw));
  }

  private static void addAll(double[] to, double[] from) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }

  /** Number of draws so far. */
  public long count() {
    return count;
  }

  /**
   * The mean over draws, in the shape of a draw.
   *
   * @throws IllegalStateException if there are no draws
   */
  public INDArray mean() {
    double[] means = means();
    return inShape(means);
  }

  /**
   * The population variance over draws, in the shape of a draw.
   *
   * @throws IllegalStateException if there are no draws
   */
  public INDArray variance() {
    double[] variance = means();
    for (int i = 0; i < variance.length; i++) {
      variance[i] = Math.max(0, squares[i] / count - variance[i] * variance[i]);
    }
    return inShape(variance);
  }

  /**
   * The entropy of the mean, [batch] or [batch, places...]: total uncertainty, in nats.
   *
   * @throws IllegalStateException if there are no draws
   */
  public INDArray predictiveEntropy() {
    return map(predictiveEntropies());
  }

  /**
   * The mean entropy of the draws, [batch] or [batch, places...]: aleatoric uncertainty, in nats.
   *
   * @throws IllegalStateException if there are no draws
   */
  public INDArray expectedEntropy() {
    requireDraws();
    return map(Arrays.stream(entropy).map(e -> e / count).toArray());
  }

  /**
   * Mutual information of class and weights, [batch] or [batch, places...]: epistemic uncertainty,
   * in nats, never below zero.
   *
   * @throws IllegalStateException if there are no draws
   */
  public INDArray mutualInformation() {
    double[] information = predictiveEntropies();
    for (int i = 0; i < information.length; i++) {
      information[i] = Math.max(0, information[i] - entropy[i] / count);
    }
    return map(information);
  }

  private double[] predictiveEntropies() {
    double[] means = means();
    double[] result = new double[entropy.length];
    for (int i = 0; i < means.length; i++) {
      result[i / classes()] += Uncertainty.entropyTerm(means[i]);
    }
    return result;
  }

  private double[] means() {
    requireDraws();
    return Arrays.stream(sum).map(s -> s / count).toArray();
  }

  private void requireDraws() {
    Require.state(count > 0, "a measure needs at least one draw, got none");
  }

  private int classes() {
    return (int) shape[1];
  }

  /** A number for each place, one after the other. */
  private INDArray map(double... numbers) {
    long[] places = new long[shape.length - 1];
    places[0] = shape[0];
    System.arraycopy(shape, 2, places, 1, places.length - 1);
    return Tensors.array(numbers, places);
  }

  /** Rows of classes, put where a draw has them. */
  private INDArray inShape(double... rows) {
    int classes = classes();
    int places = rows.length / classes / (int) shape[0];
    double[] placed = new double[rows.length];
    for (int row = 0; row < rows.length / classes; row++) {
      int block = row / places * places * classes;
      for (int k = 0; k < classes; k++) {
        placed[block + k * places + row % places] = rows[row * classes + k];
      }
    }
    return Tensors.array(placed, shape);
  }
}
