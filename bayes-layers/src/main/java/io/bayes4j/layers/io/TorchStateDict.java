package io.bayes4j.layers.io;

import io.bayes4j.core.graph.Gradients;
import io.bayes4j.core.internal.Detached;
import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Require;
import io.bayes4j.core.internal.Scratch;
import io.bayes4j.layers.Layer;
import io.bayes4j.layers.ModelAccess;
import io.bayes4j.layers.variational.Kl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Weights that PyTorch has trained, by the names of its {@code state_dict()}:
 *
 * <pre>{@code
 * Layer model = Zoo.imageNetResNet(LayerFactory.deterministic(Init.seeded(0)), 18, 1000);
 * TorchStateDict.load(model, Path.of("resnet18.pth"));
 * }</pre>
 *
 * <p>Files are those of {@code torch.save}, of PyTorch 1.0 to today, that hold a {@code
 * state_dict()} or a checkpoint with one in it; {@code .safetensors}; {@code .npz}; and the index
 * of a model split into several files, such as {@code model.safetensors.index.json}. PyTorch's
 * files are pickles, which can name code to run: here none is run, and a file that names other
 * classes than those of tensors and plain values is refused, whole pickled modules among them.
 */
public final class TorchStateDict {
  /** A counter of batch normalisation that cumulative averages alone depend on. */
  private static final String COUNTER = "num_batches_tracked";

  /** Says whose names a file has; some loaders take no file without it. */
  private static final Map<String, String> METADATA = Map.of("format", "pt");

  private TorchStateDict() {}

  /**
   * What was done to a state on its way into a model; all names are the file's.
   *
   * @param wrapper what stood before the model's names and was left out, such as {@code module.};
   *     empty if nothing did
   * @param converted arrays whose numbers became 32-bit floats, with the type that they had
   * @param skipped what the model has no use for
   * @param notes on the file: where in it the state was, and which names share a tensor
   */
  public record Loaded(
      String wrapper, Map<String, String> converted, List<String> skipped, List<String> notes) {
    /** Copies the collections. */
    public Loaded {
      Require.nonNull(wrapper, "wrapper");
      Require.entries(converted, "converted");
      Require.elements(skipped, "skipped");
      converted = Map.copyOf(converted);
      Require.elements(notes, "notes");
      skipped = List.copyOf(skipped);
      notes = List.copyOf(notes);
    }

    /** All of it in one line. */
    @Override
    public String toString() {
      List<String> parts = new ArrayList<>(notes);
      if (!wrapper.isEmpty()) {
        parts.add("\"" + wrapper + "\" left out before names");
      }
      if (!converted.isEmpty()) {
        Set<String> types = new LinkedHashSet<>(converted.values());
        parts.add(
            String.format(
                Locale.US, "%d arrays made 32-bit floats of %s", converted.size(), types));
      }
      if (!skipped.isEmpty()) {
        parts.add("not used: " + String.join(", ", skipped));
      }
      return parts.isEmpty() ? "loaded as it is" : String.join("; ", parts);
    }
  }

  /**
   * Loads a file, as {@link #load(Layer, Map)} does. Arrays of a type that there is none for here
   * do not matter unless the model needs them.
   *
   * @throws IOException as {@link #read}
   * @throws IllegalArgumentException if the file is of no format that is read, or the arrays do not
   *     fit the model, which is not changed then
   */
  public static Loaded load(Layer model, Path file) throws IOException {
    Require.nonNull(model, "model");
    TorchFile.Content content = content(Require.nonNull(file, "file"));
    try {
      return load(model, content.tensors(), content.notes());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * The arrays of a file by the names that it has for them. What is no tensor, or of a type that
   * there is no array for, is {@linkplain TensorFile#unreadable listed}; names that share a tensor
   * share the array.
   *
   * @throws MalformedTensorFileException if the file breaks a rule of its format, or names classes
   *     beyond tensors and plain values
   * @throws IOException if it cannot be read, or a tensor is larger than 2 GiB
   * @throws IllegalArgumentException if the file is of no format that is read
   */
  public static TensorFile read(Path file) throws IOException {
    return content(Require.nonNull(file, "file")).tensors();
  }

  /**
   * Writes a model's weights as safetensors, under the names that a PyTorch module of the same
   * architecture has for them, so that {@code load_state_dict} takes what {@code
   * safetensors.torch.load_file} reads: the projections of attention are packed as PyTorch has
   * them, a tied layer is there at each of its places. Of Bayesian weights there are the means of
   * the posterior; spreads and priors, which PyTorch has no names for, are in a {@link Checkpoint}.
   *
   * @throws IllegalArgumentException if a number is not finite, or attention has projections that
   *     PyTorch's cannot have; an older file is then left as it was
   * @throws IOException if the file cannot be written; an older one is then left as it was
   */
  public static void save(Layer model, Path file) throws IOException {
    Require.nonNull(model, "model");
    Require.nonNull(file, "file");
    Map<String, INDArray> arrays =
        ModelAccess.reading(
            model,
            () -> {
              StateDict.requireLoadable(model);
              return Gradients.off(() -> TorchNamed.arrays(model));
            });
    SafeTensors.write(file, arrays, METADATA);
  }

  /**
   * Copies a state into a model. Counters of batches that the model has no use for are left out,
   * and so is what wrappers put before all names or before all of the model's: {@code module.},
   * {@code model.}, and {@code _orig_mod.} anywhere; with them goes what is not under such a
   * wrapper. Names that torchvision had for a weight earlier are known. The packed projections of
   * attention, {@code in_proj_weight} and {@code in_proj_bias}, are taken apart. Numbers of 64 and
   * 16 bits become 32-bit floats. In a Bayesian layer the weights become the posterior's means;
   * spreads and priors stay as they are.
   *
   * @return what was left out or converted
   * @throws IllegalArgumentException as {@link StateDict#load}, naming by the state's own names
   *     what is missing, unexpected or misshapen, or a number that a 32-bit float cannot hold;
   *     nothing is changed then
   */
  public static Loaded load(Layer model, Map<String, INDArray> state) {
    Require.nonNull(model, "model");
    Require.entries(state, "state");
    state.forEach((name, array) -> Require.open(array, "state[" + name + "]"));
    Map<String, String> types = new LinkedHashMap<>();
    state.forEach((name, array) -> types.put(name, array.dataType().name()));
    return load(model, new TensorFile(state, types, Map.of()), List.of());
  }

  private static Loaded load(Layer model, TensorFile content, List<String> notes) {
    Loading loading = new Loading(model, content);
    loading.names.inFile().forEach(loading::take);
    keepSpreads(loading.own, loading.bayesian, loading.state);
    StateDict.load(model, loading.state, new StateDict.Names(loading::inFile, loading.unreadable));
    return new Loaded(loading.names.wrapper(), loading.converted, loading.skipped, notes);
  }

  /** A state on its way from a file's names to a model's. */
  private static final class Loading {
    private final TensorFile content;
    private final Map<String, INDArray> own;
    private final Set<String> bayesian;
    private final Map<String, String> further;
    private final Set<String> wanted;
    private final TorchNames names;
    private final List<String> skipped;
    private final Map<String, String> converted = new LinkedHashMap<>();
    private final Map<String, INDArray> state = new LinkedHashMap<>();

    /** Types of arrays that could not be read, and names in the file, by the model's names. */
    private final Map<String, String> unreadable = new LinkedHashMap<>();

    private final Map<String, String> shown = new LinkedHashMap<>();

    Loading(Layer model, TensorFile content) {
      this.content = content;
      this.own = StateDict.of(model);
      this.bayesian = Kl.distributions(model).keySet();
      this.further = TorchNamed.further(model);
      this.wanted = wanted(own.keySet(), bayesian);
      wanted.addAll(further.keySet());
      this.names = TorchNames.of(content.types().keySet(), wanted);
      this.skipped = new ArrayList<>(names.others());
    }

    void take(String given, String inFile) {
      String name = TorchAliases.in(given, wanted);
      INDArray array = content.tensors().get(inFile);
      String type = Require.entry(content.types(), inFile);
      List<String> parts = TorchAttention.parts(name, wanted);
      boolean needed = wanted.containsAll(parts);
      if (!needed && (array == null || isCounter(name))) {
        skipped.add(inFile);
      } else if (array == null) {
        parts.forEach(part -> unreadable.put(placed(part, inFile), type));
      } else {
        INDArray floats = floats(inFile, array);
        if (floats != array || type.equals("F16") || type.equals("BF16")) {
          converted.put(inFile, type);
        }
        TorchAttention.unpack(name, floats, wanted)
            .forEach((part, a) -> put(part, parts.size() == 1, inFile, a));
      }
    }

    private void put(String part, boolean whole, String inFile, INDArray array) {
      String to = whole ? placed(part, inFile) : place(part);
      INDArray tied = state.putIfAbsent(to, array);
      Require.argument(
          tied == null || isSame(tied, array),
          "%s must be %s, which is the same in the model, got other numbers",
          inFile,
          further.getOrDefault(part, part));
    }

    private static boolean isSame(INDArray a, INDArray b) {
      return a == b
          || (a.dataType() == DataType.FLOAT
              && b.dataType() == DataType.FLOAT
              && Arrays.equals(a.shape(), b.shape())
              && Arrays.equals(FloatMemory.numbers(a, "a"), FloatMemory.numbers(b, "b")));
    }

    /** The model's name of a part, which messages call by the file's name. */
    private String placed(String part, String inFile) {
      shown.put(place(part), inFile);
      return place(part);
    }

    /** The model's name of a part; one of several in an array is called by it in messages too. */
    private String place(String part) {
      String first = further.getOrDefault(part, part);
      return bayesian.contains(first) ? first + ".mu" : first;
    }

    /** What the file calls, or would call, an array of the model. */
    String inFile(String name) {
      String shorter = name.endsWith(".mu") ? name.substring(0, name.length() - 3) : name;
      return shown.getOrDefault(name, names.shown(bayesian.contains(shorter) ? shorter : name));
    }
  }

  /** The names that a model's arrays have in PyTorch, but for packed ones. */
  private static Set<String> wanted(Set<String> own, Set<String> bayesian) {
    Set<String> wanted = new LinkedHashSet<>(own);
    for (String path : bayesian) {
      wanted.removeIf(name -> name.startsWith(path + "."));
      wanted.add(path);
    }
    return wanted;
  }

  private static void keepSpreads(
      Map<String, INDArray> own, Set<String> bayesian, Map<String, INDArray> full) {
    for (String path : bayesian) {
      own.forEach(
          (name, array) -> {
            if (name.equals(path + ".rho") || name.startsWith(path + ".prior.")) {
              full.putIfAbsent(name, array);
            }
          });
    }
  }

  /** Numbers of other widths as 32-bit floats; others as they are. */
  private static INDArray floats(String name, INDArray array) {
    if (!array.isR() || array.dataType() == DataType.FLOAT || array.isEmpty()) {
      return array;
    }
    INDArray floats = Detached.create(DataType.FLOAT, 'c', array.shape());
    Detached.copy(array, floats);
    requireHeld(name, array, floats);
    return floats;
  }

  private static void requireHeld(String name, INDArray array, INDArray floats) {
    FloatMemory memory = FloatMemory.of(floats, name);
    try (Scratch scratch = Scratch.open()) {
      float[] chunk = scratch.array();
      for (long at = 0; at < floats.length(); at += Scratch.SIZE) {
        int n = (int) Math.min(Scratch.SIZE, floats.length() - at);
        memory.read(at, chunk, n);
        for (int i = 0; i < n; i++) {
          double number =
              Float.isInfinite(chunk[i]) ? Detached.copy(array).data().getDouble(at + i) : chunk[i];
          Require.argument(
              Double.isFinite(number) == Float.isFinite(chunk[i]),
              "%s must fit into 32-bit floats, got %s at element %d",
              name,
              number,
              at + i);
        }
      }
    }
  }

  private static boolean isCounter(String name) {
    return name.equals(COUNTER) || name.endsWith("." + COUNTER);
  }

  private static TorchFile.Content content(Path file) throws IOException {
    FileKind kind = Files.isDirectory(file) ? FileKind.UNKNOWN : FileKind.of(file);
    if (kind == FileKind.PYTORCH) {
      return TorchFile.read(file);
    }
    if (kind == FileKind.INDEX_OF_SHARDS) {
      return Shards.read(file);
    }
    String name = String.valueOf(file.getFileName());
    boolean known = name.endsWith(".safetensors") || name.endsWith(".npz");
    if (!known && kind != FileKind.UNKNOWN) {
      FileKind.require(FileKind.SAFETENSORS, Origin.of(file), file);
    }
    Require.argument(
        known || kind == FileKind.SAFETENSORS,
        "file must be one of torch.save, .safetensors or .npz, got %s",
        file);
    TensorFile tensors =
        name.endsWith(".npz") ? NpyFiles.readKnownTypes(file) : SafeTensors.read(file);
    return new TorchFile.Content(tensors, List.of());
  }
}
