package io.bayes4j.layers.sweep;

import static io.bayes4j.core.testing.sweep.CoreExamples.array;
import static io.bayes4j.core.testing.sweep.CoreExamples.var;

import io.bayes4j.core.graph.Parameter;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.kernels.Kernels;
import io.bayes4j.core.kernels.RowProducts;
import io.bayes4j.core.ops.AffineTerm;
import io.bayes4j.core.ops.Weights;
import io.bayes4j.core.ops.recurrent.RecurrentCell;
import io.bayes4j.core.testing.sweep.Examples;
import io.bayes4j.core.variational.VariationalParameter;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AffineLayer;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Dropout;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.GlobalAvgPool;
import io.bayes4j.layers.GroupNorm;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Identity;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerChange;
import io.bayes4j.layers.LayerNorm;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.MaxPool1d;
import io.bayes4j.layers.Mode;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.PoolSpec;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.RecurrentState;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Standardized;
import io.bayes4j.layers.Standardizer;
import io.bayes4j.layers.StochasticDepth;
import io.bayes4j.layers.TransformerEncoder;
import io.bayes4j.layers.TransformerEncoderLayer;
import io.bayes4j.layers.TransformerSpec;
import io.bayes4j.layers.variational.EmbeddingReparameterization;
import io.bayes4j.layers.variational.Estimator;
import io.bayes4j.layers.variational.GruFlipout;
import io.bayes4j.layers.variational.GruReparameterization;
import io.bayes4j.layers.variational.LinearLocalReparameterization;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.LstmFlipout;
import io.bayes4j.layers.variational.LstmReparameterization;
import io.bayes4j.layers.variational.VariationalAffineLayer;
import io.bayes4j.layers.variational.VariationalSpec;
import io.bayes4j.layers.zoo.LayerFactory;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Right arguments of layers and their operations. */
final class LayerKinds {
  private static final VariationalSpec PRIOR = VariationalSpec.defaults();

  private LayerKinds() {}

  static void put(Examples examples) throws Exception {
    affine(examples);
    layers(examples);
    recurrent(examples);
    operations(examples);
  }

  private static void affine(Examples examples) throws Exception {
    for (int rank = 1; rank <= 3; rank++) {
      int r = rank;
      ConvSpec spec = ConvSpec.of(2, 4, Collections.nCopies(rank, 3));
      for (String kind : List.of("Conv", "ConvTranspose")) {
        String plain = kind + rank + "d";
        examples
            .put(plain, () -> make("io.bayes4j.layers." + plain, spec, Init.seeded(1)))
            .put(plain + ".spec", () -> spec)
            .put(plain + ".x", () -> Var.leaf(LayersExamples.images(r)));
        for (String estimator :
            List.of("Flipout", "Reparameterization", "LocalReparameterization")) {
          String name = plain + estimator;
          examples
              .put(
                  name,
                  () -> make("io.bayes4j.layers.variational." + name, spec, PRIOR, Init.seeded(1)))
              .put(name + ".conv", () -> spec)
              .put(name + ".x", () -> Var.leaf(LayersExamples.images(r)));
        }
      }
      for (String kind : List.of("AvgPool", "MaxPool")) {
        String name = kind + rank + "d";
        examples
            .put(name, () -> make("io.bayes4j.layers." + name, 2))
            .put(name + ".window", () -> 2)
            .put(name + ".spec", () -> PoolSpec.of(IntStream.range(0, r).map(i -> 2).toArray()))
            .put(name + ".x", () -> Var.leaf(LayersExamples.images(r)));
      }
      String norm = "BatchNorm" + rank + "d";
      examples
          .put(norm, () -> make("io.bayes4j.layers." + norm, 2L))
          .put(norm + ".x", () -> Var.leaf(LayersExamples.images(r)));
    }
  }

  private static boolean takes(Constructor<?> constructor, Object... arguments) {
    Class<?>[] types = constructor.getParameterTypes();
    boolean fits = types.length == arguments.length;
    for (int i = 0; fits && i < types.length; i++) {
      fits = MethodType.methodType(types[i]).wrap().returnType().isInstance(arguments[i]);
    }
    return fits;
  }

  private static Object make(String name, Object... arguments) throws Exception {
    for (Constructor<?> constructor : Class.forName(name).getConstructors()) {
      if (takes(constructor, arguments)) {
        return constructor.newInstance(arguments);
      }
    }
    throw new IllegalArgumentException(name);
  }

  private static void layers(Examples examples) {
    examples
        .put("Linear", () -> new Linear(3, 4, Init.seeded(1)))
        .put("Affine", () -> new Linear(3, 4, Init.seeded(1)))
        .put("AffineLayer", () -> new AffineLayer(AffineOp.Dense.of(3, 4), Init.seeded(1)))
        .put("Flatten", Flatten::new)
        .put("Layers.inputShape", () -> new long[] {2, 3})
        .put("PoolSpec.padding", () -> List.of(0, 0))
        .put("SequenceLengths.y", () -> var(2, 5, 3))
        .put("SequenceLengths.steps", () -> 5L)
        .put("SequenceLengths.mask", () -> Nd4j.createFromArray(new float[][] {{1, 1}, {1, 0}}))
        .put(
            "Standardized",
            () ->
                new Standardized(
                    Standardizer.identity(3),
                    new Linear(3, 4, Init.seeded(1)),
                    Standardizer.identity(4)))
        .put("Identity", Identity::new)
        .put("Dropout", () -> new Dropout(0.5))
        .put("StochasticDepth", () -> new StochasticDepth(0.5))
        .put("Pool", () -> new MaxPool1d(2))
        .put("Pool.x", () -> var(2, 3, 4))
        .put("BatchNorm", () -> new BatchNorm1d(3))
        .put("Sequential", () -> Sequential.of(Activation.RELU))
        .put("GlobalAvgPool", GlobalAvgPool::new)
        .put("GlobalAvgPool.x", () -> var(2, 3, 4))
        .put("GroupNorm", () -> new GroupNorm(1, 3))
        .put("GroupNorm.channels", () -> 3L)
        .put("LayerNorm", () -> new LayerNorm(3))
        .put("Embedding", () -> new Embedding(5, 4, Init.seeded(1)))
        .put("Embedding.x", () -> Var.constant(Nd4j.ones(DataType.FLOAT, 2, 3)))
        .put("Slot", () -> Sequential.of(Activation.RELU).slots().get(0))
        .put("Slot.replacement", () -> Activation.TANH);
    attention(examples);
    variational(examples);
  }

  private static void attention(Examples examples) {
    TransformerSpec spec = TransformerSpec.of(4, 2);
    Init init = Init.seeded(1);
    List<String> inputs =
        List.of(
            "MultiheadAttention.x",
            "MultiheadAttention.query",
            "MultiheadAttention.key",
            "MultiheadAttention.value",
            "TransformerEncoder.x",
            "TransformerEncoderLayer.x");
    examples
        .put("MultiheadAttention", () -> new MultiheadAttention(AttentionSpec.of(4, 2), init))
        .put("TransformerEncoder", () -> new TransformerEncoder(spec, 1, true, init))
        .put("TransformerEncoderLayer", () -> new TransformerEncoderLayer(spec, init))
        .put(inputs, () -> var(2, 3, 4));
  }

  private static void variational(Examples examples) {
    Init init = Init.seeded(1);
    examples
        .put("VariationalAffine", LayersExamples::bayesian)
        .put("VariationalLayer", LayersExamples::bayesian)
        .put("LinearFlipout", LayersExamples::bayesian)
        .put(
            "VariationalAffineLayer",
            () ->
                new VariationalAffineLayer(AffineOp.Dense.of(3, 4), Estimator.FLIPOUT, PRIOR, init))
        .put("LinearReparameterization", () -> new LinearReparameterization(3, 4, PRIOR, init))
        .put(
            "LinearLocalReparameterization",
            () -> new LinearLocalReparameterization(3, 4, PRIOR, init))
        .put(
            "EmbeddingReparameterization", () -> new EmbeddingReparameterization(5, 4, PRIOR, init))
        .put("EmbeddingReparameterization.x", () -> Var.constant(Nd4j.ones(DataType.FLOAT, 2, 3)))
        .put("VariationalLayers.kernel", () -> LayersExamples.weight(4, 3))
        .put("VariationalLayers.bias", () -> LayersExamples.weight(4))
        .put("VariationalLayers.table", () -> LayersExamples.weight(5, 4))
        .put(
            "Map<String, VariationalParameter>",
            () ->
                new RecurrentOp(RecurrentCell.LSTM, RecurrentSpec.of(3, 4))
                    .byName(
                        part -> LayersExamples.weight(part.op().kernelShape()),
                        part -> LayersExamples.weight(part.op().units())))
        .put(
            "Function<Parameter, VariationalParameter>",
            () -> (Function<Parameter, VariationalParameter>) p -> LayersExamples.weight(p.shape()))
        .put("VariationalLayers.plain", () -> new Linear(3, 4, Init.seeded(1)))
        .put("VariationalLayers.plain.bayesian", LayersExamples::bayesian);
  }

  private static void recurrent(Examples examples) {
    Init init = Init.seeded(1);
    List<String> kinds =
        List.of(
            "Recurrent",
            "PlainRecurrent",
            "VariationalRecurrent",
            "Lstm",
            "LstmFlipout",
            "LstmReparameterization");
    examples
        .put("Recurrent", () -> new Lstm(3, 4, init))
        .put("PlainRecurrent", () -> new Lstm(3, 4, init))
        .put("VariationalRecurrent", () -> new LstmFlipout(3, 4, PRIOR, init))
        .put("Lstm", () -> new Lstm(3, 4, init))
        .put("LstmFlipout", () -> new LstmFlipout(3, 4, PRIOR, init))
        .put("LstmReparameterization", () -> new LstmReparameterization(3, 4, PRIOR, init))
        .put("Gru", () -> new Gru(3, 4, init))
        .put("GruFlipout", () -> new GruFlipout(3, 4, PRIOR, init))
        .put("GruReparameterization", () -> new GruReparameterization(3, 4, PRIOR, init));
    kinds.forEach(kind -> examples.put(kind + ".x", () -> var(2, 5, 3)));
    for (String kind : List.of("Gru", "GruFlipout", "GruReparameterization")) {
      examples
          .put(kind + ".x", () -> var(2, 5, 3))
          .put(kind + ".initial", () -> RecurrentState.of(var(1, 2, 4)));
    }
  }

  private static void operations(Examples examples) {
    examples
        .put("AffineOp.Conv", () -> new AffineOp.Conv(ConvSpec.conv2d(2, 4, 3)))
        .put("AffineOp.ConvTranspose", () -> new AffineOp.ConvTranspose(ConvSpec.conv2d(2, 4, 3)))
        .put("AffineOp.Convolutional", () -> new AffineOp.Conv(ConvSpec.conv2d(2, 4, 3)))
        .put("List<AffineTerm>", LayersExamples::terms);
    for (String kind : List.of("Conv", "ConvTranspose", "Convolutional")) {
      String name = "AffineOp." + kind;
      boolean transposed = kind.equals("ConvTranspose");
      Callable<Var> kernel = () -> transposed ? var(2, 4, 3, 3) : var(4, 2, 3, 3);
      examples
          .put(name + ".x", () -> Var.leaf(LayersExamples.images(2)))
          .put(name + ".a", () -> Var.leaf(LayersExamples.images(2)))
          .put(name + ".b", () -> Var.leaf(LayersExamples.images(2)))
          .put(name + ".start", () -> transposed ? var(2, 4, 7, 7) : var(2, 4, 3, 3))
          .put(name + ".factors", () -> array(2, 2))
          .put(name + ".mean", () -> new Weights(kernel.call(), null).term())
          .put(
              name + ".perturbation",
              () -> new Weights(kernel.call(), null).term(array(2, 2), array(2, 4)))
          .put(name + ".terms", () -> List.of(new Weights(kernel.call(), null).term()));
      if (!kind.equals("Convolutional")) {
        examples.put(name + ".weights", () -> new Weights(kernel.call(), null));
      }
    }
    examples
        .put("AffineTerm", () -> new Weights(var(4, 3), var(4)).term())
        .put("AffineOp.start", () -> var(2, 4))
        .put("AffineOp.Dense.start", () -> var(2, 4))
        .put("EmbeddingOp.x", () -> Var.constant(Nd4j.ones(DataType.FLOAT, 2, 3)))
        .put("EmbeddingOp.table.init", () -> Init.seeded(1))
        .put("EmbeddingOp.apply.table", () -> var(5, 4))
        .put("RecurrentOp.x", () -> var(2, 5, 3))
        .put("RecurrentOp.Part", () -> RECURRENT.parts().get(0))
        .put(
            "Function<RecurrentOp.Part, List<AffineTerm>>",
            () -> (Function<RecurrentOp.Part, List<AffineTerm>>) LayerKinds::terms)
        .put("RecurrentOp.Products", LayerKinds::products)
        .put(
            "Function<RecurrentOp.Part, T>",
            () -> (Function<RecurrentOp.Part, Object>) part -> part)
        .put("AttentionMask.ignored", () -> array(2, 3))
        .put("ConvSpec.requireRank.rank", () -> 2)
        .put(List.of("ConvSpec.pad.x", "ConvSpec.requireInput.x"), () -> var(2, 2, 5, 5))
        .put("ConvSpec.groups", () -> 1)
        .put("ConvSpec.number", () -> 2)
        .put("int[]", () -> new int[] {1, 1})
        .put("ConvSpec.withOutputPadding.numbers", () -> new int[] {0, 0})
        .put("LayerChange.of.place", () -> new Layers.Located("path", Activation.RELU))
        .put("O", () -> Mode.SAMPLE)
        .put("List<LayerChange<O>>", () -> List.of(change()))
        .put("Init.given.kernel", () -> array(4, 3))
        .put("Optional<INDArray>", () -> Optional.of(array(4)))
        .put("Init.op", () -> AffineOp.Dense.of(3, 4))
        .put("BatchStatistics.model", LayersExamples::withStatistics)
        .put("Iterable<INDArray>", () -> List.of(array(4, 3), array(4, 3)))
        .put("RecurrentOutput.last", LayersExamples::state)
        .put("RecurrentSpec.layers", () -> 2)
        .put("RecurrentSpec.withLayers.number", () -> 2)
        .put("RecurrentSpec.withDropout.p", () -> 0.0)
        .put("AttentionSpec.units", () -> 4L)
        .put("AttentionSpec.heads", () -> 2)
        .put("TransformerSpec.units", () -> 4L)
        .put("TransformerSpec.heads", () -> 2)
        .put("Zoo.widths", () -> new long[] {3, 4, 2})
        .put("Zoo.depth", () -> 8)
        .put("Zoo.imageNetResNet.depth", () -> 18)
        .put("Zoo.vgg.depth", () -> 11)
        .put(
            List.of(
                "Zoo.vgg.layers",
                "Zoo.mobileNetV2.layers",
                "Zoo.denseNet121.layers",
                "Zoo.efficientNetB0.layers",
                "Zoo.convNeXtTiny.layers",
                "Zoo.vitB16.layers",
                "Zoo.uNet.layers"),
            WithoutWeights::new)
        .put("Zoo.classes", () -> 2);
  }

  private static final RecurrentOp RECURRENT =
      new RecurrentOp(RecurrentCell.LSTM, RecurrentSpec.of(3, 4));

  private static RecurrentOp.Products products() {
    return new RecurrentOp.Products() {
      @Override
      public Var ofInput(RecurrentOp.Part part, Var x) {
        return var(x.size(0), x.size(1), part.op().units());
      }

      @Override
      public RowProducts ofHidden(RecurrentOp.Part part, int rows) {
        return Kernels.rowProducts(var(part.op().kernelShape()).value(), true, rows);
      }
    };
  }

  private static List<AffineTerm> terms(RecurrentOp.Part part) {
    return List.of(new Weights(var(part.op().kernelShape()), var(part.op().units())).term());
  }

  /** Makes networks whose published sizes have up to 550 MB of weights. */
  private static final class WithoutWeights implements LayerFactory {
    @Override
    public Layer linear(long inputs, long units) {
      return new Identity();
    }

    @Override
    public Layer conv2d(ConvSpec spec) {
      return new Identity();
    }

    @Override
    public Layer convTranspose2d(ConvSpec spec) {
      return new Identity();
    }
  }

  private static LayerChange<Mode> change() {
    return new LayerChange<>("path", "Linear(3, 4)", Mode.SAMPLE, "detail");
  }
}
