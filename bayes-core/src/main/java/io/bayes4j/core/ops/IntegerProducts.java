package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Products of 8-bit numbers as operations on floats, for prediction alone: what follows, such as a
 * sum or a ReLU, is done with them where it can be, and what only such products read stays in 8
 * bits.
 */
public final class IntegerProducts {
  private IntegerProducts() {}

  /** Computes a product of x and what follows it. */
  public interface Product {
    /**
     * How x is rounded; empty if that depends on x. Only where it is known, x and what is added may
     * be 8-bit numbers, and so may the result.
     */
    Optional<Quantum> source();

    /**
     * The result.
     *
     * @param x floats, or 8-bit numbers of the source
     */
    INDArray run(INDArray x, IntegerFinish finish);
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
      return Plan.record(null, List.of(x), () -> new PendingIntegers(x, product, shape));
    }
    return Var.result(
        product.run(x.value(), IntegerFinish.NONE),
        List.of(x),
        (gradient, sink) -> {
          throw new UnsupportedOperationException(
              "products of 8-bit numbers have no gradient: train the float model, then quantize");
        });
  }

  /** A product whose result is scaled and shifted by channel before what follows. */
  static Product scaled(Product product, INDArray scale, @Nullable INDArray shift) {
    return new Scaled(product, scale, shift == null ? Detached.zeros(scale.shape()) : shift);
  }

  private record Scaled(Product product, INDArray scale, INDArray shift) implements Product {
    @Override
    public Optional<Quantum> source() {
      return product.source();
    }

    @Override
    public INDArray run(INDArray x, IntegerFinish finish) {
      INDArray y = product.run(x, IntegerFinish.NONE);
      Var sum = Var.constant(Kernels.channelAffine(y, scale, shift));
      INDArray addend = finish.addend();
      if (addend != null) {
        Quantum quantum = finish.addendQuantum();
        INDArray floats = quantum == null ? addend : Kernels.integers().dequantize(addend, quantum);
        sum = Ops.add(sum, Var.constant(floats));
      }
      INDArray result = (finish.relu() ? Activations.relu(sum) : sum).value();
      return finish.target() == null
          ? result
          : Kernels.integers().quantize(result, finish.target());
    }
  }
}
