package io.bayes4j.onednn;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.RoundedRelu;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import java.util.function.UnaryOperator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arithmetic on activations, element by element or channel by channel. What there is no kernel for
 * in BFLOAT16 is computed with floats.
 */
final class Arithmetic {
  /** Attributes of an operation that has none. */
  static final String NONE = "";

  /** oneDNN spends a call on each row, which fewer channels than this do not fill. */
  private static final int FEWEST_CHANNELS = 16;

  /** Sums over fewer positions than this gain nothing from a matrix product. */
  private static final int FEWEST_POSITIONS = 32;

  private final Runner runner;

  Arithmetic(Runner runner) {
    this.runner = runner;
  }

  INDArray cast(INDArray x, DataType type) {
    if (x.rank() == 0) {
      // oneDNN has no tensors without axes.
      return Kernels.portable().cast(x, type);
    }
    INDArray copy = Arena.allocate(type, Layout.of(x), x.shape());
    runner.run(Operation.CAST, NONE, x, copy);
    return copy;
  }

  /** The array itself if it is dense in this layout, else a copy in it. */
  INDArray inLayout(INDArray x, Layout layout) {
    boolean dense = Layout.ROW_MAJOR.describes(x) || Layout.CHANNELS_LAST.describes(x);
    if (!dense || layout.describes(x)) {
      return layout.ensure(x);
    }
    INDArray copy = Arena.allocate(x.dataType(), layout, x.shape());
    runner.run(Operation.CAST, NONE, x, copy);
    return copy;
  }

  /** x += y, both rounded. */
  void addInto(INDArray x, INDArray y) {
    runner.run(Operation.ADD_INTO, NONE, Layout.of(x).ensure(y), x);
  }

  INDArray channelAffine(INDArray x, INDArray scale, INDArray shift) {
    if (x.size(1) < FEWEST_CHANNELS) {
      return inFloats(x, in -> Kernels.portable().channelAffine(in, scale, shift));
    }
    INDArray y = resultFor(x);
    runner.run(
        Operation.CHANNEL_AFFINE,
        NONE,
        Operand.describable(x),
        Layout.ROW_MAJOR.ensure(scale),
        Layout.ROW_MAJOR.ensure(shift),
        y);
    return y;
  }

  INDArray channelAdd(INDArray x, INDArray shift) {
    if (x.size(1) < FEWEST_CHANNELS) {
      return inFloats(x, in -> Kernels.portable().channelAdd(in, shift));
    }
    INDArray y = resultFor(x);
    INDArray terms = Layout.ROW_MAJOR.ensure(shift);
    runner.run(Operation.CHANNEL_ADD, NONE, Operand.describable(x), terms, y);
    return y;
  }

  INDArray channelScale(INDArray x, INDArray factors) {
    if (x.size(1) < FEWEST_CHANNELS) {
      return inFloats(x, in -> Kernels.portable().channelScale(in, factors));
    }
    INDArray y = resultFor(x);
    INDArray described = Operand.describable(factors);
    runner.run(Operation.CHANNEL_SCALE, NONE, Operand.describable(x), described, y);
    return y;
  }

  /** a + b * factors, then a ReLU if asked for, of rounded arrays. */
  INDArray addScaled(INDArray a, INDArray b, INDArray factors, boolean relu) {
    INDArray sum = channelScale(b, factors);
    addInto(sum, a);
    if (relu) {
      RoundedRelu.inPlace(sum);
    }
    return sum;
  }

  /**
   * A product with ones for each example; oneDNN's own reduction over rows is a hundred times
   * slower. The examples are left to the portable kernel, which adds in double precision.
   */
  INDArray channelSum(INDArray x) {
    if (x.dataType() != DataType.FLOAT) {
      return channelSum(cast(x, DataType.FLOAT));
    }
    long examples = x.size(0);
    long channels = x.size(1);
    long positions = x.length() / (examples * channels);
    if (positions < FEWEST_POSITIONS) {
      return Kernels.portable().channelSum(x);
    }
    INDArray ones = Detached.fill(Arena.allocate(1, positions), 1);
    INDArray sums = Arena.allocate(examples, channels);
    runner.run(Operation.SUM_OF_POSITIONS, NONE, ones, Operand.describable(x), sums);
    return Kernels.portable().channelSum(sums);
  }

  private INDArray inFloats(INDArray x, UnaryOperator<INDArray> work) {
    return x.dataType() == DataType.FLOAT
        ? work.apply(x)
        : cast(work.apply(cast(x, DataType.FLOAT)), x.dataType());
  }

  private static INDArray resultFor(INDArray x) {
    return Arena.allocate(x.dataType(), Layout.CHANNELS_LAST, x.shape());
  }
}
