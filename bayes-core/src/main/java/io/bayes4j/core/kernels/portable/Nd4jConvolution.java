package io.bayes4j.core.kernels.portable;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.kernels.KernelProvider.ConvGradients;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Convolutions in 1, 2 and 3 dimensions by ND4J's conv2d and conv3dnew, on channels-last memory.
 *
 * <p>One dimension is two with a height of one. ND4J knows no groups: each group is a convolution
 * of its own.
 */
final class Nd4jConvolution {
  /** ND4J's number for kernels of the form [units, channels, spatial ...]. */
  private static final int UNITS_FIRST = 1;

  private static final int CHANNELS_LAST = 1;
  private static final int EXPLICIT_PADDING = 0;

  private Nd4jConvolution() {}

  static INDArray forward(INDArray x, INDArray weight, ConvGeometry g) {
    if (Dilation.isIn(g)) {
      INDArray large = Dilation.spellOut(weight, g);
      INDArray y = forward(x, large, Dilation.spelledOut(g));
      Arena.release(large);
      return y;
    }
    INDArray y = Arena.allocate(Layout.CHANNELS_LAST, g.outputShape(x.shape(), weight.size(0)));
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    Nd4jPieces.forRows(
        x.size(0),
        Nd4jPieces.examples(x.size(0), multiplications(y, weight)),
        (from, to) ->
            forwardGroups(Nd4jPieces.rows(in, from, to), weight, Nd4jPieces.rows(y, from, to), g));
    return y;
  }

  /** Each element of y is a sum over the weights of its unit. */
  private static double multiplications(INDArray y, INDArray weight) {
    return (double) y.length() * weight.length() / weight.size(0);
  }

  private static void forwardGroups(INDArray x, INDArray weight, INDArray y, ConvGeometry g) {
    if (g.groups() == 1) {
      forwardGroup(x, weight, y, g);
      return;
    }
    for (int group = 0; group < g.groups(); group++) {
      INDArray target = part(y, 1, group, g.groups());
      INDArray result = Arena.allocate(Layout.CHANNELS_LAST, target.shape());
      forwardGroup(part(x, 1, group, g.groups()), part(weight, 0, group, g.groups()), result, g);
      Detached.copy(result, target);
      Arena.release(result);
    }
  }

  /** The gradient of x, of each example by itself: the same whatever the others. */
  static INDArray backwardData(long[] shapeX, INDArray weight, INDArray gradY, ConvGeometry g) {
    // ND4J finds both gradients at once; what x holds does not matter to the one that is kept.
    INDArray x = Arena.allocate(Layout.CHANNELS_LAST, shapeX);
    INDArray gradX = Arena.allocate(Layout.CHANNELS_LAST, shapeX);
    INDArray up = Layout.CHANNELS_LAST.ensure(gradY);
    Nd4jPieces.forRows(
        shapeX[0],
        1,
        (from, to) -> {
          INDArray in = Nd4jPieces.rows(x, from, to);
          ConvGradients both = backwardPiece(in, weight, Nd4jPieces.rows(up, from, to), g);
          Detached.copy(both.x(), Nd4jPieces.rows(gradX, from, to));
        });
    Arena.release(x);
    return gradX;
  }

  /** Both gradients: that of the weight is a sum over pieces, added in their order. */
  static ConvGradients backward(INDArray x, INDArray weight, INDArray gradY, ConvGeometry g) {
    INDArray in = Layout.CHANNELS_LAST.ensure(x);
    INDArray up = Layout.CHANNELS_LAST.ensure(gradY);
    INDArray gradX = Arena.allocate(Layout.CHANNELS_LAST, x.shape());
    int grain = Nd4jPieces.grain(x.size(0), multiplications(gradY, weight));
    INDArray[] terms = new INDArray[Math.toIntExact((x.size(0) + grain - 1) / grain)];
    Nd4jPieces.forRows(
        x.size(0),
        grain,
        (from, to) -> {
          ConvGradients both =
              backwardPiece(
                  Nd4jPieces.rows(in, from, to), weight, Nd4jPieces.rows(up, from, to), g);
          Detached.copy(both.x(), Nd4jPieces.rows(gradX, from, to));
          terms[(int) (from / grain)] = both.weight();
        });
    INDArray gradW = Detached.copy(terms[0], Arena.allocate(weight.shape()));
    for (int term = 1; term < terms.length; term++) {
      Elementwise.addInto(gradW, terms[term]);
    }
    return new ConvGradients(gradX, gradW);
  }

  private static ConvGradients backwardPiece(
      INDArray x, INDArray weight, INDArray gradY, ConvGeometry g) {
    if (Dilation.isIn(g)) {
      return backwardDilated(x, weight, gradY, g);
    }
    return VolumePadding.isIn(g)
        ? backwardPadded(x, weight, gradY, g)
        : backwardGroups(x, weight, gradY, g);
  }

  private static ConvGradients backwardDilated(
      INDArray x, INDArray weight, INDArray gradY, ConvGeometry g) {
    INDArray large = Dilation.spellOut(weight, g);
    ConvGradients both = backwardPiece(x, large, gradY, Dilation.spelledOut(g));
    INDArray gradW =
        Detached.copy(Dilation.elements(both.weight(), g), Arena.allocate(weight.shape()));
    Arena.release(large);
    Arena.release(both.weight());
    return new ConvGradients(both.x(), gradW);
  }

  private static ConvGradients backwardPadded(
      INDArray x, INDArray weight, INDArray gradY, ConvGeometry g) {
    INDArray padded = VolumePadding.spellOut(x, g);
    ConvGradients both = backwardPiece(padded, weight, gradY, VolumePadding.spelledOut(g));
    INDArray gradX = Arena.allocate(Layout.CHANNELS_LAST, x.shape());
    Detached.copy(VolumePadding.inner(both.x(), g), gradX);
    Arena.release(padded);
    Arena.release(both.x());
    return new ConvGradients(gradX, both.weight());
  }

  private static ConvGradients backwardGroups(
      INDArray x, INDArray weight, INDArray gradY, ConvGeometry g) {
    INDArray gradX = Arena.allocate(Layout.CHANNELS_LAST, x.shape());
    INDArray gradW = Arena.allocate(weight.shape());
    if (g.groups() == 1) {
      backwardGroup(x, weight, gradY, gradX, gradW, g);
      return new ConvGradients(gradX, gradW);
    }
    for (int group = 0; group < g.groups(); group++) {
      INDArray targetX = part(gradX, 1, group, g.groups());
      INDArray targetW = part(gradW, 0, group, g.groups());
      INDArray resultX = Arena.allocate(Layout.CHANNELS_LAST, targetX.shape());
      INDArray resultW = Arena.allocate(targetW.shape());
      backwardGroup(
          part(x, 1, group, g.groups()),
          part(weight, 0, group, g.groups()),
          part(gradY, 1, group, g.groups()),
          resultX,
          resultW,
          g);
      Detached.copy(resultX, targetX);
      Detached.copy(resultW, targetW);
      Arena.release(resultX);
      Arena.release(resultW);
    }
    return new ConvGradients(gradX, gradW);
  }

  private static void forwardGroup(INDArray x, INDArray weight, INDArray y, ConvGeometry g) {
    Nd4jOps.run(
        g.rank() == 3 ? "conv3dnew" : "conv2d",
        new INDArray[] {activation(x), kernel(weight)},
        new INDArray[] {activation(y)},
        Nd4jOps.window(g, EXPLICIT_PADDING, CHANNELS_LAST, UNITS_FIRST));
  }

  private static void backwardGroup(
      INDArray x, INDArray weight, INDArray gradY, INDArray gradX, INDArray gradW, ConvGeometry g) {
    Nd4jOps.run(
        g.rank() == 3 ? "conv3dnew_bp" : "conv2d_bp",
        new INDArray[] {activation(x), kernel(weight), activation(gradY)},
        new INDArray[] {activation(gradX), kernel(gradW)},
        Nd4jOps.window(g, EXPLICIT_PADDING, CHANNELS_LAST, UNITS_FIRST));
  }

  /**
   * An activation as ND4J wants it: [N, spatial ..., C], row-major; a view if it is channels-last
   * already.
   */
  private static INDArray activation(INDArray x) {
    return Layout.channelsLastView(Layout.CHANNELS_LAST.ensure(lift(x)));
  }

  private static INDArray kernel(INDArray weight) {
    return lift(Layout.ROW_MAJOR.ensure(weight));
  }

  /** [N, C, L] as [N, C, 1, L] without a copy; other ranks as they are. */
  static INDArray lift(INDArray x) {
    if (x.rank() != 3) {
      return x;
    }
    long[] shape = {x.size(0), x.size(1), 1, x.size(2)};
    long[] strides = {x.stride(0), x.stride(1), x.size(2) * x.stride(2), x.stride(2)};
    return Detached.view(x, x.offset(), shape, strides);
  }

  private static INDArray part(INDArray array, int axis, int group, int groups) {
    INDArrayIndex[] index = new INDArrayIndex[array.rank()];
    Arrays.fill(index, NDArrayIndex.all());
    long length = array.size(axis) / groups;
    index[axis] = NDArrayIndex.interval(group * length, (group + 1) * length);
    return array.get(index);
  }
}
