package io.bayes4j.layers.zoo;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Room;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.zoo.ResNet.BlockKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Known architectures, each written once for plain and Bayesian layers. */
public final class Zoo {
  /** Of the weights of a layer of a residual network for CIFAR, on average. */
  private static final long CIFAR_LAYER_BYTES = Float.BYTES * 9 * (16 * 16 + 32 * 32 + 64 * 64) / 3;

  private Zoo() {}

  /**
   * A multilayer perceptron with ReLUs between its dense layers; images are flattened.
   *
   * @param widths number of inputs, of the units of each hidden layer, and of outputs
   * @throws IllegalArgumentException if there are less than two widths, or one is not above zero
   */
  public static Sequential mlp(LayerFactory layers, long... widths) {
    Require.nonNull(layers, "layers");
    Require.nonNull(widths, "widths");
    Require.argument(
        widths.length >= 2 && Arrays.stream(widths).allMatch(width -> width > 0),
        "widths must be inputs, ..., outputs, all above zero, got %s",
        Require.text(widths));
    List<Layer> chain = new ArrayList<>(List.of(new Flatten()));
    for (int i = 1; i < widths.length; i++) {
      if (i > 1) {
        chain.add(Activation.RELU);
      }
      chain.add(layers.linear(widths[i - 1], widths[i]));
    }
    return Sequential.of(chain.toArray(Layer[]::new));
  }

  /**
   * The small CNN of Bayesian-Torch's MNIST example: two 3x3 convolutions of 32 and 64 channels,
   * max pooling, dense layers of 128 and 10 units. Inputs are [N, 1, 28, 28], outputs logits [N,
   * 10].
   */
  public static Sequential mnistCnn(LayerFactory layers) {
    Require.nonNull(layers, "layers");
    return Sequential.of(
        layers.conv2d(ConvSpec.conv2d(1, 32, 3)),
        Activation.RELU,
        layers.conv2d(ConvSpec.conv2d(32, 64, 3)),
        Activation.RELU,
        new MaxPool2d(2),
        new Flatten(),
        layers.linear(64 * 12 * 12, 128),
        Activation.RELU,
        layers.linear(128, 10));
  }

  /**
   * A residual network for CIFAR's images (He et al. 2016, section 4.2): inputs [N, 3, 32, 32],
   * outputs logits [N, classes]. Shortcuts have no parameters (option A).
   *
   * <p>Its state has the names of the PyTorch models at
   * github.com/akamaster/pytorch_resnet_cifar10.
   *
   * @param depth number of layers with weights, 6 n + 2: 20, 32, 44, 56, 110
   * @throws IllegalArgumentException if depth is not such a number, or classes is not above zero
   */
  public static Block cifarResNet(LayerFactory layers, int depth, int classes) {
    Require.nonNull(layers, "layers");
    Require.argument(
        depth >= 8 && depth % 6 == 2, "depth must be 6 n + 2 with n of at least 1, got %d", depth);
    Require.positive((long) classes, "classes");
    Room.requireLayers("depth", depth, CIFAR_LAYER_BYTES);
    return ResNet.cifar(layers, (depth - 2) / 6, classes);
  }

  /**
   * A residual network for ImageNet's images (He et al. 2016): inputs [N, 3, 224, 224], outputs
   * logits [N, classes]. Depths from 50 on have bottleneck blocks, whose stride is in the 3x3
   * convolution, as in torchvision, whose names its state has.
   *
   * @param depth number of layers with weights: 18, 34, 50, 101 or 152
   * @throws IllegalArgumentException if depth is another, or classes is not above zero
   */
  public static Block imageNetResNet(LayerFactory layers, int depth, int classes) {
    Require.nonNull(layers, "layers");
    Require.positive((long) classes, "classes");
    List<Integer> blocks =
        switch (depth) {
          case 18 -> List.of(2, 2, 2, 2);
          case 34, 50 -> List.of(3, 4, 6, 3);
          case 101 -> List.of(3, 4, 23, 3);
          case 152 -> List.of(3, 8, 36, 3);
          default ->
              throw new IllegalArgumentException(
                  "depth must be 18, 34, 50, 101 or 152, got " + depth);
        };
    BlockKind kind = depth < 50 ? BlockKind.BASIC : BlockKind.BOTTLENECK;
    return ResNet.imageNet(layers, kind, blocks, classes);
  }

  /**
   * VGG (Simonyan and Zisserman 2015): inputs [N, 3, 224, 224], outputs logits [N, classes], with
   * torchvision's names.
   *
   * @param depth number of layers with weights: 11, 13, 16 or 19
   * @param batchNorm whether batch normalisation follows each convolution
   * @throws IllegalArgumentException if depth is another, or classes is not above zero
   */
  public static Block vgg(LayerFactory layers, int depth, boolean batchNorm, int classes) {
    Require.nonNull(layers, "layers");
    Vgg vgg = Vgg.ofDepth(depth, batchNorm);
    return vgg.build(layers, checked(classes));
  }

  /**
   * MobileNetV2 (Sandler et al. 2018): inputs [N, 3, 224, 224], outputs logits [N, classes], with
   * torchvision's names.
   *
   * @throws IllegalArgumentException if classes is not above zero
   */
  public static Block mobileNetV2(LayerFactory layers, int classes) {
    Require.nonNull(layers, "layers");
    return MobileNetV2.published().build(layers, checked(classes));
  }

  /**
   * DenseNet of 121 layers (Huang et al. 2017): inputs [N, 3, 224, 224], outputs logits [N,
   * classes], with torchvision's names.
   *
   * @throws IllegalArgumentException if classes is not above zero
   */
  public static Block denseNet121(LayerFactory layers, int classes) {
    Require.nonNull(layers, "layers");
    return DenseNet.depth121().build(layers, checked(classes));
  }

  /**
   * EfficientNet-B0 (Tan and Le 2019): inputs [N, 3, 224, 224], outputs logits [N, classes], with
   * torchvision's names.
   *
   * @throws IllegalArgumentException if classes is not above zero
   */
  public static Block efficientNetB0(LayerFactory layers, int classes) {
    Require.nonNull(layers, "layers");
    return EfficientNet.b0().build(layers, checked(classes));
  }

  /**
   * ConvNeXt-T (Liu et al. 2022): inputs [N, 3, 224, 224], outputs logits [N, classes], with
   * torchvision's names.
   *
   * @throws IllegalArgumentException if classes is not above zero
   */
  public static Block convNeXtTiny(LayerFactory layers, int classes) {
    Require.nonNull(layers, "layers");
    return ConvNeXt.tiny().build(layers, checked(classes));
  }

  /**
   * The vision transformer ViT-B/16 (Dosovitskiy et al. 2021): inputs [N, 3, 224, 224], outputs
   * logits [N, classes], with torchvision's names.
   *
   * @throws IllegalArgumentException if classes is not above zero
   */
  public static Block vitB16(LayerFactory layers, int classes) {
    Require.nonNull(layers, "layers");
    return VisionTransformer.base16().build(layers, checked(classes));
  }

  /**
   * U-Net (Ronneberger et al. 2015) with padded convolutions: inputs [N, channels, H, W] with sides
   * that are multiples of 16, outputs logits [N, classes, H, W].
   *
   * <p>Its state has the names of the PyTorch model at github.com/milesial/Pytorch-UNet.
   *
   * @param layers makes transposed convolutions too
   * @throws IllegalArgumentException if a number is not above zero
   */
  public static Block uNet(LayerFactory layers, int channels, int classes) {
    Require.nonNull(layers, "layers");
    Require.positive(channels, "channels");
    return UNet.published().build(layers, channels, checked(classes));
  }

  private static int checked(int classes) {
    Require.positive((long) classes, "classes");
    Room.requireLayers("classes", classes, Float.BYTES);
    return classes;
  }
}
