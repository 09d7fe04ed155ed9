package io.bayes4j.core.ops.recurrent;

import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.RowProducts;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** What weights make of the hidden state of a step: outputs * (product with inputs * h + bias). */
interface HiddenProducts {
  /** Factors of the hidden state. */
  RowFactors inputs();

  /** Factors of the product and the bias. */
  RowFactors outputs();

  /** [gates * units], or null. */
  @Nullable Var bias();

  /** What the kernel makes of hidden states, so many rows at a time. */
  RowProducts products(int rows);

  /** Products that include whatever is added to them. */
  record Given(IntFunction<? extends RowProducts> maker) implements HiddenProducts {
    private static final RowFactors ONES = RowFactors.of(null);

    @Override
    public RowFactors inputs() {
      return ONES;
    }

    @Override
    public RowFactors outputs() {
      return ONES;
    }

    @Override
    public @Nullable Var bias() {
      return null;
    }

    @Override
    public RowProducts products(int rows) {
      return maker.apply(rows);
    }
  }
}
