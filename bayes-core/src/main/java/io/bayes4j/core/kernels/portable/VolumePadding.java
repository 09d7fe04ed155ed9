package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Collections;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The padding of a volume spelled out as a larger volume with zeros around.
 *
 * <p>ND4J's conv3dnew_bp counts elements beyond the volume if windows reach over both of its ends
 * with a stride: the gradient of the weights is then wrong, and memory that is not the volume's is
 * touched.
 */
final class VolumePadding {
  private VolumePadding() {}

  static boolean isIn(ConvGeometry g) {
    return g.rank() == 3 && g.padding().stream().anyMatch(p -> p > 0);
  }

  /** The geometry over the larger volume. */
  static ConvGeometry spelledOut(ConvGeometry g) {
    List<Integer> none = Collections.nCopies(g.rank(), 0);
    return new ConvGeometry(g.kernel(), g.stride(), none, g.dilation(), g.groups());
  }

  /** The larger volume. */
  static INDArray spellOut(INDArray x, ConvGeometry g) {
    long[] shape = x.shape().clone();
    for (int axis = 0; axis < g.rank(); axis++) {
      shape[axis + 2] += 2L * g.padding().get(axis);
    }
    INDArray large = Detached.fill(Arena.allocate(Layout.CHANNELS_LAST, shape), 0);
    Detached.copy(x, inner(large, g));
    return large;
  }

  /** A view of a larger volume without the padding. */
  static INDArray inner(INDArray large, ConvGeometry g) {
    INDArrayIndex[] index = new INDArrayIndex[large.rank()];
    index[0] = NDArrayIndex.all();
    index[1] = NDArrayIndex.all();
    for (int axis = 0; axis < g.rank(); axis++) {
      int padding = g.padding().get(axis);
      index[axis + 2] = NDArrayIndex.interval(padding, large.size(axis + 2) - padding);
    }
    return large.get(index);
  }
}
