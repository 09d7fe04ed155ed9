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
 * <p>For prediction alone: there is no gradient and nothing to train. Immutable.
 */
public final class Int8Linear implements Layer {
  private final AffineOp.Dense op;
  private final Source source;
  private final String from;

  /** Where the weights of a pass come from. */
  private interface Source {
    Drawn mean();

    Drawn sample(Noise noise);
  }

  /** The weights of a pass. */
  private record Drawn(
      QuantizedTensor kernel, @SuppressWarnings("ArrayRecordComponent") float[] bias) {}

  private Int8Linear(AffineOp.Dense op, Source source, String from) {
    this.op = op;
    this.source = source;
    this.from = from;
  }

  /**
   * Quantizes a plain dense layer, whose weights are copied.
   *
   * @throws IllegalArgumentException if the layer is not dense, has more than 133,144 inputs (their
   *     sum might not fit in 32 bits), or holds a number that is not finite
   */
  public static Int8Linear of(Affine layer) {
    AffineOp.Dense op = requireDense(layer.op());
    INDArray bias = op.hasBias() ? layer.parameters().get("bias").value() : null;
    Drawn fixed =
        new Drawn(
            QuantizedTensor.of(layer.parameters().get("weight").value()),
            bias == null ? new float[(int) op.units()] : floats(bias));
    return new Int8Linear(op, new Fixed(fixed), layer.getClass().getSimpleName());
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
    AffineOp.Dense op = requireDense(layer.op());
    VariationalParameter kernel = layer.distributions().get("weight");
    VariationalParameter bias = layer.distributions().get("bias");
    Source source =
        new Gaussian(
            QuantizedPosterior.of(kernel.posterior(), coveredSigmas),
            bias == null ? new float[(int) op.units()] : floats(bias.posterior().mu().value()),
            bias == null ? new float[(int) op.units()] : floats(bias.posterior().sigma()));
    return new Int8Linear(op, source, layer.getClass().getSimpleName());
  }

  private static AffineOp.Dense requireDense(AffineOp op) {
    Require.argument(op instanceof AffineOp.Dense, "layer must be dense, got %s", op);
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

  /** Weights that are the same in all passes. */
  private record Fixed(Drawn weights) implements Source {
    @Override
    public Drawn mean() {
      return weights;
    }

    @Override
    public Drawn sample(Noise noise) {
      return weights;
    }
  }

  /** Weights that have a posterior; the bias is not rounded. */
  private record Gaussian(
      QuantizedPosterior kernel,
      @SuppressWarnings("ArrayRecordComponent") float[] bias,
      @SuppressWarnings("ArrayRecordComponent") float[] biasSigma)
      implements Source {
    @Override
    public Drawn mean() {
      return new Drawn(kernel.mean(), bias);
    }

    @Override
    public Drawn sample(Noise noise) {
      float[] drawn = new float[bias.length];
      noise.split("bias").normals(drawn, 0, drawn.length, 0);
      for (int i = 0; i < drawn.length; i++) {
        drawn[i] = bias[i] + biasSigma[i] * drawn[i];
      }
      return new Drawn(kernel.sample(noise.split("weight")), drawn);
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the last axis of x is not as long as the layer has inputs,
   *     or x is not finite
   */
  @Override
  public Var forward(Var x, Pass pass) {
    Require.argument(
        x.rank() >= 2 && x.size(x.rank() - 1) == op.inputs(),
        "x must be [N, ..., %d], got shape %s",
        op.inputs(),
        Arrays.toString(x.shape()));
    boolean draws = pass.mode().drawsWeights();
    Drawn weights = pass.draw(this, noise -> draws ? source.sample(noise) : source.mean());
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

  /**
   * Refuses: a file without the weights would look like a saved model.
   *
   * @throws UnsupportedOperationException always, which says what to save instead
   */
  @Override
  public Map<String, INDArray> buffers() {
    throw new UnsupportedOperationException(
        this + " cannot be saved: save the float model, and quantize it after loading");
  }

  @Override
  public String toString() {
    return "Int8Linear(" + op + ", from " + from + ")";
  }
}
