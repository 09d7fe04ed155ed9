package io.bayes4j.layers.zoo;

import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AvgPool2d;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MaxPool2d;
import java.util.List;

/**
 * Blocks whose layers each read what all before them made (Huang et al. 2017), with torchvision's
 * names.
 *
 * @param layersPerBlock in each block
 * @param first channels of the first convolution
 * @param growth channels that each layer adds
 */
record DenseNet(List<Integer> layersPerBlock, int first, int growth) {
  /** The 1x1 convolution before each 3x3 has as many times the channels that the latter adds. */
  private static final int BOTTLENECK = 4;

  static DenseNet depth121() {
    return new DenseNet(List.of(6, 12, 24, 16), 64, 32);
  }

  Block build(LayerFactory layers, int classes) {
    Chain features =
        new Chain()
            .add("conv0", layers.conv2d(Convolutions.square(3, first, 7, 2)))
            .add("norm0", new BatchNorm2d(first))
            .add("relu0", Activation.RELU)
            .add("pool0", new MaxPool2d(3, 2, 1));
    int channels = first;
    for (int block = 1; block <= layersPerBlock.size(); block++) {
      int count = layersPerBlock.get(block - 1);
      features.add("denseblock" + block, denseBlock(layers, channels, count));
      channels += count * growth;
      if (block < layersPerBlock.size()) {
        features.add("transition" + block, transition(layers, channels));
        channels /= 2;
      }
    }
    features.add("norm5", new BatchNorm2d(channels));
    return new Chain()
        .add("features", features.build())
        .add("relu", Activation.RELU)
        .add("avgpool", new GlobalAvgPool())
        .add("classifier", layers.linear(channels, classes))
        .build();
  }

  private Layer denseBlock(LayerFactory layers, int in, int count) {
    Chain chain = new Chain();
    String all = Chain.INPUT;
    for (int i = 1; i <= count; i++) {
      chain.from("denselayer" + i, denseLayer(layers, in + (i - 1) * growth), all);
      all = chain.join("concat" + i, new Concat(1), all).last();
    }
    return chain.build();
  }

  private Layer denseLayer(LayerFactory layers, int in) {
    int hidden = BOTTLENECK * growth;
    return new Chain()
        .add("norm1", new BatchNorm2d(in))
        .add("relu1", Activation.RELU)
        .add("conv1", layers.conv2d(Convolutions.square(in, hidden, 1, 1)))
        .add("norm2", new BatchNorm2d(hidden))
        .add("relu2", Activation.RELU)
        .add("conv2", layers.conv2d(Convolutions.square(hidden, growth, 3, 1)))
        .build();
  }

  private static Layer transition(LayerFactory layers, int in) {
    return new Chain()
        .add("norm", new BatchNorm2d(in))
        .add("relu", Activation.RELU)
        .add("conv", layers.conv2d(Convolutions.square(in, in / 2, 1, 1)))
        .add("pool", new AvgPool2d(2))
        .build();
  }
}
