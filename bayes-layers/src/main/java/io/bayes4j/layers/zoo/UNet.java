package io.bayes4j.layers.zoo;

import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Graph;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.Sequential;

/**
 * A network of images to images (Ronneberger et al. 2015): down to small images with many channels,
 * and up again with what the way down made of each size, with the names of
 * github.com/milesial/Pytorch-UNet.
 *
 * @param width channels at full size
 * @param steps how often sides are halved and channels doubled
 */
record UNet(int width, int steps) {
  static UNet published() {
    return new UNet(64, 4);
  }

  Block build(LayerFactory layers, int channels, int classes) {
    Chain chain = new Chain().add("inc", doubleConv(layers, channels, width));
    String[] sizes = new String[steps + 1];
    sizes[0] = chain.last();
    for (int step = 1; step <= steps; step++) {
      int in = width << (step - 1);
      Layer down = Sequential.of(new MaxPool2d(2), doubleConv(layers, in, 2 * in));
      sizes[step] = chain.add("down" + step, new Chain().add("maxpool_conv", down).build()).last();
    }
    for (int step = 1; step <= steps; step++) {
      int in = width << (steps - step + 1);
      chain.join("up" + step, up(layers, in), sizes[steps - step]);
    }
    Layer last = layers.conv2d(ConvSpec.conv2d(width, classes, 1));
    return chain.add("outc", new Chain().add("conv", last).build()).build();
  }

  /** Twice the size and half the channels, joined with the first input, which has both. */
  private static Graph up(LayerFactory layers, int in) {
    return new Chain("smaller")
        .from("up", layers.convTranspose2d(ConvSpec.conv2d(in, in / 2, 2).withStride(2)), "smaller")
        .join("concat", new Concat(1), Chain.INPUT)
        .add("conv", doubleConv(layers, in, in / 2))
        .build();
  }

  private static Layer doubleConv(LayerFactory layers, int in, int out) {
    Layer both =
        Sequential.of(
            layers.conv2d(Convolutions.square(in, out, 3, 1)),
            new BatchNorm2d(out),
            Activation.RELU,
            layers.conv2d(Convolutions.square(out, out, 3, 1)),
            new BatchNorm2d(out),
            Activation.RELU);
    return new Chain().add("double_conv", both).build();
  }
}
