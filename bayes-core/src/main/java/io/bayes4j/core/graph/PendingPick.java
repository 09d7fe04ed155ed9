package io.bayes4j.core.graph;

import io.bayes4j.core.kernels.Quantum;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operation that computes nothing but picks numbers out of an array, such as the largest of a
 * window: of 8-bit numbers as well, which stand for the same afterwards.
 */
final class PendingPick extends Pending {
  private final Var x;
  private final Supplier<Var> ofFloats;
  private final UnaryOperator<INDArray> ofBytes;

  PendingPick(Var x, long[] shape, Supplier<Var> ofFloats, UnaryOperator<INDArray> ofBytes) {
    super(shape);
    this.x = x;
    this.ofFloats = ofFloats;
    this.ofBytes = ofBytes;
  }

  @Override
  protected List<Var> reads() {
    return List.of(x);
  }

  @Override
  protected INDArray compute() {
    Optional<INDArray> bytes = Value.of(x).bytes();
    return bytes.isPresent() ? ofBytes.apply(bytes.get()) : Value.of(ofFloats.get()).real();
  }

  /** Whoever computes it looks whether it shows the memory of its operand. */
  @Override
  protected boolean ownsResult() {
    return true;
  }

  @Override
  protected Wish wish(Var read, Wish own) {
    return own;
  }

  @Override
  protected Optional<Quantum> quantum() {
    return Value.of(x).quantum();
  }
}
