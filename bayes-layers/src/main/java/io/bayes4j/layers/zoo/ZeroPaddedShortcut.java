package io.bayes4j.layers.zoo;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.ops.ResidualShortcut;
import io.bayes4j.layers.MovesNumbers;
import io.bayes4j.layers.Pass;

/**
 * A shortcut without parameters (option A of He et al. 2016): every stride-th pixel, and new
 * channels of zeros, half of them on each side of the input's.
 *
 * @param inChannels channels of the input
 * @param outChannels channels of the output
 * @param stride step along both spatial axes
 */
record ZeroPaddedShortcut(int inChannels, int outChannels, int stride) implements MovesNumbers {
  @Override
  public Var forward(Var x, Pass pass) {
    int before = (outChannels - inChannels) / 2;
    return ResidualShortcut.subsample(x, stride, before, outChannels - inChannels - before);
  }
}
