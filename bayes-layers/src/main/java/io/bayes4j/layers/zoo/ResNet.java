package io.bayes4j.layers.zoo;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Foldable;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A residual network (He et al. 2016): a first convolution, stages of residual blocks, the mean
 * over all pixels, a dense layer. Slots have the names of the PyTorch models whose weights it can
 * load.
 */
final class ResNet extends Block implements Foldable {
  private final Slot<Layer> conv;
  private final Slot<Layer> norm;
  private final Slot<Layer> maxPool;
  private final List<Slot<Layer>> stages = new ArrayList<>();
  private final Slot<Layer> averagePool;
  private final Slot<Layer> dense;

  private ResNet(
      LayerFactory layers, ConvSpec first, Layer pool, List<Stage> plan, String head, int classes) {
    conv = slot("conv1", layers.conv2d(first));
    norm = slot("bn1", new BatchNorm2d(first.outChannels()));
    maxPool = slot("maxpool", pool);
    int channels = Math.toIntExact(first.outChannels());
    for (Stage stage : plan) {
      stages.add(slot("layer" + (stages.size() + 1), stage.build(layers, channels)));
      channels = stage.outChannels();
    }
    averagePool = slot("avgpool", new GlobalAvgPool());
    dense = slot(head, layers.linear(channels, classes));
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Var y = Activations.relu(norm.forward(conv.forward(x, pass), pass));
    y = maxPool.forward(y, pass);
    for (Slot<Layer> stage : stages) {
      y = stage.forward(y, pass);
    }
    return dense.forward(averagePool.forward(y, pass), pass);
  }

  @Override
  public <T> T fold(List<T> given, BiFunction<? super Layer, ? super List<T>, ? extends T> each) {
    Require.nonNull(each, "each");
    T x = Require.one(given, "given");
    T y = each.apply(norm.layer(), List.of(each.apply(conv.layer(), List.of(x))));
    y = each.apply(maxPool.layer(), List.of(each.apply(Activation.RELU, List.of(y))));
    for (Slot<Layer> stage : stages) {
      y = each.apply(stage.layer(), List.of(y));
    }
    return each.apply(dense.layer(), List.of(each.apply(averagePool.layer(), List.of(y))));
  }

  /** Three stages of basic blocks on [N, 3, 32, 32], with shortcuts without parameters. */
  static ResNet cifar(LayerFactory layers, int blocksPerStage, int classes) {
    List<Stage> plan = new ArrayList<>();
    for (int channels : new int[] {16, 32, 64}) {
      plan.add(new Stage(BlockKind.CIFAR, channels, plan.isEmpty() ? 1 : 2, blocksPerStage));
    }
    return new ResNet(
        layers, Convolutions.square(3, 16, 3, 1), new Identity(), plan, "linear", classes);
  }

  /** Four stages on [N, 3, 224, 224], with convolutions in the shortcuts. */
  static ResNet imageNet(
      LayerFactory layers, BlockKind kind, List<Integer> blocksPerStage, int classes) {
    List<Stage> plan = new ArrayList<>();
    for (int blocks : blocksPerStage) {
      plan.add(new Stage(kind, 64 << plan.size(), plan.isEmpty() ? 1 : 2, blocks));
    }
    return new ResNet(
        layers, Convolutions.square(3, 64, 7, 2), new MaxPool2d(3, 2, 1), plan, "fc", classes);
  }

  /** What a block is made of. */
  enum BlockKind {
    /** Two 3x3 convolutions and a shortcut without parameters. */
    CIFAR(1),
    /** Two 3x3 convolutions. */
    BASIC(1),
    /** 1x1, 3x3 and 1x1 convolutions; the last has four times the channels. */
    BOTTLENECK(4);

    private final int expansion;

    BlockKind(int expansion) {
      this.expansion = expansion;
    }

    private List<ConvSpec> convolutions(int in, int width, int stride) {
      return this == BOTTLENECK
          ? List.of(
              Convolutions.square(in, width, 1, 1),
              Convolutions.square(width, width, 3, stride),
              Convolutions.square(width, width * expansion, 1, 1))
          : List.of(
              Convolutions.square(in, width, 3, stride), Convolutions.square(width, width, 3, 1));
    }

    private String shortcutName() {
      return this == CIFAR ? "shortcut" : "downsample";
    }

    private Layer shortcut(LayerFactory layers, int in, int out, int stride) {
      if (in == out && stride == 1) {
        return new Identity();
      }
      return this == CIFAR
          ? new ZeroPaddedShortcut(in, out, stride)
          : Sequential.of(
              layers.conv2d(Convolutions.square(in, out, 1, stride)), new BatchNorm2d(out));
    }
  }

  /**
   * Blocks of one width.
   *
   * @param kind what the blocks are made of
   * @param width channels of the 3x3 convolutions
   * @param stride step of the first block
   * @param blocks number of blocks
   */
  private record Stage(BlockKind kind, int width, int stride, int blocks) {
    int outChannels() {
      return width * kind.expansion;
    }

    Sequential build(LayerFactory layers, int inChannels) {
      Layer[] chain = new Layer[blocks];
      for (int i = 0; i < blocks; i++) {
        int in = i == 0 ? inChannels : outChannels();
        int step = i == 0 ? stride : 1;
        chain[i] =
            new ResidualBlock(
                layers,
                kind.convolutions(in, width, step),
                kind.shortcutName(),
                kind.shortcut(layers, in, outChannels(), step));
      }
      return Sequential.of(chain);
    }
  }
}
