package io.bayes4j.core.kernels;

import io.bayes4j.core.internal.Require;
import io.bayes4j.core.memory.Layout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Integer kernels behind the checks of their arguments. */
record CheckedIntegers(IntegerKernels kernels) implements IntegerKernels {
  @Override
  public String instructions() {
    return kernels.instructions();
  }

  @Override
  public INDArray quantize(INDArray x, Quantum quantum) {
    Operands.requireFloat("x", x, Require.open(x, "x").rank());
    Require.nonNull(quantum, "quantum");
    return kernels.quantize(dense(x), quantum);
  }

  @Override
  public INDArray dequantize(INDArray x, Quantum quantum) {
    requireWhole("x", x, Require.open(x, "x").rank());
    requireType("", x, Require.nonNull(quantum, "quantum"));
    return kernels.dequantize(x, quantum);
  }

  @Override
  public INDArray inLayout(INDArray x, Layout layout) {
    requireWhole("x", x, Require.open(x, "x").rank());
    return kernels.inLayout(x, Require.nonNull(layout, "layout"));
  }

  @Override
  public INDArray maxPool(INDArray x, PoolGeometry window) {
    requireWhole("x", x, Require.nonNull(window, "window").rank() + 2);
    window.outputShape(x.shape());
    return kernels.maxPool(x, window);
  }

  @Override
  public INDArray matmul(INDArray x, INDArray weight) {
    requireWhole("x", x, 2);
    requireProduct(x, weight);
    return kernels.matmul(x, weight);
  }

  @Override
  public INDArray conv(INDArray x, INDArray weight, ConvGeometry geometry) {
    requireWhole("x", x, Require.nonNull(geometry, "geometry").rank() + 2);
    requireConv(x, weight, geometry);
    return kernels.conv(x, weight, geometry);
  }

  @Override
  public INDArray matmul(INDArray x, INDArray weight, IntegerEpilogue epilogue) {
    requireFactor(x, 2, epilogue);
    requireProduct(x, weight);
    requireUnits(weight, epilogue, x.size(0), weight.size(0));
    return kernels.matmul(dense(x), weight, addable(x, epilogue));
  }

  @Override
  public RowProducts rowProducts(INDArray weight, IntegerEpilogue epilogue, int rows) {
    Require.nonNull(epilogue, "epilogue");
    Require.positive(rows, "rows");
    requireWeight(weight, 2);
    requireUnits(weight, epilogue, rows, weight.size(0));
    IntegerFinish finish = epilogue.finish();
    Require.argument(
        finish.addend() == null && finish.target() == null,
        "epilogue must neither add an array nor round, got %s",
        finish);
    return kernels.rowProducts(weight, epilogue, rows);
  }

  @Override
  public INDArray conv(
      INDArray x, INDArray weight, ConvGeometry geometry, IntegerEpilogue epilogue) {
    requireFactor(x, Require.nonNull(geometry, "geometry").rank() + 2, epilogue);
    requireConv(x, weight, geometry);
    requireUnits(weight, epilogue, geometry.outputShape(x.shape(), weight.size(0)));
    return kernels.conv(dense(x), weight, geometry, addable(x, epilogue));
  }

  private static INDArray dense(INDArray x) {
    boolean ready = Layout.CHANNELS_LAST.describes(x) || x.dataType() != DataType.FLOAT;
    return ready ? x : Layout.ROW_MAJOR.ensure(x);
  }

  private static void requireFactor(INDArray x, int rank, IntegerEpilogue epilogue) {
    Require.nonNull(epilogue, "epilogue");
    if (Require.open(x, "x").dataType() == DataType.FLOAT) {
      Operands.requireFloat("x", x, rank);
      return;
    }
    requireWhole("x", x, rank);
    requireType("FLOAT or ", x, epilogue.source());
  }

  private static void requireType(String others, INDArray x, Quantum quantum) {
    Require.argument(
        x.dataType() == quantum.type(),
        "x must be %s%s, as %s says, got %s",
        others,
        quantum.typeName(),
        quantum,
        x.dataType());
  }

  /** The same; an 8-bit addend that is not of the result's type becomes floats. */
  private IntegerEpilogue addable(INDArray x, IntegerEpilogue epilogue) {
    IntegerFinish finish = epilogue.finish();
    INDArray addend = finish.addend();
    Quantum quantum = finish.addendQuantum();
    if (addend != null && quantum != null && !finish.sameTypes()) {
      INDArray floats = kernels.dequantize(addend, quantum);
      return epilogue.then(finish.adding(floats));
    }
    return finish.inPlace() ? epilogue.then(finish.beside(x)) : epilogue;
  }

  /** Checks an array of 8-bit numbers. */
  private static void requireWhole(String name, INDArray array, int rank) {
    Require.open(array, name);
    Require.argument(
        (array.dataType() == DataType.INT8 || array.dataType() == DataType.UINT8)
            && array.rank() == rank
            && !array.isEmpty()
            && array.offset() == 0
            && (Layout.ROW_MAJOR.describes(array) || Layout.CHANNELS_LAST.describes(array)),
        "%s must be a non-empty dense INT8 or UINT8 array of rank %d, got %s %s",
        name,
        rank,
        array.dataType(),
        Require.text(array.shape()));
  }

  private static void requireWeight(INDArray weight, int rank) {
    requireWhole("weight", weight, rank);
    Require.argument(
        weight.dataType() == DataType.INT8 && Layout.ROW_MAJOR.describes(weight),
        "weight must be a row-major INT8 array, got %s with strides %s",
        weight.dataType(),
        Require.text(weight.stride()));
    long terms = weight.length() / weight.size(0);
    Require.argument(
        terms <= MOST_TERMS,
        "weight must have at most %d elements for a unit, whose sum fits in 32 bits, got shape %s",
        MOST_TERMS,
        Require.text(weight.shape()));
  }

  private static void requireProduct(INDArray x, INDArray weight) {
    requireWeight(weight, 2);
    Require.argument(
        x.size(1) == weight.size(1),
        "x must have %d columns (weight %s), got %d",
        weight.size(1),
        Require.text(weight.shape()),
        x.size(1));
  }

  private static void requireConv(INDArray x, INDArray weight, ConvGeometry geometry) {
    requireWeight(weight, geometry.rank() + 2);
    Operands.requireKernel(weight.shape(), x.size(1), geometry);
    geometry.outputShape(x.shape(), weight.size(0));
  }

  private static void requireUnits(INDArray weight, IntegerEpilogue epilogue, long... shapeY) {
    Require.argument(
        epilogue.scales().size() == weight.size(0),
        "scales must be %d, one for each unit, got %d",
        weight.size(0),
        epilogue.scales().size());
    Operands.requireVector("bias", epilogue.bias(), weight.size(0));
    INDArray addend = epilogue.finish().addend();
    if (addend != null) {
      Operands.requireShape("addend", addend.shape(), shapeY);
      if (epilogue.finish().addendQuantum() != null) {
        requireWhole("addend", addend, shapeY.length);
      }
    }
  }
}
