package io.bayes4j.imports.onnx;

import java.util.List;

/** What a name of the file stands for. */
sealed interface Value {
  /** An array that the file holds, or that follows from such. */
  record Constant(Tensor tensor) implements Value {}

  /** Whole numbers that may depend on the number of examples: a scalar, or a vector. */
  record Lengths(List<Dim> numbers, boolean scalar) implements Value {}

  /** One number everywhere. */
  record Filled(double number, List<Dim> shape) implements Value {
    public Filled {
      Dim.requireShape(shape);
    }
  }

  /** A node of the graph, which depends on the input. */
  record Computed(String node, List<Dim> shape) implements Value {
    public Computed {
      Dim.requireShape(shape);
    }

    int rank() {
      return shape.size();
    }

    /** An axis counted from the begin. */
    int axis(long axis) {
      if (axis < -rank() || axis >= rank()) {
        throw new IllegalArgumentException(
            "has no axis " + axis + " in an array of shape " + Dim.text(shape));
      }
      return (int) (axis < 0 ? axis + rank() : axis);
    }
  }

  /** Something that could not be imported: what depends on it is not looked at. */
  record Missing() implements Value {}

  /** The shape, as far as it is known. */
  default List<Dim> dims() {
    if (this instanceof Constant constant) {
      return Dim.shape(constant.tensor.shape());
    }
    if (this instanceof Lengths lengths) {
      return lengths.scalar ? List.of() : List.of(Dim.of(lengths.numbers.size()));
    }
    if (this instanceof Filled filled) {
      return filled.shape;
    }
    if (this instanceof Computed computed) {
      return computed.shape;
    }
    throw new IllegalArgumentException("reads flags that depend on the input");
  }
}
