package io.bayes4j.layers;

import com.google.errorprone.annotations.CheckReturnValue;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which keys a query may attend to.
 *
 * <pre>{@code AttentionMask.causal().withKeyPadding(padding)}</pre>
 *
 * <p>A query that may attend to no key at all gets zeros of the attention, where PyTorch gives it
 * numbers that are not numbers.
 */
@CheckReturnValue
public final class AttentionMask {
  private static final AttentionMask NONE = new AttentionMask(false, null, null);

  private final boolean causal;

  /** What is added to the scores [N or 1, 1, 1, S], or null. */
  private final @Nullable INDArray padding;

  /** What is added to the scores [N or 1, heads or 1, T, S], or null. */
  private final @Nullable INDArray scores;

  private AttentionMask(boolean causal, @Nullable INDArray padding, @Nullable INDArray scores) {
    this.causal = causal;
    this.padding = padding;
    this.scores = scores;
  }

  /** Every query attends to every key. */
  public static AttentionMask none() {
    return NONE;
  }

  /**
   * The query at a position attends to keys up to that position; there must be as many keys as
   * queries.
   */
  public static AttentionMask causal() {
    return new AttentionMask(true, null, null);
  }

  /**
   * The same without the keys of some positions, such as those after the end of a short sequence.
   *
   * @param ignored [N, S], copied; a key is left out where it is true or not zero
   * @throws IllegalArgumentException if it is no matrix
   */
  public AttentionMask withKeyPadding(INDArray ignored) {
    Require.open(ignored, "ignored");
    Require.argument(
        ignored.rank() == 2,
        "ignored must be [N, keys], got shape %s",
        Require.text(ignored.shape()));
    INDArray flags = Detached.copy(ignored, Detached.create(DataType.FLOAT, ignored.shape()));
    float[] added = flags.data().asFloat();
    for (int i = 0; i < added.length; i++) {
      added[i] = added[i] == 0 ? 0 : Float.NEGATIVE_INFINITY;
    }
    long[] shape = {ignored.size(0), 1, 1, ignored.size(1)};
    return new AttentionMask(causal, Detached.of(added, shape), scores);
  }

  /**
   * The same with numbers added to the scores, whose softmax are the attention weights; minus
   * infinity leaves a key out.
   *
   * @param added [T, S] for all examples and heads, or [N or 1, heads or 1, T, S]; copied
   * @throws IllegalArgumentException if it has another number of axes, is not float, or has a
   *     number that is neither finite nor minus infinity
   */
  public AttentionMask withScores(INDArray added) {
    Require.open(added, "added");
    Require.argument(
        added.rank() == 2 || added.rank() == 4,
        "added must be [queries, keys] or [N, heads, queries, keys], got shape %s",
        Require.text(added.shape()));
    Require.argument(
        added.dataType() == DataType.FLOAT, "added must be FLOAT, got %s", added.dataType());
    INDArray copy = Detached.copy(added);
    for (float number : FloatMemory.numbers(copy, "added")) {
      Require.argument(
          number < Float.POSITIVE_INFINITY,
          "added must have finite numbers or minus infinity, got %s",
          number);
    }
    return new AttentionMask(
        causal,
        padding,
        added.rank() == 4 ? copy : Detached.reshape(copy, 1, 1, added.size(0), added.size(1)));
  }

  /**
   * Masks scores.
   *
   * @param given [N, heads, T, S]
   * @throws IllegalArgumentException if a mask does not fit
   */
  Var apply(Var given) {
    Var masked = given;
    if (causal) {
      masked = add("causal", masked, triangle(given.size(2), given.size(3)));
    }
    if (padding != null) {
      masked = add("key padding", masked, padding);
    }
    if (scores != null) {
      masked = add("scores", masked, scores);
    }
    return masked;
  }

  private static Var add(String name, Var given, INDArray mask) {
    long[] shape = given.shape();
    boolean fits = true;
    for (int axis = 0; axis < shape.length; axis++) {
      long length = mask.size(axis);
      fits &= length == shape[axis] || (length == 1 && axis < shape.length - 1);
    }
    Require.argument(
        fits,
        "%s mask must fit the scores %s [N, heads, queries, keys], got shape %s",
        name,
        Require.text(shape),
        Require.text(mask.shape()));
    return Ops.add(given, Var.constant(mask));
  }

  private static INDArray triangle(long queries, long keys) {
    Require.argument(
        queries == keys,
        "a causal mask needs as many keys as queries, got %d queries and %d keys",
        queries,
        keys);
    int length = Math.toIntExact(queries);
    float[] added = new float[Math.multiplyExact(length, length)];
    for (int t = 0; t < length; t++) {
      Arrays.fill(added, t * length + t + 1, (t + 1) * length, Float.NEGATIVE_INFINITY);
    }
    return Detached.of(added, 1, 1, length, length);
  }
}
