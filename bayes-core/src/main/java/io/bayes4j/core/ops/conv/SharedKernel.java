package io.bayes4j.core.ops.conv;

import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.Plan;
import io.bayes4j.core.kernels.ChannelFold;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.PreparedConv;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A kernel that all examples have in common, and the scales and shifts behind it, which are folded
 * into it when it is used: once for all scopes that share what they prepare.
 */
final class SharedKernel implements PendingConvolution.Foldable {
  private final DerivedWeights prepared;

  /** Weight, bias, then a scale and a shift by turns; null for a bias or shift that is none. */
  private final List<INDArray> arrays;

  private final ConvGeometry geometry;

  private SharedKernel(DerivedWeights prepared, List<INDArray> arrays, ConvGeometry geometry) {
    this.prepared = prepared;
    this.arrays = arrays;
    this.geometry = geometry;
  }

  /** A kernel and bias, which may be null, and what the current scope shares. */
  static SharedKernel of(INDArray weight, @Nullable INDArray bias, ConvGeometry geometry) {
    List<INDArray> arrays = new ArrayList<>();
    Collections.addAll(arrays, weight, bias);
    return new SharedKernel(Plan.prepared(), arrays, geometry);
  }

  @Override
  public SharedKernel then(INDArray scale, @Nullable INDArray shift) {
    List<INDArray> longer = new ArrayList<>(arrays);
    Collections.addAll(longer, scale, shift);
    return new SharedKernel(prepared, longer, geometry);
  }

  @Override
  public INDArray conv(INDArray x, Epilogue epilogue) {
    if (prepared.covers(arrays)) {
      return prepared.once(geometry, arrays, copies(), this::prepare).conv(x, epilogue);
    }
    ChannelFold folded = folded();
    return Kernels.conv(x, folded.weight(), folded.bias(), geometry, epilogue);
  }

  /** Of the kernel: one with all that is folded into it, and what the provider makes of that. */
  private int copies() {
    return arrays.size() > 2 ? 2 : 1;
  }

  private PreparedConv prepare() {
    ChannelFold folded = folded();
    return Kernels.prepareConv(folded.weight(), folded.bias(), geometry);
  }

  private ChannelFold folded() {
    ChannelFold folded = ChannelFold.of(arrays.get(0), arrays.get(1));
    for (int i = 2; i < arrays.size(); i += 2) {
      folded = folded.then(arrays.get(i), arrays.get(i + 1));
    }
    return folded;
  }
}
