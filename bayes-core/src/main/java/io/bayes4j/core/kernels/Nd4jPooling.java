package io.bayes4j.core.kernels;

import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Pooling in 1, 2 and 3 dimensions by ND4J's operators, on channels-last memory. */
enum Nd4jPooling {
  MAX("maxpool2d", "maxpool3dnew", 0),
  /** The last number tells ND4J to divide by the window's size, padding included. */
  AVERAGE("avgpool2d", "avgpool3dnew", 1);

  private final String planar;
  private final String volumetric;
  private final int extra;

  Nd4jPooling(String planar, String volumetric, int extra) {
    this.planar = planar;
    this.volumetric = volumetric;
    this.extra = extra;
  }

  INDArray forward(INDArray x, ConvGeometry window) {
    INDArray y = Arena.allocate(Layout.CHANNELS_LAST, window.outputShape(x.shape(), x.size(1)));
    Nd4jOps.run(
        window.rank() == 3 ? volumetric : planar,
        new INDArray[] {activation(x)},
        new INDArray[] {activation(y)},
        Nd4jOps.window(window, 0, extra, 1));
    return y;
  }

  INDArray backward(INDArray x, INDArray gradY, ConvGeometry window) {
    INDArray gradX = Arena.allocate(Layout.CHANNELS_LAST, x.shape());
    Nd4jOps.run(
        (window.rank() == 3 ? volumetric : planar) + "_bp",
        new INDArray[] {activation(x), activation(gradY)},
        new INDArray[] {activation(gradX)},
        Nd4jOps.window(window, 0, extra, 1));
    return gradX;
  }

  private static INDArray activation(INDArray x) {
    return Layout.channelsLastView(Layout.CHANNELS_LAST.ensure(Nd4jConvolution.lift(x)));
  }
}
