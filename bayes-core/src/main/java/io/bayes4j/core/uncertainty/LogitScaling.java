package io.bayes4j.core.uncertainty;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Finite;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a trained classifier's logits honest: {@code W z + b}, fitted on held-out examples to the
 * likelihood of the <em>mean over draws</em> of the softmax, which is the prediction.
 *
 * <pre>{@code
 * LogitScaling scaling = LogitScaling.temperature(model.outputs(heldOut), labels);
 * Predictor honest = x -> scaling.apply(model.outputs(x));
 * }</pre>
 *
 * <p>Logits are float32 [samples, batch, classes], with one sample for a network without draws. Fit
 * on examples that training has not seen, and measure on others still. All functions throw {@link
 * IllegalArgumentException} if logits are not such or not finite.
 *
 * <p>Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", 2017.
 */
public final class LogitScaling {
  private static final Logger LOG = LoggerFactory.getLogger(LogitScaling.class);

  private static final String WEIGHT = "scaling.weight";
  private static final String BIAS = "scaling.bias";

  private final float[] weight;
  private final float[] bias;

  private LogitScaling(float[] weight, float... bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /**
   * One temperature for all classes: z / T. It does not change which class is the most probable in
   * a draw.
   *
   * @param logits of held-out examples
   * @param labels their classes
   * @throws IllegalArgumentException also if the labels are not one per example and in [0, classes)
   */
  public static LogitScaling temperature(INDArray logits, int[] labels) {
    return fit(logits, labels, ScalingObjective.Form.TEMPERATURE, 0);
  }

  /**
   * A factor and an offset for each class.
   *
   * @throws IllegalArgumentException as {@link #temperature}
   */
  public static LogitScaling vector(INDArray logits, int[] labels) {
    return fit(logits, labels, ScalingObjective.Form.VECTOR, 0);
  }

  /**
   * A full matrix and offsets, K^2 + K numbers: with many classes and few examples it learns them
   * by heart unless the penalty holds it back.
   *
   * @param penalty of the mean squares of what is off the diagonal and of the offsets (Kull et al.,
   *     "Beyond temperature scaling", 2019, ODIR); 0 for none, as Guo et al. have it
   * @throws IllegalArgumentException as {@link #temperature}, and if the penalty is negative or not
   *     finite
   */
  public static LogitScaling matrix(INDArray logits, int[] labels, double penalty) {
    Require.notNegative(penalty, "penalty");
    return fit(logits, labels, ScalingObjective.Form.MATRIX, penalty);
  }

  private static LogitScaling fit(
      INDArray logits, int[] labels, ScalingObjective.Form form, double penalty) {
    Samples samples =
        Samples.of(logits, "logits", Tensors.SAMPLES_BATCH_CLASSES, Tensors.Bound.NONE);
    Tensors.checkLabels(labels, samples.batch(), samples.width());
    ScalingObjective objective = new ScalingObjective(samples, labels, form, penalty);
    Lbfgs search = new Lbfgs();
    double[] found = search.minimize(objective, objective.identity());
    if (!search.converged()) {
      LOG.warn(
          "{} scaling of {} examples has no least likelihood within reach: they are too few or too"
              + " easy to tell apart for its {} numbers",
          form,
          labels.length,
          found.length);
    }
    int classes = samples.width();
    return new LogitScaling(
        floats(ScalingObjective.weight(form, classes, found)),
        floats(ScalingObjective.bias(form, classes, found)));
  }

  /**
   * The scaling that {@link #arrays} says.
   *
   * @param arrays other ones are left alone
   * @throws IllegalArgumentException if they do not hold one
   */
  public static LogitScaling of(Map<String, INDArray> arrays) {
    Require.entries(arrays, "arrays");
    INDArray shift = Tensors.given(arrays.get(BIAS), BIAS, Tensors.CLASSES);
    INDArray matrix = Tensors.given(arrays.get(WEIGHT), WEIGHT, Tensors.CLASSES_CLASSES);
    float[] bias = Tensors.copyBounded(shift, BIAS, Tensors.CLASSES, Tensors.Bound.NONE);
    float[] weight =
        Tensors.copyBounded(matrix, WEIGHT, Tensors.CLASSES_CLASSES, Tensors.Bound.NONE);
    Require.argument(
        Arrays.equals(matrix.shape(), new long[] {bias.length, bias.length}),
        "%s must have the shape [%d, %d] of %s, got %s",
        WEIGHT,
        bias.length,
        bias.length,
        BIAS,
        Require.text(matrix.shape()));
    return new LogitScaling(weight, bias);
  }

  /** The numbers to save, such as with a checkpoint: copies of W [classes, classes] and b. */
  public Map<String, INDArray> arrays() {
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    arrays.put(WEIGHT, Detached.of(weight, bias.length, bias.length));
    arrays.put(BIAS, Detached.of(bias));
    return arrays;
  }

  /** Number of classes. */
  public int classes() {
    return bias.length;
  }

  /** What the first class's logit is divided by: the temperature, if there is one for all. */
  public double temperature() {
    return 1.0 / weight[0];
  }

  /**
   * Scaled logits, a new array.
   *
   * @param logits float32 [samples, batch, classes, places...], left as they are
   * @throws IllegalArgumentException also if there are other classes
   */
  public INDArray apply(INDArray logits) {
    Require.open(logits, "logits");
    Require.argument(
        logits.rank() >= 3 && logits.size(2) == bias.length && !logits.isEmpty(),
        "logits must have the shape [samples, batch, %d, places...], got %s",
        bias.length,
        Require.text(logits.shape()));
    FloatMemory from = FloatMemory.reading(logits, "logits");
    Finite.require("logits", logits);
    INDArray result = Detached.create(DataType.FLOAT, logits.shape());
    FloatMemory to = FloatMemory.of(result, "result");
    int blocks = (int) (logits.size(0) * logits.size(1));
    int places = (int) (logits.length() / blocks / bias.length);
    float[] block = new float[bias.length * places];
    float[] scaled = new float[block.length];
    for (int i = 0; i < blocks; i++) {
      from.read((long) i * block.length, block, block.length);
      scale(block, places, scaled);
      to.write((long) i * block.length, scaled, block.length);
    }
    return result;
  }

  private void scale(float[] block, int places, float... scaled) {
    for (int c = 0; c < bias.length; c++) {
      for (int p = 0; p < places; p++) {
        double sum = bias[c];
        for (int j = 0; j < bias.length; j++) {
          sum += (double) weight[c * bias.length + j] * block[j * places + p];
        }
        scaled[c * places + p] = (float) sum;
      }
    }
  }

  private static float[] floats(double... numbers) {
    float[] floats = new float[numbers.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) numbers[i];
    }
    return floats;
  }
}
