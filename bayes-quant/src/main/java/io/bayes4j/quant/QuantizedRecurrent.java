package io.bayes4j.quant;

import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.random.Noise;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentOutput;
import io.bayes4j.layers.RecurrentState;
import io.bayes4j.layers.SequenceLengths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    Require.argument(
        x.rank() == 3 && x.size(2) == op.spec().inputs(),
        "x must be [N, T, %d], got shape %s",
        op.spec().inputs(),
        Arrays.toString(x.shape()));
    requireState("hidden", initial.hidden(), x.size(0));
    if (op.cell().hasCell()) {
      Require.argument(initial.cell() != null, "initial cell state must be given");
      requireState("cell", Objects.requireNonNull(initial.cell()), x.size(0));
    }
    Map<String, QuantizedWeights.Drawn> drawn =
        drawsWeights() && pass.mode().drawsWeights() ? pass.draw(this, this::sample) : means();
    return layers(x, initial, lengths == null ? null : lengths.toArray(), drawn);
  }

  private void requireState(String name, Var state, long examples) {
    long[] expected = {
      (long) op.spec().layers() * op.spec().directions(), examples, op.spec().hidden()
    };
    Require.argument(
        Arrays.equals(state.shape(), expected),
        "initial %s state must have shape %s [layers * directions, N, hidden], got %s",
        name,
        Arrays.toString(expected),
        Arrays.toString(state.shape()));
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

  private RecurrentOutput layers(
      Var x,
      RecurrentState initial,
      int @Nullable [] lengths,
      Map<String, QuantizedWeights.Drawn> drawn) {
    InputScale scale = InputScale.of(Snapshot.read(Require.entry(buffers, InputScale.NAME)));
    List<RecurrentOp.Part> parts = op.parts();
    int directions = op.spec().directions();
    List<IntegerScan> all = new ArrayList<>();
    Var y = x;
    for (int layer = 0; layer < op.spec().layers(); layer++) {
      Var[] outputs = new Var[directions];
      for (int direction = 0; direction < directions; direction++) {
        int index = all.size();
        IntegerScan scan =
            new IntegerScan(
                op,
                Require.entry(drawn, prefix(parts.get(2 * index))),
                Require.entry(drawn, prefix(parts.get(2 * index + 1))),
                layer == 0 ? scale : InputScale.HIDDEN);
        scan.run(y.value(), initial, index, direction == 1, lengths);
        outputs[direction] = Var.constant(scan.output());
        all.add(scan);
      }
      y = directions == 1 ? outputs[0] : Ops.concat(2, outputs);
    }
    Var cells =
        op.cell().hasCell() ? Var.constant(IntegerScan.stack(all, IntegerScan::cell)) : null;
    return new RecurrentOutput(
        y, new RecurrentState(Var.constant(IntegerScan.stack(all, IntegerScan::hidden)), cells));
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
