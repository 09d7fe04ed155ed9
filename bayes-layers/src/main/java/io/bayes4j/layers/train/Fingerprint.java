package io.bayes4j.layers.train;

import io.bayes4j.core.internal.FloatMemory;
import io.bayes4j.core.internal.Scratch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.CRC32C;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Short words for the content of data. */
final class Fingerprint {
  private static final int MOST_EXAMPLES = 16;

  private Fingerprint() {}

  /** Shape and checksum of a float array; of another type, the shape alone. */
  static String of(INDArray array) {
    String shape = array.dataType() + Arrays.toString(array.shape());
    return array.dataType() == DataType.FLOAT
        ? String.format(Locale.US, "%s#%08x", shape, checksum(array))
        : shape;
  }

  /** See {@link Dataset#fingerprint}. */
  static String ofSamples(Dataset data) {
    int n = data.size();
    int[] indices = new int[Math.min(n, MOST_EXAMPLES)];
    Arrays.setAll(indices, i -> (int) ((long) n * i / indices.length));
    Batch once = data.batch(indices);
    String inputs = of(once.inputs());
    String targets = of(once.targets());
    String weights = once.weights() == null ? "" : " weighted " + of(once.weights());
    Batch again = data.batch(indices);
    return n
        + " examples, of them "
        + (inputs.equals(of(again.inputs())) ? inputs : shapeOf(inputs))
        + " -> "
        + (targets.equals(of(again.targets())) ? targets : shapeOf(targets))
        + weights;
  }

  private static String shapeOf(String fingerprint) {
    return fingerprint.replaceFirst("#.*", "");
  }

  private static long checksum(INDArray array) {
    FloatMemory memory = FloatMemory.reading(array, "data");
    CRC32C sum = new CRC32C();
    ByteBuffer bytes =
        ByteBuffer.allocate(Scratch.SIZE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (Scratch scratch = Scratch.open()) {
      float[] chunk = scratch.array();
      for (long at = 0; at < memory.length(); at += Scratch.SIZE) {
        int n = (int) Math.min(Scratch.SIZE, memory.length() - at);
        memory.read(at, chunk, n);
        bytes.clear().asFloatBuffer().put(chunk, 0, n);
        sum.update(bytes.limit(n * Float.BYTES));
      }
    }
    return sum.getValue();
  }
}
