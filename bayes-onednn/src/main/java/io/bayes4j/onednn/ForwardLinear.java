package io.bayes4j.onednn;

import io.bayes4j.core.kernels.PreparedLinear;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.onednn.MatmulPlans.Transposed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A dense layer by certain weights.
 *
 * @param runner which rounds the weights for each call if need be, or keeps what it has rounded
 * @param bias null for none
 */
record ForwardLinear(Runner runner, INDArray weight, @Nullable INDArray bias)
    implements PreparedLinear {
  @Override
  public INDArray linear(INDArray x) {
    INDArray y = Arena.allocate(x.size(0), weight.size(0));
    List<INDArray> arguments = new ArrayList<>();
    arguments.add(Layout.ROW_MAJOR.ensure(x));
    arguments.add(Operand.describable(weight));
    if (bias != null) {
      arguments.add(Layout.ROW_MAJOR.ensure(bias));
    }
    arguments.add(y);
    runner.run(Operation.MATMUL, new Transposed(false, true), arguments.toArray(INDArray[]::new));
    return y;
  }
}
