package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.memory.Arena;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Dilated kernels spelled out as larger ones with zeros in the gaps.
 *
 * <p>ND4J's operators fail on a dilation above one where they run on oneDNN ("could not create a
 * primitive descriptor"). The larger kernel costs more arithmetic, but is right on every build.
 */
final class Dilation {
  private Dilation() {}

  static boolean isIn(ConvGeometry g) {
    return g.dilation().stream().anyMatch(d -> d > 1);
  }

  /** The geometry of the larger kernel. */
  static ConvGeometry spelledOut(ConvGeometry g) {
    List<Integer> extents = new ArrayList<>();
    for (int axis = 0; axis < g.rank(); axis++) {
      extents.add(g.dilation().get(axis) * (g.kernel().get(axis) - 1) + 1);
    }
    List<Integer> none = Collections.nCopies(g.rank(), 1);
    return new ConvGeometry(extents, g.stride(), g.padding(), none, g.groups());
  }

  /** The larger kernel. */
  static INDArray spellOut(INDArray weight, ConvGeometry g) {
    long[] shape = weight.shape().clone();
    List<Integer> extents = spelledOut(g).kernel();
    for (int axis = 0; axis < g.rank(); axis++) {
      shape[axis + 2] = extents.get(axis);
    }
    INDArray large = Detached.fill(Arena.allocate(shape), 0);
    Detached.copy(weight, elements(large, g));
    return large;
  }

  /** A view of those elements of a larger kernel that are not in the gaps. */
  static INDArray elements(INDArray large, ConvGeometry g) {
    long[] shape = large.shape().clone();
    long[] strides = large.stride().clone();
    for (int axis = 0; axis < g.rank(); axis++) {
      shape[axis + 2] = g.kernel().get(axis);
      strides[axis + 2] *= g.dilation().get(axis);
    }
    return Detached.view(large, large.offset(), shape, strides);
  }
}
