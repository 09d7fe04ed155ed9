package io.bayes4j.layers.zoo;

import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AdaptiveAvgPool;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * Stages of 3x3 convolutions with a max pooling behind each, then three dense layers (Simonyan and
 * Zisserman 2015), with torchvision's names.
 *
 * @param convolutions in each stage
 * @param width channels of the first stage; each doubles them, up to eight times as many
 * @param units of the hidden dense layers
 * @param batchNorm whether batch normalisation follows each convolution
 */
record Vgg(List<Integer> convolutions, int width, long units, boolean batchNorm) {
  private static final int SIDE = 7;
  private static final int MOST_DOUBLED = 8;

  static Vgg ofDepth(int depth, boolean batchNorm) {
    List<Integer> convolutions =
        switch (depth) {
          case 11 -> List.of(1, 1, 2, 2, 2);
          case 13 -> List.of(2, 2, 2, 2, 2);
          case 16 -> List.of(2, 2, 3, 3, 3);
          case 19 -> List.of(2, 2, 4, 4, 4);
          default ->
              throw new IllegalArgumentException("depth must be 11, 13, 16 or 19, got " + depth);
        };
    return new Vgg(convolutions, 64, 4096, batchNorm);
  }

  Block build(LayerFactory layers, int classes) {
    List<Layer> features = new ArrayList<>();
    int channels = 3;
    for (int stage = 0; stage < convolutions.size(); stage++) {
      int wide = width * Math.min(MOST_DOUBLED, 1 << stage);
      for (int i = 0; i < convolutions.get(stage); i++) {
        features.add(layers.conv2d(ConvSpec.conv2d(channels, wide, 3).withPadding(1)));
        if (batchNorm) {
          features.add(new BatchNorm2d(wide));
        }
        features.add(Activation.RELU);
        channels = wide;
      }
      features.add(new MaxPool2d(2));
    }
    return new Chain()
        .add("features", Sequential.of(features.toArray(Layer[]::new)))
        .add("avgpool", AdaptiveAvgPool.of(SIDE, SIDE))
        .add("flatten", new Flatten())
        .add("classifier", classifier(layers, (long) channels * SIDE * SIDE, classes))
        .build();
  }

  private Layer classifier(LayerFactory layers, long inputs, int classes) {
    return Sequential.of(
        layers.linear(inputs, units),
        Activation.RELU,
        new Dropout(0.5),
        layers.linear(units, units),
        Activation.RELU,
        new Dropout(0.5),
        layers.linear(units, classes));
  }
}
