package io.bayes4j.core.ops;

import io.bayes4j.core.graph.Pending;
import io.bayes4j.core.graph.Value;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.graph.Wish;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.memory.Arena;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A product of 8-bit numbers in a prediction, and what follows it: relu(product(x) + addend), each
 * part optional, in floats or rounded to 8-bit numbers.
 */
final class PendingIntegers extends Pending {
  private final Var x;
  private final IntegerProducts.Product product;
  private final @Nullable Var addend;
  private final boolean relu;

  /** Null for a result in floats. */
  private final @Nullable Quantum target;

  private PendingIntegers(
      Var x,
      IntegerProducts.Product product,
      @Nullable Var addend,
      boolean relu,
      @Nullable Quantum target,
      long[] shape,
      KernelProvider provider) {
    super(shape, provider);
    this.x = x;
    this.product = product;
    this.addend = addend;
    this.relu = relu;
    this.target = target;
  }

  PendingIntegers(Var x, IntegerProducts.Product product, long... shape) {
    this(x, product, null, false, null, shape, Kernels.provider());
  }

  private PendingIntegers with(
      IntegerProducts.Product other,
      @Nullable Var sum,
      boolean positive,
      @Nullable Quantum rounding) {
    return new PendingIntegers(x, other, sum, positive, rounding, shape(), provider());
  }

  @Override
  protected List<Var> reads() {
    return addend == null ? List.of(x) : List.of(x, addend);
  }

  @Override
  protected INDArray compute() {
    if (addend == null) {
      return run(IntegerFinish.NONE);
    }
    Value term = Value.of(addend);
    return run(adding(term.bytes().orElseGet(addend::value), term.quantum(), false));
  }

  private IntegerFinish adding(INDArray added, Optional<Quantum> quantum, boolean inPlace) {
    return new IntegerFinish(added, quantum.orElse(null), false, inPlace, null);
  }

  private INDArray run(IntegerFinish sum) {
    IntegerFinish finish =
        new IntegerFinish(sum.addend(), sum.addendQuantum(), relu, sum.inPlace(), target);
    Value in = Value.of(x);
    boolean rounded = in.quantum().isPresent() && in.quantum().equals(product.source());
    return product.run(rounded ? in.bytes().orElseThrow() : x.value(), finish);
  }

  @Override
  protected boolean ownsResult() {
    return true;
  }

  @Override
  protected Optional<Var> overwritable() {
    return Optional.ofNullable(addend);
  }

  @Override
  protected INDArray overwrite() {
    Value term = Value.of(Objects.requireNonNull(addend));
    return Kernels.with(
        provider(),
        () -> {
          Optional<Quantum> quantum = term.quantum();
          INDArray added = term.bytes().orElseGet(addend::value);
          term.handOver(added);
          INDArray y = run(adding(added, quantum, true));
          if (y != added) {
            Arena.release(added);
          }
          return y;
        });
  }

  @Override
  public Optional<Pending> withRelu(Predicate<Var> alone) {
    return relu ? Optional.empty() : Optional.of(with(product, addend, true, target));
  }

  @Override
  public Optional<Pending> withSum(Var other, Predicate<Var> alone) {
    return relu || addend != null
        ? Optional.empty()
        : Optional.of(with(product, other, false, target));
  }

  @Override
  public Optional<Pending> withAffine(
      INDArray scale, @Nullable INDArray shift, Predicate<Var> alone) {
    return relu || addend != null
        ? Optional.empty()
        : Optional.of(with(IntegerProducts.scaled(product, scale, shift), null, false, target));
  }

  /** The input is rounded anyway, and any 8-bit numbers can be added; not so without a scale. */
  @Override
  protected Wish wish(Var read, Wish own) {
    if (product.source().isEmpty()) {
      return Wish.FLOATS;
    }
    return read == x ? Wish.rounded(product.source().get()) : Wish.ANY;
  }

  @Override
  protected Pending roundedTo(Quantum quantum) {
    return product.source().isEmpty() ? this : with(product, addend, relu, quantum);
  }

  @Override
  protected Optional<Quantum> quantum() {
    return Optional.ofNullable(target);
  }
}
