package io.bayes4j.quant;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.layers.ConvSpec;
import java.util.Arrays;
import java.util.Collections;

/**
 * A transposed convolution as a convolution: of an input with zeros between and around its
 * elements, by a kernel with every axis reversed and the units first.
 */
final class ReversedKernel {
  private final ConvSpec spec;

  ReversedKernel(ConvSpec spec) {
    this.spec = spec;
  }

  /** Shape of the convolution's kernel [units, channels / groups, kernel ...]. */
  long[] shape() {
    long[] shape = new long[spec.rank() + 2];
    shape[0] = spec.outChannels();
    shape[1] = spec.inChannels() / spec.groups();
    for (int axis = 0; axis < spec.rank(); axis++) {
      shape[axis + 2] = spec.kernel().get(axis);
    }
    return shape;
  }

  /** The elements of a kernel [channels, units / groups, kernel ...] in the other order. */
  float[] reorder(float[] kernel) {
    int taps = spec.kernel().stream().reduce(1, (a, b) -> a * b);
    int channels = (int) (spec.inChannels() / spec.groups());
    int units = (int) (spec.outChannels() / spec.groups());
    float[] other = new float[kernel.length];
    for (int i = 0; i < other.length; i++) {
      int tap = i % taps;
      int channel = i / taps % channels;
      int unit = i / taps / channels;
      int group = unit / units;
      int from = (group * channels + channel) * units + unit % units;
      other[i] = kernel[from * taps + taps - 1 - tap];
    }
    return other;
  }

  /** How the kernel moves over the larger input. */
  ConvGeometry geometry() {
    return new ConvGeometry(
        spec.kernel(),
        Collections.nCopies(spec.rank(), 1),
        Collections.nCopies(spec.rank(), 0),
        spec.dilation(),
        spec.groups());
  }

  /** Zeros before the first element along an axis; negative if elements are cut off. */
  int before(int axis) {
    return spec.dilation().get(axis) * (spec.kernel().get(axis) - 1) - spec.padding().get(axis);
  }

  /** Length of the larger input along a spatial axis. */
  long length(int axis, long input) {
    return (input - 1) * spec.stride().get(axis)
        + 1
        + spec.outputPadding().get(axis)
        + 2L * before(axis);
  }

  /** Shape of the larger input. */
  long[] inputShape(long... shapeX) {
    long[] shape = shapeX.clone();
    for (int axis = 0; axis < spec.rank(); axis++) {
      shape[axis + 2] = length(axis, shapeX[axis + 2]);
      if (shape[axis + 2] < extent(axis)) {
        throw new IllegalArgumentException(
            "x must leave something of the output after padding "
                + spec.padding()
                + ", got shape "
                + Arrays.toString(shapeX));
      }
    }
    return shape;
  }

  private int extent(int axis) {
    return spec.dilation().get(axis) * (spec.kernel().get(axis) - 1) + 1;
  }

  ConvSpec spec() {
    return spec;
  }
}
