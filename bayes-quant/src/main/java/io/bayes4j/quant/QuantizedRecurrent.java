package io.bayes4j.quant;

import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.IntegerEpilogue;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.ops.IntegerProducts;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentOutput;
import io.bayes4j.layers.RecurrentState;
import io.bayes4j.layers.SequenceLengths;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An LSTM or GRU whose two products of a step multiply 8-bit integers; its gates are floats.
 *
 * <p>The input of the first layer is rounded as calibration found, hidden states, which lie between
 * -1 and 1, in steps of 1 / 127. The weights are drawn once for each pass, for all steps.
 *
 * <p>For prediction alone: there is no gradient and nothing to train.
 */
public final class QuantizedRecurrent implements QuantizedLayer, Recurrent {
  private final RecurrentOp op;
  private final Map<String, QuantizedWeights> weights;
  private final Map<String, INDArray> buffers;
  private final Origin origin;

  /**
   * A layer of given numbers.
   *
   * @param weights by {@link #prefix}
   * @param input see {@link InputScale#array}
   */
  QuantizedRecurrent(
      RecurrentOp op, Map<String, QuantizedWeights> weights, INDArray input, Origin origin) {
    this.op = op;
    this.weights = weights;
    this.origin = origin;
    Map<String, INDArray> all = new LinkedHashMap<>();
    weights.values().forEach(part -> all.putAll(part.arrays()));
    all.put(InputScale.NAME, input);
    this.buffers = origin.after(all);
  }

  /** What the names of a part's arrays begin with, such as "ih_l0.". */
  static String prefix(RecurrentOp.Part part) {
    return part.weight().substring("weight_".length()) + ".";
  }

  @Override
  public RecurrentOp op() {
    return op;
  }

  @Override
  public String from() {
    return origin.kind();
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnsupportedOperationException in a pass of training, or of dropout between layers
   */
  @Override
  public RecurrentOutput run(
      Var x, RecurrentState initial, @Nullable SequenceLengths lengths, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(initial, "initial");
    Require.nonNull(pass, "pass");
    QuantizedLayers.requirePrediction(this, pass);
    if (pass.mode().dropout() && op.spec().dropout() > 0) {
      throw new UnsupportedOperationException(this + " has no dropout between its layers");
    }
    Map<String, QuantizedWeights.Drawn> drawn =
        drawsWeights() && pass.mode().drawsWeights() ? pass.draw(this, this::sample) : means();
    InputScale scale = InputScale.of(Snapshot.read(Require.entry(buffers, InputScale.NAME)));
    return op.predict(x, initial, lengths, pass, new Products(drawn, scale));
  }

  private Map<String, QuantizedWeights.Drawn> means() {
    Map<String, QuantizedWeights.Drawn> all = new LinkedHashMap<>();
    weights.forEach((name, part) -> all.put(name, part.mean()));
    return all;
  }

  private Map<String, QuantizedWeights.Drawn> sample(Noise noise) {
    Map<String, QuantizedWeights.Drawn> all = new LinkedHashMap<>();
    weights.forEach((name, part) -> all.put(name, part.sample(noise.split(name))));
    return all;
  }

  /** The products of some weights. */
  private record Products(Map<String, QuantizedWeights.Drawn> drawn, InputScale scale)
      implements RecurrentOp.Products {
    private QuantizedWeights.Drawn of(RecurrentOp.Part part) {
      return Require.entry(drawn, prefix(part));
    }

    @Override
    public Var ofInput(RecurrentOp.Part part, Var x) {
      IntegerRows product =
          new IntegerRows(of(part), part.layer() == 0 ? scale : InputScale.HIDDEN);
      long width = part.op().units();
      Var rows = Ops.reshape(x, -1, part.op().inputs());
      Var y = IntegerProducts.of(rows, new long[] {rows.size(0), width}, product);
      return Ops.reshape(y, x.size(0), x.size(1), width);
    }

    @Override
    public RowProducts ofHidden(RecurrentOp.Part part, int rows) {
      QuantizedWeights.Drawn own = of(part);
      IntegerEpilogue epilogue =
          own.then(InputScale.HIDDEN.calibrated().orElseThrow(), IntegerFinish.NONE);
      return Kernels.integers().rowProducts(own.kernel(), epilogue, rows);
    }
  }

  @Override
  public Map<String, INDArray> buffers() {
    return buffers;
  }

  @Override
  public boolean drawsWeights() {
    return weights.values().stream().anyMatch(QuantizedWeights::bayesian);
  }

  @Override
  public String toString() {
    return "QuantizedRecurrent(" + op.cell() + " " + op.spec() + ", from " + origin.kind() + ")";
  }
}
