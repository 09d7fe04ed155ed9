package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.ops.Weights;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A layer with one weight and perhaps a bias: what the dense and convolutional layers share. */
public abstract sealed class Affine implements Layer
    permits Linear,
        Conv1d,
        Conv2d,
        Conv3d,
        ConvTranspose1d,
        ConvTranspose2d,
        ConvTranspose3d,
        AffineLayer {
  private final AffineOp op;
  private final Parameter weight;
  private final @Nullable Parameter bias;

  Affine(AffineOp op, Init init) {
    Require.nonNull(init, "init");
    this.op = op;
    this.weight = Parameter.owning(init.kernel(op));
    this.bias = op.hasBias() ? Parameter.owning(init.bias(op)) : null;
  }

  /** The operation that the weights are used in. */
  public final AffineOp op() {
    return op;
  }

  @Override
  public final Map<String, Parameter> parameters() {
    Map<String, Parameter> all = new LinkedHashMap<>();
    all.put("weight", weight);
    if (bias != null) {
      all.put("bias", bias);
    }
    return all;
  }

  @Override
  public final Var forward(Var x, Pass pass) {
    Require.nonNull(pass, "pass");
    Require.open(x, "x");
    return op.apply(x, new Weights(weight.var(), bias == null ? null : bias.var()));
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "(" + op + ")";
  }
}
