package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Elementwise;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Draws from Gaussians whose moments are computed, as a function of standard normals. */
public final class GaussianDraws {
  private GaussianDraws() {}

  /**
   * mean + sqrt(variance) * normals, element by element.
   *
   * <p>A variance of zero gives the mean, and takes a gradient of zero. The variance of an affine
   * function of Gaussian weights is a sum of squares times squares, so that zero is also what the
   * chain rule would give from there on.
   *
   * @param variance at least zero; what rounding may have left below is taken for zero
   * @param normals in the shape of mean; takes no gradient
   * @throws IllegalArgumentException if the shapes differ
   */
  public static Var of(Var mean, Var variance, INDArray normals) {
    Require.open(mean, "mean");
    Require.open(variance, "variance");
    Require.open(normals, "normals");
    require("variance", DataType.FLOAT, variance.shape(), mean);
    require("normals", normals.dataType(), normals.shape(), mean);
    return Plan.operation(
        "draw",
        mean.shape(),
        List.of(mean, variance, Var.constant(normals)),
        () -> drawn(mean, variance, normals));
  }

  private static Var drawn(Var mean, Var variance, INDArray normals) {
    INDArray y =
        Elementwise.map(
            mean.value(),
            variance.value(),
            normals,
            (m, v, eps, out, n) -> {
              for (int i = 0; i < n; i++) {
                out[i] = m[i] + (float) Math.sqrt(Math.max(v[i], 0f)) * eps[i];
              }
            });
    return Var.result(
        y,
        List.of(mean, variance),
        (g, sink) -> {
          sink.add(
              variance,
              () -> Elementwise.map(g, variance.value(), normals, GaussianDraws::varianceGradient));
          sink.pass(mean, g);
        });
  }

  private static void varianceGradient(float[] g, float[] v, float[] eps, float[] out, int n) {
    for (int i = 0; i < n; i++) {
      out[i] = v[i] > 0 ? 0.5f * g[i] * eps[i] / (float) Math.sqrt(v[i]) : 0f;
    }
  }

  private static void require(String name, DataType type, long[] shape, Var mean) {
    Require.argument(
        Arrays.equals(shape, mean.shape()) && type == DataType.FLOAT,
        "%s must be FLOAT of the shape %s of mean, got %s of shape %s",
        name,
        Require.text(mean.shape()),
        type,
        Require.text(shape));
  }
}
