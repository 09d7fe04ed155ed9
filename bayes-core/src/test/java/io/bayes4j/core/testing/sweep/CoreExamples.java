package io.bayes4j.core.testing.sweep;

import io.bayes4j.core.corruption.Corruption;
import io.bayes4j.core.graph.DerivedWeights;
import io.bayes4j.core.graph.DrawInvariantResults;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Snapshot;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.ChannelFold;
import io.bayes4j.core.kernels.ConvGeometry;
import io.bayes4j.core.kernels.Elementwise;
import io.bayes4j.core.kernels.Epilogue;
import io.bayes4j.core.kernels.FlipoutWeights;
import io.bayes4j.core.kernels.IntegerFinish;
import io.bayes4j.core.kernels.KernelProvider;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.PoolGeometry;
import io.bayes4j.core.kernels.Precision;
import io.bayes4j.core.kernels.Quantum;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.memory.Arena;
import io.bayes4j.core.memory.ArenaPool;
import io.bayes4j.core.memory.Layout;
import io.bayes4j.core.ops.Flags;
import io.bayes4j.core.ops.Ops;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.conv.PaddingMode;
import io.bayes4j.core.ops.conv.Taps;
import io.bayes4j.core.ops.recurrent.InputTerm;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.variational.DensityPrior;
import io.bayes4j.core.variational.GaussianPosterior;
import io.bayes4j.core.variational.GaussianPrior;
import io.bayes4j.core.variational.ScaleMixturePrior;
import io.bayes4j.core.variational.SpikeAndSlabPrior;
import io.bayes4j.core.variational.VariationalParameter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.TransformOp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.factory.Nd4j;

/** Right arguments for what bayes-core publishes. */
public final class CoreExamples {
  private CoreExamples() {}

  /** Examples of the types of bayes-core, and of Java's. */
  public static Examples types() {
    Examples examples = new Examples();
    numbers(examples);
    values(examples);
    work(examples);
    return examples;
  }

  /** Examples of everything that the methods of bayes-core take. */
  static Examples all() {
    Examples examples = types();
    autograd(examples);
    convolutions(examples);
    kernels(examples);
    memory(examples);
    variational(examples);
    return examples;
  }

  /** Distinct numbers between 0.1 and 1. */
  public static INDArray array(long... shape) {
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    for (long i = 0; i < array.length(); i++) {
      array.data().put(i, 0.1 + 0.9 * (i + 1) / array.length());
    }
    return array;
  }

  /** {@link #array} as a leaf. */
  public static Var var(long... shape) {
    return Var.leaf(array(shape));
  }

  private static void numbers(Examples examples) {
    examples
        .put("int", () -> 1)
        .put("long", () -> 1L)
        .put("double", () -> 0.5)
        .put("float", () -> 0.5f)
        .put("boolean", () -> true)
        .put("Object", Object::new)
        .put("List<Integer>", () -> List.of(1, 1))
        .put("shape: long[]", () -> new long[] {2, 3});
  }

  private static void values(Examples examples) {
    examples
        .put("INDArray", () -> array(2, 3))
        .put("Var", () -> var(2, 3))
        .put("Noise", () -> Noise.seeded(1))
        .put("Arena", Arena::new)
        .put("Layout", () -> Layout.ROW_MAJOR)
        .put("DataType", () -> DataType.FLOAT)
        .put("Precision", () -> Precision.F32)
        .put("PaddingMode", () -> PaddingMode.ZEROS)
        .put("Parameter", () -> new Parameter(array(2, 3)))
        .put("ConvGeometry", CoreExamples::geometry)
        .put("DerivedWeights", () -> DerivedWeights.NONE)
        .put("PoolGeometry", () -> PoolGeometry.of(geometry()))
        .put("Snapshot", () -> new Snapshot(new Arena()))
        .put("DrawInvariantResults", () -> new DrawInvariantResults(var(2, 3)))
        .put("Gradients", () -> Gradients.of(Ops.sum(var(2, 3))))
        .put("GaussianPosterior", () -> GaussianPosterior.ofRho(array(2, 3), -2))
        .put("Prior", () -> GaussianPrior.of(0, 1))
        .put("DensityPrior", FlatPrior::new)
        .put(
            List.of("GaussianPrior.withNumbers.numbers", "Prior.withNumbers.numbers"),
            () -> Map.of("mean", array(2, 3), "sigma", array(2, 3)))
        .put(
            "ScaleMixturePrior.withNumbers.numbers",
            () -> new ScaleMixturePrior(0.5, 1, 0.1).numbers())
        .put("Consumer<INDArray>", () -> (Consumer<INDArray>) array -> array.assign(0.5))
        .put("GaussianPrior", () -> GaussianPrior.of(0, 1))
        .put("SpikeAndSlabPrior.slabSigma", () -> 1.0)
        .put("SpikeAndSlabPrior", () -> SpikeAndSlabPrior.of(0.5, 1, 0.1))
        .put(
            "SpikeAndSlabPrior.withNumbers.numbers",
            () -> SpikeAndSlabPrior.of(0.5, 1, 0.1).numbers())
        .put("ScaleMixturePrior", () -> new ScaleMixturePrior(0.5, 1, 0.1))
        .put("VariationalParameter", CoreExamples::variational);
  }

  /** The same density everywhere. */
  private static final class FlatPrior extends DensityPrior {
    @Override
    protected Var logDensity(Var weights) {
      return Ops.scale(weights, 0);
    }

    @Override
    public String kind() {
      return "flat";
    }

    @Override
    public Map<String, INDArray> numbers() {
      return Map.of("height", array(1));
    }

    @Override
    public FlatPrior withNumbers(Map<String, INDArray> numbers) {
      return this;
    }
  }

  private static VariationalParameter variational() {
    return new VariationalParameter(
        GaussianPosterior.ofRho(array(2, 3), -2), GaussianPrior.of(0, 1));
  }

  private static ConvGeometry geometry() {
    List<Integer> ones = List.of(1, 1);
    return new ConvGeometry(List.of(2, 2), ones, List.of(0, 0), ones, 1);
  }

  private static void work(Examples examples) {
    examples
        .put("Supplier<T>", () -> (Supplier<Object>) () -> "done")
        .put("Supplier<Var>", () -> (Supplier<Var>) () -> var(2, 3))
        .put("Runnable", () -> (Runnable) () -> {});
  }

  private static void autograd(Examples examples) {
    examples
        .put("Activations.drop.uniforms", () -> array(2, 3))
        .put("Clamps.clamp.greatest", () -> 6.0)
        .put("Taps", () -> Taps.pick(3, 2, 0))
        .put("Taps.inputLength", () -> 3)
        .put("Taps.sources", () -> List.of(new int[] {0, 2}, new int[] {1}))
        .put("Taps.weights", () -> List.of(new float[] {1, 2}, new float[] {3}))
        .put("Taps.indices", () -> new int[] {2, 0})
        .put("Attentions.matmul.a", () -> var(2, 2, 3))
        .put("Attentions.matmul.b", () -> var(2, 3, 2))
        .put("Attentions.matmulTransposed.a", () -> var(2, 2, 3))
        .put("Attentions.matmulTransposed.b", () -> var(2, 2, 3))
        .put("labels: int[]", () -> new int[] {0, 1})
        .put("GroupNormalization.x", () -> var(2, 4, 3))
        .put("GroupNormalization.groups", () -> 2)
        .put("GroupNormalization.groupNorm.scale", () -> var(4))
        .put("GroupNormalization.groupNorm.shift", () -> var(4))
        .put("GroupNormalization.layerNorm.scale", () -> var(3))
        .put("GroupNormalization.layerNorm.shift", () -> var(3))
        .put("InputTerm.product", () -> var(2, 3, 4))
        .put("EmbeddingOps.rows.rows", () -> new int[] {0, 1, 1, 0, 1, 0})
        .put("Normalizations.factors", () -> array(2, 3))
        .put("Normalizations.a", () -> var(2, 3, 2))
        .put("Normalizations.b", () -> var(2, 3, 2))
        .put("Normalizations.x", () -> var(2, 3, 2))
        .put("Normalizations.scale", () -> var(3))
        .put("Normalizations.shift", () -> var(3))
        .put("Normalizations.mean", () -> array(3))
        .put("Normalizations.variance", () -> array(3))
        .put("Ops.matmul.b", () -> var(3, 2))
        .put("Ops.axes", () -> new int[] {1, 0})
        .put("Ops.from", () -> 0L)
        .put("Ops.to", () -> 2L)
        .put("Var[]", () -> new Var[] {var(2, 3), var(2, 3)})
        .put("List<Var>", () -> List.of(var(2, 3)))
        .put("Classification.targets", () -> new float[] {0, 1, 1, 0, 0.5f, 1})
        .put("Classification.positiveWeights", () -> new float[] {1, 2, 3})
        .put("Classification.classWeights", () -> new float[] {1, 2, 3})
        .put("Gradients.Sink", CoreExamples::sink)
        .put("Map<Parameter, INDArray>", () -> Map.of(new Parameter(array(2, 3)), array(2, 3)))
        .put("Recurrences.lengths", () -> new int[] {4, 2})
        .put("Recurrences.predict.input", () -> var(2, 4, 12))
        .put(
            "IntFunction<? extends RowProducts>",
            () -> (IntFunction<RowProducts>) rows -> Kernels.rowProducts(array(12, 3), true, rows))
        .put("T", Object::new)
        .put("Gradients.Sink.input", () -> Var.leaf(array(2, 3)))
        .put("Supplier<INDArray>", () -> (Supplier<INDArray>) () -> array(2, 3))
        .put("Supplier<R>", () -> (Supplier<Object>) () -> null)
        .put("Gradients.of.loss", () -> Ops.sum(var(2, 3)))
        .put("KernelProvider", Kernels::portable)
        .put("Var.Backward", () -> (Var.Backward) (g, sink) -> {})
        .put("Parameter.assign.values", () -> array(2, 3))
        .put("Collection<INDArray>", () -> List.of(array(2, 3)))
        .put("RecurrentCell", () -> RecurrentCell.LSTM)
        .put("List<InputTerm>", () -> List.of(InputTerm.of(var(2, 4, 12))))
        .put("List<AffineTerm>", () -> List.of(new Weights(var(12, 3), null).term()));
  }

  private static Object sink() {
    AtomicReference<Object> sink = new AtomicReference<>();
    Var result = Var.result(array(2, 3), List.of(var(2, 3)), (g, given) -> sink.set(given));
    Gradients.of(result, array(2, 3));
    return sink.get();
  }

  private static void convolutions(Examples examples) {
    List<String> images =
        List.of("Convolutions.x", "FlipoutConvolutions.x", "Padding.x", "ResidualShortcut.x");
    examples
        .put(images, () -> var(2, 3, 4, 4))
        .put("Convolutions.conv.weight", () -> var(2, 3, 2, 2))
        .put("Convolutions.linear.x", () -> var(2, 3))
        .put("Convolutions.linear.weight", () -> var(2, 3))
        .put("Convolutions.convTranspose.weight", () -> var(3, 2, 2, 2))
        .put("Convolutions.bias", () -> var(2))
        .put("Convolutions.outputPadding", () -> List.of(0, 0))
        .put("FlipoutConvolutions.kernel", () -> var(2, 3, 2, 2))
        .put("FlipoutConvolutions.mean", () -> new Weights(var(2, 3, 2, 2), null).term())
        .put(
            "FlipoutConvolutions.perturbation",
            () -> new Weights(var(2, 3, 2, 2), null).term(array(2, 3), array(2, 2)))
        .put("Padding.axis", () -> 2);
  }

  private static FlipoutWeights flipout() {
    return new FlipoutWeights(
        array(2, 3, 2, 2), null, array(2, 3, 2, 2), null, array(2, 3), array(2, 2));
  }

  private static void kernels(Examples examples) {
    List<String> images = List.of("Kernels.x", "PoolKernels.x", "Operands.x", "PreparedConv.x");
    examples
        .put(images, () -> array(2, 3, 4, 4))
        .put("gradY: INDArray", () -> array(2, 2, 3, 3))
        .put("weight: INDArray", () -> array(2, 3, 2, 2))
        .put("bias: INDArray", () -> array(2))
        .put("scale: INDArray", () -> array(3))
        .put("shift: INDArray", () -> array(3))
        .put("factors: INDArray", () -> array(2, 3))
        .put("shapeX: long[]", () -> new long[] {2, 3, 4, 4})
        .put("shapeW: long[]", () -> new long[] {2, 3, 2, 2})
        .put("Epilogue", () -> Epilogue.NONE)
        .put("Flags.Relation", () -> Flags.Relation.LESS)
        .put("IntegerFinish", () -> IntegerFinish.NONE)
        .put("Quantum", () -> new Quantum(0.5f, true))
        .put("scales: List<Float>", () -> List.of(0.5f, 0.25f))
        .put("FlipoutWeights", CoreExamples::flipout)
        .put("PoolKernels.y", () -> array(2, 3, 3, 3))
        .put("Kernels.addInto.y", () -> array(2, 3, 4, 4))
        .put(List.of("Kernels.linear.x", "PreparedLinear.x"), () -> array(2, 3))
        .put("Kernels.linear.weight", () -> array(2, 3))
        .put("Kernels.prepareLinear.weight", () -> array(2, 3))
        .put("Kernels.matmul.transposeA", () -> false)
        .put("Kernels.matmuls.transposeA", () -> false)
        .put("Kernels.transposed", () -> false)
        .put("Kernels.addScaled.a", () -> array(2, 3, 4, 4))
        .put("Kernels.addScaled.b", () -> array(2, 3, 4, 4))
        .put("PoolKernels.maxPoolBackward.gradY", () -> array(2, 3, 3, 3))
        .put("PoolKernels.avgPoolBackward.gradY", () -> array(2, 3, 3, 3))
        .put("Kernels.batchNormBackward.gradY", () -> array(2, 3, 4, 4))
        .put("Weights", () -> new Weights(var(12, 3), null))
        .put("Weights.kernel", () -> var(12, 3))
        .put("Weights.bias", () -> var(12))
        .put("Weights.inputFactors", () -> array(2, 3))
        .put("Weights.outputFactors", () -> array(2, 12))
        .put("Softmax.x", () -> array(2, 3))
        .put("Softmax.y", () -> array(2, 3))
        .put("Softmax.gradY", () -> array(2, 3))
        .put("Softmax.axis", () -> 1)
        .put("KernelProvider.BatchNorm", CoreExamples::batchNorm)
        .put("ChannelFold", () -> ChannelFold.of(array(2, 3, 2, 2), array(2)))
        .put("ChannelFold.then.factor", () -> array(2))
        .put("ChannelFold.then.shift", () -> array(2))
        .put("inputShape: long[]", () -> new long[] {2, 3, 4, 4})
        .put("inputLength: long", () -> 4L)
        .put("a: long[]", () -> new long[] {2, 3, 4, 4})
        .put("b: long[]", () -> new long[] {2, 3, 4, 4})
        .put("Operands.x: long[]", () -> new long[] {2, 3, 4, 4})
        .put("RoundedRelu.x", CoreExamples::rounded)
        .put("RoundedRelu.y", CoreExamples::rounded)
        .put("RoundedRelu.gradY", CoreExamples::rounded)
        .put("Operands.requireFloat.name", () -> "array")
        .put("Operands.requireChannels.name", () -> "perChannel")
        .put("Layout.memory.name", () -> "array")
        .put("Operands.perChannel", () -> array(3))
        .put("Operands.rank", () -> 2)
        .put("PreparedConv", () -> Kernels.prepareConv(array(2, 3, 2, 2), null, geometry()))
        .put("PreparedLinear", () -> Kernels.prepareLinear(array(2, 3), null));
    elementwise(examples);
  }

  private static INDArray rounded() {
    return array(2, 4).castTo(DataType.BFLOAT16);
  }

  private static KernelProvider.BatchNorm batchNorm() {
    return Kernels.batchNorm(array(2, 3, 4, 4), array(3), array(3), 1e-5);
  }

  private static void elementwise(Examples examples) {
    examples
        .put("Elementwise.Unary", () -> (Elementwise.Unary) (x, out, n) -> {})
        .put("Elementwise.Binary", () -> (Elementwise.Binary) (x, y, out, n) -> {})
        .put("Elementwise.Ternary", () -> (Elementwise.Ternary) (x, y, z, out, n) -> {})
        .put("Elementwise.Pair", () -> (Elementwise.Pair) (x, y, z, first, second, n) -> {})
        .put("Elementwise.gradY", () -> array(2, 3))
        .put(
            "BiFunction<INDArray, INDArray, TransformOp>",
            () -> (BiFunction<INDArray, INDArray, TransformOp>) Exp::new);
  }

  private static void memory(Examples examples) {
    examples
        .put("float[]", () -> new float[2])
        .put("ArenaPool", ArenaPool::new)
        .put("Corruption", () -> Corruption.common().get(0))
        .put("Corruption.images", () -> array(1, 3, 16, 16))
        .put("Function<Arena, T>", () -> (Function<Arena, Object>) arena -> "done");
  }

  private static void variational(Examples examples) {
    examples.put("GaussianPosterior.prune.kept", () -> Nd4j.ones(DataType.FLOAT, 2, 3));
  }
}
