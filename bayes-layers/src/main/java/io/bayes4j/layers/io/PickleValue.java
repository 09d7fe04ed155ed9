package io.bayes4j.layers.io;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a pickle is made of, beside numbers, text and null. Values are equal only to themselves: a
 * forged pickle holds itself, or a thing a million times, which a deep comparison would walk.
 */
sealed interface PickleValue {
  /** What we have no use for, whatever it is. */
  PickleValue OTHER = new Other();

  /** See {@link #OTHER}. */
  final class Other implements PickleValue {
    private Other() {}
  }

  /** A tuple or list. */
  final class Sequence implements PickleValue {
    private final List<Object> items;

    Sequence(List<Object> items) {
      this.items = new ArrayList<>(items);
    }

    List<Object> items() {
      return items;
    }
  }

  /** A dictionary, of which entries under other keys than text are left out. */
  final class Dictionary implements PickleValue {
    private final Map<String, Object> entries = new LinkedHashMap<>();

    Map<String, Object> entries() {
      return entries;
    }
  }

  /** The name of a class or function. */
  final class Named implements PickleValue {
    private final String module;
    private final String name;

    Named(String module, String name) {
      this.module = module;
      this.name = name;
    }

    String fullName() {
      return module + "." + name;
    }
  }

  /**
   * The memory that tensors lie in.
   *
   * @param key its name in the file
   * @param type of its elements by their name in safetensors
   * @param width bytes of an element; 1 if the type is unknown yet
   * @param length elements
   * @param begin where it begins in the memory of that key, in elements
   */
  record Storage(String key, String type, int width, long length, long begin)
      implements PickleValue {}

  /** The type of a storage, or of numbers; {@code UNTYPED} for a storage of bytes. */
  record NumberType(String name, int width) implements PickleValue {
    static final NumberType UNTYPED = new NumberType("", 1);
  }

  /**
   * A tensor.
   *
   * @param storage null if there is no array for such a tensor
   * @param type by its name in safetensors, or what it is instead
   * @param offset of its first element in the storage
   * @param stride elements between neighbors along each axis
   */
  record Tensor(
      @Nullable Storage storage, String type, long offset, List<Long> shape, List<Long> stride)
      implements PickleValue {
    static Tensor unreadable(String type) {
      return new Tensor(null, type, 0, List.of(), List.of());
    }
  }
}
