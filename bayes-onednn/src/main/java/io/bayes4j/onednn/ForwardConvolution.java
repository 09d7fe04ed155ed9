package io.bayes4j.onednn;

import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.PreparedConv;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.onednn.ConvolutionPlans.Sum;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution by certain weights.
 *
 * @param runner which prepares the weights for each call, or keeps what it has prepared
 * @param bias null for none
 */
record ForwardConvolution(
    Runner runner, INDArray weight, @Nullable INDArray bias, ConvGeometry geometry)
    implements PreparedConv {
  @Override
  public INDArray conv(INDArray x, Epilogue epilogue) {
    INDArray addend = epilogue.addend();
    Sum sum = sum(x, epilogue);
    INDArray y =
        sum == Sum.IN_PLACE
            ? Objects.requireNonNull(addend)
            : Arena.allocate(
                x.dataType(),
                Layout.CHANNELS_LAST,
                geometry.outputShape(x.shape(), weight.size(0)));
    List<INDArray> arguments = new ArrayList<>();
    arguments.add(Operand.describable(x));
    arguments.add(Layout.ROW_MAJOR.ensure(weight));
    if (bias != null) {
      arguments.add(Layout.ROW_MAJOR.ensure(bias));
    }
    if (sum == Sum.WITH_ARGUMENT) {
      arguments.add(Layout.CHANNELS_LAST.ensure(Objects.requireNonNull(addend)));
    }
    arguments.add(y);
    runner.run(
        Operation.CONVOLUTION,
        new ConvolutionPlans.Forward(geometry, bias != null, sum, epilogue.relu()),
        arguments.toArray(INDArray[]::new));
    return y;
  }

  private static Sum sum(INDArray x, Epilogue epilogue) {
    INDArray addend = epilogue.addend();
    if (addend == null) {
      return Sum.NONE;
    }
    boolean fits = Layout.CHANNELS_LAST.describes(addend) && addend.dataType() == x.dataType();
    return epilogue.inPlace() && fits ? Sum.IN_PLACE : Sum.WITH_ARGUMENT;
  }
}
