package io.bayes4j.quant;

import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.IntegerProducts;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Pass;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense or convolutional layer, transposed or not, that multiplies 8-bit integers: floats in,
 * floats out, as the layer that it was made from.
 *
 * <p>The input is rounded with the scale that calibration found, or, where nothing was calibrated,
 * each row or example with one of its own. Products are added up in 32-bit integers, exactly; what
 * a sum is worth, the float bias, and a sum or ReLU that follows are one pass over the result.
 * Weights that have a posterior are drawn once for each pass, in float, and then rounded, so that
 * predictions keep their Monte-Carlo spread. As float layers do in predictions, a layer that used
 * flipout or local reparameterization in training draws its weights once for all examples.
 *
 * <p>For prediction alone: there is no gradient and nothing to train. Its numbers are {@link
 * #buffers}.
 */
public final class QuantizedAffine implements QuantizedLayer {
  private final AffineOp op;
  private final QuantizedWeights weights;
  private final Map<String, INDArray> buffers;
  private final Origin origin;

  /**
   * A layer of given numbers.
   *
   * @param op the operation of the float layer
   * @param input see {@link InputScale#array}
   */
  QuantizedAffine(AffineOp op, QuantizedWeights weights, INDArray input, Origin origin) {
    this.op = op;
    this.weights = weights;
    this.origin = origin;
    Map<String, INDArray> all = new LinkedHashMap<>(weights.arrays());
    all.put(InputScale.NAME, input);
    this.buffers = origin.after(all);
  }

  @Override
  public String from() {
    return origin.kind();
  }

  /** The operation. */
  public AffineOp op() {
    return op;
  }

  private InputScale input() {
    return InputScale.of(Snapshot.read(Require.entry(buffers, InputScale.NAME)));
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the shape of x does not fit, or x is not finite
   * @throws UnsupportedOperationException in a pass of training
   */
  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    QuantizedLayers.requirePrediction(this, pass);
    QuantizedWeights.Drawn drawn =
        weights.bayesian() && pass.mode().drawsWeights()
            ? pass.draw(this, weights::sample)
            : weights.mean();
    return apply(x, drawn);
  }

  /** The operation with some weights. */
  Var apply(Var x, QuantizedWeights.Drawn drawn) {
    if (op instanceof AffineOp.Dense dense) {
      return dense(dense, x, drawn);
    }
    if (op instanceof AffineOp.Conv conv) {
      ConvSpec spec = conv.spec();
      spec.requireInput(x);
      Var padded = spec.pad(x);
      IntegerConv product = new IntegerConv(spec.geometry(), drawn, input());
      return IntegerProducts.of(padded, product.shape(padded.shape()), product);
    }
    ConvSpec spec = ((AffineOp.ConvTranspose) op).spec();
    spec.requireInput(x);
    TransposedConv product = new TransposedConv(new ReversedKernel(spec), drawn, input());
    return IntegerProducts.of(x, product.shape(x.shape()), product);
  }

  private Var dense(AffineOp.Dense dense, Var x, QuantizedWeights.Drawn drawn) {
    Require.argument(
        x.rank() >= 2 && x.size(x.rank() - 1) == dense.inputs(),
        "x must be [N, ..., %d], got shape %s",
        dense.inputs(),
        Require.text(x.shape()));
    IntegerRows product = new IntegerRows(drawn, input());
    if (x.rank() == 2) {
      return IntegerProducts.of(x, new long[] {x.size(0), dense.units()}, product);
    }
    long[] shape = x.shape();
    shape[shape.length - 1] = dense.units();
    Var rows = Ops.reshape(x, -1, dense.inputs());
    Var y = IntegerProducts.of(rows, new long[] {rows.size(0), dense.units()}, product);
    return Ops.reshape(y, shape);
  }

  @Override
  public Map<String, INDArray> buffers() {
    return buffers;
  }

  @Override
  public boolean drawsWeights() {
    return weights.bayesian();
  }

  @Override
  public String toString() {
    return "QuantizedAffine(" + op + ", from " + origin.kind() + ")";
  }
}
