package io.bayes4j.quant;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A tensor as whole numbers from -127 to 127 and one scale for each channel, the first axis: an
 * element is its number times the scale of its channel.
 *
 * <p>Immutable. Its numbers are on the Java heap.
 */
public final class QuantizedTensor {
  /** The greatest number; -128 is not used, so that a tensor and its negative are alike. */
  static final int LIMIT = 127;

  private final long[] shape;
  private final byte[] values;
  private final float[] scales;

  /** Takes the arrays over. */
  QuantizedTensor(long[] shape, byte[] values, float[] scales) {
    this.shape = shape;
    this.values = values;
    this.scales = scales;
  }

  /**
   * Rounds a tensor to the nearest numbers, with the least scale at which the greatest element of a
   * channel still has one.
   *
   * @param tensor float, of rank 1 or more
   * @throws IllegalArgumentException if it is not a float array, is empty, or is not finite
   */
  public static QuantizedTensor of(INDArray tensor) {
    Elements elements = Elements.of("tensor", tensor);
    float[] scales = new float[elements.channels()];
    byte[] values = new byte[elements.values().length];
    for (int i = 0; i < values.length; i++) {
      int channel = i / elements.perChannel();
      scales[channel] = Math.max(scales[channel], Math.abs(elements.values()[i]));
    }
    for (int channel = 0; channel < scales.length; channel++) {
      scales[channel] = scaleFor(scales[channel]);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = round(elements.values()[i] / scales[i / elements.perChannel()]);
    }
    return new QuantizedTensor(tensor.shape().clone(), values, scales);
  }

  /** The step between two numbers when the greatest stands for a given size. */
  static float scaleFor(float greatest) {
    float scale = Math.max(greatest / LIMIT, Float.MIN_NORMAL);
    // At the end of the range of floats, a scale that was rounded up would make LIMIT infinite.
    return Float.isInfinite(scale * LIMIT) ? Math.nextDown(scale) : scale;
  }

  /** The nearest number that there is, of a size in steps. */
  static byte round(float steps) {
    return (byte) Math.max(-LIMIT, Math.min(LIMIT, Math.rint(steps)));
  }

  /** Lengths of the axes, as a copy. */
  public long[] shape() {
    return shape.clone();
  }

  /** The numbers in row-major order, as a copy. */
  public byte[] values() {
    return values.clone();
  }

  /**
   * What one step of a channel's numbers is worth.
   *
   * @throws IndexOutOfBoundsException if there is no such channel
   */
  public float scale(int channel) {
    return scales[checked(channel)];
  }

  /**
   * How far an element of a channel can be from what it was before it was rounded: half a step, and
   * what a float of that size cannot hold.
   *
   * @throws IndexOutOfBoundsException if there is no such channel
   */
  public double errorBound(int channel) {
    return scales[checked(channel)] * (0.5 + LIMIT * 0x1p-22);
  }

  private int checked(int channel) {
    if (channel < 0 || channel >= scales.length) {
      throw new IndexOutOfBoundsException(
          "channel must be in [0, " + scales.length + "), got " + channel);
    }
    return channel;
  }

  /** The tensor as floats. */
  public INDArray dequantize() {
    int perChannel = values.length / scales.length;
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values[i] * scales[i / perChannel];
    }
    return Detached.of(floats, shape);
  }

  byte[] sharedValues() {
    return values;
  }

  float[] sharedScales() {
    return scales;
  }

  @Override
  public String toString() {
    return "QuantizedTensor" + Arrays.toString(shape);
  }

  /** The elements of a tensor on the heap, by channel. */
  record Elements(@SuppressWarnings("ArrayRecordComponent") float[] values, int channels) {
    static Elements of(String name, INDArray tensor) {
      Require.open(tensor, name);
      Require.argument(
          tensor.dataType() == DataType.FLOAT && tensor.rank() >= 1 && !tensor.isEmpty(),
          "%s must be a non-empty float array of rank 1 or more, got %s of shape %s",
          name,
          tensor.dataType(),
          Arrays.toString(tensor.shape()));
      float[] values = new float[Math.toIntExact(tensor.length())];
      FloatMemory.of(Layout.ROW_MAJOR.ensure(tensor), name).read(0, values, values.length);
      for (int i = 0; i < values.length; i++) {
        Require.argument(
            Float.isFinite(values[i]),
            "%s must be finite, got %s at element %d",
            name,
            values[i],
            i);
      }
      return new Elements(values, Math.toIntExact(tensor.size(0)));
    }

    int perChannel() {
      return values.length / channels;
    }
  }
}
