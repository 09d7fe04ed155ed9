package io.bayes4j.layers.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.bayes4j.core.internal.FloatMemory;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Numbers by name, copied to the heap; an array that a workspace owns is a failure. */
final class Results {
  private final Map<String, Object> numbers = new LinkedHashMap<>();

  void put(String name, INDArray array) {
    assertThat(array.isAttached()).as("%s is in a workspace", name).isFalse();
    if (array.dataType() == DataType.FLOAT) {
      numbers.put(name, FloatMemory.numbers(array, name));
    } else {
      double[] copy = new double[Math.toIntExact(array.length())];
      for (int i = 0; i < copy.length; i++) {
        copy[i] = array.getDouble(i);
      }
      numbers.put(name, copy);
    }
  }

  void put(String name, double number) {
    numbers.put(name, new double[] {number});
  }

  void assertSame(String environment, Results plain) {
    assertThat(numbers.keySet()).isEqualTo(plain.numbers.keySet());
    numbers.forEach(
        (name, own) ->
            assertThat(own).as("%s: %s", environment, name).isEqualTo(plain.numbers.get(name)));
  }

  int size() {
    return numbers.size();
  }
}
