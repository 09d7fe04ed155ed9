package io.bayes4j.layers.zoo;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.ResidualShortcut;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.layers.Foldable;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.MovesNumbers;
import io.bayes4j.layers.Pad;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Slice;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A shortcut without parameters (option A of He et al. 2016): every stride-th pixel, and new
 * channels of zeros, half of them on each side of the input's.
 *
 * @param inChannels channels of the input
 * @param outChannels channels of the output
 * @param stride step along both spatial axes
 */
record ZeroPaddedShortcut(int inChannels, int outChannels, int stride)
    implements MovesNumbers, Foldable {
  @Override
  public Var forward(Var x, Pass pass) {
    int before = (outChannels - inChannels) / 2;
    return ResidualShortcut.subsample(x, stride, before, outChannels - inChannels - before);
  }

  @Override
  public <T> T fold(List<T> given, BiFunction<? super Layer, ? super List<T>, ? extends T> each) {
    T x = Require.one(given, "given");
    T y = each.apply(new Slice(2, 0, Long.MAX_VALUE, stride), List.of(x));
    y = each.apply(new Slice(3, 0, Long.MAX_VALUE, stride), List.of(y));
    int before = (outChannels - inChannels) / 2;
    List<Integer> first = List.of(0, before, 0, 0);
    List<Integer> last = List.of(0, outChannels - inChannels - before, 0, 0);
    return each.apply(new Pad(first, last, PaddingMode.ZEROS, 0), List.of(y));
  }
}
