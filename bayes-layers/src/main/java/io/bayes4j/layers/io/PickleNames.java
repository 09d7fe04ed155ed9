package io.bayes4j.layers.io;

import io.bayes4j.layers.io.PickleValue.Dictionary;
import io.bayes4j.layers.io.PickleValue.Named;
import io.bayes4j.layers.io.PickleValue.NumberType;
import io.bayes4j.layers.io.PickleValue.Sequence;
import io.bayes4j.layers.io.PickleValue.Storage;
import io.bayes4j.layers.io.PickleValue.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The classes and functions that a file of {@code torch.save} may name, and what stands for what
 * they make. All others are collected, to be refused together.
 */
final class PickleNames {
  /** Of these, nothing is kept. */
  private static final Set<String> PLAIN =
      Set.of(
          "_codecs.encode",
          "argparse.Namespace",
          "collections.Counter",
          "datetime.datetime",
          "numpy._core.multiarray._reconstruct",
          "numpy._core.multiarray.scalar",
          "numpy.core.multiarray._reconstruct",
          "numpy.core.multiarray.scalar",
          "numpy.dtype",
          "numpy.ndarray",
          "pathlib.PosixPath",
          "pathlib.WindowsPath",
          "torch.Size",
          "torch.device",
          "torch.per_channel_affine",
          "torch.per_tensor_affine",
          "torch.serialization._get_layout");

  private static final Set<String> BUILTINS =
      Set.of(
          "bool",
          "bytearray",
          "bytes",
          "complex",
          "float",
          "frozenset",
          "int",
          "list",
          "range",
          "set",
          "slice",
          "str",
          "tuple");

  private static final Set<String> DICTIONARIES =
      Set.of(
          "__builtin__.dict",
          "builtins.dict",
          "collections.OrderedDict",
          "collections.defaultdict");

  /** Kinds of tensors whose elements do not lie in one storage, and functions that make them. */
  private static final Map<String, String> UNREADABLE =
      Map.of(
          "torch._utils._rebuild_qtensor", "quantized",
          "torch._utils._rebuild_sparse_tensor", "sparse",
          "torch._utils._rebuild_sparse_csr_tensor", "sparse",
          "torch._utils._rebuild_nested_tensor", "nested",
          "torch._utils._rebuild_meta_tensor_no_storage", "meta");

  private static final Set<String> TENSOR_CLASSES =
      Set.of(
          "torch.Tensor",
          "torch.nn.parameter.Buffer",
          "torch.nn.parameter.Parameter",
          "torch._tensor.Tensor");

  private static final String REBUILD = "torch._utils._rebuild_";
  private static final String FROM_TYPE = "torch._tensor._rebuild_from_type_v2";

  /** Functions that make tensors of storages, and parameters of tensors. */
  private static final Set<String> REBUILDS =
      Set.of(
          REBUILD + "tensor",
          REBUILD + "tensor_v2",
          REBUILD + "tensor_v3",
          REBUILD + "parameter",
          REBUILD + "parameter_with_state");

  private final Origin origin;
  private final Set<String> refused = new LinkedHashSet<>();
  private final Map<String, Storage> storages = new HashMap<>();

  PickleNames(Origin origin) {
    this.origin = origin;
  }

  /**
   * Refuses what was named and is not allowed.
   *
   * @throws MalformedTensorFileException naming all of it
   */
  void requireAllowed() throws MalformedTensorFileException {
    if (!refused.isEmpty()) {
      throw origin.malformed(
          "must hold tensors and plain values only, but names "
              + refused.stream().map(Origin::clean).limit(50).collect(Collectors.joining(", "))
              + ", which reading would have to run; in Python, save the weights alone with"
              + " torch.save(model.state_dict(), \"model.pt\")");
    }
  }

  /** What a class or function makes of arguments. */
  Object made(Object callable, Object arguments) throws MalformedTensorFileException {
    if (!(callable instanceof Named named) || !(arguments instanceof Sequence given)) {
      throw origin.malformed("a pickle must call what it has named, with a tuple");
    }
    String name = named.fullName();
    List<Object> items = given.items();
    if (DICTIONARIES.contains(name)) {
      return dictionary(items);
    }
    if (isRebuild(name)) {
      return rebuilt(name, items);
    }
    if (name.equals(FROM_TYPE)) {
      // Its arguments are a function, a class, the arguments of the function, and attributes.
      boolean rebuilds = item(items, 0) instanceof Named inner && isRebuild(inner.fullName());
      return rebuilds ? made(item(items, 0), item(items, 2)) : PickleValue.OTHER;
    }
    boolean shape = name.equals("torch.Size") && !items.isEmpty();
    return shape ? items.get(0) : PickleValue.OTHER;
  }

  /** A name that is met, whether or not it is called. */
  Named named(String module, String name) {
    Named named = new Named(module, name);
    String full = named.fullName();
    boolean allowed =
        PLAIN.contains(full)
            || DICTIONARIES.contains(full)
            || TENSOR_CLASSES.contains(full)
            || isRebuild(full)
            || full.equals(FROM_TYPE)
            || isBuiltin(full)
            || TorchTypes.of(full) != null;
    if (!allowed) {
      refused.add(full);
    }
    return named;
  }

  private static boolean isRebuild(String name) {
    return UNREADABLE.containsKey(name) || REBUILDS.contains(name);
  }

  private static boolean isBuiltin(String name) {
    int dot = name.lastIndexOf('.');
    String module = name.substring(0, dot);
    return (module.equals("builtins") || module.equals("__builtin__"))
        && BUILTINS.contains(name.substring(dot + 1));
  }

  /** A dictionary, perhaps with pairs that Python 2 gave to its constructor. */
  private static Object dictionary(List<Object> arguments) {
    Dictionary dictionary = new Dictionary();
    if (!arguments.isEmpty() && arguments.get(0) instanceof Sequence pairs) {
      for (Object pair : pairs.items()) {
        if (pair instanceof Sequence two
            && two.items().size() == 2
            && two.items().get(0) instanceof String key) {
          dictionary.entries().put(key, two.items().get(1));
        }
      }
    }
    return dictionary;
  }

  private Object rebuilt(String name, List<Object> items) throws MalformedTensorFileException {
    if (UNREADABLE.containsKey(name)) {
      return Tensor.unreadable(UNREADABLE.get(name));
    }
    return switch (name.substring(REBUILD.length())) {
      case "parameter", "parameter_with_state" -> item(items, 0);
      case "tensor_v3" -> tensor(items, typeOf(item(items, 6)));
      default -> tensor(items, null);
    };
  }

  private Object tensor(List<Object> items, @Nullable NumberType type)
      throws MalformedTensorFileException {
    if (!(item(items, 0) instanceof Storage storage)) {
      throw origin.malformed("a tensor must lie in a storage");
    }
    long offset = whole(item(items, 1), "the offset of a tensor");
    Storage typed = type == null ? storage : in(storage, type);
    if (typed.type().isEmpty()) {
      throw origin.malformed("a tensor must have a type");
    }
    return new Tensor(
        typed,
        typed.type(),
        offset,
        wholes(item(items, 2), "the shape of a tensor"),
        wholes(item(items, 3), "the strides of a tensor"));
  }

  /** A storage of bytes as one of elements. */
  private static Storage in(Storage bytes, NumberType type) {
    long length = bytes.length() * bytes.width() / type.width();
    return new Storage(bytes.key(), type.name(), type.width(), length, 0);
  }

  private NumberType typeOf(Object value) throws MalformedTensorFileException {
    NumberType type = value instanceof Named named ? type(named) : null;
    if (type == null || type.equals(NumberType.UNTYPED)) {
      throw origin.malformed("a tensor must have a type that PyTorch has");
    }
    return type;
  }

  /** Null if it is no type. */
  private static @Nullable NumberType type(Named named) {
    return TorchTypes.of(named.fullName());
  }

  /** The storage that a persistent id tells of. */
  Object storage(Object id) throws MalformedTensorFileException {
    if (!(id instanceof Sequence sequence)
        || sequence.items().size() < 5
        || !"storage".equals(sequence.items().get(0))
        || !(sequence.items().get(2) instanceof String key)) {
      throw origin.malformed("a persistent id must be that of a storage");
    }
    List<Object> items = sequence.items();
    NumberType type = items.get(1) instanceof Named named ? type(named) : null;
    if (type == null) {
      throw origin.malformed("a storage must be of a type that PyTorch has");
    }
    long length = whole(items.get(4), "the length of a storage");
    Storage whole = new Storage(key, type.name(), type.width(), length, 0);
    Storage first = storages.putIfAbsent(key, whole);
    if (first != null && !first.equals(whole)) {
      throw origin.malformed(
          "storage " + Origin.quote(key) + " must be of one type and length everywhere");
    }
    return items.size() > 5 && items.get(5) instanceof Sequence view ? view(whole, view) : whole;
  }

  /** The storage of a key; null if no tensor has named it. */
  @Nullable Storage storageOf(String key) {
    return storages.get(key);
  }

  /** A part of a storage, as files before PyTorch 0.4 have them. */
  private Storage view(Storage whole, Sequence view) throws MalformedTensorFileException {
    long begin = whole(item(view.items(), 1), "the offset of a storage");
    long length = whole(item(view.items(), 2), "the length of a storage");
    if (begin > whole.length() || length > whole.length() - begin) {
      throw origin.malformed("a part of a storage must lie in it");
    }
    return new Storage(whole.key(), whole.type(), whole.width(), length, begin);
  }

  private Object item(List<Object> items, int index) throws MalformedTensorFileException {
    if (index >= items.size()) {
      throw origin.malformed("a pickle must call with all arguments, gives " + items.size());
    }
    return items.get(index);
  }

  private long whole(Object value, String name) throws MalformedTensorFileException {
    if (!(value instanceof Long number) || number < 0) {
      throw origin.malformed(name + " must be a whole number of at least 0");
    }
    return number;
  }

  private List<Long> wholes(Object value, String name) throws MalformedTensorFileException {
    if (!(value instanceof Sequence sequence) || sequence.items().size() > StoredTensor.MOST_AXES) {
      throw origin.malformed(name + " must be at most " + StoredTensor.MOST_AXES + " numbers");
    }
    List<Long> numbers = new ArrayList<>();
    for (Object item : sequence.items()) {
      numbers.add(whole(item, name));
    }
    return numbers;
  }
}
