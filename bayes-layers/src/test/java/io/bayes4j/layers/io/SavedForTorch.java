package io.bayes4j.layers.io;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.graph.Var;
import io.bayes4j.core.random.Noise;
import io.bayes4j.core.testing.Samples;
import io.bayes4j.layers.Activation;
import io.bayes4j.layers.AttentionSpec;
import io.bayes4j.layers.BatchNorm2d;
import io.bayes4j.layers.Block;
import io.bayes4j.layers.Conv2d;
import io.bayes4j.layers.ConvSpec;
import io.bayes4j.layers.Flatten;
import io.bayes4j.layers.Gru;
import io.bayes4j.layers.Init;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.LayerNorm;
import io.bayes4j.layers.Layers;
import io.bayes4j.layers.Linear;
import io.bayes4j.layers.Lstm;
import io.bayes4j.layers.MultiheadAttention;
import io.bayes4j.layers.Pass;
import io.bayes4j.layers.RecurrentSpec;
import io.bayes4j.layers.Sequential;
import io.bayes4j.layers.Slot;
import io.bayes4j.layers.TransformerEncoder;
import io.bayes4j.layers.TransformerEncoderLayer;
import io.bayes4j.layers.TransformerSpec;
import io.bayes4j.layers.variational.LinearReparameterization;
import io.bayes4j.layers.variational.VariationalSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Writes networks, and what they compute, for {@code src/test/python/torch_saved.py}, which loads
 * them into PyTorch's: {@code SavedForTorch FOLDER}.
 */
final class SavedForTorch {
  private static final Init INIT = Init.seeded(1);

  private SavedForTorch() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    for (Map.Entry<String, Layer> network : networks().entrySet()) {
      Layer model = network.getValue();
      stir(model);
      INDArray x = Samples.normals(3, inputShape(network.getKey()));
      TorchStateDict.save(model, folder.resolve(network.getKey() + ".safetensors"));
      INDArray y = Gradients.off(() -> Pass.mean().run(model, Var.constant(x)).value());
      new ObjectMapper()
          .writeValue(
              folder.resolve(network.getKey() + ".json").toFile(),
              Map.of("x", numbers(x), "y", numbers(y)));
    }
  }

  /** Networks that the script has under the same names. */
  static Map<String, Layer> networks() {
    AttentionSpec attention = AttentionSpec.of(4, 2);
    TransformerSpec encoder = TransformerSpec.of(4, 2).withFeedforward(5).withDropout(0);
    RecurrentSpec recurrent = RecurrentSpec.of(4, 3).withLayers(2).withBidirectional();
    Map<String, Layer> all = new LinkedHashMap<>();
    all.put("attention", new MultiheadAttention(attention, INIT));
    all.put("attention_without_bias", new MultiheadAttention(attention.withoutBias(), INIT));
    all.put("bayesian_attention", bayesian(new MultiheadAttention(attention, INIT)));
    all.put("encoder_layer", new TransformerEncoderLayer(encoder, INIT));
    all.put("encoder", new TransformerEncoder(encoder.withNormFirst(), 2, true, INIT));
    all.put("in_a_chain", Sequential.of(new Linear(4, 4, INIT), all.get("encoder")));
    all.put("lstm", new Lstm(recurrent, INIT));
    all.put("gru", new Gru(recurrent, INIT));
    all.put("tied", new Tied());
    all.put(
        "cnn",
        Sequential.of(
            new Conv2d(ConvSpec.conv2d(3, 4, 3), INIT),
            new BatchNorm2d(4),
            Activation.RELU,
            new Flatten(),
            new Linear(4 * 6, 3, INIT)));
    return all;
  }

  private static long[] inputShape(String name) {
    return name.equals("cnn") ? new long[] {2, 3, 5, 4} : new long[] {2, 3, 4};
  }

  /** Attention with Bayesian projections. */
  static Layer bayesian(MultiheadAttention attention) {
    IdentityHashMap<Layer, Layer> replacements = new IdentityHashMap<>();
    for (Slot<?> slot : attention.slots()) {
      if (slot.layer() instanceof Linear) {
        replacements.put(
            slot.layer(), new LinearReparameterization(4, 4, VariationalSpec.defaults(), INIT));
      }
    }
    return Layers.replace(attention, replacements);
  }

  /** A dense layer that is there twice, around a normalisation. */
  static final class Tied extends Block {
    private final Slot<Layer> encoder;
    private final Slot<Layer> norm;
    private final Slot<Layer> decoder;

    Tied() {
      Layer linear = new Linear(4, 4, INIT);
      this.encoder = slot("encoder", linear);
      this.norm = slot("norm", new LayerNorm(4));
      this.decoder = slot("decoder", linear);
    }

    @Override
    public Var forward(Var x, Pass pass) {
      return decoder.forward(norm.forward(encoder.forward(x, pass), pass), pass);
    }
  }

  /** Gives normalisations and biases numbers that matter. */
  static void stir(Layer model) {
    Layers.parameters(model)
        .forEach(
            (name, parameter) -> {
              if (!name.endsWith(".rho")) {
                Noise noise = Noise.seeded(5).split(name);
                parameter.assign(noise.normals(parameter.shape()).mul(0.5));
              }
            });
    Layers.buffers(model).forEach((name, buffer) -> buffer.addi(0.25));
  }

  private static Map<String, Object> numbers(INDArray array) {
    return Map.of("shape", array.shape(), "data", array.dup('c').data().asFloat());
  }
}
