package io.bayes4j.core.testing;

import static io.bayes4j.core.testing.Doubles.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.memory.Layout;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A pooling takes one window after the other. */
final class PoolingContract {
  private final KernelProvider provider;
  private final double tolerance;
  private final Layout layout;
  private final long[] shapeX;
  private final PoolGeometry geometry;
  private final NaivePooling naive;

  PoolingContract(KernelProvider provider, double tolerance, GeometryEdges.Pooling pooling) {
    this.provider = provider;
    this.tolerance = tolerance;
    this.layout = pooling.layout();
    this.shapeX = pooling.shapeX();
    this.geometry = pooling.geometry();
    this.naive = new NaivePooling(shapeX, geometry);
  }

  void checkMax() {
    INDArray distinct = Samples.distinct(1, shapeX);
    // All below zero: padding that took part would win.
    checkMax("all below zero", distinct.sub(1000));
    checkMax("three values", distinct.fmod(0.75));
    checkMax("all equal", distinct.dup().assign(-1));
  }

  private void checkMax(String what, INDArray values) {
    INDArray x = Samples.in(layout, values);
    INDArray before = x.dup();
    INDArray y = provider.maxPool(x, geometry);
    assertThat(geometry.outputShape(shapeX)).as("output shape").isEqualTo(naive.shapeY());
    assertElements("max pool, " + what, y, naive.shapeY(), naive.max(x));
    INDArray g = Samples.normals(layout, 2, naive.shapeY());
    INDArray gradX = provider.maxPoolBackward(x, y, g, geometry);
    assertClose("gradient, " + what, gradX, shapeX, naive.maxBackward(x, g), tolerance);
    assertThat(x).as("x is left alone").isEqualTo(before);
  }

  /** What is not a number is the maximum of its windows; nothing is above infinity. */
  void checkWhatIsNotFinite() {
    INDArray x = Samples.in(layout, Samples.distinct(1, shapeX));
    for (float bad : new float[] {Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, Float.NaN}) {
      for (long i = 0; i < x.length(); i += 1 + x.length() / 3) {
        x.putScalar(Doubles.index(shapeX, i), bad);
      }
      INDArray y = provider.maxPool(x, geometry);
      assertElements("max pool with " + bad, y, naive.shapeY(), naive.max(x));
      INDArray g = Samples.normals(layout, 2, naive.shapeY());
      INDArray gradX = provider.maxPoolBackward(x, y, g, geometry);
      assertClose("gradient with " + bad, gradX, shapeX, naive.maxBackward(x, g), tolerance);
    }
    INDArray lowest = x.dup().assign(Float.NEGATIVE_INFINITY);
    INDArray y = provider.maxPool(lowest, geometry);
    assertElements("max pool of the lowest", y, naive.shapeY(), naive.max(lowest));
  }

  /** A maximum is one of the elements, to the bit. */
  private void assertElements(String what, INDArray actual, long[] shape, double[] expected) {
    assertThat(actual.shape()).as(what).isEqualTo(shape);
    assertThat(unsigned(Doubles.of(actual))).as(what).isEqualTo(unsigned(expected));
  }

  /** Zeros without a sign, since either is the larger one. */
  private static double[] unsigned(double[] values) {
    return Arrays.stream(values).map(value -> value + 0.0).toArray();
  }

  void checkAverage() {
    INDArray x = Samples.normals(layout, 1, shapeX);
    INDArray y = provider.avgPool(x, geometry);
    assertClose("average pool", y, naive.shapeY(), naive.average(x), tolerance);
    INDArray g = Samples.normals(layout, 2, naive.shapeY());
    INDArray gradX = provider.avgPoolBackward(g, shapeX, geometry);
    assertClose("gradient", gradX, shapeX, naive.averageBackward(g), tolerance);
  }
}
