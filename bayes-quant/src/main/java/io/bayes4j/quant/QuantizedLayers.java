package io.bayes4j.quant;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Affine;
import io.bayes4j.layers.AffineOp;
import io.bayes4j.layers.Embedding;
import io.bayes4j.layers.EmbeddingOp;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.Layers.Located;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.PlainRecurrent;
import io.bayes4j.layers.Recurrent;
import io.bayes4j.layers.RecurrentOp;
import io.bayes4j.layers.variational.EmbeddingReparameterization;
import io.bayes4j.layers.variational.VariationalAffine;
import io.bayes4j.layers.variational.VariationalRecurrent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What quantized layers of all kinds share. */
final class QuantizedLayers {
  private QuantizedLayers() {}

  /** Whether a layer computes in 8-bit integers. */
  static boolean is(Layer layer) {
    return layer instanceof QuantizedLayer;
  }

  static void requirePrediction(Layer layer, Pass pass) {
    if (pass.mode().batchStatistics()) {
      throw new UnsupportedOperationException(
          layer + " cannot be trained: train the float model, then quantize it");
    }
  }

  /** The operation of an affine layer that has an 8-bit form, else null. */
  static @Nullable AffineOp affineOp(Layer layer) {
    AffineOp op = null;
    if (layer instanceof Affine affine) {
      op = affine.op();
    } else if (layer instanceof VariationalAffine affine) {
      op = affine.op();
    }
    return op instanceof AffineOp.Dense || op instanceof AffineOp.Convolutional ? op : null;
  }

  /** Whether a layer that is not affine has an 8-bit form. */
  static boolean hasOtherForm(Layer layer) {
    return layer instanceof Embedding
        || layer instanceof EmbeddingReparameterization
        || layer instanceof PlainRecurrent
        || layer instanceof VariationalRecurrent;
  }

  /**
   * The 8-bit form of a layer for which {@link #hasOtherForm} holds.
   *
   * @throws IllegalArgumentException if its weights are not finite
   */
  static Layer other(Layer layer, QuantizationOptions options, InputScale input, Origin origin) {
    if (layer instanceof Recurrent recurrent) {
      Map<String, QuantizedWeights> weights = new LinkedHashMap<>();
      for (RecurrentOp.Part part : recurrent.op().parts()) {
        String prefix = QuantizedRecurrent.prefix(part);
        weights.put(prefix, rounded(part(layer, part), options, prefix));
      }
      return new QuantizedRecurrent(recurrent.op(), weights, input.array(), origin);
    }
    FloatWeights table =
        layer instanceof EmbeddingReparameterization bayesian
            ? FloatWeights.bayesian(Require.entry(bayesian.distributions(), "weight"), null)
            : FloatWeights.plain(Require.entry(layer.parameters(), "weight"), null);
    return new QuantizedEmbedding(
        Objects.requireNonNull(embeddingOp(layer)), rounded(table, options, ""), origin);
  }

  private static QuantizedWeights rounded(
      FloatWeights weights, QuantizationOptions options, String prefix) {
    return QuantizedWeights.of(weights, options.coveredSigmas(), options.perUnit(), prefix);
  }

  private static FloatWeights part(Layer layer, RecurrentOp.Part part) {
    if (layer instanceof VariationalRecurrent bayesian) {
      return FloatWeights.bayesian(
          Require.entry(bayesian.distributions(), part.weight()),
          bayesian.distributions().get(part.bias()));
    }
    return FloatWeights.plain(
        Require.entry(layer.parameters(), part.weight()), layer.parameters().get(part.bias()));
  }

  private static @Nullable EmbeddingOp embeddingOp(Layer layer) {
    if (layer instanceof Embedding embedding) {
      return embedding.op();
    }
    return layer instanceof EmbeddingReparameterization bayesian ? bayesian.op() : null;
  }

  private static Layer restoreRecurrent(
      Located place, Recurrent layer, Origin origin, Map<String, INDArray> arrays) {
    Map<String, QuantizedWeights> weights = new LinkedHashMap<>();
    for (RecurrentOp.Part part : layer.op().parts()) {
      String prefix = QuantizedRecurrent.prefix(part);
      requireWeights(place, prefix, arrays, part.op().kernelShape());
      Map<String, INDArray> own = new LinkedHashMap<>(arrays);
      own.keySet()
          .removeIf(
              name ->
                  !name.startsWith(prefix)
                      || !QuantizedWeights.NAMES.contains(name.substring(prefix.length())));
      weights.put(prefix, QuantizedWeights.from(own, prefix));
    }
    INDArray input =
        require(place, InputScale.NAME, arrays.get(InputScale.NAME), DataType.FLOAT, 3);
    return new QuantizedRecurrent(layer.op(), weights, input, origin);
  }

  /**
   * A quantized layer of arrays as a file has them.
   *
   * @param place of the float layer
   * @throws IllegalArgumentException naming an array that is missing, of another type or shape
   */
  static Layer restore(Located place, String from, Map<String, INDArray> arrays) {
    Origin origin = new Origin(from, Origin.priors(arrays, ""));
    if (place.layer() instanceof Recurrent recurrent) {
      return restoreRecurrent(place, recurrent, origin, arrays);
    }
    EmbeddingOp table = embeddingOp(place.layer());
    if (table != null) {
      requireWeights(place, "", arrays, table.tableShape());
      return new QuantizedEmbedding(table, QuantizedWeights.from(weights(arrays), ""), origin);
    }
    AffineOp op = affineOp(place.layer());
    if (op == null) {
      throw new IllegalArgumentException(
          place.path() + " must be a layer with an 8-bit form, got " + place.layer());
    }
    INDArray input =
        require(place, InputScale.NAME, arrays.get(InputScale.NAME), DataType.FLOAT, 3);
    requireWeights(place, "", arrays, FloatWeights.shape(op));
    return new QuantizedAffine(op, QuantizedWeights.from(weights(arrays), ""), input, origin);
  }

  /** Those of a layer's arrays that are weights; what is left over is found by who loads them. */
  private static Map<String, INDArray> weights(Map<String, INDArray> arrays) {
    Map<String, INDArray> weights = new LinkedHashMap<>(arrays);
    weights.keySet().retainAll(QuantizedWeights.NAMES);
    return weights;
  }

  private static void requireWeights(
      Located place, String prefix, Map<String, INDArray> arrays, long... shape) {
    String whole = prefix + "weight.int8";
    require(place, whole, arrays.get(whole), DataType.INT8, shape);
    String scale = prefix + "weight.scale";
    require(place, scale, arrays.get(scale), DataType.FLOAT, shape[0]);
    String sigma = prefix + "weight.sigma";
    if (arrays.containsKey(sigma)) {
      require(place, sigma, arrays.get(sigma), DataType.UINT8, shape);
    }
    for (String name : new String[] {prefix + "bias", prefix + "bias.sigma"}) {
      if (arrays.containsKey(name)) {
        require(place, name, arrays.get(name), DataType.FLOAT, shape[0]);
      }
    }
  }

  private static INDArray require(
      Located place, String name, @Nullable INDArray array, DataType type, long... shape) {
    if (array == null) {
      throw new IllegalArgumentException(place.child(name) + " is missing");
    }
    Require.argument(
        array.dataType() == type && Arrays.equals(array.shape(), shape),
        "%s must be %s of shape %s, got %s of shape %s",
        place.child(name),
        type,
        Require.text(shape),
        array.dataType(),
        Require.text(array.shape()));
    return array;
  }
}
