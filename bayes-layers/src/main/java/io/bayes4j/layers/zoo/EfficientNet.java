package io.bayes4j.layers.zoo;

import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.StochasticDepth;
import java.util.ArrayList;
import java.util.List;

/**
 * Inverted residual blocks with squeeze and excitation (Tan and Le 2019), with torchvision's names.
 *
 * @param first channels of the first convolution
 */
record EfficientNet(List<InvertedStage> stages, int first) {
  private static final List<InvertedStage> B0 =
      List.of(
          new InvertedStage(1, 3, 1, 16, 1),
          new InvertedStage(6, 3, 2, 24, 2),
          new InvertedStage(6, 5, 2, 40, 2),
          new InvertedStage(6, 3, 2, 80, 3),
          new InvertedStage(6, 5, 1, 112, 3),
          new InvertedStage(6, 5, 2, 192, 4),
          new InvertedStage(6, 3, 1, 320, 1));

  /** Share of the last block's examples that training leaves out. */
  private static final double DROPPED = 0.2;

  static EfficientNet b0() {
    return new EfficientNet(B0, 32);
  }

  Block build(LayerFactory layers, int classes) {
    List<Layer> features = new ArrayList<>();
    features.add(Convolutions.normed(layers, Convolutions.square(3, first, 3, 2), Activation.SILU));
    int channels = first;
    int all = stages.stream().mapToInt(InvertedStage::blocks).sum();
    int number = 0;
    for (InvertedStage stage : stages) {
      Layer[] blocks = new Layer[stage.blocks()];
      for (int i = 0; i < blocks.length; i++) {
        int stride = i == 0 ? stage.stride() : 1;
        blocks[i] = block(layers, stage, channels, stride, DROPPED * number / all);
        channels = stage.channels();
        number++;
      }
      features.add(Sequential.of(blocks));
    }
    int last = 4 * channels;
    features.add(
        Convolutions.normed(layers, Convolutions.square(channels, last, 1, 1), Activation.SILU));
    return new Chain()
        .add("features", Sequential.of(features.toArray(Layer[]::new)))
        .add("avgpool", new GlobalAvgPool())
        .add("classifier", Sequential.of(new Dropout(DROPPED), layers.linear(last, classes)))
        .build();
  }

  private static Layer block(
      LayerFactory layers, InvertedStage stage, int in, int stride, double dropped) {
    int out = stage.channels();
    int hidden = stage.expansion() == 1 ? in : Convolutions.rounded(in * stage.expansion());
    List<Layer> parts = new ArrayList<>();
    if (hidden != in) {
      parts.add(
          Convolutions.normed(layers, Convolutions.square(in, hidden, 1, 1), Activation.SILU));
    }
    parts.add(
        Convolutions.normed(
            layers, Convolutions.depthwise(hidden, stage.kernel(), stride), Activation.SILU));
    parts.add(Convolutions.squeezeExcitation(layers, hidden, Math.max(1, in / 4)));
    parts.add(Convolutions.normed(layers, Convolutions.square(hidden, out, 1, 1)));
    Chain chain = new Chain().add("block", Sequential.of(parts.toArray(Layer[]::new)));
    if (stride == 1 && in == out) {
      chain.add("stochastic_depth", new StochasticDepth(dropped)).plus(Chain.INPUT);
    }
    return chain.build();
  }
}
