package io.bayes4j.layers.zoo;

import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.Sequential;

/** Pieces that several convolutional architectures are made of. */
final class Convolutions {
  /** Numbers of channels are multiples of this (torchvision's _make_divisible). */
  private static final int DIVISOR = 8;

  private Convolutions() {}

  /** A square convolution without bias, padded so that the stride alone makes the image smaller. */
  static ConvSpec square(int in, int out, int kernel, int stride) {
    return ConvSpec.conv2d(in, out, kernel)
        .withStride(stride)
        .withPadding(kernel / 2)
        .withoutBias();
  }

  /** A convolution for each channel alone. */
  static ConvSpec depthwise(int channels, int kernel, int stride) {
    return square(channels, channels, kernel, stride).withGroups(channels);
  }

  /** A convolution, batch normalisation and an activation, as slots 0, 1 and 2. */
  static Sequential normed(LayerFactory layers, ConvSpec spec, Activation activation) {
    return Sequential.of(layers.conv2d(spec), new BatchNorm2d(spec.outChannels()), activation);
  }

  /** A convolution and batch normalisation, as slots 0 and 1. */
  static Sequential normed(LayerFactory layers, ConvSpec spec) {
    return Sequential.of(layers.conv2d(spec), new BatchNorm2d(spec.outChannels()));
  }

  /**
   * Squeeze and excitation (Hu et al. 2018): each channel times a number from 0 to 1 that two dense
   * layers make of the means of all channels.
   */
  static Layer squeezeExcitation(LayerFactory layers, int channels, int squeezed) {
    return new Chain()
        .add("avgpool", new GlobalAvgPool())
        .add("pixel", Reshape.of(0, channels, 1, 1))
        .add("fc1", layers.conv2d(ConvSpec.conv2d(channels, squeezed, 1)))
        .add("activation", Activation.SILU)
        .add("fc2", layers.conv2d(ConvSpec.conv2d(squeezed, channels, 1)))
        .add("scale_activation", Activation.SIGMOID)
        .join("scale", Arithmetic.MUL, Chain.INPUT)
        .build();
  }

  /** The multiple of eight next to a number of channels, and not below nine tenths of it. */
  static int rounded(double channels) {
    int nearest = Math.max(DIVISOR, (int) (channels + DIVISOR / 2.0) / DIVISOR * DIVISOR);
    return nearest < 0.9 * channels ? nearest + DIVISOR : nearest;
  }
}
