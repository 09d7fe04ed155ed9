package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Pending;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.ops.conv.PendingConvolution;
import java.util.List;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Products of 8-bit numbers as operations on floats, for prediction alone: what follows, such as a
 * sum or a ReLU, is done with them where it can be.
 */
public final class IntegerProducts {
  private IntegerProducts() {}

  /** Computes a product of x and what follows it. */
  @FunctionalInterface
  public interface Product {
    /** The result, of floats. */
    INDArray run(INDArray x, Epilogue epilogue);
  }

  /**
   * The result of a product, which may wait for what follows.
   *
   * @param shape of the result
   * @param product checks nothing: x has been checked
   */
  public static Var of(Var x, long[] shape, Product product) {
    Require.open(x, "x");
    Require.nonNull(shape, "shape");
    Require.nonNull(product, "product");
    if (Plan.waits(List.of(x))) {
      Supplier<Pending> waiting = () -> PendingConvolution.of(x, new Waiting(product), shape);
      return Plan.record(null, List.of(x), waiting);
    }
    return Var.result(
        product.run(x.value(), Epilogue.NONE),
        List.of(x),
        (gradient, sink) -> {
          throw new UnsupportedOperationException(
              "products of 8-bit numbers have no gradient: train the float model, then quantize");
        });
  }

  private record Waiting(Product product) implements PendingConvolution.Foldable {
    @Override
    public PendingConvolution.Foldable then(INDArray scale, INDArray shift) {
      return new Waiting(
          (x, epilogue) -> {
            INDArray y = product.run(x, Epilogue.NONE);
            INDArray scaled =
                shift == null
                    ? Kernels.channelAffine(y, scale, zeros(scale))
                    : Kernels.channelAffine(y, scale, shift);
            return Waiting.finish(scaled, epilogue);
          });
    }

    private static INDArray zeros(INDArray like) {
      return Detached.zeros(like.shape());
    }

    private static INDArray finish(INDArray y, Epilogue epilogue) {
      Var sum = Var.constant(y);
      if (epilogue.addend() != null) {
        sum = Ops.add(sum, Var.constant(floats(epilogue.addend())));
      }
      return (epilogue.relu() ? Activations.relu(sum) : sum).value();
    }

    @Override
    public INDArray conv(INDArray x, Epilogue epilogue) {
      INDArray addend = epilogue.addend();
      boolean real = addend == null || addend.dataType() == DataType.FLOAT;
      Epilogue after = real ? epilogue : new Epilogue(floats(addend), epilogue.relu());
      return product.run(floats(x), after);
    }

    private static INDArray floats(INDArray array) {
      return array.dataType() == DataType.FLOAT ? array : Kernels.cast(array, DataType.FLOAT);
    }
  }
}
