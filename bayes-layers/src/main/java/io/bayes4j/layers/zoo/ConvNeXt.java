package io.bayes4j.layers.zoo;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.ChannelNorm;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerNorm;
import io.bayes4j.layers.Permute;
import io.bayes4j.layers.Reshape;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.StochasticDepth;
import io.bayes4j.layers.WeightArithmetic;
import java.util.ArrayList;
import java.util.List;

/**
 * Depthwise 7x7 convolutions, layer normalisation and dense layers over channels (Liu et al. 2022),
 * with torchvision's names.
 *
 * @param channels of each stage
 * @param blocks of each stage
 */
record ConvNeXt(List<Integer> channels, List<Integer> blocks) {
  private static final double EPSILON = 1e-6;
  private static final double LAYER_SCALE = 1e-6;

  /** Share of the last block's examples that training leaves out. */
  private static final double DROPPED = 0.1;

  static ConvNeXt tiny() {
    return new ConvNeXt(List.of(96, 192, 384, 768), List.of(3, 3, 9, 3));
  }

  Block build(LayerFactory layers, int classes) {
    List<Layer> features = new ArrayList<>();
    int first = channels.get(0);
    features.add(
        Sequential.of(
            layers.conv2d(ConvSpec.conv2d(3, first, 4).withStride(4)),
            new ChannelNorm(first, EPSILON)));
    int all = blocks.stream().mapToInt(Integer::intValue).sum();
    int number = 0;
    for (int stage = 0; stage < channels.size(); stage++) {
      int width = channels.get(stage);
      Layer[] chain = new Layer[blocks.get(stage)];
      for (int i = 0; i < chain.length; i++) {
        chain[i] = block(layers, width, DROPPED * number / Math.max(1, all - 1));
        number++;
      }
      features.add(Sequential.of(chain));
      if (stage + 1 < channels.size()) {
        features.add(
            Sequential.of(
                new ChannelNorm(width, EPSILON),
                layers.conv2d(ConvSpec.conv2d(width, channels.get(stage + 1), 2).withStride(2))));
      }
    }
    return network(layers, features, channels.get(channels.size() - 1), classes);
  }

  private static Block network(LayerFactory layers, List<Layer> features, int last, int classes) {
    return new Chain()
        .add("features", Sequential.of(features.toArray(Layer[]::new)))
        .add("avgpool", new GlobalAvgPool())
        .add("pixel", Reshape.of(0, last, 1, 1))
        .add(
            "classifier",
            Sequential.of(
                new ChannelNorm(last, EPSILON), new Flatten(), layers.linear(last, classes)))
        .build();
  }

  private static Layer block(LayerFactory layers, int width, double dropped) {
    ConvSpec depthwise = ConvSpec.conv2d(width, width, 7).withPadding(3).withGroups(width);
    Layer branch =
        Sequential.of(
            layers.conv2d(depthwise),
            Permute.of(0, 2, 3, 1),
            new LayerNorm(EPSILON, true, width),
            layers.linear(width, 4L * width),
            Activation.GELU_EXACT,
            layers.linear(4L * width, width),
            Permute.of(0, 3, 1, 2));
    return new Chain()
        .add("block", branch)
        .add(
            "layer_scale",
            new WeightArithmetic(Arithmetic.MUL, Detached.full(LAYER_SCALE, width, 1, 1), true))
        .add("stochastic_depth", new StochasticDepth(dropped))
        .plus(Chain.INPUT)
        .build();
  }
}
