package io.bayes4j.onednn;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.memory.Arena;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Matrix products whose plan is found, and whose memory is bound, once for all blocks of rows. */
final class BoundProducts implements RowProducts {
  private final Runner runner;
  private final INDArray matrix;
  private final INDArray operand;
  private final INDArray product;
  private final FloatMemory operandMemory;
  private final FloatMemory productMemory;
  private final Plan plan;
  private final Plan.Session session;

  BoundProducts(Runner runner, INDArray matrix, boolean transposed, int rows) {
    this.runner = runner;
    this.matrix = Operand.describable(matrix);
    long padded = runner.paddedRows(rows);
    this.operand = Arena.allocate(padded, matrix.size(transposed ? 1 : 0));
    this.product = Arena.allocate(padded, matrix.size(transposed ? 0 : 1));
    this.operandMemory = FloatMemory.of(operand, "operand");
    if (padded > rows) {
      operandMemory.write(0, new float[Math.toIntExact(operand.length())], (int) operand.length());
    }
    this.productMemory = FloatMemory.of(product, "product");
    INDArray[] arguments = {operand, this.matrix, product};
    this.plan =
        runner.holdForOneThread(
            Operation.MATMUL,
            new MatmulPlans.Transposed(false, transposed),
            Arrays.stream(arguments).map(Operand::of).toList());
    this.session = plan.open();
    for (int i = 0; i < arguments.length; i++) {
      session.bind(i, Plan.address(arguments[i]));
    }
  }

  @Override
  public void multiply(float[] rows, float[] products) {
    try {
      operandMemory.write(0, rows, rows.length);
      runner.runAlone(session);
      productMemory.read(0, products, products.length);
    } finally {
      Reference.reachabilityFence(matrix);
    }
  }

  @Override
  public void close() {
    session.close();
    plan.release();
    Arena.release(operand);
    Arena.release(product);
  }
}
