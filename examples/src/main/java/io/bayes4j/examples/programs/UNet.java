package io.bayes4j.examples.programs;

import io.bayes4j.core.graph.Var;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Concat;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MaxPool2d;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Resize;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.zoo.LayerFactory;
import java.util.List;

/**
 * A small U-Net (Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical Image
 * Segmentation", 2015): two steps down, two up, each beside what was seen on the way down. Inputs
 * are [N, 3, H, W] with sides that four divides, outputs logits [N, classes, H, W].
 */
final class UNet extends Block {
  private final Slot<Layer> fine;
  private final Slot<Layer> middle;
  private final Slot<Layer> coarse;
  private final Slot<Layer> middleAgain;
  private final Slot<Layer> fineAgain;
  private final Slot<Layer> classes;
  private final Layer down = new MaxPool2d(2);
  private final Layer up = Resize.nearest(2, 2);
  private final Concat beside = new Concat(1);

  UNet(LayerFactory layers, int width, int classes) {
    fine = slot("fine", twice(layers, 3, width));
    middle = slot("middle", twice(layers, width, 2 * width));
    coarse = slot("coarse", twice(layers, 2 * width, 4 * width));
    middleAgain = slot("middleAgain", twice(layers, 6 * width, 2 * width));
    fineAgain = slot("fineAgain", twice(layers, 3 * width, width));
    this.classes = slot("classes", layers.conv2d(ConvSpec.conv2d(width, classes, 1)));
  }

  private static Layer twice(LayerFactory layers, int from, int to) {
    return Sequential.of(
        layers.conv2d(ConvSpec.conv2d(from, to, 3).withPadding(1)),
        Activation.RELU,
        layers.conv2d(ConvSpec.conv2d(to, to, 3).withPadding(1)),
        Activation.RELU);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Var first = fine.forward(x, pass);
    Var second = middle.forward(down.forward(first, pass), pass);
    Var third = coarse.forward(down.forward(second, pass), pass);
    Var back = middleAgain.forward(joined(third, second, pass), pass);
    return classes.forward(fineAgain.forward(joined(back, first, pass), pass), pass);
  }

  private Var joined(Var low, Var high, Pass pass) {
    return beside.forward(List.of(up.forward(low, pass), high), pass);
  }
}
