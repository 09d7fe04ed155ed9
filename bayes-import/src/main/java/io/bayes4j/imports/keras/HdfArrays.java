package io.bayes4j.imports.keras;

import io.bayes4j.core.internal.Detached;
import io.bayes4j.imports.format.MalformedModelFileException;
import io.jhdf.api.Dataset;
import io.jhdf.api.Group;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.object.datatype.FloatingPoint;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Arrays in HDF5. */
final class HdfArrays {
  /** HDF5 has filters that shrink; weights do not shrink by more. */
  private static final int MOST_INFLATION = 32;

  private static final int SMALL = 1 << 16;
  private static final int MOST_AXES = 8;

  private HdfArrays() {}

  /** A group in a group; empty if there is none. */
  static Optional<Group> group(Group parent, String name) throws MalformedModelFileException {
    return child(parent, name) instanceof Group group ? Optional.of(group) : Optional.empty();
  }

  private static @Nullable Node child(Group parent, String name)
      throws MalformedModelFileException {
    Node child = parent.getChildren().get(name);
    if (child != null && child.isLink()) {
      throw new MalformedModelFileException(
          KerasFile.clean(name) + " must be in the file, is a link");
    }
    return child;
  }

  /** An array of floats or bytes; empty if there is no such dataset. */
  static Optional<StoredArray> array(Group parent, String name) throws MalformedModelFileException {
    return child(parent, name) instanceof Dataset dataset
        ? Optional.of(array(dataset))
        : Optional.empty();
  }

  private static StoredArray array(Dataset dataset) throws MalformedModelFileException {
    long[] shape = dataset.getDimensionsAsLong();
    long stored = dataset.getStorageInBytes();
    double needed = dataset.getDataType().getSize();
    for (long length : shape) {
      needed *= Math.max(length, 1);
    }
    if (needed > MOST_INFLATION * (double) Math.min(stored, fileLength(dataset)) + SMALL) {
      throw withoutBytes(dataset);
    }
    requireFull(dataset, shape);
    if (dataset instanceof ContiguousDataset raw
        && dataset.getDataType() instanceof FloatingPoint type
        && type.getSize() == Float.BYTES
        && !dataset.isScalar()) {
      FloatBuffer numbers = raw.getBuffer().order(type.getByteOrder()).asFloatBuffer();
      if (numbers.remaining() != Detached.length(shape)) {
        throw withoutBytes(dataset);
      }
      return StoredArray.of(numbers, shape);
    }
    FloatBuffer numbers = FloatBuffer.wrap(floats(dataset));
    return dataset.getJavaType() == byte.class
        ? StoredArray.ofEightBits(numbers, shape)
        : StoredArray.of(numbers, shape);
  }

  private static MalformedModelFileException withoutBytes(Dataset dataset) {
    return new MalformedModelFileException(
        KerasFile.clean(dataset.getPath()) + " must have the bytes of its shape in the file");
  }

  /** Native code divides by the lengths of an array's axes. */
  private static void requireFull(Dataset dataset, long... shape)
      throws MalformedModelFileException {
    if (shape.length > MOST_AXES || Arrays.stream(shape).anyMatch(length -> length < 1)) {
      throw new MalformedModelFileException(
          KerasFile.clean(dataset.getPath())
              + " must have up to "
              + MOST_AXES
              + " axes that are not empty, has shape "
              + Arrays.toString(shape));
    }
    Detached.length(shape);
  }

  private static long fileLength(Dataset dataset) {
    return dataset.getHdfFile().size();
  }

  private static float[] floats(Dataset dataset) throws MalformedModelFileException {
    Object flat = dataset.isScalar() ? dataset.getData() : dataset.getDataFlat();
    if (flat instanceof float[] numbers) {
      return numbers;
    }
    if (flat instanceof double[] numbers) {
      float[] floats = new float[numbers.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = (float) numbers[i];
        if (Float.isFinite(floats[i]) != Double.isFinite(numbers[i])) {
          throw new MalformedModelFileException(
              KerasFile.clean(dataset.getPath())
                  + " must fit into 32-bit floats, has "
                  + numbers[i]);
        }
      }
      return floats;
    }
    if (flat instanceof byte[] numbers) {
      float[] floats = new float[numbers.length];
      for (int i = 0; i < floats.length; i++) {
        floats[i] = numbers[i];
      }
      return floats;
    }
    if (flat instanceof Number number) {
      return new float[] {number.floatValue()};
    }
    throw new MalformedModelFileException(
        KerasFile.clean(dataset.getPath())
            + " must hold 32-bit or 64-bit floats, holds "
            + dataset.getJavaType().getSimpleName());
  }
}
