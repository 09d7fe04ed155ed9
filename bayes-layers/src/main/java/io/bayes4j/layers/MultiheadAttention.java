package io.bayes4j.layers;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Attentions;
import io.bayes4j.core.ops.Ops;
import java.util.List;

/**
 * Multi-head attention (Vaswani et al. 2017): every query gets a mean of the values, weighed by the
 * softmax of its products with the keys, head by head. It computes what PyTorch's layer of that
 * name does with {@code batch_first=True}.
 *
 * <p>Queries, keys and values each have a projection of their own, in slots, so that conversion
 * makes them Bayesian. PyTorch's files, which hold the three in one array, load as they are.
 */
public final class MultiheadAttention extends Block {
  private final AttentionSpec spec;
  private final Slot<Layer> queries;
  private final Slot<Layer> keys;
  private final Slot<Layer> values;
  private final Slot<Layer> out;
  private final Slot<Layer> dropout;

  /** Attention with initial weights. */
  public MultiheadAttention(AttentionSpec spec, Init init) {
    Require.nonNull(spec, "spec");
    Require.nonNull(init, "init");
    this.spec = spec;
    long units = spec.units();
    this.queries = slot("q_proj", projection(units, init));
    this.keys = slot("k_proj", projection(spec.keyInputs(), init));
    this.values = slot("v_proj", projection(spec.valueInputs(), init));
    this.out = slot("out_proj", projection(units, init));
    this.dropout = slot("dropout", new Dropout(spec.dropout()));
  }

  private Linear projection(long inputs, Init init) {
    Linear linear = new Linear(inputs, spec.units(), spec.bias(), init);
    // No ReLU follows, which the initial variance of a linear layer makes up for.
    Detached.scale(Require.entry(linear.parameters(), "weight").value(), Math.sqrt(0.5));
    return linear;
  }

  /** The options. */
  public AttentionSpec spec() {
    return spec;
  }

  /**
   * Self-attention without a mask.
   *
   * @param x queries, keys and values [N, T, units]
   */
  @Override
  public Var forward(Var x, Pass pass) {
    Require.open(x, "x");
    Require.nonNull(pass, "pass");
    requireFeatures("x", x, spec.units(), pass);
    return attended(x, x, x, AttentionMask.none(), pass);
  }

  /**
   * Attention [N, T, units], which observers of the pass see with its three inputs.
   *
   * @param query [N, T, units]
   * @param key [N, S, keyInputs]
   * @param value [N, S, valueInputs]
   * @param mask which keys take part
   * @throws IllegalArgumentException if a shape does not fit the layer or the others
   */
  public Var attend(Var query, Var key, Var value, AttentionMask mask, Pass pass) {
    Require.open(query, "query");
    Require.open(key, "key");
    Require.open(value, "value");
    Require.nonNull(mask, "mask");
    Require.nonNull(pass, "pass");
    return pass.run(
        this, List.of(query, key, value), () -> attended(query, key, value, mask, pass));
  }

  private Var attended(Var query, Var key, Var value, AttentionMask mask, Pass pass) {
    requireFeatures("query", query, spec.units(), pass);
    requireFeatures("key", key, spec.keyInputs(), pass);
    requireFeatures("value", value, spec.valueInputs(), pass);
    Require.argument(
        key.size(0) == query.size(0)
            && value.size(0) == query.size(0)
            && value.size(1) == key.size(1),
        "query, key and value%s must have as many examples, and key and value as many steps, got"
            + " shapes %s, %s and %s",
        place(pass),
        Require.text(query.shape()),
        Require.text(key.shape()),
        Require.text(value.shape()));
    Var q = heads(queries.forward(query, pass));
    Var k = heads(keys.forward(key, pass));
    Var v = heads(values.forward(value, pass));
    Var scaled = Ops.scale(q, 1 / Math.sqrt((double) spec.unitsPerHead()));
    Var scores = mask.apply(Attentions.matmulTransposed(scaled, k));
    Var weights = dropout.forward(Attentions.softmax(scores), pass);
    Var mixed = Ops.permute(Attentions.matmul(weights, v), 0, 2, 1, 3);
    return out.forward(Ops.reshape(mixed, query.shape()), pass);
  }

  /** [N, T, units] as [N, heads, T, unitsPerHead]. */
  private Var heads(Var x) {
    Var split = Ops.reshape(x, x.size(0), x.size(1), spec.heads(), spec.unitsPerHead());
    return Ops.permute(split, 0, 2, 1, 3);
  }

  static void requireFeatures(String name, Var x, long features, Pass pass) {
    Require.argument(
        x.rank() == 3 && x.size(2) == features,
        "%s%s must be [N, steps, %d], got shape %s",
        name,
        place(pass),
        features,
        Require.text(x.shape()));
  }

  private static String place(Pass pass) {
    return pass.path().isEmpty() ? "" : " of attention at " + pass.path();
  }
}
