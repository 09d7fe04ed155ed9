package io.bayes4j.core.testing.sweep;

import java.lang.reflect.Parameter;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * Arguments that are right, made anew for each call: of one parameter of a method, of all
 * parameters of a name in a class, of all of a name and type, or of all of a type.
 */
public final class Examples {
  private final Map<String, Callable<?>> makers = new HashMap<>();
  private final Set<String> used = new HashSet<>();

  /**
   * The example for a key.
   *
   * @param key "Type.method.parameter", "Type.parameter: Type", "Type.parameter", "parameter: Type"
   *     or "Type", types without their packages; a type stands for receivers of its methods too,
   *     and "Type.method()" for those of one method
   */
  public Examples put(String key, Callable<?> maker) {
    if (makers.put(key, maker) != null) {
      throw new IllegalArgumentException("two examples for " + key);
    }
    return this;
  }

  /** The same example for several keys. */
  public Examples put(List<String> keys, Callable<?> maker) {
    keys.forEach(key -> put(key, maker));
    return this;
  }

  Optional<Callable<?>> argument(PublicApi.Entry entry, Parameter parameter) {
    String type = PublicApi.text(parameter.getParameterizedType());
    String owner = PublicApi.simple(entry.type());
    String name = parameter.getName();
    return find(
        Stream.of(
            entry.name() + "." + name,
            owner + "." + name + ": " + type,
            owner + "." + name,
            name + ": " + type,
            type));
  }

  Optional<Callable<?>> receiver(PublicApi.Entry entry) {
    return find(Stream.of(entry.name() + "()", PublicApi.simple(entry.type())));
  }

  private Optional<Callable<?>> find(Stream<String> keys) {
    Optional<String> key = keys.filter(makers::containsKey).findFirst();
    key.ifPresent(used::add);
    return key.map(makers::get);
  }

  /** The same; what is here so far is there for several modules, and need not all be used. */
  public Examples shared() {
    used.addAll(makers.keySet());
    return this;
  }

  /** Keys that no parameter has asked for. */
  Set<String> unused() {
    Set<String> rest = new HashSet<>(makers.keySet());
    rest.removeAll(used);
    return rest;
  }

  static String text(Type type) {
    return PublicApi.text(type);
  }
}
