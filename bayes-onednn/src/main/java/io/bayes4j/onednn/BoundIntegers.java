package io.bayes4j.onednn;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.memory.Arena;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Products of 8-bit numbers whose weights are put in order, whose plan is found and whose memory is
 * bound once for all blocks of rows.
 */
final class BoundIntegers implements RowProducts {
  private final INDArray[] arguments;
  private final FloatMemory operand;
  private final FloatMemory product;
  private final Runner runner;
  private final Plan plan;
  private final Plan.Prepared prepared;
  private final Plan.Session session;

  /**
   * Binds a product.
   *
   * @param all the operand, weights and what else there is, and the product
   */
  BoundIntegers(Runner runner, IntegerPlans.Options options, List<INDArray> all) {
    this.runner = runner;
    this.arguments = all.toArray(INDArray[]::new);
    this.operand = FloatMemory.of(all.get(0), "operand");
    this.product = FloatMemory.of(all.get(all.size() - 1), "product");
    this.plan =
        runner.holdPreparing(
            Operation.INTEGER_MATMUL, options, Arrays.stream(arguments).map(Operand::of).toList());
    this.prepared = plan.prepare(arguments);
    this.session = prepared.open();
    for (int i = 0; i < arguments.length; i++) {
      session.bind(i, Plan.address(arguments[i]));
    }
  }

  @Override
  public void multiply(float[] rows, float[] products) {
    try {
      operand.write(0, rows, rows.length);
      runner.runAlone(session);
      product.read(0, products, products.length);
    } finally {
      Reference.reachabilityFence(arguments);
    }
  }

  @Override
  public void close() {
    session.close();
    prepared.close();
    plan.release();
    Arena.release(arguments[0]);
    Arena.release(arguments[arguments.length - 1]);
  }
}
