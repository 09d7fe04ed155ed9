package io.bayes4j.core.graph;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Any operation that is run as it stands once its turn comes, unless another one takes it in. */
public final class Deferred extends Pending {
  private final List<Var> reads;
  private final Supplier<Var> operation;
  private final Joining joining;

  /** How an operation becomes one with another that computes one of its operands. */
  @FunctionalInterface
  public interface Joining {
    /** Of an operation that stays by itself. */
    Joining NONE = alone -> Optional.empty();

    /** See {@link Pending#simplified}. */
    Optional<Pending> join(Predicate<Var> alone);
  }

  /**
   * An operation that waits.
   *
   * @param shape of its result
   * @param operation computes at once when it is called
   */
  public Deferred(long[] shape, List<Var> reads, Supplier<Var> operation, Joining joining) {
    super(shape);
    this.reads = reads;
    this.operation = operation;
    this.joining = joining;
  }

  @Override
  protected List<Var> reads() {
    return reads;
  }

  @Override
  protected Pending simplified(Predicate<Var> alone) {
    return joining.join(alone).orElse(this);
  }

  @Override
  protected INDArray compute() {
    return Value.of(operation.get()).real();
  }

  /** Whoever computes it looks whether it shows the memory of one of its operands. */
  @Override
  protected boolean ownsResult() {
    return true;
  }
}
