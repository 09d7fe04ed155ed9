package io.bayes4j.imports.dl4j;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.imports.dl4j.Value.Kind;
import io.bayes4j.layers.BatchNorm1d;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.BatchNorm3d;
import io.bayes4j.layers.BatchNormSpec;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Linear;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The layers of Deeplearning4j that can be read. */
final class Dl4jKinds {
  private static final Set<String> RECURRENT =
      Set.of(
          "lstm",
          "graveslstm",
          "gravesbidirectionallstm",
          "simplernn",
          "bidirectional",
          "lasttimestep",
          "rnnoutput");

  private static final Set<String> IMAGES =
      Set.of(
          "convolution",
          "convolution2d",
          "subsampling",
          "subsampling2d",
          "deconvolution2d",
          "depthwiseconvolution2d",
          "separableconvolution2d",
          "zeropadding",
          "cropping2d",
          "upsampling2d");

  private Dl4jKinds() {}

  /** What a layer reads, where nothing else says it. */
  static Kind inputOf(Conf layer) {
    String type = layer.type();
    if (RECURRENT.contains(type)) {
      return Kind.SEQUENCES;
    }
    if (type.equals("convolution3d") || type.equals("subsampling3d")) {
      return Kind.VOLUMES;
    }
    boolean signals = type.endsWith("1d");
    return signals ? Kind.SIGNALS : IMAGES.contains(type) ? Kind.IMAGES : Kind.FLAT;
  }

  /**
   * Adds a layer.
   *
   * @param variables names of its parameters, as far as the file has them
   * @param value its input; without a node if that is unknown, and then nothing is added
   * @throws Unsupported if there is nothing for the layer
   */
  static Value add(Net net, String name, Conf conf, JsonNode variables, Value value) {
    Conf layer = conf.type().equals("frozen") ? Conf.of(conf.get("layer")) : conf;
    String type = layer.type();
    boolean known = kind(type);
    if (!known) {
      throw new Unsupported("no such layer here");
    }
    if (value.node().isEmpty()) {
      return value;
    }
    if (layer.text("NCHW", "cnn2dDataFormat", "cnn2DFormat", "format").equals("NHWC")
        || layer.text("NCW", "rnnDataFormat", "rnndataFormat").equals("NWC")) {
      throw new Unsupported("channels last");
    }
    Value in = net.dropped(name, layer, value);
    return switch (type) {
      case "dense", "output", "rnnoutput" -> dense(net, name, layer, in);
      case "batchnormalization" -> batchNorm(net, name, layer, variables, in);
      case "embedding", "embeddingsequence" -> embedding(net, name, layer, in);
      case "activation", "loss", "cnnloss", "rnnloss" -> net.activated(name, layer, in);
      case "dropout" -> in;
      default ->
          RECURRENT.contains(type)
              ? RecurrentKinds.add(net, name, layer, in)
              : Spatial.add(net, name, layer, in);
    };
  }

  private static boolean kind(String type) {
    return Set.of(
                "dense",
                "output",
                "batchnormalization",
                "embedding",
                "embeddingsequence",
                "activation",
                "loss",
                "cnnloss",
                "rnnloss",
                "dropout")
            .contains(type)
        || RECURRENT.contains(type)
        || Spatial.isKnown(type);
  }

  private static Value dense(Net net, String name, Conf layer, Value value) {
    if (layer.flag(false, "hasLayerNorm")) {
      throw new Unsupported("hasLayerNorm");
    }
    Value in = value;
    if (value.kind() == Kind.SIGNALS) {
      in = net.sequences(value);
    } else if (value.kind() == Kind.IMAGES || value.kind() == Kind.VOLUMES) {
      in = net.flat(value);
    }
    int inputs = layer.integer("nin", "nIn");
    int units = layer.integer("nout", "nOut");
    boolean bias = layer.flag(true, "hasBias");
    INDArray kernel = net.parameters().transposed(inputs, units);
    Optional<INDArray> shift = bias ? Optional.of(net.parameters().rows(units)) : Optional.empty();
    Linear linear = new Linear(inputs, units, bias, Init.given(kernel, shift));
    return net.activated(name, layer, in.at(net.add(name, linear, in.node())));
  }

  private static Value embedding(Net net, String name, Conf layer, Value value) {
    int rows = layer.integer("nin", "nIn");
    int units = layer.integer("nout", "nOut");
    boolean sequence = layer.type().equals("embeddingsequence");
    boolean bias = layer.flag(!sequence, "hasBias");
    INDArray table =
        Detached.copy(
            net.parameters().transposed(rows, units).permute(1, 0),
            Detached.create(DataType.FLOAT, rows, units));
    if (bias) {
      INDArray shift = net.parameters().rows(units);
      for (int row = 0; row < rows; row++) {
        Detached.add(shift, Detached.view(table, (long) row * units, new long[] {units}, 1));
      }
    }
    if (!sequence) {
      net.nodes().note("numbers [N, 1] of Deeplearning4j's embedding are [N] here");
    }
    Embedding embedding = new Embedding(rows, units, Net.INIT);
    String node = net.add(name, embedding, Map.of("weight", table), value.node());
    Value y = new Value(node, sequence ? Kind.SEQUENCES : Kind.FLAT);
    return net.activated(name, layer, y);
  }

  private static Value batchNorm(
      Net net, String name, Conf layer, JsonNode variables, Value value) {
    List<String> saved = Dl4jNetwork.texts(variables);
    if (!saved.isEmpty() && !saved.contains("mean")) {
      throw new Unsupported("its means and variances, which Deeplearning4j 0.5 does not save");
    }
    Value in = net.signals(value);
    int channels = layer.integer("nout", "nOut");
    boolean locked = layer.flag(false, "lockGammaBeta");
    INDArray gamma =
        locked
            ? Detached.full(layer.number(1, "gamma"), channels)
            : net.parameters().rows(channels);
    INDArray beta =
        locked ? Detached.full(layer.number(0, "beta"), channels) : net.parameters().rows(channels);
    INDArray mean = net.parameters().rows(channels);
    INDArray spread = net.parameters().rows(channels);
    boolean log = saved.contains("log10stdev") || layer.flag(false, "useLogStd");
    double epsilon = layer.number(1e-5, "eps");
    INDArray plain = log ? variances(spread) : spread;
    boolean old = !layer.fields().has("@class");
    Map<String, INDArray> weights =
        Map.of(
            "weight", gamma,
            "bias", beta,
            "running_mean", mean,
            "running_var", old ? without(epsilon, plain) : plain);
    BatchNormSpec spec =
        BatchNormSpec.of(channels)
            .withEpsilon(epsilon)
            .withMomentum(1 - layer.number(0.9, "decay"));
    Layer norm =
        switch (in.kind()) {
          case FLAT, SIGNALS, SEQUENCES -> new BatchNorm1d(spec);
          case IMAGES -> new BatchNorm2d(spec);
          case VOLUMES -> new BatchNorm3d(spec);
        };
    return in.at(net.add(name, norm, weights, in.node()));
  }

  /** Up to 1.0.0-alpha, variances were kept with epsilon, which was not added in predictions. */
  private static INDArray without(double epsilon, INDArray variances) {
    float[] numbers = variances.data().asFloat();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) Math.max(numbers[i] - epsilon, 0);
    }
    return Detached.of(numbers, variances.shape());
  }

  /** Variances of decimal logarithms of standard deviations. */
  private static INDArray variances(INDArray log10) {
    float[] numbers = log10.data().asFloat();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) Math.pow(10, 2.0 * numbers[i]);
    }
    return Detached.of(numbers, log10.shape());
  }
}
