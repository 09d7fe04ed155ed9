package io.bayes4j.quant;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.variational.VariationalAffine;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The weights of a layer that is affine in them, on the heap: for each unit the elements of its
 * kernel, their spreads if they have any, and its bias.
 *
 * <p>The kernel of a transposed convolution is turned into that of the convolution which it is of
 * an input with zeros in between: units first, every axis reversed.
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared; taken apart where it was made.
record FloatWeights(
    long[] shape,
    float[] mu,
    float @Nullable [] sigma,
    float @Nullable [] bias,
    float @Nullable [] biasSigma) {
  /** The weights of a layer; null if it is not affine. */
  static @Nullable FloatWeights of(Layer layer) {
    if (layer instanceof Affine affine) {
      Map<String, Parameter> all = affine.parameters();
      float[] kernel = finite("weight", Require.entry(all, "weight").value());
      float[] bias =
          all.containsKey("bias") ? finite("bias", Require.entry(all, "bias").value()) : null;
      return of(affine.op(), kernel, null, bias, null);
    }
    if (layer instanceof VariationalAffine affine) {
      GaussianPosterior kernel = Require.entry(affine.distributions(), "weight").posterior();
      VariationalParameter bias = affine.distributions().get("bias");
      return of(
          affine.op(),
          finite("weight.mu", kernel.mu().value()),
          finite("sigma of weight", kernel.sigma()),
          bias == null ? null : finite("bias.mu", bias.posterior().mu().value()),
          bias == null ? null : finite("sigma of bias", bias.posterior().sigma()));
    }
    return null;
  }

  /** Weights of a plain kernel and bias, which may be null. */
  static FloatWeights plain(Parameter kernel, @Nullable Parameter bias) {
    return new FloatWeights(
        kernel.shape(),
        finite("weight", kernel.value()),
        null,
        bias == null ? null : finite("bias", bias.value()),
        null);
  }

  /** Weights of a Bayesian kernel and bias, which may be null. */
  static FloatWeights bayesian(VariationalParameter kernel, @Nullable VariationalParameter bias) {
    return new FloatWeights(
        kernel.posterior().shape(),
        finite("weight.mu", kernel.posterior().mu().value()),
        finite("sigma of weight", kernel.posterior().sigma()),
        bias == null ? null : finite("bias.mu", bias.posterior().mu().value()),
        bias == null ? null : finite("sigma of bias", bias.posterior().sigma()));
  }

  static float[] finite(String name, INDArray array) {
    float[] numbers = FloatMemory.numbers(array, name);
    for (int i = 0; i < numbers.length; i++) {
      Require.argument(
          Float.isFinite(numbers[i]),
          "%s must be finite, got %s at element %d",
          name,
          numbers[i],
          i);
    }
    return numbers;
  }

  private static FloatWeights of(
      AffineOp op,
      float[] mu,
      float @Nullable [] sigma,
      float @Nullable [] bias,
      float @Nullable [] biasSigma) {
    if (op instanceof AffineOp.ConvTranspose transposed) {
      ReversedKernel order = new ReversedKernel(transposed.spec());
      return new FloatWeights(
          order.shape(),
          order.reorder(mu),
          sigma == null ? null : order.reorder(sigma),
          bias,
          biasSigma);
    }
    return new FloatWeights(op.kernelShape(), mu, sigma, bias, biasSigma);
  }

  /** Shape of the kernel of an operation, as the kernels here have it. */
  static long[] shape(AffineOp op) {
    return op instanceof AffineOp.ConvTranspose transposed
        ? new ReversedKernel(transposed.spec()).shape()
        : op.kernelShape();
  }

  boolean bayesian() {
    return sigma != null;
  }

  int units() {
    return Math.toIntExact(shape[0]);
  }

  int perUnit() {
    return mu.length / units();
  }

  /** The weights of the layer and what multiplies and shifts each unit afterwards, in one. */
  FloatWeights then(float[] factors, float[] shifts) {
    float[] newMu = mu.clone();
    float[] newSigma = sigma == null ? null : sigma.clone();
    for (int i = 0; i < newMu.length; i++) {
      float factor = factors[i / perUnit()];
      newMu[i] *= factor;
      if (newSigma != null) {
        newSigma[i] *= Math.abs(factor);
      }
    }
    float[] newBias = shifts.clone();
    float[] newBiasSigma = biasSigma == null ? null : biasSigma.clone();
    for (int unit = 0; unit < newBias.length; unit++) {
      newBias[unit] += bias == null ? 0 : bias[unit] * factors[unit];
      if (newBiasSigma != null) {
        newBiasSigma[unit] *= Math.abs(factors[unit]);
      }
    }
    return new FloatWeights(shape, newMu, newSigma, newBias, newBiasSigma);
  }

  /** The same with another bias. */
  FloatWeights withBias(float[] other) {
    return new FloatWeights(shape, mu, sigma, other, biasSigma);
  }
}
