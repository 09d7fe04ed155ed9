package io.bayes4j.layers.zoo;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Activations;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.Arithmetic;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Foldable;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Convolutions with batch normalisation and ReLUs, whose result is added to the input before the
 * last ReLU (He et al. 2016). Two 3x3 convolutions make a basic block, three make a bottleneck.
 *
 * <p>Slots have PyTorch's names: conv1, bn1, conv2, bn2 and so on, then the shortcut.
 */
final class ResidualBlock extends Block implements Foldable {
  private final List<Slot<Layer>> convolutions = new ArrayList<>();
  private final List<Slot<Layer>> norms = new ArrayList<>();
  private final Slot<Layer> shortcut;

  /**
   * A block.
   *
   * @param specs the convolutions in order
   * @param shortcutName name of the slot of the shortcut
   * @param shortcut what the input goes through before it is added
   */
  ResidualBlock(LayerFactory layers, List<ConvSpec> specs, String shortcutName, Layer shortcut) {
    for (ConvSpec spec : specs) {
      int number = convolutions.size() + 1;
      convolutions.add(slot("conv" + number, layers.conv2d(spec)));
      norms.add(slot("bn" + number, new BatchNorm2d(spec.outChannels())));
    }
    this.shortcut = slot(shortcutName, shortcut);
  }

  @Override
  public Var forward(Var x, Pass pass) {
    Var y = x;
    for (int i = 0; i < convolutions.size(); i++) {
      y = i > 0 ? Activations.relu(y) : y;
      y = norms.get(i).forward(convolutions.get(i).forward(y, pass), pass);
    }
    return Activations.relu(Ops.add(y, shortcut.forward(x, pass)));
  }

  @Override
  public <T> T fold(List<T> given, BiFunction<? super Layer, ? super List<T>, ? extends T> each) {
    Require.nonNull(each, "each");
    T x = Require.one(given, "given");
    T y = x;
    for (int i = 0; i < convolutions.size(); i++) {
      y = i > 0 ? each.apply(Activation.RELU, List.of(y)) : y;
      y = each.apply(convolutions.get(i).layer(), List.of(y));
      y = each.apply(norms.get(i).layer(), List.of(y));
    }
    T side = each.apply(shortcut.layer(), List.of(x));
    return each.apply(Activation.RELU, List.of(each.apply(Arithmetic.ADD, List.of(y, side))));
  }
}
