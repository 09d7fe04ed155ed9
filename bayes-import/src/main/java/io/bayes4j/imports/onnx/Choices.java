package io.bayes4j.imports.onnx;

import io.bayes4j.imports.onnx.Value.Computed;
import io.bayes4j.imports.onnx.Value.Constant;
import io.bayes4j.imports.parts.Overlay;
import java.util.List;

/** Choices between elements by flags that are in the file, such as the mask of causal attention. */
final class Choices {
  private Choices() {}

  /** Elements of one array or another. */
  static Value byConstant(OpNode node, Scope scope) {
    Tensor flags = scope.constant(node, 0);
    Value a = scope.get(node.input(1));
    Value b = scope.get(node.input(2));
    if (!(a instanceof Computed) && !(b instanceof Computed)) {
      return folded(scope, flags, scope.constant(a, "input 1"), scope.constant(b, "input 2"));
    }
    boolean second = b instanceof Computed;
    Computed x = (Computed) (second ? b : a);
    Tensor other = scope.constant(second ? a : b, "input " + (second ? 1 : 2));
    Tensor zero = number(0);
    Tensor kept =
        second ? chosen(scope, flags, zero, number(1)) : chosen(scope, flags, number(1), zero);
    Tensor added = second ? chosen(scope, flags, other, zero) : chosen(scope, flags, zero, other);
    List<Dim> shape = ArithmeticOps.broadcast(x.shape(), Dim.shape(added.shape()));
    if (shape.size() != x.rank()) {
      throw new IllegalArgumentException("chooses by more axes than its input has");
    }
    return scope.graph.add(
        scope.label(node), new Overlay(kept.array(), finite(added).array()), x, shape);
  }

  private static Tensor number(float number) {
    return Tensor.ofFloats(() -> new float[] {number});
  }

  /** Infinity times zero is none: the largest number does what it does in a softmax. */
  static Tensor finite(Tensor tensor) {
    float[] all = tensor.floats().clone();
    for (int i = 0; i < all.length; i++) {
      all[i] = Math.max(-Float.MAX_VALUE, Math.min(Float.MAX_VALUE, all[i]));
    }
    return Tensor.ofFloats(() -> all, tensor.shape());
  }

  /** Whether what is added puts elements out, and is no weight. */
  static boolean isMask(Tensor tensor) {
    for (float number : tensor.floats()) {
      if (number == Float.NEGATIVE_INFINITY || number == -Float.MAX_VALUE) {
        return true;
      }
    }
    return false;
  }

  private static Value folded(Scope scope, Tensor flags, Tensor a, Tensor b) {
    Tensor result = chosen(scope, flags, a, b);
    boolean whole = a.integer() && b.integer();
    return new Constant(whole ? result.as(true) : result);
  }

  private static Tensor chosen(Scope scope, Tensor flags, Tensor a, Tensor b) {
    List<Dim> both = ArithmeticOps.broadcast(Dim.shape(a.shape()), Dim.shape(b.shape()));
    List<Dim> dims = ArithmeticOps.broadcast(Dim.shape(flags.shape()), both);
    long[] shape = dims.stream().mapToLong(Dim::value).toArray();
    long length = scope.room(dims);
    float[] chosen = new float[(int) length];
    float[] wanted = flags.floats();
    float[] first = a.floats();
    float[] second = b.floats();
    for (int i = 0; i < chosen.length; i++) {
      boolean holds = wanted[place(i, shape, flags.shape())] != 0;
      chosen[i] = holds ? first[place(i, shape, a.shape())] : second[place(i, shape, b.shape())];
    }
    return Tensor.ofFloats(() -> chosen, shape);
  }

  /** Where an element of a shape is in an array that is broadcast to it. */
  private static int place(int element, long[] shape, long[] own) {
    int rest = element;
    int place = 0;
    int stride = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      int at = (int) (rest % shape[axis]);
      rest = (int) (rest / shape[axis]);
      int mine = axis - shape.length + own.length;
      if (mine >= 0) {
        place += own[mine] == 1 ? 0 : at * stride;
        stride *= (int) own[mine];
      }
    }
    return place;
  }

  /** The upper or lower triangle of constant matrices. */
  static Value triangle(OpNode node, Scope scope) {
    Tensor x = scope.constant(node, 0);
    long diagonal = scope.optional(node, 1).map(k -> k.longs()[0]).orElse(0L);
    boolean upper = node.number("upper", 1) != 0;
    int rank = x.rank();
    if (rank < 2) {
      throw new IllegalArgumentException("takes a triangle of an array of " + rank + " axes");
    }
    scope.room(Dim.shape(x.shape()));
    long rows = x.size(rank - 2);
    long columns = x.size(rank - 1);
    float[] all = x.floats().clone();
    for (int i = 0; i < all.length; i++) {
      long above = i % columns - i / columns % rows;
      if (upper ? above < diagonal : above > diagonal) {
        all[i] = 0;
      }
    }
    Tensor result = Tensor.ofFloats(() -> all, x.shape());
    return new Constant(x.integer() ? result.as(true) : result);
  }
}
