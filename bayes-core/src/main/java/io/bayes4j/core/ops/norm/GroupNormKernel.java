package io.bayes4j.core.ops.norm;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The loops of group normalisation, forward and back, example by example on the heap.
 *
 * <p>All that is done to elements is a sum for each channel or a linear function with coefficients
 * for each channel, in the order of the memory whichever that is; groups come in between, where
 * there are few numbers.
 */
final class GroupNormKernel {
  /** Floats of examples handed to a thread at once. */
  private static final int GRAIN = 1 << 14;

  private final INDArray x;
  private final int channels;
  private final int perGroup;

  /** Elements of an example. */
  private final int length;

  /** Elements that are adjacent: the channels of a place, or the places of a channel. */
  private final int inner;

  private final boolean channelsInside;
  private final float[] scale;

  /** Of each example and group, the mean and the reciprocal of the standard deviation. */
  private final double[] means;

  private final double[] factors;

  /** Gradients of the input, the scale and the shift. */
  record GradientArrays(INDArray x, INDArray scale, INDArray shift) {}

  GroupNormKernel(INDArray x, int groups, INDArray scale) {
    this.x = x;
    this.channels = Math.toIntExact(x.size(1));
    this.perGroup = channels / groups;
    this.length = Math.toIntExact(x.length() / x.size(0));
    this.channelsInside = Layout.of(x) == Layout.CHANNELS_LAST || length == channels;
    this.inner = channelsInside ? channels : length / channels;
    this.scale = floats(scale);
    this.means = new double[Math.toIntExact(x.size(0) * groups)];
    this.factors = new double[means.length];
  }

  private static float[] floats(INDArray array) {
    float[] floats = new float[Math.toIntExact(array.length())];
    FloatMemory.reading(array, "array").read(0, floats, floats.length);
    return floats;
  }

  private int grain() {
    return Math.max(1, GRAIN / length);
  }

  private int group(long example, int channel) {
    return (int) example * (channels / perGroup) + channel / perGroup;
  }

  /** Elements of an example's group. */
  private int count() {
    return length / channels * perGroup;
  }

  /** The normalised input, scaled and shifted. */
  INDArray forward(INDArray shift, double epsilon) {
    INDArray y = Arena.like(x);
    FloatMemory from = Layout.memory(x, "x");
    FloatMemory to = Layout.memory(y, "y");
    float[] offsets = floats(shift);
    Parallel.forRange(
        x.size(0),
        grain(),
        (first, end) -> {
          Example one = new Example();
          for (long example = first; example < end; example++) {
            from.read(example * length, one.x, length);
            one.findMoments(example, epsilon);
            one.normalize(example, offsets);
            to.write(example * length, one.y, length);
          }
        });
    return y;
  }

  /** The gradients, given that of the result. */
  GradientArrays backward(INDArray gradY) {
    INDArray gradX = Arena.like(x);
    INDArray gradScale = Arena.allocate(channels);
    INDArray gradShift = Arena.allocate(channels);
    FloatMemory from = Layout.memory(x, "x");
    FloatMemory upstream = Layout.memory(Layout.of(x).ensure(gradY), "gradY");
    FloatMemory to = Layout.memory(gradX, "gradX");
    int grain = grain();
    // Kept for each chunk of examples and added in order: the same bits for any number of threads.
    Example[] chunks = new Example[Math.toIntExact((x.size(0) + grain - 1) / grain)];
    Parallel.forRange(
        x.size(0),
        grain,
        (first, end) -> {
          Example one = new Example();
          for (long example = first; example < end; example++) {
            from.read(example * length, one.x, length);
            upstream.read(example * length, one.y, length);
            one.addGradients(example);
            to.write(example * length, one.y, length);
          }
          one.release();
          chunks[(int) (first / grain)] = one;
        });
    write(chunks, gradScale, gradShift);
    return new GradientArrays(gradX, gradScale, gradShift);
  }

  private void write(Example[] chunks, INDArray gradScale, INDArray gradShift) {
    float[] scales = new float[channels];
    float[] shifts = new float[channels];
    for (int k = 0; k < channels; k++) {
      double ofScale = 0;
      double ofShift = 0;
      for (Example chunk : chunks) {
        ofScale += chunk.scaleGradient[k];
        ofShift += chunk.shiftGradient[k];
      }
      scales[k] = (float) ofScale;
      shifts[k] = (float) ofShift;
    }
    FloatMemory.of(gradScale, "gradScale").write(0, scales, channels);
    FloatMemory.of(gradShift, "gradShift").write(0, shifts, channels);
  }

  /** Room for one example at a time, and sums over those that it has held. */
  private final class Example {
    private float[] x = new float[length];

    /** The result; on the way back its gradient, which becomes that of the input. */
    private float[] y = new float[length];

    private final double[] sums = new double[channels];
    private final double[] products = new double[channels];
    private final double[] center = new double[channels];
    private final double[] factor = new double[channels];
    private final double[] slope = new double[channels];
    private final double[] offset = new double[channels];
    private final double[] scaleGradient = new double[channels];
    private final double[] shiftGradient = new double[channels];

    /** Lets go of the arrays as long as an example. */
    void release() {
      x = new float[0];
      y = new float[0];
    }

    void findMoments(long example, double epsilon) {
      Arrays.fill(center, 0);
      addDeviations();
      for (int k = 0; k < channels; k += perGroup) {
        double mean = ofGroup(sums, k) / count();
        means[group(example, k)] = mean;
        Arrays.fill(center, k, k + perGroup, mean);
      }
      addDeviations();
      for (int k = 0; k < channels; k += perGroup) {
        double variance = ofGroup(products, k) / count();
        factors[group(example, k)] = 1 / Math.sqrt(variance + epsilon);
      }
    }

    /** For each channel, the sums of the distances from the center and of their squares. */
    private void addDeviations() {
      Arrays.fill(sums, 0);
      Arrays.fill(products, 0);
      for (int at = 0; at < length; at += inner) {
        for (int i = 0; i < inner; i++) {
          int k = channelsInside ? i : at / inner;
          double deviation = x[at + i] - center[k];
          sums[k] += deviation;
          products[k] += deviation * deviation;
        }
      }
    }

    private double ofGroup(double[] perChannel, int first) {
      double sum = 0;
      for (int k = first; k < first + perGroup; k++) {
        sum += perChannel[k];
      }
      return sum;
    }

    void normalize(long example, float[] offsets) {
      for (int k = 0; k < channels; k++) {
        int group = group(example, k);
        center[k] = means[group];
        factor[k] = factors[group] * scale[k];
      }
      for (int at = 0; at < length; at += inner) {
        for (int i = 0; i < inner; i++) {
          int k = channelsInside ? i : at / inner;
          y[at + i] = (float) ((x[at + i] - center[k]) * factor[k] + offsets[k]);
        }
      }
    }

    /**
     * With h the normalised input and d = scale * gradient: the input's gradient is (d - mean(d) -
     * h mean(d h)) / deviation, with means over the group.
     */
    void addGradients(long example) {
      for (int k = 0; k < channels; k++) {
        center[k] = means[group(example, k)];
      }
      addProducts();
      for (int first = 0; first < channels; first += perGroup) {
        findCoefficients(first, factors[group(example, first)]);
      }
      for (int at = 0; at < length; at += inner) {
        for (int i = 0; i < inner; i++) {
          int k = channelsInside ? i : at / inner;
          double deviation = x[at + i] - center[k];
          y[at + i] = (float) (y[at + i] * factor[k] + deviation * slope[k] + offset[k]);
        }
      }
    }

    /** For each channel, the sums of the gradients and of their products with the deviations. */
    private void addProducts() {
      Arrays.fill(sums, 0);
      Arrays.fill(products, 0);
      for (int at = 0; at < length; at += inner) {
        for (int i = 0; i < inner; i++) {
          int k = channelsInside ? i : at / inner;
          double gradient = y[at + i];
          sums[k] += gradient;
          products[k] += gradient * (x[at + i] - center[k]);
        }
      }
    }

    private void findCoefficients(int first, double reciprocal) {
      double mean = 0;
      double product = 0;
      for (int k = first; k < first + perGroup; k++) {
        shiftGradient[k] += sums[k];
        scaleGradient[k] += products[k] * reciprocal;
        mean += scale[k] * sums[k] / count();
        product += scale[k] * products[k] * reciprocal / count();
      }
      for (int k = first; k < first + perGroup; k++) {
        factor[k] = reciprocal * scale[k];
        slope[k] = -reciprocal * reciprocal * product;
        offset[k] = -reciprocal * mean;
      }
    }
  }
}
