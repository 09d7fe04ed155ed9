package io.bayes4j.quant;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.ByteMemory;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Pass;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An embedding whose table is kept in 8-bit numbers, a step for each row: what it returns are
 * floats, since nothing is multiplied. A Bayesian table is drawn once for each pass and rounded.
 *
 * <p>For prediction alone: there is no gradient and nothing to train.
 */
public final class QuantizedEmbedding implements QuantizedLayer {
  private final EmbeddingOp op;
  private final QuantizedWeights table;
  private final Origin origin;
  private final Map<String, INDArray> buffers;

  QuantizedEmbedding(EmbeddingOp op, QuantizedWeights table, Origin origin) {
    this.op = op;
    this.table = table;
    this.origin = origin;
    this.buffers = origin.after(table.arrays());
  }

  /** The operation. */
  public EmbeddingOp op() {
    return op;
  }

  @Override
  public String from() {
    return origin.kind();
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if a number of x is not whole or out of range
   * @throws UnsupportedOperationException in a pass of training
   */
  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    QuantizedLayers.requirePrediction(this, pass);
    boolean draws = table.bayesian() && pass.mode().drawsWeights();
    Var rows =
        draws
            ? pass.draw(this, noise -> Var.constant(floats(table.sample(noise))))
            : pass.once(this, () -> Var.constant(floats(table.mean())));
    return op.apply(x, rows);
  }

  private INDArray floats(QuantizedWeights.Drawn drawn) {
    byte[] whole = ByteMemory.bytes(drawn.kernel(), "table");
    float[] values = new float[whole.length];
    int units = Math.toIntExact(op.units());
    for (int i = 0; i < values.length; i++) {
      values[i] = whole[i] * drawn.scales().get(i / units);
    }
    INDArray rows = Arena.allocate(op.tableShape());
    FloatMemory.of(rows, "rows").write(0, values, values.length);
    return rows;
  }

  @Override
  public Map<String, INDArray> buffers() {
    return buffers;
  }

  @Override
  public boolean drawsWeights() {
    return table.bayesian();
  }

  @Override
  public String toString() {
    return "QuantizedEmbedding(" + op + ", from " + origin.kind() + ")";
  }
}
