package io.bayes4j.layers.zoo;

import io.bayes4j.layers.Block;
import io.bayes4j.layers.zoo.ResNet.BlockKind;
import java.util.List;
import java.util.stream.Stream;

/** Every kind of network of the {@link Zoo} at a size for tests. */
public final class SmallZoo {
  private static final int CLASSES = 3;

  private SmallZoo() {}

  /** Names of all. */
  public static Stream<String> names() {
    return Stream.concat(
        Stream.of("mlp", "mnist", "cifar-resnet", "resnet-basic", "resnet-bottleneck"),
        torchvision());
  }

  /** Names of those that PyTorch's numbers are kept of. */
  public static Stream<String> torchvision() {
    return Stream.of(
        "vgg", "vgg-bn", "mobilenet", "densenet", "efficientnet", "convnext", "vit", "unet");
  }

  /** The shape of one example. */
  public static long[] exampleShape(String name) {
    return switch (name) {
      case "mlp" -> new long[] {2, 3};
      case "mnist" -> new long[] {1, 28, 28};
      case "vit" -> new long[] {3, 16, 16};
      default -> new long[] {3, 32, 32};
    };
  }

  /** A network. */
  public static Block make(String name, LayerFactory layers) {
    return switch (name) {
      case "mlp" -> Zoo.mlp(layers, 6, 5, 4);
      case "mnist" -> Zoo.mnistCnn(layers);
      case "cifar-resnet" -> Zoo.cifarResNet(layers, 8, CLASSES);
      case "resnet-basic" -> ResNet.imageNet(layers, BlockKind.BASIC, List.of(1, 1), CLASSES);
      case "resnet-bottleneck" ->
          ResNet.imageNet(layers, BlockKind.BOTTLENECK, List.of(2, 1), CLASSES);
      case "vgg" -> vgg(false, layers);
      case "vgg-bn" -> vgg(true, layers);
      case "mobilenet" ->
          new MobileNetV2(
                  List.of(new InvertedStage(1, 3, 1, 16, 1), new InvertedStage(2, 3, 2, 24, 2)),
                  0.25)
              .build(layers, CLASSES);
      case "densenet" -> new DenseNet(List.of(2, 3), 8, 4).build(layers, CLASSES);
      case "efficientnet" ->
          new EfficientNet(
                  List.of(new InvertedStage(1, 3, 1, 8, 1), new InvertedStage(2, 5, 2, 16, 2)), 8)
              .build(layers, CLASSES);
      case "convnext" -> new ConvNeXt(List.of(8, 16), List.of(2, 1)).build(layers, CLASSES);
      case "vit" -> new VisionTransformer(16, 8, 2, 2, 8, 12).build(layers, CLASSES);
      case "unet" -> new UNet(4, 2).build(layers, 3, 2);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Block vgg(boolean batchNorm, LayerFactory layers) {
    return new Vgg(List.of(1, 2), 4, 6, batchNorm).build(layers, CLASSES);
  }
}
