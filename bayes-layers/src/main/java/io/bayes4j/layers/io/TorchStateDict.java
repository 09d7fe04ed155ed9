package io.bayes4j.layers.io;

import io.bayes4j.core.internal.Require;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.variational.Kl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights that PyTorch has trained, by the names of its {@code state_dict()}:
 *
 * <pre>{@code
 * Layer model = Zoo.imageNetResNet(LayerFactory.deterministic(Init.seeded(0)), 18, 1000);
 * TorchStateDict.load(model, Path.of("resnet18.safetensors"));
 * }</pre>
 *
 * <p>PyTorch's own files are pickles, which could run code, and are not read: export them with
 * {@code safetensors.torch.save_file} or {@code numpy.savez}.
 */
public final class TorchStateDict {
  /** What {@code DataParallel} puts before all names. */
  private static final String WRAPPED = "module.";

  /** A counter of batch normalisation that cumulative averages alone depend on. */
  private static final String COUNTER = "num_batches_tracked";

  private TorchStateDict() {}

  /**
   * Loads a {@code .safetensors} or {@code .npz} file, as {@link #load(Layer, Map)} does.
   *
   * @throws IOException if the file cannot be read or is malformed
   * @throws IllegalArgumentException if the name has another ending, or the arrays do not fit the
   *     model, which is not changed then
   */
  public static void load(Layer model, Path file) throws IOException {
    Map<String, INDArray> state = read(file);
    try {
      load(model, state);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Copies a state into a model. Counters of batches that the model has no use for are left out,
   * and so is {@code module.} before all names. The packed projections of attention, {@code
   * in_proj_weight} and {@code in_proj_bias}, are taken apart. In a Bayesian layer the weights
   * become the posterior's means; spreads and priors stay as they are.
   *
   * @throws IllegalArgumentException as {@link StateDict#load}, naming what is missing, unexpected
   *     or misshapen; nothing is changed then
   */
  public static void load(Layer model, Map<String, INDArray> state) {
    Map<String, INDArray> own = StateDict.of(model);
    Set<String> bayesian = Kl.distributions(model).keySet();
    int skipped = isWrapped(state, own) ? WRAPPED.length() : 0;
    Map<String, INDArray> full = new LinkedHashMap<>();
    state.forEach(
        (wrapped, array) -> {
          String name = wrapped.substring(skipped);
          if (own.containsKey(name) || !isCounter(name)) {
            TorchAttention.unpack(name, array, own.keySet())
                .forEach((n, a) -> full.put(bayesian.contains(n) ? n + ".mu" : n, a));
          }
        });
    for (String path : bayesian) {
      own.forEach(
          (name, array) -> {
            if (name.equals(path + ".rho") || name.startsWith(path + ".prior.")) {
              full.putIfAbsent(name, array);
            }
          });
    }
    StateDict.load(model, full);
  }

  private static boolean isCounter(String name) {
    return name.equals(COUNTER) || name.endsWith("." + COUNTER);
  }

  private static boolean isWrapped(Map<String, INDArray> state, Map<String, INDArray> own) {
    return state.keySet().stream().allMatch(name -> name.startsWith(WRAPPED))
        && own.keySet().stream().noneMatch(name -> name.startsWith(WRAPPED));
  }

  private static Map<String, INDArray> read(Path file) throws IOException {
    String name = String.valueOf(file.getFileName());
    Require.argument(
        name.endsWith(".safetensors") || name.endsWith(".npz"),
        "file must end in .safetensors or .npz, got %s",
        file);
    return name.endsWith(".npz") ? NpyFiles.readNpz(file) : SafeTensors.read(file).tensors();
  }
}
