package io.bayes4j.quant;

import io.bayes4j.core.autograd.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.variational.VariationalAffine;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense layer that multiplies 8-bit integers: x [N, ..., inputs] to [N, ..., units], both float.
 *
 * <p>Each row of x is rounded with a scale of its own, products are added up in 32-bit integers,
 * and the bias is added in float. Weights that have a posterior are drawn once for each pass and
 * then rounded (see {@link QuantizedPosterior}), so that predictions keep their Monte-Carlo spread;
 * as each draw is made once for all examples, a layer that used flipout has the same distribution
 * for an example but no longer a draw of its own for each.
 *
 * <p>For prediction alone: there is no gradient and nothing to train. Its numbers are {@link
 * #buffers}, so that it is saved and loaded as other layers are: into a layer that was quantized
 * from one of the same shape.
 */
public final class Int8Linear implements Layer {
  private final AffineOp.Dense op;
  private final Map<String, INDArray> arrays;
  private final boolean bayesian;
  private final String from;

  /** The weights of a pass. */
  private record Drawn(
      QuantizedTensor kernel, @SuppressWarnings("ArrayRecordComponent") float[] bias) {}

  private Int8Linear(
      AffineOp.Dense op, Map<String, INDArray> arrays, boolean bayesian, String from) {
    this.op = op;
    this.arrays = Collections.unmodifiableMap(arrays);
    this.bayesian = bayesian;
    this.from = from;
  }

  /**
   * Quantizes a plain dense layer, whose weights are copied.
   *
   * @throws IllegalArgumentException if the layer is not dense, has more than 133,144 inputs (their
   *     sum might not fit in 32 bits), or holds a number that is not finite
   */
  public static Int8Linear of(Affine layer) {
    Require.nonNull(layer, "layer");
    AffineOp.Dense op = requireDense(layer.op());
    QuantizedTensor kernel = QuantizedTensor.of(layer.parameters().get("weight").value());
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    arrays.put("weight.int8", HeapArrays.of(kernel.sharedValues(), kernel.shape()));
    arrays.put("weight.scale", HeapArrays.of(kernel.sharedScales(), op.units()));
    if (op.hasBias()) {
      arrays.put("bias", HeapArrays.of(floats(layer.parameters().get("bias").value()), op.units()));
    }
    return new Int8Linear(op, arrays, false, layer.getClass().getSimpleName());
  }

  /**
   * Quantizes a Bayesian dense layer, whose posterior is copied.
   *
   * @param coveredSigmas how far from the mean a draw can be, in standard deviations, in [3, 16]; 4
   *     is usual
   * @throws IllegalArgumentException if the layer is not dense, has more than 133,144 inputs (their
   *     sum might not fit in 32 bits), holds a number that is not finite, or coveredSigmas is out
   *     of range
   */
  public static Int8Linear of(VariationalAffine layer, double coveredSigmas) {
    Require.nonNull(layer, "layer");
    AffineOp.Dense op = requireDense(layer.op());
    VariationalParameter kernel = layer.distributions().get("weight");
    VariationalParameter bias = layer.distributions().get("bias");
    Map<String, INDArray> arrays = new LinkedHashMap<>();
    QuantizedPosterior.of(kernel.posterior(), coveredSigmas).putInto(arrays);
    if (bias != null) {
      arrays.put("bias.mean", HeapArrays.of(floats(bias.posterior().mu().value()), op.units()));
      arrays.put("bias.sigma", HeapArrays.of(floats(bias.posterior().sigma()), op.units()));
    }
    return new Int8Linear(op, arrays, true, layer.getClass().getSimpleName());
  }

  private static AffineOp.Dense requireDense(AffineOp op) {
    Require.argument(
        op instanceof AffineOp.Dense,
        "layer must be dense, got %s(%s)",
        op.getClass().getSimpleName(),
        op);
    Require.argument(
        op.inputs() <= Int8Product.MOST_TERMS,
        "inputs must be at most %d, got %d",
        Int8Product.MOST_TERMS,
        op.inputs());
    return (AffineOp.Dense) op;
  }

  private static float[] floats(INDArray bias) {
    return QuantizedTensor.Elements.of("bias", bias).values();
  }

  private Drawn mean() {
    if (bayesian) {
      return new Drawn(QuantizedPosterior.from(arrays).mean(), bias("bias.mean"));
    }
    QuantizedTensor kernel =
        new QuantizedTensor(
            new long[] {op.units(), op.inputs()},
            HeapArrays.bytes(arrays.get("weight.int8")),
            HeapArrays.floats(arrays.get("weight.scale")));
    return new Drawn(kernel, bias("bias"));
  }

  /** Weights drawn from the posterior; the bias is not rounded. */
  private Drawn sample(Noise noise) {
    float[] drawn = bias("bias.mean");
    if (op.hasBias()) {
      float[] sigma = HeapArrays.floats(arrays.get("bias.sigma"));
      float[] eps = new float[drawn.length];
      noise.split("bias").normals(eps, 0, eps.length, 0);
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] += sigma[i] * eps[i];
      }
    }
    return new Drawn(QuantizedPosterior.from(arrays).sample(noise.split("weight")), drawn);
  }

  private float[] bias(String name) {
    return op.hasBias() ? HeapArrays.floats(arrays.get(name)) : new float[(int) op.units()];
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the last axis of x is not as long as the layer has inputs,
   *     or x is not finite
   */
  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    Require.argument(
        x.rank() >= 2 && x.size(x.rank() - 1) == op.inputs(),
        "x must be [N, ..., %d], got shape %s",
        op.inputs(),
        Arrays.toString(x.shape()));
    boolean draws = bayesian && pass.mode().drawsWeights();
    Drawn weights = draws ? pass.draw(this, this::sample) : pass.once(this, this::mean);
    long[] shape = x.shape();
    shape[shape.length - 1] = op.units();
    INDArray y = Arena.allocate(shape);
    Int8Product.run(
        FloatMemory.of(Layout.ROW_MAJOR.ensure(x.value()), "x"),
        weights.kernel(),
        weights.bias(),
        FloatMemory.of(y, "y"));
    return Var.result(
        y,
        List.of(x),
        (gradient, sink) -> {
          throw new UnsupportedOperationException(
              this + " has no gradient: train the float model, then quantize it");
        });
  }

  @Override
  public Map<String, INDArray> buffers() {
    return arrays;
  }

  @Override
  public boolean drawsWeights() {
    return bayesian;
  }

  @Override
  public String toString() {
    return "Int8Linear(" + op + ", from " + from + ")";
  }
}
