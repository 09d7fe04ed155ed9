package io.bayes4j.core.graph;

import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.Quantum;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * An operation that waits until somebody asks for its result, and what it may become one with.
 *
 * <p>Shapes have been checked when it is made, so that bad input fails where it is given.
 */
public abstract class Pending {
  private final KernelProvider provider;
  private final long[] shape;

  /** An operation of the provider that is chosen now. */
  protected Pending(long[] shape) {
    this(shape, Kernels.provider());
  }

  protected Pending(long[] shape, KernelProvider provider) {
    this.shape = shape;
    this.provider = provider;
  }

  protected final long[] shape() {
    return shape;
  }

  protected final KernelProvider provider() {
    return provider;
  }

  /** Computes the result with the provider that was chosen when the operation was called. */
  public final INDArray get() {
    return Kernels.with(provider, this::compute);
  }

  protected abstract INDArray compute();

  /** Whether the backward rule takes a gradient in the type of the result, too. */
  protected boolean takesRoundedGradient() {
    return false;
  }

  /** Whether what {@link #compute} returns is its own: nobody else has, or will be given, it. */
  protected boolean ownsResult() {
    return false;
  }

  // While gradients are recorded: at the call of the operation that follows.

  /** max(result, 0). */
  public Optional<Var> relu() {
    return Optional.empty();
  }

  /** max(result + an array of its shape, 0). */
  public Optional<Var> plusRelu(Var addend) {
    return Optional.empty();
  }

  // In a prediction: when all operations are known.

  /** What {@link #compute} reads. */
  protected List<Var> reads() {
    return List.of();
  }

  /**
   * The same result by fewer kernels, if there is a way.
   *
   * @param alone whether a result waits to be computed for this operation alone
   */
  protected Pending simplified(Predicate<Var> alone) {
    return this;
  }

  /** max(result, 0). */
  public Optional<Pending> withRelu(Predicate<Var> alone) {
    return Optional.empty();
  }

  /** Result plus an array of its shape. */
  public Optional<Pending> withSum(Var addend, Predicate<Var> alone) {
    return Optional.empty();
  }

  /** Result * scale + shift by channel; a null shift is zero. */
  public Optional<Pending> withAffine(
      INDArray scale, @Nullable INDArray shift, Predicate<Var> alone) {
    return Optional.empty();
  }

  /**
   * In which form it would have what it reads.
   *
   * @param read one of {@link #reads}
   * @param own in which form others would have its result
   */
  protected Wish wish(Var read, Wish own) {
    return Wish.FLOATS;
  }

  /** The same with its result rounded to 8-bit numbers, or itself if it cannot. */
  protected Pending roundedTo(Quantum quantum) {
    return this;
  }

  /** How its result is rounded; empty if it is of floats. */
  protected Optional<Quantum> quantum() {
    return Optional.empty();
  }

  /** A result whose memory the operation can write its own into, if nobody reads it later. */
  protected Optional<Var> overwritable() {
    return Optional.empty();
  }

  /** Computes the result in the memory of what is {@link #overwritable}. */
  protected INDArray overwrite() {
    throw new IllegalStateException("nothing to overwrite");
  }
}
