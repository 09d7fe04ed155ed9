package io.bayes4j.imports.parts;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pad;
import io.bayes4j.layers.Pass;
import java.util.ArrayList;
import java.util.List;

/**
 * Padding as Keras' "same" has it, of [N, C, spatial ...]: as much as gives a window for every
 * stride begun, an odd element at the end.
 *
 * @param windows that are to be padded for
 * @param mode zeros for a convolution; edges repeated for a maximum, which they do not change
 */
public record SamePad(SlidingWindows windows, PaddingMode mode) implements Layer {
  /** Checks the parts. */
  public SamePad {
    Require.nonNull(windows, "windows");
    Require.nonNull(mode, "mode");
  }

  @Override
  public Var forward(Var x, Pass pass) {
    windows.requireInput(x, pass);
    List<Integer> before = new ArrayList<>(List.of(0, 0));
    List<Integer> after = new ArrayList<>(List.of(0, 0));
    for (int axis = 0; axis < windows.rank(); axis++) {
      int total = windows.padding(axis, Math.toIntExact(x.size(axis + 2)));
      before.add(total / 2);
      after.add(total - total / 2);
    }
    return new Pad(before, after, mode, 0).forward(x, pass);
  }

  @Override
  public String toString() {
    return "SamePad(" + windows.size() + ", stride " + windows.stride() + ", " + mode + ")";
  }
}
