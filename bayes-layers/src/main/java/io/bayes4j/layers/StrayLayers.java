package io.bayes4j.layers;

import io.bayes4j.core.graph.Parameter;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds layers with weights that a layer keeps in a field instead of a slot: nobody trains,
 * converts or saves them, and nothing else would say so.
 */
final class StrayLayers {
  /** Fields of a class that may hold layers; of most classes there are none. */
  private static final ClassValue<List<Field>> FIELDS =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
          return fieldsOf(type);
        }
      };

  private StrayLayers() {}

  /**
   * Checks the fields of all layers of a model.
   *
   * @param places every layer that the slots lead to
   * @throws IllegalArgumentException naming the class and the field of the first stray layer
   */
  static void refuse(List<Layers.Located> places) {
    Known known = null;
    for (Layers.Located place : places) {
      for (Field field : FIELDS.get(place.layer().getClass())) {
        known = known == null ? Known.of(places) : known;
        for (Layer held : held(field, place.layer())) {
          if (known.misses(held)) {
            throw stray(place, field, held);
          }
        }
      }
    }
  }

  private static IllegalArgumentException stray(Layers.Located place, Field field, Layer held) {
    String owner = field.getDeclaringClass().getSimpleName();
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "%s%s keeps %s in its field \"%s\", which no slot holds: it would be neither trained,"
                + " nor converted, nor saved. Keep it in a slot, %s = slot(\"%s\", ...), and call"
                + " the slot; or mark the field with @KeptAside if the layer is none of the"
                + " model's. (After a conversion: the field holds what was in the slot before.)",
            owner,
            place.path().isEmpty() ? "" : " at " + place.path(),
            Summary.name(held),
            field.getName(),
            field.getName(),
            field.getName()));
  }

  /** What the slots of a model lead to. */
  private record Known(Set<Layer> layers, Set<Parameter> parameters) {
    static Known of(List<Layers.Located> places) {
      Set<Layer> layers = Collections.newSetFromMap(new IdentityHashMap<>());
      Set<Parameter> parameters = Collections.newSetFromMap(new IdentityHashMap<>());
      for (Layers.Located place : places) {
        layers.add(place.layer());
        parameters.addAll(place.layer().parameters().values());
      }
      return new Known(layers, parameters);
    }

    /** Whether a layer, or one of its own, has weights or statistics that are not the model's. */
    boolean misses(Layer held) {
      return Layers.tree(held).stream()
          .map(Layers.Located::layer)
          .filter(layer -> !layers.contains(layer))
          .anyMatch(
              layer ->
                  layer instanceof BatchNorm
                      || !parameters.containsAll(layer.parameters().values()));
    }
  }

  private static List<Field> fieldsOf(Class<?> type) {
    List<Field> fields = new ArrayList<>();
    // A lambda's fields are what it has captured, and have no names.
    for (Class<?> c = type; c != null && !c.isHidden() && c != Block.class; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (mayHoldLayers(field) && makeAccessible(field)) {
          fields.add(field);
        }
      }
    }
    return List.copyOf(fields);
  }

  private static boolean mayHoldLayers(Field field) {
    Class<?> type = field.getType();
    while (type.isArray()) {
      type = type.getComponentType();
    }
    boolean container =
        Collection.class.isAssignableFrom(type)
            || Map.class.isAssignableFrom(type)
            || type == Iterable.class
            || type == Optional.class
            || type == Object.class;
    return !Modifier.isStatic(field.getModifiers())
        && !field.isSynthetic()
        && !field.isAnnotationPresent(KeptAside.class)
        && (container || Layer.class.isAssignableFrom(type));
  }

  /** What a module keeps to itself is not looked into. */
  private static boolean makeAccessible(Field field) {
    try {
      field.setAccessible(true);
      return true;
    } catch (InaccessibleObjectException | SecurityException e) {
      return false;
    }
  }

  private static List<Layer> held(Field field, Layer owner) {
    List<Layer> layers = new ArrayList<>();
    try {
      collect(field.get(owner), layers);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field + " was made accessible", e);
    }
    return layers;
  }

  private static void collect(Object value, List<Layer> layers) {
    if (value instanceof Layer layer) {
      layers.add(layer);
    } else if (value instanceof Object[] array) {
      Arrays.stream(array).forEach(element -> collect(element, layers));
    } else if (value instanceof Collection<?> collection) {
      collection.forEach(element -> collect(element, layers));
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(element -> collect(element, layers));
    } else if (value instanceof Optional<?> optional) {
      optional.ifPresent(element -> collect(element, layers));
    }
  }
}
