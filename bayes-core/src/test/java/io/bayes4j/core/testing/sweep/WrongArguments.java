package io.bayes4j.core.testing.sweep;

import io.bayes4j.core.graph.Var;
import java.lang.reflect.Array;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The kinds of wrong argument that there are for a type. */
final class WrongArguments {
  private WrongArguments() {}

  /**
   * Makers of wrong values by kind.
   *
   * @param type of the parameter
   * @param right makes a right value
   */
  static Map<String, Callable<?>> of(Class<?> type, Callable<?> right) {
    Map<String, Callable<?>> wrong = new LinkedHashMap<>();
    if (!type.isPrimitive()) {
      wrong.put("null", () -> null);
    }
    if (type == INDArray.class) {
      ofArray(wrong, right);
    } else if (type == Var.class) {
      ofVar(wrong, right);
    } else if (type == String.class) {
      wrong.put("empty", () -> "");
      wrong.put("blank", () -> " ");
    } else if (type == Path.class) {
      wrong.put("missing", () -> Path.of("no", "such", "file"));
      wrong.put("directory", () -> Path.of("."));
      wrong.put("empty path", () -> Path.of(""));
    } else if (type == OptionalDouble.class) {
      wrong.put("NaN", () -> OptionalDouble.of(Double.NaN));
      wrong.put("-1", () -> OptionalDouble.of(-1));
    } else if (type == OptionalLong.class) {
      wrong.put("-1", () -> OptionalLong.of(-1));
      wrong.put("huge", () -> OptionalLong.of(Long.MAX_VALUE));
    } else if (Collection.class.isAssignableFrom(type) || type == Iterable.class) {
      wrong.put("empty", List::of);
      wrong.put("null element", () -> withNull((Iterable<?>) right.call()));
    } else if (Map.class.isAssignableFrom(type)) {
      ofMap(wrong, type, right);
    } else if (type.isArray()) {
      ofJavaArray(wrong, type.getComponentType(), right);
    } else {
      ofNumber(wrong, type);
    }
    return wrong;
  }

  private static void ofArray(Map<String, Callable<?>> wrong, Callable<?> right) {
    wrong.put("closed", () -> closed((INDArray) right.call()));
    wrong.put("empty", () -> Nd4j.empty(DataType.FLOAT));
    wrong.put("empty axis", () -> Nd4j.create(DataType.FLOAT, 0, 3));
    wrong.put("scalar", () -> Nd4j.scalar(1f));
    wrong.put("rank 7", () -> Nd4j.ones(DataType.FLOAT, 1, 1, 2, 1, 1, 1, 1));
    for (DataType other : List.of(DataType.DOUBLE, DataType.INT32, DataType.BFLOAT16)) {
      wrong.put("type " + other, () -> ((INDArray) right.call()).castTo(other));
    }
    for (float content : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      wrong.put("content " + content, () -> with((INDArray) right.call(), content));
    }
  }

  private static void ofVar(Map<String, Callable<?>> wrong, Callable<?> right) {
    wrong.put("closed", () -> closedVar((Var) right.call()));
    wrong.put("scalar", () -> Var.constant(1));
    wrong.put("rank 7", () -> Var.constant(Nd4j.ones(DataType.FLOAT, 1, 1, 2, 1, 1, 1, 1)));
    for (float content : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
      wrong.put(
          "content " + content,
          () -> Var.constant(with(((Var) right.call()).value().dup(), content)));
    }
  }

  private static Var closedVar(Var var) {
    INDArray copy = var.value().dup();
    Var open = Var.constant(copy);
    copy.close();
    return open;
  }

  private static INDArray closed(INDArray array) {
    INDArray copy = array.dup();
    copy.close();
    return copy;
  }

  private static INDArray with(INDArray array, float content) {
    array.data().put(0, content);
    return array;
  }

  private static List<?> withNull(Iterable<?> right) {
    List<Object> list = new ArrayList<>();
    right.forEach(list::add);
    list.add(null);
    return list;
  }

  private static void ofMap(Map<String, Callable<?>> wrong, Class<?> type, Callable<?> right) {
    boolean plain = type == Map.class;
    wrong.put("empty", plain ? Map::of : () -> type.getConstructor().newInstance());
    if (plain) {
      wrong.put("null key", () -> with((Map<?, ?>) right.call(), null, false));
      wrong.put("null value", () -> with((Map<?, ?>) right.call(), "other", true));
      if (hasNames(right)) {
        wrong.put("blank key", () -> with((Map<?, ?>) right.call(), " ", false));
      }
    }
  }

  private static boolean hasNames(Callable<?> map) {
    try {
      return ((Map<?, ?>) map.call()).keySet().stream().allMatch(String.class::isInstance);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<?, ?> with(Map<?, ?> right, Object key, boolean nullValue) {
    Map<Object, Object> map = new HashMap<>(right);
    map.put(key, nullValue ? null : right.values().iterator().next());
    return map;
  }

  private static void ofJavaArray(
      Map<String, Callable<?>> wrong, Class<?> component, Callable<?> right) {
    wrong.put("empty", () -> Array.newInstance(component, 0));
    wrong.put("one more", () -> longer(component, right.call()));
    Map<String, Callable<?>> elements = new LinkedHashMap<>();
    if (!component.isPrimitive()) {
      elements.put("null", () -> null);
    }
    ofNumber(elements, component);
    elements.forEach(
        (kind, maker) ->
            wrong.put(
                "element " + kind,
                () -> {
                  Object array = longer(component, right.call());
                  Object same = copy(component, array, Array.getLength(array) - 1);
                  Array.set(same, 0, maker.call());
                  return same;
                }));
  }

  private static Object longer(Class<?> component, Object array) {
    int length = Array.getLength(array);
    Object longer = copy(component, array, length + 1);
    Array.set(longer, length, Array.get(array, length - 1));
    return longer;
  }

  private static Object copy(Class<?> component, Object array, int length) {
    Object copy = Array.newInstance(component, length);
    System.arraycopy(array, 0, copy, 0, Math.min(length, Array.getLength(array)));
    return copy;
  }

  private static void ofNumber(Map<String, Callable<?>> wrong, Class<?> type) {
    if (type == int.class) {
      wrong.put("0", () -> 0);
      wrong.put("-1", () -> -1);
      wrong.put("least", () -> Integer.MIN_VALUE);
      wrong.put("huge", () -> Integer.MAX_VALUE);
    } else if (type == long.class) {
      wrong.put("0", () -> 0L);
      wrong.put("-1", () -> -1L);
      wrong.put("least", () -> Long.MIN_VALUE);
      wrong.put("huge", () -> Long.MAX_VALUE);
      wrong.put("2^33", () -> 1L << 33);
    } else if (type == double.class) {
      wrong.put("NaN", () -> Double.NaN);
      wrong.put("infinite", () -> Double.POSITIVE_INFINITY);
      wrong.put("-infinite", () -> Double.NEGATIVE_INFINITY);
      wrong.put("0", () -> 0.0);
      wrong.put("-1", () -> -1.0);
      wrong.put("most", () -> Double.MAX_VALUE);
    } else if (type == float.class) {
      wrong.put("NaN", () -> Float.NaN);
      wrong.put("infinite", () -> Float.POSITIVE_INFINITY);
      wrong.put("-1", () -> -1f);
    }
  }
}
