package io.bayes4j.core.ops.conv;

import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Parallel;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Shapes;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A sparse matrix that an axis of an array is multiplied by: for each element along the axis of a
 * result, the few elements of the input that it is a weighted sum of. Interpolation, adaptive
 * means, padding with zeros, and picking elements by their numbers are all of this form.
 */
public final class Taps {
  /** Floats of the input that are read at once, unless the axis itself is longer. */
  private static final int BLOCK = 1 << 15;

  private final int inputLength;
  private final int[] starts;
  private final int[] sources;
  private final float[] weights;

  private Taps(int inputLength, int[] starts, int[] sources, float[] weights) {
    this.inputLength = inputLength;
    this.starts = starts;
    this.sources = sources;
    this.weights = weights;
  }

  /**
   * Weighted sums.
   *
   * @param inputLength length of the axis
   * @param sources for each element of the result, the elements that it is a sum of
   * @param weights for each element of the result, as many weights
   * @throws IllegalArgumentException if there is no element, a source is not in [0, inputLength),
   *     or the numbers of sources and weights differ
   */
  public static Taps of(int inputLength, List<int[]> sources, List<float[]> weights) {
    Require.positive((long) inputLength, "inputLength");
    Require.elements(sources, "sources");
    Require.elements(weights, "weights");
    Require.argument(!sources.isEmpty(), "sources must not be empty");
    Require.argument(
        sources.size() == weights.size(),
        "weights must be as many as sources, got %d and %d",
        weights.size(),
        sources.size());
    int[] starts = new int[sources.size() + 1];
    for (int i = 0; i < sources.size(); i++) {
      Require.argument(
          sources.get(i).length == weights.get(i).length,
          "weights of element %d must be as many as its sources (=%d), got %d",
          i,
          sources.get(i).length,
          weights.get(i).length);
      starts[i + 1] = Math.addExact(starts[i], sources.get(i).length);
    }
    int[] flat = new int[starts[sources.size()]];
    float[] factors = new float[flat.length];
    for (int i = 0; i < sources.size(); i++) {
      System.arraycopy(sources.get(i), 0, flat, starts[i], sources.get(i).length);
      System.arraycopy(weights.get(i), 0, factors, starts[i], sources.get(i).length);
    }
    for (int source : flat) {
      Require.argument(
          source >= 0 && source < inputLength,
          "sources must be in [0, %d), got %d",
          inputLength,
          source);
    }
    return new Taps(inputLength, starts, flat, factors);
  }

  /**
   * Elements by their numbers, in any order.
   *
   * @param inputLength length of the axis
   * @param indices which element each of the result is, -1 for a zero
   * @throws IllegalArgumentException if there is none, or one is not in [-1, inputLength)
   */
  public static Taps pick(int inputLength, int... indices) {
    Require.positive((long) inputLength, "inputLength");
    Require.nonNull(indices, "indices");
    Require.argument(
        indices.length > 0 && Arrays.stream(indices).allMatch(i -> i >= -1 && i < inputLength),
        "indices must be one or more numbers in [-1, %d), got %s",
        inputLength,
        indices.length > 8 ? indices.length + " numbers" : Arrays.toString(indices));
    int[] none = {};
    float[] zero = {};
    float[] one = {1};
    return of(
        inputLength,
        Arrays.stream(indices).mapToObj(i -> i == -1 ? none : new int[] {i}).toList(),
        Arrays.stream(indices).mapToObj(i -> i == -1 ? zero : one).toList());
  }

  /** Length of the axis before. */
  public int inputLength() {
    return inputLength;
  }

  /** Length of the axis in the result. */
  public int outputLength() {
    return starts.length - 1;
  }

  /**
   * The product with an axis of an array; the result has the array's layout.
   *
   * @throws IllegalArgumentException if there is no such axis, or it has another length
   */
  public Var along(Var x, int axis) {
    Require.open(x, "x");
    Require.argument(
        axis >= 0 && axis < x.rank(), "axis must be in [0, %d), got %d", x.rank(), axis);
    Require.argument(
        x.size(axis) == inputLength,
        "x must have length %d along axis %d, got shape %s",
        inputLength,
        axis,
        Require.text(x.shape()));
    return Plan.operation(
        List.of(this, axis),
        Shapes.with(x.shape(), axis, outputLength()),
        List.of(x),
        () ->
            Var.result(
                apply(x.value(), axis),
                List.of(x),
                (g, sink) -> sink.add(x, () -> transposed().apply(g, axis))));
  }

  private Taps transposed() {
    int[] begins = new int[inputLength + 1];
    for (int source : sources) {
      begins[source + 1]++;
    }
    Arrays.parallelPrefix(begins, Integer::sum);
    int[] next = begins.clone();
    int[] from = new int[sources.length];
    float[] factors = new float[sources.length];
    for (int out = 0; out < outputLength(); out++) {
      for (int tap = starts[out]; tap < starts[out + 1]; tap++) {
        int at = next[sources[tap]]++;
        from[at] = out;
        factors[at] = weights[tap];
      }
    }
    return new Taps(outputLength(), begins, from, factors);
  }

  private INDArray apply(INDArray x, int axis) {
    Layout layout = Layout.of(x);
    INDArray dense = layout.ensure(x);
    long[] shape = x.shape().clone();
    shape[axis] = outputLength();
    INDArray y = Arena.allocate(layout, shape);
    FloatMemory from = Layout.memory(dense, "x");
    FloatMemory to = Layout.memory(y, "y");
    int run = Math.toIntExact(layout.strides(shape)[axis]);
    int chunk = Math.max(1, Math.min(run, BLOCK / inputLength));
    int perRun = (run + chunk - 1) / chunk;
    Parallel.forRange(
        from.length() / ((long) inputLength * run) * perRun,
        1,
        (first, end) -> {
          Block block = new Block(from, to, run, chunk);
          for (long part = first; part < end; part++) {
            int offset = (int) (part % perRun) * chunk;
            block.multiply(part / perRun, offset, Math.min(chunk, run - offset));
          }
        });
    return y;
  }

  /** Part of what lies below one position of the axes before. */
  private final class Block {
    private final FloatMemory from;
    private final FloatMemory to;
    private final int run;
    private final float[] in;
    private final float[] out;
    private final float[] row;

    Block(FloatMemory from, FloatMemory to, int run, int chunk) {
      this.from = from;
      this.to = to;
      this.run = run;
      this.in = new float[inputLength * chunk];
      this.out = new float[chunk == run ? outputLength() * chunk : chunk];
      this.row = new float[chunk];
    }

    void multiply(long outer, int offset, int n) {
      read(outer * inputLength * run + offset, n);
      boolean whole = n == run;
      for (int i = 0; i < outputLength(); i++) {
        int at = whole ? i * n : 0;
        Arrays.fill(out, at, at + n, 0f);
        for (int tap = starts[i]; tap < starts[i + 1]; tap++) {
          int source = sources[tap] * n;
          float weight = weights[tap];
          for (int k = 0; k < n; k++) {
            out[at + k] += weight * in[source + k];
          }
        }
        if (!whole) {
          to.write((outer * outputLength() + i) * run + offset, out, n);
        }
      }
      if (whole) {
        to.write(outer * outputLength() * run, out, outputLength() * n);
      }
    }

    private void read(long begin, int n) {
      if (n == run) {
        from.read(begin, in, inputLength * n);
        return;
      }
      for (int i = 0; i < inputLength; i++) {
        from.read(begin + (long) i * run, row, n);
        System.arraycopy(row, 0, in, i * n, n);
      }
    }
  }
}
