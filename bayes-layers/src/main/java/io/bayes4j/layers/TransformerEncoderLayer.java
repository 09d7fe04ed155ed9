package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Ops;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Self-attention and two dense layers, each added to its input and normalised (Vaswani et al.
 * 2017): what PyTorch's layer of that name does with {@code batch_first=True}, its slots named as
 * there.
 */
public final class TransformerEncoderLayer extends Block implements Foldable {
  private final TransformerSpec spec;
  private final Slot<MultiheadAttention> attention;
  private final Slot<Layer> linear1;
  private final Slot<Layer> activation;
  private final Slot<Layer> dropout;
  private final Slot<Layer> linear2;
  private final Slot<Layer> norm1;
  private final Slot<Layer> norm2;
  private final Slot<Layer> dropout1;
  private final Slot<Layer> dropout2;

  /** A layer with initial weights. */
  public TransformerEncoderLayer(TransformerSpec spec, Init init) {
    Require.nonNull(spec, "spec");
    Require.nonNull(init, "init");
    this.spec = spec;
    this.attention =
        slot("self_attn", MultiheadAttention.class, new MultiheadAttention(spec.attention(), init));
    this.linear1 = slot("linear1", new Linear(spec.units(), spec.feedforward(), init));
    this.activation = slot("activation", spec.activation());
    this.dropout = slot("dropout", new Dropout(spec.dropout()));
    this.linear2 = slot("linear2", new Linear(spec.feedforward(), spec.units(), init));
    this.norm1 = slot("norm1", norm());
    this.norm2 = slot("norm2", norm());
    this.dropout1 = slot("dropout1", new Dropout(spec.dropout()));
    this.dropout2 = slot("dropout2", new Dropout(spec.dropout()));
  }

  private LayerNorm norm() {
    return new LayerNorm(spec.epsilon(), true, spec.units());
  }

  /** The options. */
  public TransformerSpec spec() {
    return spec;
  }

  @Override
  public <T> T fold(List<T> given, BiFunction<? super Layer, ? super List<T>, ? extends T> each) {
    T x = Require.one(given, "given");
    Require.nonNull(each, "each");
    T first = spec.normFirst() ? through(x, each, norm1) : x;
    T attended = sum(x, through(first, each, attention, dropout1), each);
    T second = spec.normFirst() ? attended : through(attended, each, norm1);
    T inner = spec.normFirst() ? through(second, each, norm2) : second;
    T dense = through(inner, each, linear1, activation, dropout, linear2, dropout2);
    T y = sum(second, dense, each);
    return spec.normFirst() ? y : through(y, each, norm2);
  }

  private static <T> T sum(T a, T b, BiFunction<? super Layer, ? super List<T>, ? extends T> each) {
    return each.apply(Arithmetic.ADD, List.of(a, b));
  }

  private static <T> T through(
      T x, BiFunction<? super Layer, ? super List<T>, ? extends T> each, Slot<?>... slots) {
    T y = x;
    for (Slot<?> slot : slots) {
      y = each.apply(slot.layer(), List.of(y));
    }
    return y;
  }

  /**
   * Encodes without a mask.
   *
   * @param x [N, T, units]
   */
  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    return encoded(x, AttentionMask.none(), pass);
  }

  /**
   * Encodes a sequence [N, T, units], in the same shape.
   *
   * @param x [N, T, units]
   * @param mask which steps a step attends to
   * @throws IllegalArgumentException if a shape does not fit the layer
   */
  public Var encode(Var x, AttentionMask mask, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(mask, "mask");
    Require.nonNull(pass, "pass");
    return pass.run(this, List.of(x), () -> encoded(x, mask, pass));
  }

  private Var encoded(Var x, AttentionMask mask, Pass pass) {
    MultiheadAttention.requireFeatures("x", x, spec.units(), pass.at(attention.name()));
    if (spec.normFirst()) {
      Var attended = Ops.add(x, attend(norm1.forward(x, pass), mask, pass));
      return Ops.add(attended, dense(norm2.forward(attended, pass), pass));
    }
    Var attended = norm1.forward(Ops.add(x, attend(x, mask, pass)), pass);
    return norm2.forward(Ops.add(attended, dense(attended, pass)), pass);
  }

  private Var attend(Var x, AttentionMask mask, Pass pass) {
    Var y = attention.layer().attend(x, x, x, mask, pass.at(attention.name()));
    return dropout1.forward(y, pass);
  }

  private Var dense(Var x, Pass pass) {
    Var inner = activation.forward(linear1.forward(x, pass), pass);
    return dropout2.forward(linear2.forward(dropout.forward(inner, pass), pass), pass);
  }
}
