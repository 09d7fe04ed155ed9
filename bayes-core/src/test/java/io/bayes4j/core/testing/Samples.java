package io.bayes4j.core.testing;

import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Inputs for tests: fixed by a seed, in any shape and layout. */
public final class Samples {
  private Samples() {}

  /** A row-major array from its elements. */
  public static INDArray array(long[] shape, double... rowMajor) {
    float[] floats = new float[rowMajor.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) rowMajor[i];
    }
    return array(shape, floats);
  }

  private static INDArray array(long[] shape, float[] rowMajor) {
    if (shape.length == 0) {
      return Nd4j.scalar(rowMajor[0]);
    }
    return Nd4j.create(rowMajor, shape, 'c');
  }

  /** Standard normals, row-major; the shape may be empty. */
  public static INDArray normals(long seed, long... shape) {
    return array(shape, draw(seed, shape));
  }

  /** Standard normals in a layout. */
  public static INDArray normals(Layout layout, long seed, long... shape) {
    return in(layout, normals(seed, shape));
  }

  /** Numbers above 0.5, row-major. */
  public static INDArray positive(long seed, long... shape) {
    float[] x = draw(seed, shape);
    for (int i = 0; i < x.length; i++) {
      x[i] = 0.5f + Math.abs(x[i]);
    }
    return array(shape, x);
  }

  /** Numbers of either sign that are at least 0.2 away from zero, row-major. */
  public static INDArray awayFromZero(long seed, long... shape) {
    float[] x = draw(seed, shape);
    for (int i = 0; i < x.length; i++) {
      x[i] += Math.copySign(0.2f, x[i]);
    }
    return array(shape, x);
  }

  /** Different numbers in random order, 0.25 apart and centred on zero, row-major. */
  public static INDArray distinct(long seed, long... shape) {
    int n = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    int[] order = Noise.seeded(seed).permutation(n);
    float[] x = new float[n];
    for (int i = 0; i < n; i++) {
      x[i] = 0.25f * (order[i] - n / 2);
    }
    return array(shape, x);
  }

  /** A copy in a layout. */
  public static INDArray in(Layout layout, INDArray array) {
    INDArray dense = array.dup('c');
    if (layout == Layout.ROW_MAJOR || array.rank() <= 2) {
      return dense;
    }
    int last = array.rank() - 1;
    int[] toLast = new int[array.rank()];
    int[] back = new int[array.rank()];
    for (int axis = 1; axis < last; axis++) {
      toLast[axis] = axis + 1;
      back[axis + 1] = axis;
    }
    toLast[last] = 1;
    back[1] = last;
    return dense.permute(toLast).dup('c').permute(back);
  }

  /** A view of a larger array with these elements: neither dense nor at the buffer's start. */
  public static INDArray strided(INDArray array) {
    long[] shape = array.shape();
    long[] larger = shape.clone();
    larger[larger.length - 1] += 2;
    INDArray host = Nd4j.valueArrayOf(larger, Float.NaN, DataType.FLOAT);
    INDArrayIndex[] inside = new INDArrayIndex[shape.length];
    Arrays.fill(inside, NDArrayIndex.all());
    inside[shape.length - 1] = NDArrayIndex.interval(1, shape[shape.length - 1] + 1);
    INDArray view = host.get(inside);
    view.assign(array);
    return view;
  }

  private static float[] draw(long seed, long... shape) {
    int n = Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b));
    float[] x = new float[n];
    Noise.seeded(seed).normals(x, 0, n, 0);
    return x;
  }
}
