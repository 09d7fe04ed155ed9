package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Room;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Transformer encoder layers, one after the other, and perhaps a last layer normalisation; their
 * names are PyTorch's: {@code layers.0}, {@code layers.1} and so on, and {@code norm}.
 */
public final class TransformerEncoder extends Block implements Foldable {
  private final Slot<Stack> layers;
  private final @Nullable Slot<Layer> norm;

  /**
   * Layers with the same options and initial weights of their own.
   *
   * @param depth number of layers
   * @param finalNorm whether the last output is normalised, as encoders with {@link
   *     TransformerSpec#normFirst} need
   * @throws IllegalArgumentException if depth is not above zero, or there is no memory for so many
   *     layers
   */
  public TransformerEncoder(TransformerSpec spec, int depth, boolean finalNorm, Init init) {
    Require.nonNull(spec, "spec");
    Require.nonNull(init, "init");
    Require.positive(depth, "depth");
    this.layers = slot("layers", Stack.class, new Stack(spec, depth, init));
    this.norm = finalNorm ? slot("norm", new LayerNorm(spec.epsilon(), true, spec.units())) : null;
  }

  /** The layers, which share one mask. */
  private static final class Stack extends Block implements Foldable {
    private final List<Slot<TransformerEncoderLayer>> all = new ArrayList<>();

    Stack(TransformerSpec spec, int depth, Init init) {
      for (int i = 0; i < depth; i++) {
        TransformerEncoderLayer layer = new TransformerEncoderLayer(spec, init);
        if (i == 0) {
          Room.requireLayers("depth", depth, Float.BYTES * Layers.parameterCount(layer));
        }
        all.add(slot(Integer.toString(i), TransformerEncoderLayer.class, layer));
      }
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return encode(x, AttentionMask.none(), pass);
    }

    @Override
    public <T> T fold(List<T> given, BiFunction<? super Layer, ? super List<T>, ? extends T> each) {
      T y = Require.one(given, "given");
      Require.nonNull(each, "each");
      for (Slot<?> slot : all) {
        y = each.apply(slot.layer(), List.of(y));
      }
      return y;
    }

    Var encode(Var x, AttentionMask mask, Pass pass) {
      Require.open(x, "x");
      Require.nonNull(mask, "mask");
      Require.nonNull(pass, "pass");
      Var y = x;
      for (Slot<TransformerEncoderLayer> slot : all) {
        y = slot.layer().encode(y, mask, pass.at(slot.name()));
      }
      return y;
    }
  }

  @Override
  public <T> T fold(List<T> given, BiFunction<? super Layer, ? super List<T>, ? extends T> each) {
    Require.nonNull(each, "each");
    T y = each.apply(layers.layer(), List.of(Require.one(given, "given")));
    return norm == null ? y : each.apply(norm.layer(), List.of(y));
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
   * @param mask which steps a step attends to, in all layers
   * @throws IllegalArgumentException if a shape does not fit
   */
  public Var encode(Var x, AttentionMask mask, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(mask, "mask");
    Require.nonNull(pass, "pass");
    return pass.run(this, List.of(x), () -> encoded(x, mask, pass));
  }

  private Var encoded(Var x, AttentionMask mask, Pass pass) {
    Pass here = pass.at(layers.name());
    Var y = here.run(layers.layer(), List.of(x), () -> layers.layer().encode(x, mask, here));
    return norm == null ? y : norm.forward(y, pass);
  }
}
