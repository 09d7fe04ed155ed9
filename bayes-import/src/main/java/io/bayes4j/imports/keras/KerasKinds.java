package io.bayes4j.imports.keras;

import com.fasterxml.jackson.databind.JsonNode;
import io.bayes4j.layers.Arithmetic;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The classes of Keras that can be read. */
final class KerasKinds {
  private static final Map<String, KerasKind> KINDS = new HashMap<>();

  /** Classes that read several arrays. */
  private static final Set<String> SEVERAL =
      Set.of(
          "Add", "Subtract", "Multiply", "Average", "Concatenate", "Merge", "MultiHeadAttention");

  /** Names of Keras 1. */
  private static final Map<String, String> OLD =
      Map.ofEntries(
          Map.entry("AtrousConvolution1D", "Conv1D"),
          Map.entry("AtrousConvolution2D", "Conv2D"),
          Map.entry("Convolution1D", "Conv1D"),
          Map.entry("Convolution2D", "Conv2D"),
          Map.entry("Convolution3D", "Conv3D"),
          Map.entry("Convolution2DTranspose", "Conv2DTranspose"),
          Map.entry("CuDNNGRU", "an old CuDNNGRU"),
          Map.entry("CuDNNLSTM", "an old CuDNNLSTM"),
          Map.entry("Highway", "a Highway"),
          Map.entry("SeparableConvolution2D", "SeparableConv2D"),
          Map.entry("BatchNormalizationV1", "BatchNormalization"));

  static {
    for (int rank = 1; rank <= 3; rank++) {
      String d = rank + "D";
      KINDS.put("Conv" + d, Convolutional.conv(rank));
      KINDS.put("Conv" + d + "Transpose", Convolutional.transposed(rank));
      KINDS.put("DepthwiseConv" + d, Convolutional.depthwise(rank));
      KINDS.put("SeparableConv" + d, Convolutional.separable(rank));
      KINDS.put("MaxPooling" + d, Pooling.windows(rank, true));
      KINDS.put("AveragePooling" + d, Pooling.windows(rank, false));
      KINDS.put("GlobalMaxPooling" + d, Pooling.global(rank, true));
      KINDS.put("GlobalAveragePooling" + d, Pooling.global(rank, false));
      KINDS.put("ZeroPadding" + d, Rearranging.padding(rank, false));
      KINDS.put("Cropping" + d, Rearranging.padding(rank, true));
      KINDS.put("UpSampling" + d, Rearranging.upSampling(rank));
      KINDS.put("SpatialDropout" + d, Rearranging::dropout);
    }
    KINDS.put("Dense", Dense::dense);
    KINDS.put("Embedding", Dense::embedding);
    KINDS.put("BatchNormalization", Dense::batchNorm);
    KINDS.put("LayerNormalization", Dense::layerNorm);
    KINDS.put("GroupNormalization", Dense::groupNorm);
    KINDS.put("LSTM", RecurrentKinds::recurrent);
    KINDS.put("GRU", RecurrentKinds::recurrent);
    KINDS.put("SimpleRNN", RecurrentKinds::recurrent);
    KINDS.put("Bidirectional", RecurrentKinds::bidirectional);
    KINDS.put("TimeDistributed", KerasKinds::timeDistributed);
    KINDS.put("TimeDistributedDense", Dense::dense);
    KINDS.put("MultiHeadAttention", Attention::multiHead);
    KINDS.put("Activation", Functions::activation);
    KINDS.put("ReLU", Functions::relu);
    KINDS.put("LeakyReLU", Functions::leakyRelu);
    KINDS.put("ELU", Functions::elu);
    KINDS.put("PReLU", Functions::prelu);
    KINDS.put("Softmax", Functions::softmaxLayer);
    KINDS.put("Flatten", Rearranging::flatten);
    KINDS.put("Reshape", Rearranging::reshape);
    KINDS.put("Permute", Rearranging::permute);
    KINDS.put("RepeatVector", Rearranging::repeat);
    KINDS.put("Rescaling", Rearranging::rescaling);
    KINDS.put("Dropout", Rearranging::dropout);
    KINDS.put("InputLayer", Rearranging::nothing);
    KINDS.put("Add", Rearranging.arithmetic(Arithmetic.ADD, false));
    KINDS.put("Subtract", Rearranging.arithmetic(Arithmetic.SUB, false));
    KINDS.put("Multiply", Rearranging.arithmetic(Arithmetic.MUL, false));
    KINDS.put("Average", Rearranging.arithmetic(Arithmetic.ADD, true));
    KINDS.put("Concatenate", Rearranging::concatenate);
    KINDS.put("Merge", Rearranging::merge);
    KINDS.put("GaussianNoise", Rearranging::trainingOnly);
    KINDS.put("GaussianDropout", Rearranging::trainingOnly);
    KINDS.put("AlphaDropout", Rearranging::trainingOnly);
    KINDS.put("ActivityRegularization", Rearranging::trainingOnly);
  }

  private KerasKinds() {}

  /**
   * Checks what a layer is called with.
   *
   * @throws Unsupported if it reads more than its kind can, or in another way
   */
  static void requireCall(String type, int inputs, JsonNode options) {
    if (inputs > 1 && !SEVERAL.contains(type)) {
      throw new Unsupported("reads " + inputs + " arrays, such as a state to begin with");
    }
    if (options.path("use_causal_mask").asBoolean() || options.path("training").asBoolean()) {
      throw new Unsupported("is called with use_causal_mask or training");
    }
  }

  /** The class by its name in Keras 2 and 3. */
  static String modern(String type) {
    return OLD.getOrDefault(type, type);
  }

  /**
   * What adds layers of a class.
   *
   * @throws Unsupported if there is nothing
   */
  static KerasKind of(String type) {
    KerasKind kind = KINDS.get(type);
    if (kind == null) {
      throw new Unsupported("no such layer here");
    }
    return kind;
  }

  /** A dense layer is applied to each step as it is; others have no such form here. */
  private static Value timeDistributed(Net net, KerasLayer layer, List<Value> inputs) {
    JsonNode inner = layer.options().get("layer");
    String type = modern(inner.path("class_name").asText());
    if (!type.equals("Dense") && !type.equals("Activation") && !type.equals("Dropout")) {
      throw new Unsupported("of a " + KerasFile.clean(type));
    }
    Options options = new Options(inner.path("config"));
    return of(type).add(net, layer.part("", type, options, layer.weights()), inputs);
  }
}
