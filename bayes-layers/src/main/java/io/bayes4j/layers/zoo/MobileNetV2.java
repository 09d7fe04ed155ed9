package io.bayes4j.layers.zoo;

import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import java.util.ArrayList;
import java.util.List;

/**
 * Inverted residual blocks with ReLU6 (Sandler et al. 2018), with torchvision's names.
 *
 * @param width factor of all numbers of channels
 */
record MobileNetV2(List<InvertedStage> stages, double width) {
  private static final List<InvertedStage> PUBLISHED =
      List.of(
          new InvertedStage(1, 3, 1, 16, 1),
          new InvertedStage(6, 3, 2, 24, 2),
          new InvertedStage(6, 3, 2, 32, 3),
          new InvertedStage(6, 3, 2, 64, 4),
          new InvertedStage(6, 3, 1, 96, 3),
          new InvertedStage(6, 3, 2, 160, 3),
          new InvertedStage(6, 3, 1, 320, 1));
  private static final int FIRST = 32;
  private static final int LAST = 1280;

  static MobileNetV2 published() {
    return new MobileNetV2(PUBLISHED, 1);
  }

  Block build(LayerFactory layers, int classes) {
    List<Layer> features = new ArrayList<>();
    int channels = Convolutions.rounded(FIRST * width);
    features.add(
        Convolutions.normed(layers, Convolutions.square(3, channels, 3, 2), Activation.RELU6));
    for (InvertedStage stage : stages) {
      int out = Convolutions.rounded(stage.channels() * width);
      for (int i = 0; i < stage.blocks(); i++) {
        features.add(block(layers, stage, channels, out, i == 0 ? stage.stride() : 1));
        channels = out;
      }
    }
    int last = Convolutions.rounded(LAST * Math.max(1, width));
    features.add(
        Convolutions.normed(layers, Convolutions.square(channels, last, 1, 1), Activation.RELU6));
    return new Chain()
        .add("features", Sequential.of(features.toArray(Layer[]::new)))
        .add("pool", new GlobalAvgPool())
        .add("classifier", Sequential.of(new Dropout(0.2), layers.linear(last, classes)))
        .build();
  }

  private static Layer block(
      LayerFactory layers, InvertedStage stage, int in, int out, int stride) {
    int hidden = in * stage.expansion();
    List<Layer> conv = new ArrayList<>();
    if (hidden != in) {
      conv.add(
          Convolutions.normed(layers, Convolutions.square(in, hidden, 1, 1), Activation.RELU6));
    }
    conv.add(
        Convolutions.normed(
            layers, Convolutions.depthwise(hidden, stage.kernel(), stride), Activation.RELU6));
    conv.add(layers.conv2d(Convolutions.square(hidden, out, 1, 1)));
    conv.add(new BatchNorm2d(out));
    Chain chain = new Chain().add("conv", Sequential.of(conv.toArray(Layer[]::new)));
    return (stride == 1 && in == out ? chain.plus(Chain.INPUT) : chain).build();
  }
}
